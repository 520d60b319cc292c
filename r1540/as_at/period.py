"""A period between two days: whether something happened in it, may have, or did not.

A fact happened in the period when each of its possible days lies in it. Where only some do, it may have: its day is not
established.
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from r1540.as_at.when import When


class Day(models.TextChoices):
    """Where the day of something lies that happened in a period, as far as the day is known."""

    WITHIN = "in the period", "In this period"
    BY_THE_END = "by the end", "By the end of this period, perhaps before it"
    NOT_ESTABLISHED = "day not established", "Perhaps in this period, perhaps later"


@dataclass(frozen=True)
class Period:
    """The days after `since`, until `at`."""

    since: date
    at: date

    def day(self, when: When) -> Day | None:
        """Tell where the day of something lies that happened in the period, or may have; None if it did not."""
        if when.certain_by(self.since) or not when.possible_by(self.at):
            return None
        if not when.certain_by(self.at):
            return Day.NOT_ESTABLISHED
        return Day.BY_THE_END if when.possible_by(self.since) else Day.WITHIN

    def touches(self, *fields: str) -> Q:
        """Return the condition that one of these dates may lie in the period, or on the day `since`.

        That day counts because what lasted until it (a visit) is over from the next day on.
        """
        days = When(self.since, self.at)
        return reduce(or_, (Q(**{f"{field}__overlaps": days}) for field in fields))


@dataclass(frozen=True)
class Step:
    """One thing that happened to a fact, or may have: a report was submitted, a visit was cancelled.

    `kind` is the value of a filter, `key` a name that never changes. `counts_from` is the day from which lists count
    it, where that is another day than `when` it happened. `of_many` says what happened without saying to which State;
    it is empty where no two States are told of in the same words.
    """

    kind: str
    key: str
    when: When
    sentence: str
    address: str
    state: models.Model | None = None
    fact: models.Model | None = None
    counts_from: When | None = None
    of_many: str = ""
