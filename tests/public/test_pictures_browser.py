"""The pictures in a real browser: legible on a desk and on a phone, and by those who do not see them."""

import pytest

from tests.browsing import broken_in_light_or_dark

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

ADDRESS = "/figures/history/"
DAYS = ("?as_of=2013-01-15", "?as_of=2022-06-01", "")
# Of each picture, the texts that meet another, or reach out of it; and the smallest height of a letter, in pixels.
LOOK = """() => [...document.querySelectorAll("svg.picture")].map(svg => {
    const texts = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()]);
    const frame = svg.getBoundingClientRect(), found = [];
    texts.forEach(([words, one], i) => {
        if (one.left < frame.left || one.right > frame.right || one.top < frame.top || one.bottom > frame.bottom)
            found.push(words);
        texts.slice(i + 1).forEach(([others, other]) => {
            const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
            if (across > 0 && down > 3) found.push(words + " / " + others);  // a line of text has some room above it
        });
    });
    return {found, letters: parseFloat(getComputedStyle(svg).fontSize) * frame.width / svg.viewBox.baseVal.width};
})"""


def test_no_words_of_a_picture_meet_and_all_are_legible(record, browser, live_server):
    for width in (1280, 390):
        page = browser.new_page(base_url=live_server.url, viewport={"width": width, "height": 900})
        problems = []
        page.on("console", lambda message, found=problems: message.type == "error" and found.append(message.text))
        for query in DAYS:
            page.goto(ADDRESS + query)
            looks = page.evaluate(LOOK)
            assert [look["found"] for look in looks] == [[]] * 4, (width, query)
            assert min(look["letters"] for look in looks) >= 11
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert problems == []  # the Content-Security-Policy refused nothing


def test_the_page_breaks_no_rule_of_accessibility(record, browser, live_server):
    page = browser.new_page(base_url=live_server.url)
    page.goto(f"{ADDRESS}?as_of=2022-06-01")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert broken_in_light_or_dark(page) == ""


def test_the_frame_of_a_picture_scrolls_by_keyboard_on_a_phone(record, browser, live_server):
    page = browser.new_page(base_url=live_server.url, viewport={"width": 390, "height": 900})
    page.goto(ADDRESS)
    frame = page.locator(".frame").first
    frame.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # it scrolls smoothly; the page's own policy lets nothing be waited for inside it
        if frame.evaluate("one => one.scrollLeft") > 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not scroll.")
