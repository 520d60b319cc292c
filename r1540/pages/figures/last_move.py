"""The last move of a figure: the change by which its certain count became what it is on a day.

The certain count of a figure "none recorded" falls on the first day on which a fact may have come; that of any other
figure rises on the day from which a fact is certain. The database finds the last such day, however many facts there
are; only the facts of that day are loaded.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, Least, Rank

from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When, WhenField
from r1540.pages.figures.definitions import Figure
from r1540.pages.figures.places import ALL, Place
from states.models import ActionPlan, Membership, Report, State
from visits.models import Visit

SUBMITTED = F("submitted__latest")


@dataclass(frozen=True)
class Cause:
    """A cause of a move: a change of one State on a day, or several alike on that day."""

    day: date
    state: str
    what: str
    when: When | None  # the date of the fact, as far as it is known
    address: str
    number: int = 1  # how many facts of that day it stands for
    unknown: int = 0  # how many of them have no known day


@dataclass(frozen=True)
class LastMove:
    """The day on which a figure last moved, and its cause in one line; an address where one fact was the cause."""

    day: date
    line: str
    address: str = ""


def causes_of(facts: Iterable, field: str, what: str, day: Callable = lambda when: when.latest) -> list[Cause]:
    """Return a cause for each fact, on the last possible day of its date, from which it is certain; or on its `day`."""
    return [cause_of(fact, when, what, day(when)) for fact in facts for when in [getattr(fact, field)]]


def cause_of(fact, when: When, what: str, day: date, address: str = "") -> Cause:
    """Return the cause that a fact is; it stands for all facts of its day if `one_of_last_day` found it."""
    number = getattr(fact, "of_the_day", 1)
    unknown = number - getattr(fact, "of_known_days", when.is_day)
    return Cause(day, fact.state.name, what, when, address or fact.get_absolute_url(), number, unknown)


def first_possible_day(when: When) -> date:
    return when.earliest or ADOPTED_ON


def of_last_day(facts: QuerySet, day, **counts) -> QuerySet:
    """Return the facts of the last day by an expression; load only the columns that a move shows."""
    shown = [field for field in facts.model._meta.fields if isinstance(field, WhenField) or field.name == "reference"]
    fields = {"state__name", "state__iso3", *(field.name for field in shown)}
    in_order = {"order_by": day.desc()}
    counts = {name: Window(count, **in_order) for name, count in counts.items()}
    found = facts.annotate(rank=Window(Rank(), **in_order), **counts).filter(rank=1).order_by()
    return found.select_related("state").only("state", *fields)


def one_of_last_day(facts: QuerySet, day, field: str) -> QuerySet:
    """Return one fact of the last day, with the number of all facts of that day, and of those whose date is one day.

    The window is ordered, so a count in its first row is of that row's peers: the facts of the same day.
    """
    is_day = Q(**{f"{field}__earliest": F(f"{field}__latest")})
    return of_last_day(facts, day, of_the_day=Count("pk"), of_known_days=Count("pk", filter=is_day))[:1]


def first_of_each_state(facts: QuerySet, *order) -> QuerySet:
    """Return the fact of each State that comes first in an order."""
    return facts.filter(pk__in=facts.order_by("state_id", *order, "pk").distinct("state_id").values("pk"))


def first_certain_of_each_state(facts: QuerySet, field: str) -> QuerySet:
    """Return the fact of each State that was the first to be certain."""
    return first_of_each_state(facts, f"{field}__latest")


def last_possible_first(facts: QuerySet, field: str) -> QuerySet:
    """Take the fact of each State that may have been first; return one of the last day among these."""
    found = first_of_each_state(facts, F(f"{field}__earliest").asc(nulls_first=True))
    return one_of_last_day(found, Coalesce(f"{field}__earliest", Value(ADOPTED_ON)), field)


def last_certain_first(facts: QuerySet) -> QuerySet:
    """Take the submission of each State that was the first to be certain; return one of the last day among these."""
    return one_of_last_day(first_certain_of_each_state(facts, "submitted"), SUBMITTED, "submitted")


def reports_of(states: QuerySet, kind: str) -> QuerySet:
    return Report.objects.filter(kind=kind, state__in=states)


def visits_to(states: QuerySet) -> QuerySet:
    return Visit.objects.at_invitation().filter(state__in=states)


def plans_of(states: QuerySet) -> QuerySet:
    return ActionPlan.objects.filter(state__in=states).select_related("state")


# Each of these functions returns the causes that a figure last moved by, of these States, by a day.


def latest_admissions(states, at):
    newest = states.members(at).order_by("-admitted_on").values("admitted_on")[:1]
    return [
        Cause(one.admitted_on, one.name, "admitted to the United Nations", None, one.get_absolute_url())
        for one in states.members(at).filter(admitted_on=newest).only("name", "iso3", "admitted_on")
    ]


def latest_first_report(states, at):
    found = last_certain_first(reports_of(states, Report.Kind.FIRST).submitted(at))
    return causes_of(found, "submitted", "first report")


def latest_possible_first_report(states, at):
    found = last_possible_first(reports_of(states, Report.Kind.FIRST).known(at), "submitted")
    return causes_of(found, "submitted", "first report", first_possible_day)


def latest_first_information(states, at):
    found = last_certain_first(reports_of(states, Report.Kind.ADDITIONAL).submitted(at))
    return causes_of(found, "submitted", "additional information, for the first time")


def latest_communication(states, at):
    found = reports_of(states, Report.Kind.ADDITIONAL).submitted(at).select_related("state")
    return causes_of(found.order_by("-submitted__latest")[:1], "submitted", "additional information")


def latest_with_both(states, at):
    """Return the latest report by which a State had both; of two on one day, the first report."""
    kinds = [
        first_certain_of_each_state(reports_of(states, kind).submitted(at), "submitted") for kind in Report.Kind.values
    ]
    of_both = Report.objects.filter(*(Q(state__in=one.values("state")) for one in kinds))
    pairs = of_both.filter(reduce(or_, (Q(pk__in=one.values("pk")) for one in kinds)))
    found = one_of_last_day(first_of_each_state(pairs, SUBMITTED.desc(), "-kind"), SUBMITTED, "submitted")
    return causes_of(found, "submitted", "with this report it has both")


def latest_visits_conducted(states, at):
    """Return the visits that were over last; a visit is conducted from the day after its last day."""
    return [
        cause_of(one, last_day, f"visit of {one.days} over", one.over.latest)
        for one in of_last_day(visits_to(states).conducted(at), Coalesce("ends__latest", "starts__latest"))
        for last_day in [one.ends or one.starts]
    ]


def latest_first_visit(states, at):
    """Return the latest first visit; a visit whose last day has come began, whatever its first day."""
    began = Least("starts__latest", "ends__latest")
    found = first_of_each_state(visits_to(states).begun(at), began, *Visit._meta.ordering[:-1])
    found = one_of_last_day(found, began, "starts")
    return [cause_of(one, one.starts, "visit begun", one.began.latest) for one in found]


def latest_possible_first_visit(states, at):
    found = last_possible_first(visits_to(states).perhaps_begun(at), "starts")
    return causes_of(found, "starts", "visit", first_possible_day)


def latest_plan_submitted(states, at):
    found = plans_of(states).submitted(at).order_by("-submitted__latest")[:1]
    return causes_of(found, "submitted", "plan submitted")


def latest_plan_announced(states, at):
    found = plans_of(states).filter(announced__certain_by=at)
    return causes_of(found.order_by("-announced__latest")[:1], "announced", "plan announced")


def latest_first_plan(states, at):
    found = last_certain_first(plans_of(states).submitted(at))
    return causes_of(found, "submitted", "plan submitted, its first")


CAUSES: dict[str, tuple[Callable[[QuerySet, date], Iterable[Cause]], ...]] = {
    "member-states": (latest_admissions,),
    "first-reports": (latest_first_report,),
    "no-first-report": (latest_possible_first_report, latest_admissions),
    "additional-information": (latest_first_information,),
    "communications": (latest_communication,),
    "first-report-and-additional-information": (latest_with_both,),
    "visits": (latest_visits_conducted,),
    "states-visited": (latest_first_visit,),
    "no-visit": (latest_possible_first_visit, latest_admissions),
    "plans-announced": (latest_plan_announced,),
    "plans": (latest_plan_submitted,),
    "states-with-a-plan": (latest_first_plan,),
}


def latest_membership_changes(place: Place, at: date) -> list[Cause]:
    """Return the last joining and the last leaving of an organization, whose members are those of the day."""
    if place.parameter != "organization":
        return []
    rows = Membership.objects.filter(organization__acronym=place.value)
    return [
        cause_of(one, when, f"{step} {place.value}", when.latest, one.state.get_absolute_url())
        for step in ("joined", "left")
        for one in one_of_last_day(rows.filter(**{f"{step}__certain_by": at}), F(f"{step}__latest"), step)
        for when in [getattr(one, step)]
    ]


def find_last_move(figure: Figure, place: Place, at: date) -> LastMove | None:
    """Return the last change of a figure's certain count by a day, in a place; None if it never moved.

    A fact of a State that was admitted later moved the figure on the day of the admission. Where an organization's
    members changed last, that change is returned, whether or not it changed the number.
    """
    states = State.objects.all() if place == ALL else place.states(at).order_by()
    if figure.counts_states:
        states = states.members(at)
    causes = [cause for find in CAUSES[figure.slug] for cause in find(states, at)]
    causes += latest_membership_changes(place, at)
    day = max((cause.day for cause in causes), default=None)
    if day is None or day > at:
        return None
    return LastMove(day, *describe_causes([cause for cause in causes if cause.day == day]))


def describe_causes(causes: list[Cause]) -> tuple[str, str]:
    """Return one line about the causes of one day, and the address of the fact if there is only one."""
    number = sum(one.number for one in causes)
    if number == 1:
        (one,) = causes
        when = f", {one.when}" if one.when and not one.when.is_day else ""
        return f"{one.state}: {one.what}{when}.", one.address
    what = sorted({one.what for one in causes})
    unknown = sum(one.unknown for one in causes)
    known = f" Of {unknown} of them the day is not established: only that it was by then." if unknown else ""
    return f"{number} facts: {'; '.join(what)}.{known}", ""
