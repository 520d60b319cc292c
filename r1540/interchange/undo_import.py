"""Undoing an import as a whole, from the history: the rows it inserted go, the rows it changed are as they were before.

All or nothing: an import on which something later rests is not undone, and the reasons name the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models

from r1540 import history
from r1540.history import publication
from r1540.history.audit import named
from r1540.history.undoing import NotUndoneError

from .importing import lock
from .saving import reason_of
from .table_import import BATCH
from .tables import OF_ONE_RECORD, FileColumn, Table

NAMED = 20
PUBLISHED = "Some of its rows are or were published, and you may not publish, or not alone. Unpublish them first."


def undo_import(table: Table, key: str, may: Callable[[str], bool]) -> None:
    """Undo the import whose events have this key, in the transaction in which this is called.

    `may(verb)` says what the person may do with the table's rows; "publish": change what is public, alone.
    Raises NotUndoneError, with every kind of reason. Until the transaction ends nobody else can write to the table
    (they may read).
    """
    lock([table])
    done = DoneImport(table, key)
    if reasons := [*done.forbidden(may), *done.changed_since()]:
        raise NotUndoneError(" ".join(reasons))
    try:
        done.take_back()
        connection.check_constraints()
    except ValidationError as error:
        raise NotUndoneError(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise NotUndoneError(reason_of(error, table.model())[1]) from error


def reasons_against(table: Table, key: str, may: Callable[[str], bool]) -> list[str]:
    """Return why the import whose events have this key cannot be undone now. (A rule may still forbid it.)"""
    done = DoneImport(table, key)
    return [*done.forbidden(may), *done.changed_since()]


class DoneImport:
    """What an import did to the rows of a table, as the history has it, and what they say now.

    `before`, `after` and `now` have the values of each row by its number: a row that was added has none before. `pairs`
    has for each list what became of it: (row, other row) -> whether the import put it there, or took it away.
    """

    def __init__(self, table: Table, key: str):
        self.table, self.model, self.objects = table, table.model, table.model._base_manager
        self.events = history.events_of(table.model).objects.order_by("pgh_id")
        fields = (field for field in self.model._meta.concrete_fields if not field.generated and not field.primary_key)
        self.names = [field.attname for field in fields if field.name not in OF_ONE_RECORD]
        ours = self.events.filter(pgh_context_id=key)
        times = set(ours.values_list("pgh_created_at", flat=True))
        self.before, self.after = {}, {}
        of_rows = self.events.filter(pgh_obj_id__in=ours.order_by().values("pgh_obj_id"))
        for pk, context, *values in of_rows.values_list("pgh_obj_id", "pgh_context_id", *self.names):
            if str(context) == key:
                self.after[pk] = values
            elif pk not in self.after:
                self.before[pk] = values
        self.added = self.after.keys() - self.before.keys()
        self.pairs: dict[FileColumn, dict[tuple[int, int], bool]] = {}
        for column in table.lists:
            found = events_of_list(column).filter(pgh_context_id=key)
            said = list(found.values_list(*names_of_list(column), "pgh_label", "pgh_created_at"))
            self.pairs[column] = {(row, other): label == "insert" for row, other, label, _ in said}
            times.update(at for *_, at in said)
        self.ended = max(times, default=datetime.min.replace(tzinfo=UTC))
        self.rows = {*self.after, *(row for pairs in self.pairs.values() for row, _ in pairs)}
        found = self.objects.filter(pk__in=self.rows).values_list("pk", *self.names)
        self.now = {pk: values for pk, *values in found}

    def forbidden(self, may: Callable[[str], bool]) -> Iterator[str]:
        """Yield why a person may not undo it."""
        names = self.model._meta.verbose_name_plural
        if not may("change"):
            yield f"You may not change {names}."
        if self.added and not may("delete"):
            yield f"It inserted rows, and you may not delete {names}. Ask an Administrator."
        if self.table.has_steps and not may("publish"):
            published = self.names.index("published")
            if any(values[published] for values in (*self.now.values(), *self.before.values())):
                yield PUBLISHED

    def changed_since(self) -> Iterator[str]:
        """Yield why its rows cannot be as they were before it: what was done to them, or rests on them, since."""
        yield from self._sentence("Deleted since", self.rows - self.now.keys())
        changed = {pk for pk in self.after.keys() & self.now.keys() if self.now[pk] != self.after[pk]}
        yield from self._sentence("Changed or published since", changed)
        if self.table.has_steps:
            yield from self._sentence("Published since", self._published_since())
        for column in self.table.lists:
            pairs = {(row, other) for row, other, _ in self._pairs_now(column)}
            differ = {row for row, _ in pairs ^ self._pairs_left_behind(column)}
            yield from self._sentence(f"With other {column.field.verbose_name} since", differ)
        for pointing in self.model._meta.related_objects:
            others = pointing.related_model._meta.verbose_name_plural
            yield from self._sentence(f"Cited since by {others}", self._pointed_at(pointing.field))

    def _sentence(self, words: str, pks: Iterable[int]) -> Iterator[str]:
        """Yield a sentence about rows, if there are any: how many, and the first of them."""
        first = sorted(pks)[:NAMED]
        if first:
            rows = named(self.model, set(first))
            more = f" and {len(pks) - len(first):,} more" if len(pks) > len(first) else ""
            yield f"{words}: {'; '.join(str(rows.get(pk, pk)) for pk in first)}{more}."

    def _published_since(self) -> set[int]:
        """Return the rows of which it changed a list only, and which were published after that: the list as it left it
        was checked."""
        was_public, found = {}, set()
        by_list_only = self.rows - self.after.keys()
        events = self.events.filter(pgh_obj_id__in=by_list_only)
        for pk, published, at in events.values_list("pgh_obj_id", "published", "pgh_created_at"):
            if published and not was_public.get(pk, True) and at > self.ended:
                found.add(pk)
            was_public[pk] = published
        published = self.names.index("published")
        return {pk for pk in found if pk in self.now and self.now[pk][published]}

    def _pairs_now(self, column: FileColumn) -> list[tuple[int, int, int]]:
        """Return what the rows have in a list now: (row, other row, number of the pair)."""
        pairs = column.field.remote_field.through._base_manager
        row, other = names_of_list(column)
        return list(pairs.filter(**{f"{row}__in": self.rows}).values_list(row, other, "pk"))

    def _pairs_left_behind(self, column: FileColumn) -> set[tuple[int, int]]:
        """Return what the rows had in a list when the import had ended."""
        row, other = names_of_list(column)
        events = events_of_list(column).filter(**{f"{row}__in": self.rows}, pgh_created_at__lte=self.ended)
        left = {}
        for pair, row_pk, other_pk, label in events.values_list("pgh_obj_id", row, other, "pgh_label"):
            left[pair] = (row_pk, other_pk) if label != "delete" else None
        return set(left.values()) - {None}

    def _pointed_at(self, field: models.Field) -> set[int]:
        """Return the rows that it added and at which a field of others points now."""
        if field.many_to_many:
            pointing, name = field.remote_field.through, field.m2m_reverse_name()
        else:
            pointing, name = field.model, field.attname
        found = pointing._base_manager.filter(**{f"{name}__in": self.added})
        if pointing is self.model:  # rows that the import wrote go, or point again where they did before
            found = found.exclude(pk__in=self.after)
        return set(found.values_list(name, flat=True))

    def take_back(self) -> None:
        """Delete the rows that were added, then bring back what was changed, which may need their place."""
        for column in self.table.lists:
            self._take_back_list(column)
        for column in (column for column in self.table.pointers if column.target is self.table):
            pointing = self.objects.filter(pk__in=self.after, **{f"{column.name}__in": self.added})
            pointing.update(**{column.name: None})
        self.objects.filter(pk__in=self.added).delete()
        rows = [self.model(pk=pk, **dict(zip(self.names, values, strict=True))) for pk, values in self.before.items()]
        changes = [(old, self.after[pk]) for pk, old in self.before.items()]
        differing = [name for at, name in enumerate(self.names) if any(old[at] != new[at] for old, new in changes)]
        if differing:
            self.objects.bulk_update(rows, differing, batch_size=BATCH)
        for pairs in self.pairs.values():
            publication.lapse(self.model, {row for row, _ in pairs} - self.added)
        if self.model.clean is not models.Model.clean:
            for row in self.objects.filter(pk__in=self.rows - self.added):
                row.clean()

    def _take_back_list(self, column: FileColumn) -> None:
        through, (row_name, other_name) = column.field.remote_field.through, names_of_list(column)
        pairs = self.pairs[column]
        gone = [pk for row, other, pk in self._pairs_now(column) if row in self.added or pairs.get((row, other))]
        through._base_manager.filter(pk__in=gone).delete()
        back = [pair for pair, is_new in pairs.items() if not is_new and pair[0] not in self.added]
        through._base_manager.bulk_create(through(**{row_name: row, other_name: other}) for row, other in back)


def events_of_list(column: FileColumn) -> models.QuerySet:
    """Return the events of the rows of a many-to-many table, the oldest first."""
    return history.events_of(column.field.remote_field.through).objects.order_by("pgh_id")


def names_of_list(column: FileColumn) -> tuple[str, str]:
    """Return the two columns of a many-to-many table: the key of the table's own row, and the key of the other."""
    return column.field.m2m_column_name(), column.field.m2m_reverse_name()
