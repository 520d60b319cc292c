"""The public door: what the public may see is kept by PostgreSQL, not by a filter that a view may forget.

Each model says in `public_columns` and `internal_columns` which of its columns the public may read, and in
`public_rows` (SQL over its own columns; absent: all) which rows. From that come views with the names of the tables,
in the schema `public_record`, and a role that can read those views and nothing else. A public page is made inside one
transaction (`door`): a single snapshot, read-only, as that role, with the views in the place of the tables. So the
same models, filters and tables serve the public and staff.

One thing is told of rows that are not public: how many there are of those that a model names in `public_counts`.

In a view an internal column is there, and blank. A row that must point at an unpublished row is not public; where
it may point at one, the pointer is blank.

The page may be made from any copy of the record (replicas.py), and is made again, whole, on another one that does not
break off: it only reads.

It breaks where code of a public page runs outside `door` (a streamed body, a thread): there is no such code.
"""

from contextlib import contextmanager, suppress
from functools import wraps

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BooleanField
from django.http import HttpResponse
from psycopg import sql
from psycopg.errors import QueryCanceled

from r1540 import history
from r1540.door import replicas, revision

SCHEMA = "public_record"
AGE = "Record-Age-At-Most"  # header: how many seconds older than the record an answer may be, or "unknown"
APPS = ("states", "visits")


def models() -> list:
    """Every model of the record, with the tables that join them, in the order they were declared."""
    found = (model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True))
    return [model for model in found if history.is_record(model)]


def columns(model) -> tuple[list[str], list[str]]:
    """The names of a model's public fields and of its internal ones; a joining table's are all public."""
    if model._meta.auto_created:
        return [field.name for field in model._meta.concrete_fields], []
    return model.public_columns.split(), model.internal_columns.split()


def rows(model, table: str, depth: int = 0) -> str:
    """SQL: whether a row of `model`, called `table` in the query, is public."""
    conditions = []
    if own := getattr(model, "public_rows", ""):
        conditions.append(f'"{table}".{own}')
    for field in model._meta.concrete_fields:
        if field.is_relation and not field.null:
            target = pointed(field, table, depth)
            conditions += [target] if target else []
    return " AND ".join(conditions)


def pointed(field, table: str, depth: int = 0) -> str:
    """SQL: whether the row at which `field` of `table` points is public; empty if every row of that model is."""
    target, alias = field.related_model, f"t{depth}"
    condition = rows(target, alias, depth + 1)
    if not condition:
        return ""
    name = target._meta.db_table
    return f'EXISTS (SELECT 1 FROM "{name}" "{alias}" WHERE "{alias}".id = "{table}"."{field.column}" AND {condition})'


def column(field, table: str, is_internal: bool) -> str:
    """SQL: a column of a view; the type of an internal one stays, its value does not."""
    if is_internal:
        blank = "NULL" if field.null else "false" if isinstance(field, BooleanField) else "''"
        return f'{blank}::{field.db_type(connection)} AS "{field.column}"'
    own = f'"{table}"."{field.column}"'
    if field.is_relation and field.null and (condition := pointed(field, table)):
        return f'CASE WHEN {condition} THEN {own} END AS "{field.column}"'
    return own


def view(model) -> str:
    """SQL: the view of a model. Raises FieldDoesNotExist for a field that is declared neither public nor internal."""
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
    """SQL: a function that counts all rows of a model under a condition that may speak of `day`, and tells no more.

    The declared exception of the door: it sees what is not public.
    """
    return f"""
        CREATE FUNCTION {SCHEMA}.{name}(day date) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$ SELECT count(*) FROM "{model._meta.db_table}" WHERE {condition} $$"""


