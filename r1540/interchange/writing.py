"""Writing the record into files."""

import io
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from r1540 import public, tabular

from .package import DESCRIPTOR, NAME, descriptor
from .tables import TABLES, Table


class NotARecordError(ValueError):
    """A folder that holds something else: writing a record there might overwrite it."""


def files() -> Iterator[tuple[str, bytes]]:
    """The record as it stands, file by file: (name, content). Call it in one transaction, as `write` does.

    Inside `public.door()` it is what the public may see: published rows, internal columns empty.
    """
    keys: dict[Table, dict[int, str]] = {}
    for table in TABLES:
        yield table.file, _csv(table, keys)
    yield DESCRIPTOR, (json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: str | Path, is_public: bool = False) -> None:
    """Write the whole record, or all that the public may see of it, into a folder, made if it is not there.

    Nothing is touched before every file is ready, and each takes its place at once. Other files stay.
    Raises NotARecordError for a folder that holds something else, OSError if it cannot be written.
    """
    folder = Path(folder)
    _check(folder)
    with public.door() if is_public else _snapshot():
        ready = dict(files())
    folder.mkdir(parents=True, exist_ok=True)
    drafts = {folder / name: folder / f".{name}.{os.getpid()}" for name in ready}
    try:
        for path, draft in drafts.items():
            with draft.open("wb") as file:
                file.write(ready[path.name])
                file.flush()
                os.fsync(file.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotARecordError(f"{folder} is not a folder.")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        if json.loads((folder / DESCRIPTOR).read_bytes())["name"] == NAME:
            return
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise NotARecordError(f"{folder} is not empty and holds no record of this kind. Choose an empty folder.")


@contextmanager
def _snapshot() -> Iterator[None]:
    """One consistent picture of the record, as far as an outer transaction allows."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _csv(table: Table, keys: dict[Table, dict[int, str]]) -> bytes:
    """The file of a table. `keys` has the keys of the rows of the tables before; this table's are added."""
    rows = list(table.model._base_manager.all())
    if len(table.key) == 1:
        keys[table] = {row.pk: getattr(row, table.key[0]) for row in rows}
    several = {column.name: _several(column, keys) for column in table.lists}

    def value(row: Any, column: Any) -> Any:
        if column.is_many:
            return several[column.name][row.pk]
        pointed = getattr(row, column.field.attname)
        return keys[column.target][pointed] if column.target and pointed else pointed

    own = {column.name: column for column in table.columns}
    rows.sort(key=lambda row: [value(row, own[name]) for name in table.key])
    cells = ([column.write(value(row, column)) for column in table.columns] for row in rows)
    file = io.BytesIO()
    tabular.write_csv(file, list(own), cells, bom=False)
    return file.getvalue()


def _several(column: Any, keys: dict[Table, dict[int, str]]) -> dict[int, set[str]]:
    """The keys at which each row points through a many-to-many column, by the row's number."""
    found = defaultdict(set)
    ends = column.field.m2m_column_name(), column.field.m2m_reverse_name()
    for row, other in column.field.remote_field.through._base_manager.values_list(*ends):
        found[row].add(keys[column.target][other])
    return found
