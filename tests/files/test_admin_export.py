"""Export at the desk: the rows that a list shows, in a file."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from states.models import Membership, Source, State

pytestmark = pytest.mark.django_db


def exported(client, form, table, query=""):
    return b"".join(client.get(reverse(f"desk-export-{form}", args=[table]) + query).streaming_content)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("?q=chad", 1),
        ("?submitted_in=2012", 1),
        ("?p=7", 2),
        ("?sources_recorded=no", 1),
    ],
)
def test_an_export_has_the_rows_of_the_list(client, rows, query, found):
    lists = reverse("admin:states_report_changelist") + query
    data = list(csv.DictReader(io.StringIO(exported(client, "csv", "reports", query).decode("utf-8-sig"), newline="")))
    assert len(data) == found
    if "p=" not in query:
        assert client.get(lists).context["cl"].result_count == found
    sheet = openpyxl.load_workbook(io.BytesIO(exported(client, "xlsx", "reports", query))).worksheets[0]
    assert sheet.max_row == found + 1


def test_the_links_of_a_list_carry_its_filters(client, rows):
    page = client.get(reverse("admin:states_report_changelist") + "?submitted_in=2004&q=tchad").content.decode()
    assert "/admin/files/reports.csv?submitted_in=2004&amp;q=tchad" in page
    page = client.get(reverse("admin:states_state_changelist") + "?q=tchad").content.decode()
    assert 'href="/admin/files/memberships.csv"' in page
    assert 'href="/admin/files/state_names/import/"' in page


@pytest.mark.parametrize("query", ["?submitted_in=abc", "?nonsense=1", "?sources_recorded=perhaps", "?date__year=0"])
def test_an_export_with_odd_filters_is_refused(client, rows, query):
    assert client.get(reverse("desk-export-csv", args=["reports"]) + query).status_code == 400


def test_an_export_asks_the_same_number_of_questions_for_many_rows(client, rows, django_assert_max_num_queries):
    Source.objects.bulk_create(Source(reference=f"s{number}", title="x") for number in range(300))
    with django_assert_max_num_queries(20):
        assert exported(client, "csv", "sources").count(b"\n") == 302
    assert Membership.objects.count() == State.objects.count() - 1
