"""Reading the files of a record: what they say, and what is wrong with them. No database is asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError

from r1540 import spreadsheet, tabular

from .tables import TABLES, Table


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


@dataclass
class Row:
    """A row of a file: its line, its key, and the value of each column; pointers are keys."""

    line: int
    key: tuple
    values: dict[str, Any]


@dataclass
class Record:
    """What the files of the folder `name`, or the one file of that name, say.

    Rows with a problem are left out; their keys are kept in `bad`.
    """

    rows: dict[Table, list[Row]] = field(default_factory=dict)
    bad: dict[Table, set[tuple]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True
    name: str = ""

    def unreadable(self, file: str, line: int, reason: str) -> None:
        """Note that a whole file is missing or cannot be read: what the others say cannot be judged either."""
        self.problems.append(Problem(file, line, "", reason))
        self.is_readable = False


def read(folder: str | Path) -> Record:
    """Read a record, strictly: each of its files must be there, with each of its columns and no other.

    Problems are collected, not raised: see `Record.problems`. OSError if a file cannot be opened.
    """
    folder = Path(folder)
    record = Record(name=folder.resolve().name)
    if not folder.is_dir():
        record.unreadable(str(folder), 0, "There is no such folder.")
        return record
    for path in sorted(folder.glob("*.csv")):
        if path.name not in {table.file for table in TABLES}:
            record.unreadable(path.name, 0, "This is no file of the record.")
    for table in TABLES:
        try:
            with (folder / table.file).open("rb") as file:
                _read_file(record, table, file, tabular.read_csv)
        except FileNotFoundError:
            reason = "The file is missing. A record is whole: a table without rows is a file with its header."
            record.unreadable(table.file, 0, reason)
    return record


def read_table(table: Table, file: BinaryIO, most: int | None = None, name: str = "") -> Record:
    """Read one table, CSV or XLSX by its content, as strictly; at most so many rows. Problems are collected."""
    record = Record(name=name)
    _read_file(record, table, file, partial(spreadsheet.read, most=most))
    return record


def _read_file(record: Record, table: Table, file: BinaryIO, reader: Callable[[BinaryIO], spreadsheet.Table]) -> None:
    record.rows[table], record.bad[table] = [], set()
    try:
        _read_rows(record, table, *reader(file))
    except tabular.UnreadableError as error:
        record.unreadable(table.file, error.problem.line, error.problem.reason)


def _read_rows(
    record: Record, table: Table, header: list[str], lines: list[tabular.Line], found: list[tabular.Problem]
) -> None:
    wrong = list(_wrong_columns(table, header))
    for reason in wrong:
        record.unreadable(table.file, 1, reason)
    if wrong:
        return
    problems = {}
    for problem in found:
        problems.setdefault(problem.line, []).append((problem.column, problem.reason))
    first_on: dict[tuple, int] = {}
    for line in lines:
        cells = dict(zip(header, line.cells, strict=False))
        values, reasons = ({}, problems[line.number]) if line.number in problems else _values(table, cells)
        key = tuple(values.get(name, cells.get(name)) for name in table.key)
        if first := first_on.get(key):
            reasons = [*reasons, (table.key[-1], f"Line {first} has the same {', '.join(table.key)} already.")]
        first_on.setdefault(key, line.number)
        record.problems += [Problem(table.file, line.number, *reason) for reason in reasons]
        if reasons:
            record.bad[table].add(key)
        else:
            record.rows[table].append(Row(line.number, key, values))


def _wrong_columns(table: Table, header: list[str]) -> Iterator[str]:
    names = [column.name for column in table.columns]
    if not set(names) & set(header):
        yield f"The first line names no column of {table.file}. Its columns are: {', '.join(names)}."
        return
    for name in names:
        if name not in header:
            yield f"The column {name} is missing."
    for name in dict.fromkeys(header):
        if name not in names:
            yield f"“{name}” is no column of this file. Its columns are: {', '.join(names)}."
        elif header.count(name) > 1:
            yield f"The column {name} is there {header.count(name)} times."


def _values(table: Table, cells: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The value of each column, and the reasons why columns have none."""
    values, reasons = {}, []
    for column in table.columns:
        try:
            values[column.name] = column.read(cells[column.name])
        except ValidationError as error:
            reasons.append((column.name, " ".join(error.messages)))
    return values, reasons
