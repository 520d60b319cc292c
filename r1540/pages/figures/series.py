"""A figure over time: how many were certain, and how many possible, on every day from 28 April 2004 until a day.

Each thing counted (a State, a visit, a plan) has a day since which it may count, and one since which it surely counts;
the number of any day is then a sum. So a whole history costs one query, whatever the number of days, and says of each
day what the list of that day says: tests compare the two. The database tells how many things have the same days, so
that there are as many rows as days, not as facts.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from r1540 import door
from r1540.as_at.rules import ADOPTED_ON, LONG_AGO
from r1540.pages.figures import BY_SLUG, Figure
from r1540.pages.figures.tally import ALL, MEMBERS, Place
from states.models import ActionPlan, PublishedFigure, Report, State
from visits.models import Visit
from visits.models.visit import over


@dataclass(frozen=True)
class Counted:
    """Things that a figure counts: since when they may count, since when they surely do, on which day no more; and how
    many they are."""

    possible: date
    certain: date
    until: date = date.max
    number: int = 1


def states_with(facts: QuerySet) -> list[Counted]:
    """Member States by the first day of their facts, and not before they were Members."""
    of_members = facts.filter(state__status=State.Status.MEMBER).order_by()
    since, earliest = F("state__admitted_on"), Coalesce("submitted__earliest", LONG_AGO)
    by_state = of_members.values("state").annotate(
        possible=Greatest(since, Min(earliest)), certain=Greatest(since, Min("submitted__latest"))
    )
    sql, params = by_state.values("possible", "certain").query.sql_with_params()
    with door.connection().cursor() as cursor:
        cursor.execute(f"SELECT possible, certain, count(*) FROM ({sql}) AS by_state GROUP BY 1, 2", params)
        return [Counted(possible, certain, number=number) for possible, certain, number in cursor]


def first_reports(of_states: Q) -> list[Counted]:
    return states_with(Report.objects.filter(of_states, kind=Report.Kind.FIRST))


def additional(of_states: Q) -> list[Counted]:
    return states_with(Report.objects.filter(of_states, kind=Report.Kind.ADDITIONAL))


def states_with_a_plan(of_states: Q) -> list[Counted]:
    return states_with(ActionPlan.objects.filter(of_states, submitted__isnull=False))


def visits_conducted(of_states: Q) -> Iterable[Counted]:
    visits = Visit.objects.at_invitation().filter(of_states, starts__isnull=False).order_by()
    days = visits.values_list("state__admitted_on", "starts", "ends", "cancelled")
    for admitted, starts, ends, cancelled, number in days.annotate(n=Count("pk")):
        since, when = admitted or date.min, over(starts, ends)
        until = cancelled.latest if cancelled else date.max
        yield Counted(max(since, when.earliest or date.min), max(since, when.latest), until, number)


def plans_submitted(of_states: Q) -> Iterable[Counted]:
    plans = ActionPlan.objects.filter(of_states, submitted__isnull=False).order_by()
    for when, admitted, number in plans.values_list("submitted", "state__admitted_on").annotate(n=Count("pk")):
        since = admitted or date.min
        yield Counted(max(since, when.earliest or date.min), max(since, when.latest), number=number)


def member_states(of_states: Q) -> Iterable[Counted]:
    members = State.objects.filter(of_states, status=State.Status.MEMBER).order_by()
    for admitted, number in members.values_list("admitted_on").annotate(n=Count("pk")):
        yield Counted(admitted, admitted, number=number)


# The figures that are drawn, by their names in addresses, and what each counts, of some States or all.
COUNTED = {
    "first-reports": first_reports,
    "additional-information": additional,
    "visits": visits_conducted,
    "plans": plans_submitted,
}
# What others published as well.
PUBLISHED_TOO = COUNTED | {"states-with-a-plan": states_with_a_plan, "member-states": member_states}
OF_STATES = ("first-reports", "additional-information")


@dataclass(frozen=True)
class Step:
    """From a day on, until the next step: how many are certain, and how many at most."""

    day: date
    certain: int
    highest: int

    @property
    def possible(self) -> int:
        """Of how many the day is not established."""
        return self.highest - self.certain


def steps(counted: Iterable[Counted], at: date) -> list[Step]:
    """The days on which a count changed, from the adoption of resolution 1540 (2004) until a day, with the count."""
    certain, highest = Counter({ADOPTED_ON: 0}), Counter()
    for one in counted:
        for changes, since in ((certain, one.certain), (highest, one.possible)):
            if since < one.until:
                changes[max(since, ADOPTED_ON)] += one.number
                changes[max(one.until, ADOPTED_ON)] -= one.number
    days = sorted(day for day in {*certain, *highest} if day <= at)
    sums = [list(accumulate(map(changes.__getitem__, days))) for changes in (certain, highest)]
    return [Step(*step) for step in zip(days, *sums, strict=True)]


def on(day: date, history: list[Step]) -> Step:
    return history[bisect_right(history, day, key=lambda step: step.day) - 1]


def without(members: list[Step], having: list[Step]) -> list[Step]:
    """How many Member States do not have what others of them have."""
    days = sorted({step.day for step in (*members, *having)})
    pairs = ((day, on(day, members).certain, on(day, having)) for day in days)
    return [Step(day, number - found.highest, number - found.certain) for day, number, found in pairs]


class Histories(dict):
    """The steps of figures until a day, by the figure's name in addresses and the place: each read when it is first
    asked for. The place is no organization: who belongs to one changes."""

    def __init__(self, at: date):
        super().__init__()
        self.at = at

    def __missing__(self, asked: tuple[str, Place]) -> list[Step]:
        slug, place = asked
        if slug == "no-first-report":
            found = without(self[MEMBERS.slug, place], self["first-reports", place])
        else:
            path = "" if slug == MEMBERS.slug else "state__"
            found = steps(PUBLISHED_TOO[slug](place.condition(path)), self.at)
        return self.setdefault(asked, found)


@dataclass(frozen=True)
class Row:
    """A day in the table behind a picture."""

    day: date
    count: Step
    members: int | None
    published: list[PublishedFigure]
    certain_address: str
    possible_address: str
    members_address: str


@dataclass(frozen=True)
class Series:
    """A figure over time, what others published of it, and the number of Member States where States are counted."""

    figure: Figure
    at: date
    steps: list[Step]
    members: list[Step]
    published: list[PublishedFigure]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def members_now(self) -> int:
        return self.members[-1].certain

    def rows(self) -> Iterable[Row]:
        """Each year's end, each day of a published figure, and the day of the page."""
        ends = (date(year, 12, 31) for year in range(ADOPTED_ON.year, self.at.year))
        for day in sorted({*ends, self.at, *(one.as_at.latest for one in self.published)}):
            yield Row(
                day=day,
                count=on(day, self.steps),
                members=on(day, self.members).certain if self.members else None,
                published=[one for one in self.published if one.as_at.latest == day],
                certain_address=self.figure.link(self.figure.certain, day),
                possible_address=self.figure.link(self.figure.possible, day),
                members_address=MEMBERS.link(MEMBERS.certain, day),
            )


def read(slugs: Iterable[str], at: date) -> list[Series]:
    """Figures over time, until a day: one query each, one for the Member States, two for all published figures."""
    figures = [BY_SLUG[slug] for slug in slugs]
    measures = [figure.published for figure in figures if figure.published]
    published = PublishedFigure.objects.filter(measure__in=measures, as_at__certain_by=at)
    published = list(published.order_by("as_at__latest", "reference").prefetch_related("sources"))
    histories = Histories(at)
    return [
        Series(
            figure=figure,
            at=at,
            steps=histories[figure.slug, ALL],
            members=histories[MEMBERS.slug, ALL] if figure.slug in OF_STATES else [],
            published=[one for one in published if one.measure == figure.published],
        )
        for figure in figures
    ]
