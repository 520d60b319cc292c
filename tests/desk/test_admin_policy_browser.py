"""Every page of the admin in a real browser: the strict policy refuses nothing of it, and no script of it fails."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from r1540 import interchange
from states.models import Report
from tests.browsing import context_of
from tests.desk.admin_client import address, signed_in
from tests.desk.desk_addresses import filled, page_of, patterns, rows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

# What is no page of its own: files, what is posted only, answers to scripts, addresses that only lead on.
NO_PAGES = {"logout", "jsi18n", "autocomplete", "view_on_site", "old_address", "catch_all", "saved-filter-delete"}


class Watched:
    """A page that is asked after each step whether anything was refused or failed."""

    def __init__(self, page, complaints):
        self.page, self.complaints, self.seen = page, complaints, 0

    def quiet(self, what):
        assert self.complaints == [], what
        self.seen += 1

    def open(self, url):
        assert self.page.goto(url).status == 200, url
        self.quiet(url)

    def press(self, button, **options):
        self.page.get_by_role("button", name=button, **options).first.click()
        self.page.wait_for_load_state()
        self.quiet(f"{button}: {self.page.url}")


@pytest.fixture
def watched(browser, live_server, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    complaints = []
    context = context_of(browser, live_server.url, signed_in(None), complaints)
    yield Watched(context.new_page(), complaints)
    context.close()


def test_every_address_of_the_admin(watched):
    made = rows()
    for name, route, _ in patterns():
        model, kind = page_of(name, route)
        if kind not in NO_PAGES:
            watched.open(filled(route, made.get(model)))
    for table in interchange.TABLES:
        watched.open(f"/admin/files/{table.name}/import/")
    assert watched.seen > 70


def test_what_is_reached_by_doing_something(watched):
    page, report, url = watched.page, rows()["states_report"], reverse("admin:states_report_changelist")
    watched.open(f"{url}?q=chad&submitted_in=2004&waiting=to-check")
    page.check("input.action-select")
    page.select_option("select[name=action]", "delete_selected")
    page.locator(".actions input[name=reason]").fill("A test.")
    watched.press("Go", exact=True)
    expect(page.get_by_role("button", name="Yes, I’m sure")).to_be_visible()

    watched.open(f"{address('states_source', 'add')}?_popup=1&_to_field=id")
    watched.press("Save", exact=True)
    expect(page.locator(".errornote")).to_be_visible()

    watched.open(address("states_report", "change", report))
    page.locator(".field-state .select2-selection").click()
    page.keyboard.type("con")
    expect(page.locator(".select2-results__option", has_text="Congo")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#id_note").fill("Mine.")
    page.locator("input[name=reason]").last.fill("A test.")
    Report.objects.update(note="Theirs.")
    watched.press("Save", exact=True)
    expect(page.locator("#conflict")).to_be_visible()
    page.locator("input[name=reason]").last.fill("A test.")
    watched.press("Save", exact=True)
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")

    watched.open("/admin/files/sources/import/")
    file = {"name": "sources.csv", "mimeType": "text/csv", "buffer": b"reference,title\nx,y\n"}
    page.get_by_label("File").set_input_files(file)
    watched.press("Preview")
    expect(page.locator("#content")).to_contain_text("sources.csv")

    watched.open(reverse("admin:index"))
    expect(page.locator("#recent-actions-module")).to_contain_text("first report")
    page.context.clear_cookies()
    watched.open(reverse("admin:login"))
    page.fill("#id_username", User.objects.first().username)
    page.fill("#id_password", "wrong")
    watched.press("Log in")
    expect(page.locator(".errornote")).to_be_visible()


def test_a_page_that_breaks_the_policy_is_noticed(watched):
    watched.open(reverse("admin:index"))
    watched.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    with pytest.raises(AssertionError, match="a style"):
        watched.quiet("a style")
