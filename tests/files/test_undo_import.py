"""Undoing an import as a whole: all of it or nothing, and not if something later rests on it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from r1540 import history
from r1540.interchange import desk, table_import, undo_import
from r1540.models import Import
from states.models import ActionPlan, Report, Source, State
from tests import factories
from tests.desk.admin_client import signed_in
from tests.files.imports import TABLES, changed, content, import_of, undo, with_row
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    """Make the batches small, so that a few rows fill several."""
    monkeypatch.setattr(table_import, "BATCH", 2)


def state_of(table):
    """All that a table says, with its lists, and the database's numbers of its rows."""
    return content(table), list(TABLES[table].model.objects.order_by("pk").values_list("pk", flat=True))


MANY = [{"reference": f"N-{number}", "kind": "additional information", "submitted": "2012"} for number in range(5)]
IMPORTS = {
    "inserted": ("reports", MANY, {}),
    "updated": ("reports", [], {"TCD-1": {"note": "New", "submitted": "2004-11"}, "COG-1": {"note": "New"}}),
    "a source taken off": ("reports", [], {"TCD-1": {"sources": ""}}),
    "a source added": ("reports", [], {"COG-1": {"sources": "dc1", "published": True}}),
    "everything": ("reports", MANY, {"TCD-1": {"sources": "", "note": ""}, "COG-1": {"sources": "dc1"}}),
    "a plan that updates a new one": (
        "action_plans",
        [
            {"reference": "P-3", "number": "3", "supersedes": "P-2"},
            {"reference": "P-4", "number": "4", "supersedes": "P-3"},
        ],
        {"P-2": {"supersedes": "P-4"}},
    ),
    "visits": ("visits", [], {}),
    "States": ("states", [], {"TCD": {"formal_name": "Republic of the Chad"}}),
}


@pytest.mark.parametrize(("table", "new", "changes"), IMPORTS.values(), ids=IMPORTS)
def test_what_an_import_did_is_undone(client, rows, table, new, changes):
    if table == "visits":
        key = Visit.objects.get().reference
        changes = {key: {"organizations": "", "sources": "", "starts": "2013-11-13"}}
    before = state_of(table)
    done = import_of(client, table, changed(table, new, **changes))
    assert state_of(table) != before
    assert (done.inserted, done.updated) == (len(new), len(changes))
    answer = undo(client, done)
    assert "is undone" in answer.content.decode()
    assert state_of(table) == before
    assert Import.objects.get().undone_at


def test_the_undoing_is_one_change_with_person_and_reason(client, rows):
    done = import_of(client, "reports", changed("reports", MANY, **{"TCD-1": {"sources": ""}}))
    undo(client, done, "Sent twice")
    events, pairs = (history.events_of(one).objects for one in (Report, Report.sources.through))
    said = [
        (str(one.pgh_context_id), one.pgh_context["username"], one.pgh_context["why"])
        for one in [*events.filter(pgh_label="delete"), *pairs.order_by("-pgh_id")[:1]]
    ]
    assert len(said) == 6
    assert {one[1:] for one in said} == {("superuser", "Undo of import of file.csv: Sent twice")}
    assert len({one[0] for one in said}) == 1
    assert said[0][0] != str(done.key)
    assert LogEntry.objects.filter(object_repr="Undo of import of file.csv").count() == 1


def test_an_import_is_one_change_with_person_and_file(client, rows):
    done = import_of(client, "reports", changed("reports", MANY, **{"TCD-1": {"sources": ""}}))
    own = history.events_of(Report).objects.filter(pgh_context_id=done.key)
    pairs = history.events_of(Report.sources.through).objects.filter(pgh_context_id=done.key)
    assert (own.count(), pairs.filter(pgh_label="delete").count()) == (5, 1)
    assert {(one.pgh_context["username"], one.pgh_context["why"]) for one in own} == {
        ("superuser", "Import of file.csv")
    }


LATER = {
    "changed": (lambda: Report.objects.filter(reference="TCD-1").update(note="x"), "Changed or published since: Chad"),
    "published": (lambda: Report.objects.filter(reference="N-1").update(published=True), "Changed or published since"),
    "deleted": (lambda: Report.objects.get(reference="N-1").delete(), "Deleted since"),
    "another source": (lambda: Report.objects.get(reference="N-1").sources.clear(), "With other sources since"),
    "a source of an updated row": (
        lambda: Report.objects.get(reference="TCD-1").sources.add(factories.source()),
        "With other sources since: Chad",
    ),
}


@pytest.mark.parametrize(("later", "reason"), LATER.values(), ids=LATER)
def test_an_import_on_which_something_rests_is_not_undone(client, rows, later, reason):
    new = [one | {"sources": "dc1"} for one in MANY]
    done = import_of(client, "reports", changed("reports", new, **{"TCD-1": {"note": "New"}}))
    later()
    before = state_of("reports")
    page = undo(client, done).content.decode()
    assert "Nothing was undone." in page
    assert reason in page
    assert state_of("reports") == before
    assert not Import.objects.get().undone_at


def test_a_source_that_is_cited_since_stays(client, rows):
    done = import_of(client, "sources", with_row("sources", reference="dc9", title="A new one"))
    Report.objects.get(reference="COG-1").sources.add(Source.objects.get(reference="dc9"))
    assert "Cited since by reports: A new one" in undo(client, done).content.decode()
    assert Source.objects.filter(reference="dc9").exists()


