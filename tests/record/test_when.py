"""A date as far as it is known: what is read, what is written, and what is asked of it."""

import calendar
import pickle
import tempfile
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from r1540.as_at.when import (
    WHEN_HELP,
    When,
    apart,
    as_recorded,
    first_and_last,
    in_a_sentence,
    period,
    read_one_day,
)
from r1540.as_at.written import FORMS

# Not in the project: pytest's norecursedirs names only "benchmarks", and stops at a .hypothesis beside the tests.
set_hypothesis_home_dir(tempfile.gettempdir() + "/r1540-hypothesis")

parse = When.parse

# A known day, a month, a year, "between" and "by", and what is asked of them on the days round them.
DAY = When.day(date(2004, 10, 27))
MONTH = When(date(2004, 10, 1), date(2004, 10, 31))
YEAR = When(date(2004, 1, 1), date(2004, 12, 31))
BETWEEN = When(date(2011, 9, 12), date(2013, 4, 30))
BY = When(None, date(2022, 6, 1))


def whens():
    """Any When; days, months, years and their ends more often than chance would have them."""
    days = st.dates(date(1800, 1, 1), date(2199, 12, 31))
    months = days.map(lambda day: day.replace(day=1))
    month_ends = days.map(lambda day: day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    years = days.map(lambda day: When(date(day.year, 1, 1), date(day.year, 12, 31)))
    edges = st.one_of(days, months, month_ends, st.just(date(1800, 1, 1)), st.just(date(2199, 12, 31)))
    pairs = st.tuples(edges, edges).map(sorted).map(lambda pair: When(*pair))
    return st.one_of(edges.map(When.day), pairs, years, edges.map(lambda day: When(None, day)))


# Reading


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2004-10-27", DAY),
        ("2004-10", MONTH),
        ("2004", YEAR),
        ("[2011-09-12..2013-04-30]", BETWEEN),
        ("[2011-09-12..2013-04]", BETWEEN),
        ("[2004-10..2004-10]", MONTH),
        ("[2004-01..2004]", YEAR),
        ("[2004-10-27..2004-10-27]", DAY),
        ("[..2022-06-01]", BY),
        ("[..2022]", When(None, date(2022, 12, 31))),
        ("27 October 2004", DAY),
        ("27 october 2004", DAY),
        ("27 OCTOBER 2004", DAY),
        ("  27   October  2004 ", DAY),
        ("27\u00a0October\u202f2004", DAY),
        ("27 Oct 2004", DAY),
        ("27 Oct. 2004", DAY),
        ("27th October 2004", DAY),
        ("27th of October, 2004", DAY),
        ("27 October, 2004", DAY),
        ("October 27, 2004", DAY),
        ("October 27th, 2004", DAY),
        ("Oct. 27 2004", DAY),
        ("oct 27,2004", DAY),
        ("1st June 2022", parse("2022-06-01")),
        ("27.10.2004", DAY),
        ("27/10/2004", DAY),
        ("27-10-2004", DAY),
        ("10/27/2004", DAY),
        ("13.1.2014", parse("2014-01-13")),
        ("10.10.2004", parse("2004-10-10")),
        ("October 2004", MONTH),
        ("October, 2004", MONTH),
        ("oct. 2004", MONTH),
        ("Sept. 2004", parse("2004-09")),
        ("May 2004", parse("2004-05")),
        ("29 February 2004", parse("2004-02-29")),
        ("1 June 2022", parse("2022-06-01")),
        ("01 June 2022", parse("2022-06-01")),
        ("between 12 September 2011 and 30 April 2013", BETWEEN),
        ("Between 12 Sep. 2011 AND 30 Apr 2013", BETWEEN),
        ("between 2011-09-12 and 2013-04-30", BETWEEN),
        ("between 12 September 2011 and April 2013", BETWEEN),
        ("between 13 and 17 January 2014", When(date(2014, 1, 13), date(2014, 1, 17))),
        ("between January 13 and 17, 2014", When(date(2014, 1, 13), date(2014, 1, 17))),
        ("between January 30 and February 2, 2014", When(date(2014, 1, 30), date(2014, 2, 2))),
        ("between 13.1.2014 and 17.01.2014", When(date(2014, 1, 13), date(2014, 1, 17))),
        ("between 30 January and 2 February 2014", When(date(2014, 1, 30), date(2014, 2, 2))),
        ("between March and April 2013", When(date(2013, 3, 1), date(2013, 4, 30))),
        ("between November 2012 and 2013", When(date(2012, 11, 1), date(2013, 12, 31))),
        ("between 2011 and 2013", When(date(2011, 1, 1), date(2013, 12, 31))),
        ("by 1 June 2022", BY),
        ("By  1 Jun. 2022", BY),
        ("by 2022-06-01", BY),
        ("on or before 1 June 2022", BY),
        ("before 2 June 2022", BY),
        ("Before June 2, 2022", BY),
        ("before 1 June 2022", When(None, date(2022, 5, 31))),
        ("before June 2022", When(None, date(2022, 5, 31))),
        ("before 2022", When(None, date(2021, 12, 31))),
        ("before 2004-03-01", When(None, date(2004, 2, 29))),
        ("by January 2013", When(None, date(2013, 1, 31))),
        ("by 2013", When(None, date(2013, 12, 31))),
    ],
)
def test_a_date_is_read_as_people_and_files_write_it(text, when):
    assert parse(text) == when


