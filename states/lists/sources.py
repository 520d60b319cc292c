"""The list of sources."""

import django_filters
from django.utils.html import format_html

from r1540.as_at.names import with_words
from r1540.door import cached_for_one_revision
from r1540.lists.columns import AddressColumn, Column, ListTable, WhenColumn
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import Listing
from states.models import Source

from .facts import LinkColumn


@cached_for_one_revision
def source_kinds():
    kinds = Source.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, kind) for kind in kinds]


class SourceFilters(Filters):
    title = django_filters.CharFilter(label="Words of the title", method="titled", max_length=100)
    kind = AnyOf(choices=source_kinds, label="Kind")

    def titled(self, queryset, name, value):
        return with_words(queryset, "sort_title", value)


class AnchorColumn(Column):
    """The reference of a source, as the anchor to which links to the source lead."""

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
    address = AddressColumn(Source.address_of, "reference")

    hidden = ("note", "address")
    always_in_files = ("address",)


class SourceList(Listing):
    table_class, filterset_class = SourceTable, SourceFilters
    title, noun = "Sources", ("source", "sources")
    lead = "Where the facts of this record are known from."

    def facts(self, at):
        return Source.objects.all()
