"""Reports, plans, events, memberships and the mandate as at a day; and what holds of a State on every day."""

import tempfile
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from r1540.as_at.when import When
from r1540.pages.states.list import states_as_at
from states.models import ActionPlan, Membership, Report, Resolution
from tests import factories
from visits.models import Event

pytestmark = pytest.mark.django_db

# Not in the project, because pytest stops at a .hypothesis beside the tests (see test_when.py).
set_hypothesis_home_dir(tempfile.gettempdir() + "/r1540-hypothesis")

BEGIN = date(2013, 1, 1)
DAYS = 12


def on(day: str) -> date:
    return date.fromisoformat(day)


@pytest.fixture
def chad():
    return factories.state()


# What becomes of one day: "no" before it may have been, "perhaps", "surely".
TABLES = {
    "27 October 2004": {"2004-10-26": "no", "2004-10-27": "surely", "2004-10-28": "surely"},
    "October 2004": {"2004-09-30": "no", "2004-10-01": "perhaps", "2004-10-30": "perhaps", "2004-10-31": "surely"},
    "2011": {"2010-12-31": "no", "2011-01-01": "perhaps", "2011-12-30": "perhaps", "2011-12-31": "surely"},
    "by 1 June 2022": {"2004-04-28": "perhaps", "2022-05-31": "perhaps", "2022-06-01": "surely"},
}
WHENS = pytest.mark.parametrize(("when", "table"), TABLES.items(), ids=TABLES)


@WHENS
def test_a_report_is_submitted_once_it_surely_was(chad, when, table):
    factories.report(chad, when)
    for day, answer in table.items():
        rows = Report.objects.with_status(on(day))
        status = {"surely": "submitted"}.get(answer, "day not established")
        assert [report.status_at for report in rows] == [status]
        assert rows.submitted(on(day)).exists() is (answer == "surely")
        assert rows.known(on(day)).exists() is (answer != "no")


@WHENS
def test_an_event_is_known_once_it_may_have_begun(chad, when, table):
    factories.event(chad, when)
    for day, answer in table.items():
        assert Event.objects.known(on(day)).exists() is (answer != "no")


STEPS = {"announced": "announced", "in_preparation": "in preparation", "adopted": "adopted", "submitted": "submitted"}


@WHENS
@pytest.mark.parametrize("step", STEPS)
def test_a_plan_reaches_a_step_once_it_surely_did(chad, step, when, table):
    factories.plan(chad, **{"submitted": None} | {step: when})
    for day, answer in table.items():
        plan = ActionPlan.objects.with_status(on(day)).get()
        assert plan.status_at == (STEPS[step] if answer == "surely" else "day not established")
        assert ActionPlan.objects.known(on(day)).exists() is (answer != "no")
        assert ActionPlan.objects.submitted(on(day)).exists() is (answer == "surely" and step == "submitted")


def statuses(day: str) -> dict[int, str]:
    return {plan.number: plan.status_at for plan in ActionPlan.objects.known(on(day)).with_status(on(day))}


def test_a_plan_goes_from_step_to_step_and_is_updated_by_the_next(chad):
    days = {"announced": "2010-03-01", "in_preparation": "2010-06", "adopted": "2011-01-15", "submitted": "2011-05-02"}
    first = factories.plan(chad, **days)
    factories.plan(chad, "2016", number=2, adopted="2015-06-01", supersedes=first)
    table = {
        "2010-02-28": {},
        "2010-03-01": {1: "announced"},
        "2010-06-01": {1: "announced"},  # perhaps in preparation: not before it is sure
        "2010-06-30": {1: "in preparation"},
        "2011-01-14": {1: "in preparation"},
        "2011-01-15": {1: "adopted"},
        "2011-05-01": {1: "adopted"},
        "2011-05-02": {1: "submitted"},
        "2015-06-01": {1: "submitted", 2: "adopted"},
        "2016-12-30": {1: "submitted", 2: "adopted"},
        "2016-12-31": {1: "updated", 2: "submitted"},
    }
    assert {day: statuses(day) for day in table} == table


def test_a_step_left_out_does_not_hold_the_next_ones_back(chad):
    factories.plan(chad, "2011-05-02", announced="2010-03-01")
    assert (statuses("2011-05-01"), statuses("2011-05-02")) == ({1: "announced"}, {1: "submitted"})


def test_plans_and_states_with_a_plan_are_two_counts(chad):
    factories.plan(chad, "2011")
    factories.plan(chad, "2016", number=2)
    assert ActionPlan.objects.submitted(on("2016-12-31")).count() == 2
    assert states_as_at(on("2016-12-31")).filter(plan="recorded").count() == 1


# Memberships: half-open, so the day a State leaves is the first on which it is no member.


