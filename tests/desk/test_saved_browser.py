"""A saved filter in a real browser, with and without JavaScript: filter, save, find it on the first page, open it."""

import re

import pytest
from playwright.sync_api import expect

from r1540.models import SavedFilter
from tests import factories
from tests.browsing import broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def pages(people):  # noqa: F811
    factories.report(factories.state("Chad"))
    factories.report(factories.state("Congo"), kind="additional information")
    return people


def save(page, name, for_all=False):
    page.goto("/admin/states/report/")
    page.locator("#changelist-filter").get_by_role("link", name="First report").click()
    page.get_by_text("Save this filter").click()
    form = page.get_by_label("Saved filters")
    form.get_by_label("Name").fill(name)
    form.get_by_label("For all staff").set_checked(for_all)
    page.get_by_role("button", name="Save filter").click()


@pytest.mark.parametrize("people", [True, False], indirect=True, ids=["script", "no script"])
def test_a_filter_is_saved_found_on_the_first_page_and_opened_by_somebody_else(pages):
    one, other = pages
    save(one, "First ones", for_all=True)
    expect(one.locator(".messagelist")).to_contain_text("Saved: the filter “First ones”, for all staff.")
    expect(one.get_by_label("Saved filters").get_by_role("link", name="First ones")).to_have_attribute(
        "aria-current", "true"
    )
    other.goto("/admin/")
    other.get_by_role("link", name="First ones").click()
    expect(other).to_have_url(re.compile(r"/admin/states/report/\?kind__exact=first\+report$"))
    expect(other.locator("#result_list tbody tr")).to_have_count(1)
    expect(other.locator("#result_list")).to_contain_text("Chad")


@pytest.mark.parametrize("people", [True, False], indirect=True, ids=["script", "no script"])
def test_one_that_is_no_longer_understood_says_so_and_is_deleted(pages):
    page = pages[0]
    save(page, "First ones")
    SavedFilter.objects.update(parameters="gone=letter")
    page.goto("/admin/")
    page.get_by_role("link", name="First ones").click()
    expect(page.locator("#content-main")).to_contain_text("Its list has no such filter, or cannot read a value.")
    page.get_by_role("button", name="Delete “First ones”").click()
    expect(page.locator(".messagelist")).to_contain_text("Deleted: the saved filter “First ones”.")
    assert not SavedFilter.objects.exists()


def test_a_name_that_is_taken_is_refused_beside_what_was_typed_by_keyboard(pages):
    page = pages[0]
    save(page, "First ones")
    page.get_by_text("Save this filter").focus()
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("First ones")
    page.keyboard.press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("has this name already")
    expect(page.get_by_label("Name")).to_have_value("First ones")


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_of_saved_filters_breaks_a_rule_of_accessibility(pages, complaints, width):  # noqa: F811
    page = pages[0]
    page.set_viewport_size({"width": width, "height": 900})
    save(page, "First ones", for_all=True)
    page.get_by_text("Save this filter").click()
    assert page.evaluate("document.querySelector('.desk-saved-here').scrollWidth") <= width
    row = SavedFilter.objects.get()
    stale = factories.saved_filter(row.owner, "gone=1", name="Of old")
    places = [(page.url, ".desk-saved-here"), ("/admin/", ".desk-saved"), ("/admin/saved-filters/", "#content")]
    places += [(f"/admin/saved-filters/{row.pk}/change/", "#content"), (stale.get_absolute_url(), "#content")]
    for url, part in places:
        page.goto(url)
        for details in page.locator(".desk-saved-here summary").all():
            details.click()
        assert not complaints
        assert broken_rules(page, part) == "", url
        complaints.clear()  # Axe itself tries inline styles
