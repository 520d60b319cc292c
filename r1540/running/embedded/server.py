"""One PostgreSQL for all the processes of a project: the first to come starts it, the last to leave stops it.

Everything is in one directory, the home:

    data/           the databases (data.new/ while they are made; if that is interrupted, it begins anew)
    socket/         the only way to connect: no TCP port, a directory that only the server's account may enter
    hba.conf        who may connect: the account of the project, as the kernel reports it (peer), as ROLE only
    start.lock      locked by the process that starts or stops the server
    use.lock        locked, shared, by each process that uses the server, as long as that process lives
    log             the messages of the server

The locks are the kernel's (flock), so a killed process leaves none behind. Run as a program, this file is the guard:
the parent process of the server, which stops it when no process has held use.lock for a few seconds, because a killed
process cannot stop it. It imports only the standard library, so that it is small and starts at once.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROLE = "r1540"
PORT = 5432  # only the name of the socket
SOCKET_BYTES = 100  # the kernel's limit is 107 on Linux and 103 on macOS
GUARD_SECONDS = 3  # longer than the autoreloader needs to come back
# Not the environment of the caller: its PGDATA, PGOPTIONS, LANG and others would change what the programs do.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
ROLE_AND_DATABASE = f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"


class EmbeddedError(Exception):
    """An error that says in a sentence why there is no server, and what to do."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock a file or directory: no other process or thread is in such a block for it at the same time."""
    lock = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def error_of(what: str, output: str, log: Path) -> EmbeddedError:
    """Return the error for a program that failed: with its last error message, or that the disk is full."""
    if "No space left on device" in output or shutil.disk_usage(log.parent).free < 20_000_000:
        return EmbeddedError(f"The disk is full: free some space for {log.parent} and run the command again.")
    errors = [line for line in output.splitlines() if re.search("FATAL|PANIC|ERROR|error:", line)]
    return EmbeddedError(f"{what}: {errors[-1].strip() if errors else 'it does not say why'} (see {log})")


def major_version(programs: Path) -> str:
    """Return the major version of the PostgreSQL programs in a directory: "18"."""
    done = subprocess.run([programs / "postgres", "--version"], stdout=subprocess.PIPE, env=ENVIRONMENT)
    return done.stdout.decode().split()[2].partition(".")[0]  # postgres (PostgreSQL) 18.6 (Debian ...)


