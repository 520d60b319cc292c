"""The column of dates as far as they are known, in a real database."""

import json
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from django import forms
from django.apps.registry import Apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import CheckConstraint, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Greatest

from r1540.as_at.when import WHEN_HELP, When, WhenField, WhenFormField, period

pytestmark = pytest.mark.django_db

parse = When.parse
private = Apps()  # models of these tests only: the site's registry never hears of them


class Letter(models.Model):
    submitted = WhenField(null=True, blank=True, help_text=WHEN_HELP)
    day = models.DateField(null=True)

    class Meta:
        app_label = "letters"
        apps = private

    def __str__(self):
        return f"letter of {self.submitted}"


class Stay(models.Model):
    starts = WhenField(null=True, blank=True)
    ends = WhenField(null=True, blank=True)

    class Meta:
        app_label = "letters"
        apps = private
        constraints = [
            CheckConstraint(
                name="stay_ends_not_before_it_starts",
                condition=Q(ends__latest__gte=F("starts__earliest")),
                violation_error_message="It ends before it starts.",
            ),
            CheckConstraint(
                name="stay_not_before_2004",
                condition=~Q(starts__certain_by=date(2003, 12, 31)),
                violation_error_message="Nothing is recorded before 2004.",
            ),
            ExclusionConstraint(
                name="stays_do_not_overlap",
                expressions=[
                    (
                        Func(
                            F("starts__latest"),
                            Greatest(F("starts__latest"), F("ends__earliest")),
                            Value("[]"),
                            function="daterange",
                            output_field=WhenField(),
                        ),
                        "&&",
                    )
                ],
                condition=Q(ends__isnull=False),
                violation_error_message="It overlaps another.",
            ),
            ExclusionConstraint(
                name="stays_do_not_start_together",
                expressions=[("starts", "&&")],
                violation_error_message="It may start on the day of another.",
            ),
        ]

    def __str__(self):
        return period(self.starts, self.ends)


class LetterForm(forms.ModelForm):
    class Meta:
        model = Letter
        fields = ["submitted"]


@pytest.fixture(autouse=True)
def tables(db):
    with connection.schema_editor() as editor:
        editor.create_model(Letter)
        editor.create_model(Stay)


WEEK = [date(2012, 2, 27) + timedelta(days=number) for number in range(5)]  # over a leap day and a month's end
ROUND_THE_WEEK = [WEEK[0] - timedelta(days=1), *WEEK, WEEK[-1] + timedelta(days=1)]
ALL_OF_A_WEEK = [When(a, b) for a, b in product([None, *WEEK], WEEK) if a is None or a <= b]


@pytest.fixture
def letters(tables):
    """A letter for every date that can be said of five days, and one of which nothing is known; in no order."""
    values = [*ALL_OF_A_WEEK, None]
    Random(1540).shuffle(values)
    return Letter.objects.bulk_create(Letter(submitted=when) for when in values)


def found(**question):
    return list(Letter.objects.filter(**question).order_by("submitted").values_list("submitted", flat=True))


# Keeping


@pytest.mark.parametrize(
    ("text", "in_database"),
    [
        ("27 October 2004", "[2004-10-27,2004-10-28)"),
        ("October 2004", "[2004-10-01,2004-11-01)"),
        ("2004", "[2004-01-01,2005-01-01)"),
        ("between 12 September 2011 and 30 April 2013", "[2011-09-12,2013-05-01)"),
        ("by 1 June 2022", "(,2022-06-02)"),
        ("1 January 1800", "[1800-01-01,1800-01-02)"),
        ("31 December 2199", "[2199-12-31,2200-01-01)"),
        (None, None),
    ],
)
def test_a_date_is_kept_as_it_was_said(text, in_database):
    when = text and parse(text)
    letter = Letter.objects.create(submitted=when)
    assert Letter.objects.get().submitted == when
    assert Letter.objects.values_list("submitted", flat=True).get() == when
    with connection.cursor() as cursor:
        cursor.execute("SELECT submitted::text FROM letters_letter")
        assert cursor.fetchone() == (in_database,)
    Letter.objects.update(submitted=None)
    Letter.objects.bulk_update([letter], ["submitted"])
    assert Letter.objects.get().submitted == when
    Letter.objects.update(submitted=text)
    assert Letter.objects.get().submitted == when


