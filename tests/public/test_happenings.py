"""What happened between two days: each kind on its days, in its words, and exact against the lists."""

import random
import tempfile
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from r1540.as_at.day import today
from r1540.as_at.period import Day, Period
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.pages.between_days.happenings import Happenings
from r1540.pages.between_days.page import COUNTED
from states.models import Report, State
from tests import factories as make

set_hypothesis_home_dir(tempfile.gettempdir() + "/r1540-hypothesis")
BEGIN = date(2013, 1, 1)
DAYS = 12


def on(day: str) -> date:
    return date.fromisoformat(day)


def between(since: str, at: str) -> dict[str, str]:
    """Each sentence of a period, and where its day lies."""
    return {one.step.sentence: one.day for one in Happenings(Period(on(since), on(at)), State.objects.all())}


# The day of one fact, and what a period says of it: (since, until): the answer, or None.
WITHIN, BY_THE_END, PERHAPS = "in the period", "by the end", "day not established"
PERIODS = {
    "5 November 2013": {
        ("2013-11-04", "2013-11-05"): WITHIN,
        ("2013-11-05", "2013-11-06"): None,
        ("2013-11-03", "2013-11-04"): None,
        ("2013-01-01", "2014-01-01"): WITHIN,
        ("2013-11-05", "2013-11-05"): None,
    },
    "November 2013": {
        ("2013-10-31", "2013-11-30"): WITHIN,
        ("2013-11-01", "2013-11-30"): BY_THE_END,
        ("2013-10-31", "2013-11-29"): PERHAPS,
        ("2013-11-01", "2013-11-29"): PERHAPS,
        ("2013-11-29", "2013-11-30"): BY_THE_END,
        ("2013-11-30", "2013-12-31"): None,
        ("2013-01-01", "2013-10-31"): None,
        ("2013-01-01", "2013-11-01"): PERHAPS,
    },
    "by 2013-11-05": {
        ("2004-04-28", "2013-11-05"): BY_THE_END,
        ("2013-11-04", "2013-11-05"): BY_THE_END,
        ("2013-01-01", "2013-11-04"): PERHAPS,
        ("2013-11-05", "2014-01-01"): None,
    },
}
KINDS = {
    "first report": lambda state, when: make.report(state, when),
    "additional information": lambda state, when: make.report(state, when, kind="additional information"),
    "plan submitted": lambda state, when: make.plan(state, when),
    "event": lambda state, when: make.event(state, when),
    "membership": lambda state, when: make.membership(make.organization(), state, joined=when),
}


