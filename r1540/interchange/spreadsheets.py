"""Reading a table that somebody sends, a CSV file or a workbook (XLSX), told apart by content, not by name.

CSV is read strictly: UTF-8 (a byte order mark is allowed), well-formed quotes, as many cells in a row as in the header.
The apostrophe that lists/files.py puts before a text that a spreadsheet might run is taken off.

A workbook is an archive of XML. Before any of it is parsed, its sizes are looked at (an archive of a few kB may unpack
to gigabytes), and XML that declares entities, or is not UTF-8, is refused: nothing is left that could expand.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from r1540.lists.files import text

FOR_MORE = "import it with the command “manage.py importrecord”, which takes any number."
MAX_CELL = 100_000  # characters
MAX_COLUMNS = 200
MAX_UNPACKED = 150 * 2**20  # 20,000 rows of the widest table take half of this
MAX_RATIO = 100
SMALL = 2**20  # whatever the ratio
MAX_PARTS = 1000
MAX_TAGS = 4_000_000  # a cell takes two to six: 20,000 rows of the widest table take half of this
MAX_EMPTY_ROWS = 10_000
PART = 2**20

ARCHIVE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCODING = re.compile(rb"""^[^>]*?encoding\s*=\s*["']([^"']*)""")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how XLSX writes characters that XML cannot hold


@dataclass(frozen=True)
class Line:
    """A row of a file, the number of the line on which it starts, and what is wrong with it whatever its table:
    (column, reason), of which the column is empty if it is the whole row."""

    number: int
    cells: list[str]
    problems: list[tuple[str, str]]


class UnreadableError(ValueError):
    """A file that is no table: why, in a sentence for whoever sent it, and on which line (0: the whole file)."""

    def __init__(self, reason: str, line: int = 0):
        super().__init__(f"line {line}: {reason}")
        self.reason, self.line = reason, line


def read_table(file: BinaryIO, most: int | None = None) -> tuple[list[str], Iterator[Line]]:
    """Read the header of a CSV file or of the first sheet of a workbook, and its rows as they are asked for.

    A row with a problem is among the rows too, as far as it goes. Raises UnreadableError where the rows after it cannot
    be told apart, when there is no header, or when there are more than `most` rows (at the latest as they are read).
    """
    start = file.read(4)
    file.seek(0)
    if start == OLD_OFFICE:
        raise UnreadableError("This is an old .xls file, or one with a password. Save it without one, as .xlsx or CSV.")
    rows = _rows_of_workbook(file) if start == ARCHIVE else _rows_of_csv(file)
    number, header, _ = next(rows, (1, [], []))
    if not any(header):
        raise UnreadableError("The first line must name the columns.", number)
    _check_width(number, header)
    return header, _lines(rows, header, most)


def _lines(rows: Iterator, header: list[str], most: int | None) -> Iterator[Line]:
    for count, (number, cells, problems) in enumerate(rows, 1):
        if most is not None and count > most:
            raise UnreadableError(f"The file has more than {most:,} rows: {FOR_MORE}", number)
        yield Line(number, cells, problems + list(_problems_of(cells, header)))


def _problems_of(cells: list[str], header: list[str]) -> Iterator[tuple[str, str]]:
    if len(cells) != len(header):
        yield "", f"The row has {len(cells)} cells, the header has {len(header)}."
    for column, cell in zip(header, cells, strict=False):
        if len(cell) > MAX_CELL:
            yield column, f"The cell has {len(cell):,} characters; at most {MAX_CELL:,} are read."
        if "\0" in cell:
            yield column, "The cell holds the character NUL."


def _check_width(line: int, cells: Any) -> None:
    if len(cells) > MAX_COLUMNS:
        raise UnreadableError(f"The row has {len(cells):,} columns; at most {MAX_COLUMNS} are read.", line)


def _rows_of_csv(file: BinaryIO) -> Iterator[tuple[int, list[str], list]]:
    """Yield the rows of a CSV file with their line numbers. Raises UnreadableError for what is no CSV or no UTF-8."""
    number, words = 1, io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        reader = csv.reader(words, strict=True)
        for cells in reader:
            _check_width(number, cells)
            yield number, [cell.removeprefix("'") for cell in cells], []
            number = reader.line_num + 1
    except UnicodeDecodeError:
        words.detach()
        raise _not_utf8(file) from None
    except csv.Error as error:
        is_long = "field limit" in str(error)
        limit = f"A cell has more than {csv.field_size_limit():,} characters."
        raise UnreadableError(limit if is_long else f"This is no CSV: {error}.", number) from None
    words.detach()  # the file is whose it was


def _not_utf8(file: BinaryIO) -> UnreadableError:
    """Return the refusal of a file that is not UTF-8, with the first line that is not."""
    file.seek(0)
    for number, line in enumerate(file, 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            reason = f"The byte 0x{line[error.start]:02X} is not UTF-8. Save the file as “CSV UTF-8”."
            return UnreadableError(reason, number)
    raise AssertionError("A file that is not UTF-8 has a line that is not.")


def _rows_of_workbook(file: BinaryIO) -> Iterator[tuple[int, list[str], list]]:
    """Yield the rows of the first sheet that are not empty, each at least as long as the first.

    Texts are taken as they are, numbers and days as CSV has them; a formula is a problem of its row. Raises
    UnreadableError for what is no whole workbook.
    """
    import openpyxl  # here, since it takes 5 MB, and few requests read a workbook

    try:
        _check_archive(file)
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its size may be wrong
        header: list[str] = []
        for number, row in _filled_rows(sheet):
            found = [_cell(cell) for cell in row]
            cells = [words for words, _ in found] + [""] * (len(header) - len(row))
            while len(cells) > len(header) and not cells[-1]:
                cells.pop()
            names = header + [""] * len(cells)
            header = header or cells
            yield number, cells, [(names[at], reason) for at, (_, reason) in enumerate(found) if reason]
    except UnreadableError:
        raise
    except Exception as error:  # whatever is raised by a library that expects workbooks to be whole
        raise UnreadableError("This is no XLSX workbook, or a damaged one. Save it again as .xlsx or CSV.") from error


def _check_archive(file: BinaryIO) -> None:
    """Raise UnreadableError for an archive that is no workbook, or might hurt whoever reads it."""
    try:
        archive = ZipFile(file)
        parts = archive.infolist()
    except BadZipFile:
        raise UnreadableError("This begins like an XLSX workbook and is none. Save it again as .xlsx or CSV.") from None
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("The file is encrypted. Save it without a password.")
    if "[Content_Types].xml" not in archive.namelist():
        raise UnreadableError("This is an archive, not an XLSX workbook.")
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS or unpacked > max(SMALL, MAX_RATIO * packed):
        raise UnreadableError(f"Unpacked, the workbook has {unpacked:,} bytes: too many to be a table of the record.")
    tags = 0
    for part in parts:
        with archive.open(part) as content:
            tags += _tags(content)
        if tags > MAX_TAGS:
            raise UnreadableError("The workbook has too many cells to be a table of the record.")


def _tags(content: Any) -> int:
    """Count the tags of a part of a workbook. Raises UnreadableError for XML that may expand or hide something."""
    tags, before = 0, b""
    while data := content.read(PART):
        if not before:
            named = ENCODING.search(data[:200])
            if b"\0" in data[:4] or data[:2] in (b"\xff\xfe", b"\xfe\xff") or (named and named[1].lower() != b"utf-8"):
                raise UnreadableError("The workbook's XML is not UTF-8. Save it again as .xlsx or CSV.")
        tags += data.count(b"<")
        if b"<!DOCTYPE" in before + data or b"<!ENTITY" in before + data:
            raise UnreadableError("The workbook declares entities, which no spreadsheet program does: it is not read.")
        before = data[-10:]
    return tags


def _filled_rows(sheet: Any) -> Iterator[tuple[int, tuple]]:
    """Yield the rows that are not empty, with their numbers. Raises UnreadableError for too many empty or too wide
    ones."""
    empty = 0
    for number, cells in enumerate(sheet.rows, 1):
        _check_width(number, cells)
        if any(cell.value is not None for cell in cells):
            yield number, cells
            continue
        empty += 1
        if empty > MAX_EMPTY_ROWS:
            reason = f"The sheet has over {MAX_EMPTY_ROWS:,} empty rows. Delete them, and save it again."
            raise UnreadableError(reason)


def _cell(cell: Any) -> tuple[str, str]:
    """Return a cell as text, and what is wrong with it, or nothing."""
    value = cell.value
    if cell.data_type == "f":
        return "", "The cell holds a formula. Put its result there, as a value."
    if cell.data_type == "e":
        return "", f"The cell holds the error {value}."
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        return ESCAPED.sub(_character, value), ""
    if value is None or isinstance(value, bool | int | float) or type(value) is date:
        return text(value), ""
    return "", f"The cell holds the time {value}, and only days are recorded."


def _character(escaped: re.Match) -> str:
    code = int(escaped[1], 16)
    return escaped[0] if 0xD800 <= code <= 0xDFFF else chr(code)
