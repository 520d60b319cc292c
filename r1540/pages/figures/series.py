"""Figures over time: what the record counts on every day until a day, what was published, and the Member States."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from r1540.as_at.rules import ADOPTED_ON
from r1540.pages.figures.bounds import Count, bounds_of, figures_that_bound, published_by, with_sources
from r1540.pages.figures.daily_counts import DailyCount, count_on, counts_until
from r1540.pages.figures.definitions import BY_SLUG, Figure
from r1540.pages.figures.places import ALL, MEMBERS
from states.models import PublishedFigure


@dataclass(frozen=True)
class DayRow:
    """A row of the table behind a picture: a day, the counts on it, and what was published as at it."""

    day: date
    count: DailyCount
    least: int | None  # that there was by what was published
    members: int | None
    published: list[PublishedFigure]
    certain_address: str
    possible_address: str
    members_address: str


@dataclass(frozen=True)
class Series:
    """A figure over time, with what others published of it, and the number of Member States if it counts States.

    Its `steps` are the days on which the count changed: the steps of the line in a picture.
    """

    figure: Figure
    at: date
    steps: list[DailyCount]
    members: list[DailyCount]
    published: list[PublishedFigure]

    @property
    def last(self) -> DailyCount:
        return self.steps[-1]

    @property
    def count(self) -> Count:
        """Return the count of the last day beside its bounds."""
        return Count(self.last.certain, self.last.possible, bounds_of(self.figure, ALL, self.at))

    def least(self) -> list[DailyCount]:
        """Return the least that there was by what was published, from each day on which that rose; empty if nothing
        was published of the figure."""
        counted = (self.figure, *(BY_SLUG[slug] for slug in self.figure.never_fewer_than))
        if not any(figure.published for figure in counted):
            return []
        found = {one.as_at.latest for figure in counted for one in figures_that_bound().get((figure, ALL), ())}
        numbers = ((day, bounds_of(self.figure, ALL, day).least) for day in sorted(found) if day <= self.at)
        steps = [DailyCount(ADOPTED_ON, 0, 0)]
        for day, least in numbers:
            if least and least.number > steps[-1].certain:
                steps.append(DailyCount(day, least.number, least.number))
        return steps[1:] and steps

    @property
    def members_now(self) -> int:
        return self.members[-1].certain

    def rows(self) -> Iterable[DayRow]:
        """Yield a row for each year's end, for each day of a published figure, and for the day of the page."""
        least = self.least()
        ends = (date(year, 12, 31) for year in range(ADOPTED_ON.year, self.at.year))
        for day in sorted({*ends, self.at, *(one.as_at.latest for one in self.published)}):
            yield DayRow(
                day=day,
                count=count_on(day, self.steps),
                least=(count_on(day, least).certain or None) if least else None,
                members=count_on(day, self.members).certain if self.members else None,
                published=[one for one in self.published if one.as_at.latest == day],
                certain_address=self.figure.link(self.figure.certain, day),
                possible_address=self.figure.link(self.figure.possible, day),
                members_address=MEMBERS.link(MEMBERS.certain, day),
            )


def read_series(slugs: Iterable[str], at: date) -> list[Series]:
    """Return figures over time, until a day: one query each, one for the Member States, two for published figures."""
    figures = [BY_SLUG[slug] for slug in slugs]
    measures = {figure.published for figure in figures if figure.published}
    published = with_sources([one for one in published_by(at) if one.measure in measures] if measures else [])
    return [
        Series(
            figure=figure,
            at=at,
            steps=counts_until(at, figure.slug, ALL),
            members=counts_until(at, MEMBERS.slug, ALL) if figure.counts_states else [],
            published=[one for one in published if one.measure == figure.published],
        )
        for figure in figures
    ]
