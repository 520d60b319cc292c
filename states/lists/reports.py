"""The list of reports."""

import django_filters
from django.utils.html import format_html

from r1540.lists.columns import NONE_RECORDED, AddressColumn, Column, WhenColumn, WordsColumn
from r1540.lists.filters import AnyOf
from states.models import Language, Report, State

from .facts import FactFilters, FactListing, FactTable, LinkColumn, StateColumn, with_sources


class ReportFilters(FactFilters):
    kind = AnyOf(choices=Report.Kind.choices, label="Kind")
    status = AnyOf(field_name="status_at", choices=Report.Status.choices, label="Status on the day")
    symbol = django_filters.CharFilter(label="Document symbol", method="with_symbol", max_length=60)

    def with_symbol(self, queryset, name, value):
        return queryset.with_symbol(value)


class SymbolColumn(Column):
    """A document symbol, written from left to right in text of any direction."""

    default = NONE_RECORDED

    def as_html(self, context, value):
        return format_html("<bdi>{}</bdi>", value)


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
    address = AddressColumn(Report.address_of, "reference", "state__iso3")

    hidden = (*FactTable.hidden, "status", "received", "symbol_assigned", "issued", "language", "link")

    class Meta:
        sequence = (
            *("state", "iso3", "kind", "submitted", "status", "symbol"),
            *("received", "symbol_assigned", "issued", "..."),
        )


class ReportList(FactListing):
    table_class, filterset_class = ReportTable, ReportFilters
    title, noun = "Reports", ("report", "reports")
    lead = "First reports of States, and the additional information they sent at any time after."

    def facts(self, at):
        reports = Report.objects.exclude(state__in=State.objects.absent(at)).known(at).with_status(at)
        return with_sources(reports).order_by("-submitted", "state__sort_name")
