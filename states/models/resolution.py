"""Resolutions of the Security Council on 1540 (2004), and the mandate of the Committee that they set."""

from collections.abc import Iterator
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat

from r1540.as_at.compiled import compiled
from r1540.as_at.names import Fold, with_words
from r1540.as_at.past import HappenedOnField
from r1540.as_at.period import Period, Step
from r1540.as_at.rules import ADOPTED_ON, BEFORE_ADOPTION
from r1540.as_at.when import When
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions
from r1540.lists.addresses import address

from .fact import Fact, FactQuerySet, fact_constraints
from .kind import FactKind, TimelineEntry


class ResolutionQuerySet(FactQuerySet):
    def known(self, at: date):
        return self.adopted(at)

    def adopted(self, at: date):
        """Return the resolutions adopted by a day."""
        return self.filter(adopted_on__lte=at)

    def between(self, period: Period):
        """Return the resolutions that extended the mandate in a period."""
        return self.adopted(period.at).filter(mandate_until__isnull=False, adopted_on__gt=period.since)

    def found_by(self, text: str, states: list[int], at: date):
        """Return the resolutions, adopted by a day, with the words of a text in their symbol, as people write it."""
        called = Concat(Value("Security Council resolution UNSCR SCR mandate "), "symbol", output_field=TextField())
        return with_words(self.adopted(at).alias(called=Fold(called)), "called", text)

    def in_force(self, at: date):
        """Return the resolutions whose mandate for the Committee has not ended on a day, the latest first."""
        return self.adopted(at).filter(mandate_until__gte=at).order_by("-adopted_on")


@compiled
def setting_the_mandate(at: date):
    return Resolution.objects.in_force(at)[:1]


@in_steps
@tracked
class Resolution(Fact):
    """A resolution of the Security Council on 1540 (2004); some set or extend the mandate of the Committee."""

    symbol = models.CharField(
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"\AS/RES/[0-9]{1,4} \([0-9]{4}\)\Z", "A resolution reads S/RES/1540 (2004).")],
    )
    adopted_on = HappenedOnField()
    meeting = models.PositiveSmallIntegerField("meeting of the Council", null=True, blank=True)
    effect = models.TextField(help_text="What it did, in one sentence.")
    mandate_until = models.DateField("mandate until", null=True, blank=True, help_text="Only if it set the mandate.")

    objects = ResolutionQuerySet.as_manager()

    fact_kind = FactKind(
        order=5,
        singular="resolution",
        plural="resolutions",
        file="resolutions",
        days=("adopted_on",),
        happenings={"mandate": "Mandate of the Committee"},
    )
    public_columns = f"{Fact.public_columns} symbol adopted_on meeting effect mandate_until"

    class Meta:
        ordering = ["adopted_on"]
        permissions = step_permissions("resolution", "resolutions")
        constraints = [
            *fact_constraints("resolution"),
            models.CheckConstraint(
                name="resolution_since_1540",
                condition=Q(adopted_on__gte=ADOPTED_ON),
                violation_error_message=BEFORE_ADOPTION,
            ),
            models.CheckConstraint(
                name="resolution_mandate_after_adoption",
                condition=Q(mandate_until__isnull=True) | Q(mandate_until__gt=models.F("adopted_on")),
                violation_error_message="A mandate cannot end before the resolution that sets it.",
            ),
        ]

    def __str__(self):
        return f"Resolution {self.symbol.removeprefix('S/RES/')}"

    def get_absolute_url(self):
        return f"{address('about')}#resolution-{self.reference}"

    @staticmethod
    def mandate(at: date):
        """Return the resolution that sets the mandate of the Committee on a day, or None."""
        return next(iter(setting_the_mandate(at)), None)

    def reference_stem(self) -> str:
        return self.symbol.removeprefix("S/RES/").split()[0]

    def timeline_entry(self, at: date) -> TimelineEntry:
        when = When.day(self.adopted_on)
        return TimelineEntry(when, f"{self}: {self.effect}", self, str(when), True)

    def steps(self, period: Period) -> Iterator[Step]:
        until, when = When.day(self.mandate_until), When.day(self.adopted_on)
        sentence = (
            f"The Security Council extended the mandate of the Committee until {until} by {str(self).lower()} on {when}"
        )
        yield Step(
            "mandate", f"resolution/{self.reference}/adopted", when, sentence, self.get_absolute_url(), fact=self
        )
