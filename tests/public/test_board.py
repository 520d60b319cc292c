"""The board of States: an equal tile for each, in its group, and every number the rows of a list."""

import random
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.pages.states.board import BY, measures
from r1540.pages.states.list import StateFilters
from states.models import Organization, State
from tests import factories as make
from tests.public.boards import board_of, iso3, numbers_of, rows_of, tiles_of

DAYS = ("2004-10-28", "2013-01-15", "2022-06-01")
MEASURES = measures(StateFilters)
VALUES = ("recorded", "day not established", "none recorded")


def assert_numbers_are_rows(client, **asked):
    """Each number is the rows of its list, each list of a group is its tiles, and nobody is left out."""
    board = board_of(client, **asked)
    counted = {name: body for name, body in board.groups.items() if not name.startswith("Observer")}
    for body in counted.values():
        tiles = tiles_of(body)
        (address, number, _), *by_value = numbers_of(body)
        assert rows_of(client, address) == iso3(tiles)
        assert number == len(tiles) == sum(number for _, number, _ in by_value)
        for address, number, value in by_value:
            of_value = [tile for tile in tiles if tile.pattern == value.replace(" ", "-")]
            assert rows_of(client, address) == iso3(of_value)
            assert number == len(of_value)
    standing = {code for body in counted.values() for code in iso3(tiles_of(body))}
    for address, number, _ in numbers_of(board.legend):
        assert len(rows_of(client, address)) == number
    assert sum(number for _, number, _ in numbers_of(board.legend)) == len(standing)
    total = re.search(r'id="count"><strong>(?:<a href="([^"]*)">)?(\d+)', board.page)
    assert int(total[2]) == len(standing)
    if total[1]:
        assert set(rows_of(client, unescape(total[1]))) == standing
    assert f"on {sum(len(tiles_of(body)) for body in counted.values())} tile" in board.page
    return board


