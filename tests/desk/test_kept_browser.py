"""Nothing typed is lost, in a real browser: Enter, Back, and a session that ended while a form was open."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from states.models import Report
from tests import factories as make
from tests.browsing import broken_rules
from tests.desk.admin_client import address
from tests.desk.test_admin_browser import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
WORD = "a long pass phrase"


def fill_in(page):
    """Type a new report: a State, a source, a day and a note."""
    page.goto(reverse("admin:states_report_add"))
    choose(page, ".field-state", "Cha", "Chad")
    page.locator(".field-sources .select2-selection").click()
    page.keyboard.type("Lett")
    page.locator(".select2-results__option", has_text="Letter").click()
    page.get_by_label("Submitted").fill("October 2004")
    page.locator("#id_note").fill("As the letter says.")


def sign_in(page):
    page.get_by_label("Username").fill("one")
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#login-form")).to_have_count(0)


def expect_filled(page):
    expect(page.locator(".field-state .select2-selection")).to_contain_text("Chad")
    expect(page.locator(".field-sources .select2-selection")).to_contain_text("Letter")
    expect(page.get_by_label("Submitted")).to_have_value("October 2004")
    expect(page.locator("#id_note")).to_have_value("As the letter says.")


@pytest.fixture
def page(people):
    make.state("Chad")
    make.source(title="Letter")
    return people[0]


def test_what_was_typed_and_chosen_is_there_after_back_and_is_saved_once(page):
    fill_in(page)
    page.get_by_role("link", name="Home").first.click()
    page.go_back()
    expect(page.locator(".desk-back")).to_contain_text("shown again")
    expect_filled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("added successfully")
    assert Report.objects.get().sources.get().title == "Letter"
    page.go_back()
    expect_filled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("sent twice, and counted once")
    assert Report.objects.count() == 1
    page.go_back()
    page.get_by_role("link", name="Show the form without it").click()
    expect(page.locator(".desk-back")).to_have_count(0)
    expect(page.locator("#id_note")).to_have_value("")


def test_a_new_row_of_an_inline_is_there_after_back(page):
    make.organization("AU", name="African Union")
    page.goto(address("states_state", "change", make.state("Congo")))
    page.get_by_text("Add another Membership").click()
    choose(page, "#memberships-0 .field-organization", "afr", "African Union")
    page.get_by_role("link", name="Home").first.click()
    page.go_back()
    expect(page.locator("#memberships-0 .field-organization .select2-selection")).to_contain_text("African Union")


def test_a_session_that_ended_loses_nothing(page, complaints):
    person = User.objects.get(username="one")
    person.set_password(WORD)
    person.save()
    page.goto(reverse("admin:login"))  # with the new password nobody is signed in any more
    sign_in(page)
    fill_in(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[role=alert]")).to_contain_text("Your session had ended")
    complaints[:] = [words for words in complaints if "403" not in words]  # that of the sign-in page
    sign_in(page)
    expect(page.locator(".desk-wrong")).to_contain_text("your session had ended")
    expect_filled(page)
    assert Report.objects.count() == 0
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("added successfully")
    assert Report.objects.get().sources.get().title == "Letter"


def test_enter_in_any_field_of_a_published_row_saves_it(people):
    page = people[0]
    report = make.report(make.state("Chad"), checked=True, published=True)
    page.goto(address("states_report", "change", report))
    page.get_by_label("Document symbol").fill("S/AC.44/2004/(02)/22")
    page.get_by_label("Reason").fill("The letter says so.")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    report.refresh_from_db()
    assert (report.symbol, report.published) == ("S/AC.44/2004/(02)/22", True)


@pytest.mark.parametrize(("people", "is_with_script"), [(True, True), (False, False)], indirect=["people"])
def test_errors_are_summed_up_and_have_the_focus(people, is_with_script, complaints):
    page = people[0]
    page.goto(reverse("admin:states_report_add"))
    page.get_by_label("Submitted").fill("some day")
    page.keyboard.press("Enter")
    wrong = page.locator(".desk-wrong")
    expect(wrong).to_be_focused()
    expect(page).to_have_title(re.compile("^\\s*Error:"))
    wrong.get_by_role("link", name="Submitted").click()
    expect(page.get_by_label("Submitted")).to_be_focused()
    if is_with_script:
        assert not complaints
        assert broken_rules(page, ".desk-wrong") == ""
        complaints.clear()  # Axe itself tries inline styles
