"""What programs ask: robots.txt, the sitemap, security.txt, the icon; and what pages say of themselves."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.settings import MAIL, contact
from states.models import Organization, State, fact_models
from tests import factories as make

SITE = "http://testserver"
URL = "{http://www.sitemaps.org/schemas/sitemap/0.9}url"
pytestmark = pytest.mark.django_db


def sitemap(client) -> dict[str, str | None]:
    """Each address of the sitemap, with the day of its last change."""
    response = client.get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    entries = [{part.tag.partition("}")[2]: part.text for part in one} for one in root.findall(URL)]
    assert len({one["loc"] for one in entries}) == len(entries)
    return {one["loc"].removeprefix(SITE): one.get("lastmod") for one in entries}


def said(page: str, pattern: str) -> list[str]:
    return [unescape(found) for found in re.findall(pattern, page)]


# robots.txt


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("/", True),
        ("/states/TCD/", True),
        ("/news/", True),
        ("/figures/first-reports/", True),
        ("/static/record.css", True),
        ("/admin/", False),
        ("/admin/login/?next=/", False),
        ("/search/", False),
        ("/?as_of=2013-01-15", False),
        ("/states/?region=Africa", False),
        ("/reports/?format=csv", False),
    ],
)
def test_crawlers_read_what_asks_no_question(client, address, is_allowed):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = [line.removeprefix("Disallow: ") for line in response.text.splitlines() if line.startswith("Disallow")]
    # As RFC 9309 has it: a rule is the beginning of an address, in which * is anything.
    refused = any(re.match(re.escape(rule).replace(r"\*", ".*"), address) for rule in rules)
    assert refused != is_allowed
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    assert parser.site_maps() == [f"{SITE}/sitemap.xml"]


def test_robots_and_the_sitemap_take_no_parameters(client):
    for address in ("/robots.txt?x=1", "/sitemap.xml?as_of=2013-01-15"):
        assert client.get(address).status_code == 400


# The sitemap


def test_the_sitemap_has_every_page_and_each_says_that_it_is_for_crawlers(client, record):
    found = sitemap(client)
    assert {"/", "/states/", "/reports/", "/news/", "/about/", "/groups/africa/", "/figures/first-reports/"} <= {*found}
    assert {f"/states/{state.iso3}/" for state in State.objects.all()} <= {*found}
    assert {one.get_absolute_url() for one in Organization.objects.all()} <= {*found}
    for model in fact_models():
        if model.fact_kind.page_view:
            for fact in model.objects.filter(published=True):
                assert found[fact.get_absolute_url()] == f"{fact.changed_at:%Y-%m-%d}"
    assert not [address for address in found if re.search(r"[?#]|admin|search|feed|robots|\.xml", address)]
    for address in [*found][::7]:
        response = client.get(address)
        assert response.status_code == 200, address
        assert said(response.text, r'<link rel="canonical" href="([^"]*)"') == [f"{SITE}{address}"]
        assert 'name="robots"' not in response.text


def test_the_sitemap_has_no_page_of_what_is_not_published(client):
    visit, published = make.visit(make.state("Chad")), make.visit(make.state("France"), published=True)
    assert visit.get_absolute_url() not in sitemap(client)
    assert published.get_absolute_url() in sitemap(client)


def test_the_sitemap_of_many_asks_no_more_of_the_database_than_that_of_few(client):
    numbers = []
    for number in (2, 30):
        for _ in range(number):
            state = make.state(f"State {make.codes()}")
            make.visit(state, published=True), make.plan(state, published=True)
        with CaptureQueriesContext(connection) as queries:
            sitemap(client)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# What a page says of itself


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/states/", None),
        (
            "/reports/?region=Asia&as_of=2013-01-15&region=Africa",
            "/reports/?as_of=2013-01-15&region=Asia&region=Africa",
        ),
        ("/states/TCD/?as_of=2013-01-15", "/states/TCD/?as_of=2013-01-15"),
        ("/figures/changes/?since=2013-01-15", "/figures/changes/?since=2013-01-15"),
        ("/figures/history/?as_of=2013-01-15", "/figures/history/?as_of=2013-01-15"),
        ("/search/?q=korea", "/search/?q=korea"),
        ("/states/?view=board", "/states/?view=board"),
    ],
)
def test_a_page_with_a_question_is_not_for_crawlers_and_has_one_address(client, record, asked, canonical):
    page = client.get(asked).text
    assert said(page, r'<link rel="canonical" href="([^"]*)"') == [f"{SITE}{canonical or asked}"]
    assert said(page, r'<meta name="robots" content="([^"]*)"') == (["noindex, follow"] if canonical else [])
    if canonical:
        assert client.get(canonical).status_code == 200


def test_a_page_says_what_it_is_where_it_is_shared(client, record):
    page = client.get("/states/TCD/").text
    graph = dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)"', page))
    assert graph["title"] == "Chad"
    assert graph["url"] == f"{SITE}/states/TCD/"
    assert graph["site_name"] == "The 1540 record"
    assert graph["description"]
    image = settings.BASE_DIR / "static" / "social.png"
    assert graph["image"].startswith(f"{SITE}/static/social")
    assert image.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_an_error_page_has_no_canonical_address(client):
    response = client.get("/states/?nonsense=1")
    assert response.status_code == 400
    assert "canonical" not in response.text


def test_the_icon_is_at_the_root(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert response.getvalue()[:4] == b"\0\0\1\0"


# security.txt, and errors in the record


@pytest.mark.parametrize("contact", ["mailto:security@example.org", "https://example.org/report"])
def test_security_txt_says_whom_to_tell(client, settings, contact):
    settings.SECURITY_CONTACT = contact
    response = client.get("/.well-known/security.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == contact
    assert fields["Canonical"] == f"{SITE}/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 90 < expires.days < 365


def test_without_a_contact_there_is_no_security_txt(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_a_page_leads_to_a_message_about_an_error_on_it(client, settings, record):
    asked = "/reports/?region=Africa&as_of=2013-01-15"
    assert "mailto:" not in client.get(asked).text
    settings.ERROR_REPORTS_TO = "record@example.org"
    (address,) = said(client.get(asked).text, r'<a href="(mailto:[^"]*)">Report an error on this page</a>')
    assert urlsplit(address).path == "record@example.org"
    assert "+" not in urlsplit(address).query
    (body,) = parse_qs(urlsplit(address).query)["body"]
    assert f"{SITE}/reports/?as_of=2013-01-15&region=Africa\r\nAs at 15 January 2013" in unquote(body)


@pytest.mark.parametrize("value", ["nobody", "a@b c", "a@b?bcc=c", 'a@b"', "a@@b"])
def test_a_setting_that_is_no_address_is_refused(monkeypatch, value):
    monkeypatch.setenv("ERROR_REPORTS_TO", value)
    with pytest.raises(ImproperlyConfigured, match="ERROR_REPORTS_TO"):
        contact("ERROR_REPORTS_TO", MAIL, "record@example.org")
