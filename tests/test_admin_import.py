"""Import and export at the desk: what is previewed is what is applied, all of it or nothing, by who may."""

import csv
import io
import os
import time

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from r1540 import desk_files, interchange, tabular, uploads
from r1540.interchange.differences import KEPT
from states.models import Membership, Report, Source, State
from tests import factories
from tests.test_roles import signed_in

pytestmark = pytest.mark.django_db
TABLES = {table.name: table for table in interchange.TABLES}
FORMS = ["csv", "xlsx"]


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client():
    """A superuser's."""
    return signed_in(None)


@pytest.fixture
def rows():
    """At least one row of every table, with pointers and lists."""
    chad, congo = factories.state("Chad"), factories.state("Congo")
    source = factories.source(reference="dc1", published=True)
    cis = factories.organization("CIS")
    factories.state_name(chad, "=Tchad", "fr")
    factories.membership(cis, chad, joined="2001", left="2010-05-01")
    factories.report(chad, reference="TCD-1", note="=1+1\r\n'“Côte”\t|\x01_x000D_ ", sources=[source])
    factories.report(congo, submitted="[..2013-01-15]", reference="COG-1")
    first = factories.plan(chad, number=1, reference="P-1", announced="2010")
    factories.plan(chad, number=2, reference="P-2", announced="2012", supersedes=first)
    factories.resolution()
    factories.figure()
    factories.visit(chad, organizations=[cis], sources=[source], stated_order=1)
    factories.event(congo, organizations=[cis])


def content(table, form="csv", **changes):
    """A table as it is in the database, as a file; `changes`: cells by key, or None to leave the row out."""
    table = TABLES[table]
    header = [column.name for column in table.columns]
    found = [dict(zip(header, row, strict=True)) for row in interchange.rows(table, table.model.objects.all())]
    cells = [list((row | changes.get(row[header[0]], {})).values()) for row in found]
    return written(header, cells, form)


def written(header, cells, form="csv"):
    file = io.BytesIO()
    if form == "csv":
        tabular.write_csv(file, header, cells)
    else:
        tabular.write_xlsx(file, "Reports", header, cells, [])
    return file.getvalue()


def with_row(table, **values):
    """A file of one row: the first of the table with other values."""
    table = TABLES[table]
    header = [column.name for column in table.columns]
    first = next(interchange.rows(table, table.model.objects.all()))
    return written(header, [[values.get(name, cell) for name, cell in zip(header, first, strict=True)]])


def send(client, table, data, name="file.csv"):
    """Upload a file; the answer of its preview."""
    return client.post(reverse("desk-import", args=[table]), {"file": SimpleUploadedFile(name, data)}, follow=True)


def press(client, answer):
    """Apply what a preview shows."""
    seen = answer.context["result"].differences.digest
    return client.post(answer.request["PATH_INFO"], {"seen": seen}, follow=True)


def counts(answer):
    return dict(answer.context["counts"])


def problems(answer):
    return [(problem.line, problem.column, problem.reason) for problem in answer.context["result"].problems]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", TABLES)
def test_what_is_exported_is_imported_unchanged(client, rows, table, form):
    exported = client.get(reverse(f"desk-export-{form}", args=[table]))
    data = b"".join(exported.streaming_content)
    answer = send(client, table, data, f"any.{form}")
    assert problems(answer) == []
    assert counts(answer) == {"Unchanged": TABLES[table].model.objects.count()}
    assert "there is nothing to apply" in answer.content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_a_preview_shows_each_changed_cell_and_changes_nothing(client, rows, form):
    changes = {"TCD-1": {"submitted": "2004-11", "sources": "", "note": "New <b>"}}
    answer = send(client, "reports", content("reports", form, **changes))
    (row,) = answer.context["result"].differences.rows
    cells = {column: (old, new) for column, old, new in row.cells}
    assert (row.line, row.key, cells.keys()) == (3, "TCD-1", {"submitted", "sources", "note"})
    assert cells["submitted"] == ("2004-10-27", "2004-11")
    assert cells["sources"] == ("dc1", "")
    page = answer.content.decode()
    assert "<del>2004-10-27</del> → <ins>2004-11</ins>" in page
    assert "New &lt;b&gt;" in page
    assert str(Report.objects.get(reference="TCD-1").submitted) == "27 October 2004"


