"""Which database makes a public page, what a reader is promised, and what is made of the settings."""

import socket
import subprocess
import sys
import traceback

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpResponse

from r1540 import door
from r1540 import settings as project
from r1540.door import health, replicas
from r1540.door.health import LEFT_ALONE, NEVER, OF_REPLICA, PATIENCE, Database

NOW = 1000.0
CLUSTER = 7


@pytest.mark.parametrize(
    ("position", "as_at"),
    [
        (99, NEVER),  # before all that is known of the primary
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
    assert one.as_at == NEVER  # it is of another cluster


@pytest.fixture
def clock(monkeypatch):
    """The time of this process, which stands still unless it is moved."""
    now = [NOW]
    for module in (replicas, health):
        monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


class Link:
    """A connection to a server that takes two seconds to answer."""

    def __init__(self, clock, *found):
        self.clock, self.found, self.asked = clock, found or None, []

    def execute(self, statement):
        self.asked.append(statement)
        self.clock[0] += 2
        return self

    def fetchone(self):
        return self.found


def test_what_a_server_answers_was_so_when_it_was_asked(clock):
    primary, replica = Database("default"), Database("replica1")
    primary.look(Link(clock, CLUSTER, 100), primary)
    assert (primary.marks, primary.answered) == (((NOW, CLUSTER, 100),), NOW)
    link = Link(clock, CLUSTER, 100)
    replica.look(link, primary)
    assert (replica.as_at, replica.answered, link.asked) == (NOW, NOW + 2, [OF_REPLICA])


def test_of_the_primary_only_so_much_is_remembered_as_may_be_asked(clock, settings):
    primary = Database("default")
    for position in range(100):
        primary.look(Link(clock, CLUSTER, position), primary)
    assert len(primary.marks) == settings.REPLICA_LAG_SECONDS + PATIENCE + 1
    assert primary.marks[-1][2] == 99


def test_a_server_that_is_not_what_it_is_to_be_has_not_answered(clock):
    primary = Database("default")
    with pytest.raises(psycopg.OperationalError, match="no primary"):
        primary.look(Link(clock), primary)
    assert (primary.marks, primary.answered) == ((), NEVER)


@pytest.mark.parametrize(("behind", "until"), [(10, NEVER), (10.1, NOW + LEFT_ALONE)])
def test_a_replica_that_lags_is_left_alone_for_some_seconds(clock, behind, until):
    one = Database("replica1")
    one.replayed_to(CLUSTER, 100, [(NOW - behind, CLUSTER, 100), (NOW, CLUSTER, 150)])
    assert one.left_alone_until == until


def test_a_replica_that_failed_is_left_alone_for_some_seconds(clock, settings, monkeypatch):
    settings.REPLICAS, one = ["replica1"], Database("replica1", answered=NOW, as_at=NOW)
    monkeypatch.setattr(health, "_databases", {"default": Database("default", answered=NOW), "replica1": one})
    assert replicas.aliases()[0] == "replica1"
    replicas.failed("replica1")
    assert replicas.aliases()[0] == "default"
    clock[0] += LEFT_ALONE
    one.as_at = one.answered = clock[0]
    assert replicas.aliases()[0] == "replica1"


@pytest.mark.parametrize(("answered", "is_cut"), [(PATIENCE, False), (PATIENCE + 0.1, True), (float("inf"), False)])
def test_who_waits_for_a_server_that_answers_no_more_is_let_go(clock, answered, is_cut):
    one, (ours, theirs) = Database("replica1", answered=NOW - answered), socket.socketpair()
    with ours, theirs:
        one.links.add(ours)
        one.let_go()
        theirs.setblocking(False)
        if is_cut:
            assert theirs.recv(1) == b""
        else:
            with pytest.raises(BlockingIOError):
                theirs.recv(1)


def test_a_child_begins_to_watch_anew():
    program = (
        "import os, django; django.setup(); from r1540.door import health; health._databases['replica1'] = 1\n"
        "child = os.fork() or os._exit(len(health._databases))\n"
        "print(os.waitpid(child, 0)[1], len(health._databases))"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=project.BASE_DIR, capture_output=True, check=True).stdout
    assert said.split() == [b"0", b"1"]


def test_what_is_written_is_written_to_the_primary_wherever_is_read():
    router = replicas.Router()
    with replicas.reading("replica1"):
        assert (router.db_for_read(None), router.db_for_write(None)) == ("replica1", "default")
    assert router.db_for_read(None) == "default"
    assert (router.allow_migrate("default", "states"), router.allow_migrate("replica1", "states")) == (True, False)


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
    monkeypatch.setattr(health, "_databases", {one.alias: one for one in known})
    monkeypatch.setattr(replicas, "monotonic", lambda: NOW)
    assert replicas.aliases() == order.split()
    assert replicas.promise(replicas.aliases()[0]) == promise
    assert replicas.aliases(primary_first=True)[0] == "default"


def test_without_replicas_nothing_is_watched(settings):
    assert settings.REPLICAS == []
    assert replicas.aliases() == ["default"]
    replicas.failed("default")
    assert health._databases == {}


@pytest.fixture
def twice(db, monkeypatch):
    """Two databases to ask, which are both this test's."""
    monkeypatch.setattr(replicas, "aliases", lambda primary_first: ["default", "default"])


@pytest.mark.parametrize("sqlstate", ["40001", "57P01", "08006", "42703"])
def test_a_page_that_breaks_off_is_made_again_from_the_beginning(twice, rf, sqlstate, monkeypatch):
    begun, failed = [], []
    monkeypatch.setattr(replicas, "failed", failed.append)

    def view(request):
        begun.append(request)
        if len(begun) == 1:
            raise_in_the_database(sqlstate)
        return HttpResponse("whole")

    assert door.public_page(view)(rf.get("/")).content == b"whole"
    assert (len(begun), failed) == (2, ["default"])


def test_a_page_that_takes_too_long_is_not_made_again(twice, rf):
    begun = []

    def view(request):
        begun.append(request)
        raise_in_the_database("57014")

    assert door.public_page(view)(rf.get("/")).status_code == 503
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
    lag, max_age, promise, cache, db, settings, client, monkeypatch
):
    monkeypatch.setattr(replicas, "aliases", lambda primary_first: ["default"])
    monkeypatch.setattr(replicas, "promise", lambda alias: str(replicas.greatest_age()))
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
        project.whole_number("REPLICA_LAG_SECONDS", "10", least=3, most=3600)
