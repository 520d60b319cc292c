"""What the public may see: views over the tables of the record, made by PostgreSQL, and the role that may read them.

Each model says in `public_columns` and `internal_columns` which of its columns the public may read, and in
`public_rows` (SQL over its own columns; absent: all) which rows. From that come views with the names of the tables, in
the schema `public_record`, and a role that can read those views and nothing else. They are made again after each
migration. So the same models, filters and tables serve the public and staff.

In a view an internal column is there, and blank. A row that must point at an unpublished row is not public; where it
may point at one, the pointer is blank. One thing is told of rows that are not public: how many there are of those that
a model names in `public_counts`.
"""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import BooleanField
from psycopg import sql

from r1540 import history
from r1540.door import revision

SCHEMA = "public_record"
APPS = ("states", "visits")


def models() -> list:
    """Return every model of the record, with the tables that join them, in the order they were declared."""
    found = (model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True))
    return [model for model in found if history.is_record(model)]


def columns(model) -> tuple[list[str], list[str]]:
    """Return the names of a model's public fields and of its internal ones; a joining table's are all public."""
    if model._meta.auto_created:
        return [field.name for field in model._meta.concrete_fields], []
    return model.public_columns.split(), model.internal_columns.split()


def rows(model, table: str, depth: int = 0) -> str:
    """Return the SQL condition that a row of `model`, called `table` in the query, is public."""
    conditions = []
    if own := getattr(model, "public_rows", ""):
        conditions.append(f'"{table}".{own}')
    for field in model._meta.concrete_fields:
        if field.is_relation and not field.null:
            target = pointed(field, table, depth)
            conditions += [target] if target else []
    return " AND ".join(conditions)


def pointed(field, table: str, depth: int = 0) -> str:
    """Return the SQL condition that the row at which `field` of `table` points is public; empty if every row of that
    model is."""
    target, alias = field.related_model, f"t{depth}"
    condition = rows(target, alias, depth + 1)
    if not condition:
        return ""
    name = target._meta.db_table
    return f'EXISTS (SELECT 1 FROM "{name}" "{alias}" WHERE "{alias}".id = "{table}"."{field.column}" AND {condition})'


def column(field, table: str, is_internal: bool) -> str:
    """Return the SQL of a column of a view; the type of an internal one stays, its value does not."""
    if is_internal:
        blank = "NULL" if field.null else "false" if isinstance(field, BooleanField) else "''"
        return f'{blank}::{field.db_type(connection)} AS "{field.column}"'
    own = f'"{table}"."{field.column}"'
    if field.is_relation and field.null and (condition := pointed(field, table)):
        return f'CASE WHEN {condition} THEN {own} END AS "{field.column}"'
    return own


def view(model) -> str:
    """Return the SQL of the view of a model. Raises FieldDoesNotExist for a field that is not declared public or
    internal."""
    table = model._meta.db_table
    public, internal = columns(model)
    fields = model._meta.concrete_fields
    undeclared = {field.name for field in fields} ^ {*public, *internal}
    if undeclared or set(public) & set(internal):
        raise FieldDoesNotExist(f"{model.__name__}: declare each field as public or internal: {', '.join(undeclared)}")
    body = f'SELECT {", ".join(column(field, table, field.name in internal) for field in fields)} FROM "{table}"'
    condition = rows(model, table)
    return f'CREATE VIEW {SCHEMA}."{table}" AS {body}' + (f" WHERE {condition}" if condition else "")


def count(model, name: str, condition: str) -> str:
    """Return the SQL of a function that counts all rows of a model under a condition that may speak of `day`.

    It is the declared exception of the door: it sees what is not public, and tells how many.
    """
    return f"""
        CREATE FUNCTION {SCHEMA}.{name}(day date) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$ SELECT count(*) FROM "{model._meta.db_table}" WHERE {condition} $$"""


def remove_views(**kwargs):
    """Remove the views."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def make_views(**kwargs):
    """Make the role, the views, and what the revision needs. Called after every migration; until all columns are there
    it does nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        there = set(cursor.fetchall())
    if {(model._meta.db_table, field.column) for model in models() for field in model._meta.concrete_fields} - there:
        return
    make_role()
    role = sql.Identifier(settings.PUBLIC_ROLE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for model in models():
            cursor.execute(view(model))
        for model in models():
            for name, condition in getattr(model, "public_counts", {}).items():
                cursor.execute(count(model, name, condition))
        cursor.execute(sql.SQL(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {{}}").format(role))
        cursor.execute(sql.SQL(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {{}}").format(role))
        revision.make_triggers(cursor, [model._meta.db_table for model in models()], SCHEMA, role.as_string(None))


def make_role():
    """Make the public role, of which the application's own must be a member to become it.

    A role belongs to the whole server: another database's migration may be making it at this moment, so "is there" and
    "is changing" are looked at again. Raises OperationalError, with what the administrator must run, if it may not.
    """
    role = sql.Identifier(settings.PUBLIC_ROLE)
    missing = "SELECT count(*) = 0 FROM pg_roles WHERE rolname = %s"
    # Since PostgreSQL 16 who makes a role is a member that may not yet become it.
    privilege = "SET" if connection.pg_version >= 160000 else "MEMBER"
    not_ours = f"SELECT NOT pg_has_role(current_user, %s, '{privilege}')"
    for question, answer in (
        (missing, sql.SQL("CREATE ROLE {} NOLOGIN").format(role)),
        (not_ours, sql.SQL("GRANT {} TO CURRENT_USER").format(role)),
    ):
        for attempt in range(5):
            with connection.cursor() as cursor:
                cursor.execute(question, [settings.PUBLIC_ROLE])
                if not cursor.fetchone()[0]:
                    break
                try:
                    with transaction.atomic():
                        cursor.execute(answer)
                except DatabaseError as error:
                    if attempt == 4:
                        raise OperationalError(
                            f"The database's user may not do this; let its administrator run: "
                            f"CREATE ROLE {settings.PUBLIC_ROLE} NOLOGIN; "
                            f"GRANT {settings.PUBLIC_ROLE} TO {connection.settings_dict['USER']};"
                        ) from error
