"""What the tests share that start programs."""

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def new_directory():
    """Make a directory that every account may enter, as pytest's own may not be; in memory if there is room: faster."""
    memory = Path("/dev/shm")
    space = os.statvfs(memory if memory.exists() else "/")
    fits = space.f_bavail * space.f_frsize > 2**30 and not space.f_flag & os.ST_NOEXEC
    path = Path(tempfile.mkdtemp(prefix="r1540-test-", dir=memory if fits else None))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def until(is_so, within=60) -> None:
    """Wait until something is so; fail after so many seconds."""
    end = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
