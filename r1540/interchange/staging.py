"""The rows of the files in temporary tables, one a file: memory holds one batch of them, however many there are.

Beside what its columns say, as PostgreSQL has it, a row has what came of it. Of a bad row only the key is needed.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db import connection
from django.db.models import Model

from . import reading
from .reading import Problem, Problems
from .saving import BATCH
from .statements import number, quoted, run, staged
from .tables import Table

NEW = "new"  # not yet compared with the database
REFUSED = "refused"  # by the database, perhaps only until another row is saved
INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"
BAD, WAITING = "with problems", "not checked"  # a row that points at a row with problems is not checked
GOOD = (INSERTED, UPDATED, UNCHANGED)

MAKE = """
DROP TABLE IF EXISTS {staged};
CREATE TEMPORARY TABLE {staged} (
    line integer NOT NULL,
    key text COLLATE "C" NOT NULL,  -- a digest: a key may be longer than an index allows
    outcome text NOT NULL,
    id bigint,  -- of the database's row
    old jsonb NOT NULL DEFAULT '{{}}',  -- what the database says that differs, by column
    is_public boolean NOT NULL DEFAULT false,  -- the row is, was or becomes published
    {columns}
) WITH (fillfactor = 40)  -- room for what comes of each row
"""
INDEX = """
CREATE UNIQUE INDEX ON {staged} (line);
CREATE INDEX ON {staged} (key);
ANALYZE {staged}
"""
REPEATED = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY key) AS first FROM {staged}
) AS numbered WHERE line > first ORDER BY line
"""


@dataclass
class Row:
    """A row that was compared with the database: its cells, and those of the database that differ."""

    table: Table
    line: int
    outcome: str
    is_public: bool
    old: dict[str, str]
    cells: dict[str, str]


def digest(key: Iterable[Any]) -> str:
    return blake2b(json.dumps(list(key)).encode(), digest_size=16).hexdigest()


def batched(lines: list[int]) -> Iterator[list[int]]:
    return (lines[start : start + BATCH] for start in range(0, len(lines), BATCH))


class Staging:
    """The temporary tables; they go with the transaction, or when the next are made."""

    def load(self, table: Table, rows: Iterable[reading.Row], problems: Problems, tell: Callable[[int], None]) -> None:
        """Take the rows of a file, and note what is wrong with them. NotReadError passes through."""
        names = [quoted(column.name) for column in table.columns]
        columns = ", ".join(f"{name} {column.sql_type}" for name, column in zip(names, table.columns, strict=True))
        run(MAKE.format(staged=staged(table), columns=columns))
        into = f"COPY {staged(table)} (line, key, outcome, {', '.join(names)}) FROM STDIN"
        nothing = [None] * len(names)  # the cells of a bad row may hold what the database cannot
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for number, row in enumerate(rows, 1):
                for reason in row.reasons:
                    problems.add(Problem(table.file, row.line, *reason))
                outcome, values = (BAD, nothing) if row.reasons else (NEW, row.values.values())
                copy.write_row((row.line, digest(row.key), outcome, *values))
                if number % BATCH == 0:
                    tell(number)
        run(INDEX.format(staged=staged(table)))

    def refuse_repeated(self, table: Table, problems: Problems) -> None:
        """A key may be there once: each later row of the same is bad."""
        keys, lines = ", ".join(table.key), []
        for line, first in run(REPEATED.format(staged=staged(table))):
            problems.add(Problem(table.file, line, table.key[-1], f"Line {first} has the same {keys} already."))
            lines.append(line)
        self.note(table, lines, BAD)

    def batches(self, table: Table, *outcomes: str) -> Iterator[list[int]]:
        """The lines of a table that now have one of these outcomes."""
        found = run(f"SELECT line FROM {staged(table)} WHERE outcome = ANY(%s) ORDER BY line", list(outcomes))
        return batched([line for (line,) in found])

    def rows(self, table: Table, lines: list[int]) -> Iterator[Row]:
        """The rows of these lines, all of which were compared with the database."""
        columns = {column.name: column for column in table.columns}
        cells = ", ".join(f"{quoted(name)}::text" for name in columns)
        found = run(
            f"SELECT line, outcome, is_public, old::text, {cells} FROM {staged(table)}"
            " WHERE line = ANY(%s) ORDER BY line",
            lines,
        )
        for line, outcome, is_public, old, *values in found:
            differing = {name: columns[name].cell(stored) for name, stored in json.loads(old).items()}
            cells = {name: column.cell(value) for (name, column), value in zip(columns.items(), values, strict=True)}
            yield Row(table, line, outcome, is_public, differing, cells)

    def saved(self, table: Table, lines: list[int]) -> list[tuple[int, Model]]:
        """The rows of the database that these lines became, each with its line."""
        found = run(
            f"SELECT line, {number(table)} FROM {staged(table)} AS row WHERE line = ANY(%s) ORDER BY line", lines
        )
        instances = table.model._base_manager.in_bulk([number for _, number in found])
        return [(line, instances[number]) for line, number in found]

    def note(self, table: Table, lines: Iterable[int], outcome: str) -> None:
        """Write down what came of lines of a table."""
        if lines:
            run(f"UPDATE {staged(table)} SET outcome = %s WHERE line = ANY(%s)", outcome, list(lines))

    def give_up(self, table: Table) -> None:
        """What the database still refuses is bad."""
        run(f"UPDATE {staged(table)} SET outcome = %s WHERE outcome = %s", BAD, REFUSED)

    def among(self, table: Table, keys: Iterable[str], is_bad: bool) -> set[str]:
        """Which of these keys are of rows of the file; or of rows of it that are bad or wait for such."""
        by_digest = {digest([key]): key for key in keys}
        found = run(
            f"SELECT key FROM {staged(table)} WHERE key = ANY(%s)"
            + (f" AND outcome IN ('{BAD}', '{WAITING}')" if is_bad else ""),
            list(by_digest),
        )
        return {by_digest[key] for (key,) in found}

    def counts(self, table: Table) -> Counter:
        return Counter(dict(run(f"SELECT outcome, count(*) FROM {staged(table)} GROUP BY 1")))
