"""The columns of a public list, declared once: what people read, what files and JSON have, and how rows sort.

A column names the values of a row that it looks at, as paths from the model: its `accessor`, then those in `also`. A
list asks the database for these values only, and makes no instances of models. A kind of column has two methods, which
get these values in that order. cells.py calls them where the first is a value.

    as_html(context, value, *also)  what people read; `context` knows the day of the page, and makes links as at it
    as_data(value, *also)           what files and JSON have: a text, a number, a list of texts

A table is a class of django-tables2 with columns as attributes. The page, files and JSON have them in the order of
`Meta.sequence`. Those in `hidden` are shown where they are chosen; files and JSON always have those in
`always_in_files`. Beside a date they have the earliest and the latest day that it may be: `submitted_earliest`.
What django-tables2 does row by row, find and render the value of each cell, is done here column by column.
"""

import html
from collections.abc import Callable, Sequence
from functools import lru_cache

import django_tables2
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import NullIf
from django.urls import get_script_prefix
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django_tables2.utils import Sequence as ColumnOrder

from r1540.as_at.when import When, edtf_period
from r1540.lists.cells import CellContext, Rows, data_cells, html_cells

NONE_RECORDED = "none recorded"


class Column(django_tables2.Column):
    """A column that shows a value as it is; where there is none, people read `default`."""

    default, css_class = "", ""
    empty_values: Sequence = (None, "")

    def __init__(
        self, verbose_name=None, *, accessor=None, also=(), order_by="", orderable=True, css_class="", default=None
    ):
        super().__init__(verbose_name, accessor, orderable=orderable)
        self.also, self.sort_path = also, order_by
        self.css_class = css_class or self.css_class
        self.default = self.default if default is None else default

    def __deepcopy__(self, memo):
        """Return itself: django-tables2 copies the columns for each table, and a declaration never changes."""
        return self

    def bind(self, name: str):
        """Take the name of the attribute for what was not declared."""
        self.verbose_name = self.verbose_name or capfirst(name.replace("_", " "))
        self.paths = (str(self.accessor or name), *self.also)
        self.sort_path = self.sort_path or self.paths[0]
        self.tags = cell_tags(self.css_class, self.verbose_name)

    def values(self, rows: Rows, context: CellContext) -> list[tuple]:
        """Return what the column looks at in each row: a tuple of the values at its paths."""
        return list(zip(*[rows[path] for path in self.paths], strict=True))

    def as_html(self, context: CellContext, value, *also):
        return value

    def as_data(self, value, *also):
        return value

    def in_files(self, name: str) -> dict[str, Callable]:
        """Return the columns that files have of this one, called `name`, each with the method that makes its values."""
        return {name: self.as_data}


class AddressColumn(Column):
    """The address of a row: of its page, or its place on a page. It has the host's name and no day, so it is permanent.

    `make` is a function that makes it, without the host's name, from the values at these paths.
    """

    def __init__(self, make: Callable, *paths: str):
        super().__init__("Address", accessor=paths[0], also=paths[1:], orderable=False, css_class="source")
        self.make = make

    def values(self, rows, context):
        return [(context.site + self.make(*values),) for values in super().values(rows, context)]

    def as_html(self, context, address):
        return format_html('<a href="{0}">{0}</a>', address)


def cell_tags(css_class: str, label: str) -> tuple[str, str]:
    """Return what each cell of a column begins and ends with. The cell that names its row is the header of the row.

    On a phone a row is a card, and each cell has its label beside it. The roles are what the tags mean already:
    browsers forget it where a stylesheet makes blocks of cells.
    """
    kind = f' class="{css_class}"' if css_class else ""
    if css_class == "name":
        return f'<th scope="row" role="rowheader"{kind}>', "</th>"
    return f'<td role="cell"{kind} data-label="{html.escape(label)}">', "</td>"


class DayColumn(Column):
    """A known day."""

    def as_data(self, value):
        return value.isoformat()


class DatesColumn(Column):
    """A date, or the dates between which something lasted, as far as known; a subclass says in `bounds` what it may be.

    `bounds` gets the values of the column and returns the earliest and the latest day, each None where it is open.
    """

    def bounds(self, *values) -> tuple:
        raise NotImplementedError

    def in_files(self, name):
        return {
            name: self.as_data,
            f"{name}_earliest": lambda *values: iso(self.bounds(*values)[0]),
            f"{name}_latest": lambda *values: iso(self.bounds(*values)[1]),
        }


def iso(day) -> str | None:
    return day.isoformat() if day else None


class PeriodColumn(DatesColumn):
    """The dates between which something lasted: its start and its end; what else its words need comes after."""

    empty_values = ()  # there may be only an end

    def as_data(self, starts, ends, *others):
        return edtf_period(starts, ends)

    def bounds(self, starts, ends, *others):
        last = ends or (None if starts is None or starts.parts else starts)  # as `edtf_period` says it
        return starts and starts.earliest, last and last.latest


