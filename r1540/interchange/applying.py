"""Bringing what the files say into the database: all of it or nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from r1540 import history

from .differences import INSERTED, UPDATED, Differences
from .reading import Problem, Record, Row
from .saving import BATCH, Change, reason_of, save
from .tables import TABLES, Column, Table

UNCHANGED = "unchanged"
BAD, WAITING = "with problems", "not checked"  # a row that points at a row with problems is not checked
OUTCOMES = (INSERTED, UPDATED, UNCHANGED, BAD, WAITING)
Progress = Callable[[str, int, int], None]
NOT_YOURS = "You may not publish these, nor change what is published. Ask a Publisher."


@dataclass
class Result:
    """What came, or would come, of a record: for each file how many rows of each outcome; every problem; what differs.

    `is_applied` is false after a dry run, with a problem, or if it would not be what was expected.
    """

    counts: dict[str, Counter] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)
    is_applied: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.problems


def apply(
    record: Record,
    dry_run: bool = False,
    progress: Progress = lambda file, done, total: None,
    may_publish: bool = True,
    expected: str | None = None,
) -> Result:
    """Insert and update until the database says what the record says; rows it does not name stay as they are.

    All or nothing: with a problem, in a dry run, or if the differences turn out to be others than those `expected`
    (the digest of a dry run), the database is left as it was. Nobody else can write to the record meanwhile.
    `progress` is told the file, and how many of its rows are done. Who may not publish may not touch published rows.
    Applying twice changes nothing.
    """
    result = Result(problems=list(record.problems))
    if record.is_readable:
        with history.by(why=f"Import of {record.name}"):
            _lock()
            _apply(record, result, progress, may_publish)
            result.is_applied = not dry_run and result.is_ok and expected in (None, result.differences.digest)
            transaction.set_rollback(not result.is_applied)
    order = {table.file: number for number, table in enumerate(TABLES)}
    result.problems.sort(key=lambda problem: (order.get(problem.file, -1), problem))
    return result


def _apply(record: Record, result: Result, progress: Progress, may_publish: bool) -> None:
    """Do the tables of a record one by one. Rows of other tables are looked up where the record points at them."""
    bad = {table: set(keys) for table, keys in record.bad.items()}
    others = {column.target for table in record.rows for column in table.columns if column.target} - record.rows.keys()
    numbers = {table: table.number_of() for table in others}
    for table in (table for table in TABLES if table in record.rows):
        work = Work(table, record.rows[table], numbers, bad, progress)
        counts = work.run(result.differences, may_publish)
        result.counts[table.file] = counts + Counter({BAD: len(record.bad[table])})
        result.problems += work.problems


def _lock() -> None:
    """Keep others from writing to the record (they may read) until this transaction ends."""
    tables = ", ".join(connection.ops.quote_name(table.model._meta.db_table) for table in TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


class Work:
    """One table's part. `numbers` (by key) and `bad` (keys) are of the tables before; this one's are added."""

    def __init__(
        self,
        table: Table,
        rows: list[Row],
        numbers: dict[Table, dict[str, int]],
        bad: dict[Table, set[tuple]],
        progress: Progress,
    ):
        self.table, self.rows, self.numbers, self.bad, self.progress = table, rows, numbers, bad, progress
        self.outcomes = {row.line: UNCHANGED for row in rows}
        self.problems: list[Problem] = []
        self._keys: dict[Table, dict[int, str]] = {}
        self.is_pointed_at = len(table.key) == 1
        self.coming = {row.key[0] for row in rows} if self.is_pointed_at else set()

    def run(self, differences: Differences, may_publish: bool) -> Counter:
        """Compare and save; note what differs; count the rows of each outcome."""
        if self.is_pointed_at:
            self.numbers[self.table] = self.table.number_of()
        changes = list(self._changes([row for row in self.rows if self._points_at_rows(row)]))
        self._save([change for change in changes if change.is_new or change.fields])
        if self.is_pointed_at:
            self.numbers[self.table] |= {change.row.key[0]: change.instance.pk for change in changes}
        self._save([change for change in self._good(changes) if self._points_at_own_table(change)])
        for column in self.table.lists:
            self._save_list(column, self._good(changes))
        self._ask_the_model(self._good(changes))
        if not may_publish:
            self._refuse_published(self._good(changes))
        for change in self._good(changes):
            if self.outcomes[change.row.line] != UNCHANGED:
                differences.add(self.table, change, self.outcomes[change.row.line])
        return Counter(self.outcomes.values())

    def _good(self, changes: list[Change]) -> list[Change]:
        return [change for change in changes if self.outcomes[change.row.line] not in (BAD, WAITING)]

    def _refuse(self, row: Row, column: str, reason: str) -> None:
        self.problems.append(Problem(self.table.file, row.line, column, reason))
        self.outcomes[row.line] = BAD
        self.bad[self.table].add(row.key)

    def _points_at_rows(self, row: Row) -> bool:
        """Whether all the rows at which this one points are in the database, or come with this file."""
        for column in (column for column in self.table.columns if column.target):
            value = row.values[column.name]
            for key in sorted(value) if column.is_many else [value] if value else []:
                if (key,) in self.bad.get(column.target, ()):
                    self.outcomes[row.line] = WAITING
                elif key not in self.numbers[column.target] and not self._comes(column, key):
                    self._refuse(row, column.name, self._missing(column.target, key))
        if self.outcomes[row.line] == WAITING:
            self.bad[self.table].add(row.key)
        return self.outcomes[row.line] == UNCHANGED

    def _missing(self, target: Table, key: str) -> str:
        if target in self.bad:
            return f"“{key}” is neither in {target.file} nor in the database."
        return f"“{key}” is not in the database. Import it first, with {target.file}."

    def _comes(self, column: Column, key: str) -> bool:
        return column.target is self.table and key in self.coming

    def _changes(self, rows: list[Row]) -> Iterator[Change]:
        """Each row with its instance: the database's, brought to what the row says, or a new one."""
        model = self.table.model
        columns = [column for column in self.table.columns if not column.is_many and column.target is not self.table]
        key = [column.field.attname for column in columns if column.name in self.table.key]
        known = {tuple(getattr(row, name) for name in key): row for row in model._base_manager.all()}
        for row in rows:
            values = {column.field.attname: self._value(row, column) for column in columns}
            instance = known.get(tuple(values[name] for name in key))
            if instance is None:
                yield Change(row, model(**values), [], is_public=values.get("published", False))
                continue
            change = Change(row, instance, [], is_public=getattr(instance, "published", False))
            change.is_public |= values.get("published", False)
            for column in columns:
                self._bring(change, column, values[column.field.attname])
            yield change

    def _bring(self, change: Change, column: Column, value) -> None:
        """Bring a field to what the row says, and note the database's cell if it said something else."""
        old = getattr(change.instance, column.field.attname)
        if old != value:
            change.old[column.name] = column.write(self.keys(column.target).get(old) if column.target else old)
            change.fields.append(column.field.attname)
            setattr(change.instance, column.field.attname, value)

    def keys(self, table: Table) -> dict[int, str]:
        """The key of each row of a table, by the database's number."""
        if table not in self._keys:
            self._keys[table] = {number: key for key, number in self.numbers[table].items()}
        return self._keys[table]

    def _value(self, row: Row, column: Column):
        value = row.values[column.name]
        return self.numbers[column.target][value] if column.target and value else value

    def _points_at_own_table(self, change: Change) -> bool:
        """Bring pointers at rows of the same table, all of which are saved now, to what the row says."""
        change.fields = []
        for column in self.table.pointers:
            key = change.row.values[column.name]
            if column.target is not self.table:
                continue
            if key and (key,) in self.bad[self.table]:
                self.outcomes[change.row.line] = WAITING
                return False
            self._bring(change, column, self._value(change.row, column))
        return bool(change.fields)

    def _save(self, changes: list[Change]) -> None:
        for change in changes:
            is_inserted = change.is_new or self.outcomes[change.row.line] == INSERTED
            self.outcomes[change.row.line] = INSERTED if is_inserted else UPDATED
        self.done = len(self.rows) - len(changes)
        for change, error in save(changes, self._tell):
            self._refuse(change.row, *reason_of(error, change.instance))

    def _tell(self, count: int) -> None:
        self.done += count
        self.progress(self.table.file, self.done, len(self.rows))

    def _save_list(self, column: Column, changes: list[Change]) -> None:
        """Bring a many-to-many column to what the rows say."""
        joining = column.field.remote_field.through
        ends = column.field.m2m_column_name(), column.field.m2m_reverse_name()
        known: dict[int, dict[int, int]] = defaultdict(dict)
        for number, row, other in joining._base_manager.values_list("pk", *ends):
            known[row][other] = number
        gone, new, keys = [], [], self.keys(column.target)
        for change in changes:
            row = change.instance.pk
            wanted = {self.numbers[column.target][key] for key in change.row.values[column.name]}
            gone += [number for other, number in known[row].items() if other not in wanted]
            new += [joining(**dict(zip(ends, (row, other), strict=True))) for other in wanted - known[row].keys()]
            if wanted != known[row].keys():
                change.old[column.name] = column.write(keys[other] for other in known[row])
                if self.outcomes[change.row.line] == UNCHANGED:
                    self.outcomes[change.row.line] = UPDATED
        joining._base_manager.filter(pk__in=gone).delete()
        joining._base_manager.bulk_create(new, BATCH)

    def _refuse_published(self, changes: list[Change]) -> None:
        for change in changes:
            if change.is_public and self.outcomes[change.row.line] != UNCHANGED:
                self._refuse(change.row, "published", NOT_YOURS)

    def _ask_the_model(self, changes: list[Change]) -> None:
        """Ask a model that has rules of its own in `clean`, now that all rows are there for it to look at."""
        if self.table.model.clean is models.Model.clean:
            return
        changes = [change for change in changes if self.outcomes[change.row.line] != UNCHANGED]
        pointers = [column.name for column in self.table.pointers]
        models.prefetch_related_objects([change.instance for change in changes], *pointers)
        for change in changes:
            try:
                change.instance.clean()
            except ValidationError as error:
                for name, messages in error.update_error_dict({}).items():
                    self._refuse(change.row, name.replace("__all__", ""), " ".join(map(str, ValidationError(messages))))
