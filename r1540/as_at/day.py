"""The day as at which the record is read: today, or an earlier one that a reader writes."""

import re
from datetime import UTC, date, datetime

from r1540.as_at.rules import ADOPTED_ON

# Days that readers come for: those of the messages of the Chair in which the Committee stated its figures.
DAYS_OF_MESSAGES = (date(2013, 1, 15), date(2013, 11, 18))
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def today() -> date:
    """Return the server's day in UTC: "today" in this record. Only views ask it."""
    return datetime.now(UTC).date()


def read_day(text: str) -> date:
    """Read a day of the record, from 28 April 2004 to today, from ISO 8601 text; raise ValueError with the reason."""
    if not ISO_DAY.fullmatch(text):
        raise ValueError(f"“{text}” is not a day. Write it as 2013-01-15.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"There is no day {text}.") from None
    if day < ADOPTED_ON:
        raise ValueError(f"{text} is before 2004-04-28, when resolution 1540 (2004) was adopted.")
    if day > today():
        raise ValueError(f"{text} has not come yet: the record can be read as at any day until today.")
    return day
