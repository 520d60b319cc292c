"""Figures over time: on every day the number that the list of that day has; drawn, in a table, and in files."""

import csv
import io
import json
import random
import re
import tempfile
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from r1540.as_at.day import today
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.pages.figures import daily_counts, series
from r1540.pages.figures.picture import BOTTOM, HEIGHT, LEFT, LINE, RIGHT, TOP, WIDTH, Picture, step_of
from states.models import Report, State
from tests import factories as make

pytestmark = pytest.mark.django_db

# Not in the project, because pytest stops at a .hypothesis beside the tests (see test_when.py).
set_hypothesis_home_dir(tempfile.gettempdir() + "/r1540-hypothesis")

ADDRESS = "/figures/history/"
FIRST, ADDITIONAL, VISITS, PLANS = daily_counts.DRAWN


def on(day: str) -> date:
    return date.fromisoformat(day)


def listed(figure, filters: str, at: date) -> int:
    """The rows of the list behind a figure, as its address asks for them."""
    rows = figure.listing.filterset_class(QueryDict(filters), figure.listing().facts(at), at)
    assert rows.is_valid(), rows.errors
    return rows.qs.count()


def assert_as_the_lists(days: list[date]):
    """Each history, read until the last of these days and until each of them, says what the lists of the day say."""
    last = {one.figure.slug: one for one in series.read_series(daily_counts.DRAWN, max(days))}
    members = {day: listed(daily_counts.MEMBERS, daily_counts.MEMBERS.certain, day) for day in days}
    for slug, history in last.items():
        figure = history.figure
        for day in days:
            count = daily_counts.count_on(day, history.steps)
            rows = (listed(figure, figure.certain, day), listed(figure, figure.possible, day))
            assert (count.certain, count.possible) == rows, (slug, day)
            if history.members:
                assert daily_counts.count_on(day, history.members).certain == members[day]
    for day in days[:3]:
        for one in series.read_series(daily_counts.DRAWN, day):
            shorter, longer = one.last, daily_counts.count_on(day, last[one.figure.slug].steps)
            assert (shorter.certain, shorter.highest) == (longer.certain, longer.highest)


def test_on_any_day_the_shipped_record_has_the_number_of_its_list(record):
    luck = random.Random(1540)
    days = [ADOPTED_ON + timedelta(days=luck.randint(0, (today() - ADOPTED_ON).days)) for _ in range(15)]
    changes = sorted({step.day for one in series.read_series(daily_counts.DRAWN, today()) for step in one.steps})
    around = [day + timedelta(days=n) for day in luck.sample(changes, 5) for n in (-1, 0)]
    known = [on(day) for day in ("2004-04-28", "2006-06-27", "2006-06-28", "2013-01-15", "2022-05-31", "2022-06-01")]
    assert_as_the_lists([*known, today(), *days, *(day for day in around if day >= ADOPTED_ON)])


DAYS = 14
BEGIN = date(2011, 7, 7)  # a week before the last State was admitted


@st.composite
def whens(draw, no_sooner=0):
    latest = draw(st.integers(no_sooner, DAYS))
    earliest = draw(st.none() | st.integers(0, latest))
    return When(None if earliest is None else BEGIN + timedelta(days=earliest), BEGIN + timedelta(days=latest))


FACTS = st.fixed_dictionaries(
    {
        "first": st.lists(st.none() | whens(), min_size=3, max_size=3),
        "additional": st.lists(st.tuples(st.integers(0, 2), whens(DAYS)), max_size=4),
        "plans": st.lists(st.none() | whens(), max_size=3),
        "visits": st.lists(
            st.tuples(
                whens(), st.none() | whens(DAYS), st.none() | whens(), st.sampled_from(["at invitation", "joint"])
            ),
            max_size=3,
        ),
    }
)


def observer():
    return make.state("Holy See", status="observer", admitted_on=None, regional_group="")


