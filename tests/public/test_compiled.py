"""Queries that are compiled once find the rows that their querysets find, on each day and for each value."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from r1540 import door
from r1540.as_at.compiled import ANY_DAY, CompiledQuery, any_of, compiled
from r1540.as_at.day import today
from r1540.lists.columns import ordered
from r1540.lists.listing import compiled_list
from r1540.pages.groups import states_found
from r1540.pages.states import timeline
from r1540.pages.states.state_page import memberships_of, state_of
from states.lists import news
from states.lists.facts import with_sources
from states.models import ActionPlan, Report, State, fact_models, fact_models_of_states
from tests import factories as make
from tests.public.addresses import DAYS, LISTS, asking, values_of
from visits.models import Event, Visit

OF_STATE = [state_of, memberships_of, *map(timeline.facts_of_state, fact_models_of_states())]
LATEST = [news.latest_of_kind(model, 8) for model in fact_models()]
OF_GROUP = [states_found("region=Africa&status=member"), states_found("organization=CIS"), states_found("group=none")]


def asked_of(name) -> list[dict]:
    """A query for each filter of a list, for each pair of neighbours, and one without."""
    filters = LISTS[name].filterset_class.base_filters
    given = [{one: [value]} for one in filters for value in values_of(one, filters[one])]
    return [{}, *given, *(first | second for first, second in zip(given, given[1:], strict=False))]


def key_of(filters: dict) -> tuple:
    return tuple((name, tuple(values)) for name, values in filters.items())


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_rows_that_its_filters_find(record, name):
    listing = LISTS[name]
    columns = listing.table_class.base_columns
    paths = ("pk", *listing.table_class.paths(list(columns)))
    sorts = [column for column, one in columns.items() if one.orderable]
    with door.public_transaction():
        for turn, filters in enumerate(asked_of(name)):
            sort = ["", sorts[turn % len(sorts)], f"-{sorts[-turn % len(sorts)]}"][turn % 3]
            asked = QueryDict(mutable=True)
            for one, values in filters.items():
                asked.setlist(one, values)
            for day in map(date.fromisoformat, DAYS[1:]):
                facts = listing.filterset_class(asked, listing().facts(day), day).qs
                expected = list(ordered(facts, listing.table_class, sort).values_list(*paths))
                ours = compiled_list(listing, paths, sort, key_of(filters))
                assert ours.rows(day) == expected, (filters, sort, day)
                assert ours.count(day) == len(expected)
                assert ours.rows(day, 3, 9) == expected[3:9]
                assert [row for chunk in ours.chunks(day) for row in zip(*chunk, strict=True)] == expected


def columns(rows) -> list[dict]:
    """All that was read of each row, and of the rows that came with it."""
    return [{name: value for name, value in vars(row).items() if name[0] != "_"} for row in rows]


def test_rows_are_the_same_on_each_day_and_of_each_state(record):
    for day in map(date.fromisoformat, DAYS):
        asked = [(facts, (day, iso3)) for facts in OF_STATE for iso3 in ("TCD", "KOR", "XXX")]
        for facts, values in [*asked, *((facts, (day,)) for facts in (*LATEST, *OF_GROUP))]:
            assert columns(facts(*values)) == columns(facts.declared(*values)), (facts.declared, values)
    assert all(facts(day, "USA") for facts in OF_STATE[:3])
    assert all(facts(today()) for facts in LATEST)
    assert all(facts(day) for facts in OF_GROUP)


def test_what_comes_with_rows_is_of_this_page(record, django_assert_num_queries):
    day = date(2022, 6, 1)
    state_of(day, "TCD")
    with django_assert_num_queries(2):
        (state,) = state_of(day, "KOR")
        assert {name.state_id for name in state.names.all()} == {state.pk}


def test_a_day_is_not_kept(record):
    day, later = date(2013, 11, 18), date(2019, 5, 11)
    states = compiled_list(LISTS["states"], ("communications", "both"), "", ())
    first, second, again = (states.rows(one) for one in (day, later, day))
    assert first == again != second


def test_the_sources_of_a_list_are_those_of_its_facts(record):
    Event.objects.first().sources.clear()
    numbers = set()
    for model in (Report, ActionPlan, Visit, Event):
        for fact in with_sources(model.objects.all()).prefetch_related("sources"):
            assert fact.source_texts == tuple((one.reference, one.short_title) for one in fact.sources.all())
            numbers.add(len(fact.source_texts))
    assert numbers >= {0, 1, 2, 3}


def test_what_changed_since_it_was_compiled_is_found(client, db):
    state = make.state("Chad", iso3="TCD")
    assert client.get(asking("reports", state="TCD", format="json")).json()["count"] == 0
    make.report(state, published=True)
    assert client.get(asking("reports", state="TCD", format="json")).json()["count"] == 1
    State.objects.update(name="Tchad")
    (row,) = client.get(asking("reports", state="TCD", format="json")).json()["results"]
    assert row["state"] == "Tchad"
    Report.objects.update(published=False)
    assert client.get(asking("reports", state="TCD", format="json")).json()["count"] == 0


def test_names_that_were_not_there_when_it_was_compiled_are_found(client, db):
    make.state("Congo")
    asked = asking("states", name="congo republic", format="json")
    assert [row["name"] for row in client.get(asked).json()["results"]] == ["Congo"]
    make.state_name(make.state("Chad"), "Congo Republic", kind="popular")
    assert [row["name"] for row in client.get(asked).json()["results"]] == ["Chad"]


def test_nothing_fits_a_filter_that_django_sees_through(db):
    nothing = CompiledQuery(State.objects.as_at(ANY_DAY).none().values_list("name", "iso3"))
    assert nothing.count(date(2013, 1, 15)) == 0
    assert nothing.rows(date(2013, 1, 15), 0, 50) == nothing.rows(date(2013, 1, 15)) == []
    assert [list(chunk) for chunk in nothing.chunks(date(2013, 1, 15))] == []


def test_the_day_that_is_not_known_yet_is_never_sent_to_the_database(db):
    with pytest.raises(TypeError, match="cannot work anything out"):
        list(State.objects.as_at(ANY_DAY))


@pytest.mark.parametrize(
    "declared",
    [
        lambda at: Report.objects.known(at - timedelta(days=1)),
        lambda at: Report.objects.known(at) if at > date(2010, 1, 1) else Report.objects.none(),
        lambda at: Report.objects.known(min(at, date(2010, 1, 1))),
        lambda at: Report.objects.filter(note=f"{at}"),
        lambda at: Report.objects.filter(note=at.isoformat()),
    ],
)
def test_what_python_works_out_from_the_day_is_refused(declared):
    with pytest.raises(TypeError, match="cannot work anything out"):
        compiled(declared)(date(2013, 11, 18))


def test_a_list_of_keys_is_one_parameter(record):
    keys = list(State.objects.filter(Q(iso3="TCD") | Q(iso3="FRA")).values_list("pk", flat=True))
    statements = {
        str(State.objects.order_by().filter(any_of("id", some)).values("pk").query.sql_with_params()[0])
        for some in (keys, keys[:1], [])
    }
    assert len(statements) == 1
    assert set(State.objects.filter(any_of("id", keys)).values_list("iso3", flat=True)) == {"TCD", "FRA"}


def test_only_what_the_columns_look_at_is_read(db):
    table = LISTS["states"].table_class
    assert table.paths(["name", "visit_started"]) == ("name", "iso3", "visit_started")
    few = compiled_list(LISTS["states"], ("name", "iso3", "visit_started"), "", ())
    assert "first report" not in few.sql
    assert LISTS["visits"].table_class.paths(["number"]) == ("pk",)


@pytest.mark.parametrize(
    "address",
    [
        *("/search/?q=ac.44", "/search/?q=20", "/states/?name=chad", "/reports/?symbol=AC.44"),
        "/states/?view=board&name=chad",
    ],
)
def test_what_is_asked_by_words_is_planned_for_them(client, db, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert any("plan_cache_mode = auto" in str(one["sql"]) for one in asked)


@pytest.mark.parametrize("address", ["/states/?region=Africa", "/search/?q=chad"])
def test_what_is_chosen_or_a_whole_word_is_not(client, db, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert not any("plan_cache_mode = auto" in str(one["sql"]) for one in asked)
