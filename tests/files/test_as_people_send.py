"""Files as spreadsheets and people make them, and texts as they are typed: each is read alike by form and import."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from django.urls import reverse

from r1540.interchange import spreadsheets
from r1540.lists import files
from states.models import Report, Source, State, StateName
from tests import factories
from tests.files.imports import TABLES, counts, press, problems, send, shown, with_row
from visits.models import Event

pytestmark = pytest.mark.django_db

HEADER = "reference state kind submitted symbol certainty sources published".split()  # noqa: SIM905
VALUES = ["TCD-t1", "TCD", "additional information", "2006-03-01", "", "document-cited", "dc1", "false"]
REPORT = dict(zip(HEADER, VALUES, strict=True))


def table(*rows, header=HEADER, mark=","):
    """Rows as text, as a spreadsheet saves them."""
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([header, *rows])
    return text.getvalue()


def report(**values):
    return list((REPORT | values).values())


def workbook(*rows, header=HEADER, formats=(), hidden=()):
    """A workbook of one sheet; `formats`: number formats by the name of the column."""
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    for name, number_format in dict(formats).items():
        for cell in book.active[openpyxl.utils.get_column_letter(header.index(name) + 1)][1:]:
            cell.number_format = number_format
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


AS_IN_THE_FORM = [*map(str.capitalize, HEADER[:4]), "Document symbol", *map(str.capitalize, HEADER[5:])]
WIDE = [*HEADER, "", ""]
BETWEEN = [HEADER[0], "", *HEADER[1:]]
SENT = {
    "semicolons": table(report(), mark=";"),
    "tabs": table(report(), mark="\t"),
    "sep=;": "sep=;\r\n" + table(report(), mark=";"),
    "a quoted sep=": '"sep=\t"\r\n' + table(report(), mark="\t"),
    "semicolons round a text with commas": table(report(sources="dc1"), mark=";").replace("Chad", "a, b, c, d"),
    "a byte order mark": "\ufeff" + table(report()),
    "a byte order mark and sep=": "\ufeffsep=;\n" + table(report(), mark=";"),
    "blank lines first": "\r\n\r\n" + table(report()),
    "a line of marks first": ";;;;;;;\r\n" + table(report(), mark=";"),
    "a blank line between": table(report()).replace("\r\n", "\r\n\r\n"),
    "lines of commas at the end": table(report(), *[[""] * len(HEADER)] * 3),
    "a row of spaces": table([" ", "\u00a0"] + [""] * (len(HEADER) - 2), report()),
    "columns without a value at the end": table([*report(), "", " "], header=WIDE),
    "columns without a name, in the header only": table(report(), header=WIDE).replace("false\r", "false,,\r"),
    "more marks than the header has": table([*report(), "", "", ""]),
    "a column without a value between": table([VALUES[0], "", *VALUES[1:]], header=BETWEEN),
    "line ends of a Mac": table(report()).replace("\r\n", "\r"),
    "FALSE": table(report(published="FALSE")),
    "False": table(report(published="False")),
    "FAUX": table(report(published="FAUX")),
    "ЛОЖЬ": table(report(published="ЛОЖЬ")),
    "a choice in capitals": table(report(kind="Additional Information", certainty="Cited document")),
    "spaces around": table([f" {value}\u00a0" for value in VALUES], header=[f" {name} " for name in HEADER]),
    "an invisible mark": table([f"\u200b{value}\ufeff" for value in VALUES]),
    "names in capitals": table(report(), header=[name.upper() for name in HEADER]),
    "names as the form has them": table(report(), header=AS_IN_THE_FORM),
    "the reasons of a refusal": table([*report(), "It was refused."], header=[*HEADER, "Reasons"]),
}


@pytest.mark.parametrize("text", SENT.values(), ids=SENT)
def test_csv_as_it_is_sent_is_read(client, rows, text):
    answer = send(client, "reports", text.encode())
    assert (problems(answer), counts(answer)) == ([], {"inserted": 1})
    press(client, answer)
    made = Report.objects.get(reference="TCD-t1")
    assert (made.state.iso3, made.kind, made.submitted.edtf, made.certainty) == ("TCD", *(VALUES[2], *VALUES[3:6:2]))
    assert ([one.reference for one in made.sources.all()], made.published) == (["dc1"], False)


def test_unicode_text_of_a_spreadsheet_is_read(client, rows):
    data = table(report(), mark="\t").encode("utf-16")
    assert counts(send(client, "reports", data)) == {"inserted": 1}


def test_names_of_columns_may_have_spaces_for_underscores(client, rows):
    data = table([*report(), "2006-05"], header=[*HEADER, "Symbol assigned"]).encode()
    press(client, send(client, "reports", data))
    assert Report.objects.get(reference="TCD-t1").symbol_assigned.edtf == "2006-05"


def test_a_column_named_twice_in_two_ways_is_refused(client, rows):
    data = table([*report(), "x"], header=[*HEADER, "STATE"]).encode()
    assert "The column state is there 2 times." in send(client, "reports", data).text


def test_the_line_of_a_problem_is_that_of_the_file(client, rows):
    data = ("sep=;\r\n\r\n" + table(report(state="XXX"), mark=";")).encode()
    assert problems(send(client, "reports", data))[0][:2] == (4, "state")


def test_a_row_tells_all_that_is_wrong_with_it(client, rows):
    data = table(report(state="XXX", submitted="someday", sources="dc9")).encode()
    assert [column for _, column, _ in problems(send(client, "reports", data))] == ["sources", "state", "submitted"]


CALLED = ["tcd", "TCD ", "td", "Chad", "chad", "CHAD", "tst", "\u200bChad\u00a0", "Republic of Testing", "TST"]


@pytest.mark.parametrize("text", CALLED, ids=ascii)
def test_a_state_is_found_by_any_name(client, rows, text):
    chad = State.objects.get(iso3="TCD")
    factories.state_name(chad, "TST", "en")
    State.objects.filter(pk=chad.pk).update(formal_name="Republic of Testing")
    answer = send(client, "reports", table(report(state=text)).encode())
    assert (problems(answer), ("state", "", "TCD") in shown(answer)[0][1]) == ([], True)


UNCLEAR = {
    "Cha": "Did you mean: Chad (TCD)?",
    "Chadd": "Did you mean: Chad (TCD)?",
    "Twice": "the name of several States. Write the code of one: Chad (TCD); Congo (COG).",
    "Atlantis": "“Atlantis” is not in the database. Import it first, with states.csv.",
    "XXX": "“XXX” is not in the database. Import it first, with states.csv.",
    "x" * 500: "Import it first, with states.csv.",
}


@pytest.mark.parametrize(("text", "reason"), UNCLEAR.items(), ids=lambda text: text[:9])
def test_of_an_unclear_name_the_states_it_may_mean_are_told(client, rows, text, reason):
    for state in State.objects.all():
        factories.state_name(state, "Twice", "en")
    ((line, column, said),) = problems(send(client, "reports", table(report(state=text)).encode()))
    assert (line, column) == (2, "state")
    assert reason in said


KEPT = {
    " Workshop  report \u200b ": "Workshop report",
    "a\u00a0b": "a b",
    "e\u0301": "é",
    "\u202egnihton saw\u202c, submitted": "gnihton saw, submitted",
    "a\tb": "a b",
    "'s-Gravenhage": "'s-Gravenhage",
}
REFUSED = {
    "one\x01": "control character",
    "one\ntwo": "line end",
    "one\r\ntwo": "line end",
    "\x85one\x85two": "control character",
}


def by_form(client, **values):
    """Log a source by the form; the reasons why it was not."""
    answer = client.post(reverse("admin:states_source_add"), {"reference": "new", "title": "A title"} | values)
    if answer.status_code == 400:  # what no form takes
        return answer.text
    return "" if answer.status_code == 302 else str(answer.context["adminform"].form.errors)


def by_import(client, **values):
    """Import a source; the reasons why it was not."""
    answer = send(client, "sources", with_row("sources", **{"reference": "new", "published": "false"} | values))
    if not problems(answer):
        press(client, answer)
    return str(problems(answer) or "")


DOORS = pytest.mark.parametrize("door", [by_form, by_import])


@DOORS
@pytest.mark.parametrize(("text", "kept"), KEPT.items(), ids=ascii)
def test_a_text_is_kept_alike_at_each_door(client, rows, door, text, kept):
    assert door(client, title=text) == ""
    assert Source.objects.get(reference="new").title == kept


@DOORS
@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=ascii)
def test_control_characters_are_refused_at_each_door(client, rows, door, text, reason):
    assert reason in door(client, title=text)
    assert not Source.objects.filter(reference="new").exists()


@DOORS
def test_a_title_of_nothing_that_is_seen_is_none(client, rows, door):
    assert "cannot be" in door(client, title="\u200b")


@DOORS
def test_a_note_keeps_its_lines(client, rows, door):
    assert door(client, note=" one \r\n\r\n\u200b two  three\u00a0\r\n") == ""
    assert Source.objects.get(reference="new").note == "one\r\n\r\ntwo three"


@DOORS
@pytest.mark.parametrize("dated", ["\u200b27 October\u00a02004 ", "2004-10-27\ufeff"], ids=ascii)
def test_a_date_is_read_as_it_looks_at_each_door(client, rows, door, dated):
    assert door(client, dated=dated) == ""
    assert Source.objects.get(reference="new").dated.edtf == "2004-10-27"


@DOORS
@pytest.mark.parametrize(("dated", "is_taken"), [("1944-12-31", False), ("by 1905", False), ("1945", True), ("", True)])
def test_a_source_is_dated_since_1945(client, rows, door, dated, is_taken):
    refused = door(client, dated=dated)
    assert ("before 1945" in refused and "dated" in refused, not refused) == (not is_taken, is_taken)


def test_one_name_written_in_several_ways_is_one(client, rows):
    names = ["Mo é", "Mo e\u0301", "Mo é ", "Va\u00a0chie", "Va chie"]
    data = table(*(["Chad", "fr", "popular", name] for name in names), header=["state", "language", "kind", "name"])
    told = problems(send(client, "state_names", data.encode()))
    assert [(line, reason[:11]) for line, _, reason in told] == [
        (3, "Line 2 has "),
        (4, "Line 2 has "),
        (6, "Line 5 has "),
    ]
    data = table(
        *(["TCD", "fr", "popular", name] for name in names[1::2]), header=["state", "language", "kind", "name"]
    )
    press(client, send(client, "state_names", data.encode()))
    assert {*StateName.objects.filter(kind="popular").values_list("name", flat=True)} >= {"Mo é", "Va chie"}


@pytest.mark.parametrize("guard", ["", "'"])
def test_an_apostrophe_of_a_text_is_kept(client, rows, guard):
    """Whether a person wrote it as it is, or this site, which puts one before it."""
    event = Event.objects.first()
    data = table([event.reference, f"{guard}'s-Gravenhage"], header=["reference", "place"])
    press(client, send(client, "events", data.encode()))
    assert Event.objects.get(pk=event.pk).place == "'s-Gravenhage"


DAY = date(2006, 10, 1)
SHOWN = {
    "mmm-yy": "2006-10",
    "mmmm yyyy": "2006-10",
    "[$-40C]mmm\\-yyyy;@": "2006-10",
    'mm"d"yyyy': "2006-10",
    "yyyy": "2006",
    "mm-dd-yy": "2006-10-01",
    "yyyy-mm-dd hh:mm": "2006-10-01",
    "d mmm yy": "2006-10-01",
    "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy": "2006-10-01",
}


@pytest.mark.parametrize("number_format", SHOWN)
def test_a_day_is_read_as_far_as_its_cell_shows_it(client, rows, number_format):
    data = workbook(report(submitted=DAY), formats={"submitted": number_format})
    press(client, send(client, "reports", data))
    assert Report.objects.get(reference="TCD-t1").submitted.edtf == SHOWN[number_format]


@pytest.mark.parametrize("number_format", ["d-mmm", "mmmm", "dddd", "dd/mm", "h:mm"])
def test_a_day_that_a_cell_shows_without_its_year_is_refused(client, rows, number_format):
    data = workbook(report(submitted=datetime(2006, 10, 1)), formats={"submitted": number_format})
    ((line, column, reason),) = problems(send(client, "reports", data))
    assert (line, column, "without its year" in reason) == (2, "submitted", True)


def test_a_year_typed_in_a_cell_for_dates_is_refused(client, rows):
    header = ["reference", "title", "dated"]
    data = workbook(["zz", "A title", 2012], header=header, formats={"dated": "yyyy-mm-dd"})
    ((line, column, reason),) = problems(send(client, "sources", data))
    assert (line, column, "before 1945" in reason) == (2, "dated", True)


def test_in_an_exported_workbook_what_is_typed_stays_text(client, rows):
    answer = client.get(reverse("desk-export-xlsx", args=["reports"]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    column = {cell.value: cell for cell in sheet[1]}
    assert sheet.cell(2, column["submitted"].column).number_format == "@"
    assert sheet.column_dimensions[column["issued"].column_letter].number_format == "@"
    file = io.BytesIO()
    files.write_xlsx(file, "Numbers", ["name", "number"], files.in_parts([["a", 1], ["b", None]]), [])
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert [cell.number_format for cell in sheet[2]] == ["@", "General"]
    assert sheet.column_dimensions["B"].number_format == "General"


@pytest.mark.parametrize("part", [2**20, 7], ids=["at once", "in small parts"])
def test_the_preview_tells_which_rows_the_sheet_hides(client, rows, monkeypatch, part):
    monkeypatch.setattr(spreadsheets, "PART", part)
    data = workbook(*(report(reference=f"TCD-t{n}", submitted=f"200{n}") for n in (6, 7, 8)), hidden=[2, 4])
    page = " ".join(send(client, "reports", data).text.split())
    assert "The sheet hides 2 rows, by a filter or otherwise, and they are read like the others: lines 2, 4." in page
    assert page.count("(hidden in the sheet)") == 2
    assert "hides" not in send(client, "reports", workbook(report())).text


def test_blank_rows_and_columns_of_a_workbook_are_left_out(client, rows):
    blank = [" ", *[None] * (len(HEADER) - 1)]
    data = workbook(blank, [*report(), None, " "], blank, header=[*HEADER, None, " "])
    assert counts(send(client, "reports", data)) == {"inserted": 1}


def test_a_report_in_another_dialect_says_the_same(client, rows):
    symbol = " s/ac.44/2006/\u00a015. "
    press(client, send(client, "reports", table(report(symbol=symbol), mark=";").encode()))
    assert Report.objects.get(reference="TCD-t1").symbol == "S/AC.44/2006/15"


@pytest.mark.parametrize("make", [lambda *rows: table(*rows, mark=";").encode(), workbook], ids=["CSV", "XLSX"])
def test_a_refused_file_comes_back_with_the_reasons_and_goes_in_corrected(client, rows, make):
    answer = send(client, "reports", make(report(), report(reference="TCD-t2", state="XXX", submitted="2006-02-30")))
    link = reverse("desk-reasons", args=["reports", answer.request["PATH_INFO"].split("/")[-2]])
    assert f'href="{link}"' in answer.text
    sent = client.get(link)
    data = b"".join(sent.streaming_content)
    assert "file-reasons." in sent["Content-Disposition"]
    assert (data[:2] == b"PK") == (make is workbook)
    header, lines = spreadsheets.read_table(io.BytesIO(data))
    (first, second) = (dict(zip(header, line.cells, strict=True)) for line in lines)
    assert {name: first[name] for name in HEADER} == REPORT
    assert (first["reasons"], second["state"]) == ("", "XXX")
    assert second["reasons"].startswith("state: “XXX” is not in the database.")
    assert "submitted: “2006-02-30” is not a date." in second["reasons"]
    corrected = [list((one | {"state": "TCD", "submitted": "2006"}).values()) for one in (first, second)]
    assert counts(send(client, "reports", table(*corrected, header=header).encode())) == {"inserted": 2}


def test_a_file_that_is_not_kept_or_no_table_has_no_reasons(client, rows):
    key = send(client, "reports", b"%PDF-1.7\xe2").request["PATH_INFO"].split("/")[-2]
    for one in (key, "0" * 8 + "-0000-4000-8000-" + "0" * 12):
        assert client.get(reverse("desk-reasons", args=["reports", one])).status_code == 404


@pytest.mark.parametrize("name", TABLES)
def test_a_template_offers_the_values_of_its_columns(client, rows, name):
    link = reverse("desk-template", args=[name])
    assert f'href="{link}"' in client.get(reverse("desk-import", args=[name])).text
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(link).streaming_content)))
    sheet, columns = book.worksheets[0], TABLES[name].columns
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    offered = {str(one.sqref).split("2:")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    for place, column in enumerate(columns, 1):
        letter = openpyxl.utils.get_column_letter(place)
        values = [cell.value for cell in book["Values"][letter]] if "Values" in book else []
        assert [value for value in values if value] == column.offered
        assert offered.get(letter) == (
            f"Values!${letter}$1:${letter}${len(column.offered)}" if column.offered else None
        )


def test_a_template_that_was_filled_in_is_read(client, rows):
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(reverse("desk-template", args=["reports"])).streaming_content))
    )
    for cell in book.worksheets[0][1]:
        book.worksheets[0].cell(2, cell.column, (REPORT | {"state": "Chad"}).get(cell.value))
    file = io.BytesIO()
    book.save(file)
    assert counts(send(client, "reports", file.getvalue())) == {"inserted": 1}
