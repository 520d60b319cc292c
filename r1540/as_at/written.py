"""The texts of dates as people and files write them: what they say, as days; and days in words.

Read are UN style (27 October 2004, between 13 and 17 January 2014, by 1 June 2022), how else people write in English
(October 27, 2004; 27th October 2004), numbers that can be only one day (27.10.2004), and EDTF (ISO 8601-2). All forms,
filters, addresses and imports read by this one reader, through `When` (when.py).
"""

import calendar
import re
from contextlib import suppress
from datetime import date, timedelta

Parts = tuple[int | None, ...]  # year, month, day, as far as they are said
Days = tuple[date, date]  # the earliest and the latest

ONE_DAY = timedelta(days=1)
MAX_LENGTH = 100
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
NUMBERS = {name[:n].lower(): i for i, name in enumerate(MONTHS, 1) for n in (3, 9)} | {"sept": 9}
FORMS = "27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022"

ISO = re.compile(r"([12]\d{3})(?:-(\d\d))?(?:-(\d\d))?", re.A)
ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
ENGLISH = (  # 27 October 2004, and October 27, 2004
    re.compile(
        rf"(?:{ORDINAL}(?: of)?(?:,? |$))?(?:(?P<month>[a-z]+)\.?(?:,? |$))?(?P<year>[12]\d{{3}})?", re.A | re.I
    ),
    re.compile(rf"(?P<month>[a-z]+)\.? {ORDINAL}(?:(?: |, ?)(?P<year>[12]\d{{3}}))?", re.A | re.I),
)
SPANS = (
    re.compile(r"\[(?P<first>(?:\d{4}[\d-]*)?)\.\.(?P<last>\d{4}[\d-]*)\]", re.A),
    re.compile(r"between (?P<first>.+?) and (?P<last>.+)", re.A | re.I),
    re.compile(r"(?:by|on or before)(?P<first>) (?P<last>.+)", re.A | re.I),
)
BEFORE = re.compile(r"before (.+)", re.A | re.I)
AFTER = re.compile(r"(?:(after)|on or after|since|from) (.+)", re.A | re.I)
FROM = re.compile(r"^from ", re.A | re.I)
DASHES = [re.compile(dash, re.A | re.I) for dash in (" to | - | ?[–—/] ?", "-")]  # the surer ones first
NUMBERED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2,4})", re.A)


def clean(text: str) -> str:
    """Return the text with single spaces; ValueError when it is too long or holds what cannot be typed."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"A date has at most {MAX_LENGTH} characters, this has {len(text)}. Write {FORMS}.")
    text = text.replace("\u00a0", " ").replace("\u202f", " ")  # no-break spaces, usual in documents
    for character in text:
        if not character.isprintable():
            raise ValueError(f"A date cannot hold the character U+{ord(character):04X}. Write {FORMS}.")
    return " ".join(text.split())


def days_of(text: str) -> tuple[date | None, date]:
    """Return the earliest and the latest day that a clean text says; the earliest is None for "by" and "before".

    Raises ValueError if it says no date, or no latest day.
    """
    for span in SPANS:
        if match := span.fullmatch(text):
            if not match["first"]:
                return None, bounds(*_read(match["last"]))[1]
            first, last = _complete(_read(match["first"]), _read(match["last"]))
            return bounds(*first)[0], bounds(*last)[1]
    if match := BEFORE.fullmatch(text):
        return None, bounds(*_read(match[1]))[0] - ONE_DAY
    if both := first_and_last(text):
        one = f"between {_day(both[0][0])} and {_day(both[1][1])}"
        raise ValueError(f"It says a first and a last day. If it was one of these days, write “{one}”.")
    if match := AFTER.fullmatch(text):
        first, last = bounds(*_read(match[2]))
        since = _day(last + ONE_DAY if match[1] else first)
        raise ValueError(f"It says no latest day. Write “between {since} and”, then the latest day it can have been.")
    return bounds(*_read(text))


def first_and_last(text: str) -> tuple[Days, Days] | None:
    """Return the earliest and the latest day that the first can be, and the last, of a text that says two; None if it
    does not: "10–15 May 2014"."""
    for dash in DASHES:
        with suppress(ValueError):
            first, last = dash.split(FROM.sub("", clean(text)))
            first, last = _complete(_read(first), _read(last))
            return bounds(*first), bounds(*last)
    return None


def _read(text: str) -> Parts:
    """Return year, month and day as far as the text says them; ValueError when it is no day, month or year."""
    if match := ISO.fullmatch(text):
        return tuple(int(part) if part else None for part in match.groups())
    if match := NUMBERED.fullmatch(text):
        return _read_numbers(int(match[1]), int(match[3]), match[4])
    if not (match := next(filter(None, (order.fullmatch(text) for order in ENGLISH)), None)):
        raise ValueError("It is in no form that can be read.")
    day, name, year = match.group("day", "month", "year")
    if name and name.lower() not in NUMBERS:
        raise ValueError(f"“{name}” is not the English name of a month.")
    return int(year) if year else None, NUMBERS[name.lower()] if name else None, int(day) if day else None


def _read_numbers(one: int, other: int, year: str) -> tuple[int, int, int]:
    """Return the year, month and day of a date in numbers; ValueError when it can be two days."""
    if len(year) < 4:
        raise ValueError("The year, the day and the month may be confused; write the month as a word.")
    can_be = {(int(year), month, day) for day, month in ((one, other), (other, one)) if 1 <= month <= 12}
    if len(can_be) > 1:
        days = " or ".join(" ".join(in_words(*parts)) for parts in sorted(can_be, reverse=True))
        raise ValueError(f"In numbers, the day and the month may be confused: {days}; write the month as a word.")
    return can_be.pop() if can_be else (int(year), other, one)


def _complete(first: Parts, last: Parts) -> tuple[Parts, Parts]:
    """Return two of which the month and the year are said once: "13 and 17 January 2014", "January 13 and 17, 2014"."""
    if first[1] and first[2] and last[2] and not last[1]:
        last = (last[0], first[1], last[2])
    year, month, day = first
    is_short = year is None and last[1] and (day is None) == (last[2] is None)
    return ((last[0], month or last[1], day) if is_short else first), last


def bounds(year: int | None, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """Return the first and the last day of a day, a month or a year; ValueError when there is no such day."""
    if year is None or (day is not None and month is None):
        raise ValueError("The month or the year is not said.")
    if month not in (None, *range(1, 13)):
        raise ValueError(f"There is no month {month}.")
    days = calendar.monthrange(year, month or 12)[1]
    if day not in (None, *range(1, days + 1)):
        raise ValueError(f"{MONTHS[month - 1]} {year} has {days} days.")
    return date(year, month or 1, day or 1), date(year, month or 12, day or days)


def in_words(year: int, month: int | None = None, day: int | None = None) -> list[str]:
    """Return a day, a month or a year in UN style, as a list of its words."""
    return [*([str(day)] if day else []), *([MONTHS[month - 1]] if month else []), str(year)]


def _day(day: date) -> str:
    return " ".join(in_words(day.year, day.month, day.day))
