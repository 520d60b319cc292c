"""The list of events."""

import django_filters
from django.utils.html import format_html

from r1540.as_at.names import with_words
from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, PeriodColumn, WhenColumn, WordsColumn
from r1540.lists.filters import AnyOf
from states.lists.facts import FactFilters, FactListing, FactTable, LinkColumn, StateColumn, with_sources
from visits.models import Event


class EventFilters(FactFilters):
    kind = AnyOf(choices=Event.Kind.choices, label="Kind")
    title = django_filters.CharFilter(label="Words of the title", method="titled", max_length=100)

    days = (("starts", "ends"),)

    def titled(self, queryset, name, value):
        return with_words(queryset, "sort_title", value)


class EventDaysColumn(PeriodColumn):
    """The days of an event."""

    def as_html(self, context, starts, ends):
        return Event.days_of(starts, ends)

    def as_data(self, starts, ends):
        return super().as_data(starts, ends or starts)

    def bounds(self, starts, ends):
        return super().bounds(starts, ends or starts)


class EventTitleColumn(Column):
    """The title of an event, with a link to it on the page of its State."""

    def as_html(self, context, title, iso3, reference):
        return format_html('<a href="{}#{}">{}</a>', address("state", iso3), reference, title)


class EventTable(FactTable):
    days = EventDaysColumn(accessor="starts", also=("ends",), css_class="days")
    title = EventTitleColumn(also=("state__iso3", "reference"), order_by="sort_title")
    kind = WordsColumn(choices=Event.Kind)
    place = Column()
    state = StateColumn()
    organizers = Column(orderable=False)
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    link = LinkColumn()
    address = AddressColumn(Event.address_of, "reference", "state__iso3")

    hidden = (*FactTable.hidden, "organizers", "starts", "ends", "link")

    class Meta:
        sequence = ("days", "title", "kind", "place", "state", "iso3", "organizers", "starts", "ends", "...")


class EventList(FactListing):
    table_class, filterset_class = EventTable, EventFilters
    title, noun = "Events", ("event", "events")
    lead = "Workshops, round tables and trainings in which the Committee takes part. They are not visits."

    def facts(self, at):
        return with_sources(Event.objects.known(at)).order_by("-starts", "sort_title")
