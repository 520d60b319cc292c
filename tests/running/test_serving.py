"""The server: slow readers keep nobody waiting, a restart fails no request, nothing is left of a killed one.

It runs as in a deployment, on a socket of the file system, with a constant application in the place of the site.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from r1540.running import serving
from tests.running import slow
from tests.running.processes import PROJECT, until

PROGRAM = """
import os, sys
from r1540.running import serving

def constant(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

serving.application = lambda: constant
serving.LOADS = [sys.executable, "-c", sys.argv[2]]
server = serving.Server(sys.argv[1])
server.respawn_interval, server.workers = 0.5, 2
server.run()
"""


@pytest.fixture
def serve(tmp_path):
    """Starts a server; gives it and its socket. `code` is what its restart finds."""
    started = []

    def start(code="") -> tuple[subprocess.Popen, str]:
        path = str(tmp_path / "site.sock")
        command = [sys.executable, "-c", PROGRAM, f"unix:{path}", code]
        server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        started.append(server)
        until(lambda: slow.answer(path, "/", within=5) and len(workers(server)) == 2)
        return server, path

    yield start
    for server in started:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def workers(server) -> set[int]:
    text = " ".join(path.read_text() for path in Path(f"/proc/{server.pid}/task").glob("*/children"))
    return {int(word) for word in text.split()}


@pytest.mark.parametrize("way", ["silent", "dripping headers", "idle, kept open", "not reading"])
def test_slow_readers_keep_nobody_waiting(serve, way):
    _, path = serve()
    with slow.holding(path, way, 1100) as held:
        assert slow.answer(path, "/", within=20) is not None
        assert slow.still_open(held) == len(held)


def test_a_restart_under_load_breaks_off_no_answer(serve):
    server, path = serve()
    before = workers(server)
    with slow.counting(path, seconds=4) as count:
        server.send_signal(signal.SIGHUP)
    until(lambda: len(workers(server)) == len(before) and not workers(server) & before)
    assert count["answered"] > 100
    assert count["closed"] < 20  # which nginx asks again
    assert count["failed"] == 0


def test_code_that_does_not_load_does_not_replace_what_is_served(serve):
    server, path = serve(code="import nowhere")
    before = workers(server)
    server.send_signal(signal.SIGHUP)
    until(lambda: select.select([server.stdout], [], [], 0)[0])
    assert "does not load" in server.stdout.readline()
    assert workers(server) == before
    assert slow.answer(path, "/", within=20) is not None


def test_a_worker_that_is_killed_is_replaced(serve):
    server, path = serve()
    before = workers(server)
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(workers(server)) == len(before) and workers(server) != before)
    assert slow.answer(path, "/", within=20) is not None


def test_when_the_server_is_killed_its_workers_leave(serve):
    server, _ = serve()
    left = workers(server)
    server.kill()
    server.wait()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left))


def test_a_server_that_is_asked_to_stop_ends_what_was_begun_and_leaves_nothing(serve):
    server, path = serve()
    left = workers(server)
    server.terminate()
    assert server.wait(timeout=20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)
    assert not Path(path).exists()


STARTING = """
import os, signal, sys, time
from r1540.running import serving

told = []
signal.signal(signal.SIGTERM, lambda *arguments: told.append(arguments))  # as granian does: it hears, and forgets
serving.stop_if_told_while_starting()
if sys.argv[1] == "told":
    os.kill(os.getpid(), signal.SIGTERM)
while signal.getitimer(signal.ITIMER_REAL)[0]:
    time.sleep(0.05)
time.sleep(0.1)
print(len(told))
"""


@pytest.mark.parametrize(("what", "times"), [("told", "2"), ("not told", "0")])
def test_a_worker_that_is_told_to_stop_while_it_starts_tells_itself_again(what, times):
    command = [sys.executable, "-c", STARTING, what]
    assert subprocess.run(command, cwd=PROJECT, capture_output=True, text=True).stdout.strip() == times


# The socket


def test_what_a_killed_server_left_is_removed(tmp_path):
    path = tmp_path / "site.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    serving.clear(path)
    assert not path.exists()


def test_a_living_server_is_not_replaced_by_mistake(tmp_path):
    path = tmp_path / "site.sock"
    with socket.socket(socket.AF_UNIX) as living:
        living.bind(str(path))
        living.listen()
        with pytest.raises(SystemExit, match="is already served"):
            serving.clear(path)
    assert path.exists()


@pytest.mark.parametrize(
    ("bind", "expected"),
    [
        ("127.0.0.1:8000", {"address": "127.0.0.1", "port": 8000}),
        ("[::1]:8000", {"address": "::1", "port": 8000}),
        ("unix:/run/r1540/site.sock", {"uds": Path("/run/r1540/site.sock"), "uds_permissions": 0o660}),
    ],
)
def test_an_address_is_a_port_or_a_socket(bind, expected):
    assert serving.bind_options(bind) == expected
