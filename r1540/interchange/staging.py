"""The rows of the files in a temporary table: memory holds one batch of them, however many there are."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import connection

from . import reading
from .reading import Problem, Problems, values_of
from .saving import BATCH
from .tables import Table

NEW = "new"  # not yet compared with the database
REFUSED = "refused"  # by the database, perhaps only until another row is saved
INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"
BAD, WAITING = "with problems", "not checked"  # a row that points at a row with problems is not checked
GOOD = (INSERTED, UPDATED, UNCHANGED)

MAKE = """
DROP TABLE IF EXISTS pg_temp.import_row;
CREATE TEMPORARY TABLE import_row (
    file text NOT NULL,
    line integer NOT NULL,
    key text NOT NULL,  -- a digest: a key may be longer than an index allows
    cells text NOT NULL,
    outcome text NOT NULL,
    old text NOT NULL DEFAULT '{}',
    is_public boolean NOT NULL DEFAULT false
)
"""
INDEX = """
CREATE UNIQUE INDEX ON pg_temp.import_row (file, line);
CREATE INDEX ON pg_temp.import_row (file, key);
ANALYZE pg_temp.import_row
"""
REPEATED = """
SELECT line, first FROM (
    SELECT line, min(line) OVER (PARTITION BY key) AS first FROM pg_temp.import_row WHERE file = %s
) AS numbered WHERE line > first ORDER BY line
"""


@dataclass
class Row:
    """A row to be brought into the database: the value of each column, of pointers their keys; and what came of it.

    `old` has the cells of the database that differ, as texts; `is_public`: the row is, was or becomes published.
    """

    table: Table
    line: int
    cells: dict[str, str]
    outcome: str
    old: dict[str, str]
    is_public: bool
    values: dict[str, Any] = field(init=False)

    def __post_init__(self):
        self.values = values_of(self.table, self.cells)[0]

    @property
    def key(self) -> tuple:
        return tuple(self.values[name] for name in self.table.key)


def digest(key: Iterable[Any]) -> str:
    return blake2b(json.dumps(list(key)).encode(), digest_size=16).hexdigest()


class Staging:
    """The temporary table; it goes with the transaction, or when the next is made."""

    def __init__(self):
        self._run(MAKE)

    def load(self, table: Table, rows: Iterable[reading.Row], problems: Problems, tell: Callable[[int], None]) -> None:
        """Take the rows of a file, and note what is wrong with them. NotReadError passes through."""
        into = "COPY pg_temp.import_row (file, line, key, cells, outcome) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for number, row in enumerate(rows, 1):
                for reason in row.reasons:
                    problems.add(Problem(table.file, row.line, *reason))
                # Of a bad row only the key is needed; its cells may hold what the database cannot.
                cells, outcome = ({}, BAD) if row.reasons else (row.cells, NEW)
                copy.write_row((table.file, row.line, digest(row.key), json.dumps(cells), outcome))
                if number % BATCH == 0:
                    tell(number)

    def index(self) -> None:
        self._run(INDEX)

    def refuse_repeated(self, table: Table, problems: Problems) -> None:
        """A key may be there once: each later row of the same is bad."""
        keys = ", ".join(table.key)
        with connection.cursor() as cursor:
            cursor.execute(f"{REPEATED} LIMIT {reading.MOST_PROBLEMS}", [table.file])
            found = cursor.fetchall()
            for line, first in found:
                problems.add(Problem(table.file, line, table.key[-1], f"Line {first} has the same {keys} already."))
            cursor.execute(
                f"UPDATE pg_temp.import_row SET outcome = %s WHERE file = %s AND line IN"
                f" (SELECT line FROM ({REPEATED}) AS repeated)",
                [BAD, table.file, table.file],
            )
            problems.count += max(0, cursor.rowcount - len(found))

    def batches(self, table: Table, *outcomes: str) -> Iterator[list[Row]]:
        """The rows of a table with one of these outcomes, by line; what is noted meanwhile does not come again."""
        last = -1
        while found := self._run(
            "SELECT line, cells, outcome, old, is_public FROM pg_temp.import_row"
            " WHERE file = %s AND line > %s AND outcome = ANY(%s) ORDER BY line LIMIT %s",
            [table.file, last, list(outcomes), BATCH],
        ):
            last = found[-1][0]
            yield [
                Row(table, line, json.loads(cells), outcome, json.loads(old), is_public)
                for line, cells, outcome, old, is_public in found
            ]

    def note(self, rows: list[Row]) -> None:
        """Write down what came of rows of one table."""
        if rows:
            self._run(
                "UPDATE pg_temp.import_row AS row SET outcome = came.outcome, old = came.old,"
                " is_public = came.is_public FROM unnest(%s::int[], %s::text[], %s::text[], %s::boolean[])"
                " AS came (line, outcome, old, is_public) WHERE row.file = %s AND row.line = came.line"
                " AND row.line BETWEEN %s AND %s",  # found by the index
                [
                    [row.line for row in rows],
                    [row.outcome for row in rows],
                    [json.dumps(row.old) for row in rows],
                    [row.is_public for row in rows],
                    rows[0].table.file,
                    *(rows[0].line, rows[-1].line),
                ],
            )

    def give_up(self, table: Table) -> None:
        """What the database still refuses is bad."""
        self._run(
            "UPDATE pg_temp.import_row SET outcome = %s WHERE file = %s AND outcome = %s", [BAD, table.file, REFUSED]
        )

    def among(self, table: Table, keys: Iterable[str], is_bad: bool) -> set[str]:
        """Which of these keys are of rows of the file; or of rows of it that are bad or wait for such."""
        by_digest = {digest([key]): key for key in keys}
        if not by_digest:
            return set()
        bad = "AND outcome IN (%s, %s)" if is_bad else ""
        found = self._run(
            f"SELECT key FROM pg_temp.import_row WHERE file = %s AND key = ANY(%s) {bad}",
            [table.file, list(by_digest), *((BAD, WAITING) if is_bad else ())],
        )
        return {by_digest[key] for (key,) in found}

    def counts(self, table: Table) -> Counter:
        found = self._run("SELECT outcome, count(*) FROM pg_temp.import_row WHERE file = %s GROUP BY 1", [table.file])
        return Counter(dict(found))

    def _run(self, sql: str, values: list | None = None) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
