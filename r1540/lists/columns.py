"""The columns of a public list, declared once: how people, files and JSON read them, and how they sort.

A column says which values of a row it looks at, as paths from its model: its accessor, and those `also` named. So a
list asks the database for these values, and makes no instance of a model.
"""

import html
from copy import copy
from datetime import date
from functools import cache, lru_cache
from inspect import signature
from typing import NamedTuple

import django_tables2
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import NullIf
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import mark_safe
from django_tables2.utils import AttributeDict

from r1540.as_at.when import When

NONE_RECORDED = "none recorded"


class Column(django_tables2.Column):
    """A column that looks at other values of a row as well: `also` are their paths. What makes its content takes them
    by the last names of these: that at "state__iso3" as `iso3`."""

    def __init__(self, *args, also=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.also = {path.rpartition("__")[2]: path for path in also}


class WhenColumn(django_tables2.Column):
    """A date as far as it is known. What may lie after the day of the page says so, unless another column does."""

    def __init__(self, *args, status_is_beside=False, **kwargs):
        super().__init__(*args, **{"default": NONE_RECORDED} | kwargs)
        self.status_is_beside = status_is_beside

    def render(self, value: When, table):
        return show_when(value, None if self.status_is_beside else table.at)

    def value(self, value: When):
        return value.edtf


@lru_cache(10_000)
def show_when(when: When, at) -> str:
    """A When in HTML, in UN style, machine-readable where it is a day, a month or a year.

    What may or may not have been by the day `at` says so; None asks nothing of it.
    """
    shown = format_html('<time datetime="{}">{}</time>', when.edtf, when) if when.parts else str(when)
    if at is None or when.certain_by(at) or not when.possible_by(at):
        return shown
    return format_html('{} <span class="aside">(day not established)</span>', shown)


class WordsColumn(django_tables2.Column):
    """A word out of a few, such as a status; "none recorded" where there is none.

    People read the label of a choice, files and JSON have the value that a filter takes.
    """

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **{"default": NONE_RECORDED} | kwargs)
        self.labels = dict(getattr(choices, "choices", choices))

    def render(self, value):
        return self.labels.get(value, value)

    def value(self, value):
        return str(value)


class Around(NamedTuple):
    """What a column may know of the table around it: the day, and what an address ends with to say it.

    So its cells are the same wherever these are; a table may know more, and make cells itself (`render_…`).
    """

    at: date | None
    day: str

    def link(self, address: str, words) -> str:
        """A link to a page of this site, as at the day of the table."""
        return mark_safe(f'<a href="{html.escape(address)}{self.day}">{as_text(words)}</a>')


