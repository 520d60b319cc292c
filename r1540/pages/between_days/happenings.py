"""What happened in a period, to which State, each in one sentence; and, apart, what may have happened in it.

Each kind of fact yields its own steps (`Fact.steps`). The steps of a State itself are made here: its admission to the
United Nations, and its joining and leaving of organizations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.text import capfirst

from r1540.as_at.period import Day, Period, Step
from r1540.as_at.when import When, in_a_sentence
from states.models import Membership, State, fact_models
from states.models.kind import has_state

CHUNK = 1000  # the number of facts whose sources are read at once
ADMISSION, MEMBERSHIP = "admission", "membership"


@cache
def kinds_of_happenings() -> dict[str, str]:
    """Return the label of each kind of happening, by its value in the filter. First come the kinds that happen to facts
    of States, then those of States themselves, then those of facts without a State."""
    of_states, of_none = ([m for m in fact_models() if has_state(m) is answer] for answer in (True, False))
    states_own = {ADMISSION: "Admission to the United Nations", MEMBERSHIP: "Membership of an organization"}
    declared = [[*model.fact_kind.happenings.items()] for model in of_states]
    return dict([pair for one in declared for pair in one] + [*states_own.items()]) | {
        value: label for model in of_none for value, label in model.fact_kind.happenings.items()
    }


@dataclass(frozen=True)
class Happening:
    """A step that happened in a period, or may have."""

    step: Step
    day: Day

    @property
    def is_established(self) -> bool:
        return self.day == Day.WITHIN

    @property
    def place(self) -> tuple:
        """Return the sort key: the established happenings come first, then the order is by State, then by day."""
        step = self.step
        name = step.state.sort_name if step.state else ""
        return not self.is_established, name, step.when.latest, step.when, step.key


class Happenings:
    """The happenings of a period, sorted; of some kinds and days, or of all. `counts` counts all, by kind and day.

    A slice, or an iteration, reads the sources of the facts in it, and of no others.
    """

    def __init__(self, period: Period, states: QuerySet, with_no_state: bool = True, kinds=None, days=Day):
        kinds = kinds or kinds_of_happenings()
        found = [
            Happening(step, day)
            for step in (steps(period, states, with_no_state) if period.since < period.at else ())
            if (day := period.day(step.counts_from or step.when))
        ]
        self.counts = Counter((one.step.kind, one.day) for one in found)
        chosen = (one for one in found if one.step.kind in kinds and one.day in days)
        self.rows = sorted(chosen, key=lambda one: one.place)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def established(self) -> int:
        """Return how many of the happenings were surely in the period."""
        return sum(one.is_established for one in self.rows)

    def __getitem__(self, part: slice) -> list[Happening]:
        return prefetch_sources(self.rows[part])

    def __iter__(self) -> Iterator[Happening]:
        for start in range(0, len(self.rows), CHUNK):
            yield from self[start : start + CHUNK]


def steps(period: Period, states: QuerySet, with_no_state: bool) -> Iterator[Step]:
    """Yield what happened in and around a period to facts of these States, to the States themselves and, on request, to
    facts of no State: one query a kind."""
    own = {"state__in": states.order_by().values("pk")}
    for model in (model for model in fact_models() if model.fact_kind.happenings):
        if has_state(model):
            facts = model.objects.between(period).filter(**own).select_related("state")
        else:
            facts = model.objects.between(period) if with_no_state else ()
        for fact in facts:
            yield from fact.steps(period)
    for state in states.members(period.at).filter(admitted_on__gt=period.since):
        yield step_of_admission(state)
    memberships = Membership.objects.filter(period.touches("joined", "left"), **own)
    yield from steps_of_memberships(memberships.select_related("state", "organization"))


def step_of_admission(state: State) -> Step:
    when = When.day(state.admitted_on)
    sentence = f"{state.name_in_text} was admitted to the United Nations on {when}"
    return Step(ADMISSION, f"state/{state.iso3}/admitted", when, capfirst(sentence), state.get_absolute_url(), state)


def steps_of_memberships(memberships: Iterable[Membership]) -> Iterator[Step]:
    """Yield joining and leaving. A membership that begins on the day another ended is a change of status."""
    memberships = list(memberships)
    place = lambda one, day: (one.organization_id, one.state_id, day)  # noqa: E731
    left = {place(one, one.left) for one in memberships if one.left}
    joined = {place(one, one.joined) for one in memberships if one.joined}
    for one in memberships:
        name, organization = one.state.name_in_text, one.organization
        status = one.get_status_display().lower()
        if one.joined and place(one, one.joined) in left:
            whose = f"the status of {name} in {organization}"
            yield step_of_membership(one, "joined", one.joined, whose, f"became “{status}”")
        elif one.joined:
            apart = "" if one.status == Membership.Status.MEMBER else f" ({status})"
            yield step_of_membership(one, "joined", one.joined, name, f"joined {organization}{apart}")
        if one.left and place(one, one.left) not in joined:
            yield step_of_membership(one, "left", one.left, name, f"left {organization}")


def step_of_membership(one: Membership, name: str, when: When, who: str, what: str) -> Step:
    key = f"membership/{one.organization.acronym}/{one.state.iso3}/{one.number}/{name}"
    what, address = f"{what} {in_a_sentence(when)}", one.organization.get_absolute_url()
    of_many = what if who == one.state.name_in_text else ""
    return Step(MEMBERSHIP, key, when, capfirst(f"{who} {what}"), address, one.state, one, of_many=of_many)


def prefetch_sources(shown: list[Happening]) -> list[Happening]:
    """Return the happenings after reading the sources of their facts: one query for each kind."""
    for model in (*fact_models(), Membership):
        prefetch_related_objects([one.step.fact for one in shown if isinstance(one.step.fact, model)], "sources")
    return shown
