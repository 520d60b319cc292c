"""Reading the files of a record: what each row says, and what is wrong with it. The database is asked only which State
a name means."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError

from r1540.as_at.when import apart
from states.models import State

from .spreadsheets import Line, UnreadableError, read_table
from .tables import REASONS, TABLES, FileColumn, Table
from .writing import DESCRIPTOR

MOST_PROBLEMS = 2000  # kept, of however many there are
MOST_KEPT, LONG = 1000, 100  # cells of a column whose meaning is kept; characters of a cell that is not

NEW = "new"  # not yet compared with the database
INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"
BAD, WAITING = "with problems", "not checked"  # a row that points at a row with problems is not checked


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong: in which file, on which line (0: the whole file), in which column (empty: the whole row)."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{line}{column}: {self.reason}"


class Problems(list):
    """The first problems that were found; `count` has how many there are."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def add(self, file: str, line: int, column: str, reason: str) -> None:
        self.count += 1
        if len(self) < MOST_PROBLEMS:
            self.append(Problem(file, line, column, reason))


@dataclass(slots=True)
class Row:
    """A row of a file: its line, its key, the value of each column that the file has, and what comes of it.

    `values` has of a pointer the key it points at, of a list the frozenset of its keys; none of a cell that could not
    be read. `old` has the values of the database's row that differ.
    """

    line: int
    key: tuple
    values: dict[str, Any]
    outcome: str = NEW
    is_hidden: bool = False  # in the sheet
    pk: int | None = None
    old: dict[str, Any] = field(default_factory=dict)


class ValuesOfCells(dict):
    """The values of the cells of a column: each is worked out once, for most columns have few. Those of the `known`
    codes of States are these codes."""

    def __init__(self, column: FileColumn, known: Iterable[str]):
        super().__init__({code: code for code in known} if column.target and column.target.model is State else {})
        self.column = column

    def __missing__(self, cell: str) -> Any:
        value = self.column.parse(cell)
        if len(self) < MOST_KEPT and len(cell) <= LONG:
            self[cell] = value
        return value


@dataclass
class Record:
    """The files of the folder `name`, or the one file of that name: for each table how to open its file."""

    name: str
    files: dict[Table, Callable[[], AbstractContextManager[BinaryIO]]] = field(default_factory=dict)
    most: int | None = None  # rows in a file
    problems: list[Problem] = field(default_factory=list)  # of the folder itself

    def rows(self, problems: Problems) -> dict[Table, list[Row]]:
        """Read the rows of all files, and collect what is wrong with them; none if a file cannot be read at all."""
        unreadable, rows = list(self.problems), {}
        codes = set(State.objects.order_by().values_list("iso3", flat=True))
        for table, file in self.files.items():
            try:
                with file() as opened:
                    header, lines = read_table(opened, self.most, table.name_of)
                    if wrong := list(_wrong_columns(table, header)):
                        unreadable += [Problem(table.file, 1, "", reason) for reason in wrong]
                    else:
                        rows[table] = list(_rows(table, header, lines, problems, codes))
                        if table.model is State:
                            codes.update(row.key[0] for row in rows[table])
            except UnreadableError as error:
                unreadable.append(Problem(table.file, error.line, "", error.reason))
            except FileNotFoundError:
                reason = "The file is missing. A record is whole: a table without rows is a file with its header."
                unreadable.append(Problem(table.file, 0, "", reason))
        for problem in unreadable:
            problems.add(problem.file, problem.line, problem.column, problem.reason)
        return {} if unreadable else rows


def read(folder: str | Path) -> Record:
    """Return the record in a folder, to be read strictly: each of its files must be there, with no unknown column.

    Its files are those that its datapackage.json names, so that the record of a version that had fewer kinds of facts
    can be read; without one, all files that a record has now.
    Problems are collected by `apply`, not raised; OSError if a file cannot be opened.
    """
    folder = Path(folder)
    record = Record(folder.resolve().name)
    if not folder.is_dir():
        record.problems.append(Problem(str(folder), 0, "", "There is no such folder."))
        return record
    for path in sorted(folder.glob("*.csv")):
        if path.name not in {table.file for table in TABLES}:
            record.problems.append(Problem(path.name, 0, "", "This is no file of the record."))
    named = named_files(folder)
    record.files = {
        table: partial((folder / table.file).open, "rb")
        for table in TABLES
        if named is None or table.file in named or (folder / table.file).exists()
    }
    return record


