"""Visits of the Committee to States."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from r1540 import door
from r1540.as_at.compiled import compiled
from r1540.as_at.past import HappenedField
from r1540.as_at.period import Day, Period, Step
from r1540.as_at.rules import DateRange, not_before
from r1540.as_at.when import WHEN_HELP, When, WhenField, in_a_sentence, period
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions
from states.models import Fact, FactKind, Organization, State, TimelineEntry
from states.models.fact import fact_constraints, years

from . import order
from .visit_queryset import VisitQuerySet

ONE_DAY = timedelta(days=1)

# The visits whose days are known, and that were not cancelled: only of these it is certain that two overlap.
# Each column is compared with NULL, too: Django's forms take a condition that is NULL as true, PostgreSQL as false.
DAYS_KNOWN = Q(
    starts__isnull=False, starts__earliest__isnull=False, starts__earliest=F("starts__latest"), cancelled__isnull=True
) & (Q(ends__isnull=True) | Q(ends__earliest__isnull=False, ends__earliest=F("ends__latest")))


def over(starts: When, ends: When | None) -> When:
    """Return the day from which a visit was conducted: the day after its last day, or after the only day recorded.

    The querysets `perhaps_conducted` and `conducted` follow the same rule.
    """
    last = ends or starts
    earliest = max((when.earliest for when in (starts, last) if when.earliest), default=None)
    return When(earliest and earliest + ONE_DAY, last.latest + ONE_DAY)


keys_of_begun = compiled(lambda at: Visit.objects.at_invitation().begun(at).order_by().values_list("pk", flat=True))
perhaps_begun_in_order = compiled(
    lambda at: Visit.objects.at_invitation().perhaps_begun(at).in_order().only("starts", "stated_order")
)


@in_steps
@tracked
class Visit(Fact):
    """A visit of the Committee to a State: at its invitation, or jointly with the Counter-Terrorism Committee."""

    class Kind(models.TextChoices):
        AT_INVITATION = "at invitation", "At invitation"
        JOINT = "joint", "Joint, led by the Counter-Terrorism Committee"

    class Status(models.TextChoices):
        """The status of a visit on a day; it is computed from the dates, never stored."""

        INVITED = "invited", "Invited"
        SCHEDULED = "scheduled", "Scheduled"
        POSTPONED = "postponed", "Postponed"
        UNDER_WAY = "under way", "Under way"
        CONDUCTED = "conducted", "Conducted"
        CANCELLED = "cancelled", "Cancelled"
        NOT_ESTABLISHED = "day not established", "Day not established"

    state = models.ForeignKey(State, models.PROTECT, related_name="visits", verbose_name="State")
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.AT_INVITATION)
    invited = HappenedField(null=True, blank=True, help_text=f"Date of the State's invitation. {WHEN_HELP}")
    starts = WhenField("first day", null=True, blank=True, help_text=WHEN_HELP)
    ends = WhenField("last day", null=True, blank=True, help_text=WHEN_HELP)
    postponed = HappenedField(
        null=True,
        blank=True,
        help_text=f"When it was put off; enter the new first day when it is known. {WHEN_HELP}",
    )
    cancelled = HappenedField(null=True, blank=True, help_text=WHEN_HELP)
    stated_order = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Its place in the order of visits as a source states it. Used only where the days are not known.",
    )
    purpose = models.TextField(blank=True)
    programme = models.TextField(blank=True)
    took_part = models.TextField("who took part", blank=True, help_text="Functions and bodies, no names of persons.")
    organizations = models.ManyToManyField(
        Organization, blank=True, related_name="visits", verbose_name="organizations that took part"
    )
    follow_up = models.TextField("follow-up", blank=True)
    link = models.URLField(max_length=400, blank=True, validators=[URLValidator(["http", "https"])])

    objects = VisitQuerySet.as_manager()

    fact_kind = FactKind(
        order=2,
        singular="visit",
        plural="visits",
        file="visits",
        list_view="visits.lists.visits.VisitList",
        is_in_row=True,
        page_view="visits.lists.visits.VisitPage",
        first_known="starts",
        days=("invited", "starts", "ends", "postponed", "cancelled"),
        happenings={
            "visit conducted": "Visit conducted",
            "visit": "Visit: invited, begun, postponed or cancelled",
            "joint visit": "Joint visit, led by the Counter-Terrorism Committee",
        },
    )

    # The one thing that the public may know of unpublished visits: how many are in the pipeline on a day, as the Chair
    # says; never which. Visits that somebody checked are counted. This is the condition of `pipeline`, in SQL.
    public_counts = {
        "visits_in_pipeline": """
            kind = 'at invitation' AND (published OR checked) AND upper(invited) <= day + 1
            AND NOT COALESCE(lower_inf(starts) OR lower(starts) <= day, false)
            AND NOT COALESCE(upper(cancelled) <= day + 1, false)"""
    }

    public_columns = (
        f"{Fact.public_columns} state kind invited starts ends postponed cancelled stated_order purpose programme"
        " took_part follow_up link"
    )

    first_and_last = ("starts", "ends")

    class Meta:
        ordering = [F("starts").asc(nulls_last=True), F("stated_order").asc(nulls_last=True), "pk"]
        permissions = step_permissions("visit", "visits")
        constraints = [
            *fact_constraints("visit", "invited", "starts", "ends", "postponed", "cancelled"),
            models.CheckConstraint(
                name="visit_has_a_day",
                condition=Q(invited__isnull=False) | Q(starts__isnull=False),
                violation_error_message="Say when the State invited the Committee, or when the visit started,"
                " as far as it is known.",
            ),
            models.CheckConstraint(
                name="visit_ends_with_a_start",
                condition=Q(ends__isnull=True) | Q(starts__isnull=False),
                violation_error_message="Say when the visit started too, as far as it is known:"
                " at the latest, by its last day.",
            ),
            not_before("visit_ends_after_start", "ends", "starts", "A visit cannot end before it starts."),
            not_before(
                "visit_starts_after_invitation",
                "starts",
                "invited",
                "A visit cannot start before its invitation.",
            ),
            ExclusionConstraint(
                name="visit_without_overlap",
                expressions=[
                    ("state", RangeOperators.EQUAL),
                    (
                        DateRange(
                            F("starts__earliest"),
                            Greatest(F("ends__latest"), F("starts__latest")),
                            Value("[]"),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=DAYS_KNOWN,
                violation_error_message="Another visit to this State is recorded on these days.",
            ),
        ]

    def __str__(self):
        return f"Visit to {self.state.name_in_text}, {self.days}"

    @staticmethod
    def in_pipeline(at: date) -> int:
        """Return how many visits had an invitation by a day and had not begun, published or not.

        A function in the database, made from `public_counts`, counts them for the public and for staff.
        """
        with door.connection().cursor() as cursor:
            cursor.execute(f"SELECT {door.SCHEMA}.visits_in_pipeline(%s)", [at])
            return cursor.fetchone()[0]

    @property
    def status_in_words(self) -> str:
        """Return the label of `status_at`, which `with_status` annotates."""
        return self.Status(self.status_at).label

    def reference_stem(self) -> str:
        return f"{self.state.iso3}-{years(self.starts, self.invited)}"

    @property
    def days(self) -> str:
        """Return the days of the visit as people read them."""
        return self.days_of(self.starts, self.ends, self.invited)

    @staticmethod
    def days_of(starts: When | None, ends: When | None, invited: When | None) -> str:
        if starts is None and invited is None:  # a form whose dates could not be read
            return "no day recorded"
        return period(starts, ends) if starts else f"invited {invited.alone}"

    @property
    def began(self) -> When:
        """Return the day from which the visit was under way; one whose last day has come had begun, whatever its first.

        The querysets `perhaps_begun` and `begun` follow the same rule, and leave out cancelled visits. Only a visit
        with a first day has it.
        """
        return When(self.starts.earliest, min(when.latest for when in (self.starts, self.ends) if when))

    @property
    def over(self) -> When:
        """Return the day from which the visit was conducted, unless it was cancelled; it must have a first day."""
        return over(self.starts, self.ends)

    def precedes(self, other: "Visit") -> bool:
        """Return whether the visit was certainly before another: by the days, or else by the stated order."""
        if self.starts.surely_before(other.starts) or other.starts.surely_before(self.starts):
            return self.starts < other.starts
        return bool(self.stated_order and other.stated_order) and self.stated_order < other.stated_order

    @staticmethod
    def places(at: date) -> dict[int, order.Place]:
        """Return the place of each visit made at an invitation and surely begun by a day, by key, in their order.

        It is a range where the visit may have been before or after another, or where one before it may have begun after
        the day.
        """
        return order.places(perhaps_begun_in_order(at), set(keys_of_begun(at)))

    def in_the_order(self, at: date) -> dict | None:
        """Return the visit's place as at a day, of how many visits ("12", "12 to 14"), and the visits before and after
        it in the list, or None; nothing for a visit that is not counted, or may not have begun."""
        visits, surely = perhaps_begun_in_order(at), set(keys_of_begun(at))
        if self.pk not in surely:
            return None
        keys = [one.pk for one in visits]
        here = keys.index(self.pk)
        near = [*keys[max(here - 1, 0) : here], *keys[here + 1 : here + 2]]
        beside = Visit.objects.select_related("state").in_bulk(near)
        return {
            "place": order.places(visits, surely)[self.pk],
            "number_of_visits": " to ".join(map(str, sorted({len(surely), len(visits)}))),
            "previous": beside.get(keys[here - 1]) if here else None,
            "next": beside.get(keys[here + 1]) if here + 1 < len(keys) else None,
        }

    def timeline_entry(self, at: date) -> TimelineEntry:
        joint = "" if self.kind == self.Kind.AT_INVITATION else " (joint visit led by the Counter-Terrorism Committee)"
        line = f"Visit of the Committee: {self.status_in_words.lower()}{joint}"
        if self.status_at == self.Status.CANCELLED:
            when, day = self.cancelled, f"cancelled {self.cancelled}"
        elif self.starts and (self.starts.possible_by(at) or not self.invited):
            when, day = self.starts, self.days
        else:
            when, day = self.invited, f"invited {self.invited.alone}"
        return TimelineEntry(when, line, self, day, when.certain_by(at))

    def steps(self, period: Period) -> Iterator[Step]:
        """Yield the steps of the visit; a cancelled visit neither began nor was conducted."""
        is_joint, name = self.kind == self.Kind.JOINT, self.state.name_in_text
        kind = "joint visit" if is_joint else "visit"
        whose = "the joint visit led by the Counter-Terrorism Committee" if is_joint else "the visit of the Committee"
        if when := self.invited:
            yield self.make_step("invited", kind, when, f"{name} invited the Committee {in_a_sentence(when)}")
        for step in ("postponed", "cancelled"):
            if when := getattr(self, step):
                yield self.make_step(step, kind, when, f"{whose} to {name} was {step} {in_a_sentence(when)}")
        if not self.starts or (self.cancelled and self.cancelled.certain_by(period.at)):
            return
        last = self.ends or self.starts
        if is_joint:
            sentence = f"{whose} to {name} was conducted, {self.days}"
            yield self.make_step("conducted", kind, last, sentence, self.over)
        else:
            sentence = f"the Committee conducted its visit to {name}, {self.days}"
            yield self.make_step("conducted", "visit conducted", last, sentence, self.over)
        # That a visit was conducted implies that it began, if the one is as certain in the period as the other.
        is_implied = period.day(self.over) in ((Day.WITHIN,) if period.day(self.began) == Day.WITHIN else Day)
        if not is_implied:
            yield self.make_step(
                "begun", kind, self.starts, f"{whose} to {name} began {in_a_sentence(self.starts)}", self.began
            )

    def clean(self):
        if self.stated_order and self.starts and self.state_id:
            self._check_stated_order()

    def _check_stated_order(self):
        """Refuse a stated order that contradicts the days. Raises ValidationError."""
        contradicts = Q(stated_order__lt=self.stated_order, starts__earliest__gt=self.starts.latest)
        if self.starts.earliest:
            contradicts |= Q(stated_order__gte=self.stated_order, starts__latest__lt=self.starts.earliest)
        others = Visit.objects.exclude(pk=self.pk).filter(contradicts, starts__isnull=False).order_by("pk")
        if other := others.select_related("state").first():
            reason = f"By its days this visit lies on the other side of: {other} (order {other.stated_order})."
            raise ValidationError({"stated_order": reason})
