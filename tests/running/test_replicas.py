"""Public pages from replicas: a real primary and two real standbys, which lag, are killed and come back under load."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time

import dj_database_url
import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction

from r1540.door import health
from r1540.door.health import Database
from tests.factories import state
from tests.running.processes import PROJECT, new_directory
from tests.running.replicated import PORTS, Servers, rows_of, wait

# The first, so that the test's database is made, of which the servers get a copy.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
LAG = 3  # seconds, the least that may be set
DATABASE = "record"


@pytest.fixture(scope="module")
def servers(django_db_setup, django_db_blocker):
    """A primary with a few States, two replicas of it, and somebody who changes one of the States all the time."""
    with new_directory() as home, django_db_blocker.unblock():
        made = Servers(home)
        try:
            made.make_primary()
            fill(made)
            for name in ("replica1", "replica2"):
                made.make_replica(name)
            yield made
        finally:
            made.stop()


def fill(servers):
    """The tables of this test's database, and a few rows."""
    with transaction.atomic():
        state("Chad", formal_name="Number 0")
        state("France")
        rows = rows_of("states_state")
        transaction.set_rollback(True)
    with servers.connect("primary") as link:
        link.execute("CREATE ROLE r1540 LOGIN")
        link.execute("CREATE ROLE r1540_public")
        link.execute("GRANT r1540_public TO r1540")
        link.execute(f"CREATE DATABASE {DATABASE} OWNER r1540 TEMPLATE template0")
    given = connection.get_connection_params()
    known = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    environment = os.environ | {name: str(given[key]) for name, key in known.items() if given.get(key)}
    dump = subprocess.run([servers.programs / "pg_dump"], env=environment, check=True, capture_output=True).stdout
    into = [servers.programs / "psql", "-q", "-h", servers.home, "-p", "5432", "-U", "postgres", "-d", DATABASE]
    subprocess.run(into, input=dump, check=True, capture_output=True)
    with servers.connect("primary", DATABASE) as link, link.cursor().copy("COPY states_state FROM STDIN") as copy:
        copy.write(rows)


