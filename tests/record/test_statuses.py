"""Where a visit stands on a day, against an oracle that tries every day on which it may have been."""

import random
from datetime import date, timedelta
from itertools import permutations, product

import pytest

from r1540.as_at.when import When
from tests import factories
from visits.models import Visit, order

pytestmark = pytest.mark.django_db

FIRST = date(2013, 11, 1)
WINDOW = [FIRST + timedelta(days=n) for n in range(9)]

# Days of a visit that differ in each way the days of the window can: known, several, "by", unknown.
INVITED = ("", "2013-11-02", "[2013-11-01..2013-11-03]")
STARTS = ("", "2013-11-03", "[2013-11-02..2013-11-04]", "by 5 November 2013")
ENDS = ("", "2013-11-03", "2013-11-05", "[2013-11-02..2013-11-07]", "by 5 November 2013")
POSTPONED = ("", "2013-11-02")
CANCELLED = ("", "2013-11-04", "[2013-11-02..2013-11-06]")


def days_of(when) -> list[date]:
    """Every day on which it may have happened; "by" reaches to a long time before the window."""
    if when is None:
        return []
    first = when.earliest or FIRST - timedelta(days=30)
    return [first + timedelta(days=n) for n in range((when.latest - first).days + 1)]


def surely(when, at) -> bool:
    return when is not None and all(day <= at for day in days_of(when))


class Oracle:
    """What a visit is on a day, from each pair of a first and a last day that it may have had."""

    def __init__(self, visit, at):
        self.visit, self.at = visit, at
        self.is_off = surely(visit.cancelled, at)
        firsts, lasts = days_of(visit.starts), days_of(visit.ends)
        self.pairs = [(first, last) for first in firsts for last in lasts or [first] if first <= last]

    def begun(self):
        return bool(self.pairs) and all(first <= self.at for first, _ in self.pairs) and not self.is_off

    def perhaps_begun(self):
        return any(first <= self.at for first, _ in self.pairs) and not self.is_off

    def conducted(self):
        return bool(self.pairs) and all(last < self.at for _, last in self.pairs) and not self.is_off

    def perhaps_conducted(self):
        return any(last < self.at for _, last in self.pairs) and not self.is_off

    def pipeline(self):
        return surely(self.visit.invited, self.at) and not self.perhaps_begun() and not self.is_off

    def known(self):
        return any(day <= self.at for day in days_of(self.visit.invited) + days_of(self.visit.starts))

    def status(self):
        answers = (
            ("cancelled", self.is_off),
            ("conducted", self.conducted()),
            ("under way", self.begun()),
            ("day not established", self.perhaps_begun()),
            ("postponed", surely(self.visit.postponed, self.at)),
            ("scheduled", surely(self.visit.invited, self.at) and self.visit.starts is not None),
            ("invited", surely(self.visit.invited, self.at)),
            # It lies ahead, and no invitation or postponement is recorded.
            ("scheduled", self.visit.invited is None and self.visit.postponed is None),
        )
        return next((status for status, is_so in answers if is_so), "day not established")


@pytest.fixture
def visits() -> list[Visit]:
    """Visits with every combination of these days, to so many States that none overlaps another."""
    rows = []
    for number, (invited, ends, postponed) in enumerate(product(INVITED, ENDS, POSTPONED)):
        state = factories.state(f"State {number}")
        for starts, cancelled in product(STARTS, CANCELLED):
            days = {"invited": invited, "starts": starts, "ends": ends, "postponed": postponed, "cancelled": cancelled}
            if starts or (invited and not ends):
                whens = {name: When.parse(text) if text else None for name, text in days.items()}
                rows.append(Visit(state=state, reference=f"visit-{len(rows)}", **whens))
    return Visit.objects.bulk_create(rows)


def in_words(visits) -> list[str]:
    words = ("invited", "starts", "ends", "postponed", "cancelled")
    return sorted(", ".join(f"{name} {getattr(visit, name)}" for name in words) for visit in visits)


@pytest.mark.parametrize("question", ["begun", "perhaps_begun", "conducted", "perhaps_conducted", "pipeline", "known"])
def test_a_question_has_the_answer_of_every_possible_day(visits, question):
    answers = set()
    for at in WINDOW:
        expected = [visit for visit in visits if getattr(Oracle(visit, at), question)()]
        assert in_words(getattr(Visit.objects, question)(at)) == in_words(expected), at
        answers.add(len(expected))
    assert len(answers) > 2  # the answer moves with the day


def test_the_status_is_that_of_every_possible_day(visits):
    seen = set()
    for at in WINDOW:
        found = dict(Visit.objects.with_status(at).order_by().values_list("pk", "status_at"))
        expected = {visit.pk: Oracle(visit, at).status() for visit in visits}
        wrong = [visit for visit in visits if found[visit.pk] != expected[visit.pk]]
        assert in_words(wrong) == [], at
        seen |= set(expected.values())
    assert seen == set(Visit.Status.values)


