"""The tables of the interchange form, derived from the models: their files, keys and columns.

A column is a field of the model. A foreign key is written as the natural key of the row it points at; several rows
(sources, organizations) as their keys joined by "|".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import BooleanField, DateField, Field, IntegerField, Model

from r1540.as_at.when import When, WhenField
from r1540.lists import tabular
from states.models import Membership, Organization, Source, State, StateName, fact_models

BETWEEN_KEYS = "|"
TRUTH = {"true": True, "false": False}
# What every fact has stands after what makes it that fact.
LAST = ["certainty", "sources", "note", "internal_note", "published"]
# What the database works out as a fact is published in one record; in another it is published anew.
OF_ONE_RECORD = ["checked", "published_at"]


@dataclass(frozen=True)
class Column:
    """A column of a file: a field of a model, and how its values are written and read."""

    field: Field
    is_required: bool

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def is_many(self) -> bool:
        return bool(self.field.many_to_many)

    @cached_property
    def target(self) -> "Table | None":
        """The table at whose rows the column points, if it does."""
        return TABLE_OF[self.field.related_model] if self.field.is_relation else None

    def write(self, values: Sequence[Any]) -> Sequence[tabular.Cell]:
        """The cells of values of the model; of a pointer, of the key or keys it points at."""
        if self.is_many:
            return [BETWEEN_KEYS.join(sorted(keys)) for keys in values]
        return [when and when.edtf for when in values] if isinstance(self.field, WhenField) else values

    def read(self, cell: str) -> Any:
        """The value that a cell says; of a pointer, the key (or the frozenset of keys) it points at.

        Raises ValidationError with a reason a person can act on.
        """
        if not cell:
            return self._empty()
        if self.field.is_relation:
            return self._keys(cell) if self.is_many else cell
        if isinstance(self.field, BooleanField):
            if cell not in TRUTH:
                raise ValidationError(f"“{cell}” is neither true nor false.")
            return TRUTH[cell]
        if self.field.choices and cell not in dict(self.field.flatchoices):
            raise ValidationError(f"“{cell}” is none of: {', '.join(dict(self.field.flatchoices))}.")
        if isinstance(self.field, IntegerField) and not re.fullmatch("[0-9]{1,18}", cell):
            raise ValidationError(f"“{cell}” is not a whole number.")
        return self.field.clean(_day(cell) if isinstance(self.field, DateField) else cell, None)

    def stored(self, cell: str) -> str | None:
        """What a cell says, as PostgreSQL reads it; of a pointer the key, of a list its keys in one order.

        Raises ValidationError as `read` does.
        """
        value = self.read(cell)
        if isinstance(value, When):
            return f"[{value.earliest or ''},{value.latest + timedelta(days=1)})"
        return None if value is None else tabular.text(*self.write([value]))

    def cell(self, stored: str | None) -> str:
        """The cell of what PostgreSQL says; the other way round."""
        return _edtf(stored) if stored and isinstance(self.field, WhenField) else stored or ""

    @property
    def sql_type(self) -> str:
        """A type that holds whatever the column's cells may say; that the model's may hold less, it says itself."""
        if isinstance(self.field, BooleanField | DateField | WhenField):
            return self.field.db_type(connection)
        return "bigint" if isinstance(self.field, IntegerField) and not self.target else "text"

    def _empty(self) -> Any:
        if self.is_required:
            raise ValidationError("This column cannot be empty.")
        if self.is_many:
            return frozenset()
        return None if self.field.null else ""

    def _keys(self, cell: str) -> frozenset[str]:
        keys = cell.split(BETWEEN_KEYS)
        if "" in keys or len(set(keys)) < len(keys):
            raise ValidationError(f"“{cell}” is no list of different keys, joined by {BETWEEN_KEYS}.")
        return frozenset(keys)


def _day(cell: str) -> date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            return date.fromisoformat(cell)
        raise ValueError("Write year, month and day: 2004-10-27.")
    except ValueError as error:
        raise ValidationError(f"“{cell}” is not a day. {str(error).capitalize()}") from None


@lru_cache(10_000)
def _edtf(days: str) -> str:
    """The EDTF of a range as PostgreSQL writes it: [2004-10-27,2004-10-28), or (,2022-06-02)."""
    first, end = days.strip("[()").split(",")
    return When(date.fromisoformat(first) if first else None, date.fromisoformat(end) - timedelta(days=1)).edtf


@dataclass(frozen=True)
class Table:
    """A file of the record: the model of its rows, and the columns that name a row."""

    name: str
    model: type[Model]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @cached_property
    def columns(self) -> list[Column]:
        """Every column but the database's own numbers and what it works out, in the order of the file."""
        meta = self.model._meta
        stored = (field for field in meta.concrete_fields if not field.primary_key and not field.generated)
        own = [field for field in stored if field.name not in OF_ONE_RECORD]
        fields = sorted(
            own + list(meta.many_to_many),
            key=lambda field: LAST.index(field.name) + 1 if field.name in LAST else 0,
        )
        return [Column(field, field.name in self.key or not field.blank) for field in fields]

    @property
    def key_columns(self) -> list[Column]:
        columns = {column.name: column for column in self.columns}
        return [columns[name] for name in self.key]

    @property
    def pointers(self) -> list[Column]:
        return [column for column in self.columns if column.target and not column.is_many]

    @property
    def lists(self) -> list[Column]:
        return [column for column in self.columns if column.is_many]

    def there(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys rows of the database have (of tables that others point at, whose key is one column)."""
        found = self.model._base_manager.filter(**{f"{self.key[0]}__in": list(keys)})
        return set(found.values_list(*self.key, flat=True))


REFERENCE = ("reference",)
# A table comes after those it points at.
TABLES = [
    Table("states", State, ("iso3",)),
    Table("state_names", StateName, ("state", "language", "kind", "name")),
    Table("organizations", Organization, ("acronym",)),
    Table("memberships", Membership, ("organization", "state", "number")),
    Table("sources", Source, REFERENCE),
    *(
        Table(model.fact_kind.file, model, REFERENCE)
        for model in sorted(fact_models(), key=lambda model: (model._meta.app_label, model.fact_kind.order))
    ),
]
TABLE_OF = {table.model: table for table in TABLES}