QUESTIONS = [
    *({"by": "group", "measure": measure, "as_of": "2013-01-15"} for measure in MEASURES),
    *({"by": "region", "measure": "first_report", "as_of": day} for day in DAYS),
    {"by": "organization", "region": "Oceania", "measure": "visit", "as_of": "2022-06-01"},
    {"by": "organization", "organization": ["CIS", "OSCE", "none recorded"], "measure": "plan"},
    {"by": "group", "group": ["African Group", "Eastern European Group"], "first_report": VALUES[:2]},
    {"by": "region", "organization": "AU", "subregion": "Northern Africa", "visit": "none recorded"},
    {"name": "republic", "status": "member", "as_of": "2005-01-01"},
    {"status": "observer"},
    {"name": "nowhere at all"},
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_every_number_of_the_board_is_the_rows_of_its_list(client, record, asked):
    assert_numbers_are_rows(client, **asked)


@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_the_rows_of_its_list_whatever_is_recorded(client, db, seed):
    luck = random.Random(seed)
    for name in make.STATES:
        scatter(luck, make.state(name))
    make.state("Holy See", status="observer", regional_group="", admitted_on=None)
    for by in BY:
        asked = {"by": by, "measure": luck.choice(list(MEASURES)), "as_of": luck.choice([*DAYS, "2010-07-01"])}
        if luck.random() < 0.5:
            asked[luck.choice(list(MEASURES))] = luck.sample(VALUES, 2)
        assert_numbers_are_rows(client, **asked)


def scatter(luck, state):
    """Facts and memberships of a State on days known more or less."""
    days = ("2004-10-27", "2010", "by 2013-01-15", "[2011-09-12..2013-04-30]", "2021")
    later = ("2021-12-31", "[2021-12-31..2023-06-01]")
    organizations = [
        Organization.objects.filter(acronym=one).first() or make.organization(one) for one in ("AU", "CIS")
    ]
    facts = (
        lambda: make.report(state, luck.choice(days), published=True),
        lambda: make.report(state, luck.choice(later), kind="additional information", published=True),
        lambda: make.visit(state, luck.choice(days), published=True),
        lambda: make.plan(state, luck.choice(days), published=True),
        lambda: make.membership(organizations[0], state, status=luck.choice(["member", "associate", "suspended"])),
        lambda: make.membership(organizations[1], state, joined=luck.choice(days[:2]), left="2012-05-01"),
    )
    for fact in facts:
        if luck.random() < 0.5:
            fact()


def test_the_shipped_record_stands_on_the_board_as_the_messages_say(client, record):
    board = board_of(client, as_of="2013-01-15")
    assert [(number, words) for _, number, words in numbers_of(board.legend)] == [
        (30, "recorded"),
        (143, "day not established"),
        (20, "none recorded"),
    ]
    assert len(tiles_of(board.page)) == 195
    assert {name: len(tiles_of(body)) for name, body in board.groups.items()} == {
        "African Group": 54,
        "Asia-Pacific Group": 54,
        "Eastern European Group": 23,
        "Latin American and Caribbean Group": 33,
        "Western European and Others Group": 29,
        "Observer States": 2,
    }
    later = board_of(client, as_of="2022-06-01", by="region")
    assert [number for _, number, _ in numbers_of(later.legend)] == [185, 8]
    assert list(later.groups) == ["Africa", "Americas", "Asia", "Europe", "Oceania", "Observer States"]


def test_the_number_of_tiles_moves_with_the_member_states(client, record):
    tiles = {day: len(tiles_of(board_of(client, as_of=day).page)) for day in ("2006-06-27", "2006-06-28", "2011-07-14")}
    assert tiles == {"2006-06-27": 193, "2006-06-28": 194, "2011-07-14": 195}


def test_within_a_group_states_stand_by_name(client, record):
    order = list(State.objects.values_list("iso3", flat=True))
    for by in BY:
        for body in board_of(client, by=by).groups.values():
            codes = iso3(tiles_of(body))
            assert codes == sorted(codes, key=order.index)


def test_a_tile_says_name_measure_and_value_and_leads_to_the_state_as_at_the_day(client, db):
    chad, france = make.state(), make.state("France")
    make.report(chad, "2004-10", published=True)
    make.visit(france, "2013-01-01", published=True)
    shown = [(tile.text, tile.pattern, tile.address) for tile in tiles_of(board_of(client, as_of="2004-10-28").page)]
    assert shown == [
        ("Chad, First report: Day not established", "day-not-established", "/states/TCD/?as_of=2004-10-28"),
        ("France, First report: None recorded", "none-recorded", "/states/FRA/?as_of=2004-10-28"),
    ]
    shown = [(tile.text, tile.address) for tile in tiles_of(board_of(client, measure="visit").page)]
    assert shown == [
        ("Chad, Visit at invitation: None recorded", "/states/TCD/"),
        ("France, Visit at invitation: Recorded", "/states/FRA/"),
    ]


def test_every_filter_of_recorded_or_not_is_a_measure(client, db):
    assert MEASURES == {
        "first_report": "First report",
        "additional_information": "Additional information",
        "both": "First report and additional information",
        "visit": "Visit at invitation",
        "plan": "Submitted plan",
    }
    for measure, label in MEASURES.items():
        assert f"{label} as at" in board_of(client, measure=measure).page


def test_the_legend_has_pattern_word_and_number_and_no_link_where_there_is_no_list(client, db):
    make.state()
    legend = board_of(client).legend
    assert re.findall(r'class="sample ([a-z-]+)" aria-hidden="true"', legend) == [
        one.replace(" ", "-") for one in VALUES
    ]
    assert [words for _, _, words in numbers_of(legend)] == ["none recorded"]
    assert "<span><strong>0</strong> recorded</span>" in legend
    assert "<span><strong>0</strong> day not established</span>" in legend


# Who stands where.


def test_observer_states_stand_apart_and_are_in_no_number(client, db):
    palestine = make.state("State of Palestine", status="observer", regional_group="", admitted_on=None)
    make.report(palestine, published=True)
    make.membership(make.organization("LAS"), palestine)
    for by in BY:
        board = board_of(client, by=by)
        assert list(board.groups) == ["Observer State"]
        assert "<strong>0</strong> Member States on 0 tiles" in board.page
        assert "1 observer State stands apart and is not counted" in board.page
        assert numbers_of(board.page) == []
    members = board_of(client, status="member")
    assert list(members.groups) == []
    assert "stands apart" not in members.page


def test_a_state_stands_in_each_of_its_organizations_or_in_none(client, db):
    chad, france, zimbabwe = make.state(), make.state("France"), make.state("Zimbabwe")
    au, oif = make.organization("AU"), make.organization("OIF")
    for organization, state in ((au, chad), (oif, chad), (oif, france)):
        make.membership(organization, state)
    make.membership(au, zimbabwe, status="associate")
    board = board_of(client, by="organization")
    standing = {name: iso3(tiles_of(body)) for name, body in board.groups.items()}
    assert standing == {
        "AU: Organization AU": ["TCD"],
        "OIF: Organization OIF": ["TCD", "FRA"],
        "In none of the recorded organizations": ["ZWE"],
    }
    assert "Member States on 4 tiles: a State stands in each organization" in board.page
    only = board_of(client, by="organization", organization="AU")
    assert {name: iso3(tiles_of(body)) for name, body in only.groups.items()} == {"AU: Organization AU": ["TCD"]}


def test_a_membership_counts_on_its_days_only(client, db):
    make.membership(make.organization("AU"), make.state(), joined="2012-01-01", left="2013-01-15")
    none, au = "In none of the recorded organizations", "AU: Organization AU"
    table = {"2011-12-31": none, "2012-01-01": au, "2013-01-14": au, "2013-01-15": none}
    assert {day: list(board_of(client, by="organization", as_of=day).groups) for day in table} == {
        day: [name] for day, name in table.items()
    }


def test_states_of_no_organization_or_group_can_be_filtered_in_every_list(client, db):
    chad, france = make.state(), make.state("France")
    make.state("Holy See", status="observer", regional_group="", admitted_on=None)
    make.membership(make.organization("AU"), chad)
    for state in (chad, france):
        make.report(state, published=True)
    assert len(rows_of(client, "/states/?organization=none+recorded")) == 2
    assert len(rows_of(client, "/states/?organization=none+recorded&organization=AU")) == 3
    assert len(rows_of(client, "/states/?group=none&group=African+Group")) == 2
    assert len(rows_of(client, "/states/?group=none")) == 1
    reports = client.get("/reports/?organization=none+recorded&format=json").json()["results"]
    assert [row["state"] for row in reports] == ["France"]


def test_a_member_state_that_were_in_no_group_would_have_its_own_heading(client, db):
    with connection.cursor() as cursor:  # the database allows none today
        cursor.execute("ALTER TABLE states_state DROP CONSTRAINT state_member_in_a_group")
    make.state("Kiribati", regional_group="")
    board = assert_numbers_are_rows(client, by="group")
    assert list(board.groups) == ["In no regional group"]


def test_what_is_particular_about_a_states_group_is_said(client, record):
    assert "Long outside every regional group" in board_of(client, by="group").page
    assert "Long outside every regional group" not in board_of(client, by="region").page


def test_a_board_asks_the_database_as_often_whatever_stands_on_it(client, db):
    """There are as many queries with 60 more States as without; one more if the board is grouped by organization. Four
    of them ask what the record lacks, and are cached for one revision where pages are made."""

    def queries(by):
        with CaptureQueriesContext(connection) as asked:
            board_of(client, by=by)
        return len([one for one in asked if "SAVEPOINT" not in str(one["sql"])])

    few = {by: queries(by) for by in BY}
    luck = random.Random(1)
    for number in range(60):
        scatter(luck, make.state(f"State {number:02}"))
    assert {by: queries(by) for by in BY} == few == {"group": 8, "region": 8, "organization": 9}
