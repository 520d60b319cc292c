"""Writing the record into files, with a datapackage.json that describes them: a Frictionless Data Package
(specs.frictionlessdata.io, version 1)."""

import io
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, CharField, DateField, IntegerField, QuerySet, TextField
from django.db.models.functions import Collate
from django.utils.text import capfirst

from r1540 import door
from r1540.as_at.compiled import CompiledQuery, any_of
from r1540.as_at.day import today
from r1540.as_at.when import WHEN_HELP, WhenField
from r1540.lists.files import Part, write_csv
from r1540.pages.coverage import gaps
from states.models import Certainty

from .tables import BETWEEN_KEYS, TABLES, FileColumn, Table

DESCRIPTOR = "datapackage.json"
NAME = "r1540-record"
ABOUT = (
    "What States reported on Security Council resolution 1540 (2004), where the 1540 Committee went, which voluntary"
    " national implementation action plans exist, and from which source each fact is known. The designations employed"
    " do not imply any opinion on the legal status of any country, territory or area, or of its authorities."
    " A text that begins with = + - @, a line break, a tab or an apostrophe has one apostrophe before it, so that no"
    " spreadsheet runs it: take one off."
)
EDTF = (
    "A day as far as it is known, in EDTF (ISO 8601-2): 2004-10-27, 2004-10, 2004, [2011-09-12..2013-04-30],"
    " [..2022-06-01]."
)
TYPES = ((BooleanField, "boolean"), (IntegerField, "integer"), (DateField, "date"))


class NotARecordError(ValueError):
    """A folder that holds something else: writing a record there might overwrite it."""


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the record as it stands, file by file: (name, content). Call it in one transaction, as `write` does.

    Inside `door.public_transaction()` it is what the public may see: published rows, internal columns empty.
    """
    for table in TABLES:
        yield table.file, _csv(table)
    yield DESCRIPTOR, (json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n").encode()


def write(folder: str | Path, is_public: bool = False) -> None:
    """Write the whole record, or all that the public may see of it, into a folder, made if it is not there.

    Nothing is touched before every file is ready, and each takes its place at once. Other files stay.
    Raises NotARecordError for a folder that holds something else, OSError if it cannot be written.
    """
    folder = Path(folder)
    _check(folder)
    with door.public_transaction() if is_public else _snapshot():
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
    """Read one snapshot of the record, as far as an outer transaction allows."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _csv(table: Table) -> bytes:
    file = io.BytesIO()
    names = [column.name for column in table.columns]
    write_csv(file, names, parts(table, table.model._base_manager.all()), bom=False)
    return file.getvalue()


def parts(table: Table, queryset: QuerySet) -> Iterator[Part]:
    """Yield the cells of the rows in a queryset, in the order of their keys, a thousand rows at a time."""
    single = [column for column in table.columns if not column.is_many]
    path = {column.name: path_of(column) for column in single}
    # Texts in one order in every database.
    order = [
        Collate(path[one.name], "C") if one.target or _is_text(one) else path[one.name] for one in table.key_columns
    ]
    found = CompiledQuery(queryset.order_by(*order).values_list("pk", *path.values()))
    for numbers, *values in found.chunks(None):
        told = dict(zip(path, values, strict=True))
        told |= {column.name: keys_of_list(column, numbers) for column in table.lists}
        yield [column.cells(told[column.name]) for column in table.columns]


def path_of(column: FileColumn) -> str:
    """Return where a queryset finds what a cell says: of a pointer, the key of the row it points at."""
    return f"{column.name}__{column.target.key[0]}" if column.target else column.name


def _is_text(column: FileColumn) -> bool:
    return isinstance(column.field, CharField | TextField)


def keys_of_list(column: FileColumn, numbers: Sequence[int]) -> list[set[str]]:
    """Return the keys at which each of these rows points through a many-to-many column."""
    found = defaultdict(set)
    row, other = column.field.m2m_field_name(), column.field.m2m_reverse_field_name()
    pairs = column.field.remote_field.through._base_manager.filter(any_of(f"{row}_id", list(numbers)))
    for number, key in pairs.values_list(f"{row}_id", f"{other}__{column.target.key[0]}"):
        found[number].add(key)
    return [found[number] for number in numbers]


def descriptor() -> dict[str, Any]:
    """Return the content of datapackage.json. It has no date, so that the same record makes the same bytes."""
    return {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": "The 1540 record",
        "description": ABOUT,
        # What is known to be missing; a reader of the files must not take its absence for a fact about a State.
        "known_gaps": [str(one) for one in gaps(today())],
        "sources": [{"title": "The documents that sources.csv names", "path": "sources.csv"}],
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "title": str(table.model._meta.verbose_name_plural),
        "description": table.model.__doc__,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [_pointer(column, table) for column in table.pointers],
            "missingValues": [""],
        },
    }


def _field(column: FileColumn) -> dict[str, Any]:
    kind = next((name for model_field, name in TYPES if isinstance(column.field, model_field)), "string")
    words = [f"{capfirst(column.field.verbose_name)}.", str(column.field.help_text)]
    if isinstance(column.field, WhenField):
        words[1:] = [words[1].replace(WHEN_HELP, "").strip(), EDTF]
    if column.name == "certainty":
        words += [f"{one}: {one.meaning}" for one in Certainty if one in dict(column.field.flatchoices)]
    if column.is_many:
        words.append(f"Keys of {column.target.file}, joined by {BETWEEN_KEYS}.")
    limits: dict[str, Any] = {"required": True} if column.is_required else {}
    if column.field.choices:
        limits["enum"] = [value for value, _ in column.field.flatchoices]
    described = {"name": column.name, "type": kind, "description": " ".join(filter(None, words))}
    return described | ({"constraints": limits} if limits else {})


def _pointer(column: FileColumn, table: Table) -> dict[str, Any]:
    resource = "" if column.target is table else column.target.name.replace("_", "-")
    return {"fields": column.name, "reference": {"resource": resource, "fields": column.target.key[0]}}
