"""What the lists of all kinds of facts of States have in common: filters, columns, the sources of each fact."""

from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Func, OuterRef, Q, TextField
from django.http import Http404
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from psycopg import adapters
from psycopg.adapt import Transformer
from psycopg.pq import Format

from r1540.as_at.when import of_range
from r1540.lists.addresses import address
from r1540.lists.columns import NONE_RECORDED, Column, ListTable, WordsColumn
from r1540.lists.detail import Detail
from r1540.lists.feeds import atom
from r1540.lists.filters import AnyOf, DayFilter, Filters
from r1540.lists.listing import FORMATS, NOT_IN_FEEDS, Listing, filtered
from states.models import Certainty, Source
from states.models.kind import has_state
from states.state_lookup import OfState

from .news import MOST_IN_FEED, NewsItem, newest_first
from .state_filters import filters_of_states

TEXTS = Transformer().get_loader(adapters.types["text"].array_oid, Format.TEXT)


class PeriodForm(forms.Form):
    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError({"until": f"The period would end ({until}) before it starts ({since})."})


class PeriodEnd(DayFilter):
    """A filter by one end of a period; FactFilters applies both ends at once."""

    def filter(self, queryset, value):
        return queryset


class FactFilters(Filters):
    """The filters of every list of facts of States: State, region, group, organization, certainty, and a period.

    A fact is in the period if it was, or may have been, on one of its days.
    """

    state = OfState()
    region, subregion, group, organization = filters_of_states("state")
    certainty = AnyOf(choices=Certainty.choices, label="Certainty")
    since = PeriodEnd(label="From")
    until = PeriodEnd(label="Until")

    # The dates that a row may have in the period: pairs of fields, of the first and the last day of what happened.
    days: tuple[tuple[str, str], ...] = (("submitted", "submitted"),)

    class Meta:
        form = PeriodForm

    def filter_queryset(self, queryset):
        since, until = (self.form.cleaned_data.get(name) for name in ("since", "until"))
        if since or until:
            queryset = queryset.filter(reduce(or_, (in_period(*pair, since, until) for pair in self.days)))
        return super().filter_queryset(queryset)


class FactListing(Listing):
    """A list of facts; it has a feed of what was newly published or corrected of the facts that it lists."""

    formats = (*FORMATS, "atom")

    def feed(self):
        """Return the feed of the facts that fit the filters, by the time at which each was told (see news.py)."""
        for name in NOT_IN_FEEDS:
            if name in self.parameters:
                raise BadRequest(f"{name}: a feed holds the latest {MOST_IN_FEED} news of the list; leave {name} out.")
        facts = filtered(type(self), self.chosen(), self.at).filter(published=True)
        if has_state(facts.model):
            facts = facts.select_related("state")
        latest = newest_first(facts, "changed_at")[:MOST_IN_FEED]
        items = [NewsItem(fact.timeline_entry(self.at), fact.changed_at) for fact in latest]
        return atom(
            self.request,
            f"The 1540 record: {self.title.lower()} newly published",
            f"{self.lead} By the time at which each was published in this record, or corrected.",
            self.parameters.address(format=None),
            [item.feed_entry() for item in items],
            self.at,
        )


class FactPage(Detail):
    """The page of one fact of a kind, found by its reference, with the rows that `related` and `lists` name."""

    model: type
    related: tuple[str, ...] = ("state",)
    lists: tuple[str, ...] = ("sources",)

    def get_object(self):
        reference = self.kwargs["reference"]
        facts = self.model.objects.for_timeline(self.at).select_related(*self.related).prefetch_related(*self.lists)
        try:
            return facts.get(reference=reference)
        except self.model.DoesNotExist:
            kind = self.model.fact_kind.singular
            raise Http404(f"No {kind} “{reference}” is recorded as at {self.at:%-d %B %Y}.") from None

    def address_of(self, text):
        one = self.model.objects.known(self.at).filter(reference__iexact=text).select_related("state").first()
        return one.get_absolute_url() if one else ""


def in_period(first: str, last: str, since, until) -> Q:
    """Return the condition that the days from `first` to `last`, or `first` alone, may overlap the period."""
    begun = Q(**{f"{first}__possible_by": until}) if until else Q(**{f"{first}__isnull": False})
    if not since:
        return begun
    over = Q(**{f"{last}__latest__gte": since}) | Q(**{f"{last}__isnull": True, f"{first}__latest__gte": since})
    return begun & over


class StateColumn(Column):
    """The short name of a State, with a link to its page as at the same day."""

    def __init__(self, accessor="state__name", iso3="state__iso3", order_by="state__sort_name", **kwargs):
        kwargs = {"css_class": "name"} | kwargs
        super().__init__(accessor=accessor, also=(iso3,), order_by=order_by, **kwargs)

    def as_html(self, context, name, iso3):
        return context.link(address("state", iso3), name)


class SourcesColumn(Column):
    """The sources of a fact: short titles, each with a link to the page of the source, for people; references in files.

    The queryset needs `with_sources`.
    """

    def __init__(self):
        super().__init__(accessor="source_texts", orderable=False)

    def as_html(self, context, sources):
        links = [context.link(Source.address_of(one.reference), one.short_title) for one in sources]
        return mark_safe("; ".join(links)) if links else NONE_RECORDED

    def as_data(self, sources):
        return [one.reference for one in sources]


class LinkColumn(Column):
    """A link to a document on another site."""

    def __init__(self):
        super().__init__(orderable=False)

    def as_html(self, context, value):
        return format_html('<a href="{}" rel="external noreferrer">Document</a>', value)


class FactTable(ListTable):
    """The columns that every list of facts of States has after its own; each list has its `address` too."""

    iso3 = Column(accessor="state__iso3", verbose_name="ISO alpha-3")
    region = Column(accessor="state__region")
    subregion = Column(accessor="state__subregion")
    group = Column(accessor="state__regional_group", verbose_name="Regional group", css_class="phrase")
    certainty = WordsColumn(choices=Certainty)
    sources = SourcesColumn()
    note = Column(orderable=False, css_class="text")
    reference = Column()

    hidden = ("iso3", "subregion", "group", "note", "reference", "address")
    always_in_files = ("iso3", "address")


class CitedSource(NamedTuple):
    """What a list reads of a source."""

    reference: str
    short_title: str


class CitedSources(TextField):
    """A field of sources, parsed from the text of a PostgreSQL array; equal texts are parsed once."""

    def from_db_value(self, value, expression, connection):
        return parse_sources(value)


@lru_cache(10_000)
def parse_sources(sources: str) -> tuple[CitedSource, ...]:
    return tuple(
        CitedSource(reference, Source.short_title_of(title, publisher, kind, of_range(dated)))
        for reference, title, publisher, kind, dated in TEXTS.load(sources.encode())
    )


def with_sources(facts):
    """Annotate a queryset of facts with `source_texts`: the reference and the short title of each source, in order.

    With prefetch_related("sources") the first 50 reports took 9 ms, of 24 ms for the whole page.
    """
    of_facts = facts.model._meta.get_field("sources").related_query_name()
    # The last is a daterange, the others are texts.
    texts = ("reference", "title", "publisher", "kind", "dated")
    found = Source.objects.filter(**{of_facts: OuterRef("pk")}).values_list(
        Func(*texts, template="ARRAY[%(expressions)s::text]", output_field=ArrayField(TextField()))
    )
    return facts.annotate(
        source_texts=ArraySubquery(found, template="ARRAY(%(subquery)s)::text", output_field=CitedSources())
    )
