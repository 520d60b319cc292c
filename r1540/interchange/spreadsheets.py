"""Reading a table that somebody sends, a CSV file or a workbook (XLSX), told apart by content, not by name.

CSV is read strictly: UTF-8, or UTF-16 with its mark; well-formed quotes; as many cells in a row as in the header. Its
cells may be separated by commas, semicolons or tabs. The apostrophe that lists/files.py puts before a text that a
spreadsheet might run is taken off. Rows and columns without a value are left out.

A day in a workbook is read as far as its cell shows it: of 2006-10 a spreadsheet makes 1 October 2006, shown as Oct-06.

A workbook is an archive of XML. Before any of it is parsed, its sizes are looked at (an archive of a few kB may unpack
to gigabytes), and XML that declares entities, or is not UTF-8, is refused: nothing is left that could expand.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from itertools import chain, islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from r1540.lists.files import text, unguarded

FOR_MORE = "import it with the command “manage.py importrecord”, which takes any number."
MAX_CELL = 100_000  # characters
MAX_QUOTED = 50  # characters of a cell in a message
MAX_COLUMNS = 200
MAX_UNPACKED = 150 * 2**20  # 20,000 rows of the widest table take half of this
MAX_RATIO = 100
SMALL = 2**20  # whatever the ratio
MAX_PARTS = 1000
MAX_TAGS = 4_000_000  # a cell takes two to six: 20,000 rows of the widest table take half of this
MAX_EMPTY_ROWS = 10_000
PART = 2**20
LOOKED_AT = 20  # lines, for the mark between cells

ARCHIVE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF16 = (b"\xff\xfe", b"\xfe\xff")  # “Unicode Text” of Excel begins so
MARKS = ",;\t"
SAID_MARK = re.compile(r'"?sep=([,;\t|])"?\s*', re.I)  # a first line that only spreadsheets read
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d{1,7})["']""")
NOT_SHOWN = re.compile(r'"[^"]*"|\[[^]]*\]|[\\_*].')  # of the format of a number: texts, languages and the like
ENCODING = re.compile(rb"""^[^>]*?encoding\s*=\s*["']([^"']*)""")
NO_YEAR = "The cell shows a day without its year, which nobody may have said. Write it as text: 27 October 2004."
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how XLSX writes characters that XML cannot hold


@dataclass(frozen=True)
class Line:
    """A row of a file, the number of the line on which it starts, what is wrong with it whatever its table: (column,
    reason), of which the column is empty if it is the whole row; and whether the sheet hides it."""

    number: int
    cells: list[str]
    problems: list[tuple[str, str]]
    is_hidden: bool = False


class UnreadableError(ValueError):
    """A file that is no table: why, in a sentence for whoever sent it, and on which line (0: the whole file)."""

    def __init__(self, reason: str, line: int = 0):
        super().__init__(f"line {line}: {reason}")
        self.reason, self.line = reason, line


# The number of a row, its cells, what is wrong with them by their places, whether it is hidden.
Found = tuple[int, list[str], dict[int, str], bool]


def read_table(
    file: BinaryIO, most: int | None = None, name: Callable[[str], str] = str.strip
) -> tuple[list[str], Iterator[Line]]:
    """Read the header of a CSV file or of the first sheet of a workbook, and its rows as they are asked for.

    `name` returns which column a cell of the header means. A row with a problem is among the rows too, as far as it
    goes. Raises UnreadableError where the rows after it cannot be told apart, when there is no header, or when there
    are more than `most` rows (at the latest as they are read).
    """
    start = file.read(4)
    file.seek(0)
    if start == OLD_OFFICE:
        raise UnreadableError("This is an old .xls file, or one with a password. Save it without one, as .xlsx or CSV.")
    is_utf16 = start[:2] in UTF16
    rows = _rows_of_workbook(file) if start == ARCHIVE else _rows_of_csv(file, "utf-16" if is_utf16 else "utf-8-sig")
    rows = _filled(rows)
    number, header, *_ = next(rows, (1, []))
    if not header:
        raise UnreadableError("The first line must name the columns.", number)
    _cut(header)
    header = list(map(name, header))
    return list(filter(None, header)), _lines(rows, header, most)


def _filled(rows: Iterator[Found]) -> Iterator[Found]:
    """Yield the rows that have a value. Raises UnreadableError for too many that have none."""
    empty = 0
    for row in rows:
        if any(map(str.strip, row[1])) or row[2]:
            yield row
            continue
        empty += 1
        if empty > MAX_EMPTY_ROWS:
            raise UnreadableError(f"The file has over {MAX_EMPTY_ROWS:,} empty rows. Delete them, and save it again.")


