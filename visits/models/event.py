"""Workshops, trainings, peer reviews and other events in which the Committee takes part; they are not visits."""

from collections.abc import Iterator
from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat

from r1540.as_at.names import Fold, Words, with_words
from r1540.as_at.period import Period, Step
from r1540.as_at.rules import is_today, not_before
from r1540.as_at.when import WHEN_HELP, When, WhenField, period
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions
from states.models import Fact, FactKind, FactQuerySet, Organization, State, TimelineEntry
from states.models.fact import fact_constraints


class EventQuerySet(FactQuerySet):
    def known(self, at: date):
        """Return the events that had begun, or may have begun, by a day; as at today, planned ones too."""
        return self.filter(Q(starts__possible_by=at) | is_today(at))

    def found_by(self, text: str, states: list[int], at: date):
        """Return the events, known by a day, with the words of a text in their titles, places and organizers, as a
        search shows them."""
        found = with_words(self.known(at).select_related("state"), "folded", text)
        return found.only("title", "place", "starts", "ends", "reference", "state__iso3")


@in_steps
@tracked
class Event(Fact):
    """A workshop, round table or training on resolution 1540 (2004), in a State or for it."""

    class Kind(models.TextChoices):
        REGIONAL_WORKSHOP = "regional workshop", "Regional workshop"
        REPORTING_WORKSHOP = "reporting workshop", "Reporting workshop"
        NATIONAL_ROUNDTABLE = "national roundtable", "National round table"
        COUNTRY_ACTIVITY = "country-specific activity", "Country-specific activity"
        TRAINING = "points of contact training", "Training of points of contact"
        PEER_REVIEW = "peer review", "Peer review"
        PARLIAMENTARY = "parliamentary seminar", "Parliamentary seminar"
        CONFERENCE = "conference", "Conference"

    state = models.ForeignKey(
        State,
        models.PROTECT,
        related_name="events",
        verbose_name="State",
        help_text="The host, or the State it was for.",
    )
    kind = models.CharField(max_length=30, choices=Kind)
    title = models.CharField(max_length=250)
    sort_title = models.GeneratedField(
        expression=Fold("title"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    place = models.CharField(max_length=100, blank=True)
    starts = WhenField("first day", help_text=WHEN_HELP)
    ends = WhenField("last day", null=True, blank=True, help_text=WHEN_HELP)
    organizers = models.CharField(max_length=250, blank=True, help_text="As the source names them.")
    folded = models.GeneratedField(
        expression=Fold(
            Concat("title", Value(" "), "place", Value(" "), "organizers", output_field=models.TextField())
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    organizations = models.ManyToManyField(
        Organization,
        blank=True,
        related_name="events",
        verbose_name="organizations that organized it or took part",
    )
    link = models.URLField(max_length=400, blank=True, validators=[URLValidator(["http", "https"])])

    objects = EventQuerySet.as_manager()

    fact_kind = FactKind(
        order=4,
        singular="event",
        plural="events",
        file="events",
        list_view="visits.lists.events.EventList",
        page_view="visits.lists.events.EventPage",
        first_known="starts",
        days=("starts",),
        happenings={"event": "Event"},
    )
    public_columns = f"{Fact.public_columns} state kind title sort_title place starts ends organizers folded link"

    first_and_last = ("starts", "ends")

    class Meta:
        ordering = ["starts", "sort_title", "pk"]
        permissions = step_permissions("event", "events")
        indexes = [
            # For the search: the first of the many events that have a word such as "workshop".
            models.Index(name="event_by_day", fields=["starts", "sort_title", "id"], condition=Q(published=True)),
            GinIndex(Words("sort_title"), name="event_words_of_title"),  # for with_words
            GinIndex(Words("folded"), name="event_words"),  # for the search
        ]
        constraints = [
            *fact_constraints("event", "starts", "ends"),
            not_before("event_ends_after_start", "ends", "starts", "An event cannot end before it starts."),
        ]

    def __str__(self):
        return f"{self.title}, {self.days}"

    def reference_stem(self) -> str:
        return f"{self.state.iso3}-event-{self.starts.latest:%Y-%m}"

    @property
    def days(self) -> str:
        """Return the days of the event as people read them."""
        return self.days_of(self.starts, self.ends)

    @staticmethod
    def days_of(starts: When, ends: When | None) -> str:
        return period(starts, ends or starts)

    def is_planned(self, at: date) -> bool:
        """Return whether the event surely began after a day."""
        return not self.starts.possible_by(at)

    @property
    def what(self) -> str:
        """Return the kind, title and place of the event in one line."""
        return f"{self.get_kind_display()}: {', '.join(filter(None, [self.title, self.place]))}"

    def timeline_entry(self, at: date) -> TimelineEntry:
        line = f"Planned: {self.what}" if self.is_planned(at) else self.what
        return TimelineEntry(self.starts, line, self, self.days, self.starts.certain_by(at))

    def steps(self, period: Period) -> Iterator[Step]:
        yield self.make_step("starts", "event", self.starts, f"{self.what}, {self.days}")
