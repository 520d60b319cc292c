"""Figures as at a day. A figure is never typed: it is a list, filtered, and counted; so it opens to its list."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from r1540.state_list import StateList
from states.models import Measure, PublishedFigure
from states.views import PlanList
from visits.views import VisitList


@dataclass(frozen=True)
class Figure:
    """A measure: the list it counts, by the filters that make it certain and those that leave it possible."""

    slug: str  # its name in addresses
    label: str
    definition: str
    address: str  # the name of the list's address
    listing: type
    certain: str  # filters, as in the list's address
    possible: str = ""
    published: str = ""  # the Measure under which others published the same

    def as_at(self, at: date, is_today: bool) -> dict:
        """The count, or the range with its reason, and the address of each list behind it."""
        day = None if is_today else at
        certain, possible = self.count(self.certain, at), self.count(self.possible, at) if self.possible else 0
        published = None
        if self.published:
            figures = PublishedFigure.objects.filter(measure=self.published, as_at__certain_by=at)
            published = figures.order_by("as_at__latest").last()
        return {
            "figure": self,
            "certain": certain,
            "possible": possible,
            "highest": certain + possible,
            "certain_address": self.link(self.certain, day),
            "possible_address": self.link(self.possible, day),
            "published": published,
        }

    def count(self, filters: str, at: date) -> int:
        listing = self.listing()
        return listing.filterset_class(QueryDict(filters), listing.facts(at), at).qs.count()

    def link(self, filters: str, at: date | None) -> str:
        """The address of the list behind it, as at a day; today's has none."""
        day = f"&{urlencode({'as_of': at.isoformat()})}" if at else ""
        return f"{reverse(self.address)}?{filters}{day}"


FIGURES = (
    Figure(
        "member-states",
        "Member States",
        "Members of the United Nations on the day.",
        "states",
        StateList,
        "status=member",
    ),
    Figure(
        "first-reports",
        "States with a first report",
        "Member States whose first report was submitted by the day.",
        "states",
        StateList,
        "status=member&first_report=recorded",
        "status=member&first_report=day+not+established",
        Measure.FIRST_REPORTS,
    ),
    Figure(
        "no-first-report",
        "States with no first report recorded",
        "Member States of which no first report is recorded as submitted by the day.",
        "states",
        StateList,
        "status=member&first_report=none+recorded",
        "status=member&first_report=day+not+established",
        Measure.NO_FIRST_REPORT,
    ),
    Figure(
        "additional-information",
        "States with additional information",
        "Member States that sent additional information, once or more, by the day.",
        "states",
        StateList,
        "status=member&additional_information=recorded",
        "status=member&additional_information=day+not+established",
        Measure.ADDITIONAL_STATES,
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
    Figure(
        "plans",
        "Plans submitted",
        "National implementation action plans submitted to the Committee by the day, updates included.",
        "plans",
        PlanList,
        "submitted=recorded",
        "submitted=day+not+established",
        Measure.PLANS,
    ),
    Figure(
        "states-with-a-plan",
        "States with a submitted plan",
        "Member States that submitted a national implementation action plan by the day.",
        "states",
        StateList,
        "status=member&plan=recorded",
        "status=member&plan=day+not+established",
        Measure.PLAN_STATES,
    ),
)
