"""Columns of what has happened: what is submitted, adopted, received or issued cannot lie in the future."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from .day import today
from .when import When, WhenField

NOT_YET = "{} lies in the future (today is {}, UTC). Only what has happened is recorded here."
NOT_OVER = "{} reaches into the future (today is {}, UTC). Write “{}”, as far as it is known by today."


class Happened:
    """A column of days that had come when they were typed.

    Forms and imports ask it, as they ask a validator; the database does not. What day it is changes, so that a
    constraint would mean something else each day, and a backup could not be restored on a server whose clock is behind.
    For migrations it is the column that it is otherwise (`stands_for`).
    """

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value and (reason := why_not_yet(value if isinstance(value, When) else When.day(value), today())):
            raise ValidationError(reason, code="future")

    def deconstruct(self) -> tuple:
        name, _, args, kwargs = super().deconstruct()
        return name, self.stands_for, args, kwargs


class HappenedField(Happened, WhenField):
    """A column of Whens at which something has happened."""

    stands_for = "r1540.as_at.when.WhenField"


class HappenedOnField(Happened, models.DateField):
    """A column of days on which something has happened."""

    stands_for = "django.db.models.DateField"


def why_not_yet(when: When, at: date) -> str:
    """Return why a date is none on which something can have happened by a day; empty if it can.

    The current month or year can be one: how far it has gone is known to who reads it. What only bounds the day cannot
    end later than today, because it had happened by now.
    """
    day = When.day(at)
    if not when.possible_by(at):
        return NOT_YET.format(when, day)
    return "" if when.certain_by(at) or when.parts else NOT_OVER.format(when, day, When(when.earliest, at))
