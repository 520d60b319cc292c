"""The desk with 80,000 reports and 8,000 sources: queries and milliseconds of every list, filter, search and page.

    .venv/bin/python -m pytest -q -s tests/benchmarks/desk_80000.py

Run by hand. Fails where an address asks more than 20 queries; what takes more than 300 ms is marked, since how long
anything takes depends on what else the machine does: the better of two, all of it and the queries' part.
"""

import re
import time
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from r1540.as_at.when import When
from states.models import Report, Source, State
from tests.desk.admin_client import signed_in

REPORTS, SOURCES, QUERIES, MILLISECONDS = 80_000, 8_000, 20, 300
WORDS = ["Chad", "S/AC.44/2010", "workshop"]


def fill():
    """Additional information of all States, after their first reports, most with a symbol and a source."""
    first = {report.state_id: report.submitted.latest for report in Report.objects.filter(kind="first report")}
    kind, states = "additional information", list(State.objects.values_list("pk", flat=True))
    texts = ["", "From a workshop.", "As the note verbale says."]
    sources = Source.objects.bulk_create(
        Source(reference=f"many-{n}", title=f"Workshop of delegation {n}", kind="press", publisher=f"Press {n % 40}")
        for n in range(SOURCES)
    )
    for start in range(0, REPORTS, 10_000):
        reports = Report.objects.bulk_create(
            Report(
                reference=f"many-{n}",
                state_id=(state := states[n % len(states)]),
                kind=kind,
                submitted=When.day(first.get(state, date(2005, 1, 1)) + timedelta(days=1 + n % 2500)),
                symbol=f"S/AC.44/{2005 + n % 20}/{5000 + n // 20}" if n % 3 else "",
                note=texts[n % 3],
                published=n % 10 != 0,
            )
            for n in range(start, start + 10_000)
        )
        joining = Report.sources.through
        joining.objects.bulk_create(joining(report=row, source=sources[row.pk % SOURCES]) for row in reports[::2])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def addresses(client):
    """(what, address) of every list with each of its filters, its searches, its pages; autocompletes; the index."""
    yield "index", reverse("admin:index")
    for model, desk in site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        lists = reverse(f"admin:{name}_changelist")
        yield "list", lists
        yield "list, last page", f"{lists}?p={desk.model.objects.count() // desk.list_per_page or 1}"
        for spec in client.get(lists).context["cl"].filter_specs:
            shown = list(spec.choices(client.get(lists).context["cl"]))
            if query := next((one["query_string"] for one in shown[1:] if one["query_string"] != "?"), None):
                yield f"filter {spec.title}", lists + query
        yield from (("search", f"{lists}?{urlencode({'q': word})}") for word in WORDS)
        if row := model.objects.order_by("-pk").first():
            yield from ((page, reverse(f"admin:{name}_{page}", args=[row.pk])) for page in ("change", "history"))
        for field in desk.autocomplete_fields:
            asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
            for term in ("", WORDS[0]):
                yield "autocomplete", f"{reverse('admin:autocomplete')}?{urlencode(asked | {'term': term})}"


def measured(client, address):
    """Queries, milliseconds of the answer, milliseconds of its queries: the better of two."""
    found = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            answer = client.get(address)
            whole = 1000 * (time.perf_counter() - begun)
        assert answer.status_code in (200, 302), address
        found.append((len(queries), whole, sum(1000 * float(query["time"]) for query in queries), queries))
    return min(found, key=lambda one: one[1])


@pytest.mark.timeout(3600)
def test_the_desk_at_80000_reports(record):
    fill()
    client, many = signed_in(None), []
    print(f"\n{'queries':>8}{'ms':>8}{'in SQL':>8}")
    for what, address in addresses(client):
        count, whole, asked, queries = measured(client, address)
        mark = " <-- slow" if whole > MILLISECONDS else ""
        print(f"{count:8}{whole:8.0f}{asked:8.0f}  {what}: {address}{mark}", flush=True)
        if mark:
            worst = max(queries, key=lambda query: float(query["time"]))
            said = re.sub(r"SELECT .*? FROM", "SELECT … FROM", worst["sql"])[:300]
            print(f"{'':26}{1000 * float(worst['time']):.0f} ms: {said}")
        if count > QUERIES:
            many.append((count, address))
    assert not many
