"""The history of a row at the desk: what changed, in words; and why it is asked."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from r1540 import history
from states.models import Report
from tests import factories as make
from tests.desk.admin_client import (
    act,
    address,
    change,
    chosen,
    confirmed,
    entries,
    history_page,
    remove,
    signed_in,
    typed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return make.state("Chad")


# In words


def test_the_history_of_a_role_asks_as_often_for_many_permissions_as_for_one(desk):
    few, many = Group.objects.create(name="Few"), Group.objects.create(name="Many")
    few.permissions.add(Permission.objects.first())
    many.permissions.add(*Permission.objects.all())
    asked = []
    for group in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert history_page(desk, "auth_group", group).status_code == 200
        asked.append(len(queries))
    assert asked[1] <= asked[0] < 20  # the first also fills caches


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
    text = history_page(desk, "states_report", report).text
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
    assert "No reason was given." in history_page(desk, "states_state", chad).text


def test_publishing_stands_in_the_history(desk, chad):
    report = make.report(chad, checked=True)
    act(desk, "states_report", "publish", report)
    assert entries(desk, "states_report", report)[0]["lines"][0] == ("Published", "no", "yes")


def test_the_history_of_a_person_tells_of_a_password_without_it(desk):
    editor = make.user("Editor")
    editor.set_password("Xyzzysecret1")
    with history.by(why="Forgotten."):
        editor.save()
    answer = history_page(desk, "auth_user", editor)
    assert answer.context["entries"][0]["lines"] == [("What is not kept, such as a password", "", "changed")]
    assert editor.password not in answer.text


def test_a_long_history_takes_the_same_number_of_queries(desk, chad):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert history_page(desk, "states_report", report).status_code == 200
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
    answer = desk.post(url, confirmed(report) | {"reason": reason})
    assert answer.status_code == (302 if is_deleted else 200)
    assert Report.objects.exists() is not is_deleted
    if not is_deleted:
        assert 'name="reason"' in answer.text
        assert "errorlist" in answer.text


@pytest.mark.parametrize(
    "action, rows, is_asked",
    [
        *(("mark_checked", 1, False), ("mark_checked", 2, True), ("publish", 1, False), ("publish", 2, True)),
        *(("unpublish", 1, True), ("unpublish", 2, True)),
    ],
)
def test_actions_need_a_reason_except_to_check_or_publish_one_fact(desk, chad, action, rows, is_asked):
    before = {"checked": action != "mark_checked", "published": action == "unpublish"}
    made = [make.report(state, **before) for state in (chad, make.state("Congo"))][:rows]
    data = {name: value for name, value in chosen(action, *made).items() if name != "reason"}
    url, rows = reverse("admin:states_report_changelist"), Report.objects.filter(pk__in=[r.pk for r in made], **before)
    answer = desk.post(url, data)
    assert (answer.status_code == 200) is is_asked
    assert rows.exists() is is_asked
    if is_asked:
        data = {}
        for name, value in answer.context["carried"]:
            data.setdefault(name, []).append(value)
        assert desk.post(url, data | {"reason": " "}).status_code == 200  # asked again, with all that was chosen
        desk.post(url, data | {"reason": "A letter."})
        assert not rows.exists()


@pytest.mark.parametrize("index", ["1", "-1", "odd"])
def test_no_order_of_actions_gets_by_without_a_reason(desk, chad, index):
    report = make.report(chad, published=True)
    url = reverse("admin:states_report_changelist")
    for actions in (["publish", "unpublish"], ["unpublish", "publish"]):
        desk.post(url, chosen(actions, report) | {"index": index, "reason": ""})
        assert Report.objects.get().published


def test_deleting_selected_rows_asks_again_until_there_is_a_reason(desk, chad):
    report, url = make.report(chad), reverse("admin:states_report_changelist")
    data = {name: value for name, value in chosen("delete_selected", report).items() if name != "reason"}
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
