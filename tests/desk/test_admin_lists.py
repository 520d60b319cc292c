"""The lists at the desk: search, filters, queries, and what odd values meet."""

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from django.urls import reverse

from states.models import fact_models
from tests import factories
from tests.desk.admin_client import SYMBOL, address, log, name_of, queries, signed_in

pytestmark = pytest.mark.django_db

YEAR_2005 = ["27 October 2005", "October 2005", "2005"]
LONGER = ["between 1 May 2005 and 2 June 2007", "by 1 June 2022"]


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return factories.state("Chad")


def titles(answer):
    return [str(row) for row in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    "typed_name, found",
    [
        ("Turkey", ["Türkiye"]),
        ("turk", ["Türkiye"]),
        ("cote", ["Côte d'Ivoire"]),
        ("Чад", ["Chad"]),
        ("tcd", ["Chad"]),
        ("148", ["Chad"]),
        ("Republic of the Congo", ["Congo"]),
        ("congo", ["Congo", "Democratic Republic of the Congo"]),
        ("Atlantis", []),
    ],
)
def test_a_state_is_found_by_any_of_its_names_and_codes(desk, typed_name, found):
    states = {name: factories.state(name) for name in factories.STATES}
    factories.state_name(states["Türkiye"], "Turkey", kind="former")
    factories.state_name(states["Chad"], "Чад", "ru", "short")
    field = {"app_label": "states", "model_name": "report", "field_name": "state", "term": typed_name}
    offered = desk.get(reverse("admin:autocomplete"), field).json()["results"]
    assert [state["text"] for state in offered] == found
    assert titles(desk.get(address("states_state", "changelist"), {"q": typed_name})) == found
    for named in states.values():
        factories.report(named)
    assert desk.get(address("states_report", "changelist"), {"q": typed_name}).context["cl"].result_count == len(found)


@pytest.mark.parametrize(
    "chosen, found",
    [
        ("2005", [*YEAR_2005, *LONGER]),
        ("2005-10", [*YEAR_2005, *LONGER]),
        ("2005-11", ["2005", *LONGER]),
        ("2006", LONGER),
        ("2008", ["by 1 June 2022"]),
        ("2023", []),
    ],
)
def test_a_year_or_a_month_shows_what_happened_in_it_or_may_have(desk, chosen, found):
    for text in (*YEAR_2005, *LONGER):
        factories.report(factories.state(text), text)
    rows = desk.get(address("states_report", "changelist"), {"submitted_in": chosen}).context["cl"].result_list
    assert sorted(str(row.submitted) for row in rows) == sorted(found)


def test_the_years_offered_are_those_of_the_rows_then_their_months(desk):
    for text in ("2005-10-27", "2005-10", "2005-05", "2005", "[2007..2008]"):
        factories.report(factories.state(text), text)
    cl = desk.get(address("states_report", "changelist"), {"submitted_in": "2005"}).context["cl"]
    choices = next(spec for spec in cl.filter_specs if spec.title == "submitted").choices(cl)
    offered = [(choice["display"], choice["selected"]) for choice in choices]
    assert offered == [
        *(("All", False), ("2008", False), ("2007", False), ("2005", True)),
        *(("May 2005", False), ("October 2005", False)),
    ]


@pytest.mark.parametrize("field", ["symbol", "sources", "link"])
def test_what_has_none_recorded_can_be_listed(desk, chad, field):
    source = factories.source()
    factories.report(chad, symbol=SYMBOL, link="https://example.org/1", sources=[source, factories.source()])
    factories.report(factories.state("Congo"))
    url = address("states_report", "changelist")
    assert titles(desk.get(url, {f"{field}_recorded": "yes"})) == ["Chad: first report, 27 October 2004"]
    assert titles(desk.get(url, {f"{field}_recorded": "no"})) == ["Congo: first report, 27 October 2004"]


