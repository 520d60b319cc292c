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
    """Return which of the three holds, from the condition that it surely was by the day, and that it may have been."""
    return Case(
        If(certain, then=Value(Recorded.YES)),
        If(possible, then=Value(Recorded.NOT_ESTABLISHED)),
        default=Value(Recorded.NONE),
        output_field=models.CharField(choices=Recorded),
    )
