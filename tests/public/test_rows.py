"""The rows of files are read as values, not as instances: they say the same, and no more than the public may read."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from r1540.as_at.compiled import CHUNK
from r1540.as_at.when import When
from r1540.lists import files
from states.models import Report, Source, State
from tests.public.addresses import LISTS, asking


def column_of(client, name, column) -> list[str]:
    answer = client.get(asking(name, cols=[column], format="csv")).getvalue().decode("utf-8-sig")
    return [row[column] for row in csv.DictReader(io.StringIO(answer, newline=""))]


def pages_of(client, name, columns):
    page = asking(name, cols=columns, format="json", per_page="200")
    while page:
        answer = client.get(page).json()
        yield from answer["results"]
        page = answer["next"]


@pytest.mark.parametrize("name", LISTS)
def test_a_column_read_by_itself_is_the_one_that_instances_have(client, record, name):
    columns = list(LISTS[name].table_class.base_columns)
    rows = list(pages_of(client, name, columns))
    assert rows
    for column in columns:
        cells = ["; ".join(row[column]) if isinstance(row[column], list) else row[column] for row in rows]
        assert column_of(client, name, column) == [files.guarded(cell) for cell in cells]


def test_sources_stand_in_their_order_and_only_those_that_are_public(client, record):
    report = Report.objects.filter(published=True).first()
    for title, published in {"Z": True, "A": True, "C": True, "M": False}.items():
        report.sources.add(Source.objects.create(reference=f"x-{title}", title=f"{title} 1", published=published))
    references = dict(
        zip(column_of(client, "reports", "reference"), column_of(client, "reports", "sources"), strict=True)
    )
    added = [one for one in references[report.reference].split("; ") if one.startswith("x-")]
    assert added == ["x-A", "x-C", "x-Z"]
    assert not any("x-M" in one for one in references.values())


def test_a_file_of_many_chunks_is_asked_in_one_question_and_has_each_row_once(client, record):
    states, day = list(State.objects.filter(reports__kind="first report")), When.parse("2020-01-01")
    Report.objects.bulk_create(
        Report(reference=f"many-{n}", state=states[n % len(states)], kind="additional information", submitted=day)
        for n in range(2 * CHUNK)
    )
    Report.objects.filter(reference__startswith="many-").update(published=True)
    with CaptureQueriesContext(connection) as queries:
        references = column_of(client, "reports", "reference")
    assert sum('FROM "states_report"' in query["sql"] for query in queries.captured_queries) == 1
    assert len(references) == len(set(references)) == Report.objects.filter(published=True).count() > 2 * CHUNK