def take_down(**kwargs):
    """Remove the views."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def make(**kwargs):
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
        revision.make(cursor, [model._meta.db_table for model in models()], SCHEMA, role.as_string(None))


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


@contextmanager
def prepared_statements(driver):
    """PostgreSQL binds the parameters, and keeps what is asked a second time on a connection as a prepared statement
    with one plan for all parameters (plan_cache_mode, `inside`): to plan a page over these views costs it more than to
    answer it. Left to itself it plans seven times more before it takes that one (the list of States: 6 ms each, not 2).

    Inside the door only, so no statement of staff is kept. PostgreSQL reads a statement anew where the search_path is
    another, so even one that was could not answer with their tables. A pooler between must know prepared statements, as
    PgBouncer does since 1.21.
    """
    was = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold = ServerBindingCursor, 1
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = was


@contextmanager
def door(alias: str = DEFAULT_DB_ALIAS):
    """One transaction as the public: a single snapshot, read-only, the public role, views in the place of tables.

    Inside another transaction (a test's) the snapshot is that one's, and the rest is put back at the end.
    """
    connection = connections[alias]
    with replicas.reading(alias):
        if connection.in_atomic_block:
            with inner_door(connection), prepared_statements(connection.connection):
                yield
        else:
            with transaction_of(connection) as driver, prepared_statements(driver), revision.seen(driver):
                yield


def inside() -> str:
    """SQL: what holds inside the door, until the end of its transaction."""
    role = sql.Identifier(settings.PUBLIC_ROLE).as_string(None)
    return (
        f"SET LOCAL ROLE {role}; SET LOCAL search_path = {SCHEMA};"
        f" SET LOCAL statement_timeout = {int(settings.PUBLIC_STATEMENT_TIMEOUT_MS)};"
        # The record is in memory: a row found by an index costs little more than the next one.
        " SET LOCAL random_page_cost = 1.1; SET LOCAL plan_cache_mode = force_generic_plan"
    )


def plan_for_words():
    """From now on in this door plan each statement for what it asks, until one plan proves as good for all: of parts of
    symbols, how many rows have one decides. One plan for all took reports with "AC.44" 85 ms instead of 1."""
    with replicas.connection().cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = auto")


@contextmanager
def transaction_of(connection):
    """A transaction begun and ended without the layers between: by transaction.atomic it took a fifth of a page.

    Its first statement shows as well whether the connection is still there; one that was lost while nobody asked is
    made anew, once. Django knows nothing of the transaction, and need not: it only reads.
    """
    connection.health_check_done = True
    revision.begun(connection, lambda wire: run(wire, f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {inside()}"))
    wire = connection.connection
    try:
        yield wire
    except BaseException:
        with suppress(OperationalError):  # the connection was lost: nothing to undo
            run(wire, "ROLLBACK")
        raise
    run(wire, "COMMIT")


def run(wire, statements: str):
    """Run SQL that answers nothing. Raises OperationalError."""
    revision.sent(wire.pgconn.exec_, statements.encode())


@contextmanager
def inner_door(connection):
    with transaction.atomic(connection.alias):
        with connection.cursor() as cursor:
            cursor.execute(inside())
        yield
        with connection.cursor() as cursor:  # where an error ends it, going back to the savepoint puts these back
            cursor.execute(
                "RESET ROLE; SET LOCAL search_path TO DEFAULT; SET LOCAL statement_timeout TO DEFAULT;"
                " SET LOCAL random_page_cost TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT"
            )


def page(view_function):
    """A view whose whole answer, templates included, is made inside the door.

    Where a database fails, it is made again on the next. Who is signed in is shown the primary, with what they have
    just saved.
    """

    def made(alias, request, *args, **kwargs):
        promise = replicas.promise(alias)
        with door(alias):
            response = view_function(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                response.render()
        request.META[replicas.MADE_FROM] = alias
        return described(response, promise)

    @wraps(view_function)
    def answer(request, *args, **kwargs):
        *others, last = replicas.aliases(primary_first=settings.SESSION_COOKIE_NAME in request.COOKIES)
        try:
            for alias in others:
                try:
                    return made(alias, request, *args, **kwargs)
                except (OperationalError, InterfaceError, ProgrammingError) as error:  # the last: a migration's lag
                    if isinstance(error.__cause__, QueryCanceled):
                        raise
                    replicas.failed(alias)
            return made(last, request, *args, **kwargs)
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                return HttpResponse(
                    "This question takes too long to answer. Ask for fewer rows, or try again in a minute.",
                    status=503,
                    content_type="text/plain; charset=utf-8",
                    headers={"Retry-After": "60"},
                )
            raise

    return transaction.non_atomic_requests(answer)


def described(response, promise: str):
    """The answer, with how old it may be, where it may, and who may keep it."""
    if replicas.oldest():
        response[AGE] = promise
    if response.status_code == 200:
        response["Cache-Control"] = cache_control()
    return response


def cache_control() -> str:
    """What shared caches, a CDN, may do with a page; browsers always ask whether it changed."""
    age = settings.PUBLIC_MAX_AGE
    return f"public, max-age=0, s-maxage={age}" if age else "public, no-cache"
