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

# Known to the day, and not cancelled: only then can two visits be said to overlap.
# Each unknown is asked for by name: of a condition that is NULL, a form takes that it holds, the database that not.
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
    """The day from which a visit was conducted, as far as is known: the day after its last, or after the only day known
    of it. As `perhaps_conducted` and `conducted` ask."""
    last = ends or starts
    earliest = max((when.earliest for when in (starts, last) if when.earliest), default=None)
    return When(earliest and earliest + ONE_DAY, last.latest + ONE_DAY)


class VisitQuerySet(FactQuerySet):
    def at_invitation(self):
        """Visits that count: a joint visit led by the Counter-Terrorism Committee does not."""
        return self.filter(kind=Visit.Kind.AT_INVITATION)

    def known(self, at: date):
        """Visits of which something was, or may have been, known by a day: the invitation, or the first day."""
        return self.filter(Q(invited__possible_by=at) | Q(starts__possible_by=at))

    def for_timeline(self, at: date):
        return self.known(at).with_status(at)

    def found_by(self, text: str, states: list[int], at: date):
        """Return the visits known by a day to States found by name, and of them what a search shows."""
        found = self.known(at).filter(any_of("state", states)).select_related("state")
        return found.only("invited", "state__name_in_text", "starts", "ends", "reference", "state__iso3")

    def begun(self, at: date):
        """Visits surely under way or conducted by a day: one whose last day has come began, whatever its first."""
        begun = Q(starts__certain_by=at) | Q(ends__certain_by=at)
        return self.filter(begun).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def perhaps_begun(self, at: date):
        """Visits that were, or may have been, under way or conducted by a day."""
        return self.filter(starts__possible_by=at).exclude(cancelled__isnull=False, cancelled__certain_by=at)

    def conducted(self, at: date):
        """Visits surely over by a day: their last day, or the only day known of them, lies before it."""
        return self.begun(at).filter(Q(ends__latest__lt=at) | Q(ends__isnull=True, starts__latest__lt=at))

    def perhaps_conducted(self, at: date):
        """Visits that were, or may have been, over by a day."""
        open_start = Q(starts__earliest__isnull=True) | Q(starts__earliest__lt=at)
        open_end = Q(ends__earliest__isnull=True) | Q(ends__earliest__lt=at)
        return self.perhaps_begun(at).filter(open_start, Q(ends__isnull=True) | open_end)

    def pipeline(self, at: date):
        """Visits to which a State had surely invited the Committee by a day, and that had surely not begun."""
        return (
            self.filter(invited__certain_by=at)
            .exclude(starts__isnull=False, starts__possible_by=at)
            .exclude(cancelled__isnull=False, cancelled__certain_by=at)
        )

    def latest_first(self):
        """Of one State, the latest in their order first."""
        return self.order_by(*BY_DAYS, "pk").reverse()

    def with_status(self, at: date):
        """Each visit with its `status_at` the day, worked out from its days; and whether it was `conducted_by` it."""
        return self.annotate(**status_of_visits(at))

    def in_order(self):
        """In the order of the visits: by the days, and where these are not known, as the source states it."""
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
        """Where a visit stands on a day. Worked out from its days, never stored."""

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

    # The one thing that the public may know of visits not yet published: how many are in the pipeline on a day, as
    # the Chair says it; never which. Those that somebody checked count. The same condition as `pipeline`, in SQL.
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
        """How many States had invited the Committee by a day for a visit that had not begun, published or not.

        Asked of a function that door/views.py makes, for the public and staff alike.
        """
        with door.connection().cursor() as cursor:
            cursor.execute(f"SELECT {door.SCHEMA}.visits_in_pipeline(%s)", [at])
            return cursor.fetchone()[0]

    @property
    def status_in_words(self) -> str:
        """The words of `status_at`, which `with_status` annotates."""
        return self.Status(self.status_at).label

    def reference_stem(self) -> str:
        return f"{self.state.iso3}-{years(self.starts, self.invited)}"

    @property
    def days(self) -> str:
        """Its days as people read them."""
        return self.days_of(self.starts, self.ends, self.invited)

    @staticmethod
    def days_of(starts: When | None, ends: When | None, invited: When | None) -> str:
        return period(starts, ends) if starts else f"invited {invited}"

    @property
    def began(self) -> When:
        """The day from which it was under way, as far as is known: one whose last day has come began, whatever its
        first. As `perhaps_begun` and `begun` ask, unless it was cancelled; only a visit with a first day has it."""
        return When(self.starts.earliest, min(when.latest for when in (self.starts, self.ends) if when))

    @property
    def over(self) -> When:
        """The day from which it was conducted, unless it was cancelled; only a visit with a first day has it."""
        return over(self.starts, self.ends)

    def precedes(self, other: "Visit") -> bool:
        """Whether it surely came before another: by the days, and where these do not say, as the source states it."""
        if self.starts.surely_before(other.starts) or other.starts.surely_before(self.starts):
            return self.starts < other.starts
        return bool(self.stated_order and other.stated_order) and self.stated_order < other.stated_order

    @staticmethod
    def numbers(at: date) -> dict[int, int]:
        """Which visit each one is, by key, as at a day: 1 for the first that the Committee made at an invitation.

        Only where it is established: a visit that may lie before or after the day has no number, nor has any that
        comes after it in the order, nor one that may have come before or after another.
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
        """Yield the steps of the visit. One that was cancelled neither began nor was conducted."""
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
        # That a visit began goes without saying where it is said, as surely, that it was conducted.
        is_said = period.day(self.over) in ((Day.WITHIN,) if period.day(self.began) == Day.WITHIN else Day)
        if not is_said:
            yield self.step(
                "begun", kind, self.starts, f"{whose} to {name} began {in_a_sentence(self.starts)}", self.began
            )

    def clean(self):
        if self.stated_order and self.starts and self.state_id:
            self._check_stated_order()

    def _check_stated_order(self):
        """Days are facts, a stated order is a hint: it may not contradict them."""
        others = Visit.objects.exclude(pk=self.pk).filter(stated_order__isnull=False, starts__isnull=False)
        for other in others.select_related("state"):
            first, second = sorted((self, other), key=lambda visit: visit.stated_order)
            if second.starts.surely_before(first.starts):
                reason = f"By its days this visit lies on the other side of: {other} (order {other.stated_order})."
                raise ValidationError({"stated_order": reason})