def record_of(facts):
    """A Member State, one admitted in these days, an observer State, and what happened."""
    states = [make.state(), make.state("South Sudan"), observer()]
    for state, when in zip(states, facts["first"], strict=True):
        if when:
            make.report(state, when)
    first = dict(zip(states, facts["first"], strict=True))
    for number, when in facts["additional"]:
        earlier = first[states[number]]
        if not earlier or not earlier.earliest or earlier.earliest <= when.latest:
            make.report(states[number], when, kind=Report.Kind.ADDITIONAL)
    for number, when in enumerate(facts["plans"], 1):
        make.plan(states[0], when, number=number, adopted="2011")
    for number, (starts, ends, cancelled, kind) in enumerate(facts["visits"]):
        make.visit(states[number], starts, ends=ends, cancelled=cancelled, kind=kind)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FACTS)
def test_on_any_day_whatever_happened_has_the_number_of_its_list(facts):
    with transaction.atomic():
        record_of(facts)
        assert_as_the_lists([BEGIN + timedelta(days=n) for n in (DAYS + 2, *range(-1, DAYS + 2, 4))])
        transaction.set_rollback(True)


def counts(slug: str, *days: str) -> list[tuple[int, int]]:
    [one] = series.read_series([slug], on(days[-1]))
    return [(step.certain, step.possible) for step in (daily_counts.count_on(on(day), one.steps) for day in days)]


def test_a_state_counts_once_and_from_its_admission():
    state = make.state("South Sudan")
    make.report(state, "2010")
    for when in ("2011-07-20", "2011", "2012"):
        make.report(state, when, kind=Report.Kind.ADDITIONAL)
    assert counts(FIRST, "2011-07-13", "2011-07-14") == [(0, 0), (1, 0)]
    assert counts(ADDITIONAL, "2011-07-13", "2011-07-14", "2011-07-19", "2011-07-20", "2012-12-31") == [
        (0, 0),
        (0, 1),
        (0, 1),
        (1, 0),
        (1, 0),
    ]


def test_an_observer_state_is_never_counted_but_its_plan_is_a_plan():
    state = observer()
    make.report(state)
    make.plan(state, "2011-05-02")
    assert counts(FIRST, "2012-01-01") == [(0, 0)]
    assert counts(PLANS, "2011-05-01", "2011-05-02") == [(0, 0), (1, 0)]


def test_a_visit_counts_from_the_day_after_its_last_until_it_is_cancelled():
    make.visit(make.state(), "2013-11-12", ends="[2013-11-13..2013-11-15]")
    make.visit(make.state("France"), "2013-11-13", cancelled="2013-11-20")
    make.visit(make.state("Albania"), "2013-11-13", cancelled="2013-11-01")
    make.visit(make.state("Grenada"), "2014-01-05", ends="[2014-01-03..2014-01-08]")
    days = ("2013-11-13", "2013-11-14", "2013-11-15", "2013-11-16", "2013-11-19", "2013-11-20")
    assert counts(VISITS, *days) == [(0, 0), (1, 1), (1, 1), (2, 0), (2, 0), (1, 0)]
    assert counts(VISITS, "2014-01-05", "2014-01-06", "2014-01-09") == [(1, 0), (1, 1), (2, 0)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 7), (f"?measure={FIRST}", 4), (f"?measure={VISITS}", 1), (f"?measure={PLANS}", 3)],
)
def test_the_queries_are_as_many_as_the_figures_whatever_the_record_holds(client, record, query, expected):
    """One a figure, one for the Member States, one for what was published, and one for the sources of all of that."""
    make.plan(State.objects.get(iso3="TCD"), "2012-01-01", published=True)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(ADDRESS + query).status_code == 200
    # Of a statement that the connection had prepared before, nothing is known: it is a question too.
    asked = [one["sql"] for one in caught if str(one["sql"]).startswith(("SELECT", "None"))]
    assert len(asked) == expected, asked


