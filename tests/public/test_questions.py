"""What a list asks with SQL compiled once finds the rows that its filters find, on each day, in their order."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from r1540.as_at.prepared import DAY
from r1540.as_at.questions import Question
from r1540.door import public
from r1540.lists.columns import ordered, paths
from r1540.lists.listing import question
from states.models import Report, State
from tests import factories as make
from tests.public.addresses import DAYS, LISTS, asking, values_of


def asked_of(name) -> list[dict]:
    """A question for each filter of a list, for each pair of neighbours, and one without."""
    filters = LISTS[name].filterset_class.base_filters
    given = [{one: [value]} for one in filters for value in values_of(one, filters[one])]
    return [{}, *given, *(first | second for first, second in zip(given, given[1:], strict=False))]


def key_of(filters: dict) -> tuple:
    return tuple((name, tuple(values)) for name, values in filters.items())


@pytest.mark.parametrize("name", LISTS)
def test_it_finds_what_the_filters_find(record, name):
    listing = LISTS[name]
    names = tuple(listing.table_class.base_columns)
    sorts = [column for column, one in listing.table_class.base_columns.items() if one.orderable is not False]
    with public.door():
        for turn, filters in enumerate(asked_of(name)):
            sort = ["", sorts[turn % len(sorts)], f"-{sorts[-turn % len(sorts)]}"][turn % 3]
            asked = QueryDict(mutable=True)
            for one, values in filters.items():
                asked.setlist(one, values)
            for day in map(date.fromisoformat, DAYS[1:]):
                facts = listing.filterset_class(asked, listing().facts(day), day).qs
                expected = list(ordered(facts, listing.table_class, sort).values_list("pk", flat=True))
                ours = question(listing, names, sort, key_of(filters))
                assert [key for (key,) in ours.keys.rows(day)] == expected, (filters, sort, day)
                assert ours.count(day) == len(expected)
                assert ours.page(day, 3, 9) == ours.looked_up(day, 3, 9) == ours.listed.rows(day)[3:9]
                assert [row for chunk in ours.chunks(day) for row in zip(*chunk, strict=True)] == ours.listed.rows(day)


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
    names = question(LISTS["states"], ("name",), "", ())
    nothing = Question(names.facts, lambda at: names.found_by(at).none(), names.paths)
    assert nothing.count(date(2013, 1, 15)) == 0
    assert nothing.page(date(2013, 1, 15), 0, 50) == []


def test_the_day_that_is_not_known_yet_is_never_asked_of_the_database(db):
    with pytest.raises(TypeError, match="cannot work anything out"):
        list(State.objects.as_at(DAY))


def test_only_what_the_columns_look_at_is_asked_for(db):
    few = question(LISTS["states"], ("name", "visit_started"), "", ())
    assert few.paths == ("name", "iso3", "visit_started")
    assert "first report" not in few.listed.sql
    assert paths(LISTS["visits"].table_class((), exclude=()).columns)[0] == "pk"


@pytest.mark.parametrize(
    "address", ["/search/?q=ac.44", "/search/?q=20", "/states/?name=chad", "/reports/?symbol=AC.44"]
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
