"""Undoing one change of a row by a new change, and what refuses it."""

import pytest

from r1540 import history
from r1540.desk.reasons import MISSING
from states.models import ActionPlan, Membership, Report, StateName
from tests import factories as make
from tests.desk.admin_client import act, address, change, confirmed, entries, messages, remove, signed_in
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return make.state("Chad")


def undo(client, name, row, number=0, why="It was right."):
    """What is said after undoing a change, the latest being 0."""
    key = entries(client, name, row)[number]["change"].key
    return messages(client, address(name, "history", row), change=key, reason=why)


def test_a_change_is_undone_by_a_new_change(desk, chad):
    old, new = make.source(title="Old"), make.source(title="New")
    report = make.report(chad, "2004-10-27", sources=[old])
    change(desk, "states_report", report, submitted="October 2004", sources=[new.pk])
    assert undo(desk, "states_report", report)[0].startswith("Undone: the change of ")
    report.refresh_from_db()
    assert (str(report.submitted), list(report.sources.all())) == ("27 October 2004", [old])
    latest = entries(desk, "states_report", report)[0]["change"]
    assert latest.why.endswith(": It was right.")
    undo(desk, "states_report", report)
    report.refresh_from_db()
    assert (str(report.submitted), list(report.sources.all())) == ("October 2004", [new])


def test_undo_takes_away_an_added_name_and_brings_back_a_deleted_one(desk, chad):
    make.state_name(chad, "Tschad", "en")
    new = {"names-TOTAL_FORMS": "2", "names-1-language": "fr", "names-1-kind": "short", "names-1-name": "Tchad"}
    change(desk, "states_state", chad, **new, **{"names-0-DELETE": "on"})
    assert [name.name for name in StateName.objects.all()] == ["Tchad"]
    undo(desk, "states_state", chad)
    assert [name.name for name in StateName.objects.all()] == ["Tschad"]


def refused(words):
    assert words[0].startswith("Nothing was undone. ") or words[0] == MISSING
    return words[0]


def test_undo_is_refused_where_the_same_field_was_changed_later(desk, chad):
    report = make.report(chad)
    change(desk, "states_report", report, note="One", link="https://example.org/1")
    change(desk, "states_report", report, note="Two")
    assert "Changed again later: note." in refused(undo(desk, "states_report", report, 1))
    report.refresh_from_db()
    assert (report.note, report.link) == ("Two", "https://example.org/1")
    undo(desk, "states_report", report, 0)
    undo(desk, "states_report", report, 2)
    report.refresh_from_db()
    assert (report.note, report.link) == ("", "")


def test_undo_is_not_hindered_by_a_later_change_of_another_field(desk, chad):
    report = make.report(chad)
    change(desk, "states_report", report, note="One")
    change(desk, "states_report", report, link="https://example.org/1")
    undo(desk, "states_report", report, 1)
    report.refresh_from_db()
    assert (report.note, report.link) == ("", "https://example.org/1")


def test_undo_is_refused_where_a_part_is_gone(desk, chad):
    name = make.state_name(chad, "Tschad", "en")
    change(desk, "states_state", chad, **{"names-0-name": "Tchad"})
    remove(name)
    assert "It is gone: Tchad (English, popular name)." in refused(undo(desk, "states_state", chad, 1))


def test_undo_is_refused_where_what_it_pointed_at_is_gone(desk, chad):
    source = make.source(title="Letter")
    report = make.report(chad, sources=[source])
    change(desk, "states_report", report, sources=[])
    remove(source)
    assert "What it points at is gone: Letter." in refused(undo(desk, "states_report", report))


@pytest.mark.parametrize("by_form", [True, False])
def test_undo_is_refused_where_a_rule_forbids_it(desk, chad, by_form):
    if by_form:
        report = make.report(chad, kind="first report")
        change(desk, "states_report", report, kind="additional information")
        make.report(chad, "2004-06-01", kind="first report")
        assert "first report is recorded already" in refused(undo(desk, "states_report", report))
    else:
        au = make.organization("AU")
        row = make.membership(au, chad, number=1)
        remove(row)
        with history.by(why="Joined."):
            make.membership(au, chad, number=1)
        assert "membership with this number" in refused(undo(desk, "states_state", chad, 1))
        assert Membership.objects.count() == 1


def test_undo_of_publishing_is_refused(desk, chad):
    report = make.report(chad, checked=True)
    act(desk, "states_report", "publish", report)
    assert "steps of their own" in refused(undo(desk, "states_report", report))
    report.refresh_from_db()
    assert report.published


def test_undo_needs_a_reason_and_a_change_that_there_was(desk, chad):
    report = make.report(chad)
    change(desk, "states_report", report, note="One")
    assert undo(desk, "states_report", report, why=" ") == [MISSING]
    url = address("states_report", "history", report)
    assert messages(desk, url, change="odd", reason="Why") == ["There is no such change."]
    report.refresh_from_db()
    assert report.note == "One"


def test_an_addition_is_not_undone_but_deleted(desk, chad):
    report = make.report(chad)
    entry = entries(desk, "states_report", report)[0]
    assert not entry["may_undo"]
    assert "To undo that, delete it." in refused(undo(desk, "states_report", report))
    assert Report.objects.exists()


def test_a_deleted_fact_keeps_its_history_and_comes_back_with_its_sources(desk, chad):
    visit = make.visit(chad, sources=[make.source()], organizations=[make.organization("AU")], note="Seen.")
    url, pk = address("visits_visit", "history", visit), visit.pk
    desk.post(address("visits_visit", "delete", visit), confirmed(visit) | {"reason": "Entered twice"})
    assert not Visit.objects.exists()
    answer = desk.get(url)
    assert "(deleted)" in answer.text
    messages(desk, url, change=answer.context["entries"][0]["change"].key, reason="It was not")
    back = Visit.objects.get()
    assert (back.pk, back.reference, back.note) == (pk, visit.reference, "Seen.")
    assert (back.sources.count(), back.organizations.count()) == (1, 1)


@pytest.mark.parametrize(
    "role, published, status", [("Viewer", False, 403), ("Editor", True, 403), ("Editor", False, 302)]
)
def test_only_who_may_change_a_fact_may_undo(desk, chad, role, published, status):
    plan = make.plan(chad)
    change(desk, "states_actionplan", plan, note="One")
    ActionPlan.objects.update(published=published)
    client, url = signed_in(role), address("states_actionplan", "history", plan)
    answer = client.get(url)
    entry = next(e for e in answer.context["entries"] if e["change"].who == "superuser")
    assert entry["may_undo"] is (status == 302)
    assert client.post(url, {"change": entry["change"].key, "reason": "Why"}).status_code == status
    plan.refresh_from_db()
    assert plan.note == ("" if status == 302 else "One")


def test_only_a_publisher_brings_back_what_was_published(desk, chad):
    report = make.report(chad, published=True)
    url = address("states_report", "history", report)
    desk.post(address("states_report", "delete", report), confirmed(report) | {"reason": "Entered twice"})
    editor = signed_in("Editor")
    key = editor.get(url).context["entries"][0]["change"].key
    assert "only who may publish it" in refused(messages(editor, url, change=key, reason="Why"))
    messages(signed_in("Publisher"), url, change=key, reason="Why")
    assert Report.objects.get().published
