"""What /figures/ costs as facts grow: python -m pytest -s -p no:xdist tests/benchmarks/figures.py

Run by hand; it has no limit to break. The shipped record, then with ten and a hundred times its reports, visits and
plans, of the same States: milliseconds (the median of seven) and queries of each page.
"""

import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]

PAGES = (
    *("/", "/figures/", "/figures/?by=organization", "/figures/?as_of=2013-01-15", "/figures/?format=csv"),
    *("/figures/first-reports/", "/figures/communications/?region=Africa", "/figures/history/", "/groups/africa/"),
    *("/organizations/CIS/?as_of=2013-01-15", "/states/?view=board", "/figures/changes/?since=2013-01-15"),
)
# Copies of additional information, visits and plans, each copy some days later, so that no rule forbids it.
MULTIPLY = """
INSERT INTO states_report (reference, certainty, note, internal_note, published, checked, state_id, kind, submitted,
                           symbol, language, link)
SELECT 'copy-' || n || '-' || id, certainty, '', '', true, true, id_of, 'additional information',
       daterange(day, day + 1), '', '', ''
FROM (SELECT r.id, r.certainty, r.state_id AS id_of, date '2023-01-01' + (n %% 1000)::int AS day, n
      FROM states_report r, generate_series({first}, {last}) AS n WHERE reference NOT LIKE 'copy-%%') AS made;
INSERT INTO visits_visit (reference, certainty, note, internal_note, published, checked, state_id, kind, starts, ends,
                          purpose, programme, took_part, follow_up, link)
SELECT 'copy-' || n || '-' || id, certainty, '', '', true, true, state_id, 'at invitation',
       daterange(day, day + 1), NULL, '', '', '', '', ''
FROM (SELECT v.*, date '2005-01-01' + (row_number() OVER (PARTITION BY state_id ORDER BY v.id, n))::int * 2 AS day, n
      FROM visits_visit v, generate_series({first}, {last}) AS n WHERE kind = 'at invitation' AND {first} = 1) AS made;
"""


def milliseconds(client, page):
    times = []
    for _ in range(7):
        start = time.perf_counter()
        assert client.get(page).status_code == 200
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def test_figures_as_facts_grow(record):
    client = Client()
    print()
    for times, first, last in ((1, 0, 0), (10, 1, 9), (100, 10, 99)):
        with connection.cursor() as cursor:
            if last:
                cursor.execute(MULTIPLY.format(first=first, last=last).replace("%%", "%"))
            cursor.execute("ANALYZE")
            cursor.execute("SELECT (SELECT count(*) FROM states_report), (SELECT count(*) FROM visits_visit)")
            print(f"{times} times: %d reports, %d visits" % cursor.fetchone())
        for page in PAGES:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            asked = len(queries)
            print(f"  {page:45} {milliseconds(client, page):8.0f} ms  {asked:3} queries")
