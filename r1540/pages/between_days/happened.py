"""What happened after one day and by another, of whom and in one sentence; what may have happened then, apart.

A fact happened in the period when each of its possible days lies in it. Where only some do, it may have: its day is not
established. The facts and their words are those of the timeline and the lists; what is asked of each is only its days.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from heapq import merge
from itertools import islice
from operator import or_

from django.db import models
from django.db.models import Case, Count, Q, Value, prefetch_related_objects
from django.db.models import When as If
from django.db.models.functions import Collate, Concat
from django.urls import reverse
from django.utils.text import capfirst

from r1540.as_at.when import When, in_a_sentence
from r1540.pages.states.timeline import of_event
from states.models import ActionPlan, Fact, Membership, Report, Resolution, State
from visits.models import Event, Visit

DAY = timedelta(days=1)
CHUNK = 1000  # facts whose sources are asked for at once
VISIT_STEPS = ("invited", "starts", "ends", "postponed", "cancelled")


class Kind(models.TextChoices):
    """What can happen."""

    FIRST_REPORT = "first report", "First report submitted"
    INFORMATION = "additional information", "Additional information submitted"
    CONDUCTED = "visit conducted", "Visit conducted"
    VISIT = "visit", "Visit: invited, begun, postponed or cancelled"
    JOINT_VISIT = "joint visit", "Joint visit, led by the Counter-Terrorism Committee"
    SUBMITTED = "plan submitted", "Plan submitted"
    PLAN = "plan", "Plan: announced, in preparation or adopted"
    EVENT = "event", "Event"
    ADMISSION = "admission", "Admission to the United Nations"
    MEMBERSHIP = "membership", "Membership of an organization"
    MANDATE = "mandate", "Mandate of the Committee"


class Day(models.TextChoices):
    """Where the day of a happening lies, as far as it is known."""

    WITHIN = "in the period", "In this period"
    BY_THE_END = "by the end", "By the end of this period, perhaps before it"
    NOT_ESTABLISHED = "day not established", "Perhaps in this period, perhaps later"


@dataclass(frozen=True)
class Period:
    """The days after `since`, until `at`."""

    since: date
    at: date

    def day(self, when: When) -> Day | None:
        """Where the day of something lies that happened in the period, or may have; None if it did not."""
        if when.certain_by(self.since) or not when.possible_by(self.at):
            return None
        if not when.certain_by(self.at):
            return Day.NOT_ESTABLISHED
        return Day.BY_THE_END if when.possible_by(self.since) else Day.WITHIN

    def day_of(self, field: str) -> Case:
        """The same, asked of the database of rows of which one of the field's days lies in the period."""
        return Case(
            If(~Q(**{f"{field}__certain_by": self.at}), then=Value(Day.NOT_ESTABLISHED)),
            If(**{f"{field}__possible_by": self.since}, then=Value(Day.BY_THE_END)),
            default=Value(Day.WITHIN),
            output_field=models.CharField(choices=Day),
        )

    def touches(self, *fields: str, days_before: int = 0) -> Q:
        """Rows with one of these days in the period, perhaps; or as many days before it as are given."""
        days = When(self.since + DAY * (1 - days_before), self.at)
        return reduce(or_, (Q(**{f"{field}__overlaps": days}) for field in fields))


@dataclass(frozen=True)
class Step:
    """One thing that happened, or may have. `key` is its name for ever; `so_from` the day from which it counts, where
    that is not `when` it happened."""

    kind: Kind
    key: str
    when: When
    sentence: str
    address: str
    state: State | None = None
    fact: Fact | Membership | None = None
    so_from: When | None = None


@dataclass(frozen=True)
class Happening:
    """A step that happened in a period, or may have."""

    step: Step
    day: Day

    @property
    def is_established(self) -> bool:
        return self.day == Day.WITHIN


def of_fact(fact: Fact, name: str, kind: Kind, when: When, sentence: str, so_from: When | None = None) -> Step:
    key = f"{fact._meta.model_name}/{fact.reference}/{name}"
    return Step(kind, key, when, capfirst(sentence), fact.get_absolute_url(), fact.state, fact, so_from)


def of_report(report: Report) -> Happening:
    what = "its first report" if report.kind == Report.Kind.FIRST else "additional information"
    sentence = f"{report.state.name_in_text} submitted {what} {in_a_sentence(report.submitted)}"
    step = of_fact(report, "submitted", Kind(report.kind), report.submitted, sentence)
    return Happening(step, Day(report.day))


