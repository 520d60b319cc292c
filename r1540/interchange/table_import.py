"""Comparing the rows of one file with the database, and saving those that differ, a thousand rows at a time."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from r1540.history import publication
from states.models import State
from states.state_lookup import code_of

from .reading import BAD, INSERTED, NEW, UNCHANGED, UPDATED, WAITING, Problems, Row
from .saving import is_final, reason_of, save
from .tables import FileColumn, Table
from .writing import keys_of_list, path_of

BATCH = 1000  # rows
NOT_YOURS = "You may not publish these, nor change what is published. Ask a Publisher; with the two-person"
NOT_YOURS += " rule nobody does so by a file: it is published, or unpublished, at the desk."
Refusal = tuple[Row, Exception]
MOST_PASSES = 20  # over the rows that a rule refused until others are saved
NEEDED = "The record has no row of this key, and a new row needs this column, which the file lacks."


class TableImport:
    """The import of one file: what comes of each of its rows.

    `imports` has this one and those of the record that went before, at whose rows its rows may point. A pointer at a
    row of the same table (a plan that updates another) is saved when all rows are there.
    """

    def __init__(
        self,
        table: Table,
        rows: list[Row],
        imports: dict[Table, "TableImport"],
        problems: Problems,
        may_publish: bool,
    ):
        self.table, self.rows, self.imports = table, rows, imports
        self.problems, self.may_publish = problems, may_publish
        self.model, self.objects = table.model, table.model._base_manager
        self.own = [column for column in table.pointers if column.target is table]
        self.pks: dict[FileColumn, dict[str, int]] = {column: {} for column in table.columns if column.target}

    def run(self, progress: Callable[[int, int], None]) -> None:
        """Compare and save all rows. `progress` is told how many are done, and of how many."""
        self.troubled = {row.key[0] for row in self._with(BAD)}
        self.coming = {row.key[0] for row in self.rows} if self.own else ()
        for rows in batched(self._with(NEW, BAD)):
            self._look_up_targets(rows)
            if good := [row for row in rows if row.outcome == NEW]:
                self._compare(good)
        changed = self._with(INSERTED, UPDATED)
        done = len(self.rows) - len(changed)
        progress(done, len(self.rows))
        refused = self._save(changed, lambda count: progress(done + count, len(self.rows)))
        count = None
        for _ in range(MOST_PASSES):  # a rule over several rows: as long as trying again helps
            if not refused or len(refused) == count:
                break
            count = len(refused)
            refused = self._save([row for row, _ in refused])
        for row, error in refused:
            self._refuse(row, error)
        if self.own:
            self._point_at_own_table()
        if self.model.clean is not models.Model.clean:
            self._ask_the_model()
        self.troubled = {row.key[0] for row in self._with(BAD, WAITING)}

    def _with(self, *outcomes: str) -> list[Row]:
        return [row for row in self.rows if row.outcome in outcomes]

    def _bad(self, row: Row, column: str, reason: str) -> None:
        row.outcome = BAD
        self.problems.add(self.table.file, row.line, column, reason)

    def _refuse(self, row: Row, error: Exception) -> None:
        self._bad(row, *reason_of(error, self.model()))

    def _look_up_targets(self, rows: list[Row]) -> None:
        """Find the rows at which these point, in the database or coming with the file, and note where that fails."""
        for column, pks in self.pks.items():
            target = column.target
            pointing = [(row, key) for row in rows for key in _keys(column, row)]
            pks.update(target.pks({key for _, key in pointing} - pks.keys()))
            troubled = self.imports[target].troubled if target in self.imports else ()
            for row, key in pointing:
                if key in troubled:
                    row.outcome = WAITING if row.outcome == NEW else row.outcome
                elif key not in pks and not (target is self.table and key in self.coming):
                    self._bad(row, column.name, self._not_there(target, key))

    def _not_there(self, target: Table, key: str) -> str:
        if target in self.imports:
            return f"“{key}” is neither in {target.file} nor in the database."
        if target.model is State:
            try:
                code_of(key)
            except ValidationError as error:
                if getattr(error, "nearest", ()):
                    return error.messages[0]
        return f"“{key}” is not in the database. Import it first, with {target.file}."

    def _compare(self, rows: list[Row]) -> None:
        """Decide of each row whether it is new, differs from the row of the database that has its key, or does not."""
        there = self._rows_there(rows)
        for row in rows:
            row.pk, before = there.get(row.key, (None, {}))
            row.old = {name: before[name] for name, value in row.values.items() if before and before[name] != value}
            row.outcome = INSERTED if row.pk is None else UPDATED if row.old else UNCHANGED
            if row.outcome == INSERTED:
                for column in self.table.columns:
                    if column.name not in row.values and column.is_required and not column.field.has_default():
                        self._bad(row, column.name, NEEDED)
            is_public = row.values.get("published") or before.get("published")
            if is_public and not self.may_publish and row.outcome in (INSERTED, UPDATED):
                self._bad(row, "published", NOT_YOURS)

    def _rows_there(self, rows: list[Row]) -> dict[tuple, tuple[int, dict[str, Any]]]:
        """Return the rows of the database that have the keys of these: for each key its number and its values."""
        single = [column for column in self.table.columns if not column.is_many]
        keys = {
            path_of(column): {row.key[place] for row in rows} for place, column in enumerate(self.table.key_columns)
        }
        perhaps = self.objects.filter(**{f"{path}__in": values for path, values in keys.items()})  # and some more
        there = {}
        for pk, *values in perhaps.values_list("pk", *map(path_of, single)):
            before = {column.name: value for column, value in zip(single, values, strict=True)}
            there[tuple(before[name] for name in self.table.key)] = pk, before
        for column in self.table.lists:
            several = keys_of_list(column, [pk for pk, _ in there.values()])
            for (_, before), keys_of_row in zip(there.values(), several, strict=True):
                before[column.name] = keys_of_row
        return there

    def _save(self, rows: list[Row], progress: Callable[[int], None] = lambda done: None) -> list[Refusal]:
        """Save rows, and return those that are refused, each with the error, which may be saved when others are."""
        refused, done = [], 0
        for batch in batched(rows):
            for row, error in save(batch, self._write):
                if is_final(error):
                    self._refuse(row, error)
                else:
                    refused.append((row, error))
            done += len(batch)
            progress(done)
        return refused

    def _write(self, rows: list[Row]) -> None:
        columns = [column for column in self.table.columns if not column.is_many and column not in self.own]
        new = [row for row in rows if row.outcome == INSERTED]
        made = self.objects.bulk_create([self._instance(row, columns) for row in new])
        for row, instance in zip(new, made, strict=True):
            row.pk = instance.pk
        self._update([row for row in rows if row.outcome == UPDATED], columns)
        for column in self.table.lists:
            self._write_list(column, rows)

    def _instance(self, row: Row, columns: Iterable[FileColumn]) -> models.Model:
        values = {}
        for column in (column for column in columns if column.name in row.values):
            value = row.values[column.name]
            values[column.field.attname] = self.pks[column][value] if column.target and value else value
        return self.model(**values)

    def _update(self, rows: list[Row], columns: Iterable[FileColumn]) -> None:
        """Bring the rows of the database to what these say in these columns, those of them that differ."""
        differing = [column for column in columns if any(_differs(column, row) for row in rows)]
        instances = []
        for row in (row for row in rows if any(_differs(column, row) for column in differing)):
            instances.append(self._instance(row, differing))
            instances[-1].pk = row.pk
        if instances:
            self.objects.bulk_update(instances, [column.name for column in differing])

    def _write_list(self, column: FileColumn, rows: list[Row]) -> None:
        """Bring a many-to-many column to what the rows say."""
        rows = [row for row in rows if _differs(column, row)]
        if not rows:
            return
        through = column.field.remote_field.through
        own, other = column.field.m2m_column_name(), column.field.m2m_reverse_name()
        found = through._base_manager.filter(**{f"{own}__in": [row.pk for row in rows]})
        there = {(row, target): pk for pk, row, target in found.values_list("pk", own, other)}
        pairs = {(row.pk, self.pks[column][key]) for row in rows for key in row.values[column.name]}
        through._base_manager.filter(pk__in=[there[pair] for pair in there.keys() - pairs]).delete()
        new = sorted(pairs - there.keys())
        through._base_manager.bulk_create(through(**{own: row, other: target}) for row, target in new)
        # What is published by the same import counts as checked as it now is.
        publication.lapse(self.model, [row.pk for row in rows if row.outcome == UPDATED and "published" not in row.old])

    def _point_at_own_table(self) -> None:
        """Bring pointers at rows of the same table, all of which are saved now, to what the rows say."""
        pointing = [row for row in self._with(INSERTED, UPDATED) if any(_differs(column, row) for column in self.own)]
        for rows in batched(pointing):
            for column in self.own:
                self.pks[column].update(self.table.pks({key for row in rows for key in _keys(column, row)}))
            for row in rows:
                if any(key not in self.pks[column] for column in self.own for key in _keys(column, row)):
                    row.outcome = WAITING
            good = [row for row in rows if row.outcome != WAITING]
            for row, error in save(good, lambda rows: self._update(rows, self.own)):
                self._refuse(row, error)

    def _ask_the_model(self) -> None:
        """Ask a model that has rules of its own in `clean`, now that all rows are there for it to look at."""
        pointers = [column.name for column in self.table.pointers]
        for rows in batched(self._with(INSERTED, UPDATED)):
            instances = self.objects.in_bulk([row.pk for row in rows])
            models.prefetch_related_objects(list(instances.values()), *pointers)
            for row in rows:
                try:
                    instances[row.pk].clean()
                except ValidationError as error:
                    for name, messages in error.update_error_dict({}).items():
                        reason = " ".join(map(str, ValidationError(messages)))
                        self._bad(row, name.replace("__all__", ""), reason)


def _differs(column: FileColumn, row: Row) -> bool:
    """Return whether the database is to have another value, or, of a new row, any."""
    return column.name in row.old or (row.outcome == INSERTED and bool(row.values.get(column.name)))


def _keys(column: FileColumn, row: Row) -> Iterable[str]:
    """Return the key, or the keys, at which a row points through a column; none if it points at nothing."""
    value = row.values.get(column.name)
    return value or () if column.is_many else (value,) if value else ()


def batched(rows: list[Row]) -> Iterator[list[Row]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