def rows_of(response) -> list[dict]:
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def page_of(client, query: str) -> str:
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_the_csv_and_the_json_hold_the_same_numbers(client, record):
    body = page_of(client, "?as_of=2013-01-15")
    table = re.findall(
        r'datetime="([-0-9]+)">.*?<td class="number">.*?>(\d+)<.*?<td class="number">.*?>(\d+)<', body, re.S
    )
    in_csv, answer = (client.get(f"{ADDRESS}?as_of=2013-01-15&format={form}") for form in ("csv", "json"))
    in_csv, in_json = rows_of(in_csv), json.loads(answer.content)
    assert in_json["as_of"] == "2013-01-15"
    assert in_json["count"] == len(in_json["results"]) == len(in_csv)
    for one, other in zip(in_csv, in_json["results"], strict=True):
        other["source"] = "; ".join(other["source"])
        assert one == {name: "" if value is None else str(value) for name, value in other.items()}
    days = {(row["measure"], row["as_at"], row["certain"], row["possible"]): None for row in in_csv}
    assert [day[1:] for day in days] == table


def test_a_published_figure_has_its_value_qualifier_and_source_in_the_files(client, record):
    [row] = [
        row
        for row in rows_of(client.get(f"{ADDRESS}?measure={FIRST}&as_of=2013-01-15&format=csv"))
        if row["as_at"] == "2013-01-15"
    ]
    assert row == {
        "measure": FIRST,
        "as_at": "2013-01-15",
        "certain": "30",
        "possible": "143",
        "published": "170",
        "at_least": "169",
        "published_as_at": "2013-01-15",
        "qualifier": "around",
        "source": "message-2013-01-15",
    }


def test_each_number_opens_a_list_of_as_many_rows(client, record):
    body = page_of(client, "?as_of=2005-03-01")
    links = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', body)
    assert len(links) == 4 * 3 + 2 * 3 + 2 * 2 + 2 * 2  # two counts a row, and the Members where States are counted
    for address, number in links:
        listed = client.get(address.replace("&amp;", "&") + "&format=csv")
        assert len(rows_of(listed)) == int(number), address


def test_the_table_has_each_years_end_each_published_day_and_the_day_of_the_page():
    make.figure(120, "2005-06")
    make.figure(99, "2005-12")  # may be as at a day after the page’s
    [one] = series.read_series([FIRST], on("2005-12-30"))
    assert [str(row.day) for row in one.rows()] == ["2004-12-31", "2005-06-30", "2005-12-30"]
    assert [[published.value for published in row.published] for row in one.rows()] == [[], [120], []]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?measure=States", "measure: “States” is not one of: first-reports"),
        ("?measure=visits&measure=plans", "measure: it takes one value"),
        ("?figure=plans", "figure: this address has no such parameter"),
        ("?as_of=2004-04-27", "as_of: 2004-04-27 is before"),
        ("?format=xlsx", "format: “xlsx” is not one of: html, csv, json."),
    ],
)
def test_a_question_that_is_not_understood_is_refused_by_name(client, query, words):
    response = client.get(ADDRESS + query)
    assert response.status_code == 400
    assert words in response.content.decode()


def test_what_the_form_leaves_empty_is_all_figures(client):
    assert client.get(f"{ADDRESS}?as_of=2013-01-15&measure=").url == f"{ADDRESS}?as_of=2013-01-15"
    assert page_of(client, "").count("<h2") == len(daily_counts.DRAWN)


def drawn(day: str, slug: str) -> Picture:
    [one] = series.read_series([slug], on(day))
    return Picture(one)