@pytest.mark.parametrize("value", ["01/02/2013", "", date(2004, 10, 27), 2004])
def test_what_is_no_date_is_not_kept(value):
    with pytest.raises(ValidationError):
        Letter.objects.create(submitted=value)


@pytest.mark.parametrize("range_", ["empty", "[2004-10-27,)", "(,)"])
def test_a_range_in_the_database_that_is_no_date_is_an_error_that_says_so(range_):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO letters_letter (submitted) VALUES (%s::daterange)", [range_])
    with pytest.raises(ValueError, match="in the database is no date: its latest day is not known"):
        Letter.objects.get()


@pytest.mark.parametrize("style", ["ISO", "German", "SQL, DMY", "Postgres, MDY"])
def test_a_day_is_read_however_the_database_writes_days(style):
    whens = [parse("27 October 2004"), parse("by 1 June 2022"), parse("between 1 and 3 February 2013")]
    Letter.objects.bulk_create([Letter(submitted=when) for when in whens])
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('datestyle', %s, true)", [style])
    assert list(Letter.objects.order_by("pk").values_list("submitted", flat=True)) == whens


@pytest.mark.parametrize("format_", ["json", "xml"])
def test_a_serialized_row_holds_edtf_and_is_read_back(format_):
    rows = [Letter(pk=1, submitted=parse("by 1 June 2022")), Letter(pk=2, submitted=None)]
    text = serializers.serialize(format_, rows)
    assert "[..2022-06-01]" in text
    if format_ == "json":
        assert [row["fields"]["submitted"] for row in json.loads(text)] == ["[..2022-06-01]", None]
    field = Letter._meta.get_field("submitted")
    assert field.to_python(field.value_to_string(rows[0])) == rows[0].submitted


def test_a_migration_writes_the_field_by_its_name():
    code, imports = MigrationWriter.serialize(WhenField(null=True, blank=True))
    assert (code, imports) == ("r1540.as_at.when.WhenField(blank=True, null=True)", {"import r1540.as_at.when"})


# Asking


@pytest.mark.parametrize("at", ROUND_THE_WEEK, ids=str)
def test_the_database_answers_as_at_a_day_as_the_date_itself_does(letters, at):
    assert found(submitted__certain_by=at) == sorted(when for when in ALL_OF_A_WEEK if when.certain_by(at))
    assert found(submitted__possible_by=at) == sorted(when for when in ALL_OF_A_WEEK if when.possible_by(at))
    not_certain = Letter.objects.filter(~Q(submitted__certain_by=at), submitted__isnull=False)
    assert not_certain.count() == sum(not when.certain_by(at) for when in ALL_OF_A_WEEK)


@pytest.mark.parametrize(
    ("text", "at", "is_possible", "is_certain"),
    [
        ("27 October 2004", date(2004, 10, 26), False, False),
        ("27 October 2004", date(2004, 10, 27), True, True),
        ("October 2004", date(2004, 9, 30), False, False),
        ("October 2004", date(2004, 10, 1), True, False),
        ("October 2004", date(2004, 10, 31), True, True),
        ("by 1 June 2022", date(2004, 4, 28), True, False),
        ("by 1 June 2022", date(2022, 6, 1), True, True),
        (None, date(2199, 12, 31), False, False),
        ("2004", date(9999, 12, 31), True, True),
        ("2004", date(1, 1, 1), False, False),
    ],
)
def test_a_letter_is_certain_or_possible_or_not_yet(text, at, is_possible, is_certain):
    Letter.objects.create(submitted=text, day=at)
    for day in (at, F("day"), Value(at)):  # the day may be a date or an expression
        assert Letter.objects.filter(submitted__possible_by=day).exists() == is_possible
        assert Letter.objects.filter(submitted__certain_by=day).exists() == is_certain
    other = Letter.objects.filter(submitted__certain_by=OuterRef("day"))
    assert Letter.objects.filter(Exists(other)).exists() == is_certain


