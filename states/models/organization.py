"""International organizations and who belongs to them, day by day."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from r1540.as_at.names import Fold
from r1540.as_at.rules import not_before, surely
from r1540.as_at.when import WHEN_HELP, WhenField, in_a_sentence
from r1540.history import tracked
from r1540.lists.addresses import address

from .fact import Certainty, Source
from .kind import TimelineEntry
from .state import State


@tracked
class Organization(models.Model):
    """An international organization whose members, or whose work, matter for resolution 1540 (2004)."""

    class Kind(models.TextChoices):
        REGIONAL = "regional", "Regional"
        SUBREGIONAL = "subregional", "Subregional"
        INTERGOVERNMENTAL = "intergovernmental", "Intergovernmental"
        EXPORT_CONTROL = "export control regime", "Export control regime"

    acronym = models.CharField(
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9-]*\Z", "Letters, digits and hyphens only.")],
        help_text="Its permanent name in addresses and files: CIS.",
    )
    name = models.CharField(max_length=150, unique=True)
    sort_name = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    kind = models.CharField(max_length=25, choices=Kind)
    seat = models.CharField(max_length=60, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="Public.")
    internal_note = models.TextField(blank=True, help_text="For staff only. Never public.")

    public_columns = "id acronym name sort_name kind seat founded_on note"
    internal_columns = "internal_note"

    class Meta:
        ordering = ["sort_name"]

    def __str__(self):
        return f"{self.name} ({self.acronym})"

    def get_absolute_url(self):
        return address("organization", self.acronym)


class MembershipQuerySet(models.QuerySet):
    def current(self, at: date):
        """Return the memberships in force on a day: begun by then as far as is known, and not ended by then."""
        begun = Q(joined__isnull=True) | Q(joined__certain_by=at)
        return self.filter(begun).exclude(left__isnull=False, left__certain_by=at)

    def known(self, at: date):
        """Return the memberships that had begun, or may have begun, by a day, ended since or not."""
        return self.filter(Q(joined__isnull=True) | Q(joined__possible_by=at))

    def for_timeline(self, at: date):
        return self.known(at).select_related("organization")

    def counted(self):
        """Return the memberships that make a State a member: all but those of associates."""
        return self.exclude(status=Membership.Status.ASSOCIATE)

    def making_members(self, acronyms, at: date):
        """Return the keys of the States that are members of any of the organizations on a day.

        The query refers to no other row, so that as a subquery it stays cheap, whatever the query plan.
        """
        return self.current(at).counted().filter(organization__acronym__in=acronyms).order_by().values("state")


@tracked
class Membership(models.Model):
    """A State belongs to an organization, in one status, from the day it joined until the day it left."""

    class Status(models.TextChoices):
        MEMBER = "member", "Member"
        ASSOCIATE = "associate", "Associate member"
        SUSPENDED = "suspended", "Suspended"
        NON_PARTICIPATING = "non-participating", "Not participating"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    state = models.ForeignKey(State, models.PROTECT, related_name="memberships", verbose_name="State")
    number = models.PositiveSmallIntegerField(
        default=1,
        help_text="1 for the first time, or the first status, of the State in this organization; then 2, 3 …",
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.MEMBER)
    joined = WhenField(
        null=True, blank=True, help_text=f"Empty: since before the record, as far as is known. {WHEN_HELP}"
    )
    left = WhenField(null=True, blank=True, help_text=f"The first day on which it no longer holds. {WHEN_HELP}")
    certainty = models.CharField(max_length=20, choices=Certainty, default=Certainty.CONFIRMED)
    sources = models.ManyToManyField(Source, blank=True, related_name="%(class)s_set")
    note = models.CharField(max_length=250, blank=True, help_text="Public.")
    internal_note = models.TextField(blank=True, help_text="For staff only. Never public.")

    objects = MembershipQuerySet.as_manager()

    public_columns = "id organization state number status joined left certainty note"
    internal_columns = "internal_note"

    class Meta:
        ordering = ["organization__sort_name", "state__sort_name", "number"]
        constraints = [
            models.UniqueConstraint(
                name="membership_number_once",
                fields=["organization", "state", "number"],
                violation_error_message="This State has a membership with this number in this organization already.",
            ),
            not_before(
                "membership_left_after_joined",
                "left",
                "joined",
                "A State cannot leave an organization before it joined.",
            ),
            ExclusionConstraint(
                name="membership_without_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("state", RangeOperators.EQUAL),
                    (surely("joined", "left"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="This State's memberships in this organization overlap.",
            ),
        ]

    def __str__(self):
        return f"{self.state} in {self.organization.acronym}: {self.get_status_display().lower()}"

    def get_absolute_url(self):
        return self.organization.get_absolute_url()

    def timeline_entry(self, at: date) -> TimelineEntry:
        """Return the entry of the membership among what cites a source."""
        line = f"{self.organization}: {self.get_status_display().lower()}"
        return TimelineEntry(self.joined, line, self, self.days, not self.joined or self.joined.certain_by(at))

    @property
    def since(self) -> str:
        """Return since when it holds, as people read it: "since 1991", "since when: none recorded"."""
        if not self.joined:
            return "since when: none recorded"
        return f"since {self.joined}" if self.joined.parts else f"since a day {in_a_sentence(self.joined)}"

    @property
    def days(self) -> str:
        """Return since when, and until when, it holds."""
        return f"{self.since}, left {in_a_sentence(self.left)}" if self.left else self.since
