"""News: told by the day on which the public came to know, as a page, as JSON and as feeds."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.as_at.day import today
from states.lists.news import latest_news
from states.models import PublishedFigure, Report, fact_models
from tests import factories as make
from tests.public.addresses import LISTS, asking
from tests.public.atom import faults

FEEDS = [name for name, listing in LISTS.items() if "atom" in listing.formats]
pytestmark = pytest.mark.django_db


def told(fact, published: str, changed: str = ""):
    """Let a fact have been published, and perhaps changed, on days in the past, for which the triggers must be off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {fact._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE {fact._meta.db_table} SET published_at = %s, changed_at = %s WHERE id = %s",
            [f"{published} 12:00Z", f"{changed or published} 12:00Z", fact.pk],
        )
        cursor.execute(f"ALTER TABLE {fact._meta.db_table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    fact.refresh_from_db()
    return fact


def moment(fact):
    fact.refresh_from_db()
    return fact.changed_at


@pytest.fixture
def chad():
    return make.state("Chad")


@pytest.fixture
def report(chad):
    return told(make.report(chad, published=True), "2026-03-01")


# When the public content of a fact last changed, as the database keeps it


def test_what_is_first_published_has_one_time_and_what_is_logged_has_none(chad):
    logged, published = make.report(chad), make.visit(chad, published=True)
    logged.refresh_from_db(), published.refresh_from_db()
    assert (logged.published_at, logged.changed_at) == (None, None)
    assert published.changed_at == published.published_at is not None


@pytest.mark.parametrize(
    ("change", "is_public"),
    [
        ({"note": "Corrected."}, True),
        ({"submitted": "[..2004-10-28]"}, True),
        ({"internal_note": "Seen."}, False),
        ({"checked": True}, False),
        ({"changed_at": datetime(2020, 1, 1, tzinfo=UTC)}, False),
        ({"note": "Corrected.", "changed_at": datetime(2020, 1, 1, tzinfo=UTC)}, True),
    ],
    ids=str,
)
def test_only_what_the_public_reads_makes_a_correction(report, change, is_public):
    before = report.changed_at
    Report.objects.update(**change)
    assert (moment(report) != before) == is_public
    assert moment(report).year == 2026
    assert report.published_at == before


@pytest.mark.parametrize(("published", "is_public"), [(True, True), (False, False)])
def test_a_source_makes_a_correction_when_the_public_sees_it(report, published, is_public):
    source, before = make.source(published=published), report.changed_at
    report.sources.add(source)
    assert (moment(report) != before) == is_public
    told(report, "2026-03-01")
    report.sources.clear()
    assert (moment(report) != before) == is_public


def test_an_organization_that_took_part_makes_a_correction(chad):
    visit = told(make.visit(chad, published=True), "2026-03-01")
    visit.organizations.add(make.organization())
    assert moment(visit) > visit.published_at


def test_a_fact_that_is_logged_is_not_corrected_by_its_sources(chad):
    report = make.report(chad, sources=[make.source(published=True)])
    assert moment(report) is None


def test_what_is_published_again_was_first_published_before(report):
    Report.objects.update(published=False)
    assert moment(report) is None
    Report.objects.update(published=True, note="Corrected.")
    assert moment(report) > report.published_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_history_does_not_tell_a_correction_twice(report):
    events = Report._meta.apps.get_model("states", "ReportEvent").objects
    before = events.count()
    report.sources.add(make.source(published=True))
    assert events.count() == before


# The page and its JSON


def test_news_stand_in_the_order_in_which_they_were_told(client, chad):
    early = told(make.report(chad, "2004-10-27", published=True), "2026-05-02")
    late = told(make.event(chad, "2013-01-15", published=True), "2026-02-01")
    corrected = told(make.plan(chad, "2011-05", published=True), "2026-01-01", "2026-06-01")
    figure = told(make.figure(published=True), "2026-01-15")
    resolution = told(make.resolution(published=True), "2026-01-16")
    make.visit(chad)
    rows = client.get("/news/?format=json").json()
    assert [row["reference"] for row in rows["results"]] == [
        *(one.reference for one in (corrected, early, late, resolution, figure)),
    ]
    assert rows["count"] == 5
    assert rows["as_of"] == today().isoformat()
    assert [row["corrected"] for row in rows["results"]] == [True, False, False, False, False]
    assert rows["results"][1] == {
        "kind": "report",
        "reference": early.reference,
        "state": "TCD",
        "state_name": "Chad",
        "what": "First report submitted",
        "when": "2004-10-27",
        "told_at": "2026-05-02T12:00:00+00:00",
        "corrected": False,
        "published_at": "2026-05-02T12:00:00+00:00",
        "address": f"http://testserver/states/TCD/#{early.reference}",
    }
    page = client.get("/news/").text
    days = ["1 June 2026", "2 May 2026", "1 February 2026", "16 January 2026", "15 January 2026"]
    places = [page.index(f"{day}</time></h2>") for day in days]
    assert places == sorted(places)
    assert "corrected, first published 1 January 2026" in page
    assert "<h3>1 plan corrected</h3>" in page
    assert [item.fact for item in latest_news(today(), 2)] == [corrected, early]


@pytest.mark.parametrize(
    ("as_of", "state_of_it"),
    [("2026-02-28", None), ("2026-03-01", False), ("2026-03-31", False), ("2026-04-01", True), ("", True)],
)
def test_news_of_a_past_day_are_what_was_told_by_its_end(client, report, as_of, state_of_it):
    told(report, "2026-03-01", "2026-04-01")
    rows = client.get(f"/news/?format=json&as_of={as_of}").json()["results"]
    assert [row["corrected"] for row in rows] == ([] if state_of_it is None else [state_of_it])
    entries = feedparser.parse(client.get(f"/feed/?as_of={as_of}").content).entries
    assert len(entries) == len(rows)


def test_before_anything_was_published_the_page_says_so(client, report):
    page = client.get("/news/?as_of=2013-01-15").text
    assert "Nothing was published in this record by 15 January 2013" in page
    assert '<a href="/states/?as_of=2013-01-15">lists</a>' in page


def test_what_many_were_told_at_once_stands_in_one_line_that_opens(client, chad):
    for number in range(20):
        make.event(chad, title=f"Workshop {number}", published=True)
    page = client.get("/news/").text
    assert page.count("Workshop ") == 20
    assert "20 events published" in page
    make.event(chad, title="Workshop 20", published=True)
    make.report(chad, published=True)
    page = client.get("/news/").text
    assert "Workshop " not in page
    assert "First report submitted" in page
    address = f"/news/?on={today()}&kind=event"
    assert f'<a href="{address.replace("&", "&amp;")}">21 events published</a>' in page
    opened = client.get(address).text
    assert opened.count("Workshop ") == 21
    assert len(client.get(f"{address}&format=json").json()["results"]) == 21


def test_more_than_a_page_of_one_day_has_pages(client, chad):
    for number in range(101):
        make.event(chad, title=f"Workshop {number}", published=True)
    first, second = (
        [row["reference"] for row in client.get(f"/news/?format=json&page={number}").json()["results"]]
        for number in (1, 2)
    )
    assert (len(first), len(second)) == (100, 1)
    assert len({*first, *second}) == 101
    opened = f"/news/?on={today()}&kind=event"
    assert client.get(f"{opened}&page=2").text.count("Workshop ") == 1
    assert client.get(f"{opened}&page=3").status_code == 404


REFUSED = [
    ("kind=nonsense", "kind"),
    ("on=2026-13-01", "on"),
    ("on=2026-02-02&as_of=2026-02-01", "on"),
    ("format=csv", "format"),
    ("page=0", "page"),
]


@pytest.mark.parametrize(("query", "parameter"), REFUSED)
def test_a_question_about_news_that_is_not_understood_is_refused(client, query, parameter):
    response = client.get(f"/news/?{query}")
    assert response.status_code == 400
    assert parameter in response.text


def test_news_tell_what_is_published_only_and_of_a_planned_visit_that_it_is_planned(client, chad):
    make.report(chad)
    assert client.get("/news/?format=json").json()["count"] == 0
    assert latest_news(today(), 9) == []
    make.visit(chad, (today() + timedelta(9)).isoformat(), published=True)
    (row,) = client.get("/news/?format=json").json()["results"]
    assert row["what"] == "Visit of the Committee: scheduled"


def test_the_record_as_it_comes_is_told_on_the_day_of_its_import(client, record):
    rows = client.get("/news/?format=json").json()
    assert rows["count"] == sum(model.objects.known(today()).filter(published=True).count() for model in fact_models())
    assert not any(row["corrected"] for row in rows["results"])
    assert client.get("/news/").text.count("<h2 id=") == 1
    assert PublishedFigure.objects.count() > 20


def test_many_news_ask_no_more_of_the_database_than_few(client):
    asked = [
        *("/news/", "/news/?format=json", f"/news/?on={today()}&kind=report", "/feed/", "/"),
        *(asking(name, format="atom") for name in FEEDS),
    ]

    def fill(number):
        for _ in range(number):
            state = make.state(f"State {make.codes()}")
            for model in fact_models():
                if model.fact_kind.singular != "resolution":
                    make.fact(model, state, published=True, sources=[source])

    source = make.source(published=True)
    make.resolution(published=True)
    fill(2)
    few = [queries_of(client, address) for address in asked]
    fill(12)
    assert [queries_of(client, address) for address in asked] == few
    assert max(few) <= 25


def queries_of(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# Feeds


@pytest.mark.parametrize(
    "address",
    [
        "/feed/",
        *(asking(name, format="atom") for name in FEEDS),
        "/feed/?as_of=2010-01-01",
        "/reports/?region=Africa&region=Asia&format=atom",
        "/visits/?as_of=2013-11-18&format=atom&state=KOR",
        "/figures/changes/?since=2013-01-15&as_of=2013-11-18&format=atom",
    ],
)
def test_a_feed_is_as_the_standard_says(client, record, address):
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert faults(response.content) == []
    read = feedparser.parse(response.content)
    assert not read.bozo
    assert read.version == "atom10"


def test_the_checker_of_feeds_sees_what_is_wrong(client, report):
    feed = client.get("/feed/").text
    for right, wrong, number in [
        ("<title>Chad: First report submitted</title>", "", "4.1"),
        ("<title>Chad: First report submitted</title>", "<title> </title>", "4.2.14"),
        ("tag:127.0.0.1,2026:report/", "report/", "4.2.6"),
        ("2026-03-01T12:00:00+00:00</updated>", "2026-03-01</updated>", "3.3"),
        ("<name>The 1540 record</name>", "", "4.1.1: no author"),
        ('rel="self"', 'rel="next"', "4.1.1: no link"),
        ('href="http://testserver/states/TCD/#', 'href="/states/TCD/#', "4.2.7"),
    ]:
        assert right in feed, right
        assert any(fault.startswith(number) for fault in faults(feed.replace(right, wrong).encode())), number


def test_an_entry_has_its_own_times_and_one_id_for_ever(client, report):
    told(report, "2026-03-01", "2026-04-01")
    for address in ("/feed/", "/reports/?format=atom", "/reports/?region=Africa&format=atom"):
        read = feedparser.parse(client.get(address).content)
        (entry,) = read.entries
        assert entry.id == f"tag:127.0.0.1,2026:report/{report.reference}"
        assert (entry.published, entry.updated) == ("2026-03-01T12:00:00+00:00", "2026-04-01T12:00:00+00:00")
        assert read.feed.updated == entry.updated
        assert entry.title == "Chad: First report submitted"
        assert entry.summary == "27 October 2004. Cited document. Corrected; first published here on 1 March 2026."
        assert entry.link == f"http://testserver/states/TCD/#{report.reference}"
    assert client.get("/feed/", headers={"host": "localhost"}).text.count(entry.id) == 1


def test_the_feed_of_a_list_keeps_its_filters_and_the_list_leads_to_it(client, chad):
    make.report(chad, published=True)
    make.report(make.state("France"), published=True)
    page = client.get("/reports/?region=Africa&sort=state&per_page=25").text
    address = "/reports/?region=Africa&format=atom"
    assert f'type="application/atom+xml" title="Reports" href="{address.replace("&", "&amp;")}"' in page
    assert [entry.title for entry in feedparser.parse(client.get(address).content).entries] == [
        "Chad: First report submitted"
    ]
    by_name = feedparser.parse(client.get("/reports/?state=Chad&format=atom").content)
    assert len(by_name.entries) == 1
    for refused in ("page=2", "sort=state", "cols=state"):
        assert client.get(f"/reports/?format=atom&{refused}").status_code == 400
    assert client.get("/states/?format=atom").status_code == 400


def test_what_was_told_at_once_stands_by_the_day_on_which_it_happened(client, chad):
    report, plan = make.report(chad, published=True), make.plan(chad, "2011-05", published=True)
    planned = make.plan(chad, None, number=2, adopted="2009", published=True)
    visit = make.visit(chad, "2013-11-12", published=True)
    figure, resolution = make.figure(published=True), make.resolution(published=True)
    order = [visit, figure, plan, report, resolution]
    assert [item.fact for item in latest_news(today(), 9) if item.fact != planned] == order
    rows = client.get("/news/?format=json").json()["results"]
    assert [row["reference"] for row in rows] == [one.reference for one in (*order, planned)]
    entries = feedparser.parse(client.get("/plans/?format=atom").content).entries
    assert [entry.id.rpartition("/")[2] for entry in entries] == [plan.reference, planned.reference]


def test_home_tells_what_was_published_last(client, chad):
    told(make.report(chad, "2004-10-27", published=True), "2026-05-02")
    told(make.visit(chad, "2013-11-12", published=True), "2026-02-01")
    page = client.get("/").text
    latest = page[page.index('id="latest"') :]
    assert latest.index("First report submitted") < latest.index("Visit of the Committee")
    assert "published 2 May 2026" in latest