def test_what_was_previewed_is_applied(client, rows, django_capture_on_commit_callbacks, var):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2004-11", "sources": ""}}))
    assert counts(answer) == {"Updated": 1, "Unchanged": 1}
    assert [path.name for path in var.glob("uploads/*/*/*") if path.suffix != ".json"]
    with django_capture_on_commit_callbacks(execute=True):
        done = press(client, answer)
    assert "Import of file.csv: 0 inserted, 1 updated." in done.content.decode()
    report = Report.objects.get(reference="TCD-1")
    assert (str(report.submitted), report.sources.count()) == ("November 2004", 0)
    assert LogEntry.objects.get().object_repr == "Import of file.csv"
    assert not list(var.glob("uploads/*/*/*"))


def test_pointers_at_rows_of_the_same_table_are_previewed(client, rows):
    answer = send(client, "action_plans", content("action_plans", **{"P-2": {"supersedes": ""}}))
    assert answer.context["result"].differences.rows[0].cells == [("supersedes", "P-1", "")]
    press(client, answer)
    assert counts(send(client, "action_plans", content("action_plans"))) == {"Unchanged": 2}


def test_new_rows_are_previewed_with_their_cells_and_inserted(client, rows):
    answer = send(client, "sources", with_row("sources", reference="dc9", title="A new one", published="false"))
    (row,) = answer.context["result"].differences.rows
    assert (row.key, row.outcome) == ("dc9", "inserted")
    assert ("title", "", "A new one") in row.cells
    assert not Source.objects.filter(reference="dc9").exists()
    press(client, answer)
    assert Source.objects.get(reference="dc9").title == "A new one"


def test_the_same_file_again_changes_nothing(client, rows):
    data = content("reports", **{"TCD-1": {"submitted": "2004-11"}})
    press(client, send(client, "reports", data))
    assert counts(send(client, "reports", data)) == {"Unchanged": 2}


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
    assert counts(send(client, "reports", content("reports", **changes))) == {"Unchanged": 2}


def test_pressing_twice_applies_once(client, rows, django_capture_on_commit_callbacks):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2004-11"}}))
    with django_capture_on_commit_callbacks(execute=True):
        press(client, answer)
    assert "no longer kept" in press(client, answer).content.decode()
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
    first = dict(zip(header, next(interchange.rows(TABLES["sources"], Source.objects.all())), strict=True))
    made = [list((first | {"reference": f"s{number}"}).values()) for number in range(KEPT + 7)]
    answer = send(client, "sources", written(header, made))
    assert "(the first 200 are shown, 7 are not)" in answer.content.decode()
    bad = [[*row[:1], "", *row[2:]] for row in made]
    assert "(the first 200; 7 more are not shown)" in send(client, "sources", written(header, bad)).content.decode()


# Who may


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["Viewer", "Editor", "Publisher", "Administrator"])
def test_who_may_add_and_change_may_import_and_all_staff_export(rows, role, table):
    client, reference = signed_in(role), ("states", "state_names", "organizations", "memberships")
    may = role in ("Publisher", "Administrator") or (role == "Editor" and table not in reference)
    data = content(table)
    digest = uploads.keep(factories.user(username="other"), table, SimpleUploadedFile("a.csv", data)).digest
    assert client.get(reverse("desk-import", args=[table])).status_code == (200 if may else 403)
    assert send(client, table, data).status_code == (200 if may else 403)
    assert client.post(reverse("desk-preview", args=[table, digest])).status_code == (200 if may else 403)
    assert client.get(reverse("desk-export-csv", args=[table])).status_code == 200


@pytest.mark.parametrize("role", [None, "Viewer", "Editor"])
def test_a_list_offers_what_one_may(rows, role):
    page = signed_in(role).get(reverse("admin:states_report_changelist")).content.decode()
    assert ("/admin/files/reports/import/" in page) is (role != "Viewer")
    assert "/admin/files/reports.xlsx" in page


def test_nobody_comes_in_without_signing_in(rows):
    from django.test import Client

    for address in ("reports/import/", f"reports/import/{'0' * 64}/", "reports.csv", "reports.xlsx"):
        answer = Client().get(f"/admin/files/{address}")
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


PUBLISHING = {
    "is published": (True, {"note": "New"}, False),
    "becomes published": (False, {"published": True}, False),
    "becomes unpublished": (True, {"published": False}, False),
    "loses its sources": (True, {"sources": ""}, False),
    "published and the same": (True, {}, True),
    "unpublished": (False, {"note": "New", "internal_note": "Seen"}, True),
}


