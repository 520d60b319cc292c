"""The pages of a State, a source, an event and visits, in a real browser: accessible, and no wider than a phone."""

import pytest

from tests import factories as make
from tests.browsing import broken_in_light_or_dark

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

# Those that test_browser.py does not look at.
PAGES = ["/states/TCD/", "/sources/m/", "/events/E/", "/visits/V-1/", "/visits/V-2/", "/plans/P/"]


@pytest.fixture
def rows(db):
    """A State of which everything is recorded, and others of which the same is said."""
    chad, au = make.state(), make.organization("AU")
    message = make.source("m", kind="message of the Chair", dated="2013-01-15", published=True)
    press = make.source("press", title="A" * 120, link="https://example.org/", published=True)
    known = {"sources": [message], "published": True}
    for state in (chad, *(make.state(f"State {number}") for number in range(5))):
        make.report(state, "by 2013-01-15", certainty="message", **known)
        make.membership(au, state)
    make.report(chad, "2014-05-06", kind="additional information", published=True, sources=[message, press])
    for number, state in enumerate((chad, make.state("France")), 1):
        make.visit(state, "2012", reference=f"V-{number}", **known)
    make.plan(chad, reference="P", **known)
    make.event(chad, "2013-01-15", ends="2013-01-17", reference="E", organizations=[au], place="N'Djamena", **known)
    make.figure(**known)


def test_the_pages_break_no_rule_of_accessibility_and_fit_a_phone(browser, live_server, rows):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    for address in PAGES:
        page.set_viewport_size({"width": 1200, "height": 900})
        assert page.goto(address).status == 200, address
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert broken_in_light_or_dark(page) == "", address
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    context.close()


def test_a_note_leads_to_its_source_and_back(browser, live_server, rows):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/states/TCD/")
    page.click("#TCD-first-report .note")
    assert page.url.endswith("#source-1")
    page.click("#source-1 >> text=First report submitted")
    assert page.url.endswith("#TCD-first-report")
    page.click("#source-1 > a >> nth=0")
    assert page.url.endswith("/sources/m/")
    page.click("details >> text=6 States")
    page.click("details a >> text=State 3")
    assert "/states/X" in page.url
    assert page.evaluate("document.querySelector(':target').innerText").startswith("by 15 January 2013 at the latest")
    context.close()
