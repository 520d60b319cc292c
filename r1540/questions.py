"""What a list asks of the database, compiled once for each question: how many rows there are, and those of a page.

Django makes, resolves and compiles a queryset anew at each request, and makes an instance of a model of each row. Here
the same question is compiled once, whatever day it is asked of, and answered with the values that the columns say: the
page of States took 11 ms of CPU and takes 7. What is asked stands in a key (listing.py), so a question is never
answered with the SQL of another.
"""

from functools import cached_property

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS

from r1540 import deep, replicas
from r1540.kept import any_of
from r1540.prepared import ASKED, DAY, bound

CHUNK = 1000  # rows of a file in memory at once


class Compiled:
    """The SQL of a queryset of values that was declared for DAY, and what makes Python's values of the database's."""

    def __init__(self, queryset):
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # Django sees that nothing can fit
            self.sql, self.params, self.converters = "SELECT 1 WHERE false", (), {}
            return
        fields = [field for field, *_ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(fields)

    def rows(self, at, asked=None, part: str = "") -> list[tuple]:
        """The rows as at a day; `part` is SQL that follows, such as LIMIT."""
        rows = fetched(self.sql + part, bound(self.params, at, asked))
        return list(zip(*self.columns(rows), strict=True)) if self.converters else rows

    def chunks(self, at):
        """The columns of the rows as at a day, of a thousand rows at a time, read as they are asked for."""
        with replicas.connection().chunked_cursor() as cursor:
            cursor.execute(self.sql, bound(self.params, at))
            while found := cursor.fetchmany(CHUNK):
                yield self.columns(found)

    def columns(self, rows: list[tuple]) -> list:
        """Column by column, Python's values in the place of the database's (Django's compiler does it row by row)."""
        columns, wire = list(zip(*rows, strict=True)), self.compiler.connection
        for place, (converters, expression) in self.converters.items() if rows else ():
            for convert in converters:
                columns[place] = [convert(value, expression, wire) for value in columns[place]]
        return columns

    def count(self, at) -> int:
        ((number,),) = fetched(f"SELECT COUNT(*) FROM ({self.sql}) AS found", bound(self.params, at))
        return number


def fetched(sql: str, params) -> list[tuple]:
    with replicas.connection().cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


class Question:
    """What a list is asked: `facts` is the whole list, declared for DAY; `found_by` a function of a day, what is asked
    of the list, in order; `paths` are the values that are told of each row."""

    def __init__(self, facts, found_by, paths: tuple[str, ...]):
        self.facts, self.found_by, self.paths = facts, found_by, paths
        self.found = found_by(DAY)

    @cached_property
    def counted(self):
        return Compiled(self.found.order_by().values("pk"))

    @cached_property
    def listed(self):
        return Compiled(self.found.values_list(*self.paths))

    @cached_property
    def keys(self):
        return Compiled(self.found.values_list("pk"))

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
        if deep.has_days_first(self.found, start):
            keys = deep.keys(self.found_by(at), start, stop)
        else:
            keys = [key for (key,) in self.keys.rows(at, part=limited(start, stop))]
        found = {key: row for key, *row in self.of_keys.rows(at, keys)} if keys else {}
        return [tuple(found[key]) for key in keys]


def limited(start: int, stop: int) -> str:
    """Numbers, not parameters: the database plans for them."""
    return f" LIMIT {int(stop) - int(start)} OFFSET {int(start)}"
