"""Bringing what the files say into the database: all of it or nothing, in memory for a batch and the lines to save."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, transaction

from r1540 import history

from . import trial
from .differences import Differences
from .reading import NotReadError, Problem, Problems, Record
from .staging import BAD, INSERTED, NEW, UNCHANGED, UPDATED, WAITING, Staging
from .tables import TABLES, Table
from .work import Work

OUTCOMES = (INSERTED, UPDATED, UNCHANGED, BAD, WAITING)
READ, COMPARED, WRITTEN = "read", "compared", "written"
# What is done to how many of the rows of a file; while it is read, nobody knows how many there are: 0.
Progress = Callable[[str, str, int, int], None]
LONGEST_WAIT = "20s"  # for others who are saving
NOT_YOURS = "You may not publish these, nor change what is published. Ask a Publisher; with the two-person"
NOT_YOURS += " rule nobody does so by a file: it is published, or unpublished, at the desk."


@dataclass
class Result:
    """What came, or would come, of a record: for each file how many rows of each outcome; problems; what differs.

    `is_applied` is false after a dry run, with a problem, or if it would not be what was expected.
    """

    counts: dict[str, Counter] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    differences: Differences = field(default_factory=Differences)
    is_applied: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.problems


def apply(
    record: Record,
    dry_run: bool = False,
    progress: Progress = lambda what, file, done, total: None,
    may_publish: bool = True,
    expected: str | None = None,
) -> Result:
    """Insert and update until the database says what the record says; rows it does not name stay as they are.

    All or nothing: with a problem, or if the differences turn out to be others than those `expected` (the digest of a
    dry run), the database is left as it was. A dry run works on copies of the tables and keeps nobody waiting;
    otherwise nobody else can write to the record's tables from when the files are read until the end (they may read).
    Who may not publish may not touch published rows. Applying twice changes nothing.
    """
    result = Result()
    with history.by(why=f"Import of {record.name}"):
        staging = Staging()
        if _read(record, staging, result.problems, progress):
            trial.copy(list(record.files)) if dry_run else lock(list(record.files))
            for table in (table for table in TABLES if table in record.files):
                _do(table, record, staging, result, progress, may_publish, COMPARED if dry_run else WRITTEN)
            result.is_applied = not dry_run and result.is_ok and expected in (None, result.differences.digest)
        transaction.set_rollback(not result.is_applied)
    order = {table.file: number for number, table in enumerate(TABLES)}
    result.problems.sort(key=lambda problem: (order.get(problem.file, -1), problem))
    return result


def _read(record: Record, staging: Staging, problems: Problems, progress: Progress) -> bool:
    """Read all files; whether all could be read."""
    unreadable = list(record.problems)
    for table in record.files:
        try:
            with transaction.atomic():  # COPY that ends early is an error of the database
                staging.load(table, record.rows(table), problems, lambda done: progress(READ, table.file, done, 0))  # noqa: B023 - called at once
        except NotReadError as error:
            unreadable += error.problems
    for problem in unreadable:
        problems.add(problem)
    if unreadable or not record.files:
        return False
    for table in record.files:
        staging.refuse_repeated(table, problems)
    return True


def lock(tables: list[Table]) -> None:
    """Keep others from writing to these tables (they may read) until this transaction ends.

    Not the weaker SHARE ROW EXCLUSIVE: a form that has locked a row and not yet saved would wait for us, and we for it.
    Whoever writes to them now is waited for, but not for ever: that would keep all who come after us waiting as well.
    """
    names = [connection.ops.quote_name(one._meta.db_table) for table in tables for one in trial.models_of(table)]
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _do(
    table: Table,
    record: Record,
    staging: Staging,
    result: Result,
    progress: Progress,
    may_publish: bool,
    doing: str,
) -> None:
    """One table of a record: compare and save, note what differs, count the rows of each outcome."""
    read = staging.counts(table)
    tell = lambda done: progress(doing, table.file, done, read.total())  # noqa: E731
    Work(table, staging, result.problems, tell, read[NEW]).run(set(record.files))
    counts = staging.counts(table)
    for lines in staging.batches(table, INSERTED, UPDATED):
        for row in staging.rows(table, lines):
            if row.is_public and not may_publish:
                result.problems.add(Problem(table.file, row.line, "published", NOT_YOURS))
                counts -= Counter({row.outcome: 1})
                counts += Counter({BAD: 1})
            else:
                result.differences.add(row)
    result.counts[table.file] = counts
