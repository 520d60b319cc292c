"""Compiled queries: Django compiles a queryset to SQL once; each page binds its own day and value to that SQL.

Django builds, resolves and compiles a queryset anew at each request. For the list of States (ten annotations, twelve
subqueries) this takes 16 ms of CPU, and reading the rows takes 3. From page to page only the parameters differ: the
day, and perhaps one value such as the code of a State. So the work is done once in each process:

1. A function that returns a queryset is called with placeholders, ANY_DAY and ANY_VALUE, instead of a day and a value.
2. Django compiles the queryset to SQL and a list of parameters. The placeholders stand in that list.
3. Each page puts its own day and value in their places (`bind`) and sends the same SQL.

What to use:

    @compiled                      a function of a day (and a value) that returns a queryset of a model: from now on it
    def facts_of(at, iso3): ...    returns the list of its rows, with select_related and prefetch_related

    CompiledQuery(queryset)        a queryset of values, made with ANY_DAY: rows(), columns(), chunks(), count().
                                   Lists use it (lists/listing.py): one query for each shape, which is the columns,
                                   the sort order and the filters with their values; whatever the day

    bind(parameters, at)           for SQL that a module puts together itself (pages/figures/tally.py)

Where it breaks:

- Python works something out from the day, or compares it: `at - timedelta(days=1)`, `at.isoformat()`, `if at > …`.
  Placeholders refuse that with TypeError (all but `==`). Work it out in SQL, or before the compiled function is called.
- The shape of the SQL depends on a value: `if value: …`, or `__in` with a list, which has a parameter for each element.
  Nothing refuses the first. For a list of keys use `any_of`, which has one parameter however many keys there are.
- The function reads something else than its arguments: it is read once and stays. What varies must be in the key under
  which the compiled query is kept (see `compiled_list` in lists/listing.py, whose key holds each filter's values).
- A caller filters or sorts the result: it cannot. It is a list of rows, not a queryset.
"""

import re
from copy import copy
from datetime import date
from functools import cache, wraps

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import CursorMixin
from django.db.models import BooleanField, Func, Value

from r1540 import door

CHUNK = 1000  # rows of a file in memory at once
PLACES = re.compile(r"%[s%]")  # where parameters stand in Django's SQL; %% is a percent sign


class AnyDay(date):
    """The type of ANY_DAY: a day of which Python can find out nothing."""

    def _refuse(self, *args):
        raise TypeError("A compiled query cannot work anything out from the day in Python.")

    __add__ = __sub__ = __rsub__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    replace = timetuple = toordinal = isoformat = strftime = _refuse


class AnyValue(str):
    """The type of ANY_VALUE: a text, because the columns that it is compared with take any text as it is."""


ANY_DAY = AnyDay(1, 1, 2)
ANY_VALUE = AnyValue("any value")


def bind(parameters, at: date | None, value=None) -> tuple:
    """Return the parameters of compiled SQL with a day and a value in the places of ANY_DAY and ANY_VALUE."""
    values = {AnyDay: at, AnyValue: value}
    return tuple([values.get(type(one), one) for one in parameters])


def any_of(name: str, keys: list[int]) -> Func:
    """Return the condition that a field has one of these keys; its SQL is the same however many keys there are."""
    return Func(name, Value(keys), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def compiled(declared):
    """Decorate a function of nothing, a day, or a day and a value that returns a queryset: it returns a list of rows.

    The first page took 18 ms and takes 11; the page of a State 18 and takes 8.
    """

    @cache
    def compile_once():
        queryset = declared(*(ANY_DAY, ANY_VALUE)[: declared.__code__.co_argcount])
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        return queryset, compiler, *compiler.as_sql()

    @wraps(declared)
    def rows(at=None, value=None) -> list:
        queryset, compiler, sql, parameters = compile_once()
        answer = sql, bind(parameters, at, value)
        queryset = queryset.all()
        queryset.query.get_compiler = lambda using, **options: with_answer(compiler, using, answer)
        return list(queryset)

    rows.declared = declared
    return rows


def with_answer(compiler, using: str, answer: tuple):
    """Return a copy of a compiler for the database that is read from now, which answers with SQL compiled before."""
    ours = copy(compiler)
    ours.using, ours.connection = using, connections[using]
    ours.as_sql = lambda *args, **options: answer
    return ours


class CompiledQuery:
    """The SQL of a queryset of values that was made with ANY_DAY, and what makes Python's values of the database's.

    It makes no instances of models: the page of States took 11 ms of CPU and takes 7. It keeps SQL only: with their
    querysets and compilers 200 queries took 8 MB in each process, and take 2.
    """

    def __init__(self, queryset):
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        counting = queryset.order_by().values("pk").query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.parameters = compiler.as_sql()
            self.counting = numbered(*counting.as_sql())
            self.converters = compiler.get_converters([field for field, *_ in compiler.select[: compiler.col_count]])
        except EmptyResultSet:  # Django sees that no row can fit
            self.sql, self.parameters, self.converters = "SELECT 1 WHERE false", (), {}
            self.counting = self.sql, []
        self.listing = numbered(self.sql, self.parameters)

    def columns(self, at: date, start: int = 0, stop: int | None = None) -> list:
        """Return the values as at a day column by column: of all rows, or from one place in their order until before
        another. Of no row there is no column."""
        sql, parameters = self.listing
        if stop is not None:  # numbers, not parameters: the database plans for them
            sql = f"{sql} LIMIT {int(stop) - int(start)} OFFSET {int(start)}"
        return self.converted(fetch(sql, bind(parameters, at)))

    def rows(self, at: date, start: int = 0, stop: int | None = None) -> list[tuple]:
        """Return the values as at a day row by row: of all rows, or from one place until before another."""
        return list(zip(*self.columns(at, start, stop), strict=True))

    def count(self, at: date) -> int:
        """Return how many rows there are as at a day."""
        sql, parameters = self.counting
        return fetch(f"SELECT COUNT(*) FROM ({sql}) AS found", bind(parameters, at))[0][0]

    def chunks(self, at: date | None):
        """Yield the columns of all rows as at a day, of a thousand rows at a time."""
        with door.connection().chunked_cursor() as cursor:
            cursor.execute(self.sql, bind(self.parameters, at))
            while found := cursor.fetchmany(CHUNK):
                yield self.converted(found)

    def converted(self, rows: list[tuple]) -> list:
        """Return the columns of rows with Python's values in the place of the database's."""
        columns, connection = list(zip(*rows, strict=True)), door.connection()
        for place, (converters, expression) in self.converters.items() if rows else ():
            for convert in converters:
                columns[place] = [convert(value, expression, connection) for value in columns[place]]
        return columns


def numbered(sql: str, parameters) -> tuple[str, list]:
    """Return SQL with numbered parameters, each once, as PostgreSQL takes them: the list of States says its day in 20
    places. psycopg would number them anew at each request, which takes a tenth of the time of the whole page."""
    known = {}
    numbers = iter([known.setdefault((type(one), one), len(known) + 1) for one in parameters])
    return PLACES.sub(lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", sql), [one for _, one in known]


class NumberedCursor(CursorMixin, psycopg.RawCursor):
    """A cursor for SQL with numbered parameters."""


def fetch(sql: str, parameters) -> list[tuple]:
    """Return the rows that SQL with numbered parameters finds in the database that is read from."""
    connection = door.connection()
    connection.ensure_connection()
    driver = connection.connection
    was, driver.cursor_factory = driver.cursor_factory, NumberedCursor
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
    finally:
        driver.cursor_factory = was
