"""The change that last moved a figure: with what its certain count became what it is on a day.

Of "none recorded" the certain count falls when a fact may have come; of all others it moves when one surely had. The
database looks for the last day, whatever the number of facts; only the facts of that day are loaded.
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
from r1540.pages.figures import Figure
from r1540.pages.figures.tally import ALL, Place
from states.models import ActionPlan, Membership, Report, State
from visits.models import Visit

SUBMITTED = F("submitted__latest")


@dataclass(frozen=True)
class Moved:
    """What moved a figure on a day: of which State, what, when as far as is known, and its address."""

    day: date
    state: str
    what: str
    when: When | None
    address: str
    number: int = 1  # of the facts of that day for which this one stands
    unknown: int = 0  # of how many of them the day is not known


@dataclass(frozen=True)
class Move:
    """On which day a figure last moved, and in one line by what; an address where one fact did it."""

    day: date
    line: str
    address: str = ""


def of(facts: Iterable, field: str, what: str, day: Callable = lambda when: when.latest) -> list[Moved]:
    """What facts moved, each on its last possible day, from which on it is certain; or on another `day` of it."""
    return [moved_by(fact, when, what, day(when)) for fact in facts for when in [getattr(fact, field)]]


def moved_by(fact, when: When, what: str, day: date, address: str = "") -> Moved:
    """What a fact moved; or what several did, if it stands for them: see `last`."""
    number = getattr(fact, "of_the_day", 1)
    unknown = number - getattr(fact, "of_known_days", when.is_day)
    return Moved(day, fact.state.name, what, when, address or fact.get_absolute_url(), number, unknown)


def may_have_been(when: When) -> date:
    return when.earliest or ADOPTED_ON


def of_last_day(facts: QuerySet, moved, **more) -> QuerySet:
    """Of facts, those of the last day by an expression, and of each only what is said of it: no others are loaded."""
    fields = {"state__name", "state__iso3", *(field.name for field in facts.model._meta.fields if is_said(field))}
    in_order = {"order_by": moved.desc()}
    more = {name: Window(one, **in_order) for name, one in more.items()}
    found = facts.annotate(rank=Window(Rank(), **in_order), **more).filter(rank=1).order_by()
    return found.select_related("state").only("state", *fields)


def last(facts: QuerySet, moved, field: str) -> QuerySet:
    """One fact of the last day, with the number of all that day, and of how many of these the `field` is a known day.

    Of the first of a window each count is that of its peers: those of the same day.
    """
    is_day = Q(**{f"{field}__earliest": F(f"{field}__latest")})
    return of_last_day(facts, moved, of_the_day=Count("pk"), of_known_days=Count("pk", filter=is_day))[:1]


def is_said(field) -> bool:
    return isinstance(field, WhenField) or field.name == "reference"


def first_of_state(facts: QuerySet, *order) -> QuerySet:
    """The fact of each State that comes first in an order."""
    return facts.filter(pk__in=facts.order_by("state_id", *order, "pk").distinct("state_id").values("pk"))


def firsts(facts: QuerySet, field: str) -> QuerySet:
    """The first certain fact of each State."""
    return first_of_state(facts, f"{field}__latest")


def perhaps_first(facts: QuerySet, field: str) -> QuerySet:
    """Of the facts of each State that may have been first, those of the last day."""
    found = first_of_state(facts, F(f"{field}__earliest").asc(nulls_first=True))
    return last(found, Coalesce(f"{field}__earliest", Value(ADOPTED_ON)), field)


def reports(kind: str, states: QuerySet) -> QuerySet:
    return Report.objects.filter(kind=kind, state__in=states)


def visits(states: QuerySet) -> QuerySet:
    return Visit.objects.at_invitation().filter(state__in=states)


def plans(states: QuerySet) -> QuerySet:
    return ActionPlan.objects.filter(state__in=states).select_related("state")


def admissions(states, at):
    newest = states.members(at).order_by("-admitted_on").values("admitted_on")[:1]
    return [
        Moved(one.admitted_on, one.name, "admitted to the United Nations", None, one.get_absolute_url())
        for one in states.members(at).filter(admitted_on=newest).only("name", "iso3", "admitted_on")
    ]


def first_reports(states, at):
    found = last(firsts(reports(Report.Kind.FIRST, states).submitted(at), "submitted"), SUBMITTED, "submitted")
    return of(found, "submitted", "first report")


def first_reports_possible(states, at):
    found = perhaps_first(reports(Report.Kind.FIRST, states).known(at), "submitted")
    return of(found, "submitted", "first report", may_have_been)


def additional(states, at):
    found = last(firsts(reports(Report.Kind.ADDITIONAL, states).submitted(at), "submitted"), SUBMITTED, "submitted")
    return of(found, "submitted", "additional information, for the first time")


def communications(states, at):
    found = reports(Report.Kind.ADDITIONAL, states).submitted(at).select_related("state")
    return of(found.order_by("-submitted__latest")[:1], "submitted", "additional information")


def both(states, at):
    """The later of a State's two; of two on one day, the first report."""
    kinds = [firsts(reports(kind, states).submitted(at), "submitted") for kind in Report.Kind.values]
    of_both = Report.objects.filter(*(Q(state__in=one.values("state")) for one in kinds))
    pairs = of_both.filter(reduce(or_, (Q(pk__in=one.values("pk")) for one in kinds)))
    found = last(first_of_state(pairs, SUBMITTED.desc(), "-kind"), SUBMITTED, "submitted")
    return of(found, "submitted", "with this report it has both")


