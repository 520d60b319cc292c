"""The day as at which the record is read: today, or an earlier one that a reader writes."""

import re
from datetime import UTC, date, datetime

from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When

# Days that readers come for: those of the messages of the Chair in which the Committee stated its figures.
DAYS_OF_MESSAGES = (date(2013, 1, 15), date(2013, 11, 18))
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WRITE = "Write it as 2013-01-15 or 15 January 2013."


def today() -> date:
    """Return the server's day in UTC: "today" in this record. Only views ask it."""
    return datetime.now(UTC).date()


class NoDayError(ValueError):
    """A text that is no day of the record; `nearest` are the days that may have been meant."""

    def __init__(self, reason: str, *nearest: date):
        super().__init__(reason)
        self.nearest = [min(max(day, ADOPTED_ON), today()) for day in nearest]


def read_day(text: str) -> date:
    """Read a day of the record, from 28 April 2004 to today, from ISO 8601 or UN style text: 2013-11-18 or 18 November
    2013. Raises NoDayError with the reason."""
    is_iso = ISO_DAY.fullmatch(text)
    try:
        when = None if is_iso else When.parse(text)
        day = date.fromisoformat(text) if is_iso else when.latest
    except ValueError:
        raise NoDayError(f"There is no day {text}." if is_iso else f"“{text}” is not a day. {WRITE}") from None
    if when and not when.is_day:
        days = [day for day in (when.earliest, when.latest) if day]
        raise NoDayError(f"“{text}” is not one day. {WRITE}", *days)
    if day < ADOPTED_ON:
        raise NoDayError(f"{day} is before 2004-04-28, when resolution 1540 (2004) was adopted.", day)
    if day > today():
        raise NoDayError(f"{day} has not come yet: the record can be read as at any day until today.", day)
    return day
