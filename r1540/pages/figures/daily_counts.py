"""How many a figure counts on every day: certainly, and at most.

Each State, visit or plan that a figure counts has a day since which it may count, and a day since which it surely
counts; the number of any day is a sum over these. So the counts of all days cost one query, and the count of a day is
that of the list as at the day: tests compare the two. The database groups what has the same days, so that it returns a
row for each day, not for each fact.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from r1540 import door
from r1540.as_at.rules import ADOPTED_ON, LONG_AGO
from r1540.door import cached_for_one_revision
from r1540.pages.figures.places import MEMBERS, Place
from states.models import ActionPlan, Report, State
from visits.models import Visit
from visits.models.visit import over

A_MONTH = timedelta(days=31)  # what is known to the month, a picture may show on its last day


@dataclass(frozen=True)
class Span:
    """A span of days in which a figure counts some States, visits or plans: possible from a day on, certain from a day
    on, and until a day on which they no longer count."""

    possible: date
    certain: date
    until: date = date.max
    number: int = 1


def count_states_with(facts: QuerySet) -> list[Span]:
    """Return the spans of the Member States, each from its first fact on, and not before the State was a Member."""
    of_members = facts.filter(state__status=State.Status.MEMBER).order_by()
    since, earliest = F("state__admitted_on"), Coalesce("submitted__earliest", LONG_AGO)
    by_state = of_members.values("state").annotate(
        possible=Greatest(since, Min(earliest)), certain=Greatest(since, Min("submitted__latest"))
    )
    sql, params = by_state.values("possible", "certain").query.sql_with_params()
    with door.connection().cursor() as cursor:
        cursor.execute(f"SELECT possible, certain, count(*) FROM ({sql}) AS by_state GROUP BY 1, 2", params)
        return [Span(possible, certain, number=number) for possible, certain, number in cursor]


# Each of these functions returns the spans that a figure counts, of the States that a condition allows.


def count_first_reports(of_states: Q) -> list[Span]:
    return count_states_with(Report.objects.filter(of_states, kind=Report.Kind.FIRST))


def count_states_with_information(of_states: Q) -> list[Span]:
    return count_states_with(Report.objects.filter(of_states, kind=Report.Kind.ADDITIONAL))


def count_communications(of_states: Q) -> Iterable[Span]:
    return count_submissions(Report.objects.filter(of_states, kind=Report.Kind.ADDITIONAL))


def count_states_with_a_plan(of_states: Q) -> list[Span]:
    return count_states_with(ActionPlan.objects.filter(of_states, submitted__isnull=False))


def count_visits_conducted(of_states: Q) -> Iterable[Span]:
    visits = Visit.objects.at_invitation().filter(of_states, starts__isnull=False).order_by()
    days = visits.values_list("state__admitted_on", "starts", "ends", "cancelled")
    for admitted, starts, ends, cancelled, number in days.annotate(n=Count("pk")):
        since, when = admitted or date.min, over(starts, ends)
        until = cancelled.latest if cancelled else date.max
        yield Span(max(since, when.earliest or date.min), max(since, when.latest), until, number)


def count_plans_submitted(of_states: Q) -> Iterable[Span]:
    return count_submissions(ActionPlan.objects.filter(of_states, submitted__isnull=False))


def count_submissions(facts: QuerySet) -> Iterable[Span]:
    """Yield the spans of facts, each from its submission on, and not before the State was a Member."""
    days = facts.order_by().values_list("submitted", "state__admitted_on")
    for when, admitted, number in days.annotate(n=Count("pk")):
        since = admitted or date.min
        yield Span(max(since, when.earliest or date.min), max(since, when.latest), number=number)


def count_member_states(of_states: Q) -> Iterable[Span]:
    members = State.objects.filter(of_states, status=State.Status.MEMBER).order_by()
    for admitted, number in members.values_list("admitted_on").annotate(n=Count("pk")):
        yield Span(admitted, admitted, number=number)


# The figures that are drawn, by their names in addresses, and the function that counts each.
DRAWN = {
    "first-reports": count_first_reports,
    "additional-information": count_states_with_information,
    "visits": count_visits_conducted,
    "plans": count_plans_submitted,
}
# The figures that are compared with published ones, too.
COUNTS = DRAWN | {
    "communications": count_communications,
    "states-with-a-plan": count_states_with_a_plan,
    "member-states": count_member_states,
}


@dataclass(frozen=True)
class DailyCount:
    """The count of a figure from a day on, until the day of the next one: how many are certain, how many at most."""

    day: date
    certain: int
    highest: int
    # How many became certain on this day because they were by it at the latest: when is not established.
    of_bounds: int = field(default=0, compare=False)

    @property
    def possible(self) -> int:
        """Return of how many the day is not established."""
        return self.highest - self.certain


def count_by_day(spans: Iterable[Span]) -> list[DailyCount]:
    """Return a count for each day on which it changed, from the adoption of resolution 1540 (2004) on."""
    certain, highest, of_bounds = Counter({ADOPTED_ON: 0}), Counter(), Counter()
    for one in spans:
        if one.certain - one.possible > A_MONTH:
            of_bounds[max(one.certain, ADOPTED_ON)] += one.number
        for changes, since in ((certain, one.certain), (highest, one.possible)):
            if since < one.until:
                changes[max(since, ADOPTED_ON)] += one.number
                changes[max(one.until, ADOPTED_ON)] -= one.number
    days = sorted(day for day in {*certain, *highest} if day < date.max)
    sums = [list(accumulate(map(changes.__getitem__, days))) for changes in (certain, highest)]
    return [DailyCount(*count, of_bounds[count[0]]) for count in zip(days, *sums, strict=True)]


def count_on(day: date, counts: list[DailyCount]) -> DailyCount:
    """Return the count that holds on a day."""
    return counts[bisect_right(counts, day, key=lambda count: count.day) - 1]


def count_members_without(members: list[DailyCount], having: list[DailyCount]) -> list[DailyCount]:
    """Return the counts of the Member States that do not have what the others have."""
    days = sorted({count.day for count in (*members, *having)})
    pairs = ((day, count_on(day, members).certain, count_on(day, having)) for day in days)
    return [DailyCount(day, number - found.highest, number - found.certain) for day, number, found in pairs]


@cached_for_one_revision
def counts_of_all_days(slug: str, place: Place) -> list[DailyCount]:
    """Return the counts of a figure in a place on every day that is recorded, by its name in addresses: one query.

    The place is no organization, since the members of one change.
    """
    if slug == "no-first-report":
        return count_members_without(
            counts_of_all_days(MEMBERS.slug, place), counts_of_all_days("first-reports", place)
        )
    return count_by_day(COUNTS[slug](place.condition("" if slug == MEMBERS.slug else "state__")))


def counts_until(at: date, slug: str, place: Place) -> list[DailyCount]:
    """Return the counts of a figure in a place on every day until a day."""
    counts = counts_of_all_days(slug, place)
    return counts[: bisect_right(counts, at, key=lambda count: count.day)]
