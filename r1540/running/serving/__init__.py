"""How the site is served: by granian, with these settings, for `manage.py up` and for a deployment alike.

In a deployment this process loads nothing of the site: each worker does, so that SIGHUP brings new code in, one worker
after the other. `manage.py up` has loaded the site already, and its workers share that memory.

A worker holds its connections outside of Python, so idle ones and dripping headers cost no thread. A body that is sent
slowly keeps one busy, and so does a long file that is read slowly: those wait in nginx.conf, beside this.
"""

import ctypes
import gc
import multiprocessing.connection
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels, logger
from granian.server import Server as Granian

APPLICATION = "r1540.wsgi:application"
PROJECT = Path(__file__).resolve().parents[3]
LOADS = [sys.executable, "-c", "import r1540.wsgi"]
MALLOPT = {-8: 1, -1: 128 * 1024, -3: 128 * 1024}  # M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


class Server(Granian):
    """The server of one address: HOST:PORT, or unix:PATH for a proxy on the same machine."""

    def __init__(self, bind: str, when_started: Callable[[], Any] = lambda: None) -> None:
        self.when_started = when_started
        super().__init__(
            APPLICATION,
            **address(bind),
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            # Two at least, so that one answers while the other is replaced. A worker takes 55 to 70 MB.
            workers=min(max(cores(), 2), 8),
            # A second thread, so that a long export does not keep all others of its worker waiting; it starts when it
            # is needed. More only take memory: Python runs one at a time.
            blocking_threads=2,
            # Kept, because each thread has a connection to the database of its own: the longest that granian takes.
            blocking_threads_idle_timeout=600,
            # Connections, not requests: with the default, 512 a worker, 1,000 silent ones shut everybody out.
            backpressure=8192,
            backlog=2048,
            http1_settings=HTTP1Settings(header_read_timeout=10_000),
            respawn_failed_workers=True,
            respawn_interval=3,  # seconds a new worker has for loading the site before the old one stops accepting
            workers_kill_timeout=30,  # as long as an answer may take that was begun when the server is to stop
            log_level=LogLevels.warning,
        )

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, then end what was begun."""
        give_memory_back()
        gc.collect()
        gc.freeze()  # no collection of a worker looks at what it shares with this process: that would copy it
        clear(self.bind_uds)
        self.serve(target_loader=partial(load, os.getpid()), wrap_loader=False)

    def startup(self, *arguments: Any) -> None:
        super().startup(*arguments)
        self.when_started()

    def _spawn_worker(self, *arguments: Any, **named: Any) -> Any:
        worker = super()._spawn_worker(*arguments, **named)
        worker.terminate = partial(tell_to_stop, worker, worker.terminate)
        return worker

    def signal_handler_reload(self, *arguments: Any) -> None:
        """SIGHUP: new workers, then the old ones stop; nothing happens if the code as it is now does not load."""
        if subprocess.run(LOADS, cwd=PROJECT).returncode == 0:
            super().signal_handler_reload(*arguments)
        else:
            logger.error("The site as it is now does not load: the old one is served on.")


def address(bind: str) -> dict[str, Any]:
    """What granian is told of an address; a socket may be used by the group of this process, such as nginx's."""
    if bind.startswith("unix:"):
        return {"uds": Path(bind.removeprefix("unix:")), "uds_permissions": 0o660}
    host, _, port = bind.rpartition(":")
    return {"address": host.strip("[]"), "port": int(port)}


def clear(path: Path | None) -> None:
    """Remove the socket that a killed server left; leave, with a sentence, where a living one listens."""
    with socket.socket(socket.AF_UNIX) as probe, suppress(FileNotFoundError):
        if path:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            else:
                sys.exit(f"{path} is already served: stop that server, or send it SIGHUP for the code as it is now.")


def tell_to_stop(worker: Any, tell: Callable[[], None]) -> None:
    """Tell a worker to stop; a young one once more if it has not stopped after some seconds.

    What a worker is told in the moment in which it begins to serve, granian forgets, and waits 30 s for it. An older
    one is not told again: it may be ending a long answer, which that would break off.
    """

    def again() -> None:
        if not multiprocessing.connection.wait([worker.inner.sentinel], timeout=5):
            os.kill(worker.inner.pid, signal.SIGTERM)

    tell()
    if time.monotonic() - worker.birth < 15:
        threading.Thread(target=again, daemon=True).start()


def load(parent: int) -> Any:
    """What a worker serves. It stops when `parent` is killed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until granian has its own, which it sets when this returns
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=leave_with, args=[parent], daemon=True).start()
    return application()


def application() -> Any:
    """The site, loaded before the first reader asks."""
    from django.urls import get_resolver

    from r1540.wsgi import application

    get_resolver().url_patterns  # noqa: B018  (reads urls.py and with it all views)
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection looks at it again, nor unshares its memory
    return application


def leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def give_memory_back() -> None:
    """Let glibc give back what a large answer took: else it keeps megabytes, and apart for each thread."""
    if hasattr(libc := ctypes.CDLL(None), "gnu_get_libc_version"):
        for option, value in MALLOPT.items():
            libc.mallopt(option, value)
