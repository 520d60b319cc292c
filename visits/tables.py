"""The columns of the lists of visits and events."""

from django.utils.html import format_html

from r1540.lists.addresses import address
from r1540.lists.columns import Column, WhenColumn, WordsColumn
from states.tables import FactTable, LinkColumn, StateColumn

from .models import Event, Visit


class VisitNumberColumn(Column):
    """Which visit in the order of visits each is, as at the day; see Visit.numbers."""

    def values(self, rows, context):
        numbers = Visit.numbers(context.at)
        return [(numbers.get(key),) for (key,) in super().values(rows, context)]


class VisitDaysColumn(Column):
    """The days of a visit, leading to its page."""

    empty_values = ()  # of a visit that has not begun: when the State invited the Committee

    def as_html(self, context, starts, ends, invited, reference):
        return context.link(address("visit", reference), Visit.days_of(starts, ends, invited))

    def as_data(self, starts, ends, invited, reference):
        return Visit.days_of(starts, ends, invited)


class VisitTable(FactTable):
    number = VisitNumberColumn(verbose_name="Order", accessor="pk", orderable=False, css_class="number")
    state = StateColumn()
    days = VisitDaysColumn(accessor="starts", also=("ends", "invited", "reference"), css_class="days")
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    invited = WhenColumn()
    kind = WordsColumn(choices=Visit.Kind)
    status = WordsColumn(accessor="status_at", choices=Visit.Status)
    link = LinkColumn()

    sequence = ("number", "state", "days", "starts", "ends", "invited", "kind", "status")
    hidden = (*FactTable.hidden, "starts", "ends", "invited", "link")


class EventDaysColumn(Column):
    """The days of an event."""

    def as_html(self, context, starts, ends):
        return Event.days_of(starts, ends)

    def as_data(self, starts, ends):
        return Event.days_of(starts, ends)


class EventTitleColumn(Column):
    """The title of an event, leading to it on the page of its State."""

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

    sequence = ("days", "title", "kind", "place", "state", "organizers", "starts", "ends")
    hidden = (*FactTable.hidden, "organizers", "starts", "ends", "link")
