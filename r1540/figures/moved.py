"""The change that last moved a figure: with what its certain count became what it is on a day.

Of "none recorded" the certain count falls when a fact may have come; of all others it moves when one surely had.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from r1540.figures import Figure
from r1540.figures.tally import Place
from r1540.rules import ADOPTED_ON
from r1540.when import When
from states.models import ActionPlan, Membership, Report, State
from visits.models import Visit


@dataclass(frozen=True)
class Moved:
    """What moved a figure on a day: of which State, what, when as far as is known, and its address."""

    day: date
    state: str
    what: str
    when: When | None
    address: str


@dataclass(frozen=True)
class Move:
    """On which day a figure last moved, and in one line by what; an address where one fact did it."""

    day: date
    line: str
    address: str = ""


def of(facts: Iterable, field: str, what: str, day: Callable = lambda when: when.latest) -> list[Moved]:
    """What facts moved, each on its last possible day, from which on it is certain; or on another `day` of it."""
    dated = ((fact, getattr(fact, field)) for fact in facts)
    return [Moved(day(when), fact.state.name, what, when, fact.get_absolute_url()) for fact, when in dated]


def may_have_been(when: When) -> date:
    return when.earliest or ADOPTED_ON


def firsts(facts: QuerySet, field: str) -> dict[int, object]:
    """The first certain fact of each State."""
    rows = facts.order_by("state_id", f"{field}__latest", "pk").distinct("state_id").select_related("state")
    return {fact.state_id: fact for fact in rows}


def earliest(facts: QuerySet, field: str) -> QuerySet:
    """The fact of each State that may have been first."""
    first = F(f"{field}__earliest").asc(nulls_first=True)
    return facts.order_by("state_id", first, "pk").distinct("state_id").select_related("state")


def reports(kind: str, states: QuerySet) -> QuerySet:
    return Report.objects.filter(kind=kind, state__in=states)


def visits(states: QuerySet) -> QuerySet:
    return Visit.objects.at_invitation().filter(state__in=states)


def plans(states: QuerySet) -> QuerySet:
    return ActionPlan.objects.filter(state__in=states).select_related("state")


def admissions(states, at):
    return [
        Moved(one.admitted_on, one.name, "admitted to the United Nations", None, one.get_absolute_url())
        for one in states.members(at)
    ]


def first_reports(states, at):
    found = firsts(reports(Report.Kind.FIRST, states).submitted(at), "submitted").values()
    return of(found, "submitted", "first report")


def first_reports_possible(states, at):
    found = earliest(reports(Report.Kind.FIRST, states).known(at), "submitted")
    return of(found, "submitted", "first report", may_have_been)


def additional(states, at):
    found = firsts(reports(Report.Kind.ADDITIONAL, states).submitted(at), "submitted").values()
    return of(found, "submitted", "additional information, for the first time")


def communications(states, at):
    found = reports(Report.Kind.ADDITIONAL, states).submitted(at).select_related("state")
    return of(found.order_by("-submitted__latest")[:1], "submitted", "additional information")


def both(states, at):
    kinds = [firsts(reports(kind, states).submitted(at), "submitted") for kind in Report.Kind.values]
    pairs = [[one[state] for one in kinds] for state in kinds[0].keys() & kinds[1].keys()]
    found = [max(pair, key=lambda report: report.submitted.latest) for pair in pairs]
    return of(found, "submitted", "with this report it has both")


def visits_over(states, at):
    """A visit is conducted from the day after its last."""
    found = visits(states).conducted(at).select_related("state")
    return [
        Moved(one.over.latest, one.state.name, f"visit of {one.days} over", last_day, one.get_absolute_url())
        for one in found
        for last_day in [one.ends or one.starts]
    ]


def states_visited(states, at):
    """A visit whose last day has come began, whatever its first day: see VisitQuerySet.begun."""
    begun = {}
    for one in visits(states).begun(at).select_related("state"):
        moved = Moved(one.began.latest, one.state.name, "visit begun", one.starts, one.get_absolute_url())
        begun[one.state_id] = min(begun.get(one.state_id, moved), moved, key=lambda it: it.day)
    return begun.values()


def states_perhaps_visited(states, at):
    found = earliest(visits(states).perhaps_begun(at), "starts")
    return of(found, "starts", "visit", may_have_been)


def plans_submitted(states, at):
    return of(plans(states).submitted(at).order_by("-submitted__latest")[:1], "submitted", "plan submitted")


def plans_announced(states, at):
    found = plans(states).filter(announced__certain_by=at)
    return of(found.order_by("-announced__latest")[:1], "announced", "plan announced")


def states_with_a_plan(states, at):
    return of(firsts(plans(states).submitted(at), "submitted").values(), "submitted", "plan submitted, its first")


MOVES: dict[str, tuple[Callable[[QuerySet, date], Iterable[Moved]], ...]] = {
    "member-states": (admissions,),
    "first-reports": (first_reports,),
    "no-first-report": (first_reports_possible, admissions),
    "additional-information": (additional,),
    "communications": (communications,),
    "first-report-and-additional-information": (both,),
    "visits": (visits_over,),
    "states-visited": (states_visited,),
    "no-visit": (states_perhaps_visited, admissions),
    "plans-announced": (plans_announced,),
    "plans": (plans_submitted,),
    "states-with-a-plan": (states_with_a_plan,),
}


def memberships(place: Place, at: date) -> list[Moved]:
    """Who joined or left an organization: its members are those of the day."""
    if place.parameter != "organization":
        return []
    rows = Membership.objects.filter(organization__acronym=place.value).select_related("state")
    return [
        Moved(when.latest, one.state.name, f"{what} {place.value}", when, one.state.get_absolute_url())
        for one in rows
        for what, when in (("joined", one.joined), ("left", one.left))
        if when and when.certain_by(at)
    ]


def last_move(figure: Figure, place: Place, states: set[int] | None, at: date) -> Move | None:
    """The last change of a figure's certain count by a day, in some States or all; None if it never moved.

    A fact of a State that was admitted later moved the figure on the day of the admission. Where an organization's
    members changed last, that is named, whether or not it changed the number.
    """
    rows = State.objects.all() if states is None else State.objects.filter(pk__in=states)
    if figure.counts_states:
        rows = rows.members(at)
    moves = [moved for one in MOVES[figure.slug] for moved in one(rows, at)] + memberships(place, at)
    day = max((moved.day for moved in moves), default=None)
    if day is None or day > at:
        return None
    last = [moved for moved in moves if moved.day == day]
    return Move(day, *told(last))


def told(moves: list[Moved]) -> tuple[str, str]:
    """One line of what moved a figure on one day, and the address of the fact if it was one."""
    if len(moves) == 1:
        (one,) = moves
        when = f", {one.when}" if one.when and not one.when.is_day else ""
        return f"{one.state}: {one.what}{when}.", one.address
    what = sorted({one.what for one in moves})
    inexact = sum(one.when is not None and not one.when.is_day for one in moves)
    known = f" Of {inexact} of them the day is not established: only that it was by then." if inexact else ""
    return f"{len(moves)} facts: {'; '.join(what)}.{known}", ""
