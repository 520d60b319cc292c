"""The two requests of an import, and what can go wrong between them: nothing is lost, and nothing is half done."""

import errno
import os
import shutil
import time
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from r1540 import interchange
from r1540.interchange import desk, importing, uploads
from r1540.models import Import
from states.models import Report
from tests.files.imports import TABLES, content, counts, press, send

pytestmark = pytest.mark.django_db
CHANGES = {"TCD-1": {"submitted": "2004-11"}}


@pytest.fixture(name="answer")
def previewed(client, rows):
    """A preview of one changed row."""
    return send(client, "reports", content("reports", **CHANGES))


def address_of(answer):
    return answer.request["PATH_INFO"]


def is_applied():
    return str(Report.objects.get(reference="TCD-1").submitted) == "November 2004"


def test_a_preview_that_is_loaded_again_or_gone_back_to_is_the_same(client, answer):
    assert client.get(address_of(answer)).context["result"].digest == (answer.context["result"].digest)
    press(client, answer)
    assert "0 inserted, 1 updated." in client.get(address_of(answer)).content.decode()


def test_the_form_of_a_preview_pressed_after_it_was_applied_applies_nothing_more(client, answer):
    """Not even if the record says again what it said when the preview was made."""
    press(client, answer)
    Report.objects.filter(reference="TCD-1").update(submitted="2004-10-27")
    assert "0 inserted, 1 updated." in press(client, answer).content.decode()
    assert (is_applied(), Import.objects.count()) == (False, 1)


def test_an_upload_that_goes_while_it_is_looked_at_is_told(client, answer, monkeypatch):
    real = uploads.Path.open

    def gone(path, *args, **kwargs):
        shutil.rmtree(path.parent, ignore_errors=True)
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(uploads.Path, "open", gone)
        sent = press(client, answer)
    assert "This file is no longer kept" in sent.content.decode()
    assert not is_applied()


def test_a_session_that_ended_leads_back_to_the_preview(client, answer):
    user, other = User.objects.get(), Client()
    sent = other.post(address_of(answer), {"seen": "x"})
    assert sent["Location"] == f"/admin/login/?next={address_of(answer)}"
    other.force_login(user)
    assert counts(other.get(address_of(answer))) == {"updated": 1, "unchanged": 1}


def test_an_apply_without_a_clean_preview_does_nothing(client, rows):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2003"}}))
    assert "Nothing can be applied" in press(client, answer).content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "0" * 64}])
def test_what_was_not_seen_is_not_applied(client, answer, seen):
    page = client.post(address_of(answer), seen, follow=True).content.decode()
    assert desk.CHANGED in page
    assert not is_applied()


def test_what_changes_nothing_is_not_noted_as_an_import(client, rows):
    answer = send(client, "reports", content("reports"))
    page = press(client, answer).content.decode()
    assert "there is nothing to apply" in page
    assert not Import.objects.exists()


LOST = {
    "deactivated": {"is_active": False},
    "no longer staff": {"is_staff": False},
    "no longer a superuser": {"is_superuser": False},
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_who_lost_the_right_before_it_was_applied_is_refused(client, answer, lost):
    User.objects.update(**lost)
    assert client.post(address_of(answer), {"seen": answer.context["result"].digest}).status_code in (
        302,
        403,
    )
    assert not is_applied()


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_who_loses_the_right_while_it_is_applied_is_refused(client, answer, monkeypatch, lost):
    def loses(*args, **kwargs):
        User.objects.update(**lost)
        return apply(*args, **kwargs)

    apply = interchange.apply
    monkeypatch.setattr(interchange, "apply", loses)
    assert client.post(address_of(answer), {"seen": answer.context["result"].digest}).status_code == 403
    assert not is_applied() and not Import.objects.exists()


def test_an_upload_older_than_a_day_is_gone(client, answer, var):
    (folder,) = var.glob("uploads/*/*")
    old = time.time() - uploads.A_DAY - 1
    os.utime(folder, (old, old))
    assert "This file is no longer kept" in press(client, answer).content.decode()
    assert not is_applied()


def test_an_error_on_the_way_leaves_everything_as_it_was(client, answer, monkeypatch):
    def breaks(*args, **kwargs):
        apply(*args, **kwargs)
        raise MemoryError

    apply = interchange.apply
    monkeypatch.setattr(interchange, "apply", breaks)
    client.raise_request_exception = False
    assert press(client, answer).status_code == 500
    assert not is_applied()


@pytest.mark.parametrize("full_at", ["file", "name"])
def test_a_full_disk_is_told_and_nothing_is_left_half_written(client, rows, var, monkeypatch, full_at):
    for method in ("open", "write_text"):
        real = getattr(uploads.Path, method)

        def write(path, *args, real=real, **kwargs):
            if path.name == full_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(path, *args, **kwargs)

        monkeypatch.setattr(uploads.Path, method, write)
    answer = send(client, "reports", content("reports"))
    assert (answer.status_code, "No space left on device" in answer.content.decode()) == (200, True)
    assert not list(var.glob("uploads/*/*"))


@pytest.mark.parametrize("stray", ["a file", "half an upload"])
def test_what_else_lies_among_the_uploads_breaks_nothing(client, answer, var, stray):
    (folder,) = var.glob("uploads/*/*")
    key = uuid.uuid4()
    place = folder.with_name(f"reports-{key.hex}")
    place.touch() if stray == "a file" else place.mkdir()
    assert counts(send(client, "reports", content("reports"))) == {"unchanged": 2}
    assert client.get(reverse("desk-preview", args=["reports", key])).status_code == 302


def test_only_the_server_reads_what_was_sent(answer, var):
    (folder,) = var.glob("uploads/*/*")
    assert {oct(one.stat().st_mode & 0o777) for one in (folder, *folder.parents[:2])} == {"0o700"}


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_preview_and_readers_not_even_while_it_is_applied(client, rows, monkeypatch):
    locks = []

    def look_after(*args):
        run(*args)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN"
                " ('public.states_report'::regclass, 'public.states_report_sources'::regclass,"
                " 'public.states_source'::regclass)"
            )
            locks.append({mode for (mode,) in cursor.fetchall()})

    run = importing.TableImport.run
    monkeypatch.setattr(importing.TableImport, "run", look_after)
    answer = send(client, "reports", content("reports", **CHANGES))
    assert locks.pop() == {"AccessShareLock"}
    press(client, answer)
    assert "ExclusiveLock" in locks[0]
    assert "AccessExclusiveLock" not in locks[0]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_copy_for_a_preview_has_every_rule_of_the_table(db, table):
    importing.copy([table])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass",
            [f"pg_temp.{table.model._meta.db_table}"] * 2,
        )
        there = {name.split(".")[-1] for (name,) in cursor.fetchall()}
    assert {rule.name for rule in table.model._meta.constraints} <= there


@pytest.mark.django_db(transaction=True)
def test_who_saves_for_long_is_waited_for_a_while_only(client, rows, monkeypatch):
    monkeypatch.setattr(importing, "LONGEST_WAIT", "100ms")
    answer = send(client, "reports", content("reports", **CHANGES))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE states_report SET note = 'x' WHERE reference = 'COG-1'")
        assert desk.BUSY in press(client, answer).content.decode()
    finally:
        other.close()
    assert not is_applied()


def test_only_the_lock_of_a_table_is_waited_for_so_shortly(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()
        importing.lock([TABLES["reports"]])
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == before