def of_visit(visit: Visit, period: Period) -> Iterator[Step]:
    """The steps of a visit. One that was cancelled neither began nor was conducted."""
    is_joint, name = visit.kind == Visit.Kind.JOINT, visit.state.name_in_text
    kind = Kind.JOINT_VISIT if is_joint else Kind.VISIT
    whose = "the joint visit led by the Counter-Terrorism Committee" if is_joint else "the visit of the Committee"
    if when := visit.invited:
        yield of_fact(visit, "invited", kind, when, f"{name} invited the Committee {in_a_sentence(when)}")
    for step in ("postponed", "cancelled"):
        if when := getattr(visit, step):
            yield of_fact(visit, step, kind, when, f"{whose} to {name} was {step} {in_a_sentence(when)}")
    if not visit.starts or (visit.cancelled and visit.cancelled.certain_by(period.at)):
        return
    conducted, begun, last = visit.over, visit.began, visit.ends or visit.starts
    if is_joint:
        sentence = f"{whose} to {name} was conducted, {visit.days}"
        yield of_fact(visit, "conducted", kind, last, sentence, conducted)
    else:
        sentence = f"the Committee conducted its visit to {name}, {visit.days}"
        yield of_fact(visit, "conducted", Kind.CONDUCTED, last, sentence, conducted)
    # That a visit began goes without saying where it is said, as surely, that it was conducted.
    is_said = period.day(conducted) in ((Day.WITHIN,) if period.day(begun) == Day.WITHIN else Day)
    if not is_said:
        sentence = f"{whose} to {name} began {in_a_sentence(visit.starts)}"
        yield of_fact(visit, "begun", kind, visit.starts, sentence, begun)


def of_plan(plan: ActionPlan) -> Iterator[Step]:
    name, title = plan.state.name_in_text, f"national implementation action plan {plan.number}"
    sentences = {
        "announced": f"{name} announced {title}",
        "in_preparation": f"{title} of {name} was first known to be in preparation",
        "adopted": f"{name} adopted {title}",
        "submitted": f"{name} submitted {title}",
    }
    for step in plan.STEPS:
        if when := getattr(plan, step):
            kind = Kind.SUBMITTED if step == "submitted" else Kind.PLAN
            yield of_fact(plan, step, kind, when, f"{sentences[step]} {in_a_sentence(when)}")


def of_state(state: State) -> Step:
    sentence = f"{state.name_in_text} was admitted to the United Nations on {When.day(state.admitted_on)}"
    address = state.get_absolute_url()
    key, when = f"state/{state.iso3}/admitted", When.day(state.admitted_on)
    return Step(Kind.ADMISSION, key, when, capfirst(sentence), address, state)


def of_memberships(memberships: Iterable[Membership]) -> Iterator[Step]:
    """Joining and leaving; a membership that follows another on the day that one ended is a change of status."""
    memberships = list(memberships)
    place = lambda one, day: (one.organization_id, one.state_id, day)  # noqa: E731
    left = {place(one, one.left) for one in memberships if one.left}
    joined = {place(one, one.joined) for one in memberships if one.joined}
    for one in memberships:
        name, organization = one.state.name_in_text, one.organization
        status = one.get_status_display().lower()
        if one.joined and place(one, one.joined) in left:
            sentence = f"the status of {name} in {organization} became “{status}”"
            yield of_membership(one, "joined", one.joined, sentence)
        elif one.joined:
            apart = "" if one.status == Membership.Status.MEMBER else f" ({status})"
            yield of_membership(one, "joined", one.joined, f"{name} joined {organization}{apart}")
        if one.left and place(one, one.left) not in joined:
            yield of_membership(one, "left", one.left, f"{name} left {organization}")


def of_membership(one: Membership, step: str, when: When, sentence: str) -> Step:
    key = f"membership/{one.organization.acronym}/{one.state.iso3}/{one.number}/{step}"
    sentence = capfirst(f"{sentence} {in_a_sentence(when)}")
    return Step(Kind.MEMBERSHIP, key, when, sentence, one.organization.get_absolute_url(), one.state, one)


def of_resolution(one: Resolution) -> Step:
    until, when = When.day(one.mandate_until), When.day(one.adopted_on)
    resolution = str(one).lower()
    sentence = f"The Security Council extended the mandate of the Committee until {until} by {resolution} on {when}"
    return Step(Kind.MANDATE, f"resolution/{one.reference}/adopted", when, sentence, reverse("about"), None, one)


