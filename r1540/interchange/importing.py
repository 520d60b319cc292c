"""Bringing what the files say into the database: all of it or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from django.core.management.color import no_style
from django.db import connection, transaction

from r1540 import history

from .reading import BAD, INSERTED, UNCHANGED, UPDATED, WAITING, Problems, Record, Row
from .table_import import TableImport
from .tables import TABLES, Table

OUTCOMES = (INSERTED, UPDATED, UNCHANGED, BAD, WAITING)
Progress = Callable[[str, int, int], None]  # the file, how many of its rows are done, how many it has
LONGEST_WAIT = "5s"  # for others who are saving


@dataclass
class Result:
    """What came, or would come, of a record: its rows, each with its outcome, and what is wrong.

    `is_applied` is false after a dry run, with a problem, if nothing differs, or not as it was expected.
    """

    rows: dict[Table, list[Row]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    is_applied: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.problems

    @property
    def counts(self) -> dict[str, Counter]:
        """Return how many rows of each outcome each file has."""
        return {table.file: Counter(row.outcome for row in rows) for table, rows in self.rows.items()}

    def changed(self) -> Iterator[tuple[Table, Row]]:
        """Yield the rows that are inserted or updated."""
        for table, rows in self.rows.items():
            yield from ((table, row) for row in rows if row.outcome in (INSERTED, UPDATED))

    @cached_property
    def digest(self) -> str:
        """Return a digest of what is done: of the lines of the changed rows, and of the old value of each changed cell.
        Two imports of the same file with the same digest do the same."""
        digest = sha256()
        for table, row in self.changed():
            old = [
                (column.name, column.cell(row.old[column.name])) for column in table.columns if column.name in row.old
            ]
            digest.update(repr((table.name, row.line, row.outcome, old)).encode())
        return digest.hexdigest()


def apply(
    record: Record,
    dry_run: bool = False,
    progress: Progress = lambda file, done, total: None,
    may_publish: bool = True,
    expected: str | None = None,
) -> Result:
    """Insert and update until the database says what the record says; rows it does not name stay as they are.

    All or nothing: with a problem, or if it would not do what is `expected` (the digest of a dry run), the database is
    left as it was. A dry run works on copies of the tables and keeps nobody waiting; otherwise nobody else can write to
    the record's tables from when the files are read until the end (they may read).
    Who may not publish may not touch published rows. Applying twice changes nothing.
    """
    result = Result()
    rows = record.rows(result.problems)
    with history.by(why=f"Import of {record.name}"):
        if rows:
            copy(list(rows)) if dry_run else lock(list(rows))
        imports: dict[Table, TableImport] = {}
        for table in (table for table in TABLES if table in rows):
            imports[table] = TableImport(table, rows[table], imports, result.problems, may_publish)
            imports[table].run(lambda done, total: progress(table.file, done, total))  # noqa: B023 - called at once
            result.rows[table] = rows[table]
        is_to_apply = any(result.changed()) and result.is_ok and not dry_run
        result.is_applied = is_to_apply and (expected is None or expected == result.digest)
        transaction.set_rollback(not result.is_applied)
    order = {table.file: number for number, table in enumerate(TABLES)}
    result.problems.sort(key=lambda problem: (order.get(problem.file, -1), problem))
    return result


def lock(tables: list[Table]) -> None:
    """Keep others from writing to these tables (they may read) until this transaction ends.

    Not the weaker SHARE ROW EXCLUSIVE: a form that has locked a row and not yet saved would wait for us, and we for it.
    Whoever writes to them now is waited for, but not for ever: that would keep all who come after us waiting as well.
    """
    names = [connection.ops.quote_name(one._meta.db_table) for table in tables for one in table.models]
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def copy(tables: list[Table]) -> None:
    """Make private copies of these tables and their many-to-many tables, as they are now. The caller rolls back.

    They are temporary tables, which come first in the search path: so until the end of the transaction this connection
    reads and writes copies of the tables, with all their rules, while everybody else works on the tables themselves:
    nobody is kept waiting, no trigger writes history, and nothing can come of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"SET LOCAL search_path TO pg_temp, {schema}")
        with connection.schema_editor() as editor:
            for table in tables:
                editor.create_model(table.model)
            # No foreign keys: a temporary table cannot refer to others. (A rule of ours about its own is plain text.)
            editor.deferred_sql = [
                sql for sql in editor.deferred_sql if isinstance(sql, str) or "FOREIGN KEY" not in str(sql)
            ]
        models = [model for table in tables for model in table.models]
        for model in models:
            name = connection.ops.quote_name(model._meta.db_table)
            columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields if not one.generated)
            cursor.execute(f"INSERT INTO pg_temp.{name} ({columns}) SELECT {columns} FROM {schema}.{name}")
            cursor.execute(f"ANALYZE pg_temp.{name}")
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)
