"""The frame and the lists in a real browser: what is seen at once, on a desk, on a phone, by keyboard and on paper."""

import pytest
from playwright.sync_api import expect

from tests.public.addresses import LISTS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

ROWS_IN_SIGHT = """() => [...document.querySelectorAll("tbody tr")]
    .filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"""
# The tables that are wider than what they stand in.
CUT_OFF = """() => [...document.querySelectorAll("table")]
    .filter(one => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right + 1)
    .map(one => one.caption.textContent)"""
WIDTH = "document.documentElement.scrollWidth"
PAPER = {"portrait": 703, "landscape": 1031}  # CSS pixels of A4 between margins of 12 mm


@pytest.fixture
def page(record, browser, live_server):
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_fifteen_states_are_seen_at_once_and_no_usual_column_of_a_list_is_cut_off(page):
    page.goto("/states/")
    assert page.evaluate(ROWS_IN_SIGHT) >= 15
    for name in LISTS:
        page.goto(f"/{name.replace(' ', '-')}/")
        for width in (1280, 1200, 1024):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(CUT_OFF) == [], (name, width)
            assert page.evaluate(WIDTH) <= width, (name, width)


def test_the_page_scrolls_and_no_box_in_it(page):
    for address in ("/states/", "/states/?cols=name&cols=formal_name&cols=region"):
        page.goto(address)
        page.click(".filters > details > summary")
        heights = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(one => one.scrollHeight > one.clientHeight + 1"
            " && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY)).map(one => one.className)"
        )
        assert heights == []


def test_what_has_the_focus_is_never_under_the_head_of_the_table(page):
    page.emulate_media(reduced_motion="reduce")  # nothing is on its way while it is measured
    page.goto("/states/")
    page.locator("tbody th a").nth(40).focus()
    for _ in range(20):  # upwards, where the head would be in the way
        page.keyboard.press("Shift+Tab")
        top, head = page.evaluate(
            "[document.activeElement, document.querySelector('thead th')]"
            ".map((one, i) => one.getBoundingClientRect()[i ? 'bottom' : 'top'])"
        )
        assert top >= head
    assert head == pytest.approx(page.evaluate("document.querySelector('thead th').offsetHeight"), abs=1)  # it stays


def test_on_a_phone_the_head_of_the_page_is_low_and_a_row_is_a_card(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/", "/states/", "/states/TCD/", "/visits/"):
        page.goto(address)
        assert page.evaluate("document.querySelector('.masthead').offsetHeight") < 120
        assert page.evaluate(WIDTH) <= 390
        expect(page.locator("#search")).to_be_visible()
    page.goto("/plans/")
    card = page.locator("tbody tr").first
    name, *others = card.evaluate(
        "row => [...row.cells].map(one => [one.getBoundingClientRect().top, one.scrollWidth <= row.clientWidth,"
        " one.tagName, getComputedStyle(one, '::before').content]).sort((one, other) => one[0] - other[0])"
    )
    assert name[2:] == ["TH", "none"]
    assert all(is_inside for _, is_inside, *_ in others)
    assert [label.strip('"') for *_, label in others][:3] == ["Plan", "Status", "Adopted nationally"]
    # What reads the page aloud still finds a table.
    expect(page.get_by_role("table").get_by_role("row").first.get_by_role("rowheader")).to_have_text("Argentina")
    expect(card.get_by_role("cell")).to_have_count(len(others))


def test_more_of_the_menu_opens_by_keyboard_without_javascript(record, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/states/?as_of=2013-01-15&region=Africa")
    expect(page.get_by_role("link", name="Sources")).to_be_hidden()
    page.locator(".more summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Events")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Events")
    assert page.url.endswith("/events/?as_of=2013-01-15&region=Africa")
    expect(page.locator(".more summary")).to_have_attribute("aria-current", "true")
    expect(page.locator(".menu [aria-current=page]")).to_have_text("Events")
    context.close()


def test_what_is_current_is_seen_in_forced_colours(record, browser, live_server):
    page = browser.new_page(base_url=live_server.url, forced_colors="active")
    page.goto("/states/?view=board")
    for links, style in (
        (".menu > ul > li > a", "borderBottomWidth"),
        (".views a", "backgroundColor"),
        (".choice a", "backgroundColor"),
    ):
        looks = page.evaluate(
            "([links, style]) => [...document.querySelectorAll(links)]"
            ".map(one => [one.hasAttribute('aria-current'), getComputedStyle(one)[style]])",
            [links, style],
        )
        current, others = ({look for is_this, look in looks if is_this is one} for one in (True, False))
        assert current and others and not current & others, links


def test_a_day_is_chosen_by_a_link_or_written_as_in_the_texts_of_the_united_nations(page):
    page.goto("/plans/?region=Africa")
    page.click(".filters > details > summary")
    page.click(".days summary")
    page.get_by_role("link", name="31 December 2013").click()
    assert page.url.endswith("/plans/?region=Africa&as_of=2013-12-31")
    page.goto("/states/TCD/?as_of=2013-11-18")
    expect(page.get_by_role("textbox", name="As at")).to_have_value("18 November 2013")
    expect(page.get_by_role("textbox", name="As at")).to_have_accessible_description(
        "Shows the record as the facts stood on that day."
        " Write a day as 15 January 2013 or 2013-01-15; nothing stands for today."
    )
    page.fill("#as_of", "2013-01-15")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="As at")).to_have_value("15 January 2013")
    page.fill("#as_of", "")
    page.keyboard.press("Enter")
    expect(page.locator(".as-at")).to_have_count(0)  # which says that the page is of an earlier day


def test_on_paper_nothing_is_cut_off_and_nothing_is_closed(page):
    every = "&".join(f"cols={column}" for column in LISTS["reports"].table_class.base_columns)
    page.emulate_media(media="print")
    for address, paper in (
        ("/states/", "landscape"),
        (f"/reports/?{every}", "landscape"),
        ("/figures/?by=organization", "landscape"),
        ("/figures/first-reports/", "portrait"),
        ("/figures/history/", "portrait"),
        ("/organizations/OSCE/", "portrait"),
        ("/states/ALB/", "portrait"),
    ):
        page.set_viewport_size({"width": PAPER[paper], "height": 1000})
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body).page") == ("across" if paper == "landscape" else "auto")
        assert page.evaluate(WIDTH) <= PAPER[paper], address
        assert page.evaluate(CUT_OFF) == [], address
        expect(page.locator(".on-paper")).to_contain_text("as_of=")
        for hidden in (".menu", ".search", ".day", ".downloads"):
            assert not page.locator(hidden).filter(visible=True).count(), (address, hidden)
    page.goto("/figures/history/")
    expect(page.locator("details table").first).to_be_visible()
    page.goto("/states/ALB/")
    source = page.locator(":not(td) > a[rel~=external]").first
    told = source.evaluate("one => getComputedStyle(one, '::after').content")
    assert told == f'" <{source.get_attribute("href")}>"'
