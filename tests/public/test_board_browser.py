"""The board in a real browser: by keyboard, in any size and scheme, on paper, in greys."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browsing import broken_in_light_or_dark

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

BOARD = "/states/?view=board&as_of=2013-01-15"


@pytest.fixture
def states(db):
    """A State of each value, one with a long name, and an observer."""
    make.report(make.state("Chad"), published=True)
    make.report(make.state("France"), "2013", published=True)
    make.state("Democratic Republic of the Congo")
    make.state("United Kingdom of Great Britain and Northern Ireland", regional_group=make.WESTERN)
    make.state("Holy See", status="observer", regional_group="", admitted_on=None)


@pytest.fixture
def page(browser, live_server):
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_board_breaks_no_rule_of_accessibility(page, states, width):
    page.set_viewport_size({"width": width, "height": 900})
    for address in (BOARD, f"{BOARD}&by=organization&measure=plan", "/states/"):
        page.goto(address)
        assert broken_in_light_or_dark(page) == "", address


def test_on_a_phone_the_board_is_not_wider_than_the_screen(page, states):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(BOARD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_tile_is_read_as_name_measure_and_value_and_leads_to_the_state(page, states):
    page.goto(BOARD)
    names = page.locator(".tile")
    assert [names.nth(number).inner_text().split("\n")[0] for number in range(2)] == [
        "Chad",
        "Democratic Republic of the Congo",
    ]
    expect(page.get_by_role("link", name=re.compile(r"^France ?, First report: Day not established$"))).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"^Chad ?, First report: Recorded$")).click()
    expect(page.locator("h1")).to_have_text("Chad")
    assert page.url.endswith("/states/TCD/?as_of=2013-01-15")


def test_the_keyboard_goes_through_the_board_as_the_eye_does(page, states):
    page.goto(BOARD)
    page.locator(".views a").first.focus()
    met = []
    for _ in range(80):
        box = page.evaluate(
            "() => { const one = document.activeElement, box = one.getBoundingClientRect();"
            " return [one.className, one.textContent.trim(), Math.round(box.top + scrollY), Math.round(box.left)] }"
        )
        met.append(box)
        if box[1] == "CSV":
            break
        page.keyboard.press("Tab")
    tiles = [box for box in met if box[0].startswith("tile")]
    assert len(tiles) == 5
    assert [box[2:] for box in tiles] == sorted(box[2:] for box in tiles)
    words = [box[1] for box in met]
    assert words.index("Table") < words.index("First report") < words.index("Show") < words.index("African Group")
    assert words.index("African Group") < met.index(tiles[0]) < met.index(tiles[-1]) < words.index("CSV")


def test_the_tiles_are_equal(page, states):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(BOARD)
        sizes = page.evaluate(
            "() => [...document.querySelectorAll('.tile')].map(one => one.offsetWidth + ' ' + one.offsetHeight)"
        )
        assert len(set(sizes)) == 1, sizes


BANDS = """() => [...document.querySelectorAll('.tile')].map(one => {
    const band = getComputedStyle(one, '::before'), own = getComputedStyle(one);
    return [one.textContent.split(': ')[1], band.borderTopStyle, parseFloat(band.borderTopWidth) > 3,
            band.borderTopColor, own.backgroundColor, own.backgroundImage]
})"""


def test_a_value_is_a_border_of_its_own_and_a_word_on_the_screen_and_on_paper(page, states):
    page.goto(BOARD)
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        bands = page.evaluate(BANDS)
        assert {(word, style, is_wide) for word, style, is_wide, *_ in bands} == {
            ("Recorded", "solid", True),
            ("Day not established", "dashed", True),
            ("None recorded", "double", True),
        }
        assert {image for *_, image in bands} == {"none"}  # nothing that a printer would leave out
        assert len({color for *_, color, _, _ in bands}) == 1  # no value has a colour of its own
    assert {background for *_, background, _ in bands} == {"rgb(255, 255, 255)"}


def test_on_paper_stand_the_day_the_legend_and_the_tiles_without_the_controls(page, states):
    page.goto(BOARD)
    page.emulate_media(media="print")
    for shown in ("h2.of-board", ".legend", ".tile >> nth=0", "#count"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in (".filters", ".views", ".choices", ".jump", ".downloads", ".menu"):
        expect(page.locator(hidden)).to_be_hidden()
    # As wide as A4 between its margins: nothing is cut off.
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 718


def test_the_board_moves_in_time_without_javascript(browser, live_server, states):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(BOARD)
    page.click("text=A year later")
    expect(page.locator("h2.of-board")).to_have_text("First report as at 15 January 2014, by regional group")
    page.click("text=A year earlier")
    page.fill("#as_of", "2013-12-31")
    page.click(".choices button")
    expect(page.locator("h2.of-board")).to_contain_text("31 December 2013")
    page.click("text=Submitted plan >> visible=true")
    page.click(".views a >> text=Table")
    expect(page.locator("#count")).to_contain_text("5 States as at 31 December 2013")
    context.close()
