"""The change that last moved a figure: the fact with which its certain count became what it is on a day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from r1540.figures import Figure
from states.models import ActionPlan, Report, State
from visits.models import Visit


@dataclass(frozen=True)
class Move:
    """On which day, what happened, and its address."""

    day: date
    line: str
    address: str


def on(day: date) -> str:
    return f"{day:%-d %B %Y}"


def admissions(states: QuerySet, at: date) -> list[Move]:
    return [
        Move(one.admitted_on, f"{one.name} was admitted to the United Nations.", one.get_absolute_url())
        for one in states.members(at).order_by("-admitted_on", "sort_name")[:1]
    ]


def firsts(facts: QuerySet, field: str) -> dict[int, object]:
    """The first certain fact of each State."""
    rows = facts.order_by("state_id", f"{field}__latest", "pk").distinct("state_id").select_related("state")
    return {fact.state_id: fact for fact in rows}


def latest(facts: Iterable, field: str, words: str) -> list[Move]:
    """The move that the latest of these facts was; by "October 2004" a figure is certain from the last day of it."""
    moved = max(facts, key=lambda fact: (getattr(fact, field).latest, fact.pk), default=None)
    if moved is None:
        return []
    return [Move(getattr(moved, field).latest, words.format(moved.state.name), moved.get_absolute_url())]


def reports(kind: str, states: QuerySet, at: date) -> QuerySet:
    return Report.objects.filter(kind=kind, state__in=states).submitted(at)


def first_reports(states, at):
    found = firsts(reports(Report.Kind.FIRST, states, at), "submitted").values()
    return latest(found, "submitted", "{}: first report.")


def additional(states, at):
    found = firsts(reports(Report.Kind.ADDITIONAL, states, at), "submitted").values()
    return latest(found, "submitted", "{}: additional information, for the first time.")


def communications(states, at):
    found = reports(Report.Kind.ADDITIONAL, states, at).select_related("state")
    return latest(found.order_by("-submitted__latest", "-pk")[:1], "submitted", "{}: additional information.")


def both(states, at):
    kinds = [firsts(reports(kind, states, at), "submitted") for kind in Report.Kind.values]
    pairs = [[one[state] for one in kinds] for state in kinds[0].keys() & kinds[1].keys()]
    found = [max(pair, key=lambda report: report.submitted.latest) for pair in pairs]
    return latest(found, "submitted", "{}: with this report it has both.")


def visits_over(states, at):
    found = Visit.objects.at_invitation().conducted(at).filter(state__in=states).select_related("state")
    last = max(found, key=lambda visit: ((visit.ends or visit.starts).latest, visit.pk), default=None)
    if last is None:
        return []
    # A visit is conducted from the day after its last.
    day = (last.ends or last.starts).latest + timedelta(days=1)
    return [Move(day, f"{last.state.name}: the visit of {last.days} was over.", last.get_absolute_url())]


def states_visited(states, at):
    found = firsts(Visit.objects.at_invitation().begun(at).filter(state__in=states), "starts").values()
    return latest(found, "starts", "{}: visit begun.")


def plans(states, at):
    found = ActionPlan.objects.submitted(at).filter(state__in=states).select_related("state")
    return latest(found.order_by("-submitted__latest", "-pk")[:1], "submitted", "{}: plan submitted.")


def plans_announced(states, at):
    found = ActionPlan.objects.filter(announced__certain_by=at, state__in=states).select_related("state")
    return latest(found.order_by("-announced__latest", "-pk")[:1], "announced", "{}: plan announced.")


def states_with_a_plan(states, at):
    found = firsts(ActionPlan.objects.submitted(at).filter(state__in=states), "submitted").values()
    return latest(found, "submitted", "{}: plan submitted, its first.")


MOVES: dict[str, tuple[Callable[[QuerySet, date], list[Move]], ...]] = {
    "member-states": (admissions,),
    "first-reports": (first_reports,),
    "no-first-report": (first_reports, admissions),
    "additional-information": (additional,),
    "communications": (communications,),
    "first-report-and-additional-information": (both,),
    "visits": (visits_over,),
    "states-visited": (states_visited,),
    "no-visit": (states_visited, admissions),
    "plans-announced": (plans_announced,),
    "plans": (plans,),
    "states-with-a-plan": (states_with_a_plan,),
}


def last_move(figure: Figure, states: set[int] | None, at: date) -> Move | None:
    """The last change of a figure's certain count by a day, in some States or all; None if it never moved.

    Of "none recorded" the certain count falls when a first report may have come: the move is the certain one.
    """
    rows = State.objects.all() if states is None else State.objects.filter(pk__in=states)
    if figure.counts_states:
        rows = rows.members(at)  # also at the time before a State was admitted nothing of it was counted
    moves = [move for one in MOVES[figure.slug] for move in one(rows, at)]
    return max(moves, key=lambda move: move.day, default=None)
