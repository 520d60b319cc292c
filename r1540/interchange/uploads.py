"""Files that staff sent and have not applied yet."""

import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from r1540 import history

from .spreadsheets import FOR_MORE

MOST_BYTES = 50 * 2**20
MOST_ROWS = 20_000
A_DAY = 24 * 60 * 60  # seconds


@dataclass
class Upload:
    """A file that a person sent for a table: var/uploads/PERSON/KEY, outside the web root, for a day.

    The folder holds `file`, what was sent, and `name`, its sender's name for it, which is written last.
    """

    folder: Path

    @classmethod
    def of(cls, user, table: str, key: uuid.UUID) -> "Upload":
        return cls(settings.VAR_DIR / "uploads" / str(user.pk) / f"{table}-{key.hex}")

    @property
    def file(self) -> Path:
        return self.folder / "file"

    @property
    def name(self) -> str:
        return (self.folder / "name").read_text(encoding="utf-8")

    @property
    def is_kept(self) -> bool:
        return (self.folder / "name").exists()

    def keep(self, file) -> None:
        """Keep a file, whole, for the server alone to read. Raises OSError, and then keeps nothing of it."""
        for private in (self.folder.parent.parent, self.folder.parent, self.folder):
            private.mkdir(mode=0o700, parents=True, exist_ok=True)  # `parents` are made with another mode
        try:
            with self.file.open("wb") as kept:
                kept.writelines(file.chunks())
            (self.folder / "name").write_text(history.one_line(file.name), encoding="utf-8")
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_old_uploads() -> None:
    """Remove everybody's uploads that are older than a day."""
    for folder in (settings.VAR_DIR / "uploads").glob("*/*"):
        with suppress(OSError):  # removed by another process meanwhile
            if time.time() - folder.stat().st_mtime > A_DAY:
                Upload(folder).remove()


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        max_length=150,
        allow_empty_file=True,
        help_text=f"CSV in UTF-8, or XLSX (its first sheet); at most {MOST_BYTES // 2**20} MB and {MOST_ROWS:,} rows.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"The file has more than {MOST_BYTES // 2**20} MB: {FOR_MORE}")
        return file
