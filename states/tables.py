"""The columns of the lists of reports, plans, organizations and sources. visits/ builds on FactTable."""

import html

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from r1540.lists.addresses import address
from r1540.lists.columns import NONE_RECORDED, Column, ListTable, WhenColumn, WordsColumn

from .models import ActionPlan, Certainty, Language, Organization, Report, Source


class StateColumn(Column):
    """The State's short name, leading to its page as at the same day."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "accessor": "state__name",
                "also": ["state__iso3"],
                "order_by": "state__sort_name",
                "verbose_name": "State",
                "attrs": {"td": {"class": "name"}},
            }
            | kwargs
        )

    def render(self, value, iso3, table):
        return table.link(address("state", iso3), value)

    def value(self, value):
        return value


def source_link(reference: str, title: str) -> str:
    address, title, name = (html.escape(text) for text in (Source.address_of(reference), title, reference))
    return f'<a class="source" href="{address}" title="{title}">{name}</a>'


class SourcesColumn(tables.Column):
    """The sources of a fact, each leading to its entry; see fact_sources.py."""

    def __init__(self, **kwargs):
        super().__init__(**{"accessor": "cited", "orderable": False, "verbose_name": "Sources"} | kwargs)

    def render(self, value):
        return mark_safe(" ".join([source_link(*one) for one in value])) if value else NONE_RECORDED

    def value(self, value):
        return [reference for reference, _ in value]


class LinkColumn(tables.Column):
    """A document elsewhere."""

    def render(self, value):
        return format_html('<a href="{}" rel="external noreferrer">Document</a>', value)

    def value(self, value):
        return value


class SymbolColumn(tables.Column):
    """A document symbol: left to right whatever stands around it."""

    def __init__(self, **kwargs):
        super().__init__(**{"default": NONE_RECORDED} | kwargs)

    def render(self, value):
        return format_html("<bdi>{}</bdi>", value)

    def value(self, value):
        return value


class FactTable(ListTable):
    """What every list of facts of States shows after its own columns."""

    iso3 = tables.Column(accessor="state__iso3", verbose_name="ISO alpha-3")
    region = tables.Column(accessor="state__region", verbose_name="Region")
    subregion = tables.Column(accessor="state__subregion", verbose_name="Subregion")
    group = tables.Column(accessor="state__regional_group", verbose_name="Regional group")
    certainty = WordsColumn(verbose_name="Certainty", choices=Certainty)
    sources = SourcesColumn()
    note = tables.Column(verbose_name="Note", orderable=False)
    reference = tables.Column(verbose_name="Reference")

    class Meta(ListTable.Meta):
        hidden = ("iso3", "subregion", "group", "note", "reference")


class ReportTable(FactTable):
    state = StateColumn()
    kind = WordsColumn(verbose_name="Kind", choices=Report.Kind)
    submitted = WhenColumn(verbose_name="Submitted")
    status = WordsColumn(accessor="status_at", verbose_name="Status on the day", choices=Report.Status)
    symbol = SymbolColumn(verbose_name="Document symbol")
    received = WhenColumn(verbose_name="Received on")
    symbol_assigned = WhenColumn(verbose_name="Symbol assigned on")
    issued = WhenColumn(verbose_name="Issued on")
    language = WordsColumn(verbose_name="Original language", choices=Language)
    link = LinkColumn(verbose_name="Link", orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("state", "kind", "submitted", "status", "symbol", "received", "symbol_assigned", "issued", "...")
        hidden = (*FactTable.Meta.hidden, "status", "received", "symbol_assigned", "issued", "language", "link")


class PlanTable(FactTable):
    state = StateColumn()
    number = Column(verbose_name="Plan", also=["reference"], attrs={"td": {"class": "number"}})
    status = WordsColumn(accessor="status_at", verbose_name="Status", choices=ActionPlan.Status)
    announced = WhenColumn(verbose_name="Announced")
    in_preparation = WhenColumn(verbose_name="In preparation")
    adopted = WhenColumn(verbose_name="Adopted nationally")
    submitted = WhenColumn(verbose_name="Submitted")
    period = Column(
        accessor="period_starts", also=["period_ends"], verbose_name="Period", orderable=False, empty_values=()
    )
    supersedes = tables.Column(accessor="supersedes__reference", verbose_name="Updates plan", orderable=False)
    link = LinkColumn(verbose_name="Link", orderable=False)

    class Meta(FactTable.Meta):
        sequence = ("state", "number", "status", "announced", "in_preparation", "adopted", "submitted", "period", "...")
        hidden = (*FactTable.Meta.hidden, "announced", "in_preparation", "supersedes", "link")

    def render_number(self, value, reference):
        return self.link(address("plan", reference), f"Plan {value}")

    def value_number(self, value):
        return value

    def render_period(self, value, period_ends):
        return self.value_period(value, period_ends) or NONE_RECORDED

    def value_period(self, value, period_ends):
        return ActionPlan.period_of(value, period_ends) or None


class OrganizationTable(ListTable):
    acronym = tables.Column(attrs={"td": {"class": "name"}})
    name = tables.Column(order_by="sort_name")
    kind = WordsColumn(choices=Organization.Kind)
    seat = tables.Column()
    founded_on = tables.Column(verbose_name="Founded")
    members = Column(verbose_name="Members on the day", also=["acronym"], attrs={"td": {"class": "number"}})
    note = tables.Column(orderable=False)

    class Meta(ListTable.Meta):
        hidden = ("founded_on", "note")

    def render_acronym(self, value):
        return self.link(address("organization", value), value)

    def value_acronym(self, value):
        return value

    def value_founded_on(self, value):
        return value.isoformat()

    def render_members(self, value, acronym):
        query = self.parameters.only("as_of", organization=acronym)
        return format_html('<a href="{}{}">{}</a>', address("states"), query, value)

    def value_members(self, value):
        return value


class SourceTable(ListTable):
    reference = tables.Column(attrs={"td": {"class": "name"}})
    title = tables.Column(order_by="sort_title")
    publisher = tables.Column()
    dated = WhenColumn(verbose_name="Date", default="")
    kind = tables.Column()
    link = LinkColumn(orderable=False)
    note = tables.Column(orderable=False)

    class Meta(ListTable.Meta):
        hidden = ("note",)

    def render_reference(self, value):
        return format_html('<span id="{}">{}</span>', value, value)

    def value_reference(self, value):
        return value
