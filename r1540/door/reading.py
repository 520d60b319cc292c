"""The public transaction: one snapshot, read-only, as the public role, with the views in the place of the tables.

A public page is made whole inside it (`public_page`), so no view, filter or template of the public site can show what
is not public, and all that a page shows is from one moment. Any copy of the record will do (replicas.py): where one
breaks off, the page is made again on the next.

It breaks where code of a public page runs outside the transaction (a streamed body, a thread): there is no such code.
"""

from contextlib import contextmanager, suppress
from functools import wraps

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connections,
    transaction,
)
from django.db.backends.postgresql.base import ServerBindingCursor
from django.http import HttpResponse
from psycopg import sql
from psycopg.errors import QueryCanceled

from r1540.door import replicas, revision
from r1540.door.views import SCHEMA

AGE = "Record-Age-At-Most"  # header: how many seconds older than the record an answer may be, or "unknown"


@contextmanager
def public_transaction(alias: str = DEFAULT_DB_ALIAS):
    """Read as the public in this block. Inside another transaction (a test's) the snapshot is that one's."""
    connection = connections[alias]
    begun = inner_transaction if connection.in_atomic_block else outer_transaction
    with replicas.reading(alias), begun(connection), prepared_statements(connection.connection):
        yield


def settings_of_transaction() -> str:
    """Return the SQL of what holds until the end of the transaction."""
    role = sql.Identifier(settings.PUBLIC_ROLE).as_string(None)
    return (
        f"SET LOCAL ROLE {role}; SET LOCAL search_path = {SCHEMA};"
        f" SET LOCAL statement_timeout = {int(settings.PUBLIC_STATEMENT_TIMEOUT_MS)};"
        # The record is in memory: a row found by an index costs little more than the next one.
        " SET LOCAL random_page_cost = 1.1; SET LOCAL plan_cache_mode = force_generic_plan"
    )


@contextmanager
def outer_transaction(connection):
    """Begin and end a transaction without the layers between: by transaction.atomic it took a fifth of a page.

    Its first statement also shows whether the connection is still there; one that was lost while nobody used it is made
    anew, once. Django knows nothing of the transaction, and need not: it only reads.
    """
    connection.health_check_done = True
    begin = f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {settings_of_transaction()}"
    revision.ask_first(connection, lambda driver: revision.run_statements(driver, begin))
    driver = connection.connection
    try:
        with revision.caching(driver):
            yield
    except BaseException:
        with suppress(OperationalError):  # the connection was lost: nothing to undo
            revision.run_statements(driver, "ROLLBACK")
        raise
    revision.run_statements(driver, "COMMIT")


@contextmanager
def inner_transaction(connection):
    """Become the public inside a transaction of Django's, and put everything back at the end."""
    with transaction.atomic(connection.alias):
        with connection.cursor() as cursor:
            cursor.execute(settings_of_transaction())
        with revision.caching_in({}):  # others may commit before it begins again: what it read is cached for it alone
            yield
        with connection.cursor() as cursor:  # where an error ends it, going back to the savepoint puts these back
            cursor.execute(
                "RESET ROLE; SET LOCAL search_path TO DEFAULT; SET LOCAL statement_timeout TO DEFAULT;"
                " SET LOCAL random_page_cost TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT"
            )


@contextmanager
def prepared_statements(driver):
    """Let PostgreSQL bind parameters, and keep each statement that comes a second time on a connection prepared, with
    one plan for all parameters (plan_cache_mode): to plan a page over these views costs it more than to answer it. Left
    to itself it plans seven times more before it takes that one (the list of States: 6 ms each, not 2).

    In public transactions only, so no statement of staff is kept. PostgreSQL reads a statement anew where the
    search_path is another, so even one that was could not answer with their tables. A pooler between must know prepared
    statements, as PgBouncer does since 1.21.
    """
    was = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold = ServerBindingCursor, 1
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = was


def plan_for_words():
    """Let PostgreSQL plan each statement of this transaction for its parameters, until one plan proves as good for all.

    The best plan for a part of a symbol depends on how many rows have it. With one plan for all, reports with "AC.44"
    took 85 ms instead of 1.
    """
    with replicas.connection().cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = auto")


def public_page(view_function):
    """Decorate a view: its whole answer, templates included, is made in a public transaction.

    Where a database fails, it is made again on the next. Who is signed in is shown the primary, with what they have
    just saved.
    """

    def made(alias, request, *args, **kwargs):
        promise = replicas.promise(alias)
        with public_transaction(alias):
            response = view_function(request, *args, **kwargs)
            if hasattr(response, "render") and callable(response.render):
                response.render()
        request.META[replicas.MADE_FROM] = alias
        return with_age(response, promise)

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


def with_age(response, promise: str):
    """Return the response with how old it may be, and with what shared caches, a CDN, may do with it; browsers always
    ask whether it changed."""
    if replicas.greatest_age():
        response[AGE] = promise
    if response.status_code == 200:
        age = settings.PUBLIC_MAX_AGE
        response["Cache-Control"] = f"public, max-age=0, s-maxage={age}" if age else "public, no-cache"
    return response
