"""The description of the record's files: a Frictionless Data Package (specs.frictionlessdata.io, version 1)."""

from typing import Any

from django.db.models import BooleanField, DateField, IntegerField
from django.utils.text import capfirst

from r1540.as_at.when import WHEN_HELP, WhenField

from .tables import BETWEEN_KEYS, TABLES, Column, Table

DESCRIPTOR = "datapackage.json"
NAME = "r1540-record"
ABOUT = (
    "What States reported on Security Council resolution 1540 (2004), where the 1540 Committee went, which voluntary"
    " national implementation action plans exist, and from which source each fact is known. The designations employed"
    " do not imply any opinion on the legal status of any country, territory or area, or of its authorities."
    " A text that begins with = + - @, a line break, a tab or an apostrophe has one apostrophe before it, so that no"
    " spreadsheet runs it: take one off."
)
EDTF = (
    "A day as far as it is known, in EDTF (ISO 8601-2): 2004-10-27, 2004-10, 2004, [2011-09-12..2013-04-30],"
    " [..2022-06-01]."
)
TYPES = ((BooleanField, "boolean"), (IntegerField, "integer"), (DateField, "date"))


def descriptor() -> dict[str, Any]:
    """The content of datapackage.json. It has no date, so that the same record makes the same bytes."""
    return {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": "The 1540 record",
        "description": ABOUT,
        "sources": [{"title": "The documents that sources.csv names", "path": "sources.csv"}],
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "title": str(table.model._meta.verbose_name_plural),
        "description": table.model.__doc__,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [_pointer(column, table) for column in table.pointers],
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    kind = next((name for model_field, name in TYPES if isinstance(column.field, model_field)), "string")
    words = [f"{capfirst(column.field.verbose_name)}.", str(column.field.help_text)]
    if isinstance(column.field, WhenField):
        words[1:] = [words[1].replace(WHEN_HELP, "").strip(), EDTF]
    if column.is_many:
        words.append(f"Keys of {column.target.file}, joined by {BETWEEN_KEYS}.")
    limits: dict[str, Any] = {"required": True} if column.is_required else {}
    if column.field.choices:
        limits["enum"] = [value for value, _ in column.field.flatchoices]
    described = {"name": column.name, "type": kind, "description": " ".join(filter(None, words))}
    return described | ({"constraints": limits} if limits else {})


def _pointer(column: Column, table: Table) -> dict[str, Any]:
    resource = "" if column.target is table else column.target.name.replace("_", "-")
    return {"fields": column.name, "reference": {"resource": resource, "fields": column.target.key[0]}}
