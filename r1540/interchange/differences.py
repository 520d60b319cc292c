"""What an import changes, cell by cell: a digest of all of it, and the first rows to look at."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from .staging import INSERTED, Row

KEPT = 200  # rows of each outcome


@dataclass(frozen=True)
class Difference:
    """A row that is inserted or updated: its line, its key, and (column, old cell, new cell)."""

    line: int
    key: str
    outcome: str
    cells: list[tuple[str, str, str]]


class Differences:
    """Differences, of which the first of each outcome are kept in `rows`; `counts` has how many there are.

    Of the same file, two imports with the same `digest` do the same: it is made of the rows' lines and of the old
    value of every cell that is changed.
    """

    def __init__(self):
        self.rows: list[Difference] = []
        self.counts = Counter()
        self._digest = sha256()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def add(self, row: Row) -> None:
        old = {} if row.outcome == INSERTED else row.old
        self._digest.update(repr((row.table.name, row.line, row.outcome, sorted(old.items()))).encode())
        self.counts[row.outcome] += 1
        if self.counts[row.outcome] <= KEPT:
            names = [name for name, cell in row.cells.items() if (cell if row.outcome == INSERTED else name in old)]
            cells = [(name, old.get(name, ""), row.cells[name]) for name in names]
            key = " ".join(row.cells[name] for name in row.table.key)
            self.rows.append(Difference(row.line, key, row.outcome, cells))