@pytest.mark.parametrize(("when", "table"), PERIODS.items(), ids=PERIODS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_happened_may_have_or_did_not(db, kind, when, table):
    KINDS[kind](make.state(), when)
    for (since, at), answer in table.items():
        found = list(Happenings(Period(on(since), on(at)), State.objects.all()))
        assert [(one.step.kind, one.day) for one in found] == ([(kind, answer)] if answer else []), (since, at)


def test_each_kind_is_told_in_its_words(db):
    congo, grenada, korea = make.state("Congo"), make.state("Grenada"), make.state("Republic of Korea")
    State.objects.filter(pk=korea.pk).update(name_in_text="the Republic of Korea")
    cis = make.organization(name="Commonwealth of Independent States")
    make.report(congo, "2013-11-05")
    make.report(congo, "November 2013", kind="additional information")
    make.plan(grenada, "2013-10-01", announced="2013-02-01", in_preparation="2013-03", adopted="2013-09-02")
    make.visit(korea, "2013-11-18", ends="2013-11-22", invited="2013-05-01", postponed="2013-06-01")
    make.visit(grenada, "2013-12-10", cancelled="2013-12-01")
    make.visit(congo, "2013-12-03", ends="2013-12-05", kind="joint")
    make.event(grenada, "2013-07-01", "Round table", ends="2013-07-02", place="St George's", kind="national roundtable")
    make.membership(cis, congo, joined="2013-08-18")
    make.membership(cis, grenada, left="by 2013-08-19", status="associate")
    make.state("South Sudan", admitted_on="2013-07-14")
    make.resolution("S/RES/1977 (2011)", "2013-04-20", mandate_until="2021-04-25")
    make.resolution("S/RES/2118 (2013)", "2013-09-27")
    assert list(between("2013-01-15", "2014-01-01")) == [
        "The Security Council extended the mandate of the Committee until 25 April 2021 by resolution 1977 (2011)"
        " on 20 April 2013",
        "The Congo joined Commonwealth of Independent States (CIS) on 18 August 2013",
        "The Congo submitted its first report on 5 November 2013",
        "The Congo submitted additional information in November 2013",
        "The joint visit led by the Counter-Terrorism Committee to the Congo was conducted, 3–5 December 2013",
        "Grenada announced national implementation action plan 1 on 1 February 2013",
        "National implementation action plan 1 of Grenada was first known to be in preparation in March 2013",
        "National round table: Round table, St George's, 1–2 July 2013",
        "Grenada adopted national implementation action plan 1 on 2 September 2013",
        "Grenada submitted national implementation action plan 1 on 1 October 2013",
        "The visit of the Committee to Grenada was cancelled on 1 December 2013",
        "The Republic of Korea invited the Committee on 1 May 2013",
        "The visit of the Committee to the Republic of Korea was postponed on 1 June 2013",
        "The Committee conducted its visit to the Republic of Korea, 18–22 November 2013",
        "South Sudan was admitted to the United Nations on 14 July 2013",
        "Grenada left Commonwealth of Independent States (CIS) by 19 August 2013 at the latest (day not established)",
    ]


def test_a_visit_began_on_its_first_day_and_was_conducted_the_day_after_its_last(db):
    make.visit(make.state(), "2013-11-18", ends="2013-11-22")
    began = "The visit of the Committee to Chad began on 18 November 2013"
    conducted = "The Committee conducted its visit to Chad, 18–22 November 2013"
    assert between("2013-11-17", "2013-11-18") == {began: WITHIN}
    assert between("2013-11-17", "2013-11-22") == {began: WITHIN}
    assert between("2013-11-17", "2013-11-23") == {conducted: WITHIN}
    assert between("2013-11-18", "2013-11-23") == {conducted: WITHIN}
    assert between("2013-11-22", "2013-11-23") == {conducted: WITHIN}
    assert between("2013-11-16", "2013-11-17") == {}
    assert between("2013-11-23", "2013-11-30") == {}


def test_a_visit_that_surely_began_is_told_also_where_its_end_is_not_established(db):
    make.visit(make.state(), "2013-11-18", ends="November 2013")
    assert list(between("2013-11-17", "2013-11-20").values()) == [WITHIN, PERHAPS]
    assert list(between("2013-11-18", "2013-11-20").values()) == [PERHAPS]


def test_a_change_of_status_is_no_leaving_and_no_joining(db):
    cis, state = make.organization(), make.state()
    make.membership(cis, state, left="2018-05")
    make.membership(cis, state, number=2, joined="2018-05", status="non-participating")
    sentence = "The status of Chad in Organization CIS (CIS) became “not participating” in May 2018"
    assert between("2018-01-01", "2018-12-31") == {sentence: WITHIN}
    make.membership(make.organization("AU"), state, joined="2018-05", status="suspended")
    assert "Chad joined Organization AU (AU) (suspended) in May 2018" in between("2018-01-01", "2018-12-31")


def test_the_certain_come_first_then_the_states_in_alphabetical_order_then_the_days(db):
    for name, whens in (("Zimbabwe", ["2013-02-01"]), ("Albania", ["by 2013-03-01"]), ("Chad", ["2013-05-01", "2013"])):
        state = make.state(name)
        for when in whens:
            make.report(state, when, kind="additional information")
    found = list(Happenings(Period(on("2013-01-15"), on("2013-12-31")), State.objects.all()))
    assert [(one.step.state.name, one.step.when.edtf) for one in found] == [
        ("Chad", "2013-05-01"),
        ("Zimbabwe", "2013-02-01"),
        ("Albania", "[..2013-03-01]"),
        ("Chad", "2013"),
    ]


# Exact: what is certain on the second day and was not on the first happened, or had by then.


def count_of(listing, query: str, at: date) -> int:
    one = listing()
    return one.filterset_class(QueryDict(query), one.facts(at), at).qs.count()


def assert_exact(since: date, at: date):
    found = list(Happenings(Period(since, at), State.objects.all()))
    for kind, _, _, listing, query in COUNTED:
        days = [one.day for one in found if one.step.kind == kind]
        more = count_of(listing, query, at) - count_of(listing, query, since)
        assert more == days.count(Day.WITHIN) + days.count(Day.BY_THE_END), (kind, since, at)


def test_between_any_two_days_what_happened_is_the_difference_of_the_lists(record):
    luck = random.Random(1540)
    span = (today() - ADOPTED_ON).days
    pairs = [sorted(luck.choices(range(span + 1), k=2)) for _ in range(25)]
    pairs += [(day, day + 1) for day in luck.choices(range(span), k=5)]
    for first, last in [*pairs, (0, span), (7, 7)]:
        assert_exact(ADOPTED_ON + timedelta(days=first), ADOPTED_ON + timedelta(days=last))
    everything = list(Happenings(Period(ADOPTED_ON, today()), State.objects.all()))
    assert (
        sum(one.step.kind == "first report" for one in everything) == Report.objects.filter(kind="first report").count()
    )


def test_as_the_days_go_by_each_first_report_is_told_once(db):
    for name, when in (("Albania", "2013-01-03"), ("Chad", "2013-01-03"), ("France", "2013-01-07")):
        make.report(make.state(name), when)
    told = [
        one.step.key
        for n in range(DAYS)
        for one in Happenings(Period(BEGIN + timedelta(days=n), BEGIN + timedelta(days=n + 1)), State.objects.all())
    ]
    assert told == [f"report/{iso3}-first-report/submitted" for iso3 in ("ALB", "TCD", "FRA")]


@st.composite
def whens(draw, first=0):
    latest = draw(st.integers(first, DAYS - 1))
    earliest = draw(st.none() | st.integers(first, latest))
    return When(None if earliest is None else BEGIN + timedelta(days=earliest), BEGIN + timedelta(days=latest))


FACTS = st.fixed_dictionaries(
    {
        "first": st.none() | whens(),
        "additional": st.lists(whens(first=6), max_size=2),
        "plans": st.lists(whens(), max_size=2),
        "visit": st.none() | st.tuples(whens(), st.none() | whens(first=6)),
    }
)


def enter(name: str, facts: dict):
    state = make.state(name)
    if facts["first"] and facts["first"].latest < BEGIN + timedelta(days=6):
        make.report(state, facts["first"])
    for when in facts["additional"]:
        make.report(state, when, kind="additional information")
    for number, when in enumerate(facts["plans"], 1):
        make.plan(state, when, number=number)
    if facts["visit"]:
        starts, ends = facts["visit"]
        fits = ends and ends.latest >= (starts.earliest or BEGIN)
        make.visit(state, starts, ends=ends if fits else None)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACTS, FACTS, st.integers(-1, DAYS), st.integers(0, DAYS))
