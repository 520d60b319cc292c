"""Compare what others published of a figure with what the record computes, and say the difference in words.

The record is corrected by entering facts, never by overriding a total.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from r1540 import door
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.door import cached_for_one_revision
from r1540.pages.figures.bounds import contradicted, published_by, with_sources
from r1540.pages.figures.daily_counts import count_on, counts_of_all_days
from r1540.pages.figures.definitions import Figure
from r1540.pages.figures.places import PUBLISHED, Place
from states.models import ActionPlan, PublishedFigure, Report

ABOUT = timedelta(days=31)  # a figure published so long before a day is "about that day"


@dataclass(frozen=True)
class Comparison:
    """A published figure, and the least and the most that the record computes for the day or days it was given for."""

    published: PublishedFigure
    lowest: int
    highest: int
    # How many of the facts that are counted are known only from its sources: these do not confirm it.
    from_its_source_only: int = 0

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
    def agrees(self) -> bool:
        """Return whether some computed number is one that the published words allow."""
        first, last = self.published.accepted
        return first <= self.highest and (last is None or self.lowest <= last)

    @property
    def difference(self) -> str:
        """Return "the same", "within the computed range", "3 more than computed", "2 to 5 fewer than computed"."""
        first, last = self.published.accepted
        if self.agrees:
            if self.lowest != self.highest:
                return "within the computed range"
            return "the same" if first == last else "agrees with what is computed"
        value, sign = (self.published.value, "more" if first > self.highest else "fewer")
        ends = sorted({abs(value - self.lowest), abs(value - self.highest)})
        qualifier = "" if self.published.qualifier == "exact" else f"{self.published.get_qualifier_display()} "
        return f"{qualifier}{' to '.join(map(str, ends))} {sign} than computed"


def compare_with_computed(published: PublishedFigure) -> Comparison:
    """Compare a published figure with what is computed as at its day, or on any day of its month or year."""
    figure, place = PUBLISHED[published.measure]
    days = {published.as_at.earliest or ADOPTED_ON, published.as_at.latest}
    found = [count_on(day, counts_of_all_days(figure.slug, place)) for day in days]
    statements = tuple(source.pk for source in published.sources.all())
    alone = facts_known_only_from(statements, figure.without or figure.slug, place)
    number = sum(when.certain_by(published.as_at.latest) for when in alone)
    return Comparison(published, min(one.certain for one in found), max(one.highest for one in found), number)


# The facts behind the figures that are compared.
FACTS = {
    "first-reports": Report.objects.filter(kind=Report.Kind.FIRST),
    "additional-information": Report.objects.filter(kind=Report.Kind.ADDITIONAL),
    "plans": ActionPlan.objects.filter(submitted__isnull=False),
    "states-with-a-plan": ActionPlan.objects.filter(submitted__isnull=False),
}


@cached_for_one_revision
def facts_known_only_from(statements: tuple[int, ...], slug: str, place: Place) -> list[When]:
    """Return when the facts behind a figure were submitted that rest on these statements (keys of sources) alone."""
    facts = FACTS[slug].filter(place.condition("state__")).known_only_from(statements)
    return list(facts.order_by().values_list("submitted", flat=True))


def published_until(at: date, figure: Figure, place: Place) -> list[PublishedFigure]:
    """Return what was published of a figure in a place by a day, the latest first."""
    return with_sources([one for one in reversed(published_by(at)) if PUBLISHED[one.measure] == (figure, place)])


def published_about(at: date) -> dict[tuple[Figure, Place], PublishedFigure]:
    """Return the last figure published of each measure for a day, or shortly before it."""
    found = with_sources([one for one in published_by(at) if one.as_at.latest >= at - ABOUT])
    return {PUBLISHED[one.measure]: one for one in found}


def contradicting() -> list[int]:
    """Return the keys of the published figures that another one contradicts, or the record, as the public sees them."""
    with door.public_transaction():
        return contradicted()
