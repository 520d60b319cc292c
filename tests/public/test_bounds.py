"""The bounds of a figure by what was published: never wrong of what truly was, kept forward only, worded in one way."""

from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from r1540.as_at.when import When
from r1540.pages.figures import bounds
from r1540.pages.figures.bounds import Bound, Bounds, Count, bounds_of, contradicted
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.figures.places import ALL, Place
from r1540.pages.figures.tally import Tally
from states.models import Measure, PublishedFigure
from tests import factories as make

FIRST = date(2004, 4, 28)
SUBMITTED, OUTSTANDING = Measure.FIRST_REPORTS, Measure.NO_FIRST_REPORT
DAYS = 400  # days of the histories that are tried


def on(day):
    return FIRST + timedelta(days=day)


@st.composite
def histories(draw):
    """Draw when each of some States became a Member and submitted, and what was truly published of them."""
    joined = draw(st.lists(st.integers(0, DAYS), min_size=1, max_size=30).map(lambda days: [0, *days]))
    submitted = [draw(st.one_of(st.none(), st.integers(day, DAYS))) for day in joined]

    def number(day, has):
        return sum(
            since <= day and (report is not None and report <= day) is has
            for since, report in zip(joined, submitted, strict=True)
        )

    published = []
    for _ in range(draw(st.integers(0, 6))):
        first = draw(st.integers(0, DAYS))
        last = draw(st.integers(first, min(DAYS, first + 31)))
        day = draw(st.integers(first, last))  # the day it was true of, one of those that are known
        measure = draw(st.sampled_from([SUBMITTED, OUTSTANDING]))
        true = number(day, measure == SUBMITTED)
        qualifier = draw(st.sampled_from(PublishedFigure.Qualifier.values))
        value = true
        if qualifier in ("about", "around"):
            value = draw(
                st.integers(max(0, true - 5), true + 5).filter(lambda n, true=true: n % 10 == 0 or abs(n - true) <= 1)
            )
        elif qualifier == "more than":
            value = draw(st.integers(0, max(0, true - 1)))
        elif qualifier == "at least":
            value = draw(st.integers(0, true))
        if qualifier == "more than" and true == 0:
            continue
        published.append(
            PublishedFigure(
                pk=len(published) + 1,
                measure=measure,
                as_at=When(on(first), on(last)),
                value=value,
                qualifier=qualifier,
            )
        )
    return joined, submitted, published, number


@pytest.fixture
def world(monkeypatch):
    """Let the bounds be worked out from a history, without a database."""

    def of(joined, submitted, published):
        monkeypatch.setattr(bounds, "figures_that_bound", lambda: {(BY_SLUG["first-reports"], ALL): published})
        monkeypatch.setattr(bounds, "members_on", lambda day, place: sum(on(since) <= day for since in joined))

    return of


@given(histories(), st.integers(0, DAYS))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_truly_was_lies_within_the_bounds_on_every_day(world, history, day):
    joined, submitted, published, number = history
    world(joined, submitted, published)
    for slug, has in (("first-reports", True), ("no-first-report", False)):
        found, true = bounds_of(BY_SLUG[slug], ALL, on(day)), number(day, has)
        assert found.least is None or found.least.number <= true, slug
        assert found.most is None or true <= found.most.number, slug
        for one in (found.least, found.most):
            assert one is None or one.published.as_at.latest <= on(day), "what was published later says nothing"


@given(histories())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bounds_are_as_narrow_as_an_oracle_finds_by_trying(world, history):
    """The oracle tries each number on each day, and keeps those that no published figure of that or an earlier day
    forbids: of those that only grow."""
    joined, submitted, published, _ = history
    world(joined, submitted, published)
    for day in range(0, DAYS, 37):
        least, most = 0, None
        for one in published:
            if one.as_at.latest > on(day):
                continue
            low, high = one.accepted
            if one.measure == OUTSTANDING:
                then = [sum(on(since) <= at for since in joined) for at in (one.as_at.earliest, one.as_at.latest)]
                low, high = (None if high is None else then[0] - high), then[1] - low
            least = max(least, low or 0)
            if one.as_at.earliest == one.as_at.latest == on(day) and high is not None:
                most = high if most is None else min(most, high)
        found = bounds_of(BY_SLUG["first-reports"], ALL, on(day))
        assert max(0, found.least.number if found.least else 0) == least
        assert (found.most.number if found.most else None) == most


@given(histories())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_least_never_falls(world, history):
    joined, submitted, published, _ = history
    world(joined, submitted, published)
    found = [bounds_of(BY_SLUG["first-reports"], ALL, on(day)).least for day in range(0, DAYS, 5)]
    numbers = [one.number if one else 0 for one in found]
    assert numbers == sorted(numbers)


def bound(number, qualifier="", as_at="2013-01-15", measure=SUBMITTED, value=None):
    published = PublishedFigure(
        measure=measure, as_at=When.parse(as_at), value=value or number, qualifier=qualifier or "exact"
    )
    return Bound(number, published, value or number, qualifier)


