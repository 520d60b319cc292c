"""The keys of a page of a long list, also of one deep in it.

A list by day is ordered by name within one. To skip the 35,000 reports before a page PostgreSQL would sort all
(210 ms); but on which days the rows of the page lie an index by day says alone. So these are asked first, and only the
rows of these days are sorted: 11 ms.
"""

from django.db.models import F, QuerySet

DEEP = 1000  # rows before a page from which on it is worth two more questions


def keys(queryset: QuerySet, start: int, stop: int) -> list[int]:
    """The keys of the rows of a queryset that has_days, in its order, from the place `start` until before `stop`."""
    found = queryset.values_list("pk", flat=True)
    name, is_down = leading(queryset)
    by_day = queryset.order_by(f"-{name}" if is_down else name)
    days = list(by_day.values_list(name, flat=True)[start:stop])
    first, last = (days[-1], days[0]) if is_down else (days[0], days[-1])
    before = {f"{name}__gt": last} if is_down else {f"{name}__lt": first}
    skipped = queryset.filter(**before).order_by().count()
    of_days = found.filter(**{f"{name}__gte": first, f"{name}__lte": last})
    return list(of_days[start - skipped : stop - skipped])


def has_days(queryset: QuerySet) -> bool:
    """Whether there is an index that says the days by which a queryset is ordered."""
    return has_index(queryset.model, leading(queryset)[0])


def leading(queryset: QuerySet) -> tuple[str, bool]:
    """The column that a queryset is ordered by first, and whether it descends; no name for what is worked out."""
    one = queryset.query.order_by[0]
    if isinstance(one, str):
        return one.removeprefix("-"), one.startswith("-")
    return (one.expression.name if isinstance(one.expression, F) else ""), one.descending


def has_index(model, name: str) -> bool:
    """Whether an index begins with a column of the model; one that is never NULL, for NULL is not on any day."""
    fields = {field.name for field in model._meta.concrete_fields if not field.null}
    return name in fields and any(index.fields[:1] == [name] for index in model._meta.indexes)