class Site:
    """A process of the site with its readers, and the changes made meanwhile."""

    def __init__(self, process, servers):
        self.process, self.servers = process, servers
        self.changed = [time.monotonic()]  # when the change of each number was known to be in

    def answers(self, cookie=""):
        """What was answered since the last call; each answer is right, and as new as it promises."""
        self.process.stdin.write(f"{cookie}\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        for address, status, made_from, promise, begun, body in found:
            assert status == 200, (address, made_from, body)
            assert re.search(RIGHT[address], body), (address, body)
            if promise == "unknown":
                assert made_from != "default"
            elif number := re.search(r'"formal_name": "Number (\d+)"', body):
                following = self.changed[int(number[1]) + 1 :]
                assert not following or begun - following[0] <= float(promise), (made_from, begun - following[0])
        return found

    def made_from(self):
        """The databases from which the next pages come, and their promises."""
        now, found = time.monotonic(), []

        def enough():
            found.extend(answer for answer in self.answers() if answer[4] > now)
            return len(found) >= 12

        wait(enough, "answers", seconds=100)
        return {(made_from, promise) for _, _, made_from, promise, *_ in found}

    def comes_to(self, made_from, promise=str(LAG)):
        """Wait, for as long as a busy machine needs: what an answer promises is looked at in `answers`."""
        wait(lambda: self.made_from() == {(made_from, promise)}, f"pages from {made_from}, {promise}", seconds=100)

    def change(self, ends):
        """Give Chad another name all the time that the primary lives."""
        while not ends.is_set():
            with contextlib.suppress(psycopg.OperationalError), self.servers.connect("primary", DATABASE) as link:
                while not ends.wait(0.02):
                    name = f"Number {len(self.changed)}"
                    link.execute("UPDATE states_state SET formal_name = %s WHERE iso3 = 'TCD'", [name])
                    self.changed.append(time.monotonic())
            ends.wait(0.2)


RIGHT = {
    "/states/TCD/?format=json": '"name": "Chad"',
    "/figures/?format=json": '"figure"',
    "/states/?format=csv": r"Chad(.|\s)*France",
    "/about/": f"on every page within {LAG} seconds",
}


@pytest.fixture(scope="module")
def running(servers):
    environment = os.environ | {
        "DATABASE_URL": servers.address("primary", DATABASE),
        "DATABASE_REPLICA_URL": f"{servers.address('replica1', DATABASE)} {servers.address('replica2', DATABASE)}",
        "REPLICA_LAG_SECONDS": str(LAG),
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "localhost",
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    ends = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.running.replica_readers"], cwd=PROJECT, env=environment, **pipes
    ) as process:
        site = Site(process, servers)
        worker = threading.Thread(target=site.change, args=[ends])
        worker.start()
        try:
            yield site
        finally:
            ends.set()
            process.kill()
            worker.join()


@pytest.fixture
def site(running):
    """The site with all its servers; what a test stopped is there again for the next."""
    for name in PORTS:
        if name not in running.servers.running:
            running.servers.start(name)
    usual = f"replica{running.process.pid % 2 + 1}"
    running.comes_to(usual)
    running.usual, running.other = usual, {"replica1": "replica2", "replica2": "replica1"}[usual]
    yield running
    running.answers()


def test_a_replica_is_killed_and_no_reader_sees_it(site):
    site.servers.kill(site.usual)
    site.comes_to(site.other)
    site.servers.start(site.usual)
    site.comes_to(site.usual)


SLOW = ("SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()")
CUT_OFF = ("ALTER SYSTEM SET primary_conninfo = 'host=/nowhere'", "ALTER SYSTEM SET primary_conninfo = '{}'")


@pytest.mark.parametrize(("hinder", "mend"), [SLOW, CUT_OFF], ids=["slow", "cut off, and current in its own eyes"])
def test_a_replica_that_lags_is_passed_over_until_it_has_caught_up(site, hinder, mend):
    origin = site.servers.ask(site.usual, "SHOW primary_conninfo").replace("'", "''")
    for statement, comes_to in ((hinder, site.other), (mend.format(origin), site.usual)):
        site.servers.ask(site.usual, statement)
        site.servers.ask(site.usual, "SELECT pg_reload_conf()")
        site.comes_to(comes_to)


def test_a_replica_that_freezes_lets_its_readers_go(site):
    site.servers.freeze(site.usual)
    site.comes_to(site.other)
    site.servers.thaw(site.usual)
    site.comes_to(site.usual)


def test_without_replicas_pages_come_from_the_primary(site):
    site.servers.kill(site.other)
    site.servers.kill(site.usual)
    site.comes_to("default", "0")


def test_without_the_primary_replicas_go_on_and_do_not_promise(site):
    site.servers.kill("primary")
    site.comes_to(site.usual, "unknown")
    site.servers.kill(site.usual)
    site.comes_to(site.other, "unknown")


def test_who_is_signed_in_reads_the_primary(site):
    ((_, status, made_from, promise, _, _),) = site.answers("__Host-sessionid=x")
    assert (status, made_from, promise) == (200, "default", "0")


def test_a_replica_that_came_back_as_it_was_earlier_is_not_read(servers, settings, monkeypatch):
    one = Database("replica1", replayed=0)
    settings.REPLICAS = ["replica1"]
    monkeypatch.setattr(health, "_databases", {"replica1": one})
    address = dj_database_url.parse(servers.address("replica1", DATABASE))
    monkeypatch.setitem(connections.settings, "replica1", connection.settings_dict | address)
    link = connections["replica1"]
    link.connect()
    link.close()
    one.replayed = 2**62
    with pytest.raises(OperationalError, match="as it was earlier"):
        link.connect()
    assert link.connection is None
    del connections["replica1"]
