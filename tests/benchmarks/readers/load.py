"""Readers who ask one page again and again, each over one connection that stays open; one thread, no library.

Each answer is checked: its status, and that it is as long as it should be. When the time is up nobody asks anew, and
the answers still on their way are waited for, so that every request for which a server worked is counted.
"""

import select
import socket
import time
from dataclasses import dataclass, field

HOST = "127.0.0.1"
GIVEN_UP = 60  # seconds without any answer
TOLERANCE = 0.01  # of the length: Datasette's JSON says in how many milliseconds it was made
PIECE = 2**18  # bytes read at once


@dataclass
class Loaded:
    """What readers got: milliseconds of each right answer, wrong answers, and the seconds it took in all."""

    milliseconds: list = field(default_factory=list)
    lengths: list = field(default_factory=list)
    errors: int = 0
    reconnected: int = 0
    seconds: float = 0.0
    own_seconds: float = 0.0  # CPU of the readers themselves

    def quantile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Reader:
    """One connection with at most one question on its way."""

    def __init__(self, port: int, request: bytes):
        self.port, self.request = port, request
        self.connect()

    def connect(self):
        self.socket = socket.create_connection((HOST, self.port), timeout=GIVEN_UP)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self):
        self.head, self.got, self.wanted, self.status, self.closes = b"", 0, None, 0, False
        self.began = time.perf_counter()
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Take what has come; whether the answer is whole. Raises ConnectionError if it never will be."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise ConnectionError("closed in the middle of an answer")
        self.got += len(piece)
        if not self.status:
            self.head += piece
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            piece = self.head[end + 4 :]
            self.got = len(piece)
            self.understand(self.head[:end].lower())
        if self.wanted is None:
            return piece.endswith(b"0\r\n\r\n")  # the end of a chunked body
        return self.got >= self.wanted

    def understand(self, head: bytes):
        self.status = int(head[9:12])
        self.closes = b"\r\nconnection: close" in head
        if self.status == 304:
            self.wanted = 0
        elif (start := head.find(b"\r\ncontent-length:")) >= 0:
            self.wanted = int(head[start + 17 :].split(b"\r\n", 1)[0])


def written(path: str, headers: dict) -> bytes:
    """A GET request as bytes."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(port: int, request: bytes, readers: int, seconds: float, status=200, length=None) -> Loaded:
    """Let so many readers ask for so long, each at least once; `length` is that of a right answer's body."""
    done, poll, waiting = Loaded(), select.epoll(), {}
    cpu, began = time.process_time(), time.perf_counter()
    for _ in range(readers):
        reader = Reader(port, request)
        poll.register(reader.socket, select.EPOLLIN)
        waiting[reader.socket.fileno()] = reader
        reader.ask()
    asking = set(waiting)
    while asking:
        events = poll.poll(GIVEN_UP)
        if not events:
            done.errors += len(asking)
            break
        for number, _ in events:
            reader = waiting[number]
            if number not in asking:
                poll.unregister(number)  # closed by the server after its last answer
                continue
            try:
                if not reader.read():
                    continue
                count(done, reader, status, length)
            except ConnectionError:
                done.errors += 1
                reader.closes = True
            if time.perf_counter() - began >= seconds:
                asking.discard(number)
                continue
            if reader.closes:
                number = again(reader, poll, waiting, asking, done)
            reader.ask()
    done.seconds, done.own_seconds = time.perf_counter() - began, time.process_time() - cpu
    for reader in waiting.values():
        reader.socket.close()
    poll.close()
    return done


def count(done: Loaded, reader: Reader, status: int, length: int | None):
    is_right = reader.status == status and (length is None or abs(reader.got - length) <= TOLERANCE * length)
    if is_right:
        done.milliseconds.append(1000 * (time.perf_counter() - reader.began))
        done.lengths.append(reader.got)
    else:
        done.errors += 1


def again(reader: Reader, poll, waiting: dict, asking: set, done: Loaded) -> int:
    """A new connection for a reader whose old one the server closed."""
    old = reader.socket.fileno()
    poll.unregister(old)
    reader.socket.close()
    del waiting[old]
    asking.discard(old)
    reader.connect()
    new = reader.socket.fileno()
    poll.register(new, select.EPOLLIN)
    waiting[new] = reader
    asking.add(new)
    done.reconnected += 1
    return new
