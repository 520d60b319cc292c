"""What the record holds and what it does not: counted from the lists, said beside figures, lists and files."""

import csv
import io
import re
from datetime import date

import pytest

from r1540.pages.coverage import gaps, held, kinds
from states.lists.plans import PlanList
from states.models import Measure, Region, fact_models_of_states
from tests import factories as make
from visits.lists.visits import VisitList

pytestmark = pytest.mark.django_db
DAYS = ["2004-10-28", "2013-01-15", "2026-11-27"]
SENTENCE = "of at least 105 published (15 January 2013)"


@pytest.mark.parametrize("day", DAYS)
def test_each_number_is_that_of_its_list(client, record, day):
    for kind in kinds():
        one = held(kind, date.fromisoformat(day), {"as_of": day})
        separator = "&" if "?" in one.address else "?"
        assert client.get(f"{one.address}{separator}format=json").json()["count"] == one.number, kind.label
        assert sum(one.by_region.values()) == sum(one.by_year.values()) == one.number
        assert one.with_day <= one.number


def test_every_kind_of_fact_of_states_is_on_the_page(client, record):
    page = client.get("/about/coverage/").text
    assert {kind.model for kind in kinds()} == {one for one in fact_models_of_states() if one.fact_kind.list_view}
    for kind in kinds():
        assert f">{kind.label}</th>" in page
    for region in Region.labels:
        assert f'<th scope="row">{region}</th>' in page


def test_the_page_and_its_json_say_the_same(client, record):
    data = client.get("/about/coverage/?as_of=2013-01-15&format=json").json()
    page = client.get("/about/coverage/?as_of=2013-01-15").text
    information = next(one for one in data["known_gaps"] if one["figure"] == "additional-information")
    assert (information["at_least"], information["published_as_at"]) == (105, "2013-01-15")
    assert information["words"].endswith(f"{SENTENCE}.")
    assert SENTENCE in page
    assert f"<strong>{information['recorded']}</strong> recorded here" in page


@pytest.mark.parametrize(
    "address",
    [
        *("/figures/", "/figures/additional-information/", "/figures/additional-information/?region=Africa"),
        *("/states/", "/reports/", "/states/?view=board&measure=additional_information"),
        *("/groups/african-group/", "/organizations/CIS/", "/about/coverage/", "/"),
    ],
)
def test_it_is_said_where_it_matters(client, record, address):
    assert SENTENCE in client.get(address).text
    at = f"{address}{'&' if '?' in address else '?'}as_of=2004-10-28"
    assert "105 published" not in client.get(at).text


def test_lists_say_it_in_their_files(client, record):
    data = client.get("/states/?format=json&per_page=25").json()
    assert {one["figure"] for one in data["known_gaps"]} >= {"additional-information", "states-with-a-plan"}
    assert client.get("/visits/?format=json").json()["known_gaps"] == []
    assert client.get("/groups/african-group/?format=json").json()["known_gaps"] == data["known_gaps"]
    rows = csv.DictReader(io.StringIO(client.get("/figures/?format=csv").getvalue().decode("utf-8-sig")))
    of_all = {row["figure"]: row for row in rows if row["grouping"] == "all"}
    assert of_all["additional-information"]["at_least"] == "105"
    assert of_all["additional-information"]["known_incomplete"] == "true"
    assert of_all["additional-information"]["per_cent"] == ""
    assert of_all["first-reports"]["known_incomplete"] == "false"


def test_when_as_many_are_recorded_nothing_is_said(client):
    make.plan(make.state("Chad"), "2012", published=True)
    make.figure(1, "2013-01-15", measure=Measure.PLANS, published=True)
    assert gaps(date(2013, 1, 15)) == []
    make.figure(2, "2013-01-16", measure=Measure.PLANS, published=True)
    assert [str(one) for one in gaps(date(2013, 1, 16))] == [
        "Plans submitted: 1 recorded here, of at least 2 published (16 January 2013)."
    ]
    assert gaps(date(2013, 1, 16), PlanList) != gaps(date(2013, 1, 16), VisitList) == []
    assert gaps(date(2013, 1, 15)) == []


def test_absence_is_none_recorded_and_never_0(client):
    make.state("Chad")
    for address in ("/", "/figures/", "/about/coverage/"):
        page = re.sub(r"(?s)<svg.*?</svg>", "", client.get(address).text)
        assert ">0<" not in page, address
        assert "none recorded" in page


def test_every_published_figure_is_in_the_list_and_found_by_its_measure(client, record):
    data = client.get("/published-figures/?format=json&per_page=200").json()
    counted = dict.fromkeys(Measure.values, 0)
    for row in data["results"]:
        counted[row["measure"]] += 1
    assert data["count"] == sum(counted.values()) >= 58
    for measure, number in counted.items():
        assert client.get(f"/published-figures/?measure={measure}&format=json").json()["count"] == number
