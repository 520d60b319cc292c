"""The columns of a public list, declared once: how people, files and JSON read them, and how they sort."""

from inspect import ismethod, signature

import django_tables2
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import NullIf
from django.utils.html import format_html

from r1540.when import When

NONE_RECORDED = "none recorded"


class WhenColumn(django_tables2.Column):
    """A date as far as it is known. What may lie after the day of the page says so, unless another column does."""

    def __init__(self, *args, status_is_beside=False, **kwargs):
        super().__init__(*args, **{"default": NONE_RECORDED} | kwargs)
        self.status_is_beside = status_is_beside

    def render(self, value: When, table):
        return show_when(value, None if self.status_is_beside else table.at)

    def value(self, value: When):
        return value.edtf


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


class ListTable(django_tables2.Table):
    """The columns of one list, declared once: for the page, every export and JSON."""

    class Meta:
        template_name = "table.html"
        order_by_field = "sort"
        attrs = {"class": "list"}
        default = ""
        hidden: tuple[str, ...] = ()

    def __init__(self, *args, at, asked, **kwargs):
        self.at, self.asked = at, asked
        super().__init__(*args, **kwargs)

    @classmethod
    def shown(cls, chosen: list[str]) -> list[str]:
        """The names of the columns to show: those chosen, in their declared order, or the usual ones."""
        hidden = getattr(cls.Meta, "hidden", ())
        return [name for name in cls.base_columns if (name in chosen if chosen else name not in hidden)]

    def header_links(self):
        """Each column with its aria-sort value and the address that sorts by it (None if it cannot)."""
        current = self.asked.one("sort")
        for column in self.columns:
            direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(current, "")
            following = f"-{column.name}" if direction == "ascending" else column.name
            yield column, direction, self.asked.address(sort=following, page=None) if column.orderable else None

    def body(self):
        """The rows of this page; of each cell its attributes and content, in HTML."""
        columns = list(self.columns)
        attributes = [column.attrs["td"].as_html() for column in columns]
        readers = [reader(self, column, column.render, column.default) for column in columns]
        for row in self.paginated_rows:
            yield zip(attributes, (read(row.record) for read in readers), strict=True)

    def values(self, records, names):
        """The values of each record for exports and JSON: text, numbers, lists of texts, or None."""
        columns = [self.columns[name] for name in names]
        readers = [reader(self, column, value_of(column), None) for column in columns]
        for record in records:
            yield [read(record) for read in readers]


def reader(table, column, shape, default):
    """A function that reads a column from a record: what `shape` makes of the value, `default` if there is none.

    django-tables2 finds out anew for each cell where the value is and what `shape` takes, at several times the price,
    and puts the label in place of the value of a choice, also in files; here WordsColumn does, and only on pages.
    """
    path, nothing = column.accessor.split("__"), column.column.empty_values
    taken = [name for name in ("value", "record", "table") if name in signature(shape).parameters]

    def read(record):
        value = at(record, path)
        if value in nothing:
            return default
        known = {"value": value, "record": record, "table": table}
        return shape(**{name: known[name] for name in taken})

    return read


def at(record, path):
    """What is at the end of a path, or None; a column that is only worked out has no such path."""
    for name in path:
        record = getattr(record, name, None)
        if ismethod(record):
            record = record()
    return record


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
    first = [sort_key(queryset, str(name)) for name in fields]
    keys = [key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True) for key in first]
    return queryset.order_by(*keys, *usual)


def sort_key(queryset, name: str):
    """What to sort by for a field or annotation; an empty text is no value."""
    is_text = isinstance(queryset.query.resolve_ref(name).output_field, CharField | TextField)
    return NullIf(F(name), Value("")) if is_text else F(name)
