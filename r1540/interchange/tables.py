"""The tables of the interchange form, derived from the models: their files, keys and columns.

A column is a field of the model. A foreign key is written as the natural key of the row it points at; several rows
(sources, organizations) as their keys joined by "|".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, CharField, DateField, Field, IntegerField, Model, TextField

from r1540.as_at.names import as_it_looks, as_kept
from r1540.as_at.when import WhenField, read_one_day
from r1540.history.publication import TIMES, Publishable
from r1540.lists.files import Cell, text
from states.models import Membership, Organization, Source, State, StateName, fact_models
from states.state_lookup import code_called

BETWEEN_KEYS = "|"
# As spreadsheets write them, in English, French, Spanish and Russian.
TRUTH = dict.fromkeys(("true", "vrai", "verdadero", "истина"), True)
TRUTH |= dict.fromkeys(("false", "faux", "falso", "ложь"), False)
# The column of a file that says why its rows were refused; who sends such a file again need not take it out.
REASONS = "reasons"
# What every fact has stands after what makes it that fact.
LAST = ["certainty", "sources", "note", "internal_note", "published"]
# What the database works out as a fact is published in one record; in another it is published anew.
OF_ONE_RECORD = ["checked", *TIMES]


@dataclass(frozen=True)
class FileColumn:
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
        """Return the table at whose rows the column points; None if it points at none."""
        return TABLE_OF[self.field.related_model] if self.field.is_relation else None

    @property
    def is_text(self) -> bool:
        return isinstance(self.field, CharField | TextField) and not self.field.choices

    @cached_property
    def choices(self) -> dict[str, Any]:
        """Return the values that the column takes, by their names in small letters, in files and in forms."""
        return {str(name).casefold(): value for value, label in self.field.flatchoices for name in (label, value)}

    @property
    def offered(self) -> list[str]:
        """Return the values that a cell may hold if they are few, States by their names."""
        if self.target and self.target.model is State and not self.is_many:
            return list(State.objects.values_list("name", flat=True))
        if isinstance(self.field, BooleanField):
            return ["true", "false"]
        return list(dict(self.field.flatchoices)) if self.field.choices else []

    def cells(self, values: Sequence[Any]) -> Sequence[Cell]:
        """Return the cells of values of the model; of a pointer, of the key or keys it points at."""
        if self.is_many:
            return [BETWEEN_KEYS.join(sorted(keys)) for keys in values]
        return [when and when.edtf for when in values] if isinstance(self.field, WhenField) else values

    def parse(self, cell: str) -> Any:
        """Return the value that a cell says; of a pointer, the key (or the frozenset of keys) it points at.

        Raises ValidationError with a reason a person can act on.
        """
        cell = as_kept(self.field, cell) if self.is_text else as_it_looks(cell)
        if not cell:
            return self._empty()
        if self.field.is_relation:
            return self._keys(cell) if self.is_many else self._key(cell)
        if isinstance(self.field, BooleanField):
            if cell.lower() not in TRUTH:
                raise ValidationError(f"“{cell}” is neither true nor false.")
            return TRUTH[cell.lower()]
        if self.field.choices:
            if cell.casefold() not in self.choices:
                raise ValidationError(f"“{cell}” is none of: {', '.join(dict(self.field.flatchoices))}.")
            return self.choices[cell.casefold()]
        if isinstance(self.field, IntegerField) and not re.fullmatch("[0-9]{1,18}", cell):
            raise ValidationError(f"“{cell}” is not a whole number.")
        return self.field.clean(_day(cell) if isinstance(self.field, DateField) else cell, None)

    def cell(self, value: Any) -> str:
        """Return the cell of one value, as text."""
        return text(*self.cells([value]))

    def _empty(self) -> Any:
        if self.is_required:
            raise ValidationError("This column cannot be empty.")
        if self.is_many:
            return frozenset()
        return None if self.field.null else ""

    def _key(self, cell: str) -> str:
        """Return the key that a cell means: a State has a code, and may be called otherwise."""
        return (code_called(cell) if self.target.model is State else None) or cell

    def _keys(self, cell: str) -> frozenset[str]:
        keys = list(map(str.strip, cell.split(BETWEEN_KEYS)))
        if "" in keys or len(set(keys)) < len(keys):
            raise ValidationError(f"“{cell}” is no list of different keys, joined by {BETWEEN_KEYS}.")
        return frozenset(keys)


def as_typed(name: str) -> str:
    """Return the name of a column in small letters, with underscores for spaces."""
    return as_it_looks(name).lower().replace(" ", "_")


def _day(cell: str) -> date:
    try:
        return read_one_day(cell)
    except ValueError as error:
        raise ValidationError(str(error)) from None


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
    def columns(self) -> list[FileColumn]:
        """Return the columns in the order of the file: all but the primary key and what the database computes."""
        meta = self.model._meta
        stored = (field for field in meta.concrete_fields if not field.primary_key and not field.generated)
        own = [field for field in stored if field.name not in OF_ONE_RECORD]
        fields = sorted(
            own + list(meta.many_to_many),
            key=lambda field: LAST.index(field.name) + 1 if field.name in LAST else 0,
        )
        return [FileColumn(field, field.name in self.key or not field.blank) for field in fields]

    def name_of(self, cell: str) -> str:
        """Return the name of the column that a cell of the header means, in any case, with spaces for underscores, or
        as a form calls it; the cell itself if it means none."""
        names = {as_typed(str(column.field.verbose_name)): column.name for column in self.columns}
        names |= {name: name for name in (*(column.name for column in self.columns), REASONS)}
        return names.get(as_typed(cell), as_it_looks(cell))

    @property
    def key_columns(self) -> list[FileColumn]:
        columns = {column.name: column for column in self.columns}
        return [columns[name] for name in self.key]

    @property
    def has_steps(self) -> bool:
        """Return whether rows of the table go from letter to publication."""
        return issubclass(self.model, Publishable)

    @property
    def pointers(self) -> list[FileColumn]:
        return [column for column in self.columns if column.target and not column.is_many]

    @property
    def lists(self) -> list[FileColumn]:
        return [column for column in self.columns if column.is_many]

    @property
    def models(self) -> list[type[Model]]:
        """Return the models whose rows are in the file: its own, and those of its many-to-many tables."""
        return [self.model, *(column.field.remote_field.through for column in self.lists)]

    def pks(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the database's numbers of rows by their keys (of a table that others point at: one column)."""
        if not keys:
            return {}
        found = self.model._base_manager.filter(**{f"{self.key[0]}__in": list(keys)})
        return dict(found.values_list(*self.key, "pk"))


REFERENCE = ("reference",)
# A table comes after those it points at.
TABLES = [
    Table("states", State, ("iso3",)),
    Table("state_names", StateName, ("state", "language", "kind", "name")),
    Table("organizations", Organization, ("acronym",)),
    Table("sources", Source, REFERENCE),
    Table("memberships", Membership, ("organization", "state", "number")),
    *(
        Table(model.fact_kind.file, model, REFERENCE)
        for model in sorted(fact_models(), key=lambda model: (model._meta.app_label, model.fact_kind.order))
    ),
]
TABLE_OF = {table.model: table for table in TABLES}
