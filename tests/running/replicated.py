"""A primary and its streaming replicas on this machine, for tests: real servers, killed and begun again."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection

from r1540.running.embedded.place import find_account, find_programs, reachable_programs
from r1540.running.embedded.server import ENVIRONMENT

PORTS = {"primary": 5432, "replica1": 5433, "replica2": 5434}  # only the names of the sockets
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "shared_buffers": "16MB",
    "wal_retrieve_retry_interval": "200ms",  # how soon a replica that lost the primary asks for it again
}


class Servers:
    """The servers of one directory. All may come in who may enter it: the account that runs them, and root."""

    def __init__(self, home: Path):
        self.account, self.home = find_account(), home / "servers"
        self.programs = reachable_programs(find_programs(home), home, self.account)
        self.home.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        self.running: dict[str, subprocess.Popen] = {}

    def command(self, name, *arguments):
        who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        options = {"env": ENVIRONMENT, "cwd": "/", "umask": 0o077, **(who if os.geteuid() == 0 else {})}
        return [self.programs / name, *map(str, arguments)], options

    def run(self, name, *arguments):
        command, options = self.command(name, *arguments)
        subprocess.run(command, check=True, capture_output=True, **options)

    def make_primary(self):
        self.run("initdb", "-D", self.home / "primary", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start("primary")

    def make_replica(self, name):
        origin = ("-h", self.home, "-p", PORTS["primary"], "-U", "postgres")
        self.run("pg_basebackup", "-D", self.home / name, *origin, "-R", "--checkpoint=fast", "--no-sync")
        self.start(name)

    def start(self, name):
        """Start a server, and wait until it answers."""
        settings = SETTINGS | {"port": PORTS[name], "unix_socket_directories": self.home}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        command, options = self.command("postgres", "-D", self.home / name, *words)
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)
        wait(lambda: self.ask(name, "SELECT 1") is not None, f"{name} to answer")

    def signal(self, name, number):
        """Send a signal to all processes of a server, the one that makes the others first."""
        pid = self.running[name].pid
        os.kill(pid, signal.SIGSTOP if number == signal.SIGKILL else number)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (*map(int, children), pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, number)

    def kill(self, name):
        """End a server at once, as when its machine fails."""
        self.signal(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def freeze(self, name):
        """Stop a server, as when its disk does not answer: the kernel still takes what is sent to it."""
        self.signal(name, signal.SIGSTOP)

    def thaw(self, name):
        self.signal(name, signal.SIGCONT)

    def stop(self):
        for name, server in self.running.items():
            self.thaw(name)
            server.send_signal(signal.SIGQUIT)
            server.wait()

    def connect(self, name, database="postgres"):
        options = {"host": str(self.home), "port": PORTS[name], "user": "postgres", "dbname": database}
        return psycopg.connect(**options, autocommit=True, connect_timeout=5)

    def ask(self, name, statement):
        """The first value that a server answers as its superuser, None if it does not."""
        with contextlib.suppress(psycopg.OperationalError), self.connect(name) as link:
            cursor = link.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None

    def address(self, name, database):
        return f"postgres://r1540@{quote(str(self.home), safe='')}:{PORTS[name]}/{database}"


def wait(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def rows_of(table) -> bytes:
    """The rows of a table of the test's database, as COPY writes them."""
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(map(bytes, copy))
