"""The history of a row at the desk: what changed, in words; why it is asked; and what can be undone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from r1540 import history
from r1540.desk.reasons import MISSING
from states.models import ActionPlan, Membership, Report, StateName
from tests import factories as make
from tests.test_admin import act, messages
from tests.test_roles import address, signed_in, typed
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return make.state("Chad")


def change(client, name, row, why="A reason.", **fields):
    url = address(name, "change", row)
    answer = client.post(url, typed(client, url) | fields | {"reason": why})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def page(client, name, row):
    return client.get(address(name, "history", row))


def entries(client, name, row):
    return page(client, name, row).context["entries"]


def undo(client, name, row, number=0, why="It was right."):
    """What is said after undoing a change, the latest being 0."""
    key = entries(client, name, row)[number]["change"].key
    return messages(client, address(name, "history", row), change=key, reason=why)


def remove(row):
    """Delete a row by a change of its own."""
    with history.by(why="Entered twice."):
        row.delete()


# In words


def test_a_change_tells_each_field_before_and_after_in_words(desk, chad):
    report = make.report(chad, "2004-10-27", sources=[make.source(title="Letter")])
    other = make.source(title="Note verbale")
    change(
        *(desk, "states_report", report, "The letter says so."),
        submitted="October 2004",
        certainty="press",
        language="fr",
        sources=[other.pk],
    )
    latest = entries(desk, "states_report", report)[0]
    assert latest["lines"] == [
        ("Certainty", "Cited document", "Press"),
        ("Submitted", "27 October 2004", "October 2004"),
        ("Original language", "none recorded", "French"),
        ("Sources", "Letter", ""),
        ("Sources", "", "Note verbale"),
    ]
    assert (latest["change"].who, latest["change"].why) == ("superuser", "The letter says so.")
    text = page(desk, "states_report", report).text
    assert f"{latest['change'].at:%-d %B %Y, %H:%M} UTC" in text
    assert "The letter says so." in text


def test_names_and_memberships_stand_in_the_history_of_their_state(desk, chad):
    name = make.state_name(chad, "Tschad", "en")
    make.membership(make.organization("AU"), chad)
    fields = {"names-0-name": "Tchad", "memberships-0-left": "2013", "internal_note": "Seen."}
    change(desk, "states_state", chad, **fields)
    au = "Chad in AU: member"
    assert entries(desk, "states_state", chad)[0]["lines"] == [
        ("Internal note", "none recorded", "Seen."),
        ("Name of a State, Tchad (English, popular name): name", "Tschad", "Tchad"),
        (f"Membership, {au}: left", "none recorded", "2013"),
    ]
    remove(name)
    assert entries(desk, "states_state", chad)[0]["lines"][1] == (
        *("Name of a State, Tchad (English, popular name): kind", "Popular name", ""),
    )


def test_a_deleted_source_is_named_as_it_was(desk, chad):
    source = make.source(title="Letter")
    report = make.report(chad, sources=[source])
    with history.by(why="Another letter."):
        report.sources.clear()
    remove(source)
    lines = [line for entry in entries(desk, "states_report", report) for line in entry["lines"]]
    assert ("Sources", "", "Letter") in lines
    assert ("Sources", "Letter", "") in lines


def test_what_was_done_outside_names_the_login_of_the_database(desk, chad):
    latest = entries(desk, "states_state", chad)[0]["change"]
    assert latest.who == f"the database's login {connection.settings_dict['USER']}"
    assert "No reason was given." in page(desk, "states_state", chad).text


def test_publishing_stands_in_the_history(desk, chad):
    report = make.report(chad)
    act(desk, "states_report", "publish", report)
    assert entries(desk, "states_report", report)[0]["lines"] == [("Published", "no", "yes")]


def test_the_history_of_a_person_tells_of_a_password_without_it(desk):
    editor = make.user("Editor")
    editor.set_password("Xyzzysecret1")
    with history.by(why="Forgotten."):
        editor.save()
    answer = page(desk, "auth_user", editor)
    assert answer.context["entries"][0]["lines"] == [("What is not kept, such as a password", "", "changed")]
    assert editor.password not in answer.text


def test_a_long_history_takes_the_same_number_of_queries(desk, chad):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert page(desk, "states_report", report).status_code == 200
        return len(captured)

    report = make.report(chad, sources=[make.source()])
    queries()
    few = queries()
    for number in range(40):
        with history.by(why=f"Reason {number}"):
            report.sources.add(make.source())
            Report.objects.update(note=str(number))
    assert queries() == few < 20
    assert len(entries(desk, "states_report", report)) == 25


@pytest.mark.parametrize("number", ["abc", "0", "9" * 30, "_00"])
def test_a_row_that_never_was_has_no_history(desk, number):
    assert desk.get(reverse("admin:states_report_history", args=[number])).status_code == 302


# Why


def test_a_change_without_a_reason_is_not_saved(desk, chad):
    url = address("states_state", "change", chad)
    answer = desk.post(url, typed(desk, url) | {"internal_note": "Seen.", "reason": "  "})
    assert list(answer.context["adminform"].form.errors) == ["reason"]
    assert "Say in a few words why" in answer.text
    chad.refresh_from_db()
    assert chad.internal_note == ""


def test_an_addition_is_asked_no_reason(desk):
    assert "reason" not in desk.get(reverse("admin:states_report_add")).context["adminform"].form.fields


def test_who_may_only_look_is_asked_no_reason(chad):
    assert 'name="reason"' not in signed_in("Viewer").get(address("states_state", "change", chad)).text


@pytest.mark.parametrize(
    "reason, is_deleted", [("", False), ("  ", False), ("x" * 201, False), ("Entered twice", True)]
)
def test_a_deletion_needs_a_reason(desk, chad, reason, is_deleted):
    report = make.report(chad)
    url = address("states_report", "delete", report)
    answer = desk.post(url, {"post": "yes", "reason": reason})
    assert answer.status_code == (302 if is_deleted else 200)
    assert Report.objects.exists() is not is_deleted
    if not is_deleted:
        assert 'name="reason"' in answer.text
        assert "errorlist" in answer.text


@pytest.mark.parametrize(
    "action, rows, is_asked",
    [("publish", 1, False), ("publish", 2, True), ("unpublish", 1, True), ("unpublish", 2, True)],
)
def test_actions_need_a_reason_except_to_publish_one_fact(desk, chad, action, rows, is_asked):
    before = action == "unpublish"
    made = [make.report(state, published=before) for state in (chad, make.state("Congo"))][:rows]
    data = {"action": action, "_selected_action": [row.pk for row in made], "index": 0}
    words = messages(desk, reverse("admin:states_report_changelist"), **data)
    assert (words == [MISSING]) is is_asked
    assert Report.objects.filter(pk__in=[r.pk for r in made], published=not before).exists() is not is_asked


def test_deleting_selected_rows_asks_again_until_there_is_a_reason(desk, chad):
    report, url = make.report(chad), reverse("admin:states_report_changelist")
    data = {"action": "delete_selected", "_selected_action": report.pk, "index": 0}
    asked = desk.post(url, data | {"reason": "Entered twice"})
    assert 'value="Entered twice"' in asked.text
    again = desk.post(url, data | {"post": "yes"})
    assert again.status_code == 200
    assert 'name="reason"' in again.text
    assert Report.objects.exists()
    desk.post(url, data | {"post": "yes", "reason": "Entered twice"})
    assert not Report.objects.exists()


def test_the_last_different_reasons_of_the_person_are_offered(desk, chad):
    for number, why in enumerate(["First", "Second", "First", "Third"]):
        change(desk, "states_state", chad, why, internal_note=str(number))
    other = make.user("Publisher")
    with history.by(other, "Of somebody else"):
        type(chad).objects.update(internal_note="Other.")
    text = desk.get(address("states_state", "change", chad)).text
    offered = [f'<option value="{why}"></option>' for why in ("Third", "First", "Second")]
    places = [text.index(option) for option in offered]
    assert places == sorted(places)
    assert "Of somebody else" not in text
    for url in (reverse("admin:states_state_changelist"), address("states_state", "delete", chad)):
        assert offered[0] in desk.get(url).text


# Undo


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
    report = make.report(chad)
    act(desk, "states_report", "publish", report)
    assert "publish or unpublish it instead" in refused(undo(desk, "states_report", report))
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
    desk.post(address("visits_visit", "delete", visit), {"post": "yes", "reason": "Entered twice"})
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
    desk.post(address("states_report", "delete", report), {"post": "yes", "reason": "Entered twice"})
    editor = signed_in("Editor")
    key = editor.get(url).context["entries"][0]["change"].key
    assert "only who may publish it" in refused(messages(editor, url, change=key, reason="Why"))
    messages(signed_in("Publisher"), url, change=key, reason="Why")
    assert Report.objects.get().published