def test_whatever_is_recorded_what_happened_is_the_difference_of_the_lists(db, one, other, first, days):
    with transaction.atomic():
        enter("Chad", one)
        enter("Zimbabwe", other)
        assert_exact(BEGIN + timedelta(days=first), BEGIN + timedelta(days=first + days))
        transaction.set_rollback(True)


def test_the_pages_are_all_of_it_in_one_order_whoever_puts_it_in_order(db):
    """The database orders the reports, Python the rest: by State, then day, then name, the certain first."""
    luck = random.Random(1540)
    for name in ("Åland", "Chad", "Zambia"):
        state = make.state(name)
        for number in range(12):
            when = luck.choice(["2013-05-05", "2013-05", "[..2013-06-01]", "[2013-05-02..2014-02-01]"])
            kind = "additional information"
            make.report(
                state, when, kind=kind, reference=luck.choice(["A", "A-2", "A1", "a"]) + f"-{name[1:]}-{number}"
            )
            make.event(state, starts=when)
        for reference in (name[1:], f"{name[1:]}-2"):  # their keys, in which more follows, sort the other way round
            make.report(state, "2013-07-07", kind="additional information", reference=reference)
        make.visit(state, "2013-11-12", invited="2013-05", ends="2013-11-15")
    found = Happenings(Period(on("2013-05-01"), on("2013-12-31")), State.objects.all())
    whole = list(found)
    assert whole == sorted(whole, key=lambda one: one.place) and len(whole) == len(found) > 70
    for size in (1, 7, 100):
        assert [one for start in range(0, len(found), size) for one in found[start : start + size]] == whole
