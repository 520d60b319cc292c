"""Voluntary national implementation action plans."""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_

from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value
from django.db.models import When as If

from r1540.as_at.past import HappenedField
from r1540.as_at.period import Period, Step
from r1540.as_at.recorded import recorded
from r1540.as_at.rules import SameParentConstraint, not_before
from r1540.as_at.when import WHEN_HELP, When, WhenField, in_a_sentence, period
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions

from .fact import Fact, FactQuerySet, fact_constraints
from .kind import FactKind, TimelineEntry
from .state import State


class ActionPlanQuerySet(FactQuerySet):
    def known(self, at: date):
        """Return the plans of which a step was, or may have been, taken by a day."""
        return self.filter(reduce(or_, (Q(**{f"{step}__possible_by": at}) for step in ActionPlan.STEPS)))

    def for_timeline(self, at: date):
        return self.known(at).with_status(at)

    def submitted(self, at: date):
        """Return the plans that were certainly submitted to the Committee by a day."""
        return self.filter(submitted__certain_by=at)

    def with_status(self, at: date):
        """Annotate each plan with its status on a day, `status_at`, which is the last step that is certain, and with
        whether it was announced and submitted by the day, `announced_by` and `submitted_by`."""
        status = ActionPlan.Status
        # The condition on the State lets PostgreSQL use an index; the public view of plans has none for `supersedes`.
        later = ActionPlan.objects.filter(supersedes=OuterRef("pk"), state_id=OuterRef("state_id"))
        return self.annotate(
            announced_by=recorded(Q(announced__certain_by=at), Q(announced__possible_by=at)),
            submitted_by=recorded(Q(submitted__certain_by=at), Q(submitted__possible_by=at)),
            status_at=Case(
                If(Exists(later.submitted(at)), then=Value(status.UPDATED)),
                If(submitted__certain_by=at, then=Value(status.SUBMITTED)),
                If(adopted__certain_by=at, then=Value(status.ADOPTED)),
                If(in_preparation__certain_by=at, then=Value(status.IN_PREPARATION)),
                If(announced__certain_by=at, then=Value(status.ANNOUNCED)),
                default=Value(status.NOT_ESTABLISHED),
                output_field=models.CharField(choices=status),
            ),
        )


@in_steps
@tracked
class ActionPlan(Fact):
    """A voluntary national implementation action plan of a State; an update is a new plan with the next number."""

    class Status(models.TextChoices):
        """The status of a plan on a day; it is computed from the dates, never stored."""

        ANNOUNCED = "announced", "Announced"
        IN_PREPARATION = "in preparation", "In preparation"
        ADOPTED = "adopted", "Adopted nationally"
        SUBMITTED = "submitted", "Submitted"
        UPDATED = "updated", "Updated by a later plan"
        NOT_ESTABLISHED = "day not established", "Day not established"

    # The steps in the life of a plan, each with its own day, from first to last.
    STEPS = ("announced", "in_preparation", "adopted", "submitted")

    state = models.ForeignKey(State, models.PROTECT, related_name="action_plans", verbose_name="State")
    number = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        help_text="1 for the State's first plan, 2 for the plan that updates it …",
    )
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        help_text="The plan it updates.",
    )
    announced = HappenedField(null=True, blank=True, help_text=WHEN_HELP)
    in_preparation = HappenedField(null=True, blank=True, help_text=f"First known to be in preparation. {WHEN_HELP}")
    adopted = HappenedField("adopted nationally", null=True, blank=True, help_text=WHEN_HELP)
    submitted = HappenedField("submitted to the Committee", null=True, blank=True, help_text=WHEN_HELP)
    period_starts = WhenField(null=True, blank=True, help_text=f"First year or day the plan covers. {WHEN_HELP}")
    period_ends = WhenField(null=True, blank=True, help_text=f"Last year or day the plan covers. {WHEN_HELP}")
    link = models.URLField(max_length=400, blank=True, validators=[URLValidator(["http", "https"])])

    objects = ActionPlanQuerySet.as_manager()

    fact_kind = FactKind(
        order=3,
        singular="plan",
        plural="plans",
        file="action_plans",
        list_view="states.lists.plans.PlanList",
        is_in_row=True,
        page_view="states.lists.plans.PlanPage",
        first_known="submitted",
        days=STEPS,
        happenings={
            "plan submitted": "Plan submitted",
            "plan": "Plan: announced, in preparation or adopted",
        },
    )
    public_columns = (
        f"{Fact.public_columns} state number supersedes announced in_preparation adopted submitted period_starts"
        " period_ends link"
    )

    first_and_last = ("period_starts", "period_ends")

    class Meta:
        ordering = ["state__sort_name", "number"]
        verbose_name = "national implementation action plan"
        permissions = step_permissions("actionplan", "national implementation action plans")
        constraints = [
            *fact_constraints(
                "plan", "announced", "in_preparation", "adopted", "submitted", "period_starts", "period_ends"
            ),
            models.UniqueConstraint(
                name="plan_number_once",
                fields=["state", "number"],
                violation_error_message="This State has a plan with this number already.",
            ),
            models.CheckConstraint(
                name="plan_has_a_day",
                condition=Q(announced__isnull=False)
                | Q(in_preparation__isnull=False)
                | Q(adopted__isnull=False)
                | Q(submitted__isnull=False),
                violation_error_message="Say when the plan was announced, in preparation, adopted or"
                " submitted, as far as it is known.",
            ),
            models.CheckConstraint(
                name="plan_supersedes_another",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=models.F("id")),
                violation_error_message="A plan cannot update itself.",
            ),
            SameParentConstraint(
                name="plan_supersedes_same_state",
                field="supersedes",
                parent="state",
                violation_error_message="A plan can only update a plan of the same State.",
            ),
            not_before(
                "plan_period_ends_after_start",
                "period_ends",
                "period_starts",
                "The period of a plan cannot end before it starts.",
            ),
        ]

    def __str__(self):
        return f"{self.state}: national implementation action plan {self.number}"

    @property
    def period(self) -> str:
        """Return the years or days that the plan covers, as people read them; empty if not recorded."""
        return self.period_of(self.period_starts, self.period_ends)

    @staticmethod
    def period_of(starts: When | None, ends: When | None) -> str:
        return period(starts, ends) if starts or ends else ""

    @property
    def status_in_words(self) -> str:
        """Return the label of `status_at`, which `with_status` annotates."""
        return self.Status(self.status_at).label

    def reference_stem(self) -> str:
        return f"{self.state.iso3}-{self.number}"

    def timeline_entry(self, at: date) -> TimelineEntry:
        days = [when for step in self.STEPS if (when := getattr(self, step)) and when.possible_by(at)]
        known = [when for when in days if when.certain_by(at)]
        when = known[-1] if known else days[0]
        line = f"National implementation action plan {self.number}: {self.status_in_words.lower()}"
        return TimelineEntry(when, line, self, when.alone, bool(known))

    def steps(self, period: Period) -> Iterator[Step]:
        name, title = self.state.name_in_text, f"national implementation action plan {self.number}"
        sentences = {
            "announced": f"{name} announced {title}",
            "in_preparation": f"{title} of {name} was first known to be in preparation",
            "adopted": f"{name} adopted {title}",
            "submitted": f"{name} submitted {title}",
        }
        for step in self.STEPS:
            if when := getattr(self, step):
                kind = "plan submitted" if step == "submitted" else "plan"
                yield self.make_step(step, kind, when, f"{sentences[step]} {in_a_sentence(when)}")