UNREADABLE = [
    *("0000", "-2004", "200X", "2004-1", "2004-1-1", "20041027", "2004-10-27T00:00", "2013/01/02"),
    *("2004?", "2004-10~", "2004-XX", "{2003..2004}", "[2004]", "[2004..]", "[..]", "[]", "[13..2014-01-17]"),
    *("[27 October 2004..2005]", "<b>2004</b>", "2004'", "27te October 2004", "2004.10.27", "15–17", "10.2004"),
    *(
        "٢٠٠٤",
        "２００４",
        "2004-٠١",
        "2004-01-٠١",
        "٢٧ October 2004",
        "27 October ٢٠٠٤",
        "[٢٠٠٤..2005]",
        "27 Auguſt 2004",
    ),
]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *[
            (text, "the day and the month may be confused")
            for text in ("01/02/2013", "1/2/13", "27.10.04", "01.02.2013", "1-2-2013", "12/11/2013", "by 01/02/2013")
        ],
        ("01.02.2013", "the day and the month may be confused: 1 February 2013 or 2 January 2013;"),
        ("31.02.2013", "February 2013 has 28 days."),
        ("27.13.2004", "There is no month 13."),
        ("00.10.2004", "October 2004 has 31 days."),
        ("October 32, 2004", "October 2004 has 31 days."),
        ("before 1 January 1800", "The year 1799 is not between 1800 and 2199."),
        (
            "10–15 May 2014",
            "first and a last day. If it was one of these days, write “between 10 May 2014 and 15 May 2014”.",
        ),
        ("2004/2005", "write “between 1 January 2004 and 31 December 2005”."),
        ("after 1 June 2022", "It says no latest day. Write “between 2 June 2022 and”"),
        ("after June 2022", "Write “between 1 July 2022 and”"),
        ("after 2022", "Write “between 1 January 2023 and”"),
        ("since 1 June 2022", "Write “between 1 June 2022 and”"),
        ("on or after June 2022", "Write “between 1 June 2022 and”"),
        ("from 2022", "Write “between 1 January 2022 and”"),
        ("after Juin 2022", "“Juin” is not the English name of a month."),
        ("before dawn", "“dawn” is not the English name of a month."),
        ("31 February 2013", "February 2013 has 28 days."),
        ("31 February 2012", "February 2012 has 29 days."),
        ("0 October 2004", "October 2004 has 31 days."),
        ("31 June 2004", "June 2004 has 30 days."),
        ("2013-02-29", "February 2013 has 28 days."),
        ("2004-10-00", "October 2004 has 31 days."),
        ("2004-13", "There is no month 13."),
        ("2004-00-10", "There is no month 0."),
        ("between 30 and 31 February 2013", "February 2013 has 28 days."),
        ("by 31 June 2022", "June 2022 has 30 days."),
        ("1799", "The year 1799 is not between 1800 and 2199."),
        ("31 December 1799", "The year 1799 is not between 1800 and 2199."),
        ("2200", "The year 2200 is not between 1800 and 2199."),
        ("[1799..2004]", "The year 1799 is not between 1800 and 2199."),
        ("between 2013 and 2011", "The earliest day, 2013-01-01, is after the latest, 2011-12-31."),
        ("[2004-10-28..2004-10-27]", "The earliest day, 2004-10-28, is after the latest, 2004-10-27."),
        ("27 Octobre 2004", "“Octobre” is not the English name of a month."),
        ("today", "“today” is not the English name of a month."),
        ("27 October", "The month or the year is not said."),
        ("October", "The month or the year is not said."),
        ("27 2004", "The month or the year is not said."),
        ("between 13 and January 2014", "The month or the year is not said."),
        ("between March and 2013", "The month or the year is not said."),
        ("between March and 3 April 2013", "The month or the year is not said."),
        ("between 3 March 2013 and 5 April", "The month or the year is not said."),
        *[(text, "It is in no form that can be read.") for text in UNREADABLE],
    ],
)
def test_what_is_no_date_is_refused_with_the_text_the_reason_and_the_forms(text, reason):
    with pytest.raises(ValueError) as refusal:
        parse(text)
    assert str(refusal.value).startswith(f"“{text}” is not a date. ")
    assert reason in str(refusal.value)
    assert str(refusal.value).endswith(f"Write {FORMS}.")


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\n", "\t", "\x7f", "\x85", "\u202e", "\u200b", "\ud800"])
@pytest.mark.parametrize("text", ["{}2004", "20{}04", "2004{}"])
def test_a_character_that_cannot_be_typed_is_refused_and_not_repeated(text, character):
    with pytest.raises(ValueError, match=rf"cannot hold the character U\+{ord(character):04X}\.") as refusal:
        parse(text.format(character))
    assert character not in str(refusal.value)


