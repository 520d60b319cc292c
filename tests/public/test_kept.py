"""Rows asked with SQL compiled once are those that the queryset finds, on each day and of each State."""

from datetime import date, timedelta

import pytest

from r1540.as_at.kept import kept
from r1540.pages.site import memberships_of, state_of
from r1540.pages.states import timeline
from states.models import Report, fact_models_of_states
from tests.public.addresses import DAYS

OF_STATE = [state_of, memberships_of, *map(timeline.facts_of_state, fact_models_of_states())]
LATEST = [timeline.latest_of_kind(model, 8) for model in fact_models_of_states()]


def columns(rows) -> list[dict]:
    """All that was read of each row, and of the rows that came with it."""
    return [{name: value for name, value in vars(row).items() if name[0] != "_"} for row in rows]


def test_they_are_the_same_on_each_day_and_of_each_state(record):
    for day in map(date.fromisoformat, DAYS):
        asked = [(facts, (day, iso3)) for facts in OF_STATE for iso3 in ("TCD", "KOR", "XXX")]
        for facts, values in [*asked, *((facts, (day,)) for facts in LATEST)]:
            assert columns(facts(*values)) == columns(facts.declared(*values)), (facts.declared, values)
    assert all(facts(day, "USA") for facts in OF_STATE[:3])
    assert any(facts(day) for facts in LATEST)


def test_what_comes_with_them_is_of_this_page(record, django_assert_num_queries):
    day = date(2022, 6, 1)
    state_of(day, "TCD")
    with django_assert_num_queries(2):
        (state,) = state_of(day, "KOR")
        assert {name.state_id for name in state.names.all()} == {state.pk}


def test_a_day_that_is_worked_out_is_refused():
    @kept
    def before(at):
        return Report.objects.known(at - timedelta(days=1))

    with pytest.raises(TypeError, match="cannot work anything out"):
        before(date(2013, 11, 18))
