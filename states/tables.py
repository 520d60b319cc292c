"""The columns of the lists of reports, plans, organizations and sources. visits/ builds on FactTable."""

import html

from django.utils.html import format_html
from django.utils.safestring import mark_safe

from r1540.lists.addresses import address
from r1540.lists.columns import NONE_RECORDED, Column, DayColumn, ListTable, WhenColumn, WordsColumn

from .models import ActionPlan, Certainty, Language, Organization, Report, Source


class StateColumn(Column):
    """The State's short name, leading to its page as at the same day."""

    def __init__(self, accessor="state__name", iso3="state__iso3", order_by="state__sort_name", **kwargs):
        super().__init__(accessor=accessor, also=(iso3,), order_by=order_by, css_class="name", **kwargs)

    def as_html(self, context, name, iso3):
        return context.link(address("state", iso3), name)


def source_link(reference: str, title: str) -> str:
    address, title, name = (html.escape(text) for text in (Source.address_of(reference), title, reference))
    return f'<a class="source" href="{address}" title="{title}">{name}</a>'


class SourcesColumn(Column):
    """The sources of a fact, each leading to its entry; see fact_sources.py."""

    def __init__(self):
        super().__init__(accessor="source_pairs", orderable=False)

    def as_html(self, context, pairs):
        return mark_safe(" ".join([source_link(*one) for one in pairs])) if pairs else NONE_RECORDED

    def as_data(self, pairs):
        return [reference for reference, _ in pairs]


class LinkColumn(Column):
    """A document elsewhere."""

    def __init__(self):
        super().__init__(orderable=False)

    def as_html(self, context, value):
        return format_html('<a href="{}" rel="external noreferrer">Document</a>', value)


class SymbolColumn(Column):
    """A document symbol: left to right whatever stands around it."""

    default = NONE_RECORDED

    def as_html(self, context, value):
        return format_html("<bdi>{}</bdi>", value)


class FactTable(ListTable):
    """What every list of facts of States shows after its own columns."""

    iso3 = Column(accessor="state__iso3", verbose_name="ISO alpha-3")
    region = Column(accessor="state__region")
    subregion = Column(accessor="state__subregion")
    group = Column(accessor="state__regional_group", verbose_name="Regional group")
    certainty = WordsColumn(choices=Certainty)
    sources = SourcesColumn()
    note = Column(orderable=False)
    reference = Column()

    hidden = ("iso3", "subregion", "group", "note", "reference")


class ReportTable(FactTable):
    state = StateColumn()
    kind = WordsColumn(choices=Report.Kind)
    submitted = WhenColumn()
    status = WordsColumn(accessor="status_at", verbose_name="Status on the day", choices=Report.Status)
    symbol = SymbolColumn(verbose_name="Document symbol")
    received = WhenColumn(verbose_name="Received on")
    symbol_assigned = WhenColumn(verbose_name="Symbol assigned on")
    issued = WhenColumn(verbose_name="Issued on")
    language = WordsColumn(verbose_name="Original language", choices=Language)
    link = LinkColumn()

    sequence = ("state", "kind", "submitted", "status", "symbol", "received", "symbol_assigned", "issued")
    hidden = (*FactTable.hidden, "status", "received", "symbol_assigned", "issued", "language", "link")


class PlanNumberColumn(Column):
    """The number of a plan, leading to its page."""

    def as_html(self, context, number, reference):
        return context.link(address("plan", reference), f"Plan {number}")


class PeriodColumn(Column):
    """The years or days that a plan covers."""

    empty_values = ()  # a plan may have only an end

    def as_html(self, context, starts, ends):
        return self.as_data(starts, ends) or NONE_RECORDED

    def as_data(self, starts, ends):
        return ActionPlan.period_of(starts, ends) or None


class PlanTable(FactTable):
    state = StateColumn()
    number = PlanNumberColumn(verbose_name="Plan", also=("reference",), css_class="number")
    status = WordsColumn(accessor="status_at", choices=ActionPlan.Status)
    announced = WhenColumn()
    in_preparation = WhenColumn()
    adopted = WhenColumn(verbose_name="Adopted nationally")
    submitted = WhenColumn()
    period = PeriodColumn(accessor="period_starts", also=("period_ends",), orderable=False)
    supersedes = Column(accessor="supersedes__reference", verbose_name="Updates plan", orderable=False)
    link = LinkColumn()

    sequence = ("state", "number", "status", "announced", "in_preparation", "adopted", "submitted", "period")
    hidden = (*FactTable.hidden, "announced", "in_preparation", "supersedes", "link")


class AcronymColumn(Column):
    """The acronym of an organization, leading to its page."""

    def as_html(self, context, acronym):
        return context.link(address("organization", acronym), acronym)


class MembersColumn(Column):
    """How many members an organization has on the day, leading to the list of them."""

    def as_html(self, context, number, acronym):
        return context.link(address("states"), number, organization=acronym)


class OrganizationTable(ListTable):
    acronym = AcronymColumn(css_class="name")
    name = Column(order_by="sort_name")
    kind = WordsColumn(choices=Organization.Kind)
    seat = Column()
    founded_on = DayColumn(verbose_name="Founded")
    members = MembersColumn(verbose_name="Members on the day", also=("acronym",), css_class="number")
    note = Column(orderable=False)

    hidden = ("founded_on", "note")


class AnchorColumn(Column):
    """The reference of a source: where links to it lead."""

    def as_html(self, context, reference):
        return format_html('<span id="{}">{}</span>', reference, reference)


class SourceTable(ListTable):
    reference = AnchorColumn(css_class="name")
    title = Column(order_by="sort_title")
    publisher = Column()
    dated = WhenColumn(verbose_name="Date", default="")
    kind = Column()
    link = LinkColumn()
    note = Column(orderable=False)

    hidden = ("note",)