def test_a_hundred_characters_are_read_and_one_more_is_refused():
    assert parse("2004".rjust(100)) == YEAR
    with pytest.raises(ValueError, match="at most 100 characters, this has 101"):
        parse("2004".rjust(101))


SPANS = [
    ("10–15 May 2014", "2014-05-10", "2014-05-15"),
    ("10-15 May 2014", "2014-05-10", "2014-05-15"),
    ("10 – 15 May 2014", "2014-05-10", "2014-05-15"),
    ("10 to 15 May 2014", "2014-05-10", "2014-05-15"),
    ("From 10 to 15 May 2014", "2014-05-10", "2014-05-15"),
    ("10th—15th May 2014", "2014-05-10", "2014-05-15"),
    ("May 10–15, 2014", "2014-05-10", "2014-05-15"),
    ("30 September – 2 October 2013", "2013-09-30", "2013-10-02"),
    ("September 30-October 2, 2013", "2013-09-30", "2013-10-02"),
    ("30 December 2013 – 2 January 2014", "2013-12-30", "2014-01-02"),
    ("2014-05-10/2014-05-15", "2014-05-10", "2014-05-15"),
    ("2014-05-10 - 2014-05-15", "2014-05-10", "2014-05-15"),
    ("13.05.2014 – 15.05.2014", "2014-05-13", "2014-05-15"),
    ("April–May 2013", "2013-04", "2013-05"),
    ("2012–2013", "2012", "2013"),
    ("2012/2013", "2012", "2013"),
]


@pytest.mark.parametrize(("text", "first", "last"), SPANS)
def test_a_first_and_a_last_day_are_read_as_two_where_both_are_asked(text, first, last):
    assert first_and_last(text) == (parse(first), parse(last))
    assert tuple(map(parse, apart(text, " "))) == (parse(first), parse(last))


