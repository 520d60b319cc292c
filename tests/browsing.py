"""Chromium as somebody who is signed in, and what axe-core finds wrong on a page."""

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
WITH_HABITS = [*RULES, "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def context_of(browser, address, client, complaints, **options):
    """Open a context with the session of `client`; add to `complaints` what the policy refused or a script raised."""
    context = browser.new_context(base_url=address, **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda raised: complaints.append(str(raised.error)))
    return context


def broken_rules(page, part=None, rules=RULES) -> str:
    """Say what on a page, or in a part of it, breaks a rule of accessibility; nothing if nothing does.

    Only that is described: to describe each element that keeps a rule as well takes longer than to look at it.
    """
    found = Axe().run(page, context=part, options={"runOnly": rules, "resultTypes": ["violations"]})
    return found.generate_report() if found.violations_count else ""


def broken_in_light_or_dark(page) -> str:
    """Say what on a page breaks a rule or a good habit; in the dark only the colours are looked at again."""
    page.emulate_media(color_scheme="light")
    found = broken_rules(page, rules=WITH_HABITS)
    page.emulate_media(color_scheme="dark")
    return found or broken_rules(page, rules=OF_COLOURS)


def broken_on_a_phone_or_in_forced_colours(page) -> str:
    """Say what breaks a rule where a page is narrow, in light; in forced colours only these are looked at again."""
    page.emulate_media(color_scheme="light")
    found = broken_rules(page, rules=WITH_HABITS)
    page.emulate_media(forced_colors="active")
    found = found or broken_rules(page, rules=OF_COLOURS)
    page.emulate_media(forced_colors="none")
    return found
