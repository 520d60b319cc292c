"""Files that staff send, told apart by content: good ones are read without loss, hostile ones refused in a sentence."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.escape import escape

from r1540.interchange import spreadsheets
from r1540.lists import files

HEADER = ["name", "number"]


def workbook(*rows, **parts):
    """A workbook as a spreadsheet program saves it; `parts`: members of its archive to put there instead."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return repacked(file.getvalue(), parts) if parts else file.getvalue()


def repacked(data, parts):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if parts.get(SHORT.get(name, name), "") is not None:
                new.writestr(name, parts.get(SHORT.get(name, name)) or old.read(name))
        for name in parts.keys() - SHORT.values() - {*old.namelist()}:
            new.writestr(name, parts[name])
    return file.getvalue()


SHORT = {"xl/worksheets/sheet1.xml": "sheet", "[Content_Types].xml": "types"}
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet(rows, head="", dimension=""):
    return f"{head}<worksheet {NAMESPACE}>{dimension}<sheetData>{rows}</sheetData></worksheet>".encode()


def with_sheet(*args, **kwargs):
    return workbook(HEADER, sheet=sheet(*args, **kwargs))


def cell(words, place=""):
    return f'<c t="inlineStr"{place}><is><t>{words}</t></is></c>'


def locked():
    """An archive whose members say that they are encrypted."""
    data = bytearray(workbook(HEADER))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def read(data, most=None):
    """The header of a table that is read to its end, its rows, and what is wrong with them: (line, column, reason)."""
    header, lines = spreadsheets.read_table(io.BytesIO(data), most)
    lines = list(lines)
    return header, lines, [(line.number, *problem) for line in lines for problem in line.problems]


