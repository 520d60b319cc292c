"""Import at the desk: what is previewed is what is applied, all of it or nothing."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from r1540 import interchange
from r1540.interchange import desk, uploads
from r1540.interchange.desk import SHOWN
from states.models import Report, Source
from tests.files.imports import FORMS, TABLES, content, counts, press, problems, send, shown, with_row, written

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", TABLES)
def test_what_is_exported_is_imported_unchanged(client, rows, table, form):
    exported = client.get(reverse(f"desk-export-{form}", args=[table]))
    data = b"".join(exported.streaming_content)
    answer = send(client, table, data, f"any.{form}")
    assert problems(answer) == []
    assert counts(answer) == {"unchanged": TABLES[table].model.objects.count()}
    assert "there is nothing to apply" in answer.content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_a_preview_shows_each_changed_cell_and_changes_nothing(client, rows, form):
    changes = {"TCD-1": {"submitted": "2004-11", "sources": "", "note": "New <b>"}}
    answer = send(client, "reports", content("reports", form, **changes))
    ((row, differing),) = shown(answer)
    cells = {column: (old, new) for column, old, new in differing}
    assert (row.line, row.key, cells.keys()) == (3, ("TCD-1",), {"submitted", "sources", "note"})
    assert cells["submitted"] == ("2004-10-27", "2004-11")
    assert cells["sources"] == ("dc1", "")
    page = answer.content.decode()
    assert "<del>2004-10-27</del> → <ins>2004-11</ins>" in page
    assert "New &lt;b&gt;" in page
    assert str(Report.objects.get(reference="TCD-1").submitted) == "27 October 2004"


def test_what_was_previewed_is_applied(client, rows, var, django_capture_on_commit_callbacks):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2004-11", "sources": ""}}))
    assert counts(answer) == {"updated": 1, "unchanged": 1}
    assert list(var.glob("uploads/*/*/file"))
    with django_capture_on_commit_callbacks(execute=True):
        done = press(client, answer)
    assert "Import of file.csv: 0 inserted, 1 updated." in done.content.decode()
    report = Report.objects.get(reference="TCD-1")
    assert (str(report.submitted), report.sources.count()) == ("November 2004", 0)
    assert LogEntry.objects.get().object_repr == "Import of file.csv"
    assert not list(var.glob("uploads/*/*/file"))


def test_pointers_at_rows_of_the_same_table_are_previewed(client, rows):
    answer = send(client, "action_plans", content("action_plans", **{"P-2": {"supersedes": ""}}))
    assert shown(answer)[0][1] == [("supersedes", "P-1", "")]
    press(client, answer)
    assert counts(send(client, "action_plans", content("action_plans"))) == {"unchanged": 2}


def test_new_rows_are_previewed_with_their_cells_and_inserted(client, rows):
    answer = send(client, "sources", with_row("sources", reference="dc9", title="A new one", published="false"))
    ((row, cells),) = shown(answer)
    assert (row.key, row.outcome) == (("dc9",), "inserted")
    assert ("title", "", "A new one") in cells
    assert not Source.objects.filter(reference="dc9").exists()
    press(client, answer)
    assert Source.objects.get(reference="dc9").title == "A new one"


def test_the_same_file_again_changes_nothing(client, rows):
    data = content("reports", **{"TCD-1": {"submitted": "2004-11"}})
    press(client, send(client, "reports", data))
    assert counts(send(client, "reports", data)) == {"unchanged": 2}


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda: Report.objects.filter(reference="TCD-1").update(submitted="2005"),
        lambda: Report.objects.filter(reference="TCD-1").update(submitted="2004-11"),
        lambda: Report.objects.get(reference="TCD-1").sources.clear(),
        lambda: Report.objects.filter(reference="COG-1").delete(),
    ],
    ids=["changed", "changed to the same", "a source taken off", "another row deleted"],
)
def test_if_the_record_changed_meanwhile_it_is_previewed_again(client, rows, meanwhile):
    changes = {"TCD-1": {"submitted": "2004-11", "sources": "dc1", "note": "New"}}
    answer = send(client, "reports", content("reports", **changes))
    meanwhile()
    again = press(client, answer)
    assert "The record has changed since you looked." in again.content.decode()
    assert Report.objects.get(reference="TCD-1").note != "New"
    assert "1 updated" in press(client, again).content.decode() or "1 inserted" in again.content.decode()
    assert Report.objects.get(reference="TCD-1").note == "New"
    assert counts(send(client, "reports", content("reports", **changes))) == {"unchanged": 2}


def test_pressing_twice_applies_once(client, rows):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2004-11"}}))
    press(client, answer)
    assert "1 updated" in press(client, answer).content.decode()
    assert LogEntry.objects.count() == 1


def test_with_one_bad_row_nothing_is_applied_and_every_problem_is_named(client, rows):
    data = content("reports", **{"TCD-1": {"state": "XXX"}, "COG-1": {"submitted": "2004-02-30"}})
    answer = send(client, "reports", data)
    assert [(line, column) for line, column, _ in problems(answer)] == [(2, "submitted"), (3, "state")]
    assert "“XXX” is not in the database. Import it first, with states.csv." in answer.content.decode()
    assert "Apply all" not in answer.content.decode()
    assert "Nothing can be applied" in press(client, answer).content.decode()
    assert Report.objects.filter(state__iso3="TCD").exists()


def test_long_lists_are_cut_and_say_so(client, rows):
    header = [column.name for column in TABLES["sources"].columns]
    first, *_ = zip(*next(interchange.parts(TABLES["sources"], Source.objects.all())), strict=True)
    first = dict(zip(header, first, strict=True))
    made = [list((first | {"reference": f"s{number}"}).values()) for number in range(SHOWN + 7)]
    answer = send(client, "sources", written(header, made))
    assert "Inserted: 207 (the first 200 are shown)" in answer.content.decode()
    bad = [[*row[:1], "", *row[2:]] for row in made]
    assert "Problems (the first 200 of 207 are shown)" in send(client, "sources", written(header, bad)).content.decode()


def test_a_file_of_more_than_50_megabytes_is_not_taken(client, var):
    page = send(client, "reports", b"x" * (uploads.MOST_BYTES + 1)).content.decode()
    assert "The file has more than 50 MB: import it with the command “manage.py importrecord”" in page
    answer = send(client, "reports", b"x" * 52 * 2**20)
    assert (answer.status_code, "use importrecord" in answer.content.decode()) == (400, True)
    assert not list(var.glob("uploads/*/*/file"))


def test_a_file_of_too_many_rows_is_refused(client, rows, monkeypatch):
    monkeypatch.setattr(desk, "MOST_ROWS", 1)
    page = send(client, "reports", content("reports")).content.decode()
    assert "The file has more than 1 rows: import it with the command “manage.py importrecord”" in page


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The first line must name the columns."),
        (b"PK\x03\x04 and more", "is none. Save it again"),
        (b"\xd0\xcf\x11\xe0", "an old .xls file"),
        (b"reference,submited\n", "“submited” is no column of this file."),
        (b"submitted,note\n", "The column reference is missing"),
        (b"<html>", "The first line names no column of reports.csv."),
        ("reference,note\nCôte,".encode("latin-1"), "is not UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["file.csv", "file.xlsx"])
def test_an_unreadable_file_is_refused_whatever_its_name(client, data, reason, name):
    answer = send(client, "reports", data, name)
    assert reason in answer.content.decode()
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["x", "..", "a" * 64, "%2e%2e%2f" + "a" * 64])
def test_an_odd_address_finds_nothing(client, name):
    assert client.get(f"/admin/files/reports/import/{name}/").status_code in (302, 404)
    assert client.get("/admin/files/people/import/").status_code == 404
    assert client.get("/admin/files/people.csv").status_code == 404
