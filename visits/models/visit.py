"""Visits of the Committee to States, at their invitation."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Case, F, Q, Value
from django.db.models import When as If
from django.db.models.functions import Coalesce, Greatest

from r1540 import door
from r1540.as_at.compiled import any_of, compiled
from r1540.as_at.period import Day, Period, Step
from r1540.as_at.recorded import recorded
from r1540.as_at.rules import LONG_AGO, DateRange, not_before
from r1540.as_at.when import WHEN_HELP, When, WhenField, in_a_sentence, period
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions
from r1540.lists.addresses import address
from states.models import Fact, FactKind, FactQuerySet, Organization, State, TimelineEntry
from states.models.fact import fact_constraints, years

from . import order

ONE_DAY = timedelta(days=1)

# The visits whose days are known, and that were not cancelled: only of these it is certain that two overlap.
# Each column is compared with NULL, too: Django's forms take a condition that is NULL as true, PostgreSQL as false.
DAYS_KNOWN = Q(
    starts__isnull=False, starts__earliest__isnull=False, starts__earliest=F("starts__latest"), cancelled__isnull=True
) & (Q(ends__isnull=True) | Q(ends__earliest__isnull=False, ends__earliest=F("ends__latest")))


BY_DAYS = (
    Case(If(starts__isnull=False, then=Coalesce("starts__earliest", LONG_AGO))).asc(nulls_last=True),
    F("stated_order").asc(nulls_last=True),
    F("starts__latest").asc(nulls_last=True),
    F("invited").asc(),
)


def over(starts: When, ends: When | None) -> When:
    """Return the day from which a visit was conducted: the day after its last day, or after the only day recorded.

    The querysets `perhaps_conducted` and `conducted` follow the same rule.
    """
    last = ends or starts
    earliest = max((when.earliest for when in (starts, last) if when.earliest), default=None)
    return When(earliest and earliest + ONE_DAY, last.latest + ONE_DAY)


class VisitQuerySet(FactQuerySet):
    def at_invitation(self):
        """Return the visits that are counted; a joint visit led by the Counter-Terrorism Committee is not."""
        return self.filter(kind=Visit.Kind.AT_INVITATION)

    def known(self, at: date):
        """Return the visits whose invitation or first day was, or may have been, by a day."""
        return self.filter(Q(invited__possible_by=at) | Q(starts__possible_by=at))

    def for_timeline(self, at: date):
        return self.known(at).with_status(at)

    def found_by(self, text: str, states: list[int], at: date):
        """Return the visits, known by a day, to the States with these keys, as a search shows them."""
        found = self.known(at).filter(any_of("state", states)).select_related("state")
        return found.only("invited", "state__name_in_text", "starts", "ends", "reference", "state__iso3")

    def begun(self, at: date):
        """Return the visits certainly under way or conducted by a day; one whose last day has come had begun."""
        begun = Q(starts__certain_by=at) | Q(ends__certain_by=at)
        return self.filter(begun).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def perhaps_begun(self, at: date):
        """Return the visits that were, or may have been, under way or conducted by a day."""
        return self.filter(starts__possible_by=at).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def conducted(self, at: date):
        """Return the visits certainly over by a day: their last day, or the only day recorded, lies before it."""
        return self.begun(at).filter(Q(ends__latest__lt=at) | Q(ends__isnull=True, starts__latest__lt=at))

    def perhaps_conducted(self, at: date):
        """Return the visits that were, or may have been, over by a day."""
        open_start = Q(starts__earliest__isnull=True) | Q(starts__earliest__lt=at)
        open_end = Q(ends__earliest__isnull=True) | Q(ends__earliest__lt=at)
        return self.perhaps_begun(at).filter(open_start, Q(ends__isnull=True) | open_end)

    def pipeline(self, at: date):
        """Return the visits with a certain invitation by a day, and certainly not begun by it."""
        return (
            self.filter(invited__certain_by=at)
            .exclude(starts__isnull=False, starts__possible_by=at)
            .exclude(cancelled__isnull=False, cancelled__certain_by=at)
        )

    def latest_first(self):
        """Return the visits of one State, the latest in their order first."""
        return self.order_by(*BY_DAYS, "pk").reverse()

    def with_status(self, at: date):
        """Annotate each visit with its status on a day, `status_at`, and whether it was over by it, `conducted_by`."""
        return self.annotate(**status_of_visits(at))

    def in_order(self):
        """Return the visits in their order: by the days, and where these are not known, as the source states it."""
        return self.order_by(*BY_DAYS, "state__sort_name", "pk")


surely_begun = compiled(lambda at: Visit.objects.at_invitation().begun(at).order_by().values_list("pk", flat=True))
numbered = compiled(
    lambda at: Visit.objects.at_invitation().perhaps_begun(at).in_order().only("starts", "stated_order")
)


def status_of_visits(at: date) -> dict:
    status, visits = Visit.Status, Visit.objects.order_by()
    return {
        "conducted_by": recorded(
            Q(pk__in=visits.conducted(at).values("pk")), Q(pk__in=visits.perhaps_conducted(at).values("pk"))
        ),
        "status_at": Case(
            If(cancelled__certain_by=at, then=Value(status.CANCELLED)),
            If(ends__latest__lt=at, then=Value(status.CONDUCTED)),
            If(Q(starts__latest__lt=at, ends__isnull=True), then=Value(status.CONDUCTED)),
            If(Q(starts__certain_by=at) | Q(ends__certain_by=at), then=Value(status.UNDER_WAY)),
            If(starts__possible_by=at, then=Value(status.NOT_ESTABLISHED)),
            If(postponed__certain_by=at, then=Value(status.POSTPONED)),
            If(Q(invited__certain_by=at, starts__isnull=False), then=Value(status.SCHEDULED)),
            If(invited__certain_by=at, then=Value(status.INVITED)),
            default=Value(status.NOT_ESTABLISHED),
            output_field=models.CharField(choices=status),
        ),
    }


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
    invited = WhenField(null=True, blank=True, help_text=f"Date of the State's invitation. {WHEN_HELP}")
    starts = WhenField("first day", null=True, blank=True, help_text=WHEN_HELP)
    ends = WhenField("last day", null=True, blank=True, help_text=WHEN_HELP)
    postponed = WhenField(
        null=True,
        blank=True,
        help_text=f"When it was put off; enter the new first day when it is known. {WHEN_HELP}",
    )
    cancelled = WhenField(null=True, blank=True, help_text=WHEN_HELP)
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

    def get_absolute_url(self):
        return address("visit", self.reference)

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
        return period(starts, ends) if starts else f"invited {invited}"

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
    def numbers(at: date) -> dict[int, int]:
        """Return the number of each visit, by key, as at a day: 1 for the first one made at an invitation.

        A visit has a number only where it is established. A visit that may have begun after the day has none, nor has
        any visit after it in the order, nor one that may have been before or after another visit.
        """
        return order.numbers(numbered(at), set(surely_begun(at)))

    def timeline_entry(self, at: date) -> TimelineEntry:
        joint = "" if self.kind == self.Kind.AT_INVITATION else " (joint visit led by the Counter-Terrorism Committee)"
        line = f"Visit of the Committee: {self.status_in_words.lower()}{joint}"
        if self.status_at == self.Status.CANCELLED:
            when, day = self.cancelled, f"cancelled {self.cancelled}"
        elif self.starts and self.starts.possible_by(at):
            when, day = self.starts, self.days
        else:
            when, day = self.invited, f"invited {self.invited}"
        return TimelineEntry(when, line, self, day, when.certain_by(at))

    def steps(self, period: Period) -> Iterator[Step]:
        """Yield the steps of the visit; a cancelled visit neither began nor was conducted."""
        is_joint, name = self.kind == self.Kind.JOINT, self.state.name_in_text
        kind = "joint visit" if is_joint else "visit"
        whose = "the joint visit led by the Counter-Terrorism Committee" if is_joint else "the visit of the Committee"
        if when := self.invited:
            yield self.step("invited", kind, when, f"{name} invited the Committee {in_a_sentence(when)}")
        for step in ("postponed", "cancelled"):
            if when := getattr(self, step):
                yield self.step(step, kind, when, f"{whose} to {name} was {step} {in_a_sentence(when)}")
        if not self.starts or (self.cancelled and self.cancelled.certain_by(period.at)):
            return
        last = self.ends or self.starts
        if is_joint:
            sentence = f"{whose} to {name} was conducted, {self.days}"
            yield self.step("conducted", kind, last, sentence, self.over)
        else:
            sentence = f"the Committee conducted its visit to {name}, {self.days}"
            yield self.step("conducted", "visit conducted", last, sentence, self.over)
        # That a visit was conducted implies that it began, if the one is as certain in the period as the other.
        is_implied = period.day(self.over) in ((Day.WITHIN,) if period.day(self.began) == Day.WITHIN else Day)
        if not is_implied:
            yield self.step(
                "begun", kind, self.starts, f"{whose} to {name} began {in_a_sentence(self.starts)}", self.began
            )

    def clean(self):
        if self.stated_order and self.starts and self.state_id:
            self._check_stated_order()

    def _check_stated_order(self):
        """Refuse a stated order that contradicts the days. Raises ValidationError."""
        others = Visit.objects.exclude(pk=self.pk).filter(stated_order__isnull=False, starts__isnull=False)
        for other in others.select_related("state"):
            first, second = sorted((self, other), key=lambda visit: visit.stated_order)
            if second.starts.surely_before(first.starts):
                reason = f"By its days this visit lies on the other side of: {other} (order {other.stated_order})."
                raise ValidationError({"stated_order": reason})