def test_a_state_with_reports_since_stays(client, rows):
    new = {"iso3": "XAA", "iso2": "XA", "m49": "999", "name": "Atlantis", "name_in_text": "Atlantis"}
    done = import_of(client, "states", changed("states", [new]))
    factories.report(State.objects.get(iso3="XAA"))
    assert "Cited since by reports: Atlantis" in undo(client, done).content.decode()


def test_a_plan_of_the_import_that_another_updates_since_stays(client, rows):
    done = import_of(client, "action_plans", changed("action_plans", [{"reference": "P-3", "number": "3"}]))
    third = ActionPlan.objects.get(reference="P-3")
    factories.plan(third.state, number=4, supersedes=third)
    assert "Cited since by national implementation action plans" in undo(client, done).content.decode()


def test_a_plan_of_the_import_that_another_of_its_plans_updates_since_stays(client, rows):
    """The other was in the import for its sources alone."""
    new, sources = [{"reference": "P-3", "number": "3"}], {"P-1": {"sources": "dc1"}}
    done = import_of(client, "action_plans", changed("action_plans", new, **sources))
    ActionPlan.objects.filter(reference="P-1").update(supersedes=ActionPlan.objects.get(reference="P-3"))
    assert "Cited since by national implementation action plans" in undo(client, done).content.decode()
    assert ActionPlan.objects.filter(reference="P-3").exists()


def test_a_later_change_that_was_itself_taken_back_hinders_nothing(client, rows):
    done = import_of(client, "reports", changed("reports", **{"TCD-1": {"note": "New"}}))
    Report.objects.filter(reference="TCD-1").update(note="Another")
    Report.objects.filter(reference="TCD-1").update(note="New")
    assert "is undone" in undo(client, done).content.decode()


def test_the_first_rows_are_named_and_all_are_counted(client, rows, monkeypatch):
    monkeypatch.setattr(undo_import, "NAMED", 2)
    done = import_of(client, "reports", changed("reports", MANY))
    Report.objects.filter(reference__startswith="N-").update(note="x")
    assert "and 3 more." in undo(client, done).content.decode()


def test_a_rule_that_forbids_the_state_before_is_told(client, rows):
    done = import_of(client, "reports", changed("reports", **{"COG-1": {"kind": "additional information"}}))
    factories.report(State.objects.get(iso3="COG"), submitted="2004-10")
    assert "a State has one first report" in undo(client, done).content.decode()
    assert not Import.objects.get().undone_at


def test_undone_twice_is_undone_once(client, rows):
    done = import_of(client, "reports", changed("reports", MANY))
    undo(client, done)
    assert "It was undone on" in undo(client, done).content.decode()
    assert LogEntry.objects.filter(object_repr="Undo of import of file.csv").count() == 1


def test_the_same_form_sent_again_at_the_same_moment_finds_it_undone(client, rows):
    done = import_of(client, "reports", changed("reports", MANY))
    undo(client, done)
    assert desk.undo_and_note(factories.user(username="other"), TABLES["reports"], done.pk, "Again") == ""
    assert LogEntry.objects.filter(object_repr="Undo of import of file.csv").count() == 1


def test_without_a_reason_nothing_is_undone(client, rows):
    done = import_of(client, "reports", changed("reports", MANY))
    assert "Say in a few words why" in undo(client, done, " ").content.decode()
    assert Report.objects.count() == 7


def test_what_was_undone_can_be_imported_again(client, rows):
    data = changed("reports", MANY)
    undo(client, import_of(client, "reports", data))
    again = import_of(client, "reports", data)
    assert (again.inserted, Import.objects.count()) == (5, 2)


@pytest.mark.parametrize(
    ("role", "new", "public", "undone"),
    [
        ("Administrator", MANY, False, True),
        ("Publisher", MANY, False, 403),
        ("Publisher", [], True, True),
        ("Editor", [], False, True),
        ("Editor", [], True, "you may not publish"),
        ("Viewer", [], False, 403),
    ],
)
def test_who_may_delete_publish_and_change_may_undo(client, rows, role, new, public, undone):
    Report.objects.update(published=public)
    done = import_of(client, "reports", changed("reports", new, **{"TCD-1": {"note": "New"}}))
    answer = undo(signed_in(role), done)
    if undone == 403:
        assert answer.status_code == 403
    else:
        assert ("is undone" if undone is True else undone) in answer.content.decode()
    assert bool(Import.objects.get().undone_at) is (undone is True)


def test_the_page_of_import_lists_the_latest_imports_with_their_undoing(client, rows):
    done = import_of(client, "reports", changed("reports", MANY))
    page = client.get(reverse("desk-import", args=["reports"])).content.decode()
    assert reverse("desk-undo", args=["reports", done.key]) in page
    assert "file.csv" in page
    assert "file.csv" not in client.get(reverse("desk-import", args=["visits"])).content.decode()
    undo(client, done)
    page = client.get(reverse("desk-import", args=["reports"])).content.decode()
    assert "Undone <time" in page
    assert reverse("desk-undo", args=["reports", done.key]) not in page


def test_an_import_of_another_table_is_not_there(client, rows):
    done = import_of(client, "reports", changed("reports", MANY))
    assert client.get(reverse("desk-undo", args=["visits", done.key])).status_code == 404


def test_many_rows_are_undone_by_as_many_questions_as_few(client, rows, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(table_import, "BATCH", 1000)
    more = [one | {"reference": f"M-{number}"} for number in range(60) for one in MANY[:1]]
    done = import_of(client, "reports", changed("reports", more))
    with django_assert_max_num_queries(90):
        undo(client, done)
    assert Report.objects.count() == 2