def _cut(cells: list[str], width: int = 0) -> None:
    """Take the cells without a value off the end of a row that is wider than the header."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()


def _lines(rows: Iterator[Found], header: list[str], most: int | None) -> Iterator[Line]:
    names = dict(enumerate(header))
    has_nameless = "" in header
    for count, (number, cells, wrong, is_hidden) in enumerate(rows, 1):
        if most is not None and count > most:
            raise UnreadableError(f"The file has more than {most:,} rows: {FOR_MORE}", number)
        _cut(cells, len(header))
        problems = [(names.get(place, ""), reason) for place, reason in wrong.items()]
        problems += _problems_of(cells, header)
        if has_nameless:
            cells = [cell for column, cell in zip(header, cells, strict=False) if column]
        yield Line(number, cells, problems, is_hidden)


def _problems_of(cells: list[str], header: list[str]) -> Iterator[tuple[str, str]]:
    if len(cells) != len(header):
        yield "", f"The row has {len(cells)} cells, the header has {len(header)}."
    for column, cell in zip(header, cells, strict=False):
        if not column and cell.strip():
            yield "", f"“{cell[:MAX_QUOTED]}” stands in a column without a name."
        if len(cell) > MAX_CELL:
            yield column, f"The cell has {len(cell):,} characters; at most {MAX_CELL:,} are read."
        if "\0" in cell:
            yield column, "The cell holds the character NUL."


def _check_width(line: int, cells: Any) -> None:
    if len(cells) > MAX_COLUMNS:
        raise UnreadableError(f"The row has {len(cells):,} columns; at most {MAX_COLUMNS} are read.", line)


def _rows_of_csv(file: BinaryIO, encoding: str) -> Iterator[Found]:
    """Yield the rows of a CSV file with their line numbers. Raises UnreadableError for what is no CSV or no UTF-8."""
    number, words = 1, io.TextIOWrapper(file, encoding, newline="")
    try:
        first = list(islice(words, LOOKED_AT))
        said = SAID_MARK.fullmatch(first[0]) if first else None
        if said:
            first[0] = "\n"  # a row without a value
        reader = csv.reader(chain(first, words), delimiter=said[1] if said else _mark(first), strict=True)
        for cells in reader:
            _check_width(number, cells)
            yield number, list(map(unguarded, cells)), {}, False
            number = reader.line_num + 1
    except UnicodeDecodeError:
        words.detach()
        raise _not_utf8(file) from None
    except csv.Error as error:
        is_long = "field limit" in str(error)
        limit = f"A cell has more than {csv.field_size_limit():,} characters."
        raise UnreadableError(limit if is_long else f"This is no CSV: {error}.", number) from None
    words.detach()  # the file is whose it was


def _mark(lines: list[str]) -> str:
    """Return the mark that separates the cells of the header: the first of these lines that has more than marks."""
    header = next((line for line in lines if line.strip(f'{MARKS}" \r\n')), "")
    return max(MARKS, key=header.count)


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


def _rows_of_workbook(file: BinaryIO) -> Iterator[Found]:
    """Yield the rows of the first sheet, each at least as long as the first that has a value.

    Texts are taken as they are, numbers and days as CSV has them, days as far as they are shown; a formula is a problem
    of its row. Raises UnreadableError for what is no whole workbook.
    """
    import openpyxl  # here, since it takes 5 MB, and few requests read a workbook

    try:
        _check_archive(file)
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its size may be wrong
        hidden = _hidden_rows(sheet)
        width = 0
        for number, row in enumerate(sheet.rows, 1):
            _check_width(number, row)
            found = [_cell(cell) for cell in row]
            cells = [words for words, _ in found]
            if not width:
                _cut(cells)
                width = len(cells)
            cells += [""] * (width - len(cells))
            yield number, cells, {at: reason for at, (_, reason) in enumerate(found) if reason}, number in hidden
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


def _hidden_rows(sheet: Any) -> set[int]:
    """Return the numbers of the rows that a sheet hides, by a filter or otherwise; openpyxl does not tell them of a
    sheet that it only reads."""
    hidden, rest = set(), b""
    with sheet._get_source() as source:
        while data := source.read(PART):
            data = rest + data
            hidden.update(map(int, HIDDEN_ROW.findall(data)))
            rest = data[data.rfind(b"<") :]  # a tag that may go on
    return hidden


def _cell(cell: Any) -> tuple[str, str]:
    """Return a cell as text, and what is wrong with it, or nothing."""
    value = cell.value
    if cell.data_type == "f":
        return "", "The cell holds a formula. Put its result there, as a value."
    if cell.data_type == "e":
        return "", f"The cell holds the error {value}."
    if isinstance(value, datetime) and value.time() == time():
        shown = _shown(cell.number_format)
        return (value.strftime(shown), "") if shown else ("", NO_YEAR)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        return ESCAPED.sub(_character, value), ""
    if value is None or isinstance(value, bool | int | float):
        return text(value), ""
    return "", f"The cell holds the time {value}, and only days are recorded."


@lru_cache(1000)
def _shown(number_format: str) -> str:
    """Return how much of a day a cell of this format shows, as a format of Python; nothing if not its year."""
    code = NOT_SHOWN.sub("", number_format.partition(";")[0]).lower()
    if not re.search("[ye]", code):
        return ""
    if re.search("(?<!d)dd?(?!d)", code):  # three and four are the day of the week
        return "%Y-%m-%d"
    return "%Y-%m" if "m" in code else "%Y"


def _character(escaped: re.Match) -> str:
    code = int(escaped[1], 16)
    return escaped[0] if 0xD800 <= code <= 0xDFFF else chr(code)
