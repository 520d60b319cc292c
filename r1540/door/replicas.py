"""Public pages from streaming replicas: which database makes the next one, and how old it may be.

A process has an order of its own, and keeps to its first replica while that will do, so that a page is not followed by
an older one; after the replicas comes the primary. If the primary does not answer, replicas go on making pages, and
their header says that their age is unknown. With synchronous_commit = off a commit counts from when it is on disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from r1540.door import revision
from r1540.door.health import LEFT_ALONE, databases

MADE_FROM = "r1540.made_from"  # where in the request's META stands the alias of the database that made the page

_reading: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)


def aliases(primary_first: bool = False) -> list[str]:
    """Return the databases from which a public page may come, the best first; each is tried when the one before
    fails."""
    if not settings.REPLICAS:
        return [DEFAULT_DB_ALIAS]
    now = monotonic()
    primary, *replicas = databases().values()
    current = [one for one in replicas if one.is_current(now)]
    answering = [one for one in replicas if one.answers(now) and one not in current]
    answering.sort(key=lambda one: now < one.left_alone_until)
    if primary_first:
        order = [primary, *current, *answering]
    elif primary.answers(now):
        order = [*current, primary, *answering]
    else:
        order = [*current, *answering, primary]
    return [one.alias for one in order]


def failed(alias: str):
    """Leave a database alone for some seconds: it broke off, or could not finish a page."""
    if alias in settings.REPLICAS:
        databases()[alias].left_alone_until = monotonic() + LEFT_ALONE


def promise(alias: str) -> str:
    """Return how many seconds older than the record a page may be that is made from a database now, or "unknown"."""
    if alias == DEFAULT_DB_ALIAS:
        return str(settings.PUBLIC_MAX_AGE)
    return str(greatest_age()) if databases()[alias].is_current(monotonic()) else "unknown"


def greatest_age() -> int:
    """Return how many seconds older than the record a reader's page may be, as long as the primary answers."""
    return settings.PUBLIC_MAX_AGE + (settings.REPLICA_LAG_SECONDS if settings.REPLICAS else 0)


class Version(NamedTuple):
    """What a public page comes from: a database, the revision of the record there, and how old the page may be."""

    database: str
    revision: bytes
    age: str


def current_version() -> Version | None:
    """Return what the next public page of this process comes from; None if that database does not answer. Then it is
    left alone, and `public_page` tries the next, and says what is wrong if there is none."""
    alias = aliases()[0]
    age = promise(alias)  # before the revision: what is promised is so of what is seen after
    try:
        return Version(alias, revision.read_revision(alias), age)
    except OperationalError:
        failed(alias)
        return None


@contextmanager
def reading(alias: str) -> Iterator[None]:
    """Read all models from this database in this block."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


def connection():
    """Return the connection to the database that is read from: in a public transaction, the one of that page."""
    return connections[_reading.get()]


class Router:
    """Tells Django which database to read from; what is written is always the primary's."""

    def db_for_read(self, model, **hints):
        return _reading.get()

    def db_for_write(self, model, **hints):
        return DEFAULT_DB_ALIAS

    def allow_migrate(self, db, app_label, **hints):
        return db == DEFAULT_DB_ALIAS
