"""A date as far as it is known: the type, its words, its column, its questions.

A When is the closed interval of days, `earliest` to `latest`, on one of which something happened. A known
day has both equal; "October 2004" has 31 days; "by 1 June 2022" has no earliest day. So "as at" has three
answers: certainly (latest <= day), possibly (earliest <= day), not yet.

In files it is EDTF (ISO 8601-2), where [a..b] is one day out of several; people read and type UN style. In
the database it is a daterange; PostgreSQL excludes the upper end: [2004-10-27,2004-10-28).
"""

import functools
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

import psycopg
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.lookups import PostgresOperatorLookup
from psycopg.abc import Buffer
from psycopg.types.range import DateRangeLoader

from . import written
from .names import as_it_looks
from .written import FORMS, ONE_DAY, bounds, clean, days_of, in_words

YEARS = range(1800, 2200)
ONE_YEAR = timedelta(days=365)
WHEN_HELP = f"As far as it is known. For example: {FORMS}."
ISO_RANGE = re.compile(r"(?:\[(\d{4}-\d\d-\d\d)|\(),(\d{4}-\d\d-\d\d)\)", re.A)


@functools.total_ordering
@dataclass(frozen=True, order=False, slots=True)
class When:
    """The day on which something happened, as far as it is known; `earliest` is None for "by 1 June 2022".

    Whens sort by earliest day, an unknown one first, then by latest day, as the column does in PostgreSQL.
    Raises ValueError when the days are reversed or outside the years 1800 to 2199.
    """

    earliest: date | None
    latest: date

    def __post_init__(self) -> None:
        for day in (self.latest,) if self.earliest is None else (self.earliest, self.latest):
            if not isinstance(day, date) or isinstance(day, datetime):
                raise ValueError(f"{day!r} is not a day.")
            if day.year not in YEARS:
                raise ValueError(f"The year {day.year} is not between {YEARS[0]} and {YEARS[-1]}.")
        if self.earliest and self.earliest > self.latest:
            raise ValueError(f"The earliest day, {self.earliest}, is after the latest, {self.latest}.")

    @classmethod
    def day(cls, day: date) -> Self:
        """Return the When of a day that is known."""
        return cls(day, day)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the When that an EDTF or UN style text says, such as "[2011-09-12..2013-04-30]" or "27 Oct. 2004".

        Raises ValueError with the text, what is wrong with it, and the forms that can be read. Numbers are read where
        they can be only one day: 27.10.2004. Such as 01.02.2013 are refused, because half of the world reads another.
        """
        words = clean(text)
        try:
            return cls(*days_of(words))
        except ValueError as error:
            raise ValueError(f"“{words}” is not a date. {error} Write {FORMS}.") from None

    @property
    def is_day(self) -> bool:
        return self.earliest == self.latest

    @property
    def parts(self) -> tuple[int, ...]:
        """Return (year, month, day), (year, month) or (year,) when it is just that; () for "between" and "by"."""
        if self.earliest is None:
            return ()
        day = self.earliest.timetuple()[:3]
        days = (self.earliest, self.latest)
        return next((parts for parts in (day, day[:2], day[:1]) if bounds(*parts) == days), ())

    @property
    def edtf(self) -> str:
        """Return canonical EDTF (ISO 8601-2, "one of a set"): 2004-10-27, 2004-10, 2004, [a..b] or [..b]."""
        return _edtf(self)

    def __str__(self) -> str:
        """Return UN style (United Nations Editorial Manual): "27 October 2004", "between 13 and 17 January 2014"."""
        if parts := self.parts:
            return " ".join(in_words(*parts))
        if self.earliest is None:
            return f"by {When.day(self.latest)}"
        return "between {} and {}".format(*_shortened(When.day(self.earliest), When.day(self.latest)))

    @property
    def is_bound(self) -> bool:
        """Return whether it bounds a day and tells none: "by 1 June 2022", or "between" days over a year apart.

        Pages set such a date apart from days, and say that the day is not established.
        """
        return self.earliest is None or self.latest - self.earliest > ONE_YEAR

    @property
    def alone(self) -> str:
        """Return what stands by itself, in a cell or in brackets; a bound must not read as a day there."""
        return str(self) if self.earliest else f"{self} at the latest"

    def __hash__(self) -> int:
        return hash(self.latest)  # quick, and few differ in the earliest day alone

    def __lt__(self, other: "When") -> bool:
        return (self.earliest or date.min, self.latest) < (other.earliest or date.min, other.latest)

    def certain_by(self, at: date) -> bool:
        """Return whether it had happened by the end of the day `at`, whatever the true day."""
        return self.latest <= at

    def possible_by(self, at: date) -> bool:
        """Return whether it may have happened by the end of the day `at`; true of all that is certain."""
        return self.earliest is None or self.earliest <= at

    def surely_before(self, other: "When") -> bool:
        """Return whether it happened on an earlier day than `other`, whatever the true days."""
        return other.earliest is not None and self.latest < other.earliest


def first_and_last(text: str) -> tuple[When, When] | None:
    """Return the first and the last day, month or year that a text says; None if it says no two.

    "10–15 May 2014", as `period` writes it, "May 10 to 15, 2014", or in EDTF 2014-05-10/2014-05-15.
    """
    with suppress(ValueError):  # of a year outside the record's
        return tuple(When(*days) for days in written.first_and_last(text) or ()) or None
    return None


def apart(first: str, last: str) -> tuple[str, str]:
    """Return what is typed, or written in a file, as the first day and as the last; where all of it stands in the place
    of the first, "10–15 May 2014", each in its own."""
    found = None if last.strip() else first_and_last(first)
    return (str(found[0]), str(found[1])) if found else (first, last)


def read_one_day(text: str) -> date:
    """Return the day that a text says, in any form that When reads. Raises ValueError if it says less, or nothing."""
    words = clean(text)
    try:
        if (when := When(*days_of(words))).is_day:
            return when.latest
        raise ValueError("It is not one day.")
    except ValueError as error:
        raise ValueError(f"“{words}” is not a day. {error} Write 27 October 2004 or 2004-10-27.") from None


def period(starts: When | None, ends: When | None) -> str:
    """Return the days of something that lasted, in UN style: "15–17 January 2013", "30 September – 2 October 2013".

    Where one end is known less well than the other, words say what is known of each. None is not recorded.
    """
    if starts is None and ends is None:
        return "none recorded"
    if ends is None:
        return f"{starts} (end not recorded)"
    if starts is None:
        return f"ended {_after_a_verb(ends)} (start not recorded)"
    if starts == ends:
        return str(starts)
    if starts.parts and len(starts.parts) == len(ends.parts):
        first, last = _shortened(starts, ends)
        return f"{first} – {last}" if " " in first else f"{first}–{last}"
    return f"began {_after_a_verb(starts)}, ended {_after_a_verb(ends)}"


def edtf_period(starts: When | None, ends: When | None) -> str | None:
    """Return the days of something that lasted, as EDTF: 2013-01-15/2013-01-17, 2013-11-12/ where no end is recorded.

    EDTF has no interval whose ends are sets. Where an end is "between" or "by", the text is the set of all days
    between the earliest and the latest, [2011-09-12..2013-04-30]. None: neither is recorded.
    """
    known = [when for when in (starts, ends) if when]
    if not known or starts == ends:
        return known[0].edtf if known else None
    if all(when.parts for when in known):
        return "/".join(when.edtf if when else "" for when in (starts, ends))
    return When(starts and starts.earliest, known[-1].latest).edtf


def in_a_sentence(when: When) -> str:
    """Return what follows a verb: "on 27 October 2004", "by 1 June 2022 at the latest (day not established)"."""
    return f"{when.alone} (day not established)" if when.is_bound else _after_a_verb(when)


def as_recorded(when: When, verb: str) -> str:
    """Return what is known of something that is recorded: "submitted in October 2004", or, where only a bound of the
    day is known, "recorded; day not established (by 1 June 2022 at the latest)"."""
    return f"recorded; day not established ({when.alone})" if when.is_bound else f"{verb} {in_a_sentence(when)}"


def _after_a_verb(when: When) -> str:
    return ("", "in ", "in ", "on ")[len(when.parts)] + str(when)


def _shortened(first: When, last: When) -> tuple[str, str]:
    """Return two unlike days, months or years without the same month or year twice: ("13", "17 January 2014")."""
    same = 0
    while first.parts[same] == last.parts[same]:
        same += 1
    return " ".join(in_words(*first.parts)[: len(first.parts) - same]), str(last)


class WhenLoader(DateRangeLoader):
    """Makes Whens of the dateranges that the database tells, on every connection.

    A record has few of them. So of one text it is always the same When, which is compared at once, and the price of
    reading it is a tenth: a page of a list has some hundred.
    """

    def load(self, data: Buffer) -> When:
        """Return the When of a range. Raises ValueError for one without a last day; WhenField writes none."""
        return _of_iso(bytes(data)) or _of_range(super().load(data))


def of_range(text: str | None) -> When | None:
    """Return the When of the text of a daterange, as a query that makes one text of a row tells it; None of NULL."""
    return WhenLoader(psycopg.adapters.types["daterange"].oid).load(text.encode()) if text else None


@functools.lru_cache(maxsize=10_000)
def _of_iso(text: bytes) -> When | None:
    """Return the When of a range with a last day as PostgreSQL writes it; None where it is told to write otherwise."""
    if not (match := ISO_RANGE.fullmatch(text.decode())):
        return None
    first, end = match.groups()
    return _before(date.fromisoformat(first) if first else None, date.fromisoformat(end))


def _of_range(value: DateRange) -> When:
    if value.upper is None:
        raise ValueError(f"The range {value} in the database is no date: its latest day is not known.")
    return _before(value.lower, value.upper)


def _before(first: date | None, end: date) -> When:
    """Return the When from a day until before another."""
    return When(first, end - ONE_DAY)


psycopg.adapters.register_loader("daterange", WhenLoader)


@functools.lru_cache(maxsize=10_000)
def _edtf(when: When) -> str:
    if parts := when.parts:
        return "-".join(f"{part:02}" for part in parts)
    return f"[{when.earliest or ''}..{when.latest}]"


class WhenFormField(forms.Field):
    """Where people type a date as far as they know it: shown in UN style, read in UN style or EDTF."""

    def to_python(self, value: Any) -> When | None:
        value = as_it_looks(value) if isinstance(value, str) else value
        return None if value in self.empty_values else WhenField().to_python(value)


class DayFormField(forms.DateField):
    """Where people type a day: in any form that When reads, if it is one day."""

    def to_python(self, value: Any) -> date | None:
        value = value.strip() if isinstance(value, str) else value
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        try:
            return read_one_day(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None


class WhenField(models.Field):
    """A column of Whens. Ask it `__certain_by` and `__possible_by` of a date or an expression, `__overlaps`
    of a When (may both be the same day?), and for two dates: `__earliest` (may be NULL) and `__latest`."""

    empty_strings_allowed = False

    def db_type(self, connection: Any) -> str:
        return "daterange"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::daterange"

    def to_python(self, value: Any) -> When | None:
        if value is None or isinstance(value, When):
            return value
        if not isinstance(value, str):
            raise ValidationError(f"{value!r} is neither a When nor text.", code="invalid")
        try:
            return When.parse(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def get_prep_value(self, value: Any) -> DateRange | None:
        when = self.to_python(super().get_prep_value(value))
        return DateRange(when.earliest, when.latest + ONE_DAY) if when else None

    def value_to_string(self, obj: models.Model) -> str:
        return getattr(self.to_python(self.value_from_object(obj)), "edtf", "")

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": WhenFormField} | kwargs)


@WhenField.register_lookup
class Earliest(models.Transform):
    lookup_name = "earliest"
    function = "lower"
    output_field = models.DateField()


@WhenField.register_lookup
class Latest(models.Transform):
    lookup_name = "latest"
    template = "(upper(%(expressions)s) - 1)"
    output_field = models.DateField()


@WhenField.register_lookup
class Overlaps(PostgresOperatorLookup):
    lookup_name = "overlaps"
    postgres_operator = "&&"


class AsAt(models.Lookup):
    """A question as at a day, put so that an index on the column can answer it."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        when, when_params = self.process_lhs(compiler, connection)
        at, at_params = self.process_rhs(compiler, connection)
        days = self.days.format(at=at)
        if isinstance(self.rhs, date):
            return f"{when} {self.operator} {days}", [*when_params, *at_params]
        # As at NULL nothing is certain or possible; without the CASE, that would be a range without an end.
        days = f"CASE WHEN {at}::date IS NOT NULL THEN {days} END"
        return f"{when} {self.operator} {days}", [*when_params, *at_params, *at_params]


@WhenField.register_lookup
class CertainBy(AsAt):
    lookup_name = "certain_by"
    operator, days = "<<", "daterange({at}::date + 1, NULL)"  # wholly before the days after `at`


@WhenField.register_lookup
class PossibleBy(AsAt):
    lookup_name = "possible_by"
    # In the order of ranges, as a btree has it, what begins at `at` or earlier stands before `at` without an end.
    operator, days = "<", "daterange({at}::date, NULL)"
