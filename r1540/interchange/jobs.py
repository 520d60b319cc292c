"""Work of the desk that takes longer than a request may: done by a process of its own, which tells in files.

A job has a folder, var/uploads/PERSON/KEY, outside the web root, and worth nothing to anybody else:

    job.json    what is asked, how far it is, and what came of it
    file        what was sent, never under its sender's name for it
    lock        locked while a process works on it: the kernel lets go however that process ends
    log         what the process said besides

So a page can tell at any time whether the work goes on, has ended, or broke off. Everything goes after a day: whoever
opens a page of import next sweeps. A person has one job at work at a time.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

A_DAY = 24 * 60 * 60
KEY = re.compile("[0-9a-f]{32}")
TELL_EVERY = 0.3  # seconds
COMMAND = [sys.executable, "-m", "django", "desk_job"]
started: list[subprocess.Popen] = []


@dataclass
class Job:
    """A job: its folder, what its job.json says, and whether a process was at work a moment before that was read."""

    folder: Path
    said: dict[str, Any]
    is_running: bool = False
    told_at: float = 0.0

    @property
    def key(self) -> str:
        return self.folder.name

    @property
    def file(self) -> Path:
        return self.folder / "file"

    @property
    def broke_off(self) -> bool:
        """Whether there is no process, and none said what came of the work."""
        return not self.said["ended"] and not self.is_running

    def start(self, step: str, may_start: Callable[["Job"], bool] = lambda job: True, **what: Any) -> bool:
        """Let a process begin a step, unless one is at work, or it may not start as the job now stands.

        Nor does it begin in a folder that was swept meanwhile, or where nothing more can be written.
        """
        with suppress(OSError), (self.folder / "lock").open("rb") as lock:
            if not _take(lock.fileno(), fcntl.LOCK_EX):
                return False
            self.read()
            if not may_start(self):
                return False
            self.say(step=step, ended=False, what="", done=0, total=0, **what)
            try:
                work(self, lock.fileno())
            except OSError as error:  # no memory or no room for another process
                self.say(ended=True, refused=f"The work could not begin: {error.strerror}. Nothing was changed.")
            return True
        return False

    def look(self) -> None:
        """Read how the job stands. First whether it is at work: what a process says last it says before it ends."""
        with (self.folder / "lock").open("rb") as lock:
            self.is_running = not _take(lock.fileno(), fcntl.LOCK_SH)
        self.read()

    def read(self) -> None:
        self.said = json.loads((self.folder / "job.json").read_text(encoding="utf-8"))

    def say(self, **what: Any) -> None:
        """Write down more of what is to be known, so that a reader sees the old or the new, never half."""
        self.said |= what
        draft = self.folder / "job.json.new"
        draft.write_text(json.dumps(self.said), encoding="utf-8")
        draft.replace(self.folder / "job.json")

    def tell(self, what: str, done: int, total: int) -> None:
        """Say how far the work is; not more often than anybody looks."""
        if time.monotonic() - self.told_at > TELL_EVERY or done == total:
            self.told_at = time.monotonic()
            self.say(what=what, done=done, total=total)


def make(user, table: str, name: str, file=None, step: str = "preview", **what: Any) -> Job:
    """A job of a person for a table, with the file it is about, for a step that is yet to start. Whole, or OSError."""
    sweep()
    folder = _folder(user) / uuid.uuid4().hex
    for private in (folder.parent.parent, folder.parent, folder):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)  # `parents` are made with another mode
    job = Job(folder, {})
    try:
        if file is not None:
            with job.file.open("wb") as kept:
                kept.writelines(file.chunks())
        (folder / "lock").touch(mode=0o600)
        job.say(user=user.pk, table=table, name=name, step=step, ended=False, **what)
    except OSError:  # no room
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return job


def at_work(user) -> Job | None:
    """A job of a person on which a process is at work."""
    found = (at(folder) for folder in _folder(user).glob("*"))
    return next((job for job in found if job and job.is_running and not job.said["ended"]), None)


def find(user, table: str, key: str) -> Job | None:
    """A person's job for a table, if it is still there."""
    sweep()
    folder = _folder(user) / key
    if not KEY.fullmatch(key) or not folder.is_dir():
        return None
    return at(folder, table)


def at(folder: Path, table: str = "") -> Job | None:
    """The job in a folder; none of another table, none that is older than a day, none that is half made or swept."""
    job = Job(folder, {})
    try:
        job.look()
        return job if table in ("", job.said["table"]) and not _is_old(folder) else None
    except OSError:
        return None


def sweep() -> None:
    """Delete everybody's jobs that are older than a day."""
    for folder in (settings.VAR_DIR / "uploads").glob("*/*"):
        with suppress(OSError):  # swept by another process meanwhile
            if _is_old(folder):
                shutil.rmtree(folder, ignore_errors=True)


def work(job: Job, lock: int) -> None:
    """Let another process do it, which inherits the lock, and goes on when this one or the browser is closed."""
    started[:] = [process for process in started if process.poll() is None]
    with (job.folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*COMMAND, str(job.folder), str(lock)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "r1540.settings")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            start_new_session=True,
        )
    started.append(process)


def _take(lock: int, how: int) -> bool:
    """Lock a file; a look at whether it is locked, which takes no time, is waited for."""
    for wait in (0.05, 0.1, 0):
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(wait)
        else:
            return True
    return False


def _folder(user) -> Path:
    return settings.VAR_DIR / "uploads" / str(user.pk)


def _is_old(folder: Path) -> bool:
    said = folder / "job.json"  # not there while it is half made, or half swept by another process
    return time.time() - (said if said.exists() else folder).stat().st_mtime > A_DAY
