"""The steps of a fact at the desk: logged, checked, published; by whom, and who may not take the next one.

Everything is read from the history, which nothing bypasses: there is no column that says who.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from r1540 import history
from r1540.history import publication
from r1540.history.audit import changes_of, parts_of


@dataclass(frozen=True)
class Signature:
    """Who took a step, and when."""

    at: datetime
    who: str


@dataclass
class Story:
    """How far one fact has come. None: not yet, or no longer."""

    logged: Signature | None = None
    changed: Signature | None = None
    checked: Signature | None = None
    published: Signature | None = None


def story(row) -> Story:
    """Return the steps that a fact has taken, as it now stands."""
    told = Story()
    content = publication.content(type(row))
    for change in reversed(changes_of(type(row), row.pk, parts_of(type(row)))):
        for one in change.rows:
            before, after, step = one.before or {}, one.after or {}, Signature(change.at, change.who)
            if one.part:
                told.changed = step if told.logged and step != told.logged else told.changed
                continue
            if not before:
                told = Story(logged=step)
            elif any(before.get(name) != after.get(name) for name in content):
                told.changed = step
            for name in ("checked", "published"):
                if bool(before.get(name)) != bool(after.get(name)):
                    setattr(told, name, step if after.get(name) else None)
    return told


def entered_by(user, rows: Iterable) -> list:
    """Return those of these facts of one model that somebody logged or changed, lists included, since publication.

    Before they were ever published: since they were logged. Empty where settings.TWO_PERSON_RULE is off.
    """
    rows = list(rows)
    if not rows or not settings.TWO_PERSON_RULE:
        return []
    model, keys = type(rows[0]), [row.pk for row in rows]
    people, published = defaultdict(set), {}
    names, before = publication.content(model), {}
    events = history.events_of(model).objects.filter(pgh_obj_id__in=keys).order_by("pgh_id")
    told = events.values_list("pgh_obj_id", "pgh_created_at", "pgh_context__user", "published", *names)
    for key, at, who, is_published, *content in told.iterator():
        known, was_published = before.get(key, (None, False))
        if content != known:
            people[key].add(who)
        if is_published and not was_published:
            people[key], published[key] = set(), at
        before[key] = (content, is_published)
    for field in model._meta.many_to_many:
        parent = f"{field.m2m_field_name()}_id"
        joined = history.events_of(field.remote_field.through).objects.filter(**{f"{parent}__in": keys})
        for key, at, who in joined.values_list(parent, "pgh_created_at", "pgh_context__user"):
            if key not in published or at > published[key]:
                people[key].add(who)
    return [row for row in rows if user.pk in people[row.pk]]
