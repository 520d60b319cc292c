"""Tables as files lose nothing, run nothing, and refuse what they cannot read."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1540.interchange import spreadsheets
from r1540.lists import files

CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "'=1+1",
    "''",
    "'",
    '=HYPERLINK("http://example.org")',
    'a"b',
    "a,b",
    "a\r\nb",
    "a\rb",
    "_x000D_",
    "\x01",
    " =1+1 ",
    "https://example.org",
    "0012",
    "1e5",
    "Côte d'Ivoire",
]


def written(rows, header=("a", "b"), bom=True):
    file = io.BytesIO()
    files.write_csv(file, header, files.in_parts(rows), bom=bom)
    return file.getvalue()


def read(content):
    """The header of a table that is read to its end, its rows, and what is wrong with them: (line, column, reason)."""
    header, lines = spreadsheets.read_table(io.BytesIO(content))
    lines = list(lines)
    return header, lines, [(line.number, *problem) for line in lines for problem in line.problems]


def workbook(rows, title="Reports"):
    file = io.BytesIO()
    files.write_xlsx(
        file, title, ["name", "number"], files.in_parts(rows), [("As at", "15 January 2013"), ("=1+1", "=2+2")]
    )
    return file.getvalue()


@given(st.lists(st.tuples(CELLS, CELLS)), st.booleans())
def test_any_text_is_read_as_it_was_written(rows, bom):
    header, lines, problems = read(written(rows, bom=bom))
    assert (header, problems) == (["a", "b"], [])
    assert [tuple(line.cells) for line in lines] == [row for row in rows if "".join(row).strip()]


@given(st.lists(CELLS))
def test_any_text_in_an_only_column_is_read_as_it_was_written(cells):
    found = [line.cells for line in read(written([[cell] for cell in cells], ["a"]))[1]]
    assert found == [[cell] for cell in cells if cell.strip()]


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_csv_cell_begins_like_a_formula(cell):
    row = written([[cell]], ["a"], bom=False).decode().removeprefix("a\n")
    assert row.removeprefix('"')[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n", "＝")
    assert read(written([[cell]], ["a"]))[1][0].cells == [cell]


def test_a_text_that_needs_none_gets_no_apostrophe():
    assert written([["Chad", "a=b"]], bom=False) == b"a,b\nChad,a=b\n"


def test_for_people_csv_has_a_byte_order_mark_and_crlf():
    assert written([["Côte d'Ivoire", 1]]) == "\ufeffa,b\r\nCôte d'Ivoire,1\r\n".encode()


def test_values_are_written_in_one_form():
    assert written([[True, False], [date(2004, 4, 28), None], [-5, ""]], bom=False) == (
        b"a,b\ntrue,false\n2004-04-28,\n-5,\n"
    )


@pytest.mark.parametrize(
    ("content", "line", "column", "reason"),
    [
        pytest.param(b"a,b\n1,2\n3\n", 3, "", "The row has 1 cells, the header has 2.", id="too few cells"),
        pytest.param(b"a,b\n1,2,3\n", 2, "", "The row has 3 cells, the header has 2.", id="too many cells"),
        pytest.param(b"a,,b\n1,2,3\n", 2, "", "“2” stands in a column without a name.", id="no name"),
        pytest.param(b'a,b\n"1\n1",2\n3\n', 4, "", "The row has 1 cells, the header has 2.", id="after two lines"),
        pytest.param(b"a,b\n1,\0\n", 2, "b", "The cell holds the character NUL.", id="NUL"),
        pytest.param(
            b"a,b\n1," + b"x" * 100_001 + b"\n",
            2,
            "b",
            "The cell has 100,001 characters; at most 100,000 are read.",
            id="long",
        ),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(content, line, column, reason):
    _, lines, problems = read(content)
    assert problems == [(line, column, reason)]
    assert line in [read.number for read in lines]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        pytest.param("a,b\nC\u00f4te,1\n".encode("latin-1"), 2, "The byte 0xF4 is not UTF-8", id="Latin-1"),
        pytest.param("a,b\n".encode("utf-16")[:-1], 1, "The byte 0xFF is not UTF-8", id="half of UTF-16"),
        pytest.param(b'a,b\n1,2\n"3,4\n5,6\n', 3, "no CSV", id="a quote that does not end"),
        pytest.param(b'a,b\n"1"2,3\n', 2, "no CSV", id="text after a quote"),
        pytest.param(b"", 1, "The first line must name the columns.", id="empty"),
        pytest.param(b"\n,\n", 1, "The first line must name the columns.", id="no header"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content, line, words):
    with pytest.raises(spreadsheets.UnreadableError, match=words) as caught:
        read(content)
    assert caught.value.line == line


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers():
    rows = [[cell, 7] for cell in HOSTILE] + [[date(2004, 4, 28), True], [10**20, None], ["\uffff", -1]]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(rows)))["Reports"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [openpyxl.utils.escape.unescape(cell.value) for cell in cells] == [
        *(*HOSTILE, "2004-04-28", "1" + "0" * 20, "\ufffd")
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {row[1].data_type for row in sheet.iter_rows(min_row=2)} == {"n", "b"}
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert sheet.freeze_panes == "A2"


def test_a_workbook_says_what_it_is():
    book = openpyxl.load_workbook(io.BytesIO(workbook([])))
    assert book.sheetnames == ["Reports", "About"]
    about = [[cell.value for cell in row] for row in book["About"].iter_rows()]
    assert about == [["As at", "15 January 2013"], ["=1+1", "=2+2"]]
    assert {cell.data_type for row in book["About"].iter_rows() for cell in row} == {"s"}


def test_the_same_content_makes_the_same_workbook():
    assert workbook([["Chad", 1]]) == workbook([["Chad", 1]])
    assert workbook([["Chad", 1]]) != workbook([["Chad", 2]])
    made = openpyxl.load_workbook(io.BytesIO(workbook([]))).properties.created
    assert made == files.EPOCH  # else equal only within a second


@pytest.mark.parametrize("words", ["<r><t>x</t></r>", "<r></b></r>"])
def test_a_text_that_looks_like_xml_is_a_text(words):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([[words, 1]])))["Reports"]
    assert sheet["A2"].value == f"{words} "


def test_a_text_too_long_in_units_of_utf_16_says_that_it_was_cut():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([["𝔸" * 16_384, 1]])))["Reports"]
    value = sheet["A2"].value
    assert value.endswith(f"𝔸{files.CUT}") and len(value.encode("utf-16-le")) // 2 <= 32_767


def test_a_text_too_long_for_excel_says_that_it_was_cut():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([["x" * 40_000, 1]])))["Reports"]
    value = sheet["A2"].value
    assert len(value) == 32_767 and value.endswith(files.CUT)


@pytest.mark.parametrize("title", ["a/b:c*d?[e]", "x" * 40, "'quoted'", "", "///"])
def test_any_title_names_a_sheet(title):
    assert len(openpyxl.load_workbook(io.BytesIO(workbook([], title))).sheetnames) == 2


def test_numbers_and_truths_that_are_equal_are_told_apart_and_texts_are_guarded_each_time():
    rows = [[1, True, "1", "true"], [True, 1, "=1", "=1"], [0, False, "", None]] * 2
    lines = written(rows, "abcd", bom=False).decode().splitlines()
    assert lines[1:] == ["1,true,1,true", "true,1,'=1,'=1", "0,false,,"] * 2
