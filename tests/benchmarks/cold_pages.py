"""CPU of the application for each page made anew: in all, to write its HTML, and in calls to the database.

    python -m tests.benchmarks.cold_pages

Run it beside a running site (`manage.py up`), whose record it reads. The rows of a list are fetched while it is
written. The least of several rounds counts, for a busy machine only ever adds.
"""

import os
import time

import django
from django.db import connection

ROUNDS, REQUESTS = 5, 4


class Clock:
    """The CPU time that passed inside calls of functions, in seconds; a call inside a call counts once."""

    def __init__(self):
        self.passed, self.depth = 0.0, 0

    def around(self, function):
        def timed(*args, **kwargs):
            self.depth += 1
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.depth -= 1
                if not self.depth:
                    self.passed += time.process_time() - start

        return timed


def pages() -> list[str]:
    from tests.public.addresses import LISTS, asking

    columns = list(LISTS["states"].table_class.base_columns)
    wide = [asking("states", cols=columns), asking("states", cols=columns, per_page="200")]
    others = ["/states/?view=board", "/figures/", "/figures/history/", "/states/FRA/", "/", "/about/"]
    return [*wide, *(asking(name) for name in LISTS), *others]


def measured(client, page: str) -> tuple[float, float, float]:
    """Milliseconds of CPU a request: in all, writing, and in calls to the database."""
    from django.template.backends.django import Template

    writing, database, original = Clock(), Clock(), Template.render
    ask = database.around(lambda execute, *args: execute(*args))
    Template.render = writing.around(original)
    start = time.process_time()
    try:
        with connection.execute_wrapper(ask):
            for _ in range(REQUESTS):
                assert client.get(page).status_code == 200, page
    finally:
        Template.render = original
    seconds = (time.process_time() - start, writing.passed, database.passed)
    return tuple(one / REQUESTS * 1000 for one in seconds)


def main():
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    print(f"{'ms of CPU a request':48}{'all':>8}{'writing':>9}{'database':>9}")
    for page in pages():
        measured(client, page)  # the first time compiles templates
        whole, writing, database = min(measured(client, page) for _ in range(ROUNDS))
        print(f"{page[:46]:48}{whole:8.1f}{writing:9.1f}{database:9.1f}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")
    django.setup()
    main()
