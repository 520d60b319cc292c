"""The list of sources, and the page of one with every fact that cites it."""

from dataclasses import dataclass
from datetime import date

import django_filters
from django.http import Http404
from django.utils.html import format_html
from django.utils.text import capfirst

from r1540.as_at.names import with_words
from r1540.door import cached_for_one_revision
from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, ListTable, WhenColumn
from r1540.lists.detail import Detail
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import Listing
from states.models import Source, State, TimelineEntry
from states.models.kind import has_state, models_with_sources

from .facts import LinkColumn
from .told_of_many import in_lines


@cached_for_one_revision
def source_kinds():
    kinds = Source.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, kind) for kind in kinds]


class SourceFilters(Filters):
    title = django_filters.CharFilter(label="Words of the title", method="titled", max_length=100)
    kind = AnyOf(choices=source_kinds, label="Kind")

    def titled(self, queryset, name, value):
        return with_words(queryset, "sort_title", value)


class SourceTitleColumn(Column):
    """The title of a source, with a link to its page; its reference is an anchor, to which old links lead."""

    def as_html(self, context, title, reference):
        return format_html('<span id="{}">{}</span>', reference, context.link(address("source", reference), title))


class SourceTable(ListTable):
    reference = Column()
    title = SourceTitleColumn(also=("reference",), order_by="sort_title", css_class="name")
    publisher = Column()
    dated = WhenColumn(verbose_name="Date", default="")
    kind = Column()
    link = LinkColumn()
    note = Column(orderable=False, css_class="text")
    address = AddressColumn(Source.address_of, "reference")

    hidden = ("note", "address")
    always_in_files = ("address",)

    class Meta:
        sequence = ("title", "publisher", "dated", "kind", "link", "...")


class SourceList(Listing):
    table_class, filterset_class = SourceTable, SourceFilters
    title, noun = "Sources", ("source", "sources")
    lead = "Where the facts of this record are known from."

    def facts(self, at):
        return Source.objects.all()


@dataclass(frozen=True)
class Citing:
    """The rows of one kind that cite a source, as at a day."""

    kind: str
    title: str
    entries: list[TimelineEntry]

    def lines(self) -> list:
        """Return the entries, with those that say the same of many States in one line."""
        return in_lines(self.entries, lambda one: (one.line, one.when, one.day, one.fact.certainty))


def citing(source: Source, at: date) -> list[Citing]:
    """Return the rows of each kind that cite a source, known by a day, in the order of their days; one query each."""
    found = []
    for model in models_with_sources():
        rows = model.objects.for_timeline(at).filter(sources=source)
        if has_state(model):
            rows = rows.exclude(state__in=State.objects.absent(at)).select_related("state")
        entries = sorted((row.timeline_entry(at) for row in rows), key=by_day)
        kind = getattr(model, "fact_kind", None)
        name, title = (
            (kind.singular, kind.title) if kind else (model._meta.verbose_name, model._meta.verbose_name_plural)
        )
        found += [Citing(name, capfirst(title), entries)] if entries else []
    return found


def by_day(entry: TimelineEntry) -> tuple:
    """Return the sort key of entries: the latest possible day, which "by 1 June 2022" has too; then the State."""
    state = getattr(entry.fact, "state", None)
    return entry.when.latest if entry.when else date.min, state.sort_name if state else "", entry.line


class SourcePage(Detail):
    """The page of a source: what it is, and every fact that cites it as at a day."""

    template_name = "source.html"

    def get_object(self):
        reference = self.kwargs["reference"]
        try:
            return Source.objects.get(reference=reference)
        except Source.DoesNotExist:
            raise Http404(f"No source “{reference}” is recorded.") from None

    def get_context_data(self, **kwargs):
        found = citing(self.object, self.at)
        count = sum(len(one.entries) for one in found)
        return super().get_context_data(citing=found, count=count, **kwargs)

    def data(self):
        source = self.object
        words = ("reference", "title", "publisher", "kind", "link", "note")
        return (
            {"as_of": self.at.isoformat()}
            | {name: getattr(source, name) for name in words}
            | {
                "dated": source.dated.edtf if source.dated else None,
                "facts": [self.cited(one.kind, entry) for one in citing(source, self.at) for entry in one.entries],
            }
        )

    def cited(self, kind: str, entry: TimelineEntry) -> dict:
        """Return a fact that cites the source as JSON has it; a published figure or a resolution has no State."""
        fact = entry.fact
        return {
            "kind": kind,
            "reference": getattr(fact, "reference", None),
            "state": fact.state.iso3 if has_state(type(fact)) else None,
            "when": entry.when.edtf if entry.when else None,
            "established": entry.is_established,
            "text": entry.line,
            "certainty": fact.certainty,
        }
