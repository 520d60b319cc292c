"""What is recorded of each State as at a day: the rows of the list of States, and so of every figure."""

from datetime import date

import pytest
from django.http import QueryDict

from r1540.pages.states.list import StateList, states_as_at
from states.models import State
from tests import factories

pytestmark = pytest.mark.django_db

YES, PERHAPS, NONE = "recorded", "day not established", "none recorded"


@pytest.fixture
def chad():
    return factories.state()


def on(day: str) -> date:
    return date.fromisoformat(day)


def as_at(day: str, state) -> State:
    return states_as_at(on(day)).get(pk=state.pk)


def listed(filters: str, day: str) -> list[str]:
    """The ISO codes of the list of States with these filters, as in its address."""
    listing = StateList()
    rows = listing.filterset_class(QueryDict(filters), listing.facts(on(day)), on(day))
    assert rows.is_valid(), rows.errors
    return [state.iso3 for state in rows.qs]


# The day of one fact, and what its column shows on days before, on and after it.
DAY = {"2004-10-26": NONE, "2004-10-27": YES, "2004-10-28": YES, "2020-01-01": YES}
MONTH = {"2004-09-30": NONE, "2004-10-01": PERHAPS, "2004-10-30": PERHAPS, "2004-10-31": YES, "2004-11-01": YES}
YEAR = {"2010-12-31": NONE, "2011-01-01": PERHAPS, "2011-12-30": PERHAPS, "2011-12-31": YES}
BY = {"2004-04-28": PERHAPS, "2011-05-31": PERHAPS, "2011-06-01": YES, "2011-06-02": YES}
BETWEEN = {"2011-09-11": NONE, "2011-09-12": PERHAPS, "2013-04-29": PERHAPS, "2013-04-30": YES}
DAYS = [
    pytest.param(when, table, id=when)
    for when, table in (
        ("27 October 2004", DAY),
        ("October 2004", MONTH),
        ("2011", YEAR),
        ("by 1 June 2011", BY),
        ("[2011-09-12..2013-04-30]", BETWEEN),
    )
]

FACTS = {
    "first_report": lambda state, when: factories.report(state, when),
    "additional_information": lambda state, when: factories.report(state, when, kind="additional information"),
    "visit": lambda state, when: factories.visit(state, when),
    "plan": lambda state, when: factories.plan(state, when),
}


@pytest.mark.parametrize(("when", "table"), DAYS)
@pytest.mark.parametrize("column", FACTS)
def test_a_column_says_what_is_recorded_by_the_day(chad, column, when, table):
    other = factories.state("Zimbabwe")
    FACTS[column](chad, when)
    assert {day: getattr(as_at(day, chad), column) for day in table} == table
    for day in table:
        shown = as_at(day, chad)
        assert {getattr(shown, name) for name in FACTS if name != column} == {NONE}
        assert {getattr(as_at(day, other), name) for name in FACTS} == {NONE}


@pytest.mark.parametrize(("when", "table"), DAYS)
def test_the_day_of_the_first_report_is_shown_once_it_may_have_come(chad, when, table):
    report = factories.report(chad, when)
    for day, recorded in table.items():
        assert as_at(day, chad).first_report_submitted == (None if recorded == NONE else report.submitted)


def test_a_later_fact_that_is_certain_stands_before_an_earlier_one_that_is_not(chad):
    factories.report(chad, "2011", kind="additional information")
    factories.report(chad, "2011-03-01", kind="additional information")
    table = {"2010-12-31": NONE, "2011-02-28": PERHAPS, "2011-03-01": YES, "2011-12-31": YES}
    assert {day: as_at(day, chad).additional_information for day in table} == table


