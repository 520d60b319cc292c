"""The search finds what people type: names in every writing, places, resolutions, figures, symbols."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.as_at.names import folded
from tests.hostile import NASTY, encoded
from tests.public.addresses import asking


def groups_of(page) -> dict[str, list[str]]:
    """Return what stands under each heading of a search."""
    sections = re.findall(r"<h2>(.*?) <small>.*?</h2>(.*?)</section>", page.text, re.S)
    return {
        title: [unescape(re.sub("<.*?>", "", row)) for row in re.findall("<li>(.*?)</li>", rows, re.S)]
        for title, rows in sections
    }


def search(client, text, **parameters):
    return groups_of(client.get(asking("search", q=text, **parameters), follow=True))


FIRST = [
    ("KOR", "States", "Republic of Korea"),
    ("kr", "States", "Republic of Korea"),
    ("UK", "States", "United Kingdom of Great Britain and Northern Ireland"),
    ("U.K.", "States", "United Kingdom of Great Britain and Northern Ireland"),
    ("U. K.", "States", "United Kingdom of Great Britain and Northern Ireland"),
    ("U.S.A.", "States", "United States of America"),
    ("U.S.A", "States", "United States of America"),
    ("D.R. Congo", "States", "Democratic Republic of the Congo"),
    ("D.R.Congo", "States", "Democratic Republic of the Congo"),
    ("Lao P.D.R.", "States", "Lao People's Democratic Republic"),
    ("congo", "States", "Congo"),
    ("korea", "States", "Republic of Korea"),
    ("guinea", "States", "Guinea"),
    ("148", "States", "Chad"),
    ("Niger", "States", "Niger"),
    ("“Chad”", "States", "Chad"),
    ("ＣＨＡＤ", "States", "Chad"),
    ("Ch\u00adad\u200b", "States", "Chad"),
    ("ايران", "States", "Iran (Islamic Republic of)"),
    ("الامارات العربية المتحدة", "States", "United Arab Emirates"),
    ("المَغرب", "States", "Morocco"),
    ("المغـــرب", "States", "Morocco"),
    ("Minsk", "Events", "CIS workshop on the implementation of resolution 1540 (2004), 15–17 January 2013, Minsk"),
    (
        "minsk workshop",
        "Events",
        "CIS workshop on the implementation of resolution 1540 (2004), 15–17 January 2013, Minsk",
    ),
    ("UNODA", "Events", "CIS workshop on the implementation of resolution 1540 (2004), 15–17 January 2013, Minsk"),
    ("Seoul", "Events", "Regional workshop on promoting full implementation, 27–28 October 2014, Seoul"),
    ("Addis Ababa", "Events", "Third African training course, 5–7 November 2024, Addis Ababa"),
    ("1977", "Resolutions", "Resolution 1977 (2011)"),
    ("resolution 1977", "Resolutions", "Resolution 1977 (2011)"),
    ("S/RES/1977 (2011)", "Resolutions", "Resolution 1977 (2011)"),
    ("s/res/1977", "Resolutions", "Resolution 1977 (2011)"),
    ("how many reported", "Figures", "States with a first report"),
    ("How many States have submitted a report?", "Figures", "States with a first report"),
    ("additional information", "Figures", "States with additional information"),
    ("plans", "Figures", "Plans announced"),
    ("visits", "Figures", "Visits conducted"),
    ("peer reviews", "Figures", "Peer reviews held (published figures)"),
    ("Africa", "Groups and regions", "African Group"),
    ("OSCE", "Organizations", "Organization for Security and Co-operation in Europe (OSCE)"),
    ("O.S.C.E.", "Organizations", "Organization for Security and Co-operation in Europe (OSCE)"),
    ("independent states", "Organizations", "Commonwealth of Independent States (CIS)"),
    *(
        (symbol, "Reports", "Pakistan: first report, 27 October 2004 S/AC.44/2004/(02)/22")
        for symbol in (
            "S/AC.44/2004/(02)/22",
            "s/ac.44/2004/(02)/22",
            "S/AC.44 / 2004 / (02) / 22",
            "S/AC.44/2004/(02)/22.",
            "S/AC.44/2004/(2)/22",
            "S/AC.44/2004/02/22",
            "s/ac44/2004/2/22",
            "2004/(02)/22",
        )
    ),
]


@pytest.mark.parametrize(("text", "group", "row"), FIRST, ids=lambda value: ascii(value)[:40])
def test_a_search_finds_first(client, record, text, group, row):
    found = search(client, text)[group]
    assert row in (found if group == "Events" else found[:1])


MEANT = [
    ("Turquie", "Türkiye"),
    ("Kazakstan", "Kazakhstan"),
    ("Cote dIvoire", "Côte d'Ivoire"),
    ("Zimbabwa", "Zimbabwe"),
]


@pytest.mark.parametrize(("text", "name"), MEANT)
def test_where_nothing_is_found_similar_names_are_suggested(client, record, text, name):
    page = client.get(asking("search", q=text, as_of="2013-01-15"))
    assert groups_of(page) == {}
    (suggested,) = re.findall(r"Did you mean <a href=\"(\S+)\">(.*?)</a>", page.text)
    assert unescape(suggested[1]) == name
    assert client.get(suggested[0]).status_code == 200
    assert suggested[0].endswith("?as_of=2013-01-15")


def test_what_looks_like_no_name_is_told_what_can_be_searched_for(client, record):
    page = client.get("/search/?q=qqqqzz")
    assert "“qqqqzz”: 0 results" in page.text
    assert "Did you mean" not in page.text
    assert "What can be searched for" in page.text


def test_the_heading_and_the_title_say_the_text_and_the_number(client, record):
    page = client.get("/search/?q=seoul")
    assert "<h1>“seoul”: 2 results</h1>" in page.text
    assert "<title>“seoul”: 2 results – Search – The 1540 record</title>" in page.text
    assert "<h1>“&lt;qqq&gt;”: 0 results</h1>" in client.get("/search/?q=<qqq>").text
    assert "“chad”: 1 result<" in client.get("/search/?q=chad").text
    assert "“republic”: more than " in client.get("/search/?q=republic").text


def test_the_links_keep_the_day(client, record):
    page = client.get("/search/?q=minsk&as_of=2013-11-18")
    links = re.findall(r'<li><a href="([^"]+)"', re.search("<main.*</main>", page.text, re.S).group())
    assert links and all("?as_of=2013-11-18" in link for link in links)
    page = client.get("/search/?q=peer+reviews&as_of=2018-11-18")
    assert client.get(unescape(re.search(r'<a href="([^"]+)">Peer reviews held', page.text)[1])).status_code == 200
    assert "Events" not in search(client, "seoul", as_of="2013-11-18")
    assert "Resolutions" not in search(client, "1977", as_of="2010-01-01")


@pytest.mark.parametrize("text", [*NASTY, "U.S.A", "....", ". . .", "\u064b", "ء", "*" * 100, "a b " * 25], ids=ascii)
def test_any_text_is_answered(client, record, text):
    assert client.get(f"/search/?q={encoded(text)}").status_code in (200, 302, 400)


def test_every_search_asks_as_many_queries(client, record):
    def number(text):
        folded.cache_clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(asking("search", q=text))
        return len(queries)

    assert number("congo") == number("workshop") == number("korea") == number("africa")
    assert number("turquie") <= number("congo") + 2  # the names, and the States that have them