@pytest.mark.parametrize("question", ["certain_by", "possible_by"])
def test_as_at_an_unknown_day_nothing_is_certain_or_possible(letters, question):
    assert not Letter.objects.filter(**{f"submitted__{question}": F("day")}).exists()
    assert Letter.objects.exclude(**{f"submitted__{question}": F("day")}).count() == len(letters)


def test_the_database_sorts_as_the_dates_themselves_do(letters):
    in_order = list(Letter.objects.order_by("submitted").values_list("submitted", flat=True))
    assert in_order == [*sorted(ALL_OF_A_WEEK), None]
    assert [letter.submitted for letter in Letter.objects.order_by("-submitted")] == in_order[::-1]
    middle = sorted(ALL_OF_A_WEEK)[9]
    assert found(submitted__gt=middle) == sorted(when for when in ALL_OF_A_WEEK if when > middle)


def test_dates_overlap_when_both_may_be_the_same_day(letters):
    for other in ALL_OF_A_WEEK:
        expected = [when for when in ALL_OF_A_WEEK if not when.surely_before(other) and not other.surely_before(when)]
        assert found(submitted__overlaps=other) == sorted(expected)


def test_a_date_is_found_by_itself_in_any_wording(letters):
    for when in ALL_OF_A_WEEK:
        assert found(submitted=when) == found(submitted=str(when)) == found(submitted=when.edtf) == [when]
    assert found(submitted__in=ALL_OF_A_WEEK[:3]) == sorted(ALL_OF_A_WEEK[:3])
    assert found(submitted=None) == found(submitted__isnull=True) == [None]


def test_the_earliest_and_the_latest_day_are_dates_to_filter_sort_and_select(letters):
    rows = Letter.objects.values_list("submitted", "submitted__earliest", "submitted__latest")
    assert len(rows) == len(ALL_OF_A_WEEK) + 1
    for when, earliest, latest in rows:
        assert (earliest, latest) == ((when.earliest, when.latest) if when else (None, None))
    known = Letter.objects.filter(submitted__earliest=F("submitted__latest"))
    assert {letter.submitted for letter in known} == {when for when in ALL_OF_A_WEEK if when.is_day}
    in_february = found(submitted__latest__lte=date(2012, 2, 29))
    assert in_february == sorted(when for when in ALL_OF_A_WEEK if when.latest <= date(2012, 2, 29))
    latest_first = Letter.objects.exclude(submitted=None).order_by("-submitted__latest", "submitted__earliest")
    assert latest_first.first().submitted == When(WEEK[0], WEEK[-1])
    assert Letter.objects.aggregate(models.Max("submitted__latest")) == {"submitted__latest__max": WEEK[-1]}


@pytest.mark.parametrize(
    ("question", "index"), [("certain_by", "gist"), ("possible_by", "btree"), ("overlaps", "gist")]
)
def test_an_index_on_the_column_answers(letters, question, index):
    value = parse("27 February 2012") if question == "overlaps" else WEEK[0]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX letter_submitted ON letters_letter USING {index} (submitted)")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "letter_submitted" in Letter.objects.filter(**{f"submitted__{question}": value}).explain()


# Rules


@pytest.mark.parametrize(
    ("starts", "ends", "broken"),
    [
        ("15 January 2013", "17 January 2013", None),
        ("15 January 2013", "15 January 2013", None),
        ("15 January 2013", "14 January 2013", "It ends before it starts."),
        ("January 2013", "15 January 2013", None),
        ("15 January 2013", "January 2013", None),
        ("February 2013", "31 January 2013", "It ends before it starts."),
        ("by 1 June 2022", "2004", None),
        ("15 January 2013", "by 14 January 2013", "It ends before it starts."),
        ("31 December 2003", None, "Nothing is recorded before 2004."),
        ("1 January 2004", None, None),
        ("by 1 January 2004", None, None),
        ("15 January 2013", None, None),
        (None, "15 January 2013", None),
        (None, None, None),
    ],
)
def test_a_rule_about_one_row_holds_in_the_form_and_in_the_database(starts, ends, broken):
    stay = Stay(starts=starts and parse(starts), ends=ends and parse(ends))
    assert_refused(stay, broken)


