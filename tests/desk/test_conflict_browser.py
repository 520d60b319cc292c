"""Two people in conflict, in a real browser: B sees what A saved beside what B typed, and decides."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from r1540.as_at.when import When
from states.models import Report, Source
from tests import factories
from tests.browsing import broken_rules
from tests.desk.admin_client import address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def report(people):
    return factories.report(factories.state("Chad"), "2004-10-27", checked=True)


def save(page):
    reason = page.locator("input[name=reason]").last
    if reason.count() and not reason.input_value():
        reason.fill("A test.")
    page.get_by_role("button", name="Save", exact=True).first.click()


@pytest.mark.parametrize("people", [True, False], indirect=True, ids=["script", "no script"])
def test_b_sees_what_a_saved_beside_what_b_typed_and_saves_deliberately(people, report):
    a, b = people
    for page in people:
        page.goto(address("states_report", "change", report))
    a.get_by_label("Submitted").fill("28 October 2004")
    a.get_by_label("Certainty").select_option(label="Press")
    save(a)
    expect(a.locator(".messagelist")).to_contain_text("changed successfully")

    b.get_by_label("Submitted").fill("October 2004")
    b.locator("#id_note").fill("As the letter says.")
    save(b)
    expect(b.get_by_role("heading", name="Changed while you had it open")).to_be_visible()
    expect(b.locator("#conflict")).to_contain_text("Last saved by one,")
    cells = [row.locator("th, td").all_inner_texts() for row in b.locator("#conflict tbody tr").all()]
    assert cells == [
        ["Submitted", "28 October 2004", "October 2004"],
        ["Certainty", "Press", "Cited document"],
        ["Note", "none recorded", "As the letter says."],
    ]
    expect(b.locator("#conflict")).to_be_focused()
    expect(b.get_by_label("Submitted")).to_have_value("October 2004")
    expect(b.locator("#id_note")).to_have_value("As the letter says.")
    assert Report.objects.get().submitted == When.day(date(2004, 10, 28))

    save(b)
    expect(b.locator(".messagelist")).to_contain_text("changed successfully")
    saved = Report.objects.get()
    assert (str(saved.submitted), saved.note, saved.certainty) == (
        "October 2004",
        "As the letter says.",
        "document-cited",
    )


def test_the_page_of_a_conflict_breaks_no_rule_of_accessibility(people, report, complaints):
    a, b = people
    for page in people:
        page.goto(address("states_report", "change", report))
    a.locator("#id_note").fill("As the letter says.")
    save(a)
    expect(a.locator(".messagelist")).to_contain_text("changed successfully")
    b.get_by_label("Submitted").fill("October 2004")
    save(b)
    expect(b.locator("#conflict")).to_be_visible()
    assert not complaints
    assert broken_rules(b, "#conflict") == ""
    complaints.clear()  # Axe itself tries inline styles
    assert b.locator("#conflict caption").count() == 1


def test_what_b_typed_is_added_anew_when_a_deleted_the_record(people, report):
    a, b = people
    b.goto(address("states_report", "change", report))
    b.locator("#id_note").fill("As the letter says.")
    a.goto(address("states_report", "delete", report))
    a.locator("input[name=reason]").fill("Entered twice.")
    a.get_by_role("button", name="Yes, I’m sure").click()
    expect(a.locator(".messagelist")).to_contain_text("deleted successfully")
    save(b)
    expect(b.get_by_role("heading", name="Deleted while you had it open")).to_be_visible()
    expect(b.locator("#conflict")).to_contain_text("Deleted by one,")
    expect(b.locator("#conflict")).to_be_focused()
    save(b)
    expect(b.locator(".messagelist")).to_contain_text("added successfully")
    assert Report.objects.get().note == "As the letter says."


def test_a_button_pressed_twice_adds_one_source(people):
    page = people[0]
    page.goto(reverse("admin:states_source_add"))
    page.get_by_label("Reference").fill("note-verbale")
    page.get_by_label("Title").fill("Note verbale of Chad")
    page.get_by_role("button", name="Save", exact=True).first.dblclick()
    expect(page.locator(".messagelist")).to_contain_text("Note verbale of Chad")
    assert Source.objects.count() == 1


def test_an_action_on_a_list_that_is_no_longer_so_is_refused(people, report):
    a, b = people
    b.goto(reverse("admin:states_report_changelist"))
    a.goto(address("states_report", "change", report))
    a.get_by_label("Internal note").fill("Seen.")
    save(a)
    expect(a.locator(".messagelist")).to_contain_text("changed successfully")
    b.check("input.action-select")
    b.select_option("select[name=action]", label="Publish selected reports")
    b.locator(".actions input[name=reason]").fill("A test.")
    b.click("button[name=index]")
    expect(b.locator(".messagelist")).to_contain_text("Nothing was done")
    assert not Report.objects.get().published
    b.check("input.action-select")
    b.select_option("select[name=action]", label="Publish selected reports")
    b.locator(".actions input[name=reason]").fill("A test.")
    b.click("button[name=index]")
    expect(b.locator(".messagelist")).to_contain_text("Published: 1 report")