class WhenColumn(DatesColumn):
    """A date as far as it is known. What may lie after the day of the page says so, unless another column does."""

    default, css_class = NONE_RECORDED, "date"

    def __init__(self, *args, status_is_beside=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.status_is_beside = status_is_beside

    def as_html(self, context, value: When):
        return show_when(value, None if self.status_is_beside else context.at)

    def as_data(self, value: When):
        return value.edtf

    def bounds(self, value: When):
        return value.earliest, value.latest


@lru_cache(10_000)
def show_when(when: When, at) -> str:
    """Return a When in HTML, in UN style, machine-readable where it is a day, a month or a year.

    What may or may not have been by the day `at` says so; None asks nothing of it.
    """
    shown = format_html('<time datetime="{}">{}</time>', when.edtf, when) if when.parts else when.alone
    if at is None or when.certain_by(at) or not when.possible_by(at):
        return shown
    return format_html('{} <span class="aside">(day not established)</span>', shown)


class WordsColumn(Column):
    """A word out of a few. People read its label; files and JSON have the value, which a filter takes."""

    default, css_class = NONE_RECORDED, "word"

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = dict(getattr(choices, "choices", choices))

    def as_html(self, context, value):
        return self.labels.get(value, value)

    def as_data(self, value):
        return str(value)


class ListTable(django_tables2.Table):
    """The columns of one list; an instance has those chosen, and some rows as at a day."""

    hidden: tuple[str, ...] = ()
    always_in_files: tuple[str, ...] = ()

    def __init_subclass__(cls):
        order = ColumnOrder(cls._meta.sequence or ("...",))
        order.expand(list(cls.base_columns))
        cls.base_columns = {name: cls.base_columns[name] for name in order}
        for name, column in cls.base_columns.items():
            column.bind(name)

    def __init__(self, names: Sequence[str], paths: Sequence[str], values: Sequence[Sequence], at, parameters):
        """`values` are, for each path of these columns, its value in each row; of no row they are empty."""
        super().__init__((), exclude=self.base_columns.keys() - names)
        self.names, self.parameters = names, parameters
        self.found: Rows = dict(zip(paths, values, strict=True)) if values else dict.fromkeys(paths, ())
        self.cell_context = CellContext(at, "as_of" in parameters, get_script_prefix(), parameters.site)

    @classmethod
    def shown(cls, chosen: list[str]) -> list[str]:
        """Return the names of the columns to show: those chosen, in their order, or the usual ones."""
        return [name for name in cls.base_columns if (name in chosen if chosen else name not in cls.hidden)]

    @classmethod
    def in_files(cls, shown: list[str]) -> list[str]:
        """Return the names of the columns that files have where these are shown."""
        return [name for name in cls.base_columns if name in shown or name in cls.always_in_files]

    @classmethod
    def header(cls, names: list[str]) -> list[str]:
        """Return the names that files and JSON give to the values of these columns, as `as_data` returns them."""
        return [part for name in names for part in cls.base_columns[name].in_files(name)]

    @classmethod
    def paths(cls, names: list[str]) -> tuple[str, ...]:
        """Return the paths to all values that the columns of these names look at, each once."""
        return tuple(dict.fromkeys([path for name in names for path in cls.base_columns[name].paths]))

    @classmethod
    def sortable(cls) -> list[str]:
        """Return the names of the columns by which the list can be sorted."""
        return [name for name, column in cls.base_columns.items() if column.orderable]

    def head(self) -> str:
        """Return the cells of the head in HTML: each column that can sort the list is a link that does."""
        return mark_safe("".join([self.heading(bound.name, bound.column) for bound in self.columns]))

    def heading(self, name: str, column: Column) -> str:
        words = conditional_escape(column.verbose_name)
        direction = {name: "ascending", f"-{name}": "descending"}.get(self.parameters.one("sort"), "")
        if direction:
            words += f'<span aria-hidden="true"> {"▲" if direction == "ascending" else "▼"}</span>'
        if column.orderable:
            address = self.parameters.address(sort=f"-{name}" if direction == "ascending" else name, page=None)
            words = f'<a href="{html.escape(address)}">{words}</a>'
        sorted_by = f' aria-sort="{direction}"' if direction else ""
        return f'\n      <th scope="col" role="columnheader"{sorted_by}>{words}</th>'

    def body(self) -> str:
        """Return the rows in HTML."""
        cells = [html_cells(bound.column, self.found, self.cell_context) for bound in self.columns]
        return mark_safe("".join([f'\n    <tr role="row">{"".join(line)}</tr>' for line in zip(*cells, strict=True)]))

    def as_data(self, convert: Callable = lambda content: content) -> list[list]:
        """Return what files and JSON have of the rows, column by column, each content after `convert`."""
        columns = [(self.base_columns[name], name) for name in self.names]
        return [
            data_cells(column, as_data, self.found, self.cell_context, convert)
            for column, name in columns
            for as_data in column.in_files(name).values()
        ]

    def as_dicts(self) -> list[dict]:
        """Return the rows as JSON has them."""
        names = self.header(self.names)
        return [dict(zip(names, cells, strict=True)) for cells in zip(*self.as_data(), strict=True)]


def ordered(queryset, table_class, sort: str):
    """Return the queryset ordered by a column, nulls last, ties in the list's usual order and at last by key."""
    usual = [*(queryset.query.order_by or queryset.model._meta.ordering), "pk"]
    if not sort:
        return queryset.order_by(*usual)
    column = table_class.base_columns[sort.removeprefix("-")]
    return queryset.order_by(directed(queryset, column.sort_path, sort.startswith("-")), *usual)


def directed(queryset, name: str, is_down: bool):
    """Return the order by a field or annotation, nulls last; of a column that has none it is not said, and then an
    index in that order can serve."""
    found = queryset.query.resolve_ref(name)
    # An empty text is no value.
    is_text = isinstance(found.output_field, CharField | TextField)
    key = NullIf(F(name), Value("")) if is_text else F(name)
    own = getattr(found, "alias", None) == queryset.query.get_initial_alias()
    last = None if own and not is_text and not found.target.null else True
    return key.desc(nulls_last=last) if is_down else key.asc(nulls_last=last)
