"""What a list asks of the database, compiled once for each question: how many rows there are, and those of a page.

Django makes, resolves and compiles a queryset anew at each request, and makes an instance of a model of each row. Here
the same question is compiled once, whatever day it is asked of, and answered with the values that the columns say: the
page of States took 11 ms of CPU and takes 7. What is asked stands in a key (listing.py), so a question is never
answered with the SQL of another.
"""

import re
from functools import cached_property

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql.base import CursorMixin

from r1540.as_at import deep
from r1540.as_at.kept import any_of
from r1540.as_at.prepared import ASKED, DAY, bound
from r1540.door import replicas

CHUNK = 1000  # rows of a file in memory at once
PLACES = re.compile(r"%[s%]")  # where parameters stand in Django's SQL; %% is a percent sign


class Compiled:
    """The SQL of a queryset of values that was declared for DAY, and what makes Python's values of the database's."""

    def __init__(self, queryset):
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.params = compiler.as_sql()
        except EmptyResultSet:  # Django sees that nothing can fit
            self.sql, self.params, self.converters = "SELECT 1 WHERE false", (), {}
            return
        finally:
            self.numbered, self.values = numbered(self.sql, self.params)
        self.converters = compiler.get_converters([field for field, *_ in compiler.select[: compiler.col_count]])

    def rows(self, at, asked=None, part: str = "") -> list[tuple]:
        """The rows as at a day; `part` is SQL that follows, such as LIMIT."""
        rows = fetched(self.numbered + part, bound(self.values, at, asked))
        return list(zip(*self.columns(rows), strict=True)) if self.converters else rows

    def chunks(self, at):
        """The columns of the rows as at a day, of a thousand rows at a time, read as they are asked for."""
        with replicas.connection().chunked_cursor() as cursor:
            cursor.execute(self.sql, bound(self.params, at))
            while found := cursor.fetchmany(CHUNK):
                yield self.columns(found)

    def columns(self, rows: list[tuple]) -> list:
        """Column by column, Python's values in the place of the database's (Django's compiler does it row by row)."""
        columns, wire = list(zip(*rows, strict=True)), replicas.connection()
        for place, (converters, expression) in self.converters.items() if rows else ():
            for convert in converters:
                columns[place] = [convert(value, expression, wire) for value in columns[place]]
        return columns

    def count(self, at) -> int:
        ((number,),) = fetched(f"SELECT COUNT(*) FROM ({self.numbered}) AS found", bound(self.values, at))
        return number


class Cursor(CursorMixin, psycopg.RawCursor):
    """A cursor for SQL whose parameters are numbered, as PostgreSQL has them."""


def numbered(sql: str, params) -> tuple[str, list]:
    """SQL as Django compiles it with its parameters numbered, each once: a list of States has 64 and says the day in 20
    places. psycopg does that anew each time, in a tenth of the time that the whole page takes."""
    known = {}
    numbers = iter([known.setdefault((type(one), one), len(known) + 1) for one in params])
    return PLACES.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql), [one for _, one in known]


def fetched(sql: str, params) -> list[tuple]:
    """What SQL with numbered parameters answers."""
    connection = replicas.connection()
    connection.ensure_connection()
    driver = connection.connection
    was, driver.cursor_factory = driver.cursor_factory, Cursor
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()
    finally:
        driver.cursor_factory = was


class Question:
    """What a list is asked: `facts` is the whole list, declared for DAY; `found_by` a function of a day, what is asked
    of the list, in order; `paths` are the values that are told of each row.

    Only SQL is kept: with the querysets and their compilers 200 questions took 8 MB in each process, and take 2.
    """

    def __init__(self, facts, found_by, paths: tuple[str, ...]):
        self.facts, self.found_by, self.paths = facts, found_by, paths
        found = found_by(DAY)
        self.counted = Compiled(found.order_by().values("pk"))
        self.listed = Compiled(found.values_list(*paths))
        self.has_days = deep.has_days(found)

    @cached_property
    def keys(self):
        return Compiled(self.found_by(DAY).values_list("pk"))

    @cached_property
    def of_keys(self):
        return Compiled(self.facts.order_by().filter(any_of("pk", ASKED)).values_list("pk", *self.paths))

    def count(self, at) -> int:
        return self.counted.count(at)

    def page(self, at, start: int, stop: int) -> list[tuple]:
        """The rows from one place in the order to another."""
        return self.listed.rows(at, part=limited(start, stop))

    def chunks(self, at):
        """The columns of all rows, of a thousand rows at a time."""
        return self.listed.chunks(at)

    def looked_up(self, at, start: int, stop: int) -> list[tuple]:
        """The same for a long list: first the keys of a page, then all that it shows of them.

        So what is only shown is worked out of these rows, and not of all that are sorted and skipped (the first page of
        19,500 States took the database 95 ms, and takes 17; that of 195 took 3 and would take 4).
        """
        keys = self.keys_of(at, start, stop)
        found = {key: row for key, *row in self.of_keys.rows(at, keys)} if keys else {}
        return [tuple(found[key]) for key in keys]

    def keys_of(self, at, start: int, stop: int) -> list[int]:
        """The keys of the rows from one place in the order to another; deep in a long list by their days, if that can
        be."""
        if start >= deep.DEEP and self.has_days:
            return deep.keys(self.found_by(at), start, stop)
        return [key for (key,) in self.keys.rows(at, part=limited(start, stop))]


def limited(start: int, stop: int) -> str:
    """Numbers, not parameters: the database plans for them."""
    return f" LIMIT {int(stop) - int(start)} OFFSET {int(start)}"
