"""The databases of a run: migrated once and copied for each worker, without and with the shipped record.

To migrate a database takes four seconds of a processor and to import the record one; to copy it, a tenth of one.
"""

import os
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from r1540 import interchange
from r1540.running.embedded.server import locked
from states.models import Source, State, fact_models
from tests import factories

# Several runs at once share the server, not a database.
MIGRATED = f"test_{os.environ.get('PYTEST_XDIST_TESTRUNUID', str(os.getpid()))[:8]}"
RECORDED = f"{MIGRATED}_record"
OWN = f"{MIGRATED}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
OWN_RECORD = f"{OWN}_record"
CONNECTED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"


def migrate():
    call_command("migrate", verbosity=0)


def import_record():
    result = interchange.apply(interchange.read(settings.BASE_DIR / "r1540" / "record"))
    assert result.is_ok
    for model in fact_models():  # a kind of which the shipped record has none yet
        if not model.objects.exists():
            for state in State.objects.filter(iso3__in=["KOR", "TCD"]):
                factories.fact(model, state, published=True, sources=[Source.objects.filter(published=True).first()])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself after a while


def run(statement, *names):
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement.format(*map(connection.ops.quote_name, names)))


def is_there(name) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.rowcount == 1


def copy(origin, name):
    drop(name)
    run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, origin)


def drop(*names):
    """Remove databases, and end what is still connected to them.

    Not by WITH (FORCE), which is refused while autovacuum, a superuser's, looks at the database; a plain DROP DATABASE
    sends autovacuum away, and waits five seconds for others to be gone.
    """
    for name in names:
        with connection._nodb_cursor() as cursor:
            cursor.execute(CONNECTED, [name])
        run("DROP DATABASE IF EXISTS {}", name)


def leads_to(name):
    """Return a connection to another database."""
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    made.settings_dict = made.settings_dict | {"NAME": name}
    return made


@contextmanager
def instead(other):
    """Make another connection the default one within a block."""
    usual, connections[DEFAULT_DB_ALIAS] = connections[DEFAULT_DB_ALIAS], other
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual


def template(name, origin, fill):
    """Make a database that is to be copied, unless another worker did."""
    with locked(Path(__file__).parent):
        if is_there(name):
            return
        copy(origin, name)
        other = leads_to(name)
        try:
            with instead(other):
                fill()
        except BaseException:
            other.close()
            drop(name)
            raise
        other.close()  # what somebody is connected to cannot be copied


def make():
    """Make this worker's database, and let the default connection lead to it."""
    template(MIGRATED, "template1", migrate)
    copy(MIGRATED, OWN)
    connection.close()
    connection.settings_dict["NAME"] = OWN


def renew():
    """Put this worker's database back as it was: after a test in real transactions."""
    connections.close_all()
    copy(MIGRATED, OWN)


def recorded():
    """Return a connection to this worker's database with the record."""
    template(RECORDED, MIGRATED, import_record)
    copy(RECORDED, OWN_RECORD)
    return leads_to(OWN_RECORD)


@contextmanager
def undone():
    """Undo at its end what a block writes, as a test does: after the checks that wait for a commit."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # the site's own transactions may be the outermost
    with atomic:
        yield
        if not connection.needs_rollback:
            connection.check_constraints()
        transaction.set_rollback(True)


def leave():
    """Remove this worker's databases; the last worker removes the rest."""
    connections.close_all()
    with locked(Path(__file__).parent):
        drop(OWN, OWN_RECORD)
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname LIKE %s", [f"{MIGRATED}\\_gw%"])
            is_last = not cursor.rowcount
        if is_last:
            drop(MIGRATED, RECORDED)
