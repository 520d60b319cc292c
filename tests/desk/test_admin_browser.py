"""The desk in a real browser, under the site's strict Content-Security-Policy: nothing of Django's admin may break."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browsing import context_of
from tests.desk.admin_client import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser, live_server):
    """A page of somebody signed in; whatever the policy refused, or a script raised, fails the test."""
    factories.state_name(factories.state("Chad"), "Чад", "ru", "short")
    factories.organization("AU", name="African Union")
    complaints = []
    context = context_of(browser, live_server.url, signed_in(None), complaints)
    yield context.new_page()
    context.close()
    assert not [words for words in complaints if "favicon" not in words and "404" not in words]


def choose(page, row, words, label):
    """Find something in an autocomplete by a few letters."""
    page.locator(f"{row} .select2-selection").click()
    page.keyboard.type(words)
    page.locator(".select2-results__option", has_text=label).click()


def test_a_report_is_logged_with_a_new_source(page):
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Log a new report").click()
    choose(page, ".field-state", "Чад", "Chad")
    page.get_by_label("Submitted").fill("October 2004")
    with page.expect_popup() as popup:
        page.locator("#add_id_sources").click()
    popup.value.get_by_label("Reference").fill("note-verbale")
    popup.value.get_by_label("Title").fill("Note verbale of Chad")
    popup.value.get_by_role("button", name="Save").first.click()
    expect(page.locator(".field-sources")).to_contain_text("Note verbale of Chad")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("Chad: first report, October 2004")
    page.get_by_role("link", name="Chad", exact=True).click()
    page.get_by_role("button", name="Checked against its source").click()
    page.get_by_role("link", name="Chad", exact=True).click()
    page.get_by_role("button", name="Publish, as last saved").click()
    expect(page.locator(".messagelist")).to_contain_text("and what they cite: Note verbale of Chad")


def test_a_membership_is_added_in_a_new_row_and_a_day_picked_from_the_calendar(page):
    page.goto(reverse("admin:states_state_changelist") + "?q=TCD")
    page.get_by_role("link", name="Chad", exact=True).click()
    page.get_by_text("Add another Membership").click()
    choose(page, "#memberships-0 .field-organization", "afr", "African Union")
    page.locator("a:has(.date-icon)").first.click()
    page.locator(".calendarbox:visible").get_by_role("link", name="15", exact=True).click()
    page.get_by_label("Reason").fill("The Union's list of members")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
