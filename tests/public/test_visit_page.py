"""The page of a visit tells its place in the order of visits, and leads to the visits beside it; the list counts what
it says that it counts."""

import re

import pytest

from r1540.as_at.day import today
from tests import factories as make
from tests.public.test_source_page import html, words
from visits.models import Visit

BESIDE = re.compile(r'<a rel="(prev|next)" href="([^"]*)"')


def test_the_republic_of_korea_is_the_eighth_of_the_visits_of_that_day(client, record):
    address = "/visits/KOR-2013/?as_of=2013-11-18"
    page = html(client, address)
    assert "Eighth of 8 visits at invitation, as at 18 November 2013." in words(page)
    assert BESIDE.findall(page) == [("prev", "/visits/BFA-2013/?as_of=2013-11-18")]
    assert '<link rel="prev" href="/visits/BFA-2013/?as_of=2013-11-18">' in page
    data = client.get("/visits/KOR-2013/?as_of=2013-11-18&format=json").json()
    assert (data["number"], data["place"]) == (8, [8, 8])
    number = Visit.objects.at_invitation().begun(today()).count()
    assert f"Eighth of {number} visits at invitation" in words(html(client, "/visits/KOR-2013/"))


def test_the_visits_are_reached_one_from_the_other(client, record):
    seen, address = [], "/visits/USA-2011/"
    while address:
        assert address not in seen
        seen.append(address)
        address = dict(BESIDE.findall(html(client, address))).get("next")
    listed = client.get("/visits/?kind=at+invitation&conducted=recorded&format=json&cols=reference").json()["results"]
    assert seen == [f"/visits/{row['reference']}/" for row in listed]


def test_where_the_order_is_not_established_the_page_and_the_list_tell_a_range(client, db):
    for name, days in (("Albania", "2012"), ("Chad", "2012"), ("France", "2013"), ("Congo", "by 2016")):
        make.visit(make.state(name), days, reference=name, published=True)
    assert "First to third of 3 to 4 visits" in words(html(client, "/visits/Albania/?as_of=2014-01-01"))
    assert "First to third of 4 visits at invitation" in words(html(client, "/visits/Chad/"))
    assert "1–3" in words(html(client, "/visits/"))
    data = client.get("/visits/Chad/?format=json").json()
    assert (data["number"], data["place"]) == (None, [1, 3])
    listed = client.get("/visits/?format=json&cols=number").json()["results"]
    assert [row["number"] for row in listed] == [None] * 4


def test_a_joint_visit_has_no_place_and_what_is_only_invited_has_none_yet(client, db):
    make.visit(make.state(), kind="joint", reference="x", published=True)
    make.visit(make.state("France"), None, invited="2013", reference="y", published=True)
    assert "has no place in the order of visits." in words(html(client, "/visits/x/"))
    assert "Invited as at" in words(html(client, "/visits/y/"))
    assert client.get("/visits/x/?format=json").json()["place"] is None


@pytest.mark.parametrize(
    ("query", "noun"),
    [
        ("", "3 visits, joint ones included, as at"),
        ("?kind=at+invitation", "2 visits at invitation as at"),
        ("?kind=joint", "1 joint visit as at"),
        ("?kind=joint&kind=at+invitation", "3 visits, joint ones included, as at"),
    ],
)
def test_the_count_says_which_visits_it_counts(client, db, query, noun):
    for name, kind in (("Chad", "at invitation"), ("Congo", "at invitation"), ("France", "joint")):
        make.visit(make.state(name), kind=kind, published=True)
    assert noun in words(html(client, f"/visits/{query}"))
