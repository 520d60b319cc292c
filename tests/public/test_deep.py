"""A page deep in a long list holds the rows that stand at its place, however they are looked up."""

import random
from datetime import date, timedelta

import pytest

from r1540.as_at import deep
from r1540.as_at.when import When
from r1540.lists.columns import ordered
from r1540.lists.listing import question
from states.models import Report, State
from states.views import ReportList
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2013, 1, 15)


@pytest.fixture
def reports():
    """Reports of few days, many of each, of which some have no first day."""
    luck = random.Random(1540)
    states = [make.state(name) for name in make.STATES]
    days = [When(None, DAY), When.parse("2012"), *(When.day(DAY - timedelta(days=n * 30)) for n in range(5))]
    Report.objects.bulk_create(
        Report(reference=f"r-{n}", kind="additional information", state=luck.choice(states), submitted=day)
        for n, day in enumerate(luck.choices(days, k=90))
    )


@pytest.mark.parametrize("sort", ["", "submitted", "-submitted", "state", "-state", "status", "symbol", "received"])
def test_a_page_has_the_keys_of_its_place_in_the_order_of_the_list(reports, monkeypatch, sort):
    monkeypatch.setattr(deep, "DEEP", 7)
    whole = list(ordered(ReportList().facts(DAY), ReportList.table_class, sort).values_list("pk", flat=True))
    asked = question(ReportList, ("state",), sort, ())
    assert len(whole) == 90
    for size in (1, 7, 25):
        assert [key for start in range(0, 90, size) for key in asked.keys_of(DAY, start, start + size)] == whole


@pytest.mark.parametrize(
    ("sort", "asked"), [("", 3), ("submitted", 3), ("-submitted", 3), ("state", 1), ("status", 1), ("received", 1)]
)
def test_the_days_are_asked_first_where_there_is_an_index_by_them(
    reports, monkeypatch, django_assert_num_queries, sort, asked
):
    monkeypatch.setattr(deep, "DEEP", 7)
    found = question(ReportList, ("state",), sort, ())
    with django_assert_num_queries(asked):
        found.keys_of(DAY, 50, 75)
    with django_assert_num_queries(1):
        found.keys_of(DAY, 0, 25)


def test_an_index_by_what_may_be_unknown_does_not_count():
    assert deep.has_index(Report, "submitted")
    assert deep.has_index(State, "sort_name")
    assert not deep.has_index(State, "admitted_on")
    assert not deep.has_index(Report, "received")
