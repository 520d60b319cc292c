"""Reading a table that somebody sends, a CSV file or a workbook (XLSX), told apart by content, not by name.

A workbook is an archive of XML. Before any of it is parsed, its sizes are looked at (an archive of a few kB may unpack
to gigabytes), and XML that declares entities, or is not UTF-8, is refused: nothing is left that could expand.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from r1540.lists.tabular import (
    MAX_COLUMNS,
    Line,
    Problem,
    UnreadableError,
    problems_of,
    read_csv,
    text,
    too_many_columns,
    too_many_rows,
)

MAX_UNPACKED = 500 * 2**20
MAX_RATIO = 100
SMALL = 2**20  # whatever the ratio
MAX_PARTS = 1000
MAX_TAGS = 20_000_000  # a cell takes two to six: 100,000 rows of the widest table take half of this
MAX_EMPTY_ROWS = 10_000
PART = 2**20

ARCHIVE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCODING = re.compile(rb"""^[^>]*?encoding\s*=\s*["']([^"']*)""")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how XLSX writes characters that XML cannot hold

Table = tuple[list[str], Iterator[Line]]


def read(file: BinaryIO, most: int | None = None) -> Table:
    """A table's header and its rows, read as they are asked for, as `read_csv` gives them.

    Raises UnreadableError, with a sentence for whoever sent it, for what is no such file or has over `most` rows.
    """
    start = file.read(4)
    file.seek(0)
    if start == OLD_OFFICE:
        raise _refusal("This is an old .xls file, or one with a password. Save it without one, as .xlsx or CSV.")
    return read_xlsx(file, most) if start == ARCHIVE else read_csv(file, most)


def _refusal(reason: str, line: int = 0) -> UnreadableError:
    return UnreadableError(Problem(line, "", reason))


def read_xlsx(file: BinaryIO, most: int | None = None) -> Table:
    """The first sheet of a workbook; its empty rows are left out. Texts are taken as they are, numbers and days as
    CSV has them; a formula is a problem of its row. Raises UnreadableError as `read` does."""
    rows = _whole(file, most)
    number, first = next(rows, (1, ()))
    header = [_cell(cell)[0] for cell in first]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _refusal("The first row must name the columns.", number)
    return header, _lines(rows, header)


def _whole(file: BinaryIO, most: int | None) -> Iterator[tuple[int, tuple]]:
    """The rows of the first sheet that are not empty. Raises UnreadableError for what is no whole workbook."""
    import openpyxl  # here, since it takes 5 MB, and the server's workers never read a workbook: a job does

    try:
        _check(file)
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its size may be wrong
        yield from _rows(sheet, most)
    except UnreadableError:
        raise
    except Exception as error:  # whatever is raised by a library that expects workbooks to be whole
        raise _refusal("This is no XLSX workbook, or a damaged one. Save it again as .xlsx or CSV.") from error


def _check(file: BinaryIO) -> None:
    """Raise UnreadableError for an archive that is no workbook, or might hurt whoever reads it."""
    try:
        archive = ZipFile(file)
        parts = archive.infolist()
    except BadZipFile:
        raise _refusal("This begins like an XLSX workbook and is none. Save it again as .xlsx or CSV.") from None
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise _refusal("The file is encrypted. Save it without a password.")
    if "[Content_Types].xml" not in archive.namelist():
        raise _refusal("This is an archive, not an XLSX workbook.")
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS or unpacked > max(SMALL, MAX_RATIO * packed):
        raise _refusal(f"Unpacked, the workbook has {unpacked:,} bytes: too many to be a table of the record.")
    tags = 0
    for part in parts:
        with archive.open(part) as content:
            tags += _tags(content)
        if tags > MAX_TAGS:
            raise _refusal("The workbook has too many cells to be a table of the record.")


def _tags(content: Any) -> int:
    """How many tags a part of a workbook has. Raises UnreadableError for XML that may expand or hide something."""
    tags, before = 0, b""
    while data := content.read(PART):
        if not before:
            named = ENCODING.search(data[:200])
            if b"\0" in data[:4] or data[:2] in (b"\xff\xfe", b"\xfe\xff") or (named and named[1].lower() != b"utf-8"):
                raise _refusal("The workbook's XML is not UTF-8. Save it again as .xlsx or CSV.")
        tags += data.count(b"<")
        if b"<!DOCTYPE" in before + data or b"<!ENTITY" in before + data:
            raise _refusal("The workbook declares entities, which no spreadsheet program does: it is not read.")
        before = data[-10:]
    return tags


def _rows(sheet: Any, most: int | None) -> Iterator[tuple[int, tuple]]:
    """The rows that are not empty, with their numbers. Raises UnreadableError for too many or too wide ones."""
    empty = found = 0
    for number, cells in enumerate(sheet.rows, 1):
        if len(cells) > MAX_COLUMNS:
            raise too_many_columns(number, len(cells))
        if all(cell.value is None for cell in cells):
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                raise _refusal(f"The sheet has over {MAX_EMPTY_ROWS:,} empty rows. Delete them, and save it again.")
            continue
        found += 1
        if most is not None and found > most + 1:
            raise too_many_rows(number, most)
        yield number, cells


def _lines(rows: Iterator[tuple[int, tuple]], header: list[str]) -> Iterator[Line]:
    for number, row in rows:
        found = [_cell(cell) for cell in row]
        cells = [words for words, _ in found] + [""] * (len(header) - len(row))
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        names = header + [""] * len(cells)
        problems = [Problem(number, names[at], reason) for at, (_, reason) in enumerate(found) if reason]
        yield Line(number, cells, problems + list(problems_of(number, cells, header)))


def _cell(cell: Any) -> tuple[str, str]:
    """A cell as text, and what is wrong with it, or nothing."""
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
