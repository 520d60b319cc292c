"""What is said of many States in the same words and on the same day, in one line that opens to the States."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

MANY = 5  # of fewer States each has a line of its own, which is read as quickly


@dataclass(frozen=True)
class Line:
    """One row, or the rows that say the same of many States."""

    rows: list

    @property
    def first(self):
        return self.rows[0]

    @property
    def is_of_many(self) -> bool:
        return len(self.rows) > 1


def in_lines(rows: Iterable, words: Callable[..., Hashable]) -> list[Line]:
    """Return the rows in lines, each line at the place of its first row.

    `words` is what a row says of its State: where it is the same of MANY rows, they share a line. Rows of which it is
    empty stand alone.
    """
    rows = list(rows)
    alike = defaultdict(list)
    for row in rows:
        alike[words(row)].append(row)
    lines = []
    for row in rows:
        same = alike[words(row)]
        if not words(row) or len(same) < MANY:
            lines.append(Line([row]))
        elif row is same[0]:
            lines.append(Line(same))
    return lines