NO_SPANS = [
    "27 October 2004",
    "2004-10",
    "2004-10-27",
    "27-10-2004",
    "27/10/2004",
    "Oct-06",
    "between 13 and 17 May 2014",
]
NO_SPANS += [
    "10–15",
    "10–May 2014",
    "10–15–20 May 2014",
    "1700–1750",
    "after 2004",
    "",
    "–",
    "a-b",
    "5–2004",
    "x" * 101,
]


@pytest.mark.parametrize("text", NO_SPANS)
def test_what_says_no_two_days_stays_where_it_was_typed(text):
    assert first_and_last(text) is None
    assert apart(text, "") == (text, "")


def test_a_last_day_that_is_typed_is_never_overwritten():
    assert apart("10–15 May 2014", "16 May 2014") == ("10–15 May 2014", "16 May 2014")


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_in_every_order_and_never_as_another(day):
    month, long = f"{day:%B}", f"{day.year}"
    orders = (f"{day.day} {month} {long}", f"{month} {day.day}, {long}", f"{day.day}th {month[:3]}. {long}")
    assert {read_one_day(text) for text in orders} == {day}
    numbers = [f"{day.day}{mark}{day.month:02}{mark}{long}" for mark in "./-"]
    if day.day > 12 or day.day == day.month:
        assert {read_one_day(text) for text in numbers} == {day}
    else:
        for text in numbers:
            with pytest.raises(ValueError, match=f"confused: .*{day.day} {month} {long}"):
                parse(text)


@given(whens().filter(lambda when: when.parts), whens().filter(lambda when: when.parts))
def test_what_is_said_of_something_that_lasted_is_read_back_as_its_first_and_last_day(one, other):
    first, last = sorted([one, other])
    if len(first.parts) == len(last.parts) and first != last:
        assert first_and_last(period(first, last)) == (first, last)


@given(st.dates(date(1800, 1, 2), date(2199, 12, 31)))
def test_before_a_day_is_by_the_day_before(day):
    assert parse(f"before {When.day(day)}") == When(None, day - timedelta(days=1))


@pytest.mark.parametrize("text", ["October 2004", "2004", "by 27 October 2004", "between 27 and 28 October 2004"])
def test_where_one_day_is_asked_less_is_refused(text):
    with pytest.raises(ValueError, match="is not one day"):
        read_one_day(text)


@given(st.one_of(st.text(max_size=110), st.from_regex(r"(by|before|after|between|\[)?[0-9a-zA-Z ,.–/\-\[\]]{0,30}")))
def test_any_text_is_a_date_or_is_refused(text):
    try:
        when = parse(text)
    except ValueError as refusal:
        assert str(refusal).endswith(f"Write {FORMS}.")
    else:
        assert parse(when.edtf) == when


def test_the_help_names_only_forms_that_can_be_read():
    examples = WHEN_HELP.removeprefix("As far as it is known. For example: ").removesuffix(".").split(", ")
    assert [str(parse(example.removeprefix("or "))) for example in examples] == [
        "27 October 2004",
        "October 2004",
        "2004",
        "between 13 and 17 January 2014",
        "by 1 June 2022",
    ]


# Writing


@pytest.mark.parametrize(
    ("when", "edtf", "words"),
    [
        (DAY, "2004-10-27", "27 October 2004"),
        (When.day(date(2004, 1, 1)), "2004-01-01", "1 January 2004"),
        (MONTH, "2004-10", "October 2004"),
        (When(date(2004, 2, 1), date(2004, 2, 29)), "2004-02", "February 2004"),
        (When(date(2004, 2, 1), date(2004, 2, 28)), "[2004-02-01..2004-02-28]", "between 1 and 28 February 2004"),
        (YEAR, "2004", "2004"),
        (BETWEEN, "[2011-09-12..2013-04-30]", "between 12 September 2011 and 30 April 2013"),
        (parse("[2013-03..2013-04]"), "[2013-03-01..2013-04-30]", "between 1 March and 30 April 2013"),
        (parse("[2014-01-13..2014-01-17]"), "[2014-01-13..2014-01-17]", "between 13 and 17 January 2014"),
        (
            parse("[2013-01-13..2014-01-13]"),
            "[2013-01-13..2014-01-13]",
            "between 13 January 2013 and 13 January 2014",
        ),
        (parse("[2013..2014]"), "[2013-01-01..2014-12-31]", "between 1 January 2013 and 31 December 2014"),
        (BY, "[..2022-06-01]", "by 1 June 2022"),
        (parse("by 2022"), "[..2022-12-31]", "by 31 December 2022"),
    ],
)
def test_a_date_is_written_in_one_form_for_files_and_one_for_people(when, edtf, words):
    assert (when.edtf, str(when)) == (edtf, words)


