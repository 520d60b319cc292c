"""Compare what others published of a figure with what the record computes, and say the difference in words.

The record is corrected by entering facts, never by overriding a total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.db.models import prefetch_related_objects

from r1540 import door
from r1540.as_at.compiled import compiled
from r1540.as_at.rules import ADOPTED_ON
from r1540.pages.figures.definitions import Figure
from r1540.pages.figures.series import DailyCounts, count_on
from r1540.pages.figures.tally import ALL, PUBLISHED, Place
from states.models import PublishedFigure

ABOUT = timedelta(days=31)  # a figure published so long before a day is "about that day"
Qualifier = PublishedFigure.Qualifier


@dataclass(frozen=True)
class Comparison:
    """A published figure, and the least and the most that the record computes for the day or days it was given for."""

    published: PublishedFigure
    lowest: int
    highest: int

    # The words before a difference from a figure with such a qualifier.
    HEDGES: ClassVar = {
        Qualifier.ABOUT: "about ",
        Qualifier.AROUND: "around ",
        Qualifier.MORE_THAN: "more than ",
        Qualifier.AT_LEAST: "at least ",
    }

    @property
    def address(self) -> str:
        """Return the address of the list of what was certain on the last day that the figure was given for."""
        figure, place = PUBLISHED[self.published.measure]
        return figure.link(figure.certain, self.published.as_at.latest, place.query)

    @property
    def computed(self) -> str:
        """Return what the record computes, as one number or a range."""
        return str(self.lowest) if self.lowest == self.highest else f"{self.lowest}–{self.highest}"

    @property
    def accepted(self) -> tuple[int, float]:
        """Return the lowest and the highest number that the published words allow: "around 170" allows 165 to 175.

        A round number with "about" or "around" stands for the numbers that round to it, to the nearest ten.
        """
        value = self.published.value
        near = 5 if value % 10 == 0 else 1
        match self.published.qualifier:
            case Qualifier.ABOUT | Qualifier.AROUND:
                return value - near, value + near
            case Qualifier.MORE_THAN:
                return value + 1, float("inf")
            case Qualifier.AT_LEAST:
                return value, float("inf")
        return value, value

    @property
    def agrees(self) -> bool:
        """Return whether some computed number is one that the published words allow."""
        first, last = self.accepted
        return first <= self.highest and self.lowest <= last

    @property
    def difference(self) -> str:
        """Return "the same", "within the computed range", "3 more than computed", "2 to 5 fewer than computed"."""
        first, last = self.accepted
        if self.agrees:
            if self.lowest != self.highest:
                return "within the computed range"
            return "the same" if first == last else "agrees with what is computed"
        value, sign = (self.published.value, "more" if first > self.highest else "fewer")
        ends = sorted({abs(value - self.lowest), abs(value - self.highest)})
        return f"{self.HEDGES.get(self.published.qualifier, '')}{' to '.join(map(str, ends))} {sign} than computed"


def compare_with_computed(published: PublishedFigure, counts: DailyCounts) -> Comparison:
    """Compare a published figure with what is computed as at its day, or on any day of its month or year."""
    figure, place = PUBLISHED[published.measure]
    days = {published.as_at.earliest or ADOPTED_ON, published.as_at.latest}
    found = [count_on(day, counts[figure.slug, place]) for day in days]
    return Comparison(published, min(one.certain for one in found), max(one.highest for one in found))


def in_order(published: Iterable[PublishedFigure]) -> list[PublishedFigure]:
    """Return published figures, the earliest first, by the last day for which each may have been given."""
    return sorted(published, key=lambda one: (one.as_at.latest, one.pk))


def published_of(figure: Figure, place: Place, at: date) -> list[PublishedFigure]:
    """Return what was published of a figure in a place by a day, the latest first."""
    measures = [measure for measure, counted in PUBLISHED.items() if counted == (figure, place)]
    if not measures:
        return []
    found = PublishedFigure.objects.filter(measure__in=measures, as_at__certain_by=at).prefetch_related("sources")
    return list(reversed(in_order(found)))


def published_about(at: date) -> dict[tuple[Figure, Place], PublishedFigure]:
    """Return the last figure published of each measure for a day, or shortly before it."""
    found = [one for one in published_by(at) if one.as_at.latest >= at - ABOUT]
    prefetch_related_objects(found, "sources")
    return {PUBLISHED[one.measure]: one for one in in_order(found)}


@compiled
def published_by(at: date):
    return PublishedFigure.objects.filter(measure__in=PUBLISHED, as_at__certain_by=at)


def latest_published(at: date) -> dict[Figure, PublishedFigure]:
    """Return the last figure published of each measure of all States by a day."""
    rows = published_by(at)
    return {PUBLISHED[one.measure][0]: one for one in in_order(rows) if PUBLISHED[one.measure][1] == ALL}


def differing(at: date) -> list[int]:
    """Return the keys of the published figures that differ from what is computed, as the public sees both."""
    counts = DailyCounts(at)
    with door.public_transaction():
        return [one.pk for one in published_by(at) if not compare_with_computed(one, counts).agrees]
