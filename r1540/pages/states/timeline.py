"""What happened, fact by fact, in the order of the days: of one State, or the latest of all."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from r1540.as_at.compiled import compiled
from r1540.as_at.when import When
from states.models import ActionPlan, Fact, Report
from visits.models import Event, Visit


@dataclass(frozen=True)
class Entry:
    """One fact in a timeline: the day it is placed at, what it is, and what to read of it in one line."""

    when: When
    kind: str
    line: str
    fact: Fact
    day: str  # the day or days as people read them
    is_established: bool  # whether it surely was by the day of the page


def of_report(report: Report, at: date) -> Entry:
    line = f"{report.get_kind_display()} submitted"
    return Entry(report.submitted, "report", line, report, str(report.submitted), report.submitted.certain_by(at))


def of_visit(visit: Visit, at: date) -> Entry:
    joint = "" if visit.kind == Visit.Kind.AT_INVITATION else " (joint visit led by the Counter-Terrorism Committee)"
    line = f"Visit of the Committee: {visit.status_in_words.lower()}{joint}"
    if visit.status_at == Visit.Status.CANCELLED:
        when, day = visit.cancelled, f"cancelled {visit.cancelled}"
    elif visit.starts and visit.starts.possible_by(at):
        when, day = visit.starts, visit.days
    else:
        when, day = visit.invited, f"invited {visit.invited}"
    return Entry(when, "visit", line, visit, day, when.certain_by(at))


def of_plan(plan: ActionPlan, at: date) -> Entry:
    steps = [getattr(plan, step) for step in plan.STEPS]
    known = [when for when in steps if when and when.certain_by(at)]
    when = known[-1] if known else next(when for when in steps if when and when.possible_by(at))
    line = f"National implementation action plan {plan.number}: {plan.status_in_words.lower()}"
    return Entry(when, "plan", line, plan, str(when), bool(known))


def of_event(event: Event, at: date) -> Entry:
    line = ", ".join(filter(None, [event.title, event.place]))
    return Entry(
        event.starts, "event", f"{event.get_kind_display()}: {line}", event, event.days, event.starts.certain_by(at)
    )


# What makes the entries of each kind of facts; the facts known by a day; the column that says when they were.
KINDS = (
    (of_report, Report.objects.known, "submitted"),
    (of_visit, lambda at: Visit.objects.known(at).with_status(at), "starts"),
    (of_plan, lambda at: ActionPlan.objects.known(at).with_status(at), "submitted"),
    (of_event, Event.objects.known, "starts"),
)


def of_state(known):
    """Facts of a State, by its code, with their sources."""
    return compiled(
        lambda at, iso3: known(at).filter(state__iso3=iso3).select_related("state").prefetch_related("sources")
    )


OF_STATE = [(entry, of_state(known)) for entry, known, _ in KINDS]


@cache
def latest_of(limit: int) -> list:
    """The latest facts of each kind that surely were by a day."""

    def latest(known, day):
        ordered = lambda at: known(at).select_related("state").order_by(f"-{day}", "-pk")  # noqa: E731
        return compiled(lambda at: ordered(at).filter(**{f"{day}__certain_by": at})[:limit])

    return [(entry, latest(known, day)) for entry, known, day in KINDS]


def timeline(at: date, state: str) -> list[Entry]:
    """The facts of a State, by its code, known by a day, earliest first."""
    entries = [entry(fact, at) for entry, facts in OF_STATE for fact in facts(at, state)]
    # "By 1 June 2022" stands where it is certain, not before everything else.
    return sorted(entries, key=lambda entry: (entry.when.latest, entry.when, entry.fact.reference))


def latest_facts(at: date, limit: int) -> list[Entry]:
    """The latest facts of all States that surely were by a day, latest first; nothing of their sources."""
    entries = [entry(fact, at) for entry, facts in latest_of(limit) for fact in facts(at)]
    return sorted(entries, key=lambda entry: (entry.when.latest, entry.fact.reference), reverse=True)[:limit]
