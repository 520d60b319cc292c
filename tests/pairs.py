"""Two people, each with a connection of their own, sending at the same moment. For tests with real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.urls import reverse

from states.models import Report, Source
from tests import factories as make
from tests.test_roles import address, typed


def together(*sends):
    """The answers of functions that are called at the same moment, each in a thread of its own."""
    start = Barrier(len(sends))

    def run(send):
        with closing(connection):  # this thread's own
            start.wait()
            return send()

    with ThreadPoolExecutor(len(sends)) as people:
        return list(people.map(run, sends))


def change_at_once(clients, number) -> Counter:
    """How many of `number` pairs of changes of one report, sent at once, were saved, refused, and lost."""
    report = make.report(make.state())
    url, counts = address("states_report", "change", report), Counter(saved=0, refused=0, lost=0)
    for pair in range(number):
        data = typed(clients[0], url)
        keys = [data["_submission"], typed(clients[1], url)["_submission"]]
        notes = [f"{pair} by one", f"{pair} by the other"]
        sent = [data | {"note": note, "_submission": key} for note, key in zip(notes, keys, strict=True)]
        answers = together(*(lambda c=c, s=s: c.post(url, s) for c, s in zip(clients, sent, strict=True)))
        saved = [note for note, answer in zip(notes, answers, strict=True) if answer.status_code == 302]
        counts["saved"] += len(saved)
        counts["refused"] += sum(b"changed while you had it open" in answer.content for answer in answers)
        counts["lost"] += len(saved) - (Report.objects.get(pk=report.pk).note in saved)
    assert LogEntry.objects.filter(action_flag=CHANGE).count() == counts["saved"]
    return counts


def add_twice_at_once(clients, number) -> Counter:
    """How many of `number` new sources, each sent twice at once, were added, and led both to the same."""
    url, counts = reverse("admin:states_source_add"), Counter(added=0, doubled=0, same_answer=0)
    before = Source.objects.count()
    for pair in range(number):
        # The reference must be unique, so the title alone would show a double: each send brings another reference.
        data = typed(clients[0], url) | {"reference": f"letter-{pair}", "title": f"Letter {pair}"}
        answers = together(*(lambda c=c, d=data: c.post(url, d) for c in clients))
        rows = Source.objects.filter(title=f"Letter {pair}").count()
        counts["added"] += rows
        counts["doubled"] += rows - 1
        counts["same_answer"] += [answer.status_code for answer in answers] == [302, 302]
    assert Source.objects.count() == before + counts["added"]
    return counts
