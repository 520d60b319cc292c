"""Readers and writers of public pages at the same moment, through the cache: what is stale, stuck or torn is counted.

For tests and benchmarks with real transactions.
"""

import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event
from typing import NamedTuple

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import RequestFactory

from r1540.page_cache import PageCache
from states.models import Source
from tests import factories as make

ADDRESS = "/sources/?format=json&per_page=200&cols=reference&cols=note"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(application, address, method="GET", **headers) -> Answer:
    """What a WSGI application answers; headers are named as WSGI names them: HTTP_COOKIE."""
    environ = RequestFactory().generic(method, address, **headers).environ
    said = []
    body = application(environ, lambda *what: said.append(what))
    try:
        whole = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    status, sent = said[-1][:2]
    return Answer(int(status[:3]), dict(sent), whole)


def cached(bytes_at_most=2**24) -> PageCache:
    return PageCache(WSGIHandler(), bytes_at_most)


def write(number: int, times: int, done: dict[int, int]):
    """One writer: the note of the own source counts up; each second time another source is there."""
    row, other = Source.objects.get(reference=f"writer-{number}"), f"other-{number}"
    for n in range(1, times + 1):
        with transaction.atomic():
            Source.objects.filter(pk=row.pk).update(note=str(n))
            if n % 2:
                make.source(other, published=True)
            else:
                Source.objects.get(reference=other).delete()
        done[number] = n
        time.sleep(random.random() / 20)


def wrong(body: bytes, before: dict[int, int]) -> Counter:
    """What is wrong with a page that was asked for when so much was committed."""
    page = json.loads(body)
    notes = {row["reference"]: row["note"] for row in page["results"]}
    seen = {number: int(notes[f"writer-{number}"] or 0) for number in before}
    return Counter(
        stale=any(seen[number] < n for number, n in before.items()),
        torn=page["count"] != len(notes) or any((f"other-{w}" in notes) != (n % 2 == 1) for w, n in seen.items()),
    )


def read(application, done: dict[int, int], finished: Event) -> Counter:
    """One reader, until the writers are done."""
    found = Counter()
    while not finished.is_set():
        before = dict(done)
        answer = ask(application, ADDRESS)
        assert answer.status == 200
        found += Counter(requests=1) + wrong(answer.body, before)
    return found


def race(application, writers=4, readers=8, times=40) -> Counter:
    """Requests; how many were answered with a stale or a torn page; `stuck`: wrong after the last writer was done."""
    done, finished = dict.fromkeys(range(writers), 0), Event()
    for number in done:
        make.source(f"writer-{number}", published=True)

    def run(work):
        with closing(connection):  # this thread's own
            return work()

    with ThreadPoolExecutor(writers + readers) as people:
        reading = [people.submit(run, partial(read, application, done, finished)) for _ in range(readers)]
        writing = [people.submit(run, partial(write, number, times, done)) for number in done]
        try:
            for one in writing:
                one.result()
        finally:
            finished.set()
        found = sum((one.result() for one in reading), Counter())
    stuck = wrong(ask(application, ADDRESS).body, done)
    return found + Counter(stuck=stuck.total())
