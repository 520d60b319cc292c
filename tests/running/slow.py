"""Slow readers, and readers who count what fails, for the benchmark of the servers and its test."""

import http.client
import selectors
import socket
import threading
import time
from contextlib import contextmanager, suppress

DRIP = 1.0  # seconds between two bytes
HOST = b"Host: localhost\r\n"
WAYS = {
    "silent": b"",
    "dripping headers": b"GET /about/ HTTP/1.1\r\n" + HOST + b"X-Slow: ",
    "idle, kept open": b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n",
    "not reading": b"GET %s HTTP/1.1\r\n" + HOST + b"\r\n",
    "dripping bodies": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n",
}
DRIPS = {"dripping headers", "dripping bodies"}


def connect(where: int | str, within: float) -> socket.socket:
    """A connection to a port of this machine, or to a socket of its file system."""
    one = socket.socket(socket.AF_UNIX if isinstance(where, str) else socket.AF_INET)
    one.settimeout(within)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.connect(where if isinstance(where, str) else ("127.0.0.1", where))
    return one


def browser(where: int | str, within: float) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("localhost", timeout=within)
    connection.sock = connect(where, within)
    return connection


@contextmanager
def holding(where: int | str, way: str, count: int, large: bytes = b"/about/"):
    """Connections that are held in one of the WAYS, for as long as the block runs; `large` is not read to its end."""
    held, is_over = [], threading.Event()
    for _ in range(count):
        one = connect(where, within=10)
        one.sendall(WAYS[way].replace(b"%s", large))
        if way == "idle, kept open":
            one.recv(65536)
        held.append(one)

    def drip() -> None:
        while not is_over.wait(DRIP):
            for one in held:
                with suppress(OSError):
                    one.send(b"a")

    thread = threading.Thread(target=drip)
    if way in DRIPS:
        thread.start()
    try:
        yield held
    finally:
        is_over.set()
        if way in DRIPS:
            thread.join()
        for one in held:
            one.close()


def still_open(held: list[socket.socket]) -> int:
    """How many of these connections the server has not closed."""
    with selectors.DefaultSelector() as selector:
        for one in held:
            one.setblocking(False)
            selector.register(one, selectors.EVENT_READ)
        ready = [key.fileobj for key, _ in selector.select(0)]
    closed = 0
    for one in ready:
        with suppress(BlockingIOError):
            try:
                closed += not one.recv(1, socket.MSG_PEEK)
            except ConnectionResetError:
                closed += 1
    return len(held) - closed


def answer(where: int | str, path: str, within: float) -> float | None:
    """Seconds until an ordinary reader has a whole answer on a connection of its own; None if there is none."""
    began = time.perf_counter()
    connection = None
    try:
        connection = browser(where, within)
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return time.perf_counter() - began if response.status < 500 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        if connection:
            connection.close()


def readers_wait(where: int | str, seconds: float) -> str:
    """How long an ordinary reader waits who asks again and again, in words."""
    waits, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        waits.append(answer(where, "/about/", within=5))
    told = sorted(one * 1000 for one in waits if one is not None)
    if not told:
        return "no answer in 5 s"
    missed = f", {len(waits) - len(told)} without an answer" if len(told) < len(waits) else ""
    return f"{told[len(told) // 2]:.0f} ms, at most {told[-1]:.0f} ms, of {len(told)} answers{missed}"


class Count(dict):
    """What became of requests: answered; failed: refused, broken off, or an error; closed: without a byte of an answer.

    A worker that leaves closes the connections on which nothing was asked, and a request may cross that. HTTP lets a
    client repeat it (RFC 9112, 9.3.1), and nginx does. A browser does so on a kept connection only.
    """

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in self.items())


@contextmanager
def counting(where: int | str, seconds: float, readers: int = 8):
    """Readers who ask all the time, half of them on kept connections; yields their Count, whole after the block."""
    count, lock, end = Count(answered=0, failed=0, closed=0), threading.Lock(), time.monotonic() + seconds

    def ask(is_kept: bool) -> None:
        connection = None
        while time.monotonic() < end:
            what, response = "failed", None
            try:
                if connection is None:
                    connection = browser(where, within=30)
                connection.request("GET", "/about/")
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    what = "answered"
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                what = "failed" if response else "closed"  # with an answer begun, nobody may ask again
            except (OSError, http.client.HTTPException):
                pass
            with lock:
                count[what] += 1
            if connection and (not is_kept or what != "answered" or connection.sock is None):
                connection.close()
                connection = None

    threads = [threading.Thread(target=ask, args=[number % 2 == 0]) for number in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield count
    finally:
        for thread in threads:
            thread.join()


def see_every_page(port: int) -> int:
    """Ask for every public address twice, and the door of the desk; gives how many there are."""
    import django

    django.setup()
    from tests.public.addresses import addresses

    paths = [*addresses(), "/admin/login/"]
    for path in paths * 2:
        answer(port, path, within=60)
    return len(paths)