def test_a_status_agrees_with_the_questions(visits):
    for at in WINDOW:
        status = dict(Visit.objects.with_status(at).order_by().values_list("pk", "status_at"))
        of = {
            name: {visit.pk for visit in getattr(Visit.objects, name)(at)}
            for name in ("begun", "conducted", "pipeline")
        }
        assert of["conducted"] == {pk for pk in status if status[pk] == "conducted"}
        assert of["begun"] - of["conducted"] == {pk for pk in status if status[pk] == "under way"}
        assert {status[pk] for pk in of["pipeline"]} <= {"invited", "scheduled", "postponed"}
        assert of["conducted"] <= {visit.pk for visit in Visit.objects.perhaps_conducted(at)}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2013-05-31", None),
        ("2013-06-01", "scheduled"),
        ("2013-11-10", "scheduled"),
        ("2013-11-11", "under way"),
        ("2013-11-15", "under way"),
        ("2013-11-16", "conducted"),
    ],
)
def test_a_visit_goes_from_its_invitation_to_its_end(day, status):
    factories.visit(factories.state(), "2013-11-11", invited="2013-06-01", ends="2013-11-15")
    at = date.fromisoformat(day)
    assert [visit.status_at for visit in Visit.objects.known(at).with_status(at)] == ([status] if status else [])


# The order of visits: what the Chair said on 18 November 2013.

SEOUL = date(2013, 11, 18)
BETWEEN = "[2011-09-12..2013-04-30]"
HISTORY = {
    "USA": ("United States", {"starts": "2011-09-12", "stated_order": 1}),
    "MDG": ("Madagascar", {"starts": BETWEEN, "stated_order": 2}),
    "ALB": ("Albania", {"starts": BETWEEN, "stated_order": 3}),
    "COG": ("Congo", {"starts": BETWEEN, "stated_order": 4}),
    "TTO": ("Trinidad and Tobago", {"starts": "2013-04", "ends": "2013-04", "stated_order": 5}),
    "GRD": ("Grenada", {"starts": "2013-07", "ends": "2013-07", "stated_order": 6}),
    "BFA": ("Burkina Faso", {"starts": "2013-11-11", "ends": "2013-11-15", "stated_order": 7}),
    "KOR": ("Republic of Korea", {"starts": "2013-11-18", "stated_order": 8}),
}
CODES = list(HISTORY)


@pytest.fixture
def history():
    """The visits of the Chair's message, entered in another order; and two more that had only been invited."""
    states = {code: factories.state(name, iso3=code) for code, (name, _) in HISTORY.items()}
    for code in sorted(HISTORY):
        factories.visit(states[code], **HISTORY[code][1])
    factories.visit(factories.state("Chad"), None, invited="2013-10-01")
    factories.visit(factories.state("Zimbabwe"), "2014-08-05", invited="2013-11-18")
    factories.visit(states["USA"], "2012-05", kind="joint")


def numbered(at: date) -> dict[str, int]:
    codes = dict(Visit.objects.values_list("pk", "state__iso3"))
    return {codes[pk]: place.number for pk, place in Visit.places(at).items() if place.number}


def test_the_republic_of_korea_is_the_eighth_as_at_18_november_2013(history):
    visits = Visit.objects.at_invitation().perhaps_begun(SEOUL).in_order()
    assert [visit.state.iso3 for visit in visits] == CODES
    assert numbered(SEOUL) == {code: number for number, code in enumerate(CODES, 1)}
    assert sorted(visit.state.iso3 for visit in Visit.objects.pipeline(SEOUL)) == ["TCD", "ZWE"]


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        ("2011-09-11", []),
        ("2011-09-12", ["USA"]),
        ("2013-04-29", ["USA"]),
        ("2013-04-30", CODES[:5]),
        ("2013-07-30", CODES[:5]),
        ("2013-07-31", CODES[:6]),
        ("2013-11-10", CODES[:6]),
        ("2013-11-11", CODES[:7]),
        ("2013-11-17", CODES[:7]),
        ("2013-11-18", CODES),
        ("2014-08-04", CODES),
        ("2014-08-05", [*CODES, "ZWE"]),
    ],
)
def test_a_visit_has_its_number_once_it_surely_began(history, day, numbers):
    assert numbered(date.fromisoformat(day)) == {code: number for number, code in enumerate(numbers, 1)}


@pytest.mark.parametrize(
    ("first", "second", "numbers"),
    [
        ({"starts": "2012-05-01"}, {"starts": "2012-05-02"}, {"ALB": 1, "TCD": 2}),
        ({"starts": "2012-05-02"}, {"starts": "2012-05-01"}, {"TCD": 1, "ALB": 2}),
        ({"starts": "2012-05-01"}, {"starts": "2012-05-01"}, {}),
        ({"starts": "2012"}, {"starts": "2012-05-01"}, {}),
        ({"starts": "2012"}, {"starts": "2013-01-01"}, {"ALB": 1, "TCD": 2}),
        ({"starts": "by 2012"}, {"starts": "2013-01-01"}, {"ALB": 1, "TCD": 2}),
        ({"starts": "2012", "stated_order": 1}, {"starts": "2012", "stated_order": 2}, {"ALB": 1, "TCD": 2}),
        ({"starts": "2012", "stated_order": 2}, {"starts": "2012", "stated_order": 1}, {"TCD": 1, "ALB": 2}),
        ({"starts": "2012", "stated_order": 1}, {"starts": "2012"}, {}),
        ({"starts": "2012-05-01"}, {"starts": "2012-05-02", "cancelled": "2012-04-01"}, {"ALB": 1}),
        ({"starts": "2012-05-01", "cancelled": "2012-04-01"}, {"starts": "2012-05-02"}, {"TCD": 1}),
        ({"starts": "2012-05-01", "kind": "joint"}, {"starts": "2012-05-02"}, {"TCD": 1}),
        ({"starts": "2012-05-01"}, {"starts": None, "invited": "2011"}, {"ALB": 1}),
    ],
    ids=str,
)
def test_a_number_is_given_only_where_the_order_is_established(first, second, numbers):
    factories.visit(factories.state("Albania"), **first)
    factories.visit(factories.state("Chad"), **second)
    assert numbered(SEOUL) == numbers


