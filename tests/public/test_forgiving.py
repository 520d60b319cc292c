"""Addresses forgive what the reader did not ask; each refusal leads to the nearest address that works."""

import re
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from r1540.as_at.day import today
from r1540.gate import TRACKING
from r1540.lists.parameters import TRAVELS
from tests.public.addresses import LISTS

TRACKED = [
    "fbclid",
    "gclid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "msclkid",
    "igshid",
    "yclid",
    "dclid",
    "utm_source",
]


@pytest.mark.parametrize("name", [*TRACKED, "UTM_Campaign", "gbraid", "srsltid", "mkt_tok", "_ga", "twclid"])
@pytest.mark.parametrize("path", ["/", "/states/", "/states/TUR/", "/feed/", "/nowhere/", "/admin/login/"])
def test_what_a_mail_program_added_is_left_out(client, db, name, path):
    answer = client.get(f"{path}?as_of=2013-01-15&{name}=x%20y&region=Africa&region=Asia&{name}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{path}?as_of=2013-01-15&region=Africa&region=Asia"
    assert client.get(f"{path}?{name}=").headers["Location"] == path


def test_no_parameter_of_this_site_is_taken_for_one_of_them():
    names = {name for one in LISTS.values() for name in (*one.single, *one.several)}
    names |= {*TRAVELS, "q", "since", "until", "view", "measure", "by", "pk__in", "id__exact", "e", "o", "p", "next"}
    assert not [name for name in names if TRACKING.fullmatch(name)]


def test_no_redirect_leads_to_another_site(client, db):
    for path in ("//example.org/?fbclid=1", "//example.org/%20", "/%20/example.org/", "/%E2%80%8B/example.org"):
        assert re.match(r"/(%2F)?example", client.get("http://testserver" + path).headers["Location"])


LOOKS_LIKE = [
    "{} ",
    " {}",
    "{}+",
    "{}\t",
    "{}\n",
    "{}\r\n",
    "{}\u00a0",
    "\u200b{}",
    "{}\u200e",
    "\u202a{}\u202c",
    "{}\ufeff",
    "\u00ad{}\u2060",
]


@pytest.mark.parametrize("written", LOOKS_LIKE, ids=ascii)
def test_spaces_and_what_nobody_sees_are_read_as_they_look(client, record, written):
    value = quote(written.format("Africa").replace("+", " "))
    answer = client.get(f"/states/?region={value}&as_of=2013-01-15")
    assert answer.headers["Location"] == "/states/?region=Africa&as_of=2013-01-15"
    clean = client.get("/states/?region=Africa&format=json").json()
    assert client.get(f"/states/?region={value}&format=json").json() == clean
    if "+" not in written:
        assert client.get(f"/states/{quote(written.format('TUR'))}/").headers["Location"] == "/states/TUR/"


@pytest.mark.parametrize("between", ["\t", "\n", "\r\n", "\u00a0", "  ", "\u2003", "+"])
def test_a_line_end_inside_a_pasted_word_is_a_space(client, record, between):
    value = quote(between, safe="+")
    assert client.get(f"/search/?q=Burkina{value}Faso").headers.get("Location", "/search/?q=Burkina+Faso") == (
        "/search/?q=Burkina+Faso"
    )
    assert client.get(f"/reports/?state=Burkina{value}Faso").headers["Location"].endswith(("=Burkina+Faso", "=BFA"))


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ufffe"])
def test_control_characters_are_refused(client, record, character):
    for address in (f"/states/?name={quote(character)}", f"/states/{quote(character)}/"):
        assert client.get(address).status_code == 400


CALLED = [
    ("/states/tur/", "/states/TUR/"),
    ("/states/tr/", "/states/TUR/"),
    ("/states/Türkiye/", "/states/TUR/"),
    ("/states/turkey/", "/states/TUR/"),
    ("/states/republic-of-korea/", "/states/KOR/"),
    ("/states/تشاد/", "/states/TCD/"),
    ("/organizations/cis/", "/organizations/CIS/"),
    ("/organizations/commonwealth of independent states/", "/organizations/CIS/"),
    ("/groups/Africa/", "/groups/africa/"),
    ("/groups/African Group/", "/groups/african-group/"),
    ("/visits/kor-2013/", "/visits/KOR-2013/"),
    ("/figures/Visits/", "/figures/visits/"),
    ("/groups/africa", "/groups/africa/"),
    ("/states/TUR", "/states/TUR/"),
    ("/figures/changes", "/figures/changes/"),
]


@pytest.mark.parametrize(("path", "right"), CALLED)
def test_another_writing_of_an_address_leads_to_it_and_keeps_the_query(client, record, path, right):
    answer = client.get(f"{quote(path)}?as_of=2014-01-15")
    assert answer.status_code in (301, 302)
    assert answer.headers["Location"] == f"{right}?as_of=2014-01-15"
    assert client.get(answer.headers["Location"]).status_code == 200


DAYS = ["18 November 2013", "18 Nov. 2013", "18 nov 2013", "18\u00a0November\u00a02013", " 2013-11-18 ", "2013-11-18\n"]


@pytest.mark.parametrize("written", DAYS)
def test_a_day_in_un_style_leads_to_the_iso_form(client, record, written):
    for path, others in (("/", ""), ("/visits/", ""), ("/states/KOR/", ""), ("/figures/changes/", "&since=2013-01-15")):
        answer = client.get(f"{path}?as_of={quote(written)}{others}")
        assert answer.headers["Location"] == f"{path}?as_of=2013-11-18{others}"
    assert client.get(f"/reports/?since={quote(written)}").headers["Location"] == "/reports/?since=2013-11-18"
    assert client.get(f"/reports/?until={quote(written)}").headers["Location"] == "/reports/?until=2013-11-18"
    same = client.get("/reports/?since=2013-11-18&format=json").json()
    assert client.get(f"/reports/?since={quote(written)}&format=json").json() == same
    since = f"/figures/changes/?since={quote(written)}&as_of=2014-01-15"
    assert client.get(since).headers["Location"] == "/figures/changes/?since=2013-11-18&as_of=2014-01-15"


def nearest(page) -> list[tuple[str, str]]:
    """Return the links of a refusal: (words, address)."""
    part = page.text.partition("Nearest addresses that work:")[2].partition("</ul>")[0]
    return [(unescape(words), unescape(link)) for link, words in re.findall('<a href="([^"]+)">([^<]+)</a>', part)]


WITHOUT = "The same without what was refused"
REFUSED = [
    ("/states/?nonsense=1&region=Africa", [("The same without nonsense", "/states/?region=Africa")]),
    ("/states/?nonsense=1&junk=2&as_of=2999-01-01", [("The same without nonsense, junk", "/states/")]),
    ("/states/?region=Africa&region=Atlantis", [(WITHOUT, "/states/?region=Africa")]),
    ("/states/?region=Atlantis&sort=x&as_of=2013-01-15", [(WITHOUT, "/states/?as_of=2013-01-15")]),
    ("/states/?page=99", [("The last page", "/states/?page=4")]),
    ("/states/?page=2&region=Oceania", [("The last page", "/states/?region=Oceania")]),
    (
        "/figures/changes/?since=2013-01-15&kind=mandate&page=9",
        [("The last page", "/figures/changes/?since=2013-01-15&kind=mandate")],
    ),
    ("/states/?as_of=2999-01-01&region=Asia", [("Today", "/states/?region=Asia")]),
    ("/states/?as_of=1999-01-01", [("28 April 2004", "/states/?as_of=2004-04-28")]),
    ("/?as_of=November 2013", [("1 November 2013", "/?as_of=2013-11-01"), ("30 November 2013", "/?as_of=2013-11-30")]),
    ("/?as_of=2004", [("28 April 2004", "/?as_of=2004-04-28"), ("31 December 2004", "/?as_of=2004-12-31")]),
    ("/?as_of=01/02/2013", [(WITHOUT, "/")]),
    ("/?as_of=May 2013", [("1 May 2013", "/?as_of=2013-05-01"), ("31 May 2013", "/?as_of=2013-05-31")]),
    ("/reports/?since=2014-01-01&until=2013-01-01", [(WITHOUT, "/reports/?since=2014-01-01")]),
    ("/reports/?as_of=2013-01-15&as_of=2014-01-15", [("Only the first as_of", "/reports/?as_of=2013-01-15")]),
    ("/reports/?state=Turquie", [("Türkiye", "/reports/?state=TUR")]),
    ("/reports/?state=FRA&state=franc", [("France", "/reports/?state=FRA")]),
    ("/states/Turquie/?as_of=2013-01-15", [("Türkiye", "/states/TUR/?as_of=2013-01-15")]),
    ("/states/SSD/?as_of=2010-01-01", [("South Sudan as at 14 July 2011", "/states/SSD/?as_of=2011-07-14")]),
    ("/visits/KOR-2013/?as_of=2005-01-01", [(WITHOUT, "/visits/KOR-2013/")]),
    ("/visits/nothing/?as_of=2013-01-15", [("/visits/", "/visits/?as_of=2013-01-15")]),
    ("/organizations/XYZ/", [("/organizations/", "/organizations/")]),
    ("/States/", [("/states/", "/states/")]),
    ("/no/where/", [("/", "/")]),
    ("/states/?name=\x00", [(WITHOUT, "/states/")]),
    ("/states/\x00/", [(WITHOUT, "/")]),
]  # fmt: skip


@pytest.mark.parametrize(("address", "links"), REFUSED, ids=lambda value: ascii(value)[:50])
def test_a_refusal_leads_to_the_nearest_address_that_works(client, record, address, links):
    path, _, query = address.partition("?")
    address = f"{quote(path)}?{quote(query, safe='=&')}"
    page = client.get(address)
    assert page.status_code in (400, 404)
    assert nearest(page) == links
    assert all(client.get(link).status_code == 200 for _, link in links)
    as_json = client.get(f"{address}{'&' if query else ''}format=json")
    if as_json.headers["Content-Type"] == "application/json" and path in ("/states/", "/reports/", "/visits/nothing/"):
        assert len(as_json.json()["nearest"]) == len(links)
        assert as_json.json()["nearest"][0].startswith("http://testserver/")


def test_a_refused_file_names_it_too(client, record):
    answer = client.get("/reports/?page=2&format=csv&region=Asia")
    assert answer.status_code == 400
    assert "http://testserver/reports/?format=csv&region=Asia\n" in answer.text


NAMES = [
    "as_of",
    "region",
    "kind",
    "since",
    "until",
    "state",
    "sort",
    "page",
    "per_page",
    "cols",
    "format",
    "symbol",
    "x",
]
VALUES = ["", " ", "2013-01-15", "15 January 2013", "2013", "2999-01-01", "Africa", "Atlantis", "first report", "FRA"]
VALUES += ["france", "Turquie", "-state", "state", "2", "999", "25", "json", "csv", "html", "\t", "\u200b", "\x00", "é"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_is_answered_or_leads_to_what_is(record, pairs):
    client = Client()
    page = client.get(f"/reports/?{urlencode(pairs)}")
    if page.status_code in (301, 302):
        page = client.get(page.headers["Location"])
    assert page.status_code in (200, 400, 404)
    if page.status_code != 200 and "text/html" in page.headers["Content-Type"]:
        links = nearest(page)
        assert links
        assert all(client.get(link, follow=True).status_code == 200 for _, link in links)


def test_today_in_un_style_is_a_day(client, db):
    words = f"{today().day} {today():%B %Y}"
    assert client.get(f"/?as_of={quote(words)}").headers["Location"] == f"/?as_of={today()}"


@pytest.mark.parametrize("address", ["/about/", "/states/?nonsense=1", "/states/?format=json", "/nowhere/"])
def test_of_another_host_nothing_is_near(db, settings, address):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["record.example.org"], True
    answer = Client(raise_request_exception=False).get(address, headers={"host": "localhost"})
    assert answer.status_code == 400
    assert "Nearest addresses" not in answer.text
