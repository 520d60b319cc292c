"""The revision: what it costs eight writers at once, and whether many readers among writers see anything wrong.

    .venv/bin/python -m pytest -q -s tests/benchmarks/revision.py

Writers: each updates a source of its own in a transaction, again and again, for a second; rounds with the triggers of
the revision and without them alternate. Readers: tests/running/reading.py, at length.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from statistics import median

import pytest
from django.db import connection, connections

from r1540.door import revision, views
from states.models import Source
from tests import factories as make
from tests.running.reading import cached, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1200)]
WRITERS, ROUNDS, SECONDS = (1, 8), 9, 1.0


@pytest.fixture(autouse=True)
def persistent():
    databases = connections.settings["default"]
    age, databases["CONN_MAX_AGE"] = databases["CONN_MAX_AGE"], None
    yield
    databases["CONN_MAX_AGE"] = age
    connections.close_all()


def switch(state):
    with connection.cursor() as cursor:
        for model in views.models():
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {state} TRIGGER r1540_revised')


def write(source) -> int:
    written, until = 0, time.monotonic() + SECONDS
    with closing(connection):
        while time.monotonic() < until:
            Source.objects.filter(pk=source.pk).update(note=str(written))
            written += 1
    return written


def test_writers():
    sources = [make.source(f"writer-{number}") for number in range(max(WRITERS))]
    for writers in WRITERS:
        rates = {"DISABLE": [], "ENABLE": []}
        with ThreadPoolExecutor(writers) as people:
            for _ in range(ROUNDS):
                for state, found in rates.items():
                    switch(state)
                    found.append(sum(people.map(write, sources[:writers])) / SECONDS)
        ratios = [on / off for off, on in zip(rates["DISABLE"], rates["ENABLE"], strict=True)]
        print(
            f"\n{writers} writers: {median(rates['DISABLE']):.0f} changes a second without the revision,"
            f" {median(rates['ENABLE']):.0f} with it: {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        )


def test_a_reading():
    calls, begun = 10_000, time.process_time()
    for ask in (partial(revision.read_revision, "default"),):
        for _ in range(calls):
            ask()
        print(f"\nThe revision is read in {1e6 * (time.process_time() - begun) / calls:.0f} µs of CPU")


def test_readers_among_writers():
    print(f"\n{dict(race(cached(), times=400))}")
