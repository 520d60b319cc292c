"""How the cells of a list are written: column by column, and each different value once.

A page of 200 rows and 16 columns has 3,200 cells, but most columns show few different values, such as "recorded" and
"none recorded". To find, convert and escape each cell by itself takes ten times as long. So of each column:

1. `Column.values` returns what the column looks at, as a tuple for each row.
2. `html_cell` writes the cell for one such tuple. It is cached, also for later pages: a cell depends on its column, on
   these values and on the context of the cell, and on nothing else. A column that needs anything else breaks this; it
   must make it one of its values (see the column with the order of visits).
3. The cells of all rows are then looked up by their values.

Files and JSON do the same with `Column.as_data`.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

Rows = Mapping[str, Sequence]  # the values of some rows, by the path of each value


class CellContext(NamedTuple):
    """What a cell may depend on besides the values of its row: the day of the page, whether its address says it, and
    what all addresses of the site begin with, without the host and with it."""

    at: date
    is_day_in_address: bool
    script_prefix: str
    site: str = ""

    def link(self, address: str, text, **parameters: str) -> str:
        """Return a link to a page of this site, as at the day of this page."""
        query = urlencode(({"as_of": self.at.isoformat()} if self.is_day_in_address else {}) | parameters)
        return mark_safe(f'<a href="{html.escape(f"{address}?{query}" if query else address)}">{as_text(text)}</a>')


def html_cells(column, rows: Rows, context: CellContext) -> list[str]:
    """Return the cells of a column in HTML, one for each row."""
    found = column.values(rows, context)
    written = {values: html_cell(column, context, values) for values in set(found)}
    return [written[values] for values in found]


@lru_cache(10_000)
def html_cell(column, context: CellContext, values: tuple) -> str:
    content = column.default if values[0] in column.empty_values else column.as_html(context, *values)
    begin, end = column.tags
    return f"{begin}{as_text(content)}{end}"


def data_cells(column, as_data: Callable, rows: Rows, context: CellContext, convert: Callable) -> list:
    """Return what `as_data` makes of the values of the rows in a column, after `convert`; None where there is none."""
    found = column.values(rows, context)
    content = lambda values: None if values[0] in column.empty_values else as_data(*values)  # noqa: E731
    converted = {values: convert(content(values)) for values in set(found)}
    return [converted[values] for values in found]


def as_text(content) -> str:
    """Return content as `{{ }}` in a template writes it: numbers and dates localized, text escaped."""
    if type(content) is str:
        return html.escape(content)
    return localized(content) if type(content) in (date, int) else conditional_escape(localize(content))


@lru_cache(10_000, typed=True)  # 1 and 1.0 are equal
def localized(content: date | int) -> str:
    """Return a day or a number as a template writes it. The site has one language, so it can be cached."""
    return conditional_escape(localize(content))