@pytest.mark.parametrize("value", ["abc", "0", "-1", str(10**20), "2004-13", "[..", "']--", "", "9999", "2004" * 99])
@pytest.mark.parametrize(
    "name, parameter",
    [
        ("states_report", "submitted_in"),
        ("states_report", "symbol_recorded"),
        ("states_report", "state__region"),
        ("states_report", "state__id__exact"),
        ("states_report", "published__exact"),
        ("states_report", "q"),
        ("states_report", "p"),
        ("states_report", "o"),
        ("states_resolution", "adopted_on__year"),
        ("states_resolution", "adopted_on__month"),
        ("states_publishedfigure", "value"),
        ("states_state", "q"),
        ("states_state", "admitted_on__year"),
        ("visits_visit", "starts_in"),
    ],
)
def test_an_odd_value_in_a_filter_is_no_server_error(desk, chad, name, parameter, value):
    factories.report(chad)
    factories.resolution()
    assert desk.get(address(name, "changelist"), {parameter: value}).status_code in (200, 400)


@pytest.mark.parametrize("value", ["abc", "0", "-1", str(10**20), "1,2", "1,abc", "']--", "999"])
@pytest.mark.parametrize("field", ["state", "sources", "submitted", "kind"])
def test_an_odd_value_prefilled_or_posted_is_no_server_error(desk, chad, field, value):
    assert desk.get(reverse("admin:states_report_add"), {field: value}).status_code == 200
    assert log(desk, chad, **{field: value}).status_code in (200, 302)


ROWS = {
    "states_state": lambda state, n: state,
    "states_organization": lambda state, n: factories.organization(f"O{n}"),
    "states_membership": lambda state, n: factories.membership(
        factories.organization(f"O{n}"), state, sources=[factories.source()]
    ),
    "states_source": lambda state, n: factories.source(dated="2004"),
    **{name_of(model): lambda state, n, model=model: factories.fact(model, state) for model in fact_models()},
    "states_report": lambda state, n: factories.report(state, sources=[factories.source()]),
    "states_resolution": lambda state, n: factories.resolution(f"S/RES/{n + 1540} (2004)"),
    "states_publishedfigure": lambda state, n: factories.figure(value=n),
}


def add_rows(name, numbers):
    for number in numbers:
        ROWS[name](factories.state(f"State {number}"), number)


@pytest.mark.parametrize("name", ROWS)
def test_a_list_takes_as_many_queries_for_50_rows_as_for_2(desk, name):
    url, counts = address(name, "changelist"), []
    for numbers in (range(2), range(2, 50)):
        add_rows(name, numbers)
        counts.append([queries(desk, url), queries(desk, url, q="s")])
    assert counts[0] == counts[1]
    assert max(counts[0]) < 20


@pytest.mark.parametrize("field", ["state", "supersedes", "sources"])
def test_an_autocomplete_takes_as_many_queries_for_50_rows_as_for_2(desk, field):
    name = {"state": "states_state", "supersedes": "states_actionplan", "sources": "states_source"}[field]
    wanted, counts = {"app_label": "states", "model_name": "actionplan", "field_name": field, "term": ""}, []
    for numbers in (range(2), range(2, 50)):
        add_rows(name, numbers)
        counts.append(queries(desk, reverse("admin:autocomplete"), **wanted))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [None, "Viewer"])
def test_an_organization_with_50_members_opens_with_as_many_queries_as_with_2(role):
    client, organization, counts = signed_in(role), factories.organization(), []
    for numbers in (range(2), range(2, 50)):
        for number in numbers:
            factories.membership(organization, factories.state(f"State {number}"))
        counts.append(queries(client, address("states_organization", "change", organization)))
    assert counts[0] == counts[1]


def test_the_desk_asks_strangers_to_sign_in():
    for name in ROWS:
        assert Client().get(address(name, "changelist")).status_code == 302


def test_no_list_is_edited_in_place_and_every_model_of_the_record_has_a_desk():
    ours = {model: desk for model, desk in site._registry.items() if model._meta.app_label in ("states", "visits")}
    assert len(ours) == len(ROWS)
    for desk in ours.values():
        assert not desk.list_editable
        assert desk.search_fields and desk.list_filter and desk.fieldsets
        assert not desk.save_on_top  # one Reason stands above the one row of buttons
