"""Counting every figure as at a day in every place: one query a list, however many figures and groups are asked for."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import parse_qs, urlencode

from django.db.models import Count
from django.utils.text import slugify

from r1540.addresses import address
from r1540.figures import BY_SLUG, FIGURES, Figure
from r1540.listing import AnyOf
from r1540.state_list import StateList
from states.models import Measure, Membership, Organization, Region, RegionalGroup, Subregion


@dataclass(frozen=True)
class Place:
    """Whose States are counted: a group, a region, a subregion, an organization, or all (no parameter)."""

    name: str
    parameter: str = ""
    value: str = ""

    @property
    def page(self) -> str:
        """The address of the page of the group, region or organization, if it has one."""
        if self.parameter == "organization":
            return address("organization", self.value)
        return address("group", slugify(self.value)) if self.parameter in ("group", "region") else ""

    @property
    def query(self) -> dict:
        return {self.parameter: self.value} if self.parameter else {}


ALL = Place("All States")
# How a cross-table may be grouped: the parameter of every list, and how its values are read.
CHOICES = {"group": RegionalGroup, "region": Region, "subregion": Subregion}
GROUPINGS = {
    "group": "Regional group",
    "region": "Region",
    "subregion": "Subregion",
    "organization": "Organization",
}


def places(grouping: str) -> list[Place]:
    """The places of a grouping, alphabetical. Of organizations: one query."""
    if grouping == "organization":
        names = Organization.objects.order_by("acronym").values_list("acronym", "name")
        return [Place(f"{name} ({acronym})", grouping, acronym) for acronym, name in names]
    return [Place(label, grouping, value) for value, label in sorted(CHOICES[grouping].choices, key=lambda one: one[1])]


@dataclass(frozen=True)
class Cell:
    """A figure as at a day, in a place: the count, or the range, with its lists and its share of the Members there."""

    figure: Figure
    place: Place
    at: date
    certain: int
    possible: int
    members: int
    is_today: bool

    @property
    def highest(self) -> int:
        return self.certain + self.possible

    @property
    def range(self) -> str:
        """ "169", or "22–180" where for some the day is not established."""
        return f"{self.certain}–{self.highest}" if self.possible else str(self.certain)

    @property
    def share(self) -> str:
        """Per cent of the Member States of the place on the day: "88 per cent", "11–93 per cent", or nothing."""
        if not self.figure.counts_states or self.figure.slug == "member-states" or not self.members:
            return ""
        ends = dict.fromkeys(per_cent(count, self.members) for count in (self.certain, self.highest))
        return f"{'–'.join(ends)} per cent"

    @property
    def day(self):
        return None if self.is_today else self.at

    @property
    def certain_address(self) -> str:
        return self.figure.link(self.figure.certain, self.day, self.place.query)

    @property
    def possible_address(self) -> str:
        return self.figure.link(self.figure.possible, self.day, self.place.query)

    @property
    def address(self) -> str:
        """Where the number is explained."""
        query = self.place.query | ({} if self.is_today else {"as_of": self.at.isoformat()})
        return address("figure", self.figure.slug) + (f"?{urlencode(query)}" if query else "")


def per_cent(count: int, of: int) -> str:
    """A whole number, but never 0 for some or 100 for not all: "0.5", "99.5"."""
    share = 100 * count / of
    return f"{share:.1f}" if (count and share < 0.5) or (count < of and share >= 99.5) else f"{share:.0f}"


class Tally:
    """Every figure as at a day, in every place.

    Asked of the database: one query for each of the four lists that figures count, when it is first needed, and one for
    the memberships, if organizations are asked for.
    """

    def __init__(self, at: date, is_today: bool = False):
        self.at, self.is_today, self.lists = at, is_today, {}

    def cell(self, figure: Figure, place: Place = ALL) -> Cell:
        states = self.states(place)
        certain, possible = (
            self.count(figure, filters, states) if filters else 0 for filters in (figure.certain, figure.possible)
        )
        return Cell(figure, place, self.at, certain, possible, self.members(place), self.is_today)

    def members(self, place: Place = ALL) -> int:
        """The Member States of a place on the day: the denominator."""
        return self.count(BY_SLUG["member-states"], "status=member", self.states(place))

    def count(self, figure: Figure, filters: str, states: set[int] | None) -> int:
        names, counted = self.listed(figure.listing)
        wanted = [(names.index(name), set(values)) for name, values in parse_qs(filters).items()]
        return sum(
            number
            for (state, *values), number in counted.items()
            if (states is None or state in states) and all(values[index] in allowed for index, allowed in wanted)
        )

    def listed(self, listing) -> tuple[list[str], Counter]:
        """How many rows of a list a State has with which values: (names of filters, {(State, *values): rows})."""
        if listing not in self.lists:
            filters = listing.filterset_class.base_filters
            used = {
                name for one in FIGURES if one.listing is listing for name in parse_qs(f"{one.certain}&{one.possible}")
            }
            used |= CHOICES.keys() if listing is StateList else set()
            names = sorted(used)
            # What AnyOf asks the database, "is one of", is asked here of the value itself.
            assert all(isinstance(filters[name], AnyOf) for name in names)
            state = "pk" if listing is StateList else "state"
            columns = [state, *(filters[name].field_name for name in names)]
            rows = listing().facts(self.at).order_by().values_list(*columns)
            if listing is not StateList:
                rows = rows.annotate(rows=Count("pk"))
                self.lists[listing] = names, Counter({tuple(row[:-1]): row[-1] for row in rows})
            else:
                self.lists[listing] = names, Counter(map(tuple, rows))
        return self.lists[listing]

    def states(self, place: Place) -> set[int] | None:
        """The keys of the States of a place; None for all of them."""
        if not place.parameter:
            return None
        if place.parameter == "organization":
            return self.membership.get(place.value, set())
        names, counted = self.listed(StateList)
        index = names.index(place.parameter) + 1
        return {row[0] for row in counted if row[index] == place.value}

    @cached_property
    def membership(self) -> dict[str, set[int]]:
        found = {}
        current = Membership.objects.current(self.at).counted().order_by()
        for acronym, state in current.values_list("organization__acronym", "state"):
            found.setdefault(acronym, set()).add(state)
        return found


# Under which measure others published a figure, and of which place.
PUBLISHED = {figure.published: (figure, ALL) for figure in FIGURES if figure.published} | {
    Measure.NO_FIRST_REPORT_AFRICA: (BY_SLUG["no-first-report"], Place("Africa", "region", Region.AFRICA))
}
