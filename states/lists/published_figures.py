"""The list of published figures: all numbers that the Committee or others published, whether the record counts the
same or not."""

from r1540.lists.columns import Column, ListTable, WhenColumn, WordsColumn
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import Listing
from states.models import Certainty, Measure, PublishedFigure

from .facts import SourcesColumn, with_sources


class PublishedFigureFilters(Filters):
    measure = AnyOf(choices=Measure.choices, label="What is counted")
    certainty = AnyOf(choices=Certainty.choices, label="Certainty")


class ValueColumn(Column):
    """The number as it was published; people read its qualifier before it."""

    def as_html(self, context, value, qualifier):
        return PublishedFigure(value=value, qualifier=qualifier).value_as_published


class PublishedFigureTable(ListTable):
    measure = WordsColumn(verbose_name="What is counted", choices=Measure, css_class="name")
    as_at = WhenColumn(verbose_name="As at")
    value = ValueColumn(verbose_name="Published", also=("qualifier",), css_class="number")
    qualifier = WordsColumn(choices=PublishedFigure.Qualifier)
    note = Column(orderable=False)
    certainty = WordsColumn(choices=Certainty)
    sources = SourcesColumn()
    reference = Column()

    hidden = ("qualifier", "reference")


class PublishedFigureList(Listing):
    table_class, filterset_class = PublishedFigureTable, PublishedFigureFilters
    title, noun = "Published figures", ("published figure", "published figures")
    lead = "Numbers that the Committee or others published, as they were published, the latest first."

    def facts(self, at):
        return with_sources(PublishedFigure.objects.filter(as_at__certain_by=at)).order_by("-as_at", "measure")
