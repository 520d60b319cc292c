"""Bringing the rows of one table into the database, batch by batch."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db import models

from r1540 import publication, tabular

from .reading import Problem, Problems
from .saving import BATCH, Change, is_final, reason_of, save
from .staging import BAD, GOOD, INSERTED, NEW, REFUSED, UNCHANGED, UPDATED, WAITING, Row, Staging
from .tables import Column, Table


class Work:
    """One table's part. Rows of other tables are looked up where this one's point at them."""

    def __init__(self, table: Table, staging: Staging, problems: Problems, tell: Callable[[int], None]):
        self.table, self.staging, self.problems, self.tell = table, staging, problems, tell
        self.done = 0

    def run(self, in_record: set[Table]) -> None:
        """Compare and save all rows; `in_record`: the tables that come with this one, done before it."""
        self.in_record = in_record
        refused, before = self._pass(NEW), None
        while refused and refused.count != before:  # a rule over several rows: as long as trying again helps
            before = refused.count
            refused = self._pass(REFUSED)
        self.problems.take(refused)
        self.staging.give_up(self.table)
        if self._own():
            self._point_at_own_table()
        if self.table.model.clean is not models.Model.clean:
            self._ask_the_model()

    def _pass(self, outcome: str) -> Problems:
        """Compare and save the rows with an outcome; why rows are still refused."""
        refused = Problems()
        for rows in self.staging.batches(self.table, outcome):
            changes = self._changes(self._pointing(rows))
            for change, error in self._save(changes):
                may_be_saved_later = not is_final(error)
                problems = refused if may_be_saved_later else self.problems
                self._refuse(change.row, problems, *reason_of(error, change.instance))
                if may_be_saved_later:
                    change.row.outcome = REFUSED
            for column in self.table.lists:
                self._save_list(column, [change for change in changes if change.row.outcome in GOOD])
            self.staging.note(rows)
            self.done += len(rows) if outcome == NEW else 0
            self.tell(self.done)
        return refused

    def _own(self) -> list[Column]:
        return [column for column in self.table.columns if column.target is self.table]

    def _refuse(self, row: Row, problems: Problems, column: str, reason: str) -> None:
        problems.add(Problem(self.table.file, row.line, column, reason))
        row.outcome = BAD

    def _pointing(self, rows: list[Row]) -> list[Row]:
        """Find the rows at which these point, in the database or coming with the file; the rows that can be saved."""
        self.numbers: dict[Table, dict[str, int]] = defaultdict(dict)
        for column in (column for column in self.table.columns if column.target):
            keys = {key for row in rows for key in _keys(row, column)}
            self.numbers[column.target] |= column.target.numbers_of(keys)
            bad = self.staging.among(column.target, keys, is_bad=True)
            there = set(self.numbers[column.target])
            if column.target is self.table:
                there |= self.staging.among(column.target, keys, is_bad=False)
            for row in rows:
                self._check_pointer(row, column, there, bad)
        return [row for row in rows if row.outcome not in (BAD, WAITING)]

    def _check_pointer(self, row: Row, column: Column, there: set[str], bad: set[str]) -> None:
        for key in sorted(_keys(row, column)):
            if key in bad:
                row.outcome = WAITING if row.outcome != BAD else BAD
            elif key not in there:
                self._refuse(row, self.problems, column.name, self._not_there(column.target, key))

    def _not_there(self, target: Table, key: str) -> str:
        if target in self.in_record:
            return f"“{key}” is neither in {target.file} nor in the database."
        return f"“{key}” is not in the database. Import it first, with {target.file}."

    def _known(self, rows: list[Row]) -> dict[tuple, models.Model]:
        """The rows of the database that have these rows' keys."""
        columns = [(column, column.field.attname) for column in self.table.key_columns]
        values = {attname: {self._value(row, column) for row in rows} for column, attname in columns}
        found = self.table.model._base_manager.filter(
            **{f"{name}__in": list(wanted) for name, wanted in values.items()}
        )
        return {tuple(getattr(one, name) for _, name in columns): one for one in found}

    def _key(self, row: Row) -> tuple:
        return tuple(self._value(row, column) for column in self.table.key_columns)

    def _changes(self, rows: list[Row]) -> list[Change]:
        """Each row with its instance: the database's, brought to what the row says, or a new one."""
        columns = [column for column in self.table.columns if not column.is_many and column.target is not self.table]
        known, changes = self._known(rows), []
        for row in rows:
            values = {column.field.attname: self._value(row, column) for column in columns}
            instance = known.get(self._key(row))
            row.is_public = bool(values.get("published", False) or getattr(instance, "published", False))
            if instance is None:
                changes.append(Change(row, self.table.model(**values)))
            else:
                changes.append(Change(row, instance))
        self._bring(changes, columns)
        return changes

    def _bring(self, changes: list[Change], columns: list[Column]) -> None:
        """Bring the database's rows to what the rows say, and note each cell of theirs that said something else."""
        for column in columns:
            name = column.field.attname
            wanted = [(one, self._value(one.row, column), getattr(one.instance, name)) for one in changes]
            differing = [found for found in wanted if found[1] != found[2]]
            keys = column.target.keys_of({old for *_, old in differing if old}) if column.target and differing else {}
            for change, value, old in differing:
                change.row.old[column.name] = tabular.text(column.write(keys.get(old) if column.target else old))
                change.fields.append(name)
                setattr(change.instance, name, value)

    def _value(self, row: Row, column: Column):
        value = row.values[column.name]
        return self.numbers[column.target][value] if column.target and value else value

    def _save(self, changes: list[Change]) -> list[tuple[Change, Exception]]:
        for change in changes:
            if change.is_new:
                change.row.outcome = INSERTED
            elif change.fields:
                change.row.outcome = UPDATED if change.row.outcome != INSERTED else INSERTED
            elif change.row.outcome not in GOOD:
                change.row.outcome = UNCHANGED
        return save([change for change in changes if change.is_new or change.fields])

    def _save_list(self, column: Column, changes: list[Change]) -> None:
        """Bring a many-to-many column to what the rows say."""
        joining = column.field.remote_field.through
        row_id, other_id = column.field.m2m_column_name(), column.field.m2m_reverse_name()
        pairs = joining._base_manager.filter(**{f"{row_id}__in": [change.instance.pk for change in changes]})
        known: dict[int, dict[int, int]] = defaultdict(dict)
        for number, row, other in pairs.values_list("pk", row_id, other_id):
            known[row][other] = number
        keys = column.target.keys_of({other for others in known.values() for other in others})
        gone, new, changed = [], [], []
        for change in changes:
            there = known[change.instance.pk]
            wanted = {self.numbers[column.target][key] for key in change.row.values[column.name]}
            gone += [number for other, number in there.items() if other not in wanted]
            new += [joining(**{row_id: change.instance.pk, other_id: other}) for other in wanted - there.keys()]
            if wanted != there.keys():
                change.row.old[column.name] = column.write(keys[other] for other in there)
                change.row.outcome = UPDATED if change.row.outcome == UNCHANGED else change.row.outcome
                # What is published by the same import counts as checked as it now is.
                if change.row.outcome == UPDATED and "published" not in change.fields:
                    changed.append(change.instance.pk)
        joining._base_manager.filter(pk__in=gone).delete()
        joining._base_manager.bulk_create(new, BATCH)
        publication.lapse(self.table.model, changed)

    def _point_at_own_table(self) -> None:
        """Bring pointers at rows of the same table, all of which are saved now, to what the rows say."""
        for rows in self.staging.batches(self.table, *GOOD):
            changes = self._saved(rows)
            self._bring(changes, self._own())
            for change, error in self._save([change for change in changes if change.fields]):
                self._refuse(change.row, self.problems, *reason_of(error, change.instance))
            self.staging.note(rows)

    def _saved(self, rows: list[Row]) -> list[Change]:
        """Rows that were saved before, each with its instance; not those that now wait for a bad one."""
        rows = self._pointing(rows)
        known = self._known(rows)
        return [Change(row, known[self._key(row)]) for row in rows]

    def _ask_the_model(self) -> None:
        """Ask a model that has rules of its own in `clean`, now that all rows are there for it to look at."""
        for rows in self.staging.batches(self.table, INSERTED, UPDATED):
            changes = self._saved(rows)
            pointers = [column.name for column in self.table.pointers]
            models.prefetch_related_objects([change.instance for change in changes], *pointers)
            for change in changes:
                try:
                    change.instance.clean()
                except ValidationError as error:
                    for name, messages in error.update_error_dict({}).items():
                        reason = " ".join(map(str, ValidationError(messages)))
                        self._refuse(change.row, self.problems, name.replace("__all__", ""), reason)
            self.staging.note(rows)


def _keys(row: Row, column: Column) -> Iterable[str]:
    value = row.values[column.name]
    return value if column.is_many else [value] if value else []
