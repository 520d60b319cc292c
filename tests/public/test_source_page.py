"""The page of a source: what it is, and every fact that cites it, as at a day; short titles wherever facts are."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from states.models import Source, fact_models
from states.models.kind import models_with_sources
from tests import factories as make
from tests.public.addresses import asking


def words(text: str) -> str:
    return unescape(" ".join(re.sub("<[^>]*>", " ", text).split())).replace(" .", ".").replace(" ,", ",")


def html(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def facts_of(client, source, day="") -> list[dict]:
    return client.get(f"/sources/{source}/?format=json{day and f'&as_of={day}'}").json()["facts"]


def test_a_page_tells_what_the_source_is(client, db):
    fields = {"publisher": "United Nations", "dated": "2013-11-15", "kind": "UN press release", "note": "As carried."}
    make.source("dc3466", title="Press release DC/3466: a visit", link="https://un.org/x", published=True, **fields)
    page = html(client, "/sources/dc3466/")
    shown = words(page)
    assert "<title>Press release DC/3466 –" in page
    for text in (
        "Press release DC/3466: a visit",
        "United Nations",
        "15 November 2013",
        "UN press release",
        "As carried.",
    ):
        assert text in shown
    assert 'href="https://un.org/x"' in page
    data = client.get("/sources/dc3466/?format=json").json()
    assert (data["dated"], data["publisher"], data["facts"]) == ("2013-11-15", "United Nations", [])


def test_every_kind_of_fact_is_told_of_by_the_source_it_cites(client, db):
    source = make.source("x", published=True)
    for model in fact_models():
        make.fact(model, make.state(f"State {model.__name__}"), sources=[source], published=True)
    assert set(fact_models()) <= set(models_with_sources())
    assert [one["kind"] for one in facts_of(client, "x")] == [model.fact_kind.singular for model in fact_models()]
    page = html(client, "/sources/x/")
    assert "6 facts known by" in words(page)
    for model in fact_models():
        assert f">{model.fact_kind.title}</h2>" in page
        fact = model.objects.get()
        if hasattr(fact, "get_absolute_url"):
            assert f'href="{fact.get_absolute_url()}"' in page


def test_a_fact_is_told_of_once_it_may_have_happened(client, db):
    source = make.source("x", published=True)
    make.report(make.state(), "2013-11-05", sources=[source], published=True)
    make.figure(169, "2013-01-15", sources=[source], published=True)
    table = {"2013-01-14": [], "2013-01-15": ["2013-01-15"], "2013-11-05": ["2013-11-05", "2013-01-15"]}
    assert {day: [one["when"] for one in facts_of(client, "x", day)] for day in table} == table


def test_a_fact_of_a_state_that_was_no_member_yet_is_not_told(client, db):
    source, state = make.source("x", published=True), make.state("South Sudan", admitted_on="2011-07-14")
    make.report(state, "by 2014", sources=[source], published=True)
    assert [len(facts_of(client, "x", day)) for day in ("2011-07-13", "2011-07-14")] == [0, 1]


def test_what_is_not_published_is_not_told(client, db):
    source, hidden = make.source("x", published=True), make.source("hidden")
    make.report(make.state(), sources=[source])
    make.report(make.state("France"), sources=[source, hidden], published=True)
    assert [one["state"] for one in facts_of(client, "x")] == ["FRA"]
    assert client.get("/sources/hidden/").status_code == 404
    assert "No source “nowhere” is recorded." in words(client.get("/sources/nowhere/").content.decode())


def test_what_is_said_of_many_states_stands_in_one_line_that_opens_to_them(client, db):
    source, states = make.source("x", published=True), [make.state(f"State {n}") for n in range(6)]
    for state in states[:5]:
        make.report(state, "by 1 June 2022", sources=[source], published=True)
    make.report(states[5], "2004-10-27", sources=[source], published=True)
    page = html(client, "/sources/x/")
    assert page.count("<details><summary>") == 1
    assert "by 1 June 2022 at the latest 5 States: First report submitted. Cited document State 0 State 1" in words(
        page
    )
    assert "27 October 2004 State 5 : First report submitted. Cited document" in words(page)
    assert len(facts_of(client, "x")) == 6


def test_many_facts_ask_no_more_of_the_database_than_few(client, db):
    source = make.source("x", published=True)

    def fill(number):
        for _ in range(number):
            state = make.state(f"State {make.codes()}")
            for model in fact_models():
                if model.__name__ != "Resolution":
                    make.fact(model, state, sources=[source], published=True)

    make.resolution(sources=[source], published=True)
    asked = ("/sources/x/", "/sources/x/?format=json")

    def queries(address):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    fill(1)
    few = [queries(address) for address in asked]
    fill(7)
    assert [queries(address) for address in asked] == few
    assert max(few) <= 20


def test_the_list_leads_to_the_page_and_old_anchors_still_lead_into_the_list(client, db):
    make.source("dc3466", title="A title", published=True)
    assert '<span id="dc3466"><a href="/sources/dc3466/">A title</a></span>' in html(client, "/sources/")
    assert "/sources/dc3466/?as_of=2013-01-15" in html(client, "/sources/?as_of=2013-01-15")
    assert Source.objects.get().get_absolute_url() == "/sources/dc3466/"


@pytest.mark.parametrize("name", ["reports", "plans", "visits", "events"])
def test_people_read_short_titles_and_files_have_references(client, record, name):
    page = html(client, asking(name))
    links = re.findall(r'<a href="/sources/([^"/]+)/">([^<]*)</a>', page)
    titles = {one.reference: one.short_title for one in Source.objects.all()}
    assert len(links) > 5
    assert [unescape(text) for _, text in links] == [titles[reference] for reference, _ in links]
    rows = client.get(asking(name, format="json")).json()["results"]
    assert {one for row in rows for one in row["sources"]} <= set(titles)


PAGES = ["/states/ALB/", "/visits/BFA-2013/", "/events/BLR-event-2013-01/", "/figures/first-reports/", "/about/"]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_shows_the_reference_of_a_source_to_people(client, record, address):
    shown = words(html(client, address))
    references = [one for one in Source.objects.values_list("reference", flat=True) if re.search(r"\d", one)]
    assert [one for one in references if re.search(rf"(?<![\w/.-]){re.escape(one)}(?![\w/.-])", shown)] == []
