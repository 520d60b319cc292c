"""Public pages from replicas: a real primary and two real standbys, which lag, are killed and come back under load."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import HttpResponse

from r1540 import public, replicas
from r1540 import settings as project
from r1540.replicas import Database
from tests.conftest import rows_of
from tests.factories import state
from tests.replicated import PORTS, Servers, wait
from tests.test_embedded import PROJECT, new_directory

pytestmark = pytest.mark.django_db  # so that the test's database is made, of which the servers get a copy
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
        while len(found) < 12:
            time.sleep(0.1)
            found += [answer for answer in self.answers() if answer[4] > now]
        return {(made_from, promise) for _, _, made_from, promise, *_ in found}

    def comes_to(self, made_from, promise, within):
        wait(lambda: self.made_from() == {(made_from, promise)}, f"pages from {made_from}, {promise}", within)

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
    with subprocess.Popen([sys.executable, "-m", "tests.readers"], cwd=PROJECT, env=environment, **pipes) as process:
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
    running.comes_to(usual, str(LAG), within=30)
    running.usual, running.other = usual, {"replica1": "replica2", "replica2": "replica1"}[usual]
    yield running
    running.answers()


def test_a_replica_is_killed_and_no_reader_sees_it(site):
    site.servers.kill(site.usual)
    assert site.made_from() == {(site.other, str(LAG))}
    site.servers.start(site.usual)
    site.comes_to(site.usual, str(LAG), within=20)


CUT = "ALTER SYSTEM SET primary_conninfo = 'host=/nowhere'"


@pytest.mark.parametrize(
    ("hinder", "help_again"),
    [
        ("SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"),
        (CUT, "ALTER SYSTEM SET primary_conninfo = %s"),
    ],
    ids=["slow", "cut off"],
)
def test_a_replica_that_lags_is_passed_over_until_it_has_caught_up(site, hinder, help_again):
    origin = site.servers.ask(site.usual, "SHOW primary_conninfo").replace("'", "''")
    site.servers.ask(site.usual, hinder)
    site.servers.ask(site.usual, "SELECT pg_reload_conf()")
    try:
        site.comes_to(site.other, str(LAG), within=LAG + 2)
    finally:
        site.servers.ask(site.usual, help_again.replace("%s", f"'{origin}'"))
        site.servers.ask(site.usual, "SELECT pg_reload_conf()")
    site.comes_to(site.usual, str(LAG), within=20)


def test_without_replicas_pages_come_from_the_primary(site):
    site.servers.kill(site.other)
    site.servers.kill(site.usual)
    assert site.made_from() == {("default", "0")}


def test_without_the_primary_replicas_go_on_and_do_not_promise(site):
    site.servers.kill("primary")
    site.comes_to(site.usual, "unknown", within=LAG + 3)
    site.servers.kill(site.usual)
    assert site.made_from() == {(site.other, "unknown")}


def test_who_is_signed_in_reads_the_primary(site):
    ((_, status, made_from, promise, _, _),) = site.answers("__Host-sessionid=x")
    assert (status, made_from, promise) == (200, "default", "0")


def test_a_replica_that_came_back_as_it_was_earlier_is_not_read(servers, settings, monkeypatch):
    one = Database("replica1", replayed=0)
    settings.REPLICAS = ["replica1"]
    monkeypatch.setattr(replicas, "_databases", {"replica1": one})
    where = {"HOST": str(servers.home), "PORT": PORTS["replica1"], "USER": "r1540", "NAME": DATABASE, "OPTIONS": {}}
    link = DatabaseWrapper(connection.settings_dict | where, alias="replica1")
    link.connect()
    link.close()
    one.replayed = 2**62
    with pytest.raises(OperationalError, match="as it was earlier"):
        link.connect()
    assert link.connection is None


NOW = 1000.0
CLUSTER = 7


@pytest.mark.parametrize(
    ("position", "as_at"),
    [
        (99, replicas.NEVER),  # before all that is known of the primary
        (100, 990.0),
        (149, 990.0),
        (150, 999.0),  # the primary wrote nothing between two looks: the later one counts
        (151, 999.0),
    ],
)
def test_a_replica_is_as_at_the_last_time_before_which_it_has_all(position, as_at):
    one = Database("replica1")
    one.replayed_to(CLUSTER, position, [(990.0, CLUSTER, 100), (995.0, CLUSTER, 150), (999.0, CLUSTER, 150)])
    assert one.as_at == as_at
    one.replayed_to(CLUSTER + 1, position, [(990.0, CLUSTER, 100)])
    assert one.as_at == replicas.NEVER  # it is of another cluster


def database(alias, answered=0.0, behind=0.0, left_alone=0.0):
    """A database that answered, and was up to date, so many seconds ago."""
    return Database(alias, answered=NOW - answered, as_at=NOW - behind, left_alone_until=NOW + left_alone)


FINE, LAGS = database("replica1"), database("replica1", behind=10.1)
CUT, FAILED = database("replica1", answered=20, behind=20), database("replica1", left_alone=0.1)
UP, DOWN = database("default"), database("default", answered=4)
SECOND, SECOND_LAGS = database("replica2", behind=10), database("replica2", behind=60)


@pytest.mark.parametrize(
    ("known", "order", "promise"),
    [
        ([UP, FINE, SECOND], "replica1 replica2 default", "10"),
        ([UP, LAGS, SECOND], "replica2 default replica1", "10"),
        ([UP, CUT, SECOND], "replica2 default", "10"),
        ([UP, FAILED, SECOND], "replica2 default replica1", "10"),
        ([UP, LAGS, SECOND_LAGS], "default replica1 replica2", "0"),
        ([DOWN, FINE, SECOND_LAGS], "replica1 replica2 default", "10"),
        ([DOWN, LAGS, SECOND_LAGS], "replica1 replica2 default", "unknown"),
        ([DOWN, FAILED, SECOND_LAGS], "replica2 replica1 default", "unknown"),
        ([DOWN, CUT], "default", "0"),
    ],
)
def test_the_order_in_which_databases_are_asked(known, order, promise, settings, monkeypatch):
    settings.REPLICAS = ["replica1", "replica2"]
    monkeypatch.setattr(replicas, "_databases", {one.alias: one for one in known})
    monkeypatch.setattr(replicas, "monotonic", lambda: NOW)
    assert replicas.aliases() == order.split()
    assert replicas.promise(replicas.alias()) == promise
    assert replicas.aliases(primary_first=True)[0] == "default"


def test_without_replicas_nothing_is_watched(settings):
    assert settings.REPLICAS == []
    assert replicas.aliases() == ["default"]
    replicas.failed("default")
    assert replicas.databases.__globals__["_databases"] == {}


@pytest.fixture
def twice(settings, monkeypatch):
    """Two databases to ask, which are both this test's."""
    monkeypatch.setattr(replicas, "aliases", lambda primary_first: ["default", "default"])