@pytest.mark.parametrize(
    ("joined", "left", "table"),
    [
        (None, None, {"2004-04-28": True, "2026-01-01": True}),
        (
            "1993-12-03",
            "2009-08-18",
            {"1993-12-02": False, "1993-12-03": True, "2009-08-17": True, "2009-08-18": False},
        ),
        ("2005-08-26", None, {"2005-08-25": False, "2005-08-26": True, "2005-08-27": True}),
        ("2005-08", None, {"2005-07-31": False, "2005-08-30": False, "2005-08-31": True}),
        ("by 2005", None, {"2005-12-30": False, "2005-12-31": True}),
        (None, "2009-08", {"2009-07-31": True, "2009-08-30": True, "2009-08-31": False}),
        (None, "by 2009", {"2009-12-30": True, "2009-12-31": False}),
        ("2005-08-26", "2005-08-26", {"2005-08-25": False, "2005-08-26": False, "2005-08-27": False}),
    ],
)
def test_a_membership_is_current_from_the_day_joined_until_the_day_before_it_left(chad, joined, left, table):
    days = {name: When.parse(text) for name, text in (("joined", joined), ("left", left)) if text}
    factories.membership(factories.organization(), chad, **days)
    assert {day: Membership.objects.current(on(day)).exists() for day in table} == table


@pytest.mark.parametrize(
    ("status", "is_counted"),
    [("member", True), ("suspended", True), ("non-participating", True), ("associate", False)],
)
def test_all_but_associates_are_counted(chad, status, is_counted):
    factories.membership(factories.organization(), chad, status=status)
    assert Membership.objects.counted().exists() is is_counted


# The mandate.

RESOLUTIONS = (
    ("S/RES/1540 (2004)", "2004-04-28", "2006-04-28"),
    ("S/RES/1673 (2006)", "2006-04-27", "2008-04-27"),
    ("S/RES/1810 (2008)", "2008-04-25", "2011-04-25"),
    ("S/RES/1977 (2011)", "2011-04-20", "2021-04-25"),
    ("S/RES/2325 (2016)", "2016-12-15", None),
    ("S/RES/2572 (2021)", "2021-04-22", "2022-02-28"),
    ("S/RES/2622 (2022)", "2022-02-25", "2022-11-30"),
    ("S/RES/2663 (2022)", "2022-11-30", "2032-11-30"),
)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        ("2004-04-27", None),
        ("2004-04-28", "1540 (2004)"),
        ("2006-04-26", "1540 (2004)"),
        ("2006-04-27", "1673 (2006)"),
        ("2008-04-25", "1810 (2008)"),
        ("2011-04-19", "1810 (2008)"),
        ("2011-04-20", "1977 (2011)"),
        ("2013-11-18", "1977 (2011)"),
        ("2016-12-15", "1977 (2011)"),  # 2325 (2016) did not set the mandate
        ("2021-04-22", "2572 (2021)"),
        ("2022-11-30", "2663 (2022)"),
        ("2032-11-30", "2663 (2022)"),
        ("2032-12-01", None),
    ],
)
def test_the_mandate_is_that_of_the_latest_resolution_that_set_it(day, number):
    for symbol, adopted_on, until in reversed(RESOLUTIONS):
        factories.resolution(symbol, adopted_on, mandate_until=date.fromisoformat(until) if until else None)
    mandate = Resolution.mandate(on(day))
    assert str(mandate) == (f"Resolution {number}" if number else "None")


# What holds of a State on every day, whatever was recorded.


@st.composite
def whens(draw):
    latest = draw(st.integers(0, DAYS - 1))
    earliest = draw(st.none() | st.integers(0, latest))
    return When(None if earliest is None else BEGIN + timedelta(days=earliest), BEGIN + timedelta(days=latest))


RANKS = {"none recorded": 0, "day not established": 1, "recorded": 2}


def expected(facts, at: date) -> str:
    if any(when.latest <= at for when in facts):
        return "recorded"
    possible = any(when.earliest is None or when.earliest <= at for when in facts)
    return "day not established" if possible else "none recorded"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(whens(), max_size=4))
def test_on_each_day_one_of_three_holds_and_what_is_recorded_stays_recorded(facts):
    with transaction.atomic():
        state, other = factories.state(), factories.state("Zimbabwe")
        for when in facts:
            factories.report(state, when, kind="additional information")
        answers = []
        for at in (BEGIN + timedelta(days=n) for n in range(-1, DAYS)):
            rows = dict(states_as_at(at).values_list("pk", "additional_information"))
            assert rows == {state.pk: expected(facts, at), other.pk: "none recorded"}
            certain, possible = (set(rows) for rows in (Report.objects.submitted(at), Report.objects.known(at)))
            assert certain <= possible
            answers.append(RANKS[rows[state.pk]])
        assert answers == sorted(answers)
        assert answers[-1] == (2 if facts else 0)
        transaction.set_rollback(True)
