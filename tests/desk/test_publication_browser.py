"""A report from letter to publication, in a real browser: two people, and a reader who sees nothing until the end."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from states.models import Report, State
from tests import factories as make
from tests.browsing import broken_rules
from tests.desk.admin_client import address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
READER = "/states/TCD/"


def read(page):
    """What the public reads of it on the page of the State."""
    page.goto(READER)
    return page.locator("#history ~ ol").all_inner_texts()


def press(page, name):
    page.get_by_role("region", name="From letter to publication").get_by_role("button", name=name).click()


@pytest.mark.parametrize("people", [True, False], indirect=True, ids=["script", "no script"])
def test_from_letter_to_publication_and_back(people, settings):  # noqa: F811
    settings.TWO_PERSON_RULE = True
    make.source("letter", title="Note verbale of Chad")
    make.state("Chad")
    clerk, colleague = people

    clerk.goto(f"{reverse('admin:states_report_add')}?state={State.objects.get().pk}")
    clerk.get_by_label("Submitted").fill("21 December 2007")
    clerk.get_by_label("Received on").fill("by 7 January 2008")
    clerk.get_by_label("Document symbol").fill("S/AC.44/2007/10")
    clerk.get_by_label("Symbol assigned on").fill("2008")
    clerk.get_by_label("Issued on").fill("12 April 2010")
    clerk.get_by_role("button", name="Save", exact=True).first.click()
    expect(clerk.locator(".messagelist")).to_contain_text("added successfully")
    report = Report.objects.get()
    page_of_it = address("states_report", "change", report)
    clerk.goto(page_of_it)
    steps = clerk.get_by_role("region", name="From letter to publication")
    expect(steps).to_contain_text("Somebody else checks and publishes it")
    assert steps.get_by_role("button").count() == 0
    assert read(clerk) == []

    colleague.goto(page_of_it)
    press(colleague, "Checked against its source")
    expect(colleague.locator(".messagelist")).to_contain_text("Checked: 1 report")
    assert read(colleague) == []
    colleague.goto(page_of_it)
    press(colleague, "Publish, as last saved")
    expect(colleague.locator(".messagelist")).to_contain_text("Published: 1 report")
    (words,) = read(colleague)
    assert "21 December 2007" in words
    assert "Document S/AC.44/2007/10, assigned 2008, issued 12 April 2010" in words
    assert "Received by 7 January 2008" in words

    clerk.goto(page_of_it)
    expect(clerk.get_by_role("region", name="From letter to publication").get_by_role("listitem")).to_have_count(3)
    expect(clerk.locator(".desk-publication")).to_contain_text("To correct it, unpublish it first")
    press(clerk, "Unpublish…")
    clerk.get_by_label("Reason").fill("Letter withdrawn.")
    clerk.get_by_role("button", name="Unpublish selected reports").click()
    expect(clerk.locator(".messagelist")).to_contain_text("Unpublished: 1 report")
    assert read(clerk) == []
    clerk.goto(address("states_report", "history", report))
    expect(clerk.locator("#content-main")).to_contain_text("Letter withdrawn.")


@pytest.mark.parametrize("published", [False, True])
def test_the_steps_break_no_rule_of_accessibility(people, complaints, published):  # noqa: F811
    page = people[0]
    page.goto(address("states_report", "change", make.report(make.state("Chad"), checked=True, published=published)))
    assert not complaints
    found = broken_rules(page, ".desk-publication")
    page.close()
    complaints.clear()  # Axe itself tries inline styles
    assert found == ""
