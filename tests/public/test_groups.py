"""The page of an organization, a regional group and a region: its members, and what is recorded of each."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.pages.groups import REGIONS_AND_GROUPS
from r1540.pages.states.list import StateTable
from states.models import Membership, State
from tests import factories as make

CIS_ON_THE_DAY = ["ARM", "AZE", "BLR", "KAZ", "KGZ", "MDA", "RUS", "TJK", "UKR", "UZB"]
PAGES = [
    "/organizations/CIS/?as_of=2013-01-15",
    "/organizations/LAS/",
    "/organizations/AU/?as_of=2022-06-01",
    "/groups/african-group/",
    "/groups/western-european-and-others-group/?as_of=2013-11-18",
    "/groups/europe/?as_of=2006-06-27",
    "/groups/asia/",
]
SUMMARY = re.compile(r'<section aria-labelledby="summary">.*?</section>', re.DOTALL)
GROUNDS = re.compile('<details class="grounds">.*?</details>', re.S)
NUMBER = re.compile(r'<a[^>]* href="([^"]*)">(\d+)</a>')


def html(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def words(text: str) -> str:
    return unescape(" ".join(re.sub("<[^>]*>", "", text).split())).replace(" .", ".").replace(" ,", ",")


def rows_in_list(client, address) -> int:
    return client.get(f"{unescape(address)}&format=json").json()["count"]


def test_the_commonwealth_of_independent_states_on_the_day_of_the_message(client, record):
    page = client.get("/organizations/CIS/?as_of=2013-01-15&format=json").json()
    assert [row["iso3"] for row in page["members"]] == CIS_ON_THE_DAY
    assert {row["first_report"] for row in page["members"]} == {"recorded"}
    days = {row["iso3"]: row["first_report_submitted"] for row in page["members"]}
    known = {"ARM": "2004-11-09", "AZE": "2004-10-28", "KAZ": "2004-11-03"}  # from other sources than the message
    assert days == dict.fromkeys(CIS_ON_THE_DAY, "[..2013-01-15]") | known
    assert page["standing"]["first_report"] == {"recorded": 10, "day not established": 0, "none recorded": 0}
    assert page["every_member_has_a_first_report_since"] == "[2004-11-09..2013-01-15]"
    assert page["first_reports_without_a_known_day"] == 7
    assert [row["iso3"] for row in page["associates"]] == ["TKM"]
    assert page["events"] == ["BLR-event-2013-01"]
    shown = words(SUMMARY.search(html(client, "/organizations/CIS/?as_of=2013-01-15")).group())
    assert "10 of 10 Member States have a first report recorded." in shown
    assert "By 15 January 2013 each member’s first report is recorded; for 7 the day is not established." in shown


def test_the_day_before_the_message_nothing_is_said_of_all_members(client, record):
    shown = words(SUMMARY.search(html(client, "/organizations/CIS/?as_of=2013-01-14")).group())
    assert "3 of 10 Member States have a first report recorded; for 7 the day is not established." in shown
    assert "each member" not in shown


@pytest.mark.parametrize("address", PAGES)
def test_each_number_is_the_rows_of_the_list_it_leads_to(client, record, address):
    page = html(client, address)
    found = NUMBER.findall(page)
    assert len(found) >= 5
    for link, number in found:
        assert rows_in_list(client, link) == int(number), link
    data = client.get(address + ("&" if "?" in address else "?") + "format=json").json()
    assert len(data["members"]) == int(found[0][1]) == page.count('<th scope="row" role="rowheader" class="name">')
    for standing in data["standing"].values():
        assert sum(standing.values()) == len(data["members"])


@pytest.mark.parametrize("address", PAGES)
def test_a_member_is_shown_as_the_list_shows_it(client, record, address):
    data = client.get(address + ("&" if "?" in address else "?") + "format=json").json()
    own = ("status", "joined", "certainty", "sources", "note")  # of the membership
    columns = [name for name in data["members"][0] if name in StateTable.base_columns and name not in own]
    link = unescape(NUMBER.search(html(client, address)).group(1))
    listed = client.get(f"{link}&format=json&per_page=200&cols={'&cols='.join(columns)}").json()["results"]
    without = [{name: row[name] for name in row if name not in own} for row in data["members"]]
    assert without == listed


REPORTED = [
    (["2004-10-27", "2005-11-01"], "Every member of this day has a first report recorded since 1 November 2005."),
    # The others' days are not known, and all lie before the last one's: so the day is.
    (["2005", "by 2006", "2013-11-05"], "Every member of this day has a first report recorded since 5 November 2013."),
    (["2004-10-27", "2005"], "By 31 December 2005 each member’s first report is recorded; for 1 the day is not"),
    (["by 2005", "by 2010"], "By 31 December 2010 each member’s first report is recorded; for 2 the day is not"),
    (["2013-11-05", "by 2013-11-05"], "Every member of this day has a first report recorded since 5 November 2013."),
]


@pytest.mark.parametrize(("whens", "sentence"), REPORTED, ids=lambda value: str(value)[:40])
def test_since_when_every_member_has_reported(client, db, whens, sentence):
    cis = make.organization()
    for name, when in zip(("Albania", "Belarus", "Chad"), whens, strict=False):
        state = make.state(name)
        make.membership(cis, state)
        make.report(state, when, published=True)
    assert sentence in words(html(client, "/organizations/CIS/"))
    make.membership(cis, make.state("France"))
    shown = words(html(client, "/organizations/CIS/"))
    assert sentence not in shown
    assert "No first report recorded: France." in shown


def test_the_members_are_those_of_the_day(client, db):
    cis, albania, chad = make.organization(), make.state("Albania"), make.state()
    make.report(albania, published=True)
    make.membership(cis, albania)
    make.membership(cis, chad, joined="2013-01-15", left="2013-11-18")
    table = {"2013-01-14": True, "2013-01-15": False, "2013-11-17": False, "2013-11-18": True}
    pages = {day: client.get(f"/organizations/CIS/?format=json&as_of={day}").json() for day in table}
    assert {day: page["every_member_has_a_first_report_since"] == "2004-10-27" for day, page in pages.items()} == table
    assert {day: len(page["members"]) == 1 for day, page in pages.items()} == table


def test_a_suspended_member_and_an_associate_are_told_apart(client, db):
    au = make.organization("AU")
    for name, status in (("Chad", "suspended"), ("Congo", "member"), ("France", "associate")):
        make.membership(au, make.state(name), status=status, certainty="recollection" if name == "Congo" else "press")
    page = words(html(client, "/organizations/AU/"))
    assert "As at" in page
    assert "Chad (suspended)" in page
    assert "Congo (membership from recollection)" in page
    assert "Associate members France" in page
    data = client.get("/organizations/AU/?format=json").json()
    assert [(row["iso3"], row["status"]) for row in data["members"]] == [("TCD", "suspended"), ("COG", "member")]
    assert [row["iso3"] for row in data["associates"]] == ["FRA"]


def test_since_when_and_how_memberships_are_known_is_told(client, db):
    au, letter = make.organization("AU"), make.source("letter", published=True)
    draft = make.source("draft")
    known = {"joined": "2002", "certainty": "document-cited", "note": "Founding member.", "sources": [letter, draft]}
    make.membership(au, make.state("Chad"), **known)
    make.membership(au, make.state("Congo"), certainty="recollection", left="2022")
    grounds = GROUNDS.search(html(client, "/organizations/AU/?as_of=2013-01-15")).group()
    assert 'href="/sources/letter/?as_of=2013-01-15"' in grounds
    assert "Chad: since 2002. Founding member. Cited document. Source: Title of letter." in words(grounds)
    assert "Congo: since when: none recorded From recollection. Source: none recorded." in words(grounds)
    assert "draft" not in grounds
    of_state = words(GROUNDS.search(html(client, "/states/TCD/")).group())
    assert "AU: since 2002. Founding member. Cited document. Source: Title of letter." in of_state
    told = {"status": "member", "joined": "2002", "certainty": "document-cited", "sources": ["letter"]}
    told["note"] = "Founding member."
    members = client.get("/organizations/AU/?format=json").json()["members"]
    assert {name: members[0][name] for name in told} == told
    assert client.get("/states/TCD/?format=json").json()["memberships"] == [{"organization": "AU"} | told]


def test_an_organization_without_members_says_so(client, db):
    make.organization()
    page = words(html(client, "/organizations/CIS/"))
    assert "0 Member States" in page
    assert "None recorded as at" in page


def test_what_is_recorded_of_a_member_is_in_one_row(client, db):
    chad = make.state()
    make.report(chad, "2013-11-05", published=True)
    for when in ("2014-01-01", "2014-02-01"):
        make.report(chad, when, kind="additional information", published=True)
    make.visit(chad, "2015", published=True)
    make.plan(chad, None, announced="2016-01-01", published=True)
    row = "Chad 5 November 2013 recorded: 2 communications recorded: 2015 none recorded (latest plan: announced)"
    assert row in words(html(client, "/groups/african-group/"))
    row = "Chad none recorded none recorded 2015 (day not established) none recorded"
    page = words(html(client, "/groups/africa/?as_of=2015-01-01").replace("5 November 2013", ""))
    assert "2015 (day not established) none recorded" in page
    assert "none recorded" in words(html(client, "/groups/africa/?as_of=2013-11-04"))


def test_observer_states_are_shown_and_never_counted(client, record):
    page = html(client, "/groups/europe/?as_of=2022-06-01")
    assert "Observer State in it, not counted: Holy See." in words(page)
    data = client.get("/groups/europe/?as_of=2022-06-01&format=json").json()
    assert [one["iso3"] for one in data["observers"]] == ["VAT"]
    assert "VAT" not in [row["iso3"] for row in data["members"]]


def test_a_special_place_in_a_group_is_told(client, record):
    noted = State.objects.filter(status="member").exclude(regional_group_note="")
    notes = noted.values_list("name", "regional_group_note", "regional_group")
    pages = {group.name: words(html(client, group.get_absolute_url())) for group in REGIONS_AND_GROUPS}
    assert len(notes) >= 3
    for name, note, group in notes:
        assert words(f"{name}: {note}") in pages[group]


def test_every_group_and_region_is_listed_with_its_members_of_the_day(client, record):
    for day, members in (("2006-06-27", 191), ("2013-01-15", 193)):
        page = html(client, f"/groups/?as_of={day}")
        found = NUMBER.findall(page)
        assert len(found) == len(REGIONS_AND_GROUPS) == 10
        assert [rows_in_list(client, link) for link, _ in found] == [int(number) for _, number in found]
        assert sum(int(number) for _, number in found) == 2 * members
        results = client.get(f"/groups/?as_of={day}&format=json").json()["results"]
        assert [one["members"] for one in results] == [int(number) for _, number in found]
        for one in results:
            assert f"/groups/{one['slug']}/?as_of={day}" in page


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/groups/nowhere/", 404, "No group is called “nowhere”. There are: african-group,"),
        ("/groups/africa/?region=Asia", 400, "region: this address has no such parameter"),
        ("/groups/africa/?format=csv", 400, "format: “csv” is not one of: html, json"),
        ("/groups/?page=1", 400, "page: this address has no such parameter"),
        ("/groups/?format=xml", 400, "format: “xml” is not one of"),
        ("/groups/africa/?as_of=2013-02-30", 400, "as_of: There is no day"),
        ("/organizations/CIS/?sort=name", 400, "sort: this address has no such parameter"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(client, db, address, status, reason):
    response = client.get(address)
    assert response.status_code == status
    assert reason in words(response.content.decode()) or reason in response.content.decode()


def queries_of(client, address) -> int:
    client.get(address)  # compiles what it asks, once in each process
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_many_members_ask_no_more_of_the_database_than_one(client, db):
    addresses = [
        f"{path}{query}"
        for path in ("/organizations/AU/", "/groups/african-group/", "/groups/africa/", "/groups/")
        for query in ("", "?format=json")
    ]
    au, organizer = make.organization("AU"), make.organization("OIF")

    def fill(number):
        for _ in range(number):
            state = make.state(f"State {make.codes()}")
            make.membership(au, state, sources=[make.source(published=True)])
            make.report(state, published=True)
            make.report(state, "2014-01-01", kind="additional information", published=True)
            make.visit(state, "2015-01-01", published=True)
            make.plan(state, published=True)
            make.event(state, organizations=[au, organizer], published=True)

    fill(1)
    few = [queries_of(client, address) for address in addresses]
    fill(30)
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= 17
    assert Membership.objects.count() == 31


PRINTED = [
    ("/organizations/CIS/?as_of=2013-01-15", 1),
    ("/groups/african-group/?as_of=2026-11-21", 2),
    ("/groups/african-group/?as_of=2013-01-15", 2),
    ("/groups/oceania/?as_of=2022-06-01", 1),
]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_a_page_is_printed_on_one_or_two_sheets(browser, live_server, record):
    """Printed a fifth smaller, so that it is not the font of the machine that decides: the fullest fills its sheets."""
    page = browser.new_page(base_url=live_server.url)
    for address, sheets in PRINTED:
        page.goto(address)
        printed = page.pdf(format="A4", scale=0.8)
        assert 0 < len(re.findall(rb"/Type\s*/Page\b", printed)) <= sheets, address


def test_a_page_says_what_is_known_only_from_the_statement_that_it_would_confirm(client, record):
    page = html(client, "/organizations/CIS/?as_of=2013-01-15")
    only = (
        "7 of these first reports are known only from the statement Message of the Chair, 15 January 2013: they do not"
    )
    assert only in words(SUMMARY.search(page).group())
    assert 'href="/sources/message-2013-01-15/?as_of=2013-01-15"' in page
    data = client.get("/organizations/CIS/?as_of=2013-01-15&format=json").json()
    assert data["first_reports_known_only_from_messages"] == 7
    assert "known only from" not in words(html(client, "/groups/african-group/?as_of=2013-01-15"))
    # The day before nobody knew of it: the day of these reports is not established.
    assert "known only from" not in words(html(client, "/organizations/CIS/?as_of=2013-01-14"))
