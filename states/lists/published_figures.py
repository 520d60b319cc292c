"""The list of published figures: all numbers that the Committee or others published, whether the record counts the
same or not."""

from django.utils.html import format_html

from r1540.lists.columns import AddressColumn, Column, ListTable, WhenColumn, WordsColumn
from r1540.lists.filters import AnyOf, Filters
from states.models import Certainty, Measure, PublishedFigure

from .facts import FactListing, SourcesColumn, with_sources


class PublishedFigureFilters(Filters):
    measure = AnyOf(choices=Measure.choices, label="What is counted")
    certainty = AnyOf(choices=Certainty.choices, label="Certainty")


class ValueColumn(Column):
    """The number as it was published; people read its qualifier before it. Links to the figure lead to this cell."""

    def as_html(self, context, value, qualifier, reference):
        words = PublishedFigure(value=value, qualifier=qualifier).value_as_published
        return format_html('<span id="{}">{}</span>', reference, words)

    def as_data(self, value, qualifier, reference):
        return value


class PublishedFigureTable(ListTable):
    measure = WordsColumn(verbose_name="What is counted", choices=Measure, css_class="name")
    as_at = WhenColumn(verbose_name="As at")
    value = ValueColumn(verbose_name="Published", also=("qualifier", "reference"), css_class="number")
    qualifier = WordsColumn(choices=PublishedFigure.Qualifier)
    note = Column(orderable=False)
    certainty = WordsColumn(choices=Certainty)
    sources = SourcesColumn()
    reference = Column()
    address = AddressColumn(PublishedFigure.address_of, "reference", "measure")

    hidden = ("qualifier", "reference", "address")
    always_in_files = ("address",)


class PublishedFigureList(FactListing):
    table_class, filterset_class = PublishedFigureTable, PublishedFigureFilters
    title, noun = "Published figures", ("published figure", "published figures")
    lead = "Numbers that the Committee or others published, as they were published, the latest first."

    def facts(self, at):
        return with_sources(PublishedFigure.objects.filter(as_at__certain_by=at)).order_by("-as_at", "measure")
