"""What files of 80,000 reports cost beside psql's COPY of the same rows: run by hand, in a throw-away database.

    python -m pytest -s -p no:xdist tests/benchmarks/files.py

CPU seconds of this process and of the database's, the better of three, alternating; how far the memory of this process
rose meanwhile. The desk's files have every column, internal ones too, and so has the COPY beside them. JSON has pages:
the first one.
"""

import ctypes
import gc
import time
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from r1540.as_at.day import today
from r1540.as_at.when import When
from r1540.running.serving import give_memory_back
from states.models import Report, Source, State
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]
REPORTS = 80_000
SOURCES = """(SELECT string_agg(o.reference, '; ')
            FROM states_report_sources j JOIN states_source o ON o.id = j.source_id
            WHERE j.report_id = r.id)"""
COPY = f"""
COPY (
    SELECT s.name, r.kind, r.submitted, r.symbol, s.region, r.certainty,
           {SOURCES}
    FROM states_report r JOIN states_state s ON s.id = r.state_id WHERE r.published
    ORDER BY r.submitted DESC, s.sort_name
) TO STDOUT WITH (FORMAT csv, HEADER)"""
COPY_ALL = f"""
COPY (
    SELECT r.reference, s.iso3, r.kind, r.submitted, r.symbol, r.received, r.symbol_assigned, r.issued, r.language,
           r.link, r.certainty, {SOURCES}, r.note, r.internal_note, r.published
    FROM states_report r JOIN states_state s ON s.id = r.state_id
    ORDER BY r.reference COLLATE "C"
) TO STDOUT WITH (FORMAT csv, HEADER)"""
BESIDE = {"desk, CSV": "desk, COPY", "desk, XLSX": "desk, COPY"}


def fill():
    """Reports of the last thousand days, two of three with a symbol, half with a source, a third with a note."""
    states, kind = list(State.objects.values_list("pk", flat=True)), Report.Kind.ADDITIONAL
    sources, joining = cycle(Source.objects.all()), Report.sources.through
    for start in range(0, REPORTS, 10_000):
        reports = Report.objects.bulk_create(
            Report(
                reference=f"many-{n}",
                state_id=states[n % len(states)],
                kind=kind,
                submitted=When.day(today() - timedelta(days=n % 1000)),
                symbol=f"S/AC.44/{2005 + n % 20}/{5000 + n // 20}" if n % 3 else "",
                note="" if n % 3 else f"From workshop {n}, as the note verbale says.",
                published=True,
            )
            for n in range(start, start + 10_000)
        )
        joining.objects.bulk_create(joining(report=row, source=next(sources)) for row in reports[::2])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds(process="self") -> float:
    """The CPU seconds that a process of this machine has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(what: str) -> float:
    """MB of this process: VmRSS, now; VmHWM, the most since `forget`."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024


def forget():
    """From now on the most memory is counted anew; what is free is given back first."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")


def copied(statement: str) -> int:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return sum(map(len, copy))


def exported(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200
    return sum(map(len, answer.streaming_content)) if answer.streaming else len(answer.content)


def ways() -> dict:
    reader, staff = Client(), Client()
    staff.force_login(factories.user())
    files = {
        "CSV": (reader, "/reports/?format=csv"),
        "XLSX": (reader, "/reports/?format=xlsx"),
        "JSON, a page": (reader, "/reports/?format=json&per_page=200"),
        "desk, CSV": (staff, "/admin/files/reports.csv"),
        "desk, XLSX": (staff, "/admin/files/reports.xlsx"),
    }
    copies = {"COPY": COPY, "desk, COPY": COPY_ALL}
    return {name: lambda one=one: copied(one) for name, one in copies.items()} | {
        name: lambda one=one: exported(*one) for name, one in files.items()
    }


def test_files_beside_copy(record, settings):
    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 60_000
    give_memory_back()  # these two as the site's server does
    fill()
    asked, backend, costs = ways(), connection.connection.info.backend_pid, {}
    exported(Client(), "/states/?format=csv")
    gc.collect()
    gc.freeze()
    for _ in range(3):
        for name, way in asked.items():
            forget()
            base, before, began = memory("VmRSS"), seconds() + seconds(backend), time.time()
            size = way()
            spent = seconds() + seconds(backend) - before, time.time() - began, memory("VmHWM") - base, size
            costs.setdefault(name, []).append(spent)
    gc.unfreeze()
    print()
    for name, measured in costs.items():
        cpu, took, more, size = min(measured)
        ratio = cpu / min(costs[BESIDE.get(name, "COPY")])[0]
        print(f"{name:12} {cpu:6.2f} s of CPU ({ratio:5.1f} times COPY) {took:6.2f} s, {more:5.1f} MB, {size:,} bytes")
