"""Which visit each one is, where that is established: the first that the Committee made, the second, and so on."""

from bisect import bisect_left, bisect_right
from datetime import date
from itertools import accumulate


def numbers(visits: list, surely: set[int]) -> dict[int, int]:
    """The place of each visit, by key, of visits in their order; only before the first that is not `surely` begun.

    They stand by their first possible days, so only those whose days meet a visit's own need be compared with it,
    its neighbours first.
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
