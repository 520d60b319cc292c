"""News: what was published in this record, or corrected, told by the time at which the public came to know it.

When a report was submitted, and when this record first said so, are two days. The first is in every list; news are told
by the second. A fact is told once: as new at the time of its publication, or as corrected at the time of its latest
correction (see history/publication.py). Of what was told at once, as by an import, the latest that happened is first.

As at a past day news are what was told by the end of that day; a fact that was corrected later is told as new, in its
present words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import Case, Count, F, Q, Value
from django.db.models import When as If
from django.db.models.functions import TruncDate

from r1540.as_at.compiled import any_of, compiled
from r1540.as_at.when import WhenField
from r1540.lists.feeds import FeedEntry
from states.models import TimelineEntry, fact_models
from states.models.kind import has_state

MOST_IN_FEED = 50  # entries


@dataclass(frozen=True)
class NewsItem:
    """A fact that was published or corrected at `told_at`, with its entry in a timeline."""

    entry: TimelineEntry
    told_at: datetime

    @property
    def fact(self):
        return self.entry.fact

    @property
    def state(self):
        """Return the State of the fact, or None if facts of its kind have none."""
        return getattr(self.fact, "state", None)

    @property
    def told_on(self) -> date:
        return self.told_at.date()

    @property
    def first_told_on(self) -> date:
        return self.fact.published_at.date()

    @property
    def is_correction(self) -> bool:
        return self.told_at != self.fact.published_at

    @property
    def title(self) -> str:
        return f"{self.state.name}: {self.entry.line}" if self.state else self.entry.line

    def feed_entry(self) -> FeedEntry:
        corrected = f" Corrected; first published here on {self.first_told_on:%-d %B %Y}."
        return FeedEntry(
            key=f"{self.entry.kind.replace(' ', '-')}/{self.fact.reference}",
            title=self.title,
            summary=f"{self.entry.day}. {self.fact.get_certainty_display()}.{corrected if self.is_correction else ''}",
            address=self.fact.get_absolute_url(),
            updated=self.told_at,
            published=self.fact.published_at,
        )


@dataclass(frozen=True)
class NewsGroup:
    """The facts of one kind that were told on one day: how many were new, and how many were corrected."""

    day: date
    model: type
    new: int
    corrected: int

    @property
    def count(self) -> int:
        return self.new + self.corrected

    @property
    def kind(self):
        return self.model.fact_kind

    @property
    def words(self) -> str:
        """Return in words how many: "185 reports: 183 published, 2 corrected"."""
        what = self.kind.singular if self.count == 1 else self.kind.plural
        if self.new and self.corrected:
            return f"{self.count:,} {what}: {self.new:,} published, {self.corrected:,} corrected"
        return f"{self.count:,} {what} {'published' if self.new else 'corrected'}"


def happened(model) -> F:
    """Return the first day on which a fact of a kind may have happened, as an expression: of "by 1 June 2022", none."""
    name = model.fact_kind.first_known or model._meta.ordering[0]
    return F(f"{name}__earliest" if isinstance(model._meta.get_field(name), WhenField) else name)


def newest_first(facts, told_at: str = "told_at"):
    """Return facts of one kind by the time at which they were told, then by the day on which they happened."""
    return facts.order_by(f"-{told_at}", happened(facts.model).desc(nulls_last=True), "pk")


def told(model, at: date):
    """Return the facts of a kind that were known, and told, by a day; each with `told_at`."""
    facts = model.objects.for_timeline(at).filter(published=True, published_at__date__lte=at)
    facts = facts.annotate(told_at=Case(If(changed_at__date__lte=at, then=F("changed_at")), default=F("published_at")))
    return facts.select_related("state") if has_state(model) else facts


@cache
def latest_of_kind(model, limit: int):
    """Return a compiled query for the facts of one kind that were told last."""
    return compiled(lambda at: newest_first(told(model, at))[:limit])


def latest_news(at: date, limit: int) -> list[NewsItem]:
    """Return the latest news as at a day, the newest first; of what was told at once, what happened last."""
    found = [item_of(fact, at) for model in fact_models() for fact in latest_of_kind(model, limit)(at)]
    return sorted(found, key=lambda item: (item.told_at, item.entry.when.earliest or date.min), reverse=True)[:limit]


def item_of(fact, at: date) -> NewsItem:
    return NewsItem(fact.timeline_entry(at), fact.told_at)


def groups_of_news(at: date, models: Iterable[type], on: date | None = None) -> list[NewsGroup]:
    """Return how much of these kinds was told on each day, or on the day `on`, the latest first."""
    found = []
    for model in models:
        facts = told_on(model, at, [on] if on else None).order_by()
        is_new = Q(told_at=F("published_at"))
        counted = facts.values("day").annotate(new=Count("pk", is_new), corrected=Count("pk", ~is_new))
        found += [NewsGroup(model=model, **one) for one in counted.values("day", "new", "corrected")]
    return sorted(found, key=lambda group: group.day, reverse=True)


def news_of_groups(groups: Iterable[NewsGroup], at: date) -> dict[NewsGroup, list[NewsItem]]:
    """Return the news of some groups, the newest first: one query for each kind."""
    by_kind = defaultdict(dict)
    for group in groups:
        by_kind[group.model][group.day] = group
    found = {group: [] for of_kind in by_kind.values() for group in of_kind.values()}
    for model, of_kind in by_kind.items():
        for fact in newest_first(told_on(model, at, list(of_kind))):
            found[of_kind[fact.day]].append(item_of(fact, at))
    return found


def told_on(model, at: date, days: Sequence[date] | None):
    """Return the facts of a kind that were told by a day, on these days or, with None, on any; each with its `day`."""
    facts = told(model, at).annotate(day=TruncDate("told_at"))
    return facts if days is None else facts.filter(day__in=days)


@dataclass(frozen=True)
class AllNews:
    """All news of some kinds, told by a day or on the day `on`, the newest first, for Django's Paginator."""

    at: date
    models: Sequence[type]
    on: date | None = None

    def __len__(self):
        return sum(group.count for group in groups_of_news(self.at, self.models, self.on))

    def __getitem__(self, part: slice) -> list[NewsItem]:
        days = [self.on] if self.on else None
        keys, *others = (
            told_on(model, self.at, days)
            .order_by()
            .annotate(happened=happened(model), order_of_kind=Value(place))
            .values_list("told_at", "happened", "order_of_kind", "pk")
            for place, model in enumerate(self.models)
        )
        newest = ("-told_at", F("happened").desc(nulls_last=True), "order_of_kind", "pk")
        found = list(keys.union(*others, all=True).order_by(*newest)[part])
        facts = {}
        for place, model in enumerate(self.models):
            wanted = [key for *_, kind, key in found if kind == place]
            facts |= {(place, fact.pk): fact for fact in told(model, self.at).filter(any_of("pk", wanted))}
        return [item_of(facts[place, key], self.at) for *_, place, key in found]