@pytest.mark.parametrize("sqlstate", ["40001", "57P01", "08006", "42703"])
def test_a_page_that_breaks_off_is_made_again_from_the_beginning(twice, rf, sqlstate):
    begun = []

    def view(request):
        begun.append(request)
        if len(begun) == 1:
            raise_in_the_database(sqlstate)
        return HttpResponse("whole")

    assert public.page(view)(rf.get("/")).content == b"whole"
    assert len(begun) == 2


def test_a_page_that_takes_too_long_is_not_made_again(twice, rf):
    begun = []

    def view(request):
        begun.append(request)
        raise_in_the_database("57014")

    assert public.page(view)(rf.get("/")).status_code == 503
    assert len(begun) == 1


def raise_in_the_database(sqlstate):
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE 'broken' USING ERRCODE = '{sqlstate}'; END $$")


@pytest.mark.parametrize(
    ("lag", "max_age", "promise", "cache"),
    [
        ([], 0, None, "public, no-cache"),
        ([], 60, "60", "public, max-age=0, s-maxage=60"),
        (["replica1"], 60, "70", "public, max-age=0, s-maxage=60"),
        (["replica1"], 0, "10", "public, no-cache"),
    ],
)
def test_an_answer_says_how_old_it_may_be_and_who_may_keep_it(
    lag, max_age, promise, cache, settings, client, monkeypatch
):
    monkeypatch.setattr(replicas, "aliases", lambda primary_first: ["default"])
    monkeypatch.setattr(replicas, "promise", lambda alias: str(replicas.oldest()))
    settings.REPLICAS, settings.PUBLIC_MAX_AGE = lag, max_age
    response = client.get("/about/")
    assert response.headers.get("Record-Age-At-Most") == promise
    assert response.headers["Cache-Control"] == cache
    assert ("Up to date" in response.content.decode()) == bool(promise)
    assert client.get("/about/?x=1").headers["Cache-Control"] == "no-store"


A, B = "postgres://u:secret@a/name", "postgresql://u:secret@%2Frun%2Fpg:5433/name?sslmode=require"


def test_replicas_are_separated_by_spaces(monkeypatch):
    monkeypatch.setattr(project, "IS_DEPLOYMENT", True)
    monkeypatch.setenv("DATABASE_REPLICA_URL", f"{A}\n  {B} ")
    found = project.replica_databases()
    assert {alias: one["HOST"] for alias, one in found.items()} == {"replica1": "a", "replica2": "/run/pg"}
    assert found["replica2"]["OPTIONS"]["sslmode"] == "require"
    assert found["replica2"]["OPTIONS"]["connect_timeout"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "postgres://u:secret@a",
        "postgres://u:sec#ret@a/name",
        "mysql://u:secret@a/name",
        "u:secret@a/name",
        "postgres://u:secret@a,b/name",
        f"{A},{A}",
    ],
)
def test_a_wrong_address_of_a_replica_is_named_by_its_place_only(wrong, monkeypatch):
    monkeypatch.setattr(project, "IS_DEPLOYMENT", True)
    monkeypatch.setenv("DATABASE_REPLICA_URL", f"{A} {wrong} {B}")
    with pytest.raises(ImproperlyConfigured, match="address 2 of 3") as raised:
        project.replica_databases()
    assert "sec" not in "".join(traceback.format_exception(raised.value)).replace("secrets", "")


def test_replicas_without_their_primary_are_refused(monkeypatch):
    monkeypatch.setattr(project, "IS_DEPLOYMENT", False)
    monkeypatch.setenv("DATABASE_REPLICA_URL", A)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        project.replica_databases()


@pytest.mark.parametrize("wrong", ["2", "-1", "3601", "ten", "١٠", "10s"])
def test_a_lag_is_a_number_of_seconds(wrong, monkeypatch):
    monkeypatch.setenv("REPLICA_LAG_SECONDS", wrong)
    with pytest.raises(ImproperlyConfigured, match="from 3 to 3600"):
        project.number("REPLICA_LAG_SECONDS", "10", least=3, most=3600)
