"""Saving many rows, and saying which of them the database refuses, and why."""

import re
from collections.abc import Callable
from typing import Any

from django.db import DataError, IntegrityError, models, transaction

from .reading import Row

PARTS = 32  # 1,000 rows, then 31, then each alone: even if every row is bad, each is tried three times only
CHECK_VIOLATION = "23514"  # a rule within the row: no other row can mend it
REFUSALS = (IntegrityError, DataError)


def save(rows: list[Row], write: Callable[[list[Row]], None]) -> list[tuple[Row, Exception]]:
    """Write rows of a file at once; if that is refused, in parts, until those that the database refuses stand alone:
    they are returned, each with its error.

    A rule over several rows may be broken only until another row is saved (a membership begins where another now
    ends), so what is refused for another reason than `is_final` says is worth trying again after all others. It does
    not help two rows that exchange a value that must be unique.
    """
    if not rows:
        return []
    try:
        with transaction.atomic():
            write(rows)
    except REFUSALS as error:
        if len(rows) == 1:
            return [(rows[0], error)]
        size = max(1, len(rows) // PARTS)
        parts = (rows[start : start + size] for start in range(0, len(rows), size))
        return [refusal for part in parts for refusal in save(part, write)]
    return []


def is_final(error: Exception) -> bool:
    """Return whether no other row can make the database accept a row that it refused."""
    return error.__cause__.sqlstate == CHECK_VIOLATION


def reason_of(error: Exception, instance: models.Model) -> tuple[str, str]:
    """Return what a refusal says in the words of the broken rule: (the columns it concerns, the rule's message)."""
    diagnosis = error.__cause__.diag
    for constraint in instance._meta.constraints:
        if constraint.name == diagnosis.constraint_name:
            columns = [field.name for field in instance._meta.fields if field.name in _concerned(constraint)]
            return ", ".join(columns), str(constraint.get_violation_error_message())
    # A column that is unique by itself: the rule has no name of ours, but "Key (iso2)=(TD) already exists."
    if match := re.search(r"\((\w+)\)=\(", diagnosis.message_detail or ""):
        message = instance.unique_error_message(type(instance), (match[1],))
        return match[1], " ".join(message.messages)
    return diagnosis.column_name or "", str(diagnosis.message_primary)


def _concerned(constraint: Any) -> set[str]:
    """Return the fields that a constraint is about."""
    names = {*getattr(constraint, "fields", ()), getattr(constraint, "field", None)}
    condition = getattr(constraint, "condition", None)
    if condition is not None and not names - {None}:
        names |= condition.referenced_base_fields
    for expression, *_ in getattr(constraint, "expressions", ()) or ():
        parts = (
            [expression]
            if isinstance(expression, str)
            else [part.name for part in expression.flatten() if isinstance(part, models.F)]
        )
        names |= {part.split("__")[0] for part in parts}
    return names
