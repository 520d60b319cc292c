"""How the site is served: by granian, with these settings, for `manage.py up` and for a deployment alike.

Each worker loads the site for itself, so SIGHUP brings in new code by replacing one worker after the other.

A worker holds its connections outside of Python, so an idle connection, or a header that is sent slowly, occupies no
thread. A body that is sent slowly occupies one, and so does a long file that is read slowly: nginx buffers these (see
nginx.conf in this folder).
"""

import ctypes
import errno
import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server as Granian

PROJECT = Path(__file__).resolve().parents[3]
LOADS = [sys.executable, "-c", "import r1540.wsgi"]
MALLOPT = {-8: 1, -1: 128 * 1024, -3: 128 * 1024}  # M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h


class Server(Granian):
    """The server of one address: HOST:PORT, or unix:PATH for a proxy on the same machine."""

    def __init__(self, bind: str) -> None:
        super().__init__(
            "r1540.wsgi:application",
            **bind_options(bind),
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
        self.on_startup(refuse_code_that_does_not_load)

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, then end what was begun."""
        clear(self.bind_uds)
        os.register_at_fork(after_in_child=forget_signals_of_parent)
        self.serve(target_loader=load, wrap_loader=False)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else multiprocessing.cpu_count()


def bind_options(bind: str) -> dict[str, Any]:
    """Return where to listen, as granian takes it; a socket is for the group of this process too, such as nginx's."""
    if bind.startswith("unix:"):
        return {"uds": Path(bind.removeprefix("unix:")), "uds_permissions": 0o660}
    host, _, port = bind.rpartition(":")
    return {"address": host.strip("[]"), "port": int(port)}


def clear(path: Path | None) -> None:
    """Remove the socket that a killed server left; leave, with a sentence, where a living one listens."""
    if path and path.exists():
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) != errno.ECONNREFUSED:
                sys.exit(f"{path} is already served: stop that server, or send it SIGHUP for the code as it is now.")
        path.unlink()


def refuse_code_that_does_not_load() -> None:
    """Let SIGHUP replace the workers only if the site as it is now loads."""
    replace = signal.getsignal(signal.SIGHUP)  # granian's

    def check(*arguments: Any) -> None:
        if subprocess.run(LOADS, cwd=PROJECT).returncode == 0:
            replace(*arguments)
        else:
            print("The site as it is now does not load: the old one is served on.", flush=True)

    signal.signal(signal.SIGHUP, check)


def forget_signals_of_parent() -> None:
    """Let a worker stop at once when it is told to, until granian sets the worker's own handlers."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def load() -> Any:
    """Return what a worker serves, in the worker, where granian calls this before it serves."""
    threading.Thread(target=leave_with_parent, daemon=True).start()
    give_memory_back()
    site = application()
    stop_if_told_while_starting()
    return site


def application() -> Any:
    """Return the site, loaded before the first reader asks."""
    from django.urls import get_resolver

    from r1540.wsgi import application

    get_resolver().url_patterns  # noqa: B018  (reads urls.py and with it all views)
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection looks at it again
    return application


def leave_with_parent() -> None:
    """Stop this worker when its parent was killed."""
    multiprocessing.parent_process().join()
    os.kill(os.getpid(), signal.SIGTERM)


def stop_if_told_while_starting() -> None:
    """Repeat, two seconds later, a SIGTERM that comes now: in its first milliseconds granian forgets it."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)

    def repeat(*arguments: Any) -> None:
        signal.set_wakeup_fd(-1)
        if signal.SIGTERM in os.read(told, 100):
            os.kill(os.getpid(), signal.SIGTERM)

    signal.set_wakeup_fd(tell)  # Python writes the number of each signal there, this alarm's too
    signal.signal(signal.SIGALRM, repeat)
    signal.alarm(2)


def give_memory_back() -> None:
    """Let glibc give back what a large answer took: else it keeps megabytes, and apart for each thread."""
    if hasattr(libc := ctypes.CDLL(None), "gnu_get_libc_version"):
        for option, value in MALLOPT.items():
            libc.mallopt(option, value)
