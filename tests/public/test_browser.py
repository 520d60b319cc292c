"""A report from letter to reader, in a real browser: logged, published, found by region, read in the export."""

import csv

import pytest
from playwright.sync_api import expect

from states.models import State
from tests import factories as make
from tests.browsing import broken_in_light_or_dark, broken_on_a_phone_or_in_forced_colours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def page(browser, live_server):
    context = browser.new_context(base_url=live_server.url, accept_downloads=True)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    yield page
    context.close()


def sign_in(page):
    page.goto("/admin/")
    page.fill("#id_username", "publisher")
    page.fill("#id_password", "a long pass phrase")
    page.click("input[type=submit]")


def log_report(page):
    page.goto("/admin/states/report/add/")
    page.click(".field-state .select2-selection")
    page.keyboard.type("cha")
    page.click(".select2-results__option >> text=Chad")
    page.fill("#id_submitted", "5 November 2018")
    page.fill("#id_symbol", "S/AC.44/2018/7")
    page.click("input[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("added successfully")


def test_a_report_is_logged_published_found_by_region_and_read_in_the_export(page, publisher, tmp_path):
    sign_in(page)
    log_report(page)
    page.goto("/states/?region=Africa&first_report=recorded")
    expect(page.locator("#count")).to_contain_text("0 States")

    page.goto("/admin/states/report/")
    for step, words in (
        ("Check selected reports against their source", "Checked"),
        ("Publish selected reports", "Published"),
    ):
        page.check("input.action-select")
        page.select_option("select[name=action]", label=step)
        page.click("button[name=index]")
        expect(page.locator(".messagelist")).to_contain_text(f"{words}: 1 report")

    page.goto("/states/")
    page.click(".filters > details > summary")
    page.click("text=Region >> nth=0")
    page.check("input[name=region][value=Africa]")
    page.click(".filters button")
    expect(page.locator("#count")).to_contain_text("1 State")
    page.click("table.list >> text=Chad")
    expect(page.locator("#TCD-first-report")).to_contain_text("5 November 2018")
    expect(page.locator("#TCD-first-report")).to_contain_text("S/AC.44/2018/7")

    page.goto("/reports/?region=Africa")
    with page.expect_download() as download:
        page.click("text=CSV")
    download.value.save_as(tmp_path / "reports.csv")
    rows = list(csv.DictReader((tmp_path / "reports.csv").open(encoding="utf-8-sig")))
    assert [(row["state"], row["submitted"], row["symbol"]) for row in rows] == [
        ("Chad", "2018-11-05", "S/AC.44/2018/7")
    ]
    assert page.problems == []


PAGES = ["/", "/states/", "/states/?region=Africa", "/states/TCD/", "/visits/", "/search/?q=chad", "/about/", "/plans/"]
PAGES += ["/states/?view=board", "/figures/?by=region", "/figures/first-reports/"]
PAGES += ["/about/coverage/", "/news/", "/news/?kind=report", "/published-figures/"]
PAGES += ["/reports/", "/events/", "/sources/", "/organizations/", "/figures/history/"]
PAGES += ["/organizations/CIS/", "/groups/", "/groups/african-group/", "/figures/changes/"]
PAGES += ["/figures/changes/?since=2013-01-15", "/figures/changes/?since=2013-01-15&as_of=2013-11-18"]


@pytest.mark.parametrize("part", range(3))
def test_the_public_pages_break_no_rule_of_accessibility_and_fit_a_phone(browser, live_server, publisher, part):
    """Each page is loaded once for all of it: to load it takes longer than to look at it."""
    chad = State.objects.get(iso3="TCD")
    source = make.source(published=True)
    make.report(chad, published=True, sources=[source])
    make.visit(chad, published=True)
    make.membership(make.organization("CIS"), chad)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    for address in [*PAGES, source.get_absolute_url()][part::3]:
        page.set_viewport_size({"width": 1200, "height": 900})
        page.goto(address)
        assert broken_in_light_or_dark(page) == "", address
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert broken_on_a_phone_or_in_forced_colours(page) == "", address
    context.close()