@pytest.mark.parametrize(
    ("certain", "possible", "least", "most", "range_", "beside"),
    [
        (4, 0, bound(105), None, "4", "of at least 105 published (15 January 2013)"),
        (0, 0, bound(105), None, "none recorded", "of at least 105 published (15 January 2013)"),
        (4, 0, bound(165, "around", value=170), None, "4", "of around 170 published (15 January 2013)"),
        (4, 0, bound(21, "more than", value=20), None, "4", "of more than 20 published (15 January 2013)"),
        (21, 154, bound(169), bound(169), "21–175", "169 by what was published (15 January 2013)"),
        (21, 154, bound(169), None, "21–175", "at least 169 by what was published (15 January 2013)"),
        (21, 154, bound(168), bound(172), "21–175", "168–172 by what was published (15 January 2013)"),
        (21, 154, None, bound(160), "21–175", "at most 160 by what was published (15 January 2013)"),
        (21, 154, bound(20), None, "21–175", ""),
        (33, 0, None, bound(30), "33", "at most 30 by what was published (15 January 2013)"),
        (0, 2, None, None, "0–2", ""),
    ],
)
def test_the_words(certain, possible, least, most, range_, beside):
    one = Count(certain, possible, Bounds(least, most))
    assert (one.range, one.beside) == (range_, beside)


def test_a_rounded_figure_alone_keeps_its_qualifier():
    around = bound(165, "around", value=170)
    both = Bounds(around, Bound(175, around.published, 170, "around"))
    assert Count(21, 154, Bounds(*both.__dict__.values())).narrowed == "around 170"
    assert both.of_the_others(193).least.as_the("at least") == "around 23"


@pytest.mark.parametrize(
    ("certain", "possible", "most", "is_incomplete", "is_contradicted"),
    [(100, 10, 24, True, False), (18, 150, 24, False, False), (10, 10, 24, False, False)],
)
def test_of_those_that_have_none_recorded_fewer_published_is_a_hole_in_the_record(
    certain, possible, most, is_incomplete, is_contradicted
):
    one = Count(certain, possible, Bounds(None, bound(most, measure=OUTSTANDING)), is_of_the_others=True)
    assert (one.is_incomplete, one.is_contradicted) == (is_incomplete, is_contradicted)


# In the shipped record, by hand


def cell(slug, day, place=ALL):
    return Tally(date.fromisoformat(day)).cell(BY_SLUG[slug], place)


@pytest.mark.django_db
def test_the_day_of_the_message_of_minsk(record):
    """24 of the 193 Member States had not submitted: 193 - 24 = 169, which lies within what was said as around 170."""
    first, without = cell("first-reports", "2013-01-15"), cell("no-first-report", "2013-01-15")
    assert first.known == (169, 169)
    assert without.known == (24, 24)
    assert first.beside == "169 by what was published (15 January 2013)"
    assert without.beside == "24 by what was published (15 January 2013)"
    assert first.share == "88 per cent"
    information = cell("additional-information", "2013-01-15")
    assert information.is_incomplete
    assert information.beside == "of at least 105 published (15 January 2013)"
    assert information.share == ""
    assert cell("additional-information", "2013-01-15", Place("Africa", "region", "Africa")).share == ""
    assert cell("communications", "2013-01-15").beside == information.beside


@pytest.mark.django_db
def test_the_day_of_the_message_of_seoul(record):
    """Nothing was published as at 18 November 2013; what was by 15 January 2013 still is the least."""
    first, without = cell("first-reports", "2013-11-18"), cell("no-first-report", "2013-11-18")
    assert first.bounds.least.number == 169
    assert first.bounds.most is None
    assert first.beside == "at least 169 by what was published (15 January 2013)"
    assert without.beside == "at most 24 by what was published (15 January 2013)"
    assert cell("additional-information", "2013-11-18").bounds.least.number == 105


@pytest.mark.django_db
def test_a_figure_for_a_region_bounds_that_region(record):
    africa = cell("no-first-report", "2014-06-04", Place("Africa", "region", "Africa"))
    assert (africa.bounds.least.number, africa.bounds.most.number) == (17, 17)
    assert cell("no-first-report", "2014-06-05", Place("Africa", "region", "Africa")).bounds.least is None
    assert cell("no-first-report", "2014-06-04", Place("Asia", "region", "Asia")).bounds == Bounds()
    assert cell("no-first-report", "2014-06-04", Place("CIS", "organization", "CIS")).bounds == Bounds()


@pytest.mark.django_db
def test_what_is_not_published_bounds_nothing():
    make.state("Chad")
    make.figure(1, "2013-01-15", sources=[make.source(published=True)])
    assert "by what was published" not in Client().get("/figures/?as_of=2013-02-01").text


@pytest.mark.django_db
def test_two_figures_of_one_day_that_differ_are_both_said_and_wait_for_staff():
    for number in range(3):
        make.state(f"State {number}")
    pair = [
        make.figure(2, "2013-01-15", published=True),
        make.figure(2, "2013-01-15", measure=OUTSTANDING, published=True),
    ]
    one = cell("first-reports", "2013-01-15")
    assert (one.bounds.least.number, one.bounds.most.number) == (1, 2)
    assert contradicted() == sorted(figure.pk for figure in pair)


@pytest.mark.django_db
def test_the_page_of_a_region_says_what_was_published_of_it(record):
    page = Client().get("/groups/africa/?as_of=2014-06-04").text
    assert "37 by what was published (4 June 2014)" in page  # 54 members, of which 17 had not submitted
    assert "by what was published" not in Client().get("/groups/oceania/?as_of=2014-06-04").text