HEAD = f"<row>{cell('name')}{cell('number')}</row>"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
REFUSED = {
    "zip bomb": (lambda: workbook(HEADER, sheet=sheet(HEAD + " " * 50_000_000)), "Unpacked, the workbook has"),
    "too large unpacked": (lambda: workbook(HEADER, bomb=b"\0" * 151 * 2**20), "Unpacked, the workbook has"),
    "entities": (lambda: with_sheet(f"<row>{cell('&b;')}</row>", BOMB), "declares entities"),
    "entities elsewhere": (lambda: workbook(HEADER, **{"xl/styles.xml": f"{BOMB}<x/>".encode()}), "declares entities"),
    "entities in UTF-16": (lambda: workbook(HEADER, sheet=sheet("", BOMB).decode().encode("utf-16")), "not UTF-8"),
    "another encoding": (
        lambda: with_sheet(HEAD, '<?xml version="1.0" encoding="cp037"?>'),
        "not UTF-8",
    ),
    "encrypted": (locked, "The file is encrypted."),
    "old .xls, or encrypted by Excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old .xls file"),
    "another archive": (lambda: workbook(HEADER, types=None), "an archive, not an XLSX"),
    "half an archive": (lambda: workbook(HEADER)[:700], "begins like an XLSX workbook and is none"),
    "no sheet": (lambda: workbook(HEADER, sheet=b"<x/>"), "first line must name"),
    "no XML": (lambda: workbook(HEADER, sheet=b"\x01\x02"), "damaged"),
    "damaged": (lambda: workbook(HEADER, sheet=sheet("<row r='x'/>")), "damaged"),
    "a million empty rows": (
        lambda: with_sheet(HEAD + "<row/>" * 1_000_000),
        ("over 10,000 empty rows", "Unpacked, the workbook has"),
    ),
    "a gap of a million rows": (
        lambda: with_sheet(HEAD + f'<row r="1048576">{cell("x")}</row>'),
        "over 10,000 empty rows",
    ),
    "too many columns": (lambda: with_sheet(f"<row>{cell('x') * 201}</row>"), "201 columns; at most 200"),
    "one cell far to the right": (
        lambda: with_sheet(HEAD + f'<row r="2">{cell("x", " r=" + chr(34) + "XFD2" + chr(34))}</row>'),
        "16,384 columns; at most 200",
    ),
    "too many rows": (lambda: workbook(HEADER, *[["a", 1]] * 7), "more than 5 rows"),
    "too many rows in CSV": (lambda: b"name,number\n" + b"a,1\n" * 7, "more than 5 rows"),
    "a million empty rows in CSV": (lambda: b"name,number\n" + b"\n" * 1_000_000, "over 10,000 empty rows"),
    "too many columns in CSV": (lambda: b",".join(b"c%d" % n for n in range(1000)), "1,000 columns; at most 200"),
    "a cell of 10 MB in CSV": (lambda: b"name,number\n" + b"x" * 10_000_000 + b",1\n", "more than 131,072 characters"),
    "quotes": (lambda: b'name,number\n"a"b,1\n', "This is no CSV"),
    "Latin-1": (lambda: "name,number\nCôte,1\n".encode("latin-1"), "is not UTF-8"),
    "half of UTF-16": (lambda: "name,number\nCôte,1\n".encode("utf-16")[:-1], "is not UTF-8"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is not UTF-8"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "is not UTF-8"),
    "nothing": (lambda: b"", "must name the columns"),
    "an empty workbook": (lambda: workbook(), "must name the columns"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_hostile_file_is_refused_in_a_sentence(make, reason):
    with pytest.raises(spreadsheets.UnreadableError) as refused:
        read(make(), 5)
    reasons = (reason,) if isinstance(reason, str) else reason
    assert any(words in refused.value.reason for words in reasons), refused.value.reason


BAD_CELLS = {
    "formula": ("=1+1", "formula"),
    "formula with a link": ('=HYPERLINK("http://example.org")', "formula"),
    "error": ("#N/A", "the error #N/A"),
    "time": (datetime(2004, 10, 27, 12, 30), "the time 2004-10-27 12:30"),
    "NUL": ("a_x0000_b", "NUL"),
}


@pytest.mark.parametrize(("value", "reason"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_a_cell_that_is_no_value_is_named(value, reason):
    problems = read(workbook(HEADER, ["ok", 1], [value, 2]))[2]
    assert [(line, column) for line, column, _ in problems] == [(3, "name")]
    assert reason in problems[0][2]


def test_a_cell_of_ten_megabytes_is_named():
    data = with_sheet(HEAD + f"<row r='2'>{cell(''.join(map(str, range(1_700_000))))}</row>")
    ((*place, reason),) = read(data)[2]
    assert place == [2, "name"]
    assert "at most 100,000 are read" in reason


def test_a_row_longer_than_the_header_is_named():
    assert read(workbook(HEADER, ["a", 1, "more"]))[2] == [(2, "", "The row has 3 cells, the header has 2.")]


def test_a_spreadsheet_program_saves_numbers_days_and_truths_as_csv_has_them():
    days = [date(2004, 10, 27), datetime(2004, 10, 27)]
    header, lines, problems = read(workbook(["a", "b", "c", "d", "e", None], [*days, 12, 12.0, True], [], [0.5]))
    assert (header, problems) == (["a", "b", "c", "d", "e"], [])
    assert [line.cells for line in lines] == [
        ["2004-10-27", "2004-10-27", "12", "12", "true"],
        ["0.5", "", "", "", ""],
    ]
    assert [line.number for line in lines] == [2, 4]


@pytest.mark.parametrize("words", ["Côte d’Ivoire", "'quoted", "a\r\nb", "\x01", "0012", "_x000", "_xD800_", " x "])
def test_texts_are_taken_as_they_are(words):
    assert read(workbook(HEADER, [escape(words), 1]))[1][0].cells[0] == words


@pytest.mark.parametrize("words", ["=1+1", "-1", "'=1", "_x000D_", "\r", "a\tb"])
def test_what_this_site_writes_is_read_without_loss(words):
    file = io.BytesIO()
    files.write_xlsx(file, "Reports", HEADER, files.in_parts([[words, 1]]), [("=1", "=2")])
    header, lines, problems = read(file.getvalue())
    assert (header, [line.cells for line in lines], problems) == (HEADER, [[words, "1"]], [])


def test_a_sheet_that_lies_about_its_size_is_read_as_far_as_it_goes():
    data = with_sheet(HEAD, dimension='<dimension ref="A1:XFD1048576"/>')
    assert read(data) == (HEADER, [], [])


def test_a_csv_file_may_begin_with_a_byte_order_mark_and_is_told_by_content():
    assert read(b"\xef\xbb\xbfname,number\r\na,1\r\n")[0] == HEADER