def named_files(folder: Path) -> set[str] | None:
    """Return the files that the datapackage.json of a folder names; None if there is none, or none that can be read."""
    try:
        resources = json.loads((folder / DESCRIPTOR).read_bytes())["resources"]
        return {resource["path"] for resource in resources}
    except (OSError, ValueError, LookupError, TypeError):
        return None


def read_file(table: Table, file: BinaryIO, name: str, most: int | None = None) -> Record:
    """Return the record of one table, of at most so many rows, in an open file: CSV or XLSX, by its content."""
    return Record(name, {table: lambda: nullcontext(file)}, most)


def with_reasons(file: BinaryIO, table: Table, problems: Iterable[Problem]) -> tuple[list[str], Iterator[list[str]]]:
    """Return the header of a file and its rows, as they are asked for, each with one cell more: what is wrong with it.

    Raises UnreadableError for what is no table.
    """
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        words = f"{problem.column}: {problem.reason}" if problem.column else problem.reason
        reasons.setdefault(problem.line, []).append(words)
    header, lines = read_table(file, name=table.name_of)
    names = [name for name in header if name != REASONS]

    def rows():
        for line in lines:
            cells = dict(zip(header, line.cells, strict=False))
            yield [*(cells.get(name, "") for name in names), " ".join(reasons.get(line.number, ()))]

    return [*names, REASONS], rows()


def _wrong_columns(table: Table, header: list[str]) -> Iterator[str]:
    """Yield what is wrong with the header of a file. A column that it lacks is left as it is in the database, unless it
    is of the key."""
    names = [column.name for column in table.columns]
    if not set(names) & set(header):
        yield f"The first line names no column of {table.file}. Its columns are: {', '.join(names)}."
        return
    for name in table.key:
        if name not in header:
            yield f"The column {name} is missing, and without it no row can be told from another."
    for name in dict.fromkeys(header):
        if name not in [*names, REASONS]:
            yield f"“{name}” is no column of this file. Its columns are: {', '.join(names)}."
        elif header.count(name) > 1:
            yield f"The column {name} is there {header.count(name)} times."


def _rows(table: Table, header: list[str], lines: Iterator[Line], problems: Problems, codes: set[str]) -> Iterator[Row]:
    """Yield the rows of a file; the later ones of the same key, like those with other problems, are bad."""
    known = {column.name: ValuesOfCells(column, codes) for column in table.columns if column.name in header}
    days = getattr(table.model, "first_and_last", ())
    first: dict[tuple, int] = {}
    for line in lines:
        cells = dict(zip(header, line.cells, strict=False))
        if days and {*days} <= cells.keys():
            cells |= zip(days, apart(*map(cells.get, days)), strict=True)
        values, reasons = _values(known, cells) if not line.problems else ({}, [])
        key = tuple(values.get(name, cells.get(name)) for name in table.key)
        row = Row(line.number, key, values, is_hidden=line.is_hidden)
        for column, reason in reasons + line.problems:
            problems.add(table.file, row.line, column, reason)
            row.outcome = BAD
        if first.setdefault(key, row.line) != row.line:
            reason = f"Line {first[key]} has the same {', '.join(table.key)} already."
            problems.add(table.file, row.line, table.key[-1], reason)
            row.outcome = BAD
        yield row


def _values(known: dict[str, ValuesOfCells], cells: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the value of each column, and the reasons why columns have none: (column, reason)."""
    values, reasons = {}, []
    for name, of_cells in known.items():
        try:
            values[name] = of_cells[cells[name]]
        except ValidationError as error:
            reasons.append((name, " ".join(error.messages)))
    return values, reasons
