"""The record n times over, for what is measured at 1, 10 and 100 times: the shipped one is imported, then `fill(100)`.

States with their names and memberships, reports, visits, plans, events and sources are copied with all that they point
at, so that every figure is n times as large. First the shipped reports, which are 189, are made 800 by additional
information on many days, since 800 for 195 States is what the benchmarks speak of: at 100 times these are 19,500 States
and 80,000 reports. Organizations, resolutions and published figures stay as they are: the world has no more of them.

19,500 States have more codes than three capital letters give: a copy's ISO3 has small letters too (Aab), as no State
has, its ISO2 is two Chinese characters, and its M49 is letters. The forms refuse these, the database takes them. The
triggers stay on: each row has its history. It takes half a minute at 100 times, 230 MB.
"""

from datetime import date, timedelta

from django.db import connection, transaction

from r1540 import history
from r1540.as_at.when import When
from r1540.door import views
from states.models import ActionPlan, Membership, Report, Source, State, StateName
from visits.models import Event, Visit

REPORTS = 800  # of the record once over
MOST = 100  # a symbol has two digits for the number of its copy
COPIED = (State, StateName, Membership, Source, Report, ActionPlan, Visit, Event)
APART = 1_000_000  # between the key of a row and that of its next copy

# In SQL, of a row, its copy `k`, and `n`, which counts all copies of its table.
LETTERS = "chr(65 + n / 1352 % 26) || chr(97 + n / 52 % 26) || chr(CASE WHEN n % 52 < 26 THEN 65 ELSE 71 END + n % 52)"
OF_COPIES = {
    "iso3": LETTERS,
    "m49": LETTERS,
    "iso2": "chr(19968 + n / 200) || chr(19968 + n % 200)",
    "symbol": "CASE WHEN symbol = '' THEN '' ELSE symbol || '/Corr.' || k END",
    "reference": "reference || '-x' || k",
}
NUMBERED = ("name", "name_in_text", "formal_name", "title")  # Chad, Chad 1, Chad 2 …


def fill(times: int):
    """Make the shipped record, which is in the database, `times` as large."""
    if not 1 <= times <= MOST:
        raise ValueError(f"The record is made 1 to {MOST} times as large, not {times}.")
    with transaction.atomic(), history.by(why="A record of many copies"):
        add_reports(REPORTS - Report.objects.count())
        with connection.cursor() as cursor:
            for model in views.models():
                if (model._meta.auto_created or model) in COPIED:
                    cursor.execute(copies(model, times - 1))
                    cursor.execute(next_key(model))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE")


def add_reports(count: int):
    """Additional information of all States that have a first report, after it; most with a symbol, half with a source,
    a tenth of a day that is not known, a tenth not published."""
    first = list(Report.objects.filter(kind=Report.Kind.FIRST).order_by("pk"))
    sources = list(Source.objects.order_by("pk"))
    joining, texts = Report.sources.through, ("", "From a workshop.", "As the note verbale says.")
    reports = Report.objects.bulk_create(
        Report(
            reference=f"many-{n}",
            state_id=(begun := first[n % len(first)]).state_id,
            kind=Report.Kind.ADDITIONAL,
            submitted=days_after(begun.submitted.latest, n),
            symbol=f"S/AC.44/{2005 + n % 20}/{1000 + n // 20}" if n % 3 else "",
            note=texts[n % 3],
            published=n % 10 != 0,
        )
        for n in range(count)
    )
    joining.objects.bulk_create(
        joining(report=row, source=sources[n % len(sources)]) for n, row in enumerate(reports[::2])
    )


def days_after(first: date, n: int) -> When:
    day = first + timedelta(days=1 + n * 37 % 1200)
    return When(day, day + timedelta(days=30)) if n % 10 == 5 else When.day(day)


def copies(model, count: int) -> str:
    """SQL that copies each row of a table so many times."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    return f"""
        INSERT INTO "{table}" ({names}) SELECT {", ".join(map(copied, fields))} FROM (
            SELECT one.*, k, (row_number() OVER (ORDER BY id, k) - 1)::int AS n
            FROM "{table}" one, generate_series(1, {count}) k) AS many"""


def copied(field) -> str:
    """SQL: what a copy has in a column."""
    if field.primary_key or field.related_model in COPIED:
        return f'"{field.column}" + k * {APART}'
    if field.name in NUMBERED:
        return f"left({field.name}, {field.max_length - 3}) || ' ' || k"
    return OF_COPIES.get(field.name, f'"{field.column}"')


def next_key(model) -> str:
    table = model._meta.db_table
    return f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\"))"