@pytest.mark.parametrize(("before", "changes", "editor_may"), PUBLISHING.values(), ids=PUBLISHING)
@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_published_rows_are_for_those_who_may_publish(rows, role, before, changes, editor_may):
    Report.objects.filter(reference="TCD-1").update(published=before)
    answer = send(signed_in(role), "reports", content("reports", **{"TCD-1": changes}))
    found = problems(answer)
    if role == "Publisher" or editor_may:
        assert found == []
    else:
        assert [(line, column) for line, column, _ in found] == [(3, "published")]
        assert "Ask a Publisher" in found[0][2]


def test_an_editor_cannot_insert_a_published_row(rows):
    answer = send(signed_in("Editor"), "sources", with_row("sources", reference="dc9", published="true"))
    assert [column for _, column, _ in problems(answer)] == ["published"]


def test_an_upload_is_its_senders_and_goes_after_a_day(client, rows, var):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"note": "New"}}))
    address = answer.request["PATH_INFO"]
    assert "no longer kept" in signed_in("Publisher").get(address, follow=True).content.decode()
    assert client.get(address.replace("/reports/", "/visits/")).status_code == 302
    old = time.time() - uploads.A_DAY - 1
    kept = list(var.glob("uploads/*/*/*"))
    for path in kept:
        os.utime(path, (old, old))
    assert "no longer kept" in client.get(address, follow=True).content.decode()
    send(client, "visits", content("visits"))
    assert len(kept) == 2
    assert not any(path.exists() for path in kept)


def test_a_file_of_more_than_20_megabytes_is_not_taken(client, var):
    assert (
        "at most 20,971,520 are taken" in send(client, "reports", b"x" * (desk_files.MOST_BYTES + 1)).content.decode()
    )
    answer = send(client, "reports", b"x" * 22 * 2**20)
    assert (answer.status_code, "More than 21 MB" in answer.content.decode()) == (400, True)
    assert not list(var.glob("uploads/*/*/*"))


def test_a_file_of_too_many_rows_is_refused_with_the_way_to_import_it(client, rows, monkeypatch):
    monkeypatch.setattr(desk_files, "MOST_ROWS", 1)
    page = send(client, "reports", content("reports")).content.decode()
    assert "The file has more than 1 rows." in page
    assert "manage.py importrecord FOLDER --dry-run" in page


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The first line must name the columns."),
        (b"PK\x03\x04 and more", "is none. Save it again"),
        (b"\xd0\xcf\x11\xe0", "an old .xls file"),
        (b"reference,submited\n", "“submited” is no column of this file."),
        (b"reference,submited\n", "The column submitted is missing."),
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


# Export


def exported(client, form, table, query=""):
    return b"".join(client.get(reverse(f"desk-export-{form}", args=[table]) + query).streaming_content)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("?q=chad", 1),
        ("?submitted_in=2012", 1),
        ("?p=7", 2),
        ("?sources_recorded=no", 1),
    ],
)
def test_an_export_has_the_rows_of_the_list(client, rows, query, found):
    lists = reverse("admin:states_report_changelist") + query
    data = list(csv.DictReader(io.StringIO(exported(client, "csv", "reports", query).decode("utf-8-sig"), newline="")))
    assert len(data) == found
    if "p=" not in query:
        assert client.get(lists).context["cl"].result_count == found
    sheet = openpyxl.load_workbook(io.BytesIO(exported(client, "xlsx", "reports", query))).worksheets[0]
    assert sheet.max_row == found + 1


def test_the_links_of_a_list_carry_its_filters(client, rows):
    page = client.get(reverse("admin:states_report_changelist") + "?submitted_in=2004&q=tchad").content.decode()
    assert "/admin/files/reports.csv?submitted_in=2004&amp;q=tchad" in page
    page = client.get(reverse("admin:states_state_changelist") + "?q=tchad").content.decode()
    assert 'href="/admin/files/memberships.csv"' in page
    assert 'href="/admin/files/state_names/import/"' in page


@pytest.mark.parametrize("query", ["?submitted_in=abc", "?nonsense=1", "?sources_recorded=perhaps", "?date__year=0"])
def test_an_export_with_odd_filters_is_refused(client, rows, query):
    assert client.get(reverse("desk-export-csv", args=["reports"]) + query).status_code == 400


def test_an_export_asks_the_same_number_of_questions_for_many_rows(client, rows, django_assert_max_num_queries):
    Source.objects.bulk_create(Source(reference=f"s{number}", title="x") for number in range(300))
    with django_assert_max_num_queries(20):
        assert exported(client, "csv", "sources").count(b"\n") == 302
    assert Membership.objects.count() == State.objects.count() - 1