class ListTable(django_tables2.Table):
    """The columns of one list, declared once: for the page, every export and JSON."""

    class Meta:
        template_name = "table.html"
        order_by_field = "sort"
        attrs = {"class": "list"}
        default = ""
        hidden: tuple[str, ...] = ()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.base_columns = Declared(cls.base_columns)

    def __init__(self, *args, at=None, parameters=None, **kwargs):
        self.at, self.parameters = at, parameters
        self.around = Around(at, escape(parameters.only("as_of")) if parameters else "")
        super().__init__(*args, **kwargs)

    @classmethod
    def shown(cls, chosen: list[str]) -> list[str]:
        """The names of the columns to show: those chosen, in their declared order, or the usual ones."""
        hidden = getattr(cls.Meta, "hidden", ())
        return [name for name in cls.base_columns if (name in chosen if chosen else name not in hidden)]

    @classmethod
    def paths(cls, names: list[str]) -> tuple[str, ...]:
        """Return the paths to all values that the columns of these names look at, each once."""
        columns = {name: cls.base_columns[name] for name in names}
        paths = ((one.accessor or name, *getattr(one, "also", {}).values()) for name, one in columns.items())
        return tuple(dict.fromkeys(path for each in paths for path in each))

    def link(self, address: str, words) -> str:
        """The same, for what a table writes itself."""
        return self.around.link(address, words)

    def head(self) -> str:
        """The cells of the head in HTML: what is sorted by says so, what can be is a link that sorts by it."""
        current = self.parameters.one("sort")
        return mark_safe("".join([self.heading(column.name, current) for column in self.columns]))

    def heading(self, name: str, current: str) -> str:
        words, can_sort = headings(type(self))[name]
        direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
        if direction:
            words += f'<span aria-hidden="true"> {"▲" if direction == "ascending" else "▼"}</span>'
        if can_sort:
            address = self.parameters.address(sort=f"-{name}" if direction == "ascending" else name, page=None)
            words = f'<a href="{html.escape(address)}">{words}</a>'
        sorted_by = f' aria-sort="{direction}"' if direction else ""
        return f'\n      <th scope="col"{sorted_by}>{words}</th>'

    def body(self) -> str:
        """The rows of this page in HTML, written in one go.

        The template loop that writes the same bytes took ten times as long (see tests/public/test_writing.py).
        """
        rows = self.shown_rows()
        lines = zip(*(cells(self, column, rows) for column in self.columns), strict=True)
        return mark_safe("".join([f"\n    <tr>{''.join(line)}</tr>" for line in lines]))

    def values(self, rows, names):
        """What JSON says of each of these rows: text, numbers, lists of texts, or None."""
        return zip(*self.contents(rows, names), strict=True)

    def contents(self, rows, names, said=lambda content: content) -> list[list]:
        """The same column by column; or of each content what `said` makes of it."""
        return [contents(self, self.columns[name], rows, said) for name in names]

    def shown_rows(self) -> "Values":
        """The rows of this page."""
        rows = self.page.object_list.data
        return Values(self.data.paths, zip(*rows, strict=True) if rows else [()] * len(self.data.paths))


@cache
def headings(table_class) -> dict[str, tuple[str, bool]]:
    """What stands over each column in HTML, and whether one may sort by it; of a class, for it is the same in all."""
    return {one.name: (conditional_escape(one.header), one.orderable) for one in table_class(()).columns.all()}


def also(column) -> dict[str, str]:
    return getattr(column.column, "also", {})


class Values:
    """Rows as the database told them, column by column: their values at some paths."""

    def __init__(self, paths, columns):
        self.columns = dict(zip(paths, columns, strict=True))

    def at(self, path: str):
        """The value of each row at a path."""
        return self.columns[path]


class Records:
    """Rows that are instances of a model."""

    def __init__(self, records):
        self.records = records

    def at(self, path: str):
        found = self.records
        for name in path.split("__"):
            found = [getattr(one, name, None) for one in found]
        return found


class Declared(dict):
    """The columns of a class. Each table copies them, and need not copy what they hold: a third of its price."""

    def __deepcopy__(self, memo):
        return {name: copy(column) for name, column in self.items()}


def cells(table, column, rows) -> list[str]:
    """The cells of a column in HTML, one a row, as `{{ }}` in a template writes them."""
    function = column.render
    if isinstance(function.__self__, ListTable):
        return each(column, rows, function, writer(type(table), column.name, column.default, function, table))
    known = cells_known(type(table), column.name, column.default, table.around if "table" in takes(function) else None)
    return list(map(known.__getitem__, values_of(column, rows, function)))


class Cells(dict):
    """The cells of a column in HTML by what they are made of, and by nothing else; each is written once for many pages.

    A third of a page of 50 States was to write their cells, half of one of 200.
    """

    AT_MOST = 300  # of one column: a page has up to 200, there are 195 States

    def __init__(self, write):
        super().__init__()
        self.write = write

    def __missing__(self, values):
        if len(self) >= self.AT_MOST:
            self.clear()
        self[values] = cell = self.write(values)
        return cell


@lru_cache(maxsize=100)
def cells_known(table_class, name: str, default, around: Around | None) -> Cells:
    """The cells of a column that makes them itself, of what it is given: not of the table."""
    return Cells(writer(table_class, name, default, table_class.base_columns[name].render, around))


