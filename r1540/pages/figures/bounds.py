"""The least and the most that a figure can have come to by a day, by what was published by that day.

The record holds less than there is. Who submitted stays one who submitted, so the highest number published by a day is
the least that there was from then on; and "24 have yet to submit" is the most that had not, and so the least that had:
the Member States of that day without those 24. The other end holds on the day of the published figure only: more may
have come since. A qualifier is kept; what is published of a region bounds that region, and nothing is said of others.

A count of the record beside its bounds is a Count. It is in one of four cases, which every page words the same way:

incomplete      more was published than the record can have      "4 recorded here, of at least 105 published (day)"
narrowed        the range of the record is wider                 "21–175 recorded; 169 by what was published (day)"
contradicted    less was published than is surely recorded       a figure for staff to look at
or the bounds say nothing that the count does not say.
"""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import prefetch_related_objects

from r1540.as_at.rules import ADOPTED_ON
from r1540.door import cached_for_one_revision
from r1540.pages.figures.daily_counts import count_on, counts_of_all_days
from r1540.pages.figures.definitions import BY_SLUG, Figure
from r1540.pages.figures.places import MEMBERS, PUBLISHED, Place
from states.models import PublishedFigure


@dataclass(frozen=True)
class Bound:
    """An end of what a count can be: the lowest or the highest number that a published figure allows.

    `value` is the number as it was published, or follows from that, with its qualifier where it has one: of "around
    170", the lowest number allowed is 165.
    """

    number: int
    published: PublishedFigure
    value: int
    qualifier: str = ""

    @property
    def day(self) -> str:
        """Return the day or days as at which the figure was published: "15 January 2013"."""
        return str(self.published.as_at)

    def as_the(self, end: str) -> str:
        """Return the bound in words, with its qualifier or as this end: "around 170", "at least 105"."""
        return f"{self.qualifier} {self.value}" if self.qualifier else f"{end} {self.number}"

    def without(self, members: int) -> "Bound":
        """Return the bound of the number of those Member States, of so many, that are not counted.

        "More than 20 of 193" leaves fewer than 173 others; "around 20" leaves around 173.
        """
        qualifier = self.qualifier if self.published.is_rounded else ""
        number, value = (max(0, members - one) for one in (self.number, self.value))
        return replace(self, number=number, value=value, qualifier=qualifier)


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a count can be; None where nothing that was published says so."""

    least: Bound | None = None
    most: Bound | None = None

    def of_the_others(self, members: int) -> "Bounds":
        """Return the bounds of the number of those Member States, of so many, that are not counted."""
        return Bounds(self.most and self.most.without(members), self.least and self.least.without(members))


@cached_for_one_revision
def figures_that_bound() -> dict[tuple[Figure, Place], list[PublishedFigure]]:
    """Return what was published of numbers that the record counts, on any day, by the figure and the place.

    What was published of a complement stands with the figure whose complement it is.
    """
    found = defaultdict(list)
    for one in PublishedFigure.objects.filter(measure__in=PUBLISHED):
        figure, place = PUBLISHED[one.measure]
        found[BY_SLUG[figure.without] if figure.without else figure, place].append(one)
    return dict(found)


def published_by(at: date) -> list[PublishedFigure]:
    """Return what was published by a day of the figures that are counted, the earliest first, by the last day for which
    each may have been given."""
    found = (one for some in figures_that_bound().values() for one in some if one.as_at.certain_by(at))
    return sorted(found, key=lambda one: (one.as_at.latest, one.reference))


def with_sources(published: list[PublishedFigure]) -> list[PublishedFigure]:
    """Return published figures with their sources: one query. They are copies, since those cached stay as they are."""
    copies = [copy(one) for one in published]
    prefetch_related_objects(copies, "sources")
    return copies


def bounds_of(figure: Figure, place: Place, at: date) -> Bounds:
    """Return the bounds of a figure in a place as at a day. An organization has none: nothing is published of one."""
    if place.parameter == "organization" or not (figure.published or figure.without or figure.never_fewer_than):
        return Bounds()
    if figure.without:
        theirs = bounds_of(BY_SLUG[figure.without], place, at)
        return theirs.of_the_others(members_on(at, place)) if theirs.least or theirs.most else theirs
    ends = [(least, most) for one, least, most in ends_of_all(figure, place) if one.as_at.certain_by(at)]
    least = max((least for least, _ in ends if least), key=rank, default=None)
    of_the_day = (most for _, most in ends if most and most.published.as_at.earliest == at)
    most = min(of_the_day, key=lambda one: one.number, default=None)
    if least and most and least.number > most.number:  # they contradict each other, and one of them may be right
        least, most = most, least
    fewer = (bounds_of(BY_SLUG[slug], place, at).least for slug in figure.never_fewer_than)
    return Bounds(max((one for one in (least, *fewer) if one), key=rank, default=None), most)


def rank(one: Bound) -> tuple[int, date]:
    return one.number, one.published.as_at.latest


@cached_for_one_revision
def ends_of_all(figure: Figure, place: Place) -> list[tuple[PublishedFigure, Bound | None, Bound | None]]:
    """Return what was published of a figure in a place on any day, each with the least and the most by it."""
    return [(one, *ends_of(one, place)) for one in figures_that_bound().get((figure, place), ())]


def ends_of(published: PublishedFigure, place: Place) -> tuple[Bound | None, Bound | None]:
    """Return the least and the most that the figure can have been on the day or days of what was published.

    Of a number of States that have something not, the ends are those of the number of States that have it.
    """
    qualifier = "" if published.qualifier in ("exact", "at least") else published.get_qualifier_display()
    least, most = (
        None if number is None else Bound(number, published, published.value, qualifier)
        for number in published.accepted
    )
    if not PUBLISHED[published.measure][0].without:
        return least, most
    first, last = published.as_at.earliest or ADOPTED_ON, published.as_at.latest
    return most and most.without(members_on(first, place)), least and least.without(members_on(last, place))


def members_on(day: date, place: Place) -> int:
    """Return the number of Member States of a place, which is no organization, on a day."""
    return count_on(day, counts_of_all_days(MEMBERS.slug, place)).certain


@dataclass(frozen=True)
class Count:
    """What the record counts as at a day, certainly and perhaps, and the bounds of it by what was published."""

    certain: int
    possible: int
    bounds: Bounds
    is_of_the_others: bool = False  # it counts those of which something is not recorded

    @property
    def highest(self) -> int:
        return self.certain + self.possible

    @property
    def range(self) -> str:
        """Return "169", "22–180" where for some the day is not established, or "none recorded"."""
        if not self.highest and not self.is_of_the_others:
            return "none recorded"
        return f"{self.certain}–{self.highest}" if self.possible else str(self.certain)

    @property
    def is_incomplete(self) -> bool:
        """Return whether more facts were published than the record holds by the day, or perhaps by it."""
        least, most = self.bounds.least, self.bounds.most
        if self.is_of_the_others:
            return most is not None and most.number < self.certain
        return least is not None and least.number > self.highest

    @property
    def is_contradicted(self) -> bool:
        """Return whether fewer facts were published than the record surely holds by the day."""
        least, most = self.bounds.least, self.bounds.most
        if self.is_of_the_others:
            return least is not None and least.number > self.highest
        return most is not None and most.number < self.certain

    @property
    def is_narrowed(self) -> bool:
        """Return whether what was published says more exactly what the record says as a range."""
        return self.known != (self.certain, self.highest)

    @property
    def known(self) -> tuple[int, int]:
        """Return the lowest and the highest number by the record and, unless the two are at odds, by what was
        published."""
        least, most = self.bounds.least, self.bounds.most
        if self.is_incomplete or self.is_contradicted:
            return self.certain, self.highest
        return max(self.certain, least.number if least else 0), min(self.highest, most.number if most else self.highest)

    @property
    def beside(self) -> str:
        """Return what was published, as words that follow those of the record; "" where it says nothing more.

        "of at least 105 published (15 January 2013)", "169 by what was published (15 January 2013)".
        """
        least, most = self.bounds.least, self.bounds.most
        if self.is_incomplete and not self.is_of_the_others:
            return f"of {least.as_the('at least')} published ({least.day})"
        if self.is_incomplete or self.is_contradicted:
            one, end = (least, "at least") if least and least.number > self.highest else (most, "at most")
            return f"{one.as_the(end)} by what was published ({one.day})"
        if not self.is_narrowed:
            return ""
        ends = [one for one, own in ((least, self.certain), (most, self.highest)) if one and one.number != own]
        telling = [one for one in ends if self.certain <= one.number <= self.highest]
        by = min(telling, key=lambda one: bool(one.qualifier))
        return f"{self.narrowed} by what was published ({by.day})"

    @property
    def narrowed(self) -> str:
        """Return the range that what was published leaves: "169", "around 170", "at least 168", "168–172"."""
        lowest, highest = self.known
        if lowest == highest:
            return str(lowest)
        least, most = self.bounds.least, self.bounds.most
        if lowest == self.certain:
            return most.as_the("at most")
        if highest == self.highest or (least.qualifier and least.published == most.published):
            return least.as_the("at least")
        return f"{lowest}–{highest}"


def contradicted() -> list[int]:
    """Return the keys of the published figures that another one contradicts, or what is surely recorded.

    Who submitted stays one who submitted, so of one number a later figure that allows less than an earlier one
    contradicts it.
    """
    found = set()
    for figure, place in figures_that_bound():
        ends = ends_of_all(figure, place)
        counts = counts_of_all_days(figure.slug, place)
        for one, _, most in ends:
            if most is None:
                continue
            first = one.as_at.earliest or ADOPTED_ON
            if count_on(first, counts).certain > most.number:
                found.add(one.pk)
            for other, least, _ in ends:
                if least and other.as_at.latest <= first and least.number > most.number:
                    found |= {one.pk, other.pk}
    return sorted(found)