class DatabaseServer:
    """A PostgreSQL server in its home, shared by all processes that hold it."""

    def __init__(self, home: Path, programs: Path, account: str, throw_away: bool = False) -> None:
        self.home, self.data, self.log = home, home / "data", home / "log"
        self.programs, self.throw_away = programs, throw_away
        self.account = pwd.getpwnam(account)
        self._use: int | None = None

    # For the processes that use the server

    def hold(self) -> str:
        """Start the server if need be, keep it running until this process ends, and return its socket directory."""
        with self._locked():
            if self._use is None:
                self._use = os.open(self.home / "use.lock", os.O_RDONLY)
                fcntl.flock(self._use, fcntl.LOCK_SH)
                # The autoreloader's child comes back at once: the guard's patience bridges the gap.
                if os.environ.get("RUN_MAIN") != "true":
                    atexit.register(self.leave)
            if not self._lines():
                self._start()
            return self._lines()[4]

    def leave(self) -> None:
        """Stop using the server, and stop it if no other process uses it. (A forked child shares its parent's lock.)"""
        if self._use is None:
            return
        with contextlib.suppress(FileNotFoundError), self._locked():  # the whole home may have been removed
            os.close(self._use)
            self._use = None
            if self._is_unused():
                self._stop()

    # Locks

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.home / "start.lock")

    def _is_unused(self) -> bool:
        """Return whether no process holds use.lock. Hold start.lock, or two that check at once would see each other."""
        lock = os.open(self.home / "use.lock", os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(lock)

    def _lines(self) -> list[str]:
        """Return postmaster.pid of a live server: pid, data, start, port, socket directory, address, memory, status.

        The list is empty if no server runs, whatever the file says: another process may have the pid by now, but no
        other process has the data directory as its working directory (and a zombie has none).
        """
        try:
            lines = os.fsdecode((self.data / "postmaster.pid").read_bytes()).splitlines()
            if Path("/proc/self/cwd").exists():
                return lines if Path(f"/proc/{int(lines[0])}/cwd").samefile(self.data) else []
            os.kill(int(lines[0]), 0)
        except (OSError, ValueError, IndexError):
            return []
        return lines

    # Making, starting, stopping: all with start.lock held

    def _as_account(self) -> dict[str, Any]:
        """Return the options to run a program as the server's account, because PostgreSQL refuses to run as root."""
        options: dict[str, Any] = {"env": ENVIRONMENT, "cwd": "/", "umask": 0o077}
        if os.geteuid() == 0:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return options

    def _own_directory(self, path: Path) -> Path:
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and path.lstat().st_uid == 0:
            os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.pw_uid or found.st_mode & 0o077:
            raise EmbeddedError(f"{path} is not {self.account.pw_name}'s alone: remove it and try again.")
        return path

    def _make(self) -> None:
        """Make a data directory with the role and its database; it gets its name only when it is complete."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own_directory(new)
        checks = ["--no-sync"] if self.throw_away else ["--data-checksums"]
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        if int(major_version(self.programs)) >= 17:  # the same order of names on every machine
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", "-D", new, "-U", "postgres", "--auth=peer", *locale, *checks)
        self._run("postgres", "--single", "-D", new, "postgres", sql=ROLE_AND_DATABASE)
        new.rename(self.data)

    def _run(self, name: str, *arguments: str | Path, sql: str = "") -> None:
        command = [self.programs / name, *arguments]
        done = subprocess.run(
            command,
            input=sql,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self._as_account(),
        )
        # In single-user mode PostgreSQL exits with 0 even if a statement failed, so its output is searched for errors.
        if done.returncode or "ERROR" in done.stdout:
            self.log.write_text(done.stdout)
            raise error_of("PostgreSQL could not make its data", done.stdout, self.log)

    def _prepare(self) -> None:
        if self.throw_away:
            shutil.rmtree(self.data, ignore_errors=True)
        if not self.data.exists():
            self._make()
        ours, theirs = major_version(self.programs), (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise EmbeddedError(
                f"The data in {self.data} belong to PostgreSQL {theirs}, and the programs here are PostgreSQL {ours}: "
                f"install PostgreSQL {theirs}, or move that directory away to begin with an empty database."
            )
        # The map lets one account in, as one role: not the superuser, and nobody else.
        person = pwd.getpwuid(os.geteuid()).pw_name
        self._write("hba.conf", f"local all {ROLE} peer map=project\n")
        self._write("ident.conf", f'project "{person}" {ROLE}\n')

    def _write(self, name: str, text: str) -> None:
        """Write a file that the server's account may read and only our account may change."""
        (self.home / name).write_text(text)
        (self.home / name).chmod(0o644)

    def _socket_directory(self) -> Path:
        """Return the socket directory: beside the data, unless that path is too long for a socket or has a comma."""
        short = f"r1540-{self.account.pw_uid}-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"
        for path in (self.home / "socket", Path(tempfile.gettempdir()) / short, Path("/tmp") / short):
            if len(os.fsencode(path / f".s.PGSQL.{PORT}")) <= SOCKET_BYTES and "," not in str(path):
                break
        return self._own_directory(path)

    def _start(self) -> None:
        self._prepare()
        kind = "throw-away" if self.throw_away else "kept"
        arguments = [self.home, self.programs, self.account.pw_name, kind]
        # Isolated and without site-packages. It returns when the server is ready. The guard that it leaves is no child
        # of this process, so no process has to wait for it.
        done = subprocess.run(
            [sys.executable, "-I", "-S", __file__, *arguments],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if not self._lines():
            raise EmbeddedError(done.stderr.decode(errors="replace").strip())

    def _stop(self) -> None:
        lines = self._lines()
        if lines:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(lines[0]), signal.SIGQUIT if self.throw_away else signal.SIGINT)
            give_up = time.monotonic() + 60
            while self._lines() and time.monotonic() < give_up:
                time.sleep(0.01)

    # For the guard

    def _launch(self) -> subprocess.Popen[bytes]:
        pid_file, sockets = self.data / "postmaster.pid", self._socket_directory()
        # A killed server leaves its files. PostgreSQL refuses to start while a process with the pid in the file lives,
        # which may be another process by now; but it ignores the pid of its own parent, so that is written. The file
        # stays: with it PostgreSQL finds the shared memory of the killed server, and waits until nobody uses that.
        with contextlib.suppress(FileNotFoundError):
            rest = pid_file.read_bytes().partition(b"\n")[2]
            with os.fdopen(os.open(pid_file, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW), "wb") as file:
                file.write(b"%d\n" % os.getpid() + rest)
        (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": sockets,
            "unix_socket_permissions": "0700",
            "hba_file": self.home / "hba.conf",
            "ident_file": self.home / "ident.conf",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.throw_away:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off")
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [self.programs / "postgres", "-D", self.data, *options]
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, **self._as_account())

    def _launch_until_ready(self) -> subprocess.Popen[bytes]:
        begin = self.log.stat().st_size
        for _ in range(50):
            process = self._launch()
            while process.poll() is None:
                if [line.strip() for line in self._lines()[7:]] == ["ready"]:
                    return process
                time.sleep(0.01)
            output = self.log.read_bytes()[begin:].decode(errors="replace")
            if "shared memory block" not in output:
                break
            time.sleep(0.2)  # the last processes of a killed server are still ending
        raise error_of("PostgreSQL does not start", output, self.log)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        end = select.poll()
        end.register(process.stdin, 0)  # an event on this pipe: the server has closed its other end
        idle = 0
        while process.poll() is None:
            end.poll(1000)
            try:
                with self._locked():
                    idle = idle + 1 if self._is_unused() else 0
                    if idle >= GUARD_SECONDS:
                        self._stop()
            except FileNotFoundError:  # the home was removed
                process.send_signal(signal.SIGQUIT)


def guard(server: DatabaseServer) -> None:
    """Start the server, and exit when it is ready, leaving a guard; or exit with the reason why it does not start."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading) as answer:
            sys.exit(answer.read() or 0)
    os.setsid()
    if server.log.exists() and server.log.stat().st_size > 10_000_000:
        server.log.rename(server.home / "log.old")
    log = os.open(server.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        process = server._launch_until_ready()
    except (EmbeddedError, OSError) as error:
        os.write(writing, str(error).encode())
        os._exit(1)
    os.close(writing)
    server._watch(process)


if __name__ == "__main__":
    guard(DatabaseServer(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], throw_away=sys.argv[4] == "throw-away"))
