"""What each figure is: the list it counts, and the filters of that list that make a row certain or possible."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode

from r1540.lists.addresses import address
from r1540.pages.states.list import StateList
from states.lists.plans import PlanList
from states.lists.reports import ReportList
from states.models import Measure
from visits.lists.visits import VisitList


@dataclass(frozen=True, eq=False)  # there is one of each, and it is found in dictionaries by what it is
class Figure:
    """A figure: its name in addresses, what it counts in words, the list it counts, and the filters of that list."""

    slug: str
    label: str
    definition: str
    address: str  # the name of the list's address
    listing: type
    certain: str  # filters, as in the list's address
    possible: str = ""
    published: str = ""  # the Measure under which others published the same
    without: str = ""  # the figure that counts the other Member States: those that have what these have not
    never_fewer_than: tuple[str, ...] = ()  # figures that count no more than this one does, by their definitions
    also: str = ""  # words of readers by which the search finds it, besides those of its label

    def __str__(self):
        return self.label

    def get_absolute_url(self) -> str:
        return address("figure", self.slug)

    @property
    def counts_states(self) -> bool:
        """Return whether the figure counts States, and so has a share of the Member States."""
        return self.listing is StateList

    def filters_in_words(self) -> list[tuple[str, str]]:
        """Return the filters that make a row certain, in the words of the list: (label, chosen values)."""
        filters, pairs = self.listing.filterset_class.base_filters, []
        for name, values in parse_qs(self.certain).items():
            words = dict(filters[name].extra["choices"])
            pairs.append((filters[name].label, ", ".join(words[value] for value in values)))
        return pairs

    def link(self, filters: str, at: date | None, place: dict | None = None) -> str:
        """Return the address of the figure's list with these filters, in a place, as at a day (None: as at today)."""
        more = {**(place or {}), **({"as_of": at.isoformat()} if at else {})}
        return f"{address(self.address)}?{filters}{'&' if more else ''}{urlencode(more)}"


def figure_of_states(slug, label, definition, parameter, value="recorded", **more):
    """Return the definition of a figure that counts Member States by what is recorded of each."""
    certain, possible = (f"status=member&{urlencode({parameter: word})}" for word in (value, "day not established"))
    return Figure(slug, label, definition, "states", StateList, certain, possible, **more)


FIGURES = (
    Figure(
        "member-states",
        "Member States",
        "Members of the United Nations on the day. Observer States are shown in lists and never counted.",
        "states",
        StateList,
        "status=member",
        also="countries united nations",
    ),
    figure_of_states(
        "first-reports",
        "States with a first report",
        "Member States whose first report was submitted by the day.",
        "first_report",
        published=Measure.FIRST_REPORTS,
        also="reported reporting reports submitted",
    ),
    figure_of_states(
        "no-first-report",
        "States with no first report recorded",
        "Member States of which no first report is recorded as submitted by the day.",
        "first_report",
        "none recorded",
        published=Measure.NO_FIRST_REPORT,
        without="first-reports",
        also="not reported submitted outstanding without reports",
    ),
    figure_of_states(
        "additional-information",
        "States with additional information",
        "Member States that sent additional information, once or more, by the day.",
        "additional_information",
        published=Measure.ADDITIONAL_STATES,
        also="sent provided submitted",
    ),
    Figure(
        "communications",
        "Communications with additional information",
        "Each communication by which a State sent additional information by the day.",
        "reports",
        ReportList,
        "kind=additional+information&status=submitted",
        "kind=additional+information&status=day+not+established",
        never_fewer_than=("additional-information",),
    ),
    figure_of_states(
        "first-report-and-additional-information",
        "States with both",
        "Member States that submitted a first report and sent additional information by the day.",
        "both",
        never_fewer_than=("additional-information",),
        also="first reports and additional information",
    ),
    Figure(
        "visits",
        "Visits conducted",
        "Visits of the Committee at the invitation of the State that were over by the day.",
        "visits",
        VisitList,
        "kind=at+invitation&conducted=recorded",
        "kind=at+invitation&conducted=day+not+established",
    ),
    figure_of_states(
        "states-visited",
        "States visited",
        "Member States to which a visit at their invitation had begun by the day.",
        "visit",
    ),
    figure_of_states(
        "no-visit",
        "States with no visit recorded",
        "Member States to which no visit at their invitation is recorded as begun by the day.",
        "visit",
        "none recorded",
        without="states-visited",
    ),
    Figure(
        "plans-announced",
        "Plans announced",
        "National implementation action plans that a State had announced by the day, submitted since or not.",
        "plans",
        PlanList,
        "announced=recorded",
        "announced=day+not+established",
    ),
    Figure(
        "plans",
        "Plans submitted",
        "National implementation action plans submitted to the Committee by the day, updates included.",
        "plans",
        PlanList,
        "submitted=recorded",
        "submitted=day+not+established",
        Measure.PLANS,
        never_fewer_than=("states-with-a-plan",),
        also="naps national implementation action",
    ),
    figure_of_states(
        "states-with-a-plan",
        "States with a submitted plan",
        "Member States that submitted a national implementation action plan by the day.",
        "plan",
        published=Measure.PLAN_STATES,
        also="naps national implementation action plans",
    ),
)
BY_SLUG = {figure.slug: figure for figure in FIGURES}