@given(whens())
def test_what_is_written_is_read_back_as_the_same(when):
    assert parse(when.edtf) == when
    assert parse(str(when)) == when
    assert parse(str(when).upper()) == when
    assert parse(f"  {str(when).lower().replace(' ', '  ')} ") == when
    assert pickle.loads(pickle.dumps(when)) == when


@given(whens(), whens())
def test_two_dates_are_the_same_just_when_they_are_written_alike(one, other):
    assert (one == other) == (one.edtf == other.edtf) == (str(one) == str(other))


@pytest.mark.parametrize(
    ("earliest", "latest", "reason"),
    [
        (date(2004, 10, 28), date(2004, 10, 27), "after the latest"),
        (None, date(1799, 12, 31), "The year 1799 is not between 1800 and 2199"),
        (date(1799, 12, 31), date(2004, 1, 1), "The year 1799 is not between 1800 and 2199"),
        (date(2004, 1, 1), date(2200, 1, 1), "The year 2200 is not between 1800 and 2199"),
        (date(2004, 1, 1), None, "None is not a day"),
        (None, None, "None is not a day"),
        (None, datetime(2004, 1, 1), "is not a day"),
        ("2004", date(2004, 1, 1), "'2004' is not a day"),
    ],
)
def test_days_that_make_no_date_are_refused(earliest, latest, reason):
    with pytest.raises(ValueError, match=reason):
        When(earliest, latest)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("15 January 2013", "17 January 2013", "15–17 January 2013"),
        ("30 September 2013", "2 October 2013", "30 September – 2 October 2013"),
        ("30 December 2013", "2 January 2014", "30 December 2013 – 2 January 2014"),
        ("15 January 2013", "15 January 2014", "15 January 2013 – 15 January 2014"),
        ("18 November 2013", "18 November 2013", "18 November 2013"),
        ("April 2013", "April 2013", "April 2013"),
        ("April 2013", "May 2013", "April–May 2013"),
        ("April 2012", "May 2013", "April 2012 – May 2013"),
        ("2012", "2013", "2012–2013"),
        ("2013", "2013", "2013"),
        ("between 13 and 17 January 2014",) * 2 + ("between 13 and 17 January 2014",),
        (
            "between 13 and 17 January 2014",
            "17 January 2014",
            "began between 13 and 17 January 2014, ended on 17 January 2014",
        ),
        ("by 1 June 2022", "June 2022", "began by 1 June 2022, ended in June 2022"),
        ("3 June 2022", "2022", "began on 3 June 2022, ended in 2022"),
        ("by 1 June 2022", "by 2 June 2022", "began by 1 June 2022, ended by 2 June 2022"),
        ("18 November 2013", None, "18 November 2013 (end not recorded)"),
        (None, "18 November 2013", "ended on 18 November 2013 (start not recorded)"),
        (None, "by 1 June 2022", "ended by 1 June 2022 (start not recorded)"),
        (None, None, "none recorded"),
    ],
)
def test_something_that_lasted_is_said_in_the_style_of_the_united_nations(starts, ends, words):
    assert period(starts and parse(starts), ends and parse(ends)) == words


