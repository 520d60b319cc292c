"""Who may import, what, and until when."""

import os
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from r1540.interchange import uploads
from states.models import Report
from tests import factories
from tests.desk.admin_client import signed_in
from tests.files.imports import TABLES, content, problems, send, with_row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["Viewer", "Editor", "Publisher", "Administrator"])
def test_who_may_add_and_change_may_import_and_all_staff_export(rows, role, table):
    client, reference = signed_in(role), ("states", "state_names", "organizations", "memberships")
    may = role in ("Publisher", "Administrator") or (role == "Editor" and table not in reference)
    data = content(table)
    key = uuid.uuid4()
    uploads.Upload.of(factories.user(username="other"), table, key).keep(SimpleUploadedFile("a.csv", data))
    assert client.get(reverse("desk-import", args=[table])).status_code == (200 if may else 403)
    assert send(client, table, data).status_code == (200 if may else 403)
    assert client.post(reverse("desk-preview", args=[table, key])).status_code == (302 if may else 403)
    assert client.get(reverse("desk-export-csv", args=[table])).status_code == 200


@pytest.mark.parametrize("role", [None, "Viewer", "Editor"])
def test_a_list_offers_what_one_may(rows, role):
    page = signed_in(role).get(reverse("admin:states_report_changelist")).content.decode()
    assert ("/admin/files/reports/import/" in page) is (role != "Viewer")
    assert "/admin/files/reports.xlsx" in page


def test_nobody_comes_in_without_signing_in(rows):
    from django.test import Client

    for address in ("reports/import/", f"reports/import/{uuid.UUID(int=0)}/", "reports.csv", "reports.xlsx"):
        answer = Client().get(f"/admin/files/{address}")
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


PUBLISHING = {
    "is published": (True, {"note": "New"}, False),
    "becomes published": (False, {"published": True}, False),
    "becomes unpublished": (True, {"published": False}, False),
    "loses its sources": (True, {"sources": ""}, False),
    "published and the same": (True, {}, True),
    "unpublished": (False, {"note": "New", "internal_note": "Seen"}, True),
}


@pytest.mark.parametrize(("before", "changes", "editor_may"), PUBLISHING.values(), ids=PUBLISHING)
@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_published_rows_are_for_those_who_may_publish(rows, role, before, changes, editor_may):
    Report.objects.filter(reference="TCD-1").update(published=before)
    answer = send(signed_in(role), "reports", content("reports", **{"TCD-1": changes}))
    found = problems(answer)
    if role == "Publisher" or editor_may:
        assert found == []
    else:
        assert [(line, column) for line, column, _ in found] == [(3, "published")]
        assert "Ask a Publisher" in found[0][2]


def test_an_editor_cannot_insert_a_published_row(rows):
    answer = send(signed_in("Editor"), "sources", with_row("sources", reference="dc9", published="true"))
    assert [column for _, column, _ in problems(answer)] == ["published"]


def test_a_file_that_lacks_the_column_published_gets_round_no_right(rows):
    Report.objects.filter(reference="TCD-1").update(published=True)
    answer = send(signed_in("Editor"), "reports", b"reference,note\nTCD-1,New\n")
    assert [column for _, column, _ in problems(answer)] == ["published"]
    assert problems(send(signed_in("Publisher"), "reports", b"reference,note\nTCD-1,New\n")) == []


def test_an_upload_is_its_senders_and_goes_after_a_day(client, rows, var):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"note": "New"}}))
    address = answer.request["PATH_INFO"]
    assert "no longer kept" in signed_in("Publisher").get(address, follow=True).content.decode()
    assert client.get(address.replace("/reports/", "/visits/")).status_code == 302
    old = time.time() - uploads.A_DAY - 1
    (kept,) = var.glob("uploads/*/*")
    assert {path.name for path in kept.iterdir()} == {"file", "name"}
    os.utime(kept, (old, old))
    send(client, "visits", content("visits"))
    assert not kept.exists()
    assert len(list(var.glob("uploads/*/*"))) == 1
    assert "no longer kept" in client.get(address, follow=True).content.decode()
