"""Annotations as at a day, compiled once: `prepared` keeps the SQL of a declaration and binds the day anew.

What is recorded of a State are ten annotations with twelve subqueries. Django makes, resolves and compiles them anew at
each request, which took 16 of the 26 ms of the list of States as JSON; so it takes less than one. The rules stay where
they are, in Python and written once: a function of the day that returns the annotations, decorated with
`@prepared("app.Model")`.

The declaration is asked once, of a day that is no day (Day), so the day must go into the SQL as it is: to work anything
out from it in Python raises TypeError. It may speak of columns of its own table, of subqueries, and of the annotations
before it; of other tables it cannot, since it brings no joins along: that raises ValueError.
"""

import re
from datetime import date
from functools import cache, wraps

from django.apps import apps
from django.db import connection
from django.db.models import Expression

# Django calls the tables of a subquery U0, V0 … and does so again around this SQL, and this may hold other such SQL.
ALIAS = re.compile(r"\b((?:own_)*[U-Z]\d+)\b")


class Day(date):
    """The day that is not known yet."""

    def _refuse(self, *args):
        raise TypeError("A prepared annotation cannot work anything out from the day in Python.")

    __add__ = __sub__ = __rsub__ = replace = timetuple = toordinal = isoformat = strftime = _refuse


DAY = Day(1, 1, 2)


class AskedFor(str):
    """What is not known yet, besides the day: the code of a State, for text columns leave a text as it is; or anything
    that stands in a Value, such as a list of keys."""


ASKED = AskedFor("what is asked for")


def bound(params, at: date, asked=None) -> tuple:
    """The parameters of SQL that was compiled for DAY and ASKED, for another day and what is asked for."""
    values = {Day: at, AskedFor: asked}
    return tuple([values.get(type(one), one) for one in params])


class Prepared(Expression):
    """SQL over the columns of one table, compiled before; `parts` stand around the name of the table."""

    def __init__(self, parts, params, output_field, table=None):
        super().__init__(output_field)
        self.parts, self.params, self.table = parts, params, table

    def resolve_expression(self, query=None, allow_joins=True, reuse=None, summarize=False, for_save=False):
        # Resolved already, it may be asked again by a query around its own: its table stays what it is.
        return self if self.table else self.of_table(query.get_initial_alias())

    def relabeled_clone(self, change_map):
        return self.of_table(change_map.get(self.table, self.table))

    def of_table(self, table):
        return Prepared(self.parts, self.params, self.output_field, table)

    def as_sql(self, compiler, connection):
        return f"{compiler.quote_name_unless_alias(self.table)}.".join(self.parts), list(self.params)


def prepared(label: str):
    """Decorator of a function that returns, for a day, the annotations of a model, by name and in their order."""

    def decorate(declared):
        @cache
        def compiled():
            return [(name, *one) for name, one in compile_all(apps.get_model(label), declared(DAY)).items()]

        @wraps(declared)
        def annotations(at):
            return {name: Prepared(parts, bound(params, at), field) for name, parts, params, field in compiled()}

        annotations.declared = declared
        return annotations

    return decorate


def compile_all(model, declared) -> dict:
    """The SQL of each annotation around the name of the model's table, its parameters, and its output field."""
    query = model._base_manager.order_by().annotate(**declared).query
    compiler = query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    used = [alias for alias, uses in query.alias_refcount.items() if uses]  # Django joins a table, sees it need not
    if len(used) != 1:
        raise ValueError(f"A prepared annotation speaks of one table only, not of: {', '.join(used)}.")
    table = f"{connection.ops.quote_name(model._meta.db_table)}."
    made = {}
    for name in declared:
        expression = query.annotations[name]
        sql, params = compiler.compile(expression)
        made[name] = ALIAS.sub(r"own_\1", sql).split(table), params, expression.output_field
    return made
