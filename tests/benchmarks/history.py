"""What history costs per save: python -m pytest -s tests/benchmarks/history.py

Run by hand; it has no limit to break. Each kind of write is timed with and without the triggers, by turns, in blocks of
equal length in real transactions, on tables that grow with the measuring; the median of each and their ratio are
printed. Fsync is as the server has it.
"""

import statistics
import time

import pytest
from django.db import connection, transaction

from r1540 import history
from states.models import Report, State
from tests import factories as make
from tests.desk.admin_client import address, confirmed, signed_in

ROUNDS, WRITES = 12, 60
TABLES = ("states_report", "states_report_sources", "states_state")


def triggers(word):
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


def save(report, user, number):
    report.note = str(number)
    with transaction.atomic():
        report.save()


def save_with_name(report, user, number):
    with history.by(user, "A reason"):
        save(report, user, number)


def save_with_name_in_a_request(report, user, number):
    """Save inside an open transaction, as a request at the desk does."""
    with transaction.atomic():
        save_with_name(report, user, number)


def save_with_sources(report, user, number):
    with transaction.atomic(), history.by(user, "A reason"):
        save(report, user, number)
        report.sources.set(SOURCES[number % 2])


def save_at_the_desk(report, user, number):
    """A whole request: the form of a report, posted."""
    if not CLIENT:
        CLIENT.append(signed_in(None))
    data = {"state": report.state_id, "submitted": "2004-10-27", "kind": "first report", "certainty": "press"}
    data |= {"_token": confirmed(report)["_token"], "note": str(number), "reason": "Why"}
    answer = CLIENT[0].post(address("states_report", "change", report), data)
    assert answer.status_code == 302


def update_100(report, user, number):
    State.objects.update(internal_note=str(number))


SOURCES, CLIENT = [], []
WAYS = [save, save_with_name, save_with_name_in_a_request, save_with_sources, save_at_the_desk, update_100]


@pytest.mark.timeout(0)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", WAYS, ids=lambda write: write.__name__)
def test_cost(write):
    states = [make.state(f"State {number}") for number in range(100)]
    report, user = make.report(states[0]), make.user(username="editor")
    SOURCES[:] = [[make.source()], [make.source()]]
    times = {"ENABLE": [], "DISABLE": []}
    for number in range(ROUNDS):
        for word in ("ENABLE", "DISABLE") if number % 2 else ("DISABLE", "ENABLE"):
            triggers(word)
            for turn in range(WRITES):
                began = time.perf_counter()
                write(report, user, number * WRITES + turn)
                times[word].append((time.perf_counter() - began) * 1000)
    triggers("ENABLE")
    with_it, without = (statistics.median(times[word]) for word in ("ENABLE", "DISABLE"))
    print(f"\n{write.__name__}: {without:.2f} ms without, {with_it:.2f} ms with history: {with_it / without:.2f} times")
    assert Report.objects.exists()
