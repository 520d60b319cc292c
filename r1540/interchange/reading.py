"""Reading the files of a record, row by row: what they say, and what is wrong with them. No database is asked."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError

from r1540.interchange import spreadsheet
from r1540.lists import tabular

from .tables import TABLES, Column, Table

MOST_PROBLEMS = 2000  # kept, of however many there are
MOST_KEPT, LONG = 1000, 100  # cells of a column whose meaning is kept; characters of a cell that is not


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

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self) < MOST_PROBLEMS:
            self.append(problem)

    def take(self, others: "Problems") -> None:
        self.count += others.count
        self.extend(others[: MOST_PROBLEMS - len(self)])


class NotReadError(Exception):
    """A file that is not there, or cannot be read: what the others say cannot be judged either."""

    def __init__(self, *problems: Problem):
        super().__init__(*problems)
        self.problems = problems


@dataclass
class Row:
    """A row of a file: its line, its key, what each column says, and what is wrong with them: (column, reason)."""

    line: int
    key: tuple
    values: dict[str, str | None]
    reasons: list[tuple[str, str]]


class Said(dict):
    """What the cells of a column say: each is read once, for most columns have few. Raises ValidationError."""

    def __init__(self, column: Column):
        super().__init__()
        self.column = column

    def __missing__(self, cell: str) -> str | None:
        said = self.column.stored(cell)
        if len(self) < MOST_KEPT and len(cell) <= LONG:
            self[cell] = said
        return said


@dataclass
class Record:
    """The files of the folder `name`, or the one file of that name: for each table how to open its file."""

    name: str
    files: dict[Table, Callable[[], AbstractContextManager[BinaryIO]]] = field(default_factory=dict)
    reader: Callable[[BinaryIO], spreadsheet.Table] = tabular.read_csv
    problems: list[Problem] = field(default_factory=list)  # of the folder itself

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table's file, read as they are asked for. Raises NotReadError, at the latest at the end."""
        try:
            with self.files[table]() as file:
                yield from _rows(table, *self.reader(file))
        except tabular.UnreadableError as error:
            raise NotReadError(Problem(table.file, error.problem.line, "", error.problem.reason)) from error
        except FileNotFoundError as error:
            reason = "The file is missing. A record is whole: a table without rows is a file with its header."
            raise NotReadError(Problem(table.file, 0, "", reason)) from error


def read(folder: str | Path) -> Record:
    """A record, to be read strictly: each of its files must be there, with each of its columns and no other.

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
    record.files = {table: partial((folder / table.file).open, "rb") for table in TABLES}
    return record


def read_table(table: Table, file: BinaryIO, most: int | None = None, name: str = "") -> Record:
    """One table, CSV or XLSX by its content, read as strictly; at most so many rows. The file must stay open."""
    return Record(name, {table: lambda: nullcontext(file)}, partial(spreadsheet.read, most=most))


def _rows(table: Table, header: list[str], lines: Iterator[tabular.Line]) -> Iterator[Row]:
    if wrong := list(_wrong_columns(table, header)):
        raise NotReadError(*(Problem(table.file, 1, "", reason) for reason in wrong))
    said = {column.name: Said(column) for column in table.columns}
    for line in lines:
        cells = dict(zip(header, line.cells, strict=False))
        values, reasons = values_of(said, cells) if not line.problems else ({}, [])
        reasons += [(problem.column, problem.reason) for problem in line.problems]
        yield Row(line.number, tuple(values.get(name, cells.get(name)) for name in table.key), values, reasons)


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


def values_of(said: dict[str, Said], cells: dict[str, str]) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    """What each column says, and the reasons why columns say nothing."""
    values, reasons = {}, []
    for name, known in said.items():
        try:
            values[name] = known[cells[name]]
        except ValidationError as error:
            reasons.append((name, " ".join(error.messages)))
    return values, reasons