@pytest.mark.parametrize(
    ("starts", "ends", "broken"),
    [
        ("12 January 2013", "14 January 2013", None),
        ("12 January 2013", "15 January 2013", "It overlaps another."),
        ("17 January 2013", "19 January 2013", "It overlaps another."),
        ("18 January 2013", "19 January 2013", None),
        ("12 January 2013", "between 14 and 20 January 2013", None),
        ("16 January 2013", None, None),
        ("15 January 2013", None, "It may start on the day of another."),
        ("January 2013", None, "It may start on the day of another."),
        ("by 14 January 2013", None, None),
        ("by 15 January 2013", None, "It may start on the day of another."),
    ],
)
def test_a_rule_about_two_rows_holds_in_the_form_and_in_the_database(starts, ends, broken):
    first = Stay.objects.create(starts=parse("15 January 2013"), ends=parse("17 January 2013"))
    first.full_clean()  # it is no rival of itself
    assert_refused(Stay(starts=parse(starts), ends=ends and parse(ends)), broken)


def assert_refused(stay, broken):
    """Refused with the message by full_clean and by the database too; or, with none, by neither."""
    if broken is None:
        stay.full_clean()
        stay.save()
        return
    with pytest.raises(ValidationError) as refusal:
        stay.full_clean()
    assert refusal.value.messages == [broken]
    with pytest.raises(IntegrityError), transaction.atomic():
        stay.save()


# Typing


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("27 oct. 2004", "2004-10-27"),
        (" \t2004-10\n", "2004-10"),
        ("between 13 and 17 January 2014", "[2014-01-13..2014-01-17]"),
        ("by 1 June 2022", "[..2022-06-01]"),
    ],
)
def test_a_date_is_typed_in_a_form_as_people_write_it(typed, kept):
    form = LetterForm({"submitted": typed})
    assert form.is_valid(), form.errors
    assert form.save().submitted.edtf == kept


@pytest.mark.parametrize("typed", ["", "   ", None])
def test_a_date_may_be_left_empty_where_the_field_allows_it(typed):
    form = LetterForm({"submitted": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"submitted": None}
    assert not WhenFormField(required=False).has_changed(None, typed)
    with pytest.raises(ValidationError, match="This field is required"):
        WhenFormField().clean(typed)


@pytest.mark.parametrize("typed", ["01/02/2013", "31 February 2013", "20\x0004", "x" * 101, "<b>2004</b>"])
def test_what_cannot_be_read_is_said_at_the_field_and_stays_as_typed(typed):
    form = LetterForm({"submitted": typed})
    with pytest.raises(ValueError) as refusal:
        parse(typed)
    assert form.errors == {"submitted": [str(refusal.value)]}
    assert form["submitted"].value() == typed
    assert "<b>2004" not in form.as_div()


def test_a_form_shows_a_date_in_words():
    shown = str(LetterForm(instance=Letter(submitted=parse("2004-10")))["submitted"])
    assert 'value="October 2004"' in shown
    assert "value=" not in str(LetterForm(instance=Letter())["submitted"])


@pytest.mark.parametrize(
    ("typed", "has_changed"),
    [
        ("October 2004", False),
        ("2004-10", False),
        (" oct. 2004 ", False),
        ("[2004-10-01..2004-10-31]", False),
        ("November 2004", True),
        ("2004", True),
        ("", True),
        ("01/10/2004", True),
    ],
)
def test_another_wording_of_the_same_date_is_no_change(typed, has_changed):
    form = LetterForm({"submitted": typed}, instance=Letter(submitted=parse("2004-10")))
    assert form.has_changed() == has_changed
