"""The list of events, and the page of one."""

import django_filters
from django.utils.html import format_html

from r1540.as_at.names import with_words
from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, PeriodColumn, WhenColumn, WordsColumn
from r1540.lists.detail import fact_data
from r1540.lists.filters import AnyOf
from states.lists.facts import FactFilters, FactListing, FactPage, FactTable, LinkColumn, StateColumn, with_sources
from states.models import State
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
        days = Event.days_of(starts, ends)
        return days if starts.possible_by(context.at) else format_html('{} <span class="aside">(planned)</span>', days)

    def as_data(self, starts, ends):
        return super().as_data(starts, ends or starts)

    def bounds(self, starts, ends):
        return super().bounds(starts, ends or starts)


class EventTitleColumn(Column):
    """The title of an event, with a link to its page."""

    def as_html(self, context, title, reference):
        return context.link(address("event", reference), title)


class EventTable(FactTable):
    days = EventDaysColumn(accessor="starts", also=("ends",), css_class="days")
    title = EventTitleColumn(also=("reference",), order_by="sort_title", css_class="name")
    kind = WordsColumn(choices=Event.Kind)
    place = Column()
    state = StateColumn(css_class="")
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
        events = Event.objects.exclude(state__in=State.objects.absent(at)).known(at)
        return with_sources(events).order_by("-starts", "sort_title")


class EventPage(FactPage):
    model, template_name = Event, "event.html"
    lists = ("sources", "organizations")

    def get_context_data(self, **kwargs):
        is_planned = self.object.is_planned(self.at)
        is_perhaps_begun = not is_planned and not self.object.starts.certain_by(self.at)
        return super().get_context_data(is_planned=is_planned, is_perhaps_begun=is_perhaps_begun, **kwargs)

    def data(self):
        words = ("title", "kind", "place", "starts", "ends", "organizers", "link")
        return fact_data(self.object, *words) | {
            "as_of": self.at.isoformat(),
            "planned": self.object.is_planned(self.at),
            "organizations": [organization.acronym for organization in self.object.organizations.all()],
        }
