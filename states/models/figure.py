"""Numbers that the Committee or a reliable source published."""

from datetime import date

from django.db import models
from django.db.models import Q

from r1540.as_at.past import HappenedField
from r1540.as_at.when import WHEN_HELP
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions
from r1540.lists.addresses import address

from .fact import Fact, FactQuerySet, fact_constraints
from .kind import FactKind, TimelineEntry


class Measure(models.TextChoices):
    """What a published figure counts."""

    FIRST_REPORTS = "first_reports_submitted", "First reports submitted"
    NO_FIRST_REPORT = "first_reports_outstanding", "States with no first report recorded"
    NO_FIRST_REPORT_AFRICA = (
        "first_reports_outstanding_africa",
        "States in Africa with no first report recorded",
    )
    FIRST_REPORTS_SUB_SAHARAN = (
        "first_reports_submitted_sub_saharan_africa",
        "First reports submitted by States of sub-Saharan Africa",
    )
    ADDITIONAL_STATES = "additional_information_states", "States that provided additional information"
    FIRST_ONLY = (
        "reported_but_no_additional_information",
        "States with a first report and no additional information",
    )
    PLANS = "naps_submitted", "National implementation action plans submitted"
    PLANS_SINCE_2016 = (
        "naps_submitted_since_2016",
        "National implementation action plans submitted since 2016",
    )
    PLAN_STATES = "nap_states", "States that submitted a national implementation action plan"
    CONTACT_STATES = "points_of_contact_states", "States with a national point of contact"
    CONTACT_COURSES = "points_of_contact_training_courses", "Training courses for points of contact"
    PEER_REVIEWS = "peer_reviews_held", "Peer reviews held"
    REQUESTS_OPEN = "assistance_requests_open", "Requests for assistance that are open"
    REQUESTS_NEW = "assistance_requests_new_in_year", "New requests for assistance in the year"
    PROVIDER_STATES = "assistance_provider_states", "States offering assistance"
    PROVIDER_ORGANIZATIONS = "assistance_provider_organizations", "Organizations offering assistance"
    MATRIX_AVERAGE = "matrix_average_measures_per_state", "Average number of measures in a State's matrix"
    MATRIX_FEW = "states_with_30_or_fewer_fields", "States with 30 or fewer measures in their matrix"
    FORMAL_MEETINGS = "formal_meetings_held", "Formal meetings of the Committee"
    OUTREACH = "outreach_activities_in_year", "Outreach activities in the year"


class PublishedFigureQuerySet(FactQuerySet):
    def known(self, at: date):
        """Return the figures given for a day, or for days of which one is not after it."""
        return self.filter(as_at__possible_by=at)


@in_steps
@tracked
class PublishedFigure(Fact):
    """A number published by the Committee or a reliable source, as at a day, as it was published."""

    class Qualifier(models.TextChoices):
        EXACT = "exact", "exactly"
        ABOUT = "about", "about"
        AROUND = "around", "around"
        MORE_THAN = "more than", "more than"
        AT_LEAST = "at least", "at least"

    measure = models.CharField(max_length=60, choices=Measure)
    as_at = HappenedField("as at", help_text=WHEN_HELP)
    value = models.PositiveIntegerField()
    qualifier = models.CharField(max_length=10, choices=Qualifier, default=Qualifier.EXACT)

    objects = PublishedFigureQuerySet.as_manager()

    fact_kind = FactKind(
        order=6,
        singular="published figure",
        plural="published figures",
        file="published_figures",
        list_view="states.lists.published_figures.PublishedFigureList",
    )
    public_columns = f"{Fact.public_columns} measure as_at value qualifier"

    class Meta:
        ordering = ["as_at", "measure", "pk"]
        permissions = step_permissions("publishedfigure", "published figures")
        constraints = [
            *fact_constraints("figure", "as_at"),
            models.CheckConstraint(
                name="figure_qualifier_known",
                condition=Q(qualifier__in=["exact", "about", "around", "more than", "at least"]),
                violation_error_message="The qualifier is one of: exactly, about, around, more than, at least.",
            ),
        ]

    def __str__(self):
        return f"{self.get_measure_display()}, as at {self.as_at}: {self.get_qualifier_display()} {self.value}"

    def get_absolute_url(self):
        return self.address_of(self.reference, self.measure)

    @classmethod
    def address_of(cls, reference: str, measure: str) -> str:
        """Return the address of the figure with a reference: its place in the list of those of its measure."""
        return f"{address('published figures')}?measure={measure}#{reference}"

    def timeline_entry(self, at: date) -> TimelineEntry:
        line = f"Published figure: {self.get_measure_display()}, {self.value_as_published}"
        return TimelineEntry(self.as_at, line, self, f"as at {self.as_at}", self.as_at.certain_by(at))

    @property
    def value_as_published(self) -> str:
        """Return the value with its qualifier: "around 170", "168"."""
        is_exact = self.qualifier == self.Qualifier.EXACT
        return str(self.value) if is_exact else f"{self.get_qualifier_display()} {self.value}"

    @property
    def is_rounded(self) -> bool:
        """Return whether it stands for the numbers near it."""
        return self.qualifier in (self.Qualifier.ABOUT, self.Qualifier.AROUND)

    @property
    def accepted(self) -> tuple[int, int | None]:
        """Return the lowest and the highest number that the published words allow; None: any higher one.

        A round number with "about" or "around" stands for the numbers that round to it, to the nearest ten: "around
        170" allows 165 to 175.
        """
        near = 5 if self.value % 10 == 0 else 1
        match self.qualifier:
            case self.Qualifier.ABOUT | self.Qualifier.AROUND:
                return max(0, self.value - near), self.value + near
            case self.Qualifier.MORE_THAN:
                return self.value + 1, None
            case self.Qualifier.AT_LEAST:
                return self.value, None
        return self.value, self.value

    def reference_stem(self) -> str:
        return f"{self.measure.replace('_', '-')}-{self.as_at.latest:%Y-%m}"
