"""Rows as at a day, asked with SQL that is compiled once: `kept` binds the day anew, as prepared.py does.

Django makes, resolves and compiles a queryset anew at each request, which costs more than to read the few rows that a
page shows of it: the first page took 18 ms and takes 11, the page of a State 18 and takes 8. What is kept answers a
list, not a queryset, so nobody can filter it further and be answered with the SQL of before.
"""

from copy import copy
from functools import cache, wraps

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, Func, Value

from r1540.as_at.prepared import ASKED, DAY, bound


def kept(declared):
    """Decorator of a function of a day, of a day and what is asked for, or of nothing, that returns a queryset: now it
    returns the list of its rows. It must hand on both as they are (see prepared.py)."""

    @cache
    def compiled():
        queryset = declared(*(DAY, ASKED)[: declared.__code__.co_argcount])
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        return queryset, compiler, *compiler.as_sql()

    @wraps(declared)
    def rows(at=None, asked=None) -> list:
        queryset, compiler, sql, params = compiled()
        answer = sql, bound(params, at, asked)
        queryset = queryset.all()
        queryset.query.get_compiler = lambda using, **options: answering(compiler, using, answer)
        return list(queryset)

    rows.declared = declared
    return rows


def answering(compiler, using: str, answer: tuple):
    """A compiler that has compiled already, for the database that is read from now."""
    ours = copy(compiler)
    ours.using, ours.connection = using, connections[using]
    ours.as_sql = lambda *args, **options: answer
    return ours


def any_of(name: str, keys: list[int]) -> Func:
    """Whether a field has one of these keys, the same SQL however many they are."""
    return Func(name, Value(keys), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
