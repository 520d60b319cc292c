"""The numbers of visits, where they are established: the first that the Committee made, the second, and so on."""

from bisect import bisect_left, bisect_right
from datetime import date
from itertools import accumulate


def numbers(visits: list, surely: set[int]) -> dict[int, int]:
    """Return the number of each visit, by key; none from the first visit on whose key is not among the `surely` begun.

    The visits are sorted by their first possible days. So a visit need be compared only with those whose possible days
    overlap its own; the nearest are compared first, because they most often decide.
    """
    first_days = [visit.starts.earliest or date.min for visit in visits]
    last_days = list(accumulate((visit.starts.latest for visit in visits), max))
    placed = {}
    for place, visit in enumerate(visits):
        if visit.pk not in surely:
            break
        before = visits[bisect_left(last_days, first_days[place], hi=place) : place]
        after = visits[place + 1 : bisect_right(first_days, visit.starts.latest)]
        if all(other.precedes(visit) for other in reversed(before)) and all(visit.precedes(other) for other in after):
            placed[visit.pk] = place + 1
    return placed
