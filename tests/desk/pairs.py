"""Two people, each with a connection of their own, sending at the same moment. For tests with real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Barrier

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse

from states.models import Report, Source
from tests import factories as make
from tests.desk.admin_client import address, confirmed, typed
from visits.models import Event


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
    report = make.report(make.state(f"State {make.codes()}"))
    url, counts = address("states_report", "change", report), Counter(saved=0, refused=0, lost=0)
    for pair in range(number):
        data = typed(clients[0], url)
        keys = [data["_submission"], typed(clients[1], url)["_submission"]]
        notes = [f"{pair} by one", f"{pair} by the other"]
        sent = [data | {"note": note, "_submission": key} for note, key in zip(notes, keys, strict=True)]
        answers = together(*(partial(c.post, url, s) for c, s in zip(clients, sent, strict=True)))
        saved = [note for note, answer in zip(notes, answers, strict=True) if answer.status_code == 302]
        counts["saved"] += len(saved)
        counts["refused"] += sum(b"changed while you had it open" in answer.content for answer in answers)
        # What was saved stands, unless somebody saved over it who had not seen it.
        counts["lost"] += len(saved) - (Report.objects.get(pk=report.pk).note in saved)
    assert LogEntry.objects.filter(action_flag=CHANGE).count() == counts["saved"]
    return counts


def add_twice_at_once(client, number) -> Counter:
    """How many of `number` new events, each sent twice at once, were added, were two, and had one answer for both."""
    url, counts = reverse("admin:visits_event_add"), Counter(added=0, doubled=0, same_answer=0)
    before, state = Event.objects.count(), make.state(f"State {make.codes()}")
    for pair in range(number):
        event = {"title": f"Workshop {pair}", "state": state.pk, "starts": "2013", "kind": "regional workshop"}
        data = typed(client, url) | event
        answers = together(*(partial(browser.post, url, data) for browser in (client, again(client))))
        rows = Event.objects.filter(title=f"Workshop {pair}").count()
        counts["added"] += rows > 0
        counts["doubled"] += rows > 1
        counts["same_answer"] += answers[0].status_code == answers[1].status_code == 302
    assert Event.objects.count() == before + counts["added"] + counts["doubled"]
    return counts


def again(client):
    """Return a second client with the session of the first, for another thread."""
    other = Client()
    other.cookies.load(client.cookies)
    return other


def two_people():
    """Two superusers, signed in."""
    clients = [Client(), Client()]
    for client, name in zip(clients, ("one", "other"), strict=True):
        client.force_login(make.user(username=name))
    return clients


def delete_while_changed(clients, number) -> Counter:
    """How often a source that one person changes and another deletes at once was either changed or deleted."""
    counts = Counter(one_of_both=0)
    for _ in range(number):
        source = make.source()
        change, delete = (address("states_source", page, source) for page in ("change", "delete"))
        edited, removal = typed(clients[0], change) | {"note": "Changed."}, confirmed(source)
        together(partial(clients[0].post, change, edited), partial(clients[1].post, delete, removal))
        entries = LogEntry.objects.filter(object_id=source.pk, content_type__model="source")
        is_changed = Source.objects.filter(pk=source.pk, note="Changed.").exists()
        is_deleted = not Source.objects.filter(pk=source.pk).exists()
        counts["one_of_both"] += (is_changed != is_deleted) and entries.count() == 1
    return counts
