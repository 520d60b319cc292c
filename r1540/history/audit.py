"""What was changed in a row and in the rows that belong to it, read from the events: change by change, in words."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, ForeignKey, ManyToManyField, Model
from django.utils import dateformat
from django.utils.text import capfirst

from r1540 import history

NONE = "none recorded"


@dataclass
class RowChange:
    """One row before and after a change, by field; None where there was, or is, no row."""

    model: type[Model]
    pk: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    part: "Part | None" = None

    @property
    def changed(self) -> list[str]:
        """Return the fields that differ; of a row that was added or deleted, those with something in them."""
        old, new = self.before or {}, self.after or {}
        return [name for name in (old or new) if (old.get(name) or "") != (new.get(name) or "")]


@dataclass
class Change:
    """What one person did at once."""

    key: str
    at: datetime
    who: str
    why: str
    rows: list[RowChange] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """Rows that belong to a row, at which their field `parent` points: of an inline, or of the field `many`."""

    model: type[Model]
    parent: str
    many: ManyToManyField | None = None


def parts_of(model, inlines=()) -> list[Part]:
    """Return the parts of a model: the models of its inlines, and its own many-to-many fields."""
    found = []
    for inline in inlines:
        keys = (f for f in inline._meta.concrete_fields if isinstance(f, ForeignKey) and f.related_model is model)
        found.append(Part(inline, next(keys).name))
    for many in model._meta.many_to_many:
        found.append(Part(many.remote_field.through, many.m2m_field_name(), many))
    return found


def changes_of(model, pk: int, parts: list[Part]) -> list[Change]:
    """Return the changes of a row and its parts, the latest first."""
    found: dict[str, Change] = {}
    for part in (None, *parts):
        events = history.events_of(part.model if part else model)
        rows = events.objects.filter(pgh_obj_id=pk)
        if part:
            ever = events.objects.filter(**{f"{part.parent}_id": pk}).values("pgh_obj_id")
            rows = events.objects.filter(pgh_obj_id__in=ever)
        add_events(found, rows.order_by("pgh_id"), part, pk)
    changes = [change for change in found.values() if change.rows]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def add_events(found: dict[str, Change], events, part: Part | None, parent: int):
    """Add the events of one table, oldest first, to the changes found; of parts, only while they were the row's."""
    latest: dict[int, dict | None] = {}
    of_change: dict[tuple, RowChange] = {}
    for event in events:
        pk, key = event.pgh_obj_id, key_of(event)
        after = None if event.pgh_label == "delete" else snapshot(event)
        if (key, pk) not in of_change:
            model = part.model if part else event.pgh_tracked_model._meta.concrete_model
            of_change[key, pk] = RowChange(model, pk, latest.get(pk), None, part)
            found.setdefault(key, Change(key, event.pgh_created_at, *author_of(event)))
        of_change[key, pk].after = latest[pk] = after
    for (key, _), row in of_change.items():
        if row.before is None and row.after is None:
            continue
        if not part or parent in {(row.before or {}).get(part.parent), (row.after or {}).get(part.parent)}:
            found[key].rows.append(row)


def key_of(event) -> str:
    """Return what the events of one change share: what `history.by` gave them, or else the transaction."""
    return str(event.pgh_context_id or f"{event.pgh_login} {event.pgh_transaction}")


def author_of(event) -> tuple[str, str]:
    """Return who made the change of an event, and why."""
    said = event.pgh_context or {}
    return said.get("username") or f"the database's login {event.pgh_login}", said.get("why", "")


def snapshot(event) -> dict[str, Any]:
    """Return what the row held at an event, by field; a foreign key is the key that it points at."""
    fields = event._meta.concrete_fields
    return {f.name: getattr(event, f.attname) for f in fields if not f.name.startswith("pgh_") and f.name != "id"}


class Wording:
    """Rows and values in words. Rows that are pointed at are looked up together; a deleted one is named as it was."""

    def __init__(self, changes: list[Change]):
        wanted = defaultdict(set)
        for row in (row for change in changes for row in change.rows):
            for said in filter(None, (row.before, row.after)):
                for f in row.model._meta.concrete_fields:
                    if isinstance(f, ForeignKey) and said.get(f.name):
                        wanted[f.related_model].add(said[f.name])
        self.rows = {model: named(model, pks) for model, pks in wanted.items()}

    def value(self, f, value: Any) -> str:
        """Return a value of a model field in words."""
        if isinstance(f, BooleanField):
            return "yes" if value else "no"
        if value in (None, ""):
            return NONE
        if isinstance(f, ForeignKey):
            return str(self.rows.get(f.related_model, {}).get(value) or f"{f.related_model._meta.verbose_name} {value}")
        if isinstance(value, datetime):
            return f"{value:%-d %B %Y, %H:%M} UTC"
        if isinstance(value, date):
            return dateformat.format(value, "j F Y")  # of any year
        return dict(f.flatchoices).get(value) or str(value)

    def name(self, row: RowChange) -> str:
        """Return the name of a row, as it was after the change."""
        made = instance(row.model, row.pk, row.after or row.before)
        for f in (f for f in made._meta.concrete_fields if isinstance(f, ForeignKey)):
            if other := self.rows.get(f.related_model, {}).get(getattr(made, f.attname)):
                setattr(made, f.name, other)
        try:
            return str(made)
        except (ObjectDoesNotExist, AttributeError):
            return f"{row.model._meta.verbose_name} {row.pk}"

    def lines(self, row: RowChange) -> list[tuple[str, str, str]]:
        """Return what a change did to a row: (what, before, after)."""
        part = row.part
        if part and part.many:
            f = row.model._meta.get_field(part.many.m2m_reverse_field_name())
            old, new = ((self.value(f, said[f.name]) if said else "") for said in (row.before, row.after))
            return [(capfirst(part.many.verbose_name), old, new)]
        fields = [row.model._meta.get_field(name) for name in row.changed]
        prefix = f"{capfirst(row.model._meta.verbose_name)}, {self.name(row)}: " if part else ""
        told = [
            (prefix + (f.verbose_name if part else capfirst(f.verbose_name)), *self.both(f, row))
            for f in fields
            if not part or f.name != part.parent
        ]
        return told or [(prefix or "What is not kept, such as a password", "", "changed")]

    def both(self, f, row: RowChange) -> tuple[str, str]:
        return tuple(self.value(f, said[f.name]) if said else "" for said in (row.before, row.after))


def instance(model, pk: int, said: dict[str, Any]) -> Model:
    """Make an unsaved row with these values."""
    return model(pk=pk, **{model._meta.get_field(name).attname: value for name, value in said.items()})


def named(model, pks: set[int]) -> dict[int, Model]:
    """Return rows by their keys; those deleted since, as they were."""
    rows = model._base_manager.select_related().in_bulk(pks)  # with what their words need
    if (gone := pks - rows.keys()) and is_tracked(model):
        for event in history.events_of(model).objects.filter(pgh_obj_id__in=gone, pgh_label="delete"):
            rows[event.pgh_obj_id] = instance(model, event.pgh_obj_id, snapshot(event))
    return rows


def is_tracked(model) -> bool:
    """Return whether the history of a model is kept."""
    return any(events.pgh_tracked_model._meta.db_table == model._meta.db_table for events in history.event_models())
