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
LONGEST_HEAD = 8192
TOLERANCE = 0.01  # of the length: Datasette's JSON says in how many milliseconds it was made
BUFFER = bytearray(2**18)  # what one reader read last: to take new memory each time would cost more than to read
END = b"0\r\n\r\n"  # of a body in chunks


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
        self.head, self.tail, self.got, self.wanted, self.status, self.closes = b"", b"", 0, None, 0, False
        self.began = time.perf_counter()
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Take what has come; whether the answer is whole. Raises ConnectionError if it never will be."""
        length = self.socket.recv_into(BUFFER)
        if not length:
            raise ConnectionError("closed in the middle of an answer")
        self.got += length
        if not self.status:
            self.head += BUFFER[: min(length, LONGEST_HEAD)]
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.got -= end + 4
            self.understand(self.head[:end].lower())
        if self.wanted is None:
            self.tail = (self.tail + BUFFER[max(length - len(END), 0) : length])[-len(END) :]
            return self.tail == END
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
    cpu, began = time.process_time(), time.perf_counter()
    crowd = Crowd([Reader(port, request) for _ in range(readers)], status, length)
    crowd.read_until(began + seconds)
    crowd.done.seconds, crowd.done.own_seconds = time.perf_counter() - began, time.process_time() - cpu
    return crowd.done


class Crowd:
    """Readers at once, and what they got so far."""

    def __init__(self, readers: list[Reader], status: int, length: int | None):
        self.status, self.length, self.done = status, length, Loaded()
        self.poll, self.asking = select.epoll(), {}  # those that wait for an answer, by their socket's number
        for reader in readers:
            self.ask(reader)

    def ask(self, reader: Reader):
        reader.ask()
        number = reader.socket.fileno()
        if number not in self.asking:
            self.poll.register(number, select.EPOLLIN)
            self.asking[number] = reader

    def read_until(self, end: float):
        while self.asking:
            events = self.poll.poll(GIVEN_UP)
            if not events:
                self.done.errors += len(self.asking)
                break
            for number, _ in events:
                self.hear(self.asking[number], end)
        self.poll.close()

    def hear(self, reader: Reader, end: float):
        try:
            if not reader.read():
                return
            self.count(reader)
            if time.perf_counter() >= end:
                self.leave(reader)
            elif reader.closes:
                self.come_again(reader)
            else:
                self.ask(reader)
        except ConnectionError:
            self.done.errors += 1
            if time.perf_counter() >= end:
                self.leave(reader)
            else:
                self.come_again(reader)

    def count(self, reader: Reader):
        length, wanted = reader.got, self.length
        if reader.status == self.status and (wanted is None or abs(length - wanted) <= TOLERANCE * wanted):
            self.done.milliseconds.append(1000 * (time.perf_counter() - reader.began))
            self.done.lengths.append(length)
        else:
            self.done.errors += 1

    def leave(self, reader: Reader):
        del self.asking[reader.socket.fileno()]
        self.poll.unregister(reader.socket)
        reader.socket.close()

    def come_again(self, reader: Reader):
        """Over a new connection: the server closed the old one."""
        self.leave(reader)
        reader.connect()
        self.ask(reader)
        self.done.reconnected += 1
