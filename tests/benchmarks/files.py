"""What an export of 80,000 reports costs beside psql's COPY of the same columns: run by hand, in a throw-away database.

    python -m pytest -s -p no:xdist tests/benchmarks/files.py

CPU seconds of this process and of the database's, the better of three, alternating. JSON has pages: the first one.
"""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from r1540.asked import today
from r1540.when import When
from states.models import Report, State

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]
REPORTS = 80_000
COPY = """
COPY (
    SELECT s.name, r.kind, r.submitted, r.symbol, s.region, r.certainty,
           (SELECT string_agg(o.reference, '; ') FROM states_report_sources j JOIN states_source o ON o.id = j.source_id
            WHERE j.report_id = r.id)
    FROM states_report r JOIN states_state s ON s.id = r.state_id WHERE r.published
    ORDER BY r.submitted DESC, s.sort_name
) TO STDOUT WITH (FORMAT csv, HEADER)"""


def fill():
    states, kind = list(State.objects.values_list("pk", flat=True)), Report.Kind.ADDITIONAL
    for start in range(0, REPORTS, 10_000):
        Report.objects.bulk_create(
            Report(
                reference=f"many-{n}",
                state_id=states[n % len(states)],
                kind=kind,
                submitted=When.day(today() - timedelta(days=n % 1000)),
                published=True,
            )
            for n in range(start, start + 10_000)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds(process="self") -> float:
    """The CPU seconds that a process of this machine has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def copied() -> int:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        return sum(map(len, copy))


def exported(address: str) -> int:
    answer = Client().get(address)
    assert answer.status_code == 200
    return sum(map(len, answer.streaming_content)) if answer.streaming else len(answer.content)


def test_an_export_beside_copy(record, settings):
    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 60_000
    fill()
    ways = {"COPY": copied} | {
        name: lambda address=address: exported(address)
        for name, address in {
            "CSV": "/reports/?format=csv",
            "XLSX": "/reports/?format=xlsx",
            "JSON, a page": "/reports/?format=json&per_page=200",
        }.items()
    }
    backend, costs = connection.connection.info.backend_pid, {}
    exported("/states/?format=csv")
    for _ in range(3):
        for name, way in ways.items():
            before, began = seconds() + seconds(backend), time.time()
            size = way()
            costs.setdefault(name, []).append((seconds() + seconds(backend) - before, time.time() - began, size))
    print()
    for name, measured in costs.items():
        cpu, took, size = min(measured)
        ratio = cpu / min(costs["COPY"])[0]
        print(f"{name:14} {cpu:6.2f} s of CPU ({ratio:5.1f} times COPY) {took:6.2f} s, {size:,} bytes")