def visits_over(states, at):
    """A visit is conducted from the day after its last."""
    return [
        moved_by(one, last_day, f"visit of {one.days} over", one.over.latest)
        for one in of_last_day(visits(states).conducted(at), Coalesce("ends__latest", "starts__latest"))
        for last_day in [one.ends or one.starts]
    ]


def states_visited(states, at):
    """A visit whose last day has come began, whatever its first day: see VisitQuerySet.begun."""
    began = Least("starts__latest", "ends__latest")
    found = first_of_state(visits(states).begun(at), began, *Visit._meta.ordering[:-1])
    return [moved_by(one, one.starts, "visit begun", one.began.latest) for one in last(found, began, "starts")]


def states_perhaps_visited(states, at):
    found = perhaps_first(visits(states).perhaps_begun(at), "starts")
    return of(found, "starts", "visit", may_have_been)


def plans_submitted(states, at):
    return of(plans(states).submitted(at).order_by("-submitted__latest")[:1], "submitted", "plan submitted")


def plans_announced(states, at):
    found = plans(states).filter(announced__certain_by=at)
    return of(found.order_by("-announced__latest")[:1], "announced", "plan announced")


def states_with_a_plan(states, at):
    found = last(firsts(plans(states).submitted(at), "submitted"), SUBMITTED, "submitted")
    return of(found, "submitted", "plan submitted, its first")


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
    rows = Membership.objects.filter(organization__acronym=place.value)
    return [
        moved_by(one, when, f"{step} {place.value}", when.latest, one.state.get_absolute_url())
        for step in ("joined", "left")
        for one in last(rows.filter(**{f"{step}__certain_by": at}), F(f"{step}__latest"), step)
        for when in [getattr(one, step)]
    ]


def last_move(figure: Figure, place: Place, at: date) -> Move | None:
    """The last change of a figure's certain count by a day, in some States or all; None if it never moved.

    A fact of a State that was admitted later moved the figure on the day of the admission. Where an organization's
    members changed last, that is named, whether or not it changed the number.
    """
    rows = State.objects.all() if place == ALL else place.states(at).order_by()
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
    number = sum(one.number for one in moves)
    if number == 1:
        (one,) = moves
        when = f", {one.when}" if one.when and not one.when.is_day else ""
        return f"{one.state}: {one.what}{when}.", one.address
    what = sorted({one.what for one in moves})
    unknown = sum(one.unknown for one in moves)
    known = f" Of {unknown} of them the day is not established: only that it was by then." if unknown else ""
    return f"{number} facts: {'; '.join(what)}.{known}", ""
