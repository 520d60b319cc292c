"""The shipped record: it is whole, says what its sources say, and comes back byte for byte."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from r1540 import interchange
from r1540.as_at.when import When
from states.models import ActionPlan, Membership, PublishedFigure, Report, Resolution, State
from visits.models import Event, Visit

RECORD = Path(settings.BASE_DIR) / "r1540" / "record"
ROWS = {
    "states.csv": 195,
    "organizations.csv": 35,
    "memberships.csv": 807,
    "sources.csv": 210,
    "reports.csv": 203,
    "action_plans.csv": 30,
    "resolutions.csv": 10,
    "published_figures.csv": 58,
    "visits.csv": 15,
    "events.csv": 66,
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


def test_a_visit_of_which_no_source_states_the_order_leaves_the_eighth_the_eighth(record):
    numbers = {visit.pk: visit.state.iso3 for visit in Visit.objects.select_related("state")}
    placed = {numbers[pk]: str(place) for pk, place in Visit.places(date(2026, 1, 1)).items()}
    assert placed["KOR"] == "8"
    # Bangladesh was visited before Malawi, perhaps before the Niger, and perhaps after the United Kingdom, whose days
    # are known less well.
    assert (placed["BGD"], placed["NER"]) == ("9–11", "9–10")


@pytest.mark.parametrize(
    ("reference", "submitted", "certainty"),
    [
        ("ARM-first-report", "2004-11-09", "document-cited"),
        ("KAZ-first-report", "2004-11-03", "inferred"),
        ("MAR-first-report", "2004-10-26", "press"),
        ("TGO-first-report", "[2015-06-15..2022-06-01]", "by elimination"),
        ("LSO-first-report", "[2014-04-11..2014-12-31]", "document-cited"),
    ],
)
def test_a_report_whose_day_was_found_keeps_its_reference(record, reference, submitted, certainty):
    report = Report.objects.get(reference=reference)
    assert (report.submitted.edtf, report.certainty) == (submitted, certainty)


def test_a_plan_that_was_adopted_is_not_submitted_for_that(record):
    croatia = ActionPlan.objects.with_status(date(2026, 1, 1)).get(reference="HRV-1")
    assert (croatia.status_at, croatia.submitted) == ("adopted", None)


def test_two_statements_of_one_day_are_both_there(record):
    said = PublishedFigure.objects.filter(as_at=When.parse("2007-02-23")).order_by("value")
    assert [(figure.measure, figure.value) for figure in said] == [
        ("first_reports_outstanding", 58),
        ("first_reports_submitted", 135),
    ]


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


FACTS = ("reports.csv", "action_plans.csv", "resolutions.csv", "published_figures.csv", "visits.csv", "events.csv")


@pytest.mark.parametrize("file", FACTS)
def test_every_fact_has_a_source(file):
    assert [row["reference"] for row in rows(file) if not row["sources"]] == []


def test_every_membership_has_a_source_unless_it_is_from_recollection():
    without = [row for row in rows("memberships.csv") if not row["sources"]]
    assert {row["certainty"] for row in without} == {"recollection"}
    assert len(without) == 19


def test_the_day_of_a_membership_is_not_before_its_organization_was_founded():
    founded = {row["acronym"]: row["founded_on"] for row in rows("organizations.csv")}
    early = {
        (row["organization"], row["state"])
        for row in rows("memberships.csv")
        if row["joined"] and row["joined"][:4] < founded[row["organization"]][:4]
    }
    assert early == {("EU", "GBR")}  # the European Communities


def test_only_memberships_are_known_from_recollection():
    found = {file for file in ROWS for row in rows(file) if row.get("certainty") == "recollection"}
    assert found == {"memberships.csv"}


# A reference never changes, also when the day of its fact was found later.
KEPT = {"TGO-event-2016-12": "TGO-event-2015-06"}


def test_references_are_those_that_the_models_make(record):
    facts = [
        fact
        for model in (Report, ActionPlan, Resolution, PublishedFigure, Visit, Event)
        for fact in model.objects.all()
    ]
    assert len(facts) == sum(ROWS[file] for file in FACTS)
    for fact in facts:
        made = KEPT.get(fact.reference, fact.reference)
        assert re.fullmatch(re.escape(fact.reference_stem()) + r"(-[2-9])?", made)


@pytest.mark.parametrize("path", sorted(RECORD.iterdir()), ids=lambda path: path.name)
def test_no_working_note_is_left_in_it(path):
    assert not re.search(r"recall|compiler|seed|unverified|verify\b", path.read_text(encoding="utf-8"), re.I)