def test_communications_are_counted_once_they_surely_came(chad):
    factories.report(chad)
    for when in ("2005-11-01", "2005-11-01", "2007", "by 2011"):
        factories.report(chad, when, kind="additional information")
    factories.visit(chad)  # joins of several facts would multiply
    factories.plan(chad)
    table = {"2005-10-31": 0, "2005-11-01": 2, "2007-12-30": 2, "2007-12-31": 3, "2011-12-30": 3, "2011-12-31": 4}
    assert {day: as_at(day, chad).communications for day in table} == table


def test_a_joint_visit_is_not_counted(chad):
    factories.visit(chad, kind="joint")
    assert (as_at("2020-01-01", chad).visit, as_at("2020-01-01", chad).visit_started) == (NONE, None)


def test_a_visit_that_was_cancelled_is_not_counted(chad):
    factories.visit(chad, "2013-11-12", cancelled="2013-11-01")
    assert as_at("2013-11-12", chad).visit == NONE


def test_a_visit_only_invited_is_not_counted(chad):
    factories.visit(chad, None, invited="2013-11-12")
    assert as_at("2020-01-01", chad).visit == NONE


def test_the_latest_visit_is_the_last_that_may_have_begun(chad):
    by, first, second = (factories.visit(chad, when) for when in ("by 2012", "2013-11-12", "2016-03"))
    table = {
        "2012-12-31": by,
        "2013-11-11": by,
        "2013-11-12": first,
        "2016-02-29": first,
        "2016-03-01": second,
    }
    assert {day: as_at(day, chad).visit_started for day in table} == {day: visit.starts for day, visit in table.items()}


def test_the_plan_shown_is_the_latest_by_its_number(chad):
    first = factories.plan(chad, "2011-05-02", announced="2010-01-01")
    factories.plan(chad, "2016-03-04", number=2, in_preparation="2015-01-01", supersedes=first)
    table = {
        "2009-12-31": (None, NONE),
        "2010-01-01": ("announced", NONE),
        "2011-05-01": ("announced", NONE),
        "2011-05-02": ("submitted", YES),
        "2014-12-31": ("submitted", YES),
        "2015-01-01": ("in preparation", YES),  # the second; the first stays submitted
        "2016-03-04": ("submitted", YES),
    }
    assert {day: (as_at(day, chad).plan_status, as_at(day, chad).plan) for day in table} == table


# Who is in the list, and who is counted.


def like(state, number: int) -> State:
    """A State of the same kind with a name and codes of its own, unsaved."""
    codes = {"iso3": f"{number:03}", "iso2": f"{number:02x}", "m49": f"x{number:02x}"}
    same = ("status", "regional_group", "region", "subregion", "admitted_on")
    return State(name=f"State {number}", **codes, **{field: getattr(state, field) for field in same})


def test_members_are_counted_from_the_day_of_their_admission_and_observers_never():
    albania = factories.state("Albania")
    factories.state("Montenegro")
    factories.state("South Sudan")
    State.objects.bulk_create(like(albania, number) for number in range(190))
    for name in ("Holy See", "State of Palestine"):
        factories.state(name, status="observer", regional_group="", admitted_on=None)
    table = {
        "2004-04-28": (191, 193),
        "2006-06-27": (191, 193),
        "2006-06-28": (192, 194),
        "2011-07-13": (192, 194),
        "2011-07-14": (193, 195),
        "2026-01-01": (193, 195),
    }
    counted = {day: (State.objects.members(on(day)).count(), states_as_at(on(day)).count()) for day in table}
    assert counted == table
    assert len(listed("status=member", "2004-10-28")) == 191
    assert len(listed("status=observer", "2004-10-28")) == 2


@pytest.mark.parametrize(("day", "is_member"), [("2006-06-27", False), ("2006-06-28", True), ("2006-06-29", True)])
def test_a_state_is_a_member_from_the_day_of_its_admission(day, is_member):
    montenegro = factories.state("Montenegro")
    assert montenegro.is_member(on(day)) is is_member
    assert State.objects.as_at(on(day)).exists() is is_member


