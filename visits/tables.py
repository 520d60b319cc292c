"""The columns of the lists of visits and events."""

import django_tables2 as tables
from django.utils.html import format_html

from r1540.lists.addresses import address
from r1540.lists.columns import Column, WhenColumn, WordsColumn
from states.tables import FactTable, LinkColumn, StateColumn

from .models import Event, Visit


class VisitTable(FactTable):
    number = tables.Column(
        accessor="pk",
        verbose_name="Order",
        orderable=False,
        empty_values=(),
        default="",
        attrs={"td": {"class": "number"}},
    )
    state = StateColumn()
    days = Column(
        accessor="starts",
        also=["ends", "invited", "reference"],
        verbose_name="Days",
        empty_values=(),
        attrs={"td": {"class": "days"}},
    )
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    invited = WhenColumn(verbose_name="Invited")
    kind = WordsColumn(verbose_name="Kind", choices=Visit.Kind)
    status = WordsColumn(accessor="status_at", verbose_name="Status", choices=Visit.Status)
    link = LinkColumn(verbose_name="Link", orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("number", "state", "days", "starts", "ends", "invited", "kind", "status", "...")
        hidden = (*FactTable.Meta.hidden, "starts", "ends", "invited", "link")

    def render_days(self, value, ends, invited, reference):
        return self.link(address("visit", reference), Visit.days_of(value, ends, invited))

    def value_days(self, value, ends, invited):
        return Visit.days_of(value, ends, invited)

    def render_number(self, value):
        return self.order.get(value, "")

    def value_number(self, value):
        return self.order.get(value)

    @property
    def order(self) -> dict[int, int]:
        """Which visit in the order of visits each is, as at the day; see Visit.numbers."""
        if not hasattr(self, "_order"):
            self._order = Visit.numbers(self.at)
        return self._order


class EventTable(FactTable):
    days = Column(accessor="starts", also=["ends"], verbose_name="Days", attrs={"td": {"class": "days"}})
    title = Column(also=["state__iso3", "reference"], verbose_name="Title", order_by="sort_title")
    kind = WordsColumn(verbose_name="Kind", choices=Event.Kind)
    place = tables.Column(verbose_name="Place")
    state = StateColumn()
    organizers = tables.Column(verbose_name="Organizers", orderable=False)
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    link = LinkColumn(verbose_name="Link", orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("days", "title", "kind", "place", "state", "organizers", "starts", "ends", "...")
        hidden = (*FactTable.Meta.hidden, "organizers", "starts", "ends", "link")

    def render_days(self, value, ends):
        return Event.days_of(value, ends)

    def render_title(self, value, iso3, reference):
        return format_html('<a href="{}#{}">{}</a>', address("state", iso3), reference, value)

    def value_title(self, value):
        return value
