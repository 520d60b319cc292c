"""Dates in the files that people send are read as in the forms, and refused for the same reasons."""

from datetime import date

import pytest

from r1540.as_at import past
from r1540.as_at.when import When
from states.models import ActionPlan, Report, Resolution
from tests import factories
from tests.desk.admin_client import signed_in
from tests.files.imports import content, press, problems, send
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(past, "today", lambda: date(2026, 12, 1))


@pytest.fixture
def desk():
    return signed_in(None)


def fact(model, **fields):
    return factories.fact(model, factories.state("Chad"), reference="one", **fields)


@pytest.mark.parametrize("text", ["27.11.2004", "November 27, 2004", "27th November 2004", "27 Nov 2004"])
def test_a_date_is_read_as_in_the_form(desk, text):
    fact(Report)
    press(desk, send(desk, "reports", content("reports", one={"submitted": text})))
    assert Report.objects.get().submitted == When.parse("2004-11-27")


def test_the_cell_of_the_first_day_may_say_both(desk):
    fact(Visit)
    press(desk, send(desk, "visits", content("visits", one={"starts": "10–15 May 2014", "ends": ""})))
    assert Visit.objects.get().days == "10–15 May 2014"


def test_it_may_not_where_the_last_day_says_otherwise(desk):
    fact(Visit)
    answer = send(desk, "visits", content("visits", one={"starts": "10–15 May 2014", "ends": "2014-05-16"}))
    (problem,) = problems(answer)
    assert problem[1] == "starts" and "It says a first and a last day." in problem[2]


def test_the_period_of_a_plan_may_stand_in_one_cell(desk):
    fact(ActionPlan)
    press(desk, send(desk, "action_plans", content("action_plans", one={"period_starts": "2014–2018"})))
    assert ActionPlan.objects.get().period == "2014–2018"


@pytest.mark.parametrize(
    ("model", "table", "column"),
    [
        (Report, "reports", "submitted"),
        (Report, "reports", "issued"),
        (ActionPlan, "action_plans", "adopted"),
        (Visit, "visits", "invited"),
        (Resolution, "resolutions", "adopted_on"),
    ],
)
def test_what_has_happened_cannot_lie_in_the_future(desk, model, table, column):
    fact(model)
    answer = send(desk, table, content(table, one={column: "2026-12-02"}))
    (problem,) = problems(answer)
    assert problem[1] == column and problem[2].startswith("2 December 2026 lies in the future")


def test_a_visit_can_be_planned(desk):
    fact(Visit)
    press(desk, send(desk, "visits", content("visits", one={"starts": "2027-05-10"})))
    assert Visit.objects.get().starts == When.parse("2027-05-10")


@pytest.mark.parametrize(("cell", "day"), [("2004-04-29", date(2004, 4, 29)), ("29 April 2004", date(2004, 4, 29))])
def test_a_column_of_days_has_the_same_reader(desk, cell, day):
    fact(Resolution)
    press(desk, send(desk, "resolutions", content("resolutions", one={"adopted_on": cell})))
    assert Resolution.objects.get().adopted_on == day
