"""The places in which States are counted: regional groups, regions, subregions, organizations, and all States."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from r1540.lists.addresses import address
from r1540.pages.figures.definitions import BY_SLUG, FIGURES
from r1540.pages.states.list import StateFilters
from states.models import Measure, Membership, Organization, Region, RegionalGroup, State, Subregion


@dataclass(frozen=True)
class Place:
    """A place whose States are counted: a group, a region, a subregion, an organization, or all (no parameter)."""

    name: str
    parameter: str = ""
    value: str = ""

    @property
    def page(self) -> str:
        """Return the address of the page of the group, region or organization; empty if it has none."""
        if self.parameter == "organization":
            return address("organization", self.value)
        return address("group", slugify(self.value)) if self.parameter in ("group", "region") else ""

    @property
    def query(self) -> dict:
        return {self.parameter: self.value} if self.parameter else {}

    def condition(self, path: str = "") -> Q:
        """Return the condition: `path` leads to a State of the place, which is no organization: its members change."""
        return Q(**{f"{path}{FIELDS[self.parameter]}": self.value}) if self.parameter else Q()

    def states(self, at: date) -> QuerySet:
        """Return the States of the place, as at a day."""
        if self.parameter == "organization":
            return State.objects.as_at(at).filter(pk__in=Membership.objects.making_members([self.value], at))
        return State.objects.as_at(at).filter(self.condition())


ALL = Place("All States")
MEMBERS = BY_SLUG["member-states"]
# The groupings of a cross-table: the query parameter of every list, and its values.
CHOICES = {"group": RegionalGroup, "region": Region, "subregion": Subregion}
FIELDS = {name: StateFilters.base_filters[name].field_name for name in CHOICES}
GROUPINGS = {
    "group": "Regional group",
    "region": "Region",
    "subregion": "Subregion",
    "organization": "Organization",
}


def places(grouping: str) -> list[Place]:
    """Return the places of a grouping, in alphabetical order. Organizations need one query."""
    if grouping == "organization":
        names = Organization.objects.order_by("acronym").values_list("acronym", "name")
        return [Place(f"{name} ({acronym})", grouping, acronym) for acronym, name in names]
    return [Place(label, grouping, value) for value, label in sorted(CHOICES[grouping].choices, key=lambda one: one[1])]


# The figure and the place that each measure of published figures is compared with.
PUBLISHED = {figure.published: (figure, ALL) for figure in FIGURES if figure.published} | {
    Measure.NO_FIRST_REPORT_AFRICA: (BY_SLUG["no-first-report"], Place("Africa", "region", Region.AFRICA)),
    Measure.FIRST_REPORTS_SUB_SAHARAN: (
        BY_SLUG["first-reports"],
        Place(Subregion.SUB_SAHARAN_AFRICA.label, "subregion", Subregion.SUB_SAHARAN_AFRICA),
    ),
}
