"""What this process knows of the primary and its replicas: who answers, and how old the data of each replica may be.

A replica knows how much of the primary's log it has replayed, but not how long that log is: one that is cut off takes
itself for current. The age of its last replayed transaction does not help: it grows while nobody writes. So each
process asks the primary, every second, how far its log is on disk, and stores the answer with the time *before* it
asked. A replica that has replayed as much holds all that was committed before that time. This needs no rights, no
writes and no agreement between the clocks of machines. Each page then only compares times: a replica that is not known
to hold all that is older than REPLICA_LAG_SECONDS is passed over, whether it is slow, cut off or dead.

It breaks where an address leads to several servers (a balancer): what is known of one is then believed of another.
"""

import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from time import monotonic, sleep
from weakref import WeakSet

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

PERIOD = 1  # seconds between two looks at a database
PATIENCE = 3  # for so many seconds a database may not have answered
LEFT_ALONE = 5  # so long a replica that failed, or lagged, is not asked for pages
NEVER = float("-inf")

LOG = "SELECT system_identifier, pg_wal_lsn_diff({}, '0/0')::bigint FROM pg_control_system() WHERE {}"
OF_PRIMARY = LOG.format("pg_current_wal_flush_lsn()", "NOT pg_is_in_recovery()")
OF_REPLICA = LOG.format("pg_last_wal_replay_lsn()", "pg_is_in_recovery()")
HAS_REPLAYED = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') >= %s"

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Database:
    """What is known of a database. Times are of this process's clock; each is written whole: no lock is needed."""

    alias: str
    answered: float = NEVER
    marks: tuple[tuple[float, int, int], ...] = ()  # of the primary: before this time its log had got at least so far
    replayed: int = 0
    as_at: float = NEVER  # a replica holds all that was committed before this time
    left_alone_until: float = NEVER
    looked_at: threading.Event = field(default_factory=threading.Event)
    links: WeakSet[psycopg.Connection] = field(default_factory=WeakSet)  # this process's connections to it

    def is_current(self, now: float) -> bool:
        return now - self.as_at <= settings.REPLICA_LAG_SECONDS and now >= self.left_alone_until

    def answers(self, now: float) -> bool:
        return now - self.answered <= PATIENCE

    def look(self, link: psycopg.Connection, primary: "Database"):
        """Ask how far it is. Raises psycopg.Error, also if it is not what it is to be."""
        before = monotonic()
        found = link.execute(OF_PRIMARY if self is primary else OF_REPLICA).fetchone()
        if not found:
            raise psycopg.OperationalError(f"It is no {'primary' if self is primary else 'replica'} (any more).")
        if self is primary:
            self.marks = (*self.marks[-settings.REPLICA_LAG_SECONDS - PATIENCE :], (before, *found))
        else:
            self.replayed_to(*found, marks=primary.marks)
        self.answered = before

    def replayed_to(self, cluster: int, position: int, marks):
        self.replayed = position
        self.as_at = max((time for time, *mark in marks if mark[0] == cluster and mark[1] <= position), default=NEVER)
        if marks and marks[-1][0] - self.as_at > settings.REPLICA_LAG_SECONDS:
            if monotonic() > self.left_alone_until:
                logger.warning("%s is more than %s seconds behind.", self.alias, settings.REPLICA_LAG_SECONDS)
            self.left_alone_until = monotonic() + LEFT_ALONE

    def let_go(self):
        """Break the connections to a server that takes questions and answers none, on a machine that does: who waits
        there gets an error at once, and asks elsewhere."""
        if PATIENCE < monotonic() - self.answered < float("inf"):
            with suppress(RuntimeError):  # another has just been made: the next time, then
                for link in tuple(self.links):
                    with suppress(OSError, psycopg.Error), socket(fileno=os.dup(link.fileno())) as end:
                        end.shutdown(SHUT_RDWR)


_databases: dict[str, Database] = {}
_beginning = threading.Lock()
os.register_at_fork(after_in_child=_databases.clear)  # threads stay behind, so a child begins to watch anew


def databases() -> dict[str, Database]:
    """Return the primary and the replicas in this process's order, watched from the first call on."""
    if not _databases:
        with _beginning:
            if not _databases:
                first = os.getpid() % len(settings.REPLICAS)  # processes share the replicas out
                order = [DEFAULT_DB_ALIAS, *settings.REPLICAS[first:], *settings.REPLICAS[:first]]
                found = {alias: Database(alias) for alias in order}
                primary, *others = found.values()
                for group in ([primary], others):  # the primary first: a replica is compared with it
                    for one in group:
                        threading.Thread(target=watch, args=(one, primary), daemon=True).start()
                    for one in group:
                        one.looked_at.wait(PATIENCE)
                _databases.update(found)
    return _databases


def watch(one: Database, primary: Database):
    """Look at a database again and again, over a connection of its own, as long as the process lives."""
    link = None
    while True:
        try:
            if link is None:
                parameters = connections[one.alias].get_connection_params() | {"application_name": "r1540 watching"}
                link = psycopg.connect(**parameters, autocommit=True)
                one.links.add(link)
            one.look(link, primary)
        except psycopg.Error as error:
            if link is not None:
                link.close()
            if link is not None or not one.looked_at.is_set():
                logger.warning("%s does not answer: %s", one.alias, error)
            link, one.answered = None, NEVER
        one.looked_at.set()
        if one is primary:
            for replica in _databases.values():
                replica.let_go()
        sleep(PERIOD)


def refuse_earlier_standby(sender, connection, **kwargs):
    """Refuse a new connection to a standby that lacks what was last seen there: one that crashed comes back as it was
    earlier, and nobody may have looked since. Raises OperationalError."""
    if (one := _databases.get(connection.alias)) and one.alias in settings.REPLICAS:
        with connection.cursor() as cursor:
            cursor.execute(HAS_REPLAYED, [one.replayed])
            if cursor.fetchone() == (True,):
                return one.links.add(connection.connection)
        connection.close()
        raise OperationalError(f"{one.alias} came back as it was earlier.")