def of_event_held(event: Event, at: date) -> Step:
    entry = of_event(event, at)
    return of_fact(event, "starts", Kind.EVENT, entry.when, f"{entry.line}, {entry.day}")


def steps(period: Period, states, with_mandate: bool) -> Iterator[Step]:
    """What the record has of these States round about the period, but reports, and of the mandate: a query a kind."""
    own = {"state__in": states.order_by().values("pk")}
    known = lambda model: model.objects.known(period.at).filter(**own).select_related("state")  # noqa: E731
    # A visit that ended on the day `since` was conducted from the day after.
    for visit in known(Visit).filter(period.touches(*VISIT_STEPS, days_before=1)):
        yield from of_visit(visit, period)
    for plan in known(ActionPlan).filter(period.touches(*ActionPlan.STEPS)):
        yield from of_plan(plan)
    for event in known(Event).filter(period.touches("starts")):
        yield of_event_held(event, period.at)
    for state in states.members(period.at).filter(admitted_on__gt=period.since):
        yield of_state(state)
    memberships = Membership.objects.filter(period.touches("joined", "left"), **own)
    yield from of_memberships(memberships.select_related("state", "organization"))
    if with_mandate:
        extending = Resolution.objects.adopted(period.at).filter(mandate_until__isnull=False)
        for resolution in extending.filter(adopted_on__gt=period.since):
            yield of_resolution(resolution)


class Happenings:
    """What happened in the period, the certain first, then State by State in alphabetical order, then by day; of some
    kinds and days, or all. It can be counted, cut and gone through.

    Reports are most of it by far, and each is one step: the database counts them, puts them in order, and gives those
    that are looked at. The rest, of which a fact may be several steps, is counted and put in order here.
    """

    def __init__(self, period: Period, states, with_mandate: bool = True, kinds=Kind, days=Day):
        self.kinds, self.days = kinds, days
        self.counts, self.rest, self.reports = Counter(), [], Report.objects.none()
        if period.since < period.at:
            self.look(period, states, with_mandate)

    def look(self, period: Period, states, with_mandate: bool):
        reports = Report.objects.filter(period.touches("submitted"), state__in=states.order_by().values("pk"))
        reports = reports.annotate(day=period.day_of("submitted"))
        found = ((step, period.day(step.so_from or step.when)) for step in steps(period, states, with_mandate))
        rest = [Happening(step, day) for step, day in found if day]
        self.counts.update((one.step.kind, one.day) for one in rest)
        for kind, day, number in reports.order_by().values_list("kind", "day").annotate(n=Count("pk")):
            self.counts[Kind(kind), Day(day)] = number
        self.rest = sorted((one for one in rest if one.step.kind in self.kinds and one.day in self.days), key=place)
        self.reports = reports.filter(kind__in=self.kinds, day__in=self.days)
        self.reports = self.reports.select_related("state").order_by(*PLACE)

    def __len__(self) -> int:
        return sum(self.counts[kind, day] for kind in self.kinds for day in self.days)

    @property
    def established(self) -> int:
        """How many of them surely happened in the period."""
        return sum(self.counts[kind, Day.WITHIN] for kind in self.kinds if Day.WITHIN in self.days)

    def __getitem__(self, part: slice) -> list[Happening]:
        """A page. Of the reports that come before those asked for, no more can stand on it than there is else."""
        skipped = max(0, part.start - len(self.rest))
        of_reports = map(of_report, self.reports[skipped : part.stop])
        shown = list(merge(of_reports, self.rest, key=place))[part.start - skipped : part.stop - skipped]
        return with_sources(shown)

    def __iter__(self) -> Iterator[Happening]:
        every = merge(map(of_report, self.reports.iterator(CHUNK)), self.rest, key=place)
        while chunk := list(islice(every, CHUNK)):
            yield from with_sources(chunk)


def place(one: Happening) -> tuple:
    step = one.step
    return not one.is_established, step.state.sort_name if step.state else "", step.when.latest, step.when, step.key


# The same of reports, for the database: their keys end in /submitted.
PLACE = (
    Case(If(day=Day.WITHIN, then=Value(0)), default=Value(1)),
    "state__sort_name",
    "submitted__latest",
    "submitted",
    Collate(Concat("reference", Value("/")), "C"),
)


def with_sources(shown: list[Happening]) -> list[Happening]:
    """The same, with the sources of their facts: one query for each model."""
    for model in (Report, Visit, ActionPlan, Event, Resolution):
        prefetch_related_objects([one.step.fact for one in shown if isinstance(one.step.fact, model)], "sources")
    return shown
