"""Files that staff sent and have not yet applied: in var/uploads, a directory for each person, outside the web root.

A file is named by the sha256 of its content, and never by what its sender called it; its address holds that name, and
is worth nothing to anybody else. It goes when it is applied, or after a day. The next upload sweeps.
"""

import json
import re
import time
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from django.conf import settings

A_DAY = 24 * 60 * 60
NAME = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Upload:
    """A kept file: its sha256, where it is, and its sender's name for it."""

    digest: str
    path: Path
    name: str

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        _label(self.path).unlink(missing_ok=True)


def keep(user, table: str, file) -> Upload:
    """Keep an uploaded file for a person and a table."""
    _sweep()
    file.seek(0)
    digest = file_digest(file, "sha256").hexdigest()
    path = _path(user, table, digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as kept:
        kept.writelines(file.chunks())
    _label(path).write_text(json.dumps(file.name), encoding="utf-8")
    return Upload(digest, path, file.name)


def find(user, table: str, digest: str) -> Upload | None:
    """What a person sent for a table, if it is still there."""
    if not NAME.fullmatch(digest):
        return None
    path = _path(user, table, digest)
    try:
        if time.time() - path.stat().st_mtime > A_DAY:
            return None
        return Upload(digest, path, json.loads(_label(path).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _path(user, table: str, digest: str) -> Path:
    return settings.VAR_DIR / "uploads" / str(user.pk) / table / digest


def _label(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _sweep() -> None:
    for path in (settings.VAR_DIR / "uploads").glob("*/*/*"):
        try:
            if time.time() - path.stat().st_mtime > A_DAY:
                path.unlink()
        except FileNotFoundError:  # another process swept it
            pass
