"""The columns of the lists of visits and events."""

import django_tables2 as tables
from django.utils.html import format_html

from r1540.table import WhenColumn, WordsColumn
from states.tables import FactTable, LinkColumn, StateColumn

from .models import Event, Visit


class VisitTable(FactTable):
    number = tables.Column(
        verbose_name="Order", orderable=False, empty_values=(), default="", attrs={"td": {"class": "number"}}
    )
    state = StateColumn()
    days = tables.Column(verbose_name="Days", order_by="starts", attrs={"td": {"class": "days"}})
    starts = WhenColumn(verbose_name="First day")
    ends = WhenColumn(verbose_name="Last day")
    invited = WhenColumn(verbose_name="Invited")
    kind = WordsColumn(verbose_name="Kind", choices=Visit.Kind)
    status = WordsColumn(accessor="status_at", verbose_name="Status", choices=Visit.Status)
    link = LinkColumn(verbose_name="Link", orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("number", "state", "days", "starts", "ends", "invited", "kind", "status", "...")
        hidden = (*FactTable.Meta.hidden, "starts", "ends", "invited", "link")

    def render_days(self, value, record):
        return self.link(record.get_absolute_url(), value)

    def value_days(self, value):
        return value

    def render_number(self, record):
        return self.order.get(record.pk, "")

    def value_number(self, record):
        return self.order.get(record.pk)

    @property
    def order(self) -> dict[int, int]:
        """Which visit in the order of visits each is, as at the day; see Visit.numbers."""
        if not hasattr(self, "_order"):
            self._order = Visit.numbers(self.at)
        return self._order


class EventTable(FactTable):
    days = tables.Column(verbose_name="Days", order_by="starts", attrs={"td": {"class": "days"}})
    title = tables.Column(verbose_name="Title", order_by="sort_title")
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

    def render_title(self, value, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def value_title(self, value):
        return value
