"""The places of visits in their order, where they are established: the first that the Committee made, the second …"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()  # noqa: SIM905


@dataclass(frozen=True)
class Place:
    """The place of a visit in the order of visits: the first and the last that it may have; 1 is the first visit."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.number else f"{self.first}–{self.last}"

    @property
    def number(self) -> int | None:
        """Return the place where it is established."""
        return self.first if self.first == self.last else None

    @property
    def words(self) -> str:
        """Return the place in words: "eighth", "third to fifth"."""
        return ordinal(self.first) if self.number else f"{ordinal(self.first)} to {ordinal(self.last)}"


def places(visits: list, surely: set[int]) -> dict[int, Place]:
    """Return the place of each visit whose key is among the `surely` begun, by key.

    Before a visit are surely those that surely began and precede it, and perhaps all that it does not precede. The
    visits are sorted by their first possible days, so a visit need be compared only with those whose possible days
    overlap its own: of the others it is enough to know how many there are.
    """
    first_days = [visit.starts.earliest or date.min for visit in visits]
    last_days = list(accumulate((visit.starts.latest for visit in visits), max))
    sure_last_days = sorted(visit.starts.latest for visit in visits if visit.pk in surely)
    found = {}
    for number, visit in enumerate(visits):
        if visit.pk not in surely:
            continue
        first_day, later = first_days[number], bisect_right(first_days, visit.starts.latest)
        near = visits[bisect_left(last_days, first_day, hi=number) : later]
        near = [one for one in near if one is not visit and one.starts.latest >= first_day]
        earlier = bisect_left(sure_last_days, first_day)
        before = earlier + sum(one.pk in surely and one.precedes(visit) for one in near)
        after = len(visits) - later + sum(visit.precedes(one) for one in near)
        found[visit.pk] = Place(before + 1, len(visits) - after)
    return found


def ordinal(number: int) -> str:
    """Return "eighth" for 8; from 13 on in figures: "13th", "21st"."""
    if number <= len(WORDS):
        return WORDS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
