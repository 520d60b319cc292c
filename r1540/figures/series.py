"""A figure over time: how many were certain, and how many possible, on every day from 28 April 2004 until a day.

Each thing counted (a State, a visit, a plan) is read once, with the days since which it may count and since which it
surely counts; the number of any day is then a sum. So a whole history costs one query, and says of each day what the
list of that day says: tests compare the two.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import accumulate

from r1540.figures import BY_SLUG, Figure
from r1540.rules import ADOPTED_ON
from states.models import ActionPlan, PublishedFigure, Report, State
from visits.models import Visit


@dataclass(frozen=True)
class Counted:
    """One thing that a figure counts: since when it may count, since when it surely does, and on which day no more."""

    possible: date
    certain: date
    until: date = date.max


def states_with(kind: str) -> Iterable[Counted]:
    """Member States by the first day of their reports of a kind, and not before they were Members."""
    reports = Report.objects.filter(kind=kind, state__status=State.Status.MEMBER).order_by()
    by_state = defaultdict(list)
    for state, admitted, submitted in reports.values_list("state", "state__admitted_on", "submitted"):
        by_state[state, admitted].append(submitted)
    for (_, admitted), whens in by_state.items():
        possible = min(when.earliest or date.min for when in whens)
        yield Counted(max(admitted, possible), max(admitted, min(when.latest for when in whens)))


def visits_conducted() -> Iterable[Counted]:
    visits = Visit.objects.at_invitation().filter(starts__isnull=False).order_by()
    for visit in visits.select_related("state"):
        since, over = visit.state.admitted_on or date.min, visit.over
        possible, certain = max(since, over.earliest or date.min), max(since, over.latest)
        yield Counted(possible, certain, visit.cancelled.latest if visit.cancelled else date.max)


def plans_submitted() -> Iterable[Counted]:
    plans = ActionPlan.objects.filter(submitted__isnull=False).order_by()
    for when, admitted in plans.values_list("submitted", "state__admitted_on"):
        since = admitted or date.min
        yield Counted(max(since, when.earliest or date.min), max(since, when.latest))


def member_states() -> Iterable[Counted]:
    members = State.objects.filter(status=State.Status.MEMBER).order_by()
    for admitted in members.values_list("admitted_on", flat=True):
        yield Counted(admitted, admitted)


# The figures that are drawn, by their names in addresses, and what each counts.
COUNTED = {
    "first-reports": partial(states_with, Report.Kind.FIRST),
    "additional-information": partial(states_with, Report.Kind.ADDITIONAL),
    "visits": visits_conducted,
    "plans": plans_submitted,
}
OF_STATES = ("first-reports", "additional-information")
MEMBERS = BY_SLUG["member-states"]


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
                changes[max(since, ADOPTED_ON)] += 1
                changes[max(one.until, ADOPTED_ON)] -= 1
    days = sorted(day for day in {*certain, *highest} if day <= at)
    sums = [list(accumulate(map(changes.__getitem__, days))) for changes in (certain, highest)]
    return [Step(*step) for step in zip(days, *sums, strict=True)]


def on(day: date, history: list[Step]) -> Step:
    return history[bisect_right(history, day, key=lambda step: step.day) - 1]


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
    members = steps(member_states(), at) if any(figure.slug in OF_STATES for figure in figures) else []
    return [
        Series(
            figure=figure,
            at=at,
            steps=steps(COUNTED[figure.slug](), at),
            members=members if figure.slug in OF_STATES else [],
            published=[one for one in published if one.measure == figure.published],
        )
        for figure in figures
    ]