def test_what_is_only_invited_comes_last_in_the_order_and_by_a_day_first():
    for name, days in (
        ("Chad", {"starts": None, "invited": "2010"}),
        ("Albania", {"starts": "2012-05-01"}),
        ("Zimbabwe", {"starts": "by 2011"}),
    ):
        factories.visit(factories.state(name), **days)
    assert [visit.state.iso3 for visit in Visit.objects.in_order()] == ["ZWE", "ALB", "TCD"]


RANGES = [
    # Of two visits in the same year either may be the first, and a third is the third all the same.
    (["2012", "2012", "2013"], "2013-12-31", ["1–2", "1–2", "3"]),
    (["2012", "2012-05-01", "2012-06-01"], "2013-12-31", ["1–3", "1–2", "2–3"]),
    (["by 2012-12-31", "2012-05-01"], "2013-12-31", ["1–2", "1–2"]),
    # What may not have begun by the day has no place; it may still have been before another.
    (["2012", "2012-05-01"], "2012-06-01", [None, "1–2"]),
    (["2012-05-01", "2013"], "2013-06-01", ["1", None]),
]


@pytest.mark.parametrize(("days", "at", "expected"), RANGES, ids=str)
def test_where_the_order_is_not_established_the_place_is_a_range(days, at, expected):
    visits = [
        factories.visit(factories.state(name), day)
        for name, day in zip(("Albania", "Chad", "France"), days, strict=False)
    ]
    places = Visit.places(date.fromisoformat(at))
    assert [str(places[one.pk]) if one.pk in places else None for one in visits] == expected


def test_a_place_is_told_in_words():
    assert [order.ordinal(number) for number in (1, 8, 12, 13, 21, 22, 103, 111, 112)] == [
        *("first", "eighth", "twelfth", "13th", "21st", "22nd", "103rd", "111th", "112th"),
    ]
    assert (order.Place(8, 8).words, order.Place(3, 5).words) == ("eighth", "third to fifth")
    assert (order.Place(8, 8).number, order.Place(3, 5).number) == (8, None)


def possible_orders(visits):
    """Every order of the visits in which each stands after those that precede it."""
    for one in permutations(visits):
        if not any(later.precedes(earlier) for place, earlier in enumerate(one) for later in one[place + 1 :]):
            yield one


@pytest.mark.parametrize("seed", range(30))
def test_a_visit_has_every_place_that_some_order_gives_it_and_no_other(seed):
    luck = random.Random(seed)
    visits = [
        Visit(
            pk=number,
            starts=When(luck.choice([None, first, first, first]), first + timedelta(days=luck.choice([0, 0, 2, 9]))),
        )
        for number, first in enumerate(sorted(FIRST + timedelta(days=luck.randrange(20)) for _ in range(6)), 1)
    ]
    visits.sort(key=lambda one: (one.starts.earliest or date.min, one.starts.latest))
    places = order.places(visits, {one.pk for one in visits})
    found = [[one.index(visit) + 1 for one in possible_orders(visits)] for visit in visits]
    assert [(places[visit.pk].first, places[visit.pk].last) for visit in visits] == [(min(n), max(n)) for n in found]


@pytest.mark.parametrize("seed", range(30))
def test_before_a_visit_are_surely_those_that_precede_it_and_perhaps_all_that_it_does_not_precede(seed):
    luck = random.Random(seed)
    visits = [
        Visit(
            pk=number,
            starts=When(luck.choice([None, first, first, first]), first + timedelta(days=luck.choice([0, 0, 2, 9]))),
            stated_order=luck.choice([None, number]),
        )
        for number, first in enumerate(sorted(FIRST + timedelta(days=luck.randrange(60)) for _ in range(12)), 1)
    ]
    visits.sort(key=lambda one: (one.starts.earliest or date.min, one.stated_order or 99, one.starts.latest))
    surely = {one.pk for one in visits if luck.randrange(8)}
    expected = {
        one.pk: order.Place(
            1 + sum(other.pk in surely and other.precedes(one) for other in visits),
            len(visits) - sum(one.precedes(other) for other in visits),
        )
        for one in visits
        if one.pk in surely
    }
    assert order.places(visits, surely) == expected
