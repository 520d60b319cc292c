"""A worksheet of XlsxWriter that takes many rows at once, column by column.

XlsxWriter takes one cell after the other, through ten functions each. With `constant_memory` it keeps the rows as XML
in a temporary file, until the workbook is put together: here the same XML is written there for many rows at a time.
(A text that begins with <r> and ends with </r> it would take for XML; here it is a text.)
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from xlsxwriter.utility import _preserve_whitespace, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Content = str | bool | int | None
BOOL_OR_INT = frozenset((bool, int))


class Sheet(Worksheet):
    def write_part(self, first: int, part: Sequence[Sequence], said: Callable[[Any], Content]) -> None:
        """Write some rows, given as columns, from the row `first` on (counted from 0), after all that was written; of
        each value what it is `said` to be in a workbook."""
        self._write_single_row(first)  # the last one that was written cell by cell
        numbers = range(first + 1, first + 1 + len(part[0]))
        columns = [self.cells(xl_col_to_name(place), numbers, column, said) for place, column in enumerate(part)]
        rows = zip(numbers, map("".join, zip(*columns, strict=True)), strict=True)
        found = [(number, cells) for number, cells in rows if cells]
        self.row_data_fh.write("".join([f'<row r="{number}">{cells}</row>' for number, cells in found]))
        self.dim_rowmax = found[-1][0] - 1 if found else self.dim_rowmax

    def cells(self, letter: str, numbers: Iterable[int], column: Sequence, said: Callable) -> list[str]:
        """The XML of a column's cells, nothing for an empty one; what is the same in many is made once."""
        if BOOL_OR_INT.isdisjoint(map(type, column)):
            made = {value: self.end_of(said(value)) for value in set(column)}
            ends = [made[value] for value in column]
        else:  # 1 and True would be one key
            ends = [self.end_of(said(value)) for value in column]
        return [f'<c r="{letter}{number}{end}' if end else "" for number, end in zip(numbers, ends, strict=True)]

    def end_of(self, value: Content) -> str:
        """The XML of a cell from behind the number of its row on."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return f'" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int):
            return f'"><v>{value:.16G}</v></c>'
        words = self._escape_control_characters(value)
        space = ' xml:space="preserve"' if _preserve_whitespace(words) else ""
        return f'" t="inlineStr"><is><t{space}>{self._escape_data(words)}</t></is></c>'