BOUNDS = [
    (DAY, False, "27 October 2004", "on 27 October 2004", "submitted on 27 October 2004"),
    (parse("October 2004"), False, "October 2004", "in October 2004", "submitted in October 2004"),
    (parse("2004"), False, "2004", "in 2004", "submitted in 2004"),
    (parse("[2014-01-13..2014-01-17]"), False, *(["between 13 and 17 January 2014"] * 2), None),
    # As long as the longest year, and a day longer.
    (parse("[2014-01-13..2015-01-13]"), False, *(["between 13 January 2014 and 13 January 2015"] * 2), None),
    (
        parse("[2014-01-13..2015-01-14]"),
        True,
        "between 13 January 2014 and 14 January 2015",
        "between 13 January 2014 and 14 January 2015 (day not established)",
        "recorded; day not established (between 13 January 2014 and 14 January 2015)",
    ),
    (
        BY,
        True,
        "by 1 June 2022 at the latest",
        "by 1 June 2022 at the latest (day not established)",
        "recorded; day not established (by 1 June 2022 at the latest)",
    ),
]


@pytest.mark.parametrize(("when", "is_bound", "alone", "sentence", "recorded"), BOUNDS, ids=str)
def test_a_bound_is_told_as_a_bound_and_not_as_a_day(when, is_bound, alone, sentence, recorded):
    assert (when.is_bound, when.alone, in_a_sentence(when)) == (is_bound, alone, sentence)
    assert as_recorded(when, "submitted") == (recorded or f"submitted {sentence}")


# Asking


@pytest.mark.parametrize(
    ("when", "at", "is_possible", "is_certain"),
    [
        (DAY, date(2004, 10, 26), False, False),
        (DAY, date(2004, 10, 27), True, True),
        (DAY, date(2004, 10, 28), True, True),
        (MONTH, date(2004, 9, 30), False, False),
        (MONTH, date(2004, 10, 1), True, False),
        (MONTH, date(2004, 10, 30), True, False),
        (MONTH, date(2004, 10, 31), True, True),
        (BETWEEN, date(2011, 9, 11), False, False),
        (BETWEEN, date(2011, 9, 12), True, False),
        (BETWEEN, date(2013, 4, 29), True, False),
        (BETWEEN, date(2013, 4, 30), True, True),
        (BY, date(1800, 1, 1), True, False),
        (BY, date(2022, 5, 31), True, False),
        (BY, date(2022, 6, 1), True, True),
    ],
)
def test_as_at_a_day_a_fact_is_certain_or_possible_or_not_yet(when, at, is_possible, is_certain):
    assert (when.possible_by(at), when.certain_by(at)) == (is_possible, is_certain)


WEEK = [date(2012, 2, 27) + timedelta(days=number) for number in range(5)]  # over a leap day and a month's end
ALL_OF_A_WEEK = [When(a, b) for a, b in product([None, *WEEK], WEEK) if a is None or a <= b]
LONG_AGO = date(1800, 1, 1)


def days_of(when):
    """Each day that it may have been: the slow and evident truth. What has no earliest day began long ago."""
    days = [day for day in WEEK if day <= when.latest and (when.earliest is None or day >= when.earliest)]
    return days if when.earliest else [LONG_AGO, *days]


@pytest.mark.parametrize("when", ALL_OF_A_WEEK, ids=str)
def test_every_question_is_answered_as_day_by_day(when):
    assert when.is_day == (len(days_of(when)) == 1)
    for at in [WEEK[0] - timedelta(days=1), *WEEK, WEEK[-1] + timedelta(days=1)]:
        assert when.certain_by(at) == all(day <= at for day in days_of(when))
        assert when.possible_by(at) == any(day <= at for day in days_of(when))
    for other in ALL_OF_A_WEEK:
        both = list(product(days_of(when), days_of(other)))
        assert when.surely_before(other) == all(day < its for day, its in both)
        ours, theirs = ((min(days), max(days)) for days in (days_of(when), days_of(other)))
        answers = (when < other, when <= other, when == other, when >= other, when > other)
        assert answers == (ours < theirs, ours <= theirs, ours == theirs, ours >= theirs, ours > theirs)


@given(whens(), whens())
def test_what_is_surely_before_sorts_before(one, other):
    if one.surely_before(other):
        assert one < other
        assert not other.surely_before(one)