def writer(table_class, name: str, default, function, table):
    """A function that writes a cell of what there is of a row (values_of); `table` is what `function` is told of it,
    the whole or what is Around."""
    column = table_class.base_columns[name]
    opening = f"<td {AttributeDict(column.attrs.get('td', {})).as_html()}>"
    shape = shaper(table, column, function, default)
    return lambda values: f"{opening}{as_text(shape(values))}</td>"


def contents(table, column, rows, said) -> list:
    """What files and JSON say of the rows in a column."""
    function = value_of(column)
    shape = shaper(table, column.column, function, None)
    return each(column, rows, function, lambda values: said(shape(values)))


def each(column, rows, function, shape) -> list:
    """What `shape` makes of what there is of each row; it is asked once for the same values: most columns have few."""
    found = list(values_of(column, rows, function))
    made = {values: shape(values) for values in set(found)}
    return [made[values] for values in found]


def values_of(column, rows, function):
    """Of each row the value of a column; where its `function` takes others too, a tuple of all."""
    values, others = rows.at(column.accessor), others_of(function)
    return zip(values, *(rows.at(also(column)[name]) for name in others), strict=True) if others else values


def as_text(content) -> str:
    """What a cell holds in HTML: numbers and dates as a template localizes them, text escaped."""
    if type(content) is str:
        return html.escape(content)
    return in_words(content) if type(content) in (date, int) else conditional_escape(localize(content))


@lru_cache(10_000, typed=True)  # 1 and 1.0 are equal
def in_words(content: date | int) -> str:
    """A day or a number as a template writes it. The site has one language, so it is worked out once for many pages."""
    return conditional_escape(localize(content))


def shaper(table, column, function, default):
    """A function of what there is of a row (values_of): what `function` makes of it, `default` of an empty value.

    django-tables2 finds out anew for each cell where the value is and what is taken, at several times the price, and
    puts the label in place of the value of a choice, also in files; here WordsColumn does, and only on pages.
    """
    nothing, taken, others = column.empty_values, takes(function), others_of(function)
    if taken == ("value",):
        return lambda value: default if value in nothing else function(value=value)

    def shaped(values):
        value, *more = values if others else (values,)
        if value in nothing:
            return default
        known = {"value": value, "table": table} | dict(zip(others, more, strict=True))
        return function(**{name: known[name] for name in taken})

    return shaped


@cache
def takes_of(function) -> tuple[str, ...]:
    return tuple(name for name in signature(function).parameters if name != "self")


def takes(function) -> tuple[str, ...]:
    """What a function that makes the content of a cell takes; asked once of each, not for each page."""
    return takes_of(getattr(function, "__func__", function))


def others_of(function) -> list[str]:
    """What it takes of a row besides the value of the column."""
    return [name for name in takes(function) if name not in ("value", "table")]


def value_of(column):
    """What makes the value of a cell; of a column that does not say how, what makes its content."""
    is_silent = getattr(column.value, "__func__", None) is django_tables2.Column.value
    return column.render if is_silent else column.value


def ordered(queryset, table_class, sort: str):
    """The queryset by a column, nulls last, ties in the list's usual order and at last by key."""
    usual = [*(queryset.query.order_by or queryset.model._meta.ordering), "pk"]
    if not sort:
        return queryset.order_by(*usual)
    column = table_class.base_columns[sort.removeprefix("-")]
    fields = column.order_by or (column.accessor or sort.removeprefix("-"),)
    keys = [directed(queryset, str(name), is_down=sort.startswith("-")) for name in fields]
    return queryset.order_by(*keys, *usual)


def directed(queryset, name: str, is_down: bool):
    """Nulls last, without saying so of a column that has none: then an index in that order can serve."""
    found = queryset.query.resolve_ref(name)
    key = sort_key(name, found.output_field)
    own = getattr(found, "alias", None) == queryset.query.get_initial_alias()
    last = None if own and key == F(name) and not found.target.null else True
    return key.desc(nulls_last=last) if is_down else key.asc(nulls_last=last)


def sort_key(name: str, field):
    """What to sort by for a field or annotation; an empty text is no value."""
    return NullIf(F(name), Value("")) if isinstance(field, CharField | TextField) else F(name)
