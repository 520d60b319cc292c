"""The page of what changed between two days, and its files: the same rows in each; strict; a feed with stable ids."""

import csv
import io
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from states.models import Resolution
from tests import factories as make
from tests.public.addresses import asking

ATOM = "{http://www.w3.org/2005/Atom}"
MESSAGES = {"since": "2013-01-15", "as_of": "2013-11-18"}


def test_between_the_two_messages(client, record):
    results = client.get(asking("changes", **MESSAGES, day="in the period", format="json")).json()["results"]
    texts = [row["text"] for row in results]
    assert "The Committee conducted its visit to Burkina Faso, 11–15 November 2013" in texts
    assert "The visit of the Committee to the Republic of Korea began on 18 November 2013" in texts
    assert all(row["day"] == "in the period" for row in results)
    assert [row["state"] for row in results] == sorted(row["state"] for row in results)
    assert [row["when"] for row in results if row["reference"] == "visit/BFA-2013/conducted"] == ["2013-11-15"]


QUESTIONS = [
    MESSAGES,
    MESSAGES | {"region": "Africa"},
    MESSAGES | {"kind": ["visit conducted", "visit"], "day": "in the period"},
    MESSAGES | {"organization": "CIS", "group": "Asia-Pacific Group"},
    {"since": "2004-04-28"},
    {"since": "2011-01-01", "as_of": "2011-12-31", "kind": ["admission", "mandate"]},
    {"since": "2020-01-01", "kind": "membership"},
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_the_number_on_the_page_is_the_rows_of_every_file(client, record, asked):
    page = client.get(asking("changes", **asked)).content.decode()
    number = int(page.split('id="count"><strong>')[1].split("</strong>")[0])
    file = client.get(asking("changes", **asked, format="csv")).getvalue().decode("utf-8-sig")
    in_csv = list(csv.DictReader(io.StringIO(file)))
    in_json, following = [], asking("changes", **asked, format="json", per_page="100")
    while following:
        data = client.get(following).json()
        in_json, following = in_json + data["results"], data["next"]
    feed = ElementTree.fromstring(client.get(asking("changes", **asked, format="atom")).content)
    assert number == len(in_csv) == len(in_json) == data["count"] == len(feed.findall(f"{ATOM}entry"))
    assert [row["reference"] for row in in_csv] == [row["reference"] for row in in_json]
    titles = {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")}
    assert titles == {row["text"] for row in in_json}
    assert number > 0


def test_each_number_of_the_two_days_is_the_rows_of_its_list(client, record):
    page = client.get(asking("changes", **MESSAGES, region=["Africa", "Asia"])).content.decode()
    table = page.split('<table class="list">')[1].split("</table>")[0]
    links = [cell.split('">', 1) for cell in table.split('href="')[1:]]
    assert len(links) == 20
    for address, rest in links:
        number = int(rest.split("</a>")[0])
        assert client.get(f"{unescape(address)}&format=json").json()["count"] == number, address


def test_the_facts_are_those_of_the_states_that_are_members_on_the_second_day(client, db):
    chad, cis = make.state(), make.organization()
    make.report(chad, "2013-05-01", published=True)
    make.membership(cis, chad, joined="2013-06-01")
    table = {"2013-05-31": 0, "2013-06-01": 2}
    for at, number in table.items():
        asked = {"since": "2013-01-01", "as_of": at, "organization": "CIS", "format": "json"}
        assert client.get(asking("changes", **asked)).json()["count"] == number


def test_the_mandate_is_of_no_state(client, record):
    asked = {"since": "2011-01-01", "as_of": "2011-12-31", "kind": "mandate", "format": "json"}
    [row] = client.get(asking("changes", **asked)).json()["results"]
    assert (row["state"], row["iso3"], row["reference"]) == (None, None, "resolution/1977/adopted")
    assert client.get(asking("changes", **asked, region="Africa")).json()["count"] == 0


def test_a_link_of_a_fact_leads_to_it_as_at_the_second_day(client, record):
    results = client.get(asking("changes", since="2010-01-01", as_of="2013-11-18", format="json")).json()["results"]
    kinds = {row["kind"]: row["address"] for row in results}
    assert len(kinds) >= 6
    for address in kinds.values():
        path, _, anchor = address.partition("#")
        response = client.get(path)
        assert response.status_code == 200, address
        assert f'id="{anchor}"' in response.content.decode() or not anchor


REFUSED = [
    ("since=2013-11-18&as_of=2013-01-15", "since: the period would begin (2013-11-18) after it ends"),
    ("since=2999-01-01", "has not come yet"),
    ("since=2004-04-27", "before 2004-04-28"),
    ("since=yesterday", "since: “yesterday” is not a day"),
    ("since=2013-01-15&since=2013-01-16", "since: it takes one value"),
    ("since=2013-01-15&kind=rumour", "kind: "),
    ("since=2013-01-15&day=soon", "day: "),
    ("since=2013-01-15&region=Narnia", "region: "),
    ("since=2013-01-15&status=member", "status: this address has no such parameter"),
    ("since=2013-01-15&format=xlsx", "format: “xlsx” is not one of: html, csv, json, atom"),
    ("since=2013-01-15&per_page=1000", "per_page: “1000” is not one of"),
    ("since=2013-01-15&page=0", "page: “0” is not a number"),
    ("since=2013-01-15&page=2&format=csv", "page: a CSV file holds every row"),
    ("since=2013-01-15&per_page=25&format=atom", "per_page: a ATOM file holds every row"),
    ("format=csv", "since: say after which day"),
    ("format=json&region=Africa", "since: say after which day"),
    ("format=atom", "since: say after which day"),
]


@pytest.mark.parametrize(("query", "reason"), REFUSED)
def test_what_is_not_understood_is_refused_with_its_reason(client, db, query, reason):
    response = client.get(f"/figures/changes/?{query}")
    assert response.status_code == 400
    body = response.json()["reason"] if "format=json" in query else unescape(response.content.decode())
    assert reason in body
    if "format=atom" in query or "format=csv" in query:
        assert response.headers["Content-Type"].startswith("text/plain")


def test_a_page_past_the_end_is_not_there(client, db):
    assert client.get("/figures/changes/?since=2013-01-15&page=2").status_code == 404
    assert client.get("/figures/changes/?since=2013-01-15&page=1").status_code == 200


def test_without_the_first_day_the_page_offers_the_year_before_and_answers_nothing(client, db):
    make.report(make.state(), "2013-05-01", published=True)
    page = client.get("/figures/changes/?as_of=2013-11-18").content.decode()
    assert 'id="since" name="since" value="18 November 2012"' in page
    assert "submitted its first report" not in page
    assert 'value="28 April 2004"' in client.get("/figures/changes/?as_of=2004-05-01").content.decode()


def test_what_the_form_leaves_empty_is_not_in_the_address(client, db):
    response = client.get("/figures/changes/?since=2013-01-15&as_of=")
    assert (response.status_code, response.headers["Location"]) == (302, "/figures/changes/?since=2013-01-15")


def test_a_period_of_no_day_has_nothing(client, db):
    make.report(make.state(), "2013-05-01", published=True)
    page = client.get("/figures/changes/?since=2013-05-01&as_of=2013-05-01").content.decode()
    assert "None recorded in this period." in page


def test_an_entry_of_the_feed_has_one_id_in_every_period(client, record):
    feeds = [
        ElementTree.fromstring(client.get(asking("changes", since=since, as_of=at, format="atom")).content)
        for since, at in (("2013-01-15", "2013-11-18"), ("2012-01-01", "2022-06-01"))
    ]
    shorter, longer = (
        {entry.findtext(f"{ATOM}id"): entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")}
        for feed in feeds
    )
    assert len(shorter) == len(feeds[0].findall(f"{ATOM}entry"))
    assert "tag:127.0.0.1,2026:visit/BFA-2013/conducted" in shorter
    begun = {key for key in shorter if key.endswith("/begun")}  # by 2022 it was conducted, which says as much
    assert shorter.items() - {(key, shorter[key]) for key in begun} <= longer.items()


def test_the_feed_names_itself_and_its_page_and_is_not_dated_now(client, db):
    address = asking("changes", **MESSAGES, format="atom")
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"http://testserver{address}",
        "alternate": "http://testserver/figures/changes/?since=2013-01-15&as_of=2013-11-18",
    }
    assert feed.findtext(f"{ATOM}updated") == "2013-11-18T00:00:00+00:00"
    make.event(make.state(), "2013-05-01", title="<b>1 & 2</b>", published=True)
    feed = ElementTree.fromstring(client.get(address).content)
    assert feed.findtext(f"{ATOM}updated") == "2013-05-01T00:00:00+00:00"
    assert feed.find(f"{ATOM}entry").findtext(f"{ATOM}title") == "Regional workshop: <b>1 & 2</b>, 1 May 2013"


def queries_of(client, address) -> int:
    client.get(address)  # compiles what it asks, once in each process
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_many_facts_ask_no_more_of_the_database_than_few(client, db):
    filters = {"since": "2012-01-01", "region": "Africa", "organization": "AU"}
    addresses = [asking("changes", **filters, format=form) for form in ("html", "csv", "json", "atom")]
    addresses.append(asking("changes", since="2012-01-01"))
    au, oif, source = make.organization("AU"), make.organization("OIF"), make.source(published=True)

    def fill(number):
        for _ in range(number):
            state, words = make.state(f"State {make.codes()}"), {"sources": [source], "published": True}
            make.membership(au, state, joined="2012-05-05", sources=[source])
            make.membership(oif, state, left="2013-05-05", sources=[source])
            make.report(state, "2012-06-01", **words)
            make.report(state, "2013", kind="additional information", **words)
            make.visit(state, "2013-11-12", invited="2013-01-01", **words)
            make.plan(state, announced="2012-02-02", submitted="2013-05", **words)
            make.event(state, **words)

    make.resolution("S/RES/1977 (2011)", "2012-04-20", mandate_until="2021-04-25", published=True)
    fill(1)
    few = [queries_of(client, address) for address in addresses]
    fill(20)
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= 40
    assert Resolution.objects.count() == 1


def collapsed(client, **asked) -> str:
    page = client.get(asking("changes", since="2004-04-28", **asked)).content.decode()
    return page.partition('<h2 id="part1">')[2].partition('<p class="downloads">')[0]


def test_what_is_said_of_many_states_is_one_line_that_opens_to_them(client, db):
    states = [make.state(f"State {number}") for number in range(7)]
    for state in states[:5]:
        make.report(state, "by 1 June 2022", certainty="by elimination", published=True)
    for state in states[5:]:
        make.report(state, "2004-10-27", published=True)
    page = collapsed(client)
    assert page.count("<details") == 1
    shown = " ".join(re.sub("<[^>]*>", " ", page).split())
    line = "5 States: first report recorded; day not established (by 1 June 2022 at the latest)."
    assert f"{line} By elimination, from press State 0 State 1 State 2 State 3 State 4" in shown
    assert f'href="{states[0].get_absolute_url()}#{states[0].reports.get().reference}"' in page
    assert "State 5 State 5 submitted its first report on 27 October 2004" in shown
    asked = asking("changes", since="2004-04-28", format="json")
    assert client.get(asked).json()["count"] == 7
    assert "<strong>7</strong> facts" in client.get(asking("changes", since="2004-04-28")).content.decode()


APART = [
    ({"submitted": "by 2 June 2022"}, "another day"),
    ({"certainty": "press"}, "another certainty"),
    ({"kind": "additional information"}, "another kind"),
]


@pytest.mark.parametrize(("fields", "why"), APART, ids=str)
def test_only_what_is_said_in_the_same_words_shares_a_line(client, db, fields, why):
    for number in range(4):
        make.report(make.state(f"State {number}"), "by 1 June 2022", published=True)
    make.report(make.state("Chad"), **{"submitted": "by 1 June 2022", "published": True} | fields)
    assert "<details" not in collapsed(client), why
    make.report(make.state("Congo"), "by 1 June 2022", published=True)
    assert collapsed(client).count("<details") == 1


def test_the_record_says_of_its_many_bounds_in_one_line_that_they_are_bounds(client, record):
    page = client.get(asking("changes", since="2013-11-18", per_page="200")).content.decode()
    shown = unescape(" ".join(re.sub("<[^>]*>", "", page).split()))
    [number] = re.findall(r"(\d+) States: first report recorded; day not established \(by 1 June 2022", shown)
    rows = client.get(asking("changes", since="2013-11-18", kind="first report", format="csv")).getvalue().decode()
    assert rows.count("[..2022-06-01]") == int(number) > 100
