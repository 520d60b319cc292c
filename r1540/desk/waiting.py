"""What waits for somebody at the desk: each item is a condition on a model, a count, and a link to the list behind it.

A desk says in `waiting` which items it has. The filter of its list and the first page use the same condition, so the
number on the first page is the number of rows in the list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, F, Q

from r1540.as_at.day import today

from .base import changelist_address

PARAMETER = "waiting"
A_YEAR = timedelta(days=365)
ROUND = (5, 10, 15, 20, 25, 30)  # years that people remember together


@dataclass(frozen=True)
class Item:
    """Something that may wait: its name in addresses, its words, and which rows it concerns on a day."""

    slug: str
    words: str
    rows: Callable[[date], Q]
    joins: bool = False  # whether the condition is on another table, in which a row may have several


def nothing_recorded(field: str, slug: str, words: str) -> Item:
    """Return the item of rows with nothing recorded in a text, a date or a list."""
    empty = Q(**{field: ""}) if field in ("symbol", "link") else Q(**{f"{field}__isnull": True})
    return Item(slug, words, lambda at: empty, joins=field == "sources")


def not_to_the_day(field: str) -> Item:
    """Return the item of rows whose date is recorded, but not to the day."""
    imprecise = Q(**{f"{field}__earliest__isnull": True}) | Q(**{f"{field}__earliest__lt": F(f"{field}__latest")})
    return Item("not-to-the-day", "date not known to the day", lambda at: Q(**{f"{field}__isnull": False}) & imprecise)


def anniversary(field: str) -> Item:
    """Return the item of rows of which a round number of years passes this month."""

    def rows(at: date) -> Q:
        years = [at.year - number for number in ROUND]
        day_known = Q(**{f"{field}__earliest": F(f"{field}__latest")})
        return day_known & Q(**{f"{field}__earliest__month": at.month, f"{field}__earliest__year__in": years})

    return Item("anniversary", "anniversary this month (5, 10, 15 … years)", rows)


def ending_soon(field: str) -> Item:
    """Return the item of rows whose period ends within a year."""

    def rows(at: date) -> Q:
        return Q(**{f"{field}__latest__gte": at, f"{field}__latest__lte": at + A_YEAR})

    return Item("ending-soon", "period ends within 12 months", rows)


TO_CHECK = Item("to-check", "logged, not checked", lambda at: Q(published=False, checked=False))
TO_PUBLISH = Item("to-publish", "checked, not published", lambda at: Q(published=False, checked=True))
TO_CHECK_AGAIN = Item(
    "to-check-again", "published, changed since it was checked", lambda at: Q(published=True, checked=False)
)
STEPS = [TO_CHECK, TO_PUBLISH, TO_CHECK_AGAIN]
NO_SOURCE = nothing_recorded("sources", "no-source", "no source recorded")
NO_SYMBOL = nothing_recorded("symbol", "no-symbol", "no document symbol recorded")
PAST_ITS_END = Item(
    "past-its-end",
    "over, and the last day or the publication not confirmed",
    lambda at: (
        Q(starts__latest__lt=at, cancelled__isnull=True)
        & (Q(ends__isnull=True) | Q(ends__latest__lt=at, published=False))
    ),
)


class WaitingFilter(admin.SimpleListFilter):
    """The rows of one item of what waits."""

    title = "what waits"
    parameter_name = PARAMETER

    def __init__(self, request, params, model, model_admin):
        self.items = {item.slug: item for item in model_admin.waiting}
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        return [(item.slug, item.words) for item in self.items.values()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in self.items:
            raise IncorrectLookupParameters(f"{PARAMETER} is one of: {', '.join(self.items)}.")
        return queryset.filter(rows_of(queryset.model, self.items[self.value()], today()))


def rows_of(model, item: Item, at: date) -> Q:
    """Return the condition for the rows of an item, each once, whatever its condition joins."""
    if not item.joins:
        return item.rows(at)
    return Q(pk__in=model.objects.filter(item.rows(at)).order_by().values("pk"))


def waiting_for(request) -> list[dict]:
    """Return what waits in each model that the person may see: items with their counts and lists, but none of zero."""
    at, found = today(), []
    for model, desk in admin.site._registry.items():
        items = getattr(desk, "waiting", ())
        if not items or not desk.has_view_permission(request):
            continue
        counts = model.objects.aggregate(**{item.slug: Count("pk", filter=rows_of(model, item, at)) for item in items})
        address = changelist_address(model)
        rows = [
            {
                "words": item.words,
                "count": counts[item.slug],
                "address": f"{address}?{urlencode({PARAMETER: item.slug})}",
            }
            for item in items
            if counts[item.slug]
        ]
        if rows:
            found.append({"name": model._meta.verbose_name_plural, "rows": rows})
    return sorted(found, key=lambda group: group["name"].lower())