def test_an_observer_is_shown_with_its_facts_and_is_no_member():
    holy_see = factories.state("Holy See", status="observer", regional_group="", admitted_on=None)
    factories.report(holy_see)
    assert as_at("2004-10-27", holy_see).first_report == YES
    assert not holy_see.is_member(on("2026-01-01"))


def test_states_are_listed_by_name():
    for name in ("Zimbabwe", "Türkiye", "Côte d'Ivoire", "Chad", "Democratic Republic of the Congo"):
        factories.state(name)
    assert listed("", "2013-01-15") == ["TCD", "CIV", "COD", "TUR", "ZWE"]


# Organizations, as at the day.


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({}, {"2004-04-28": True, "2026-01-01": True}),
        (
            {"joined": "1993-12-03", "left": "2009-08-18"},
            {"2004-04-28": True, "2009-08-17": True, "2009-08-18": False, "2009-08-19": False},
        ),
        ({"joined": "2007-01-01"}, {"2006-12-31": False, "2007-01-01": True, "2007-01-02": True}),
        ({"joined": "2007"}, {"2006-12-31": False, "2007-06-30": False, "2007-12-31": True}),
        ({"left": "2007"}, {"2006-12-31": True, "2007-06-30": True, "2007-12-31": False}),
        ({"left": "by 2007-06-01"}, {"2007-05-31": True, "2007-06-01": False}),
        ({"status": "suspended"}, {"2004-04-28": True}),
        ({"status": "non-participating"}, {"2004-04-28": True}),
        ({"status": "associate"}, {"2004-04-28": False, "2026-01-01": False}),
    ],
    ids=lambda value: ", ".join(f"{key} {text}" for key, text in value.items())[:60],
)
def test_an_organization_lists_its_members_as_at_the_day(chad, fields, table):
    factories.state("Zimbabwe")
    factories.membership(factories.organization("CIS"), chad, **fields)
    factories.organization("AU")
    assert {day: listed("organization=CIS", day) == ["TCD"] for day in table} == table
    assert {tuple(listed("organization=AU", day)) for day in table} == {()}


def test_a_state_that_left_and_rejoined_is_a_member_on_each_day_but_those_between(chad):
    cis = factories.organization("CIS")
    factories.membership(cis, chad, left="2009-08-18")
    factories.membership(cis, chad, number=2, joined="2012-02-01", left="2013-01-01")
    factories.membership(cis, chad, number=3, joined="2013-01-01", status="suspended")
    table = {
        "2009-08-17": True,
        "2009-08-18": False,
        "2012-01-31": False,
        "2012-02-01": True,
        "2012-12-31": True,
        "2013-01-01": True,
    }
    assert {day: listed("organization=CIS", day) == ["TCD"] for day in table} == table


def test_several_organizations_list_the_members_of_any_once(chad):
    zimbabwe, france = factories.state("Zimbabwe"), factories.state("France")
    au, oif = factories.organization("AU"), factories.organization("OIF")
    for organization, state in ((au, chad), (au, zimbabwe), (oif, chad), (oif, france)):
        factories.membership(organization, state)
    assert listed("organization=AU&organization=OIF", "2013-01-15") == ["TCD", "FRA", "ZWE"]


def test_all_members_of_an_organization_may_have_reported_although_no_day_is_known():
    cis = factories.organization("CIS")
    for name in ("Albania", "Belarus"):
        state = factories.state(name)
        factories.membership(cis, state)
        factories.report(state, "by 15 January 2013")
    factories.state("Chad")
    assert listed("organization=CIS&first_report=recorded", "2013-01-15") == ["ALB", "BLR"]
    assert listed("organization=CIS&first_report=recorded", "2013-01-14") == []
    assert listed("organization=CIS&first_report=day+not+established", "2013-01-14") == ["ALB", "BLR"]
    assert listed("first_report=none+recorded", "2013-01-14") == ["TCD"]
