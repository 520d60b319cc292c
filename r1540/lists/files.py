"""Writing tables as CSV and XLSX files, without loss (interchange/spreadsheets.py reads them).

A spreadsheet runs a CSV cell that begins with "=" and the like. So a text that does, or that begins with an
apostrophe, gets one apostrophe before it, and reading takes exactly one off. In XLSX a text is a text cell.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from typing import BinaryIO

Cell = str | int | bool | date | None
Part = Sequence[Sequence[Cell]]  # some rows of a table, column by column: what is done to a column is done at once

# What a spreadsheet may take for the start of a formula; the wide forms count in East Asian editions.
RISKY = frozenset("=+-@\t\r\n＝＋－＠'")
AT_ONCE = 1000  # rows that are written at once
TEXTS = frozenset((str, type(None)))
MAX_XLSX_CELL = 32_767  # characters; Excel's own limit
CUT = " … (cut here: a spreadsheet cell holds no more; the CSV has all of it)"
LAST_ROW = 2**20 - 1  # of a sheet
LOOKED_AT, WIDEST = 1000, 60  # rows by which the width of a column is found, and characters of the widest
EXACT = 10**15  # whole numbers from here on lose digits in a spreadsheet
EPOCH = datetime(2004, 4, 28)  # a fixed day of making, so that the same content makes the same bytes
QUOTED = ',"\r\n'  # a cell in which one of these stands
NEEDS_QUOTES = re.compile(f"[{QUOTED}]")
NOT_IN_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


def text(value: Cell) -> str:
    """Return a value as text: ISO 8601 dates, true and false, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(value: Cell) -> str:
    """Return the CSV cell of a value: a text that a spreadsheet might run gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in RISKY else text(value)


def unguarded(cell: str) -> str:
    """Return the text of which `guarded` made a CSV cell; any other apostrophe is the text's own."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in RISKY else cell


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if NEEDS_QUOTES.search(cell) else cell


def in_parts(rows: Iterable[Sequence[Cell]]) -> Iterator[Part]:
    """Yield rows as they are written: many at once, column by column."""
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        yield list(zip(*some, strict=True))


def write_csv(file: BinaryIO, header: Sequence[str], parts: Iterable[Part], bom: bool = True) -> None:
    """Write a table as CSV in UTF-8.

    For people, with a byte order mark and CRLF, so that Excel reads Côte d'Ivoire; for machines (`bom=False`) with
    neither. (The writer of Python 3.11 leaves a lone CR without quotes.)
    """
    end = "\r\n" if bom else "\n"
    file.write(b"\xef\xbb\xbf" if bom else b"")
    for part in chain(in_parts([header]), parts):
        lines = map(",".join, zip(*map(_cells, part), strict=True))
        file.write("".join([(line or '""') + end for line in lines]).encode())


def _cells(column: Sequence[Cell]) -> Iterable[str]:
    """Return the CSV cells of a column. Each text is looked at once, however often it is there."""
    if TEXTS.issuperset(map(type, column)) and _are_plain({*column} - {None}):
        return [value or "" for value in column]
    kinds = list(zip(map(type, column), column, strict=True))  # 1 and True are equal
    cells = {kind: _quoted(guarded(kind[1])) for kind in set(kinds)}
    return [cells[kind] for kind in kinds]


def _are_plain(texts: Iterable[str]) -> bool:
    """Return whether all of these texts are CSV cells as they are."""
    all_of_them = "".join(texts)
    return not any(mark in all_of_them for mark in QUOTED) and RISKY.isdisjoint([text[:1] for text in texts])


def write_xlsx(
    file: BinaryIO,
    title: str,
    header: Sequence[str],
    parts: Iterable[Part],
    about: Iterable[tuple[str, str]],
    choices: Sequence[Sequence[str]] = (),
) -> None:
    """Write a table as a workbook: the sheet `title` with the head row frozen, columns as wide as their contents within
    bounds, and the sheet “About”.

    Texts and dates are text cells, never formulas, numbers or links, and so is what somebody types below or between
    them: a spreadsheet makes no day of 2006-10. Whole numbers are numbers. The same content makes the same bytes. A
    text longer than Excel's 32,767 characters is cut, and says so. `choices` are the values that the cells of a column
    offer, which may hold others; the sheet “Values” has them.
    """
    import xlsxwriter  # here, for it is a twentieth of what a process loads, and many write no workbook

    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": title, "created": EPOCH})
        bold = book.add_format({"bold": True})
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.freeze_panes(1, 0)
        widths, of_texts = list(map(len, header)), [True] * len(header)
        _write_row(sheet, 0, header, bold)
        rows = chain.from_iterable(zip(*part, strict=True) for part in parts)
        for number, row in enumerate(rows, 1):
            _write_row(sheet, number, row, as_text)
            if number <= LOOKED_AT:
                widths = [max(width, len(text(value))) for width, value in zip(widths, row, strict=True)]
                of_texts = [are and not isinstance(value, int) for are, value in zip(of_texts, row, strict=True)]
        for column, (width, are_texts) in enumerate(zip(widths, of_texts, strict=True)):
            sheet.set_column(column, column, min(width + 2, WIDEST), as_text if are_texts else None)
        _offer(book, sheet, choices)
        notes = book.add_worksheet("About")
        notes.set_column(0, 0, 30)
        notes.set_column(1, 1, 100)
        for number, (label, words) in enumerate(about):
            notes.write_string(number, 0, _for_xml(label), bold)
            notes.write_string(number, 1, _for_xml(words))


def _offer(book, sheet, choices: Sequence[Sequence[str]]) -> None:
    """Let the cells of each column below the head row offer values."""
    if not any(choices):
        return
    from xlsxwriter.utility import xl_range_abs  # as in write_xlsx

    values = book.add_worksheet("Values")
    for number, row in enumerate(zip_longest(*choices)):
        _write_row(values, number, row)
    for column, names in enumerate(choices):
        if names:
            last = len(names) - 1
            source = f"=Values!{xl_range_abs(0, column, last, column)}"
            told = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(1, column, LAST_ROW, column, told)


def _write_row(sheet, number: int, row: Iterable[Cell], style=None) -> None:
    for column, value in enumerate(row):
        if isinstance(value, bool):
            sheet.write_boolean(number, column, value)
        elif isinstance(value, int) and abs(value) < EXACT:
            sheet.write_number(number, column, value)
        elif value not in (None, ""):
            sheet.write_string(number, column, _for_xml(text(value)), style)


def _sheet_name(title: str) -> str:
    """Return a title as Excel allows it for a sheet: 31 characters, none of []:*?/\\, no apostrophe at its ends."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or "List"


def _for_xml(words: str) -> str:
    """Return a text as XML can hold it, no longer than a cell: which Excel measures in units of UTF-16."""
    words = words.translate(NOT_IN_XML)
    if words.startswith("<r>") and words.endswith("</r>"):
        return f"{words} "  # else XlsxWriter takes it for XML of its own
    if len(words) <= MAX_XLSX_CELL // 2 or len(units := words.encode("utf-16-le")) <= 2 * MAX_XLSX_CELL:
        return words
    return units[: 2 * (MAX_XLSX_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