def overlap(one, other) -> bool:
    """Whether two boxes do: (left, right, top, bottom)."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@pytest.mark.parametrize("day", ["2004-04-28", "2004-05-01", "2013-01-15", "2022-06-01", today().isoformat()])
def test_every_line_mark_and_word_lies_in_the_picture(client, record, day):
    for slug in daily_counts.DRAWN:
        picture = drawn(day, slug)
        labels = [(*label.span, label.y - LINE / 2, label.y + LINE / 2) for label in picture.labels]
        assert all(left >= 0 and right <= WIDTH and top >= 0 and low <= HEIGHT for left, right, top, low in labels)
        assert not any(overlap(one, other) for number, one in enumerate(labels) for other in labels[:number])
        for path in (picture.certain, picture.highest, picture.members, picture.band):
            assert all(LEFT <= float(x) <= RIGHT for x in re.findall(r"[HML]([-\d.]+)", path))
            assert all(TOP <= float(y) <= BOTTOM for y in re.findall(r"V([-\d.]+)", path))
    for svg in re.findall(r"<svg.*?</svg>", page_of(client, f"?as_of={day}"), re.S):
        ElementTree.fromstring(svg)


def test_a_line_rises_on_the_day_and_ends_on_the_day_of_the_page():
    make.report(make.state(), "2004-07-01")
    picture = drawn("2004-12-31", FIRST)
    x = {day: f"{picture.x(on(day)):.1f}".removesuffix(".0") for day in ("2004-04-28", "2004-07-01", "2004-12-31")}
    assert picture.top == 1
    assert picture.certain == f"M{x['2004-04-28']} 314H{x['2004-07-01']}V40H{x['2004-12-31']}"


def test_the_band_lies_between_what_is_certain_and_what_is_possible():
    make.plan(make.state(), "[2004-06-01..2004-07-01]")
    picture = drawn("2004-12-31", PLANS)
    start, june, july, end = (
        f"{picture.x(on(day)):.1f}".removesuffix(".0")
        for day in ("2004-04-28", "2004-06-01", "2004-07-01", "2004-12-31")
    )
    there = f"M{start} 314H{june}V40H{july}V40H{end}"
    assert picture.highest == there
    assert picture.band == f"{there}L{end} 40H{july}L{july} 314H{june}L{june} 314H{start}Z"


@pytest.mark.parametrize(
    ("most", "step"),
    [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (26, 10), (193, 50), (251, 100), (10**9, 2 * 10**8)],
)
def test_an_axis_has_round_numbers(most, step):
    assert step_of(most) == step


def test_marks_too_close_for_words_are_all_listed(client):
    for value in range(100, 140):
        make.figure(value, "2010-01-01", qualifier="around", published=True)
    picture = drawn("2013-01-15", FIRST)
    assert len(picture.marks) == 40 > len([mark for mark in picture.marks if mark.label]) > 5
    body = page_of(client, f"?measure={FIRST}&as_of=2013-01-15")
    assert body.count('class="diamond"') == 41  # and the one that is explained
    assert all(f"<strong>around {value}</strong>, as at 1 January 2010." in body for value in range(100, 140))


def test_a_figure_published_as_at_a_span_of_days_has_a_bar(record):
    bars = {mark.figure.as_at.edtf: bool(mark.bar) for mark in drawn("2022-06-01", FIRST).marks}
    make.figure(183, "2020", published=True)
    assert [day for day, has_bar in bars.items() if has_bar] == ["2018"]
    assert [mark.figure.as_at.edtf for mark in drawn("2022-06-01", FIRST).marks if mark.bar] == ["2018", "2020"]


def test_a_picture_has_a_name_words_and_no_style_of_its_own(client, record):
    body = page_of(client, f"?measure={FIRST}&as_of=2013-01-15")
    svg = ElementTree.fromstring(re.search(r'<svg class="picture".*?</svg>', body, re.S)[0])
    named = svg.get("aria-labelledby").split()
    title, desc = (svg.find(f"{{http://www.w3.org/2000/svg}}{name}") for name in ("title", "desc"))
    assert (svg.get("role"), named) == ("img", [title.get("id"), desc.get("id")])
    assert title.text == "States with a first report, from 28 April 2004 to 15 January 2013"
    assert (
        "it has come to 30, and a hatched band above it reaches to 173: for 143 the day is not established" in desc.text
    )
    assert not re.search(r"style=|<style|<script|\son[a-z]+=", body)
