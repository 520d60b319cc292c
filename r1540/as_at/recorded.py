"""Recorded, day not established, none recorded: the three values of a fact as at a day."""

from django.db import models
from django.db.models import Case, Value
from django.db.models import When as If


class Recorded(models.TextChoices):
    """What the record says of a fact as at a day. Absence is only that none is recorded."""

    YES = "recorded", "Recorded"
    NOT_ESTABLISHED = "day not established", "Day not established"
    NONE = "none recorded", "None recorded"


def recorded(certain, possible) -> Case:
    """Return the value of a fact as at a day, from two conditions: it is certain by the day; it is possible by it."""
    return Case(
        If(certain, then=Value(Recorded.YES)),
        If(possible, then=Value(Recorded.NOT_ESTABLISHED)),
        default=Value(Recorded.NONE),
        output_field=models.CharField(choices=Recorded),
    )
