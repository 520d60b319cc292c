"""The shipped record: it is whole, says what its sources say, and comes back byte for byte."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from r1540 import interchange
from states.models import Membership, Report, Resolution, State
from visits.models import Visit

RECORD = Path(settings.BASE_DIR) / "r1540" / "record"
ROWS = {
    "states.csv": 195,
    "organizations.csv": 35,
    "memberships.csv": 807,
    "sources.csv": 93,
    "reports.csv": 189,
    "action_plans.csv": 21,
    "resolutions.csv": 10,
    "published_figures.csv": 43,
    "visits.csv": 14,
    "events.csv": 30,
}


def rows(file):
    with (RECORD / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def shipped(db):
    result = interchange.apply(interchange.read(RECORD))
    assert result.problems == []
    return result


def test_it_comes_back_byte_for_byte(shipped):
    written = dict(interchange.files())
    assert len(written) == len(interchange.TABLES) + 1
    for name, content in written.items():
        assert content == (RECORD / name).read_bytes(), name


def test_importing_it_twice_changes_nothing(shipped):
    again = interchange.apply(interchange.read(RECORD))
    assert again.problems == []
    assert {outcome for counts in again.counts.values() for outcome in counts} == {"unchanged"}
    assert sum(counts["unchanged"] for counts in again.counts.values()) > 2400


def test_all_of_it_is_public(record, tmp_path):
    interchange.write(tmp_path, is_public=True)
    for name, content in interchange.files():
        assert (tmp_path / name).read_bytes() == content, name


@pytest.mark.parametrize(("file", "number"), ROWS.items())
def test_every_row_is_there(file, number):
    assert len(rows(file)) == number


@pytest.mark.parametrize(
    ("at", "members"),
    [
        (date(2004, 10, 28), 191),
        (date(2006, 6, 27), 191),
        (date(2006, 6, 28), 192),
        (date(2011, 7, 13), 192),
        (date(2011, 7, 14), 193),
        (date(2026, 1, 1), 193),
    ],
)
def test_the_number_of_member_states_on_a_day(record, at, members):
    assert State.objects.members(at).count() == members
    assert State.objects.as_at(at).count() == members + 2


def test_every_state_has_a_short_name_in_six_languages():
    names = Counter((row["state"], row["language"]) for row in rows("state_names.csv") if row["kind"] == "short")
    assert len(names) == 195 * 5
    assert set(names.values()) == {1}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Republic of Congo", ["COG"]),
        ("Democratic Republic of Congo", ["COD"]),
        ("Zaire", ["COD"]),
        ("Turkey", ["TUR"]),
        ("cote", ["CIV"]),
        ("Ivory Coast", ["CIV"]),
        ("Burma", ["MMR"]),
        ("UAE", ["ARE"]),
        ("Россия", []),
        ("Российская", ["RUS"]),
    ],
)
def test_a_state_is_found_by_the_name_that_people_type(record, typed, found):
    assert [state.iso3 for state in State.objects.named(typed)] == found


def test_185_states_have_a_first_report():
    first = [row["state"] for row in rows("reports.csv") if row["kind"] == "first report"]
    members = {row["iso3"] for row in rows("states.csv") if row["status"] == "member"}
    assert len(first) == len(set(first)) == 185
    assert members - set(first) == {"GIN", "GMB", "MLI", "MRT", "PRK", "SOM", "SWZ", "TCD"}


def test_all_countries_of_the_cis_had_surely_reported_by_15_january_2013(record):
    at = date(2013, 1, 15)
    members = State.objects.filter(
        pk__in=Membership.objects.current(at).counted().filter(organization__acronym="CIS").values("state")
    )
    reported = Report.objects.submitted(at).filter(kind="first report", state__in=members)
    assert members.count() == 10
    assert reported.count() == 10


def test_the_visits_come_in_the_order_of_the_message(record):
    visits = Visit.objects.at_invitation().perhaps_begun(date(2013, 11, 18)).in_order()
    assert [visit.state.iso3 for visit in visits] == ["USA", "MDG", "ALB", "COG", "TTO", "GRD", "BFA", "KOR"]


@pytest.mark.parametrize(
    ("at", "symbol"),
    [
        (date(2004, 4, 28), "S/RES/1540 (2004)"),
        (date(2013, 11, 18), "S/RES/1977 (2011)"),
        (date(2021, 4, 25), "S/RES/2572 (2021)"),
        (date(2022, 11, 30), "S/RES/2663 (2022)"),
    ],
)
def test_the_mandate_in_force_on_a_day(record, at, symbol):
    assert Resolution.mandate(at).symbol == symbol


def test_every_fact_has_a_source_unless_it_is_public_record():
    facts = [row for file in ROWS for row in rows(file) if "sources" in row]
    assert len(facts) == 307
    assert {row["reference"] for row in facts if not row["sources"]} == {"1673", "2572", "2622"}
    assert all(row["certainty"] == "public record" for row in facts if not row["sources"])


def test_only_memberships_are_known_from_recollection():
    found = {file for file in ROWS for row in rows(file) if row.get("certainty") == "recollection"}
    assert found == {"memberships.csv"}


def test_references_are_those_that_the_models_make(record):
    from states.models import ActionPlan, PublishedFigure
    from visits.models import Event

    facts = [
        fact
        for model in (Report, ActionPlan, Resolution, PublishedFigure, Visit, Event)
        for fact in model.objects.all()
    ]
    assert len(facts) == 307
    for fact in facts:
        assert re.fullmatch(re.escape(fact.reference_stem()) + r"(-[2-9])?", fact.reference)


@pytest.mark.parametrize("path", sorted(RECORD.iterdir()), ids=lambda path: path.name)
def test_no_working_note_is_left_in_it(path):
    assert not re.search(r"recall|compiler|seed|unverified|verify\b", path.read_text(encoding="utf-8"), re.I)
