"""The process behind an import: how far it is, that it broke off, that nobody waits for a preview."""

import fcntl
import os

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from r1540 import interchange
from r1540.interchange import applying, desk_work, jobs, staging, trial
from r1540.models import Import
from states.models import Report
from tests.desk.admin_client import signed_in
from tests.files.imports import FORMS, TABLES, content, here_and_now, press, row_of_every_table, send, superuser  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
CHANGES = {"TCD-1": {"submitted": "2004-11"}}


@pytest.fixture(name="answer")
def previewed(client, rows):
    """A preview of one changed row."""
    return send(client, "reports", content("reports", **CHANGES))


def job_of(answer):
    folder = next(jobs.settings.VAR_DIR.glob(f"uploads/*/{answer.request['PATH_INFO'].split('/')[-2]}"))
    return jobs.at(folder)


def is_applied():
    return str(Report.objects.get(reference="TCD-1").submitted) == "November 2004"


def test_a_page_shows_how_far_the_work_is_and_asks_again_until_it_has_ended(client, answer):
    job = job_of(answer)
    with (job.folder / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        job.say(step="apply", ended=False, what="written", done=2000, total=80000, seen="x")
        shown = client.get(answer.request["PATH_INFO"])
        assert "Rows written: 2000 of 80000" in shown.content.decode()
        assert shown["Refresh"] == "2"
        assert client.post(answer.request["PATH_INFO"], {"seen": "x"}).status_code == 302
        assert jobs.at(job.folder).said["done"] == 2000
    assert "Refresh" not in client.get(answer.request["PATH_INFO"])


@pytest.mark.parametrize("step", ["preview", "apply"])
def test_work_that_broke_off_says_so_and_can_be_started_again(client, rows, monkeypatch, step):
    answer = send(client, "reports", content("reports", **CHANGES)) if step == "apply" else None
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "work", lambda job, lock: job.say(done=1))  # and it was killed
        answer = press(client, answer) if answer else send(client, "reports", content("reports", **CHANGES))
    page = client.get(answer.request["PATH_INFO"])
    assert "The work broke off before it was done. Nothing was changed" in page.content.decode()
    assert "Refresh" not in page
    again = client.post(answer.request["PATH_INFO"], follow=True)
    assert dict(again.context["counts"]) == {"Updated": 1, "Unchanged": 1}
    assert not is_applied()
    press(client, again)
    assert is_applied()


def test_work_that_broke_off_after_all_was_applied_does_not_say_that_nothing_was(client, answer, monkeypatch):
    def killed_before_it_could_say(job, lock):
        desk_work.run(job)
        job.say(ended=False)

    monkeypatch.setattr(jobs, "work", killed_before_it_could_say)
    assert "0 inserted, 1 updated." in press(client, answer).content.decode()
    client.post(answer.request["PATH_INFO"])
    assert (is_applied(), Import.objects.count()) == (True, 1)


def test_work_that_ends_while_the_page_is_made_did_not_break_off(client, answer, monkeypatch):
    job = job_of(answer)
    job.say(ended=False)

    def ends(*lock):
        job.say(ended=True)
        return True

    monkeypatch.setattr(jobs, "_take", ends)
    assert dict(client.get(answer.request["PATH_INFO"]).context["counts"]) == {"Updated": 1, "Unchanged": 1}


def test_what_was_applied_is_shown_though_its_process_has_not_gone_yet(client, answer, monkeypatch):
    press(client, answer)
    monkeypatch.setattr(jobs, "_take", lambda *lock: False)
    assert "0 inserted, 1 updated." in client.get(answer.request["PATH_INFO"]).content.decode()


LOST = {
    "deactivated": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "no longer staff": lambda user: User.objects.filter(pk=user.pk).update(is_staff=False),
    "no longer a superuser": lambda user: User.objects.filter(pk=user.pk).update(is_superuser=False),
    "deleted": lambda user: User.objects.filter(pk=user.pk).delete(),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_who_lost_the_right_before_it_was_applied_is_refused(client, answer, monkeypatch, lose, when):
    job = job_of(answer)
    job.say(step="apply", ended=False, seen=answer.context["digest"], change="7b1c0f0e-6c9e-4f6e-9f2e-0d1f6a3c2b11")
    user = User.objects.get()
    if when == "before":
        lose(user)
    else:
        monkeypatch.setattr(jobs.Job, "tell", lambda *progress: lose(user))
    desk_work.run(job)
    assert job.said["refused"] == "You may no longer do this. Nothing was changed."
    assert not is_applied()


def test_an_error_of_the_work_is_told_and_nothing_is_applied(client, answer, monkeypatch):
    def breaks(*args, **kwargs):
        interchange_apply(*args, **kwargs)
        raise MemoryError

    interchange_apply = interchange.apply
    monkeypatch.setattr(interchange, "apply", breaks)
    assert "The work broke off by an error" in press(client, answer).content.decode()
    assert not is_applied()


def test_a_process_that_cannot_begin_is_told(client, rows, monkeypatch):
    monkeypatch.setattr(jobs, "work", lambda job, lock: os.open("/nowhere/at/all", os.O_RDONLY))
    page = send(client, "reports", content("reports", **CHANGES)).content.decode()
    assert "The work could not begin: No such file or directory." in page
    assert "Start again" in page


def test_an_apply_without_a_clean_preview_does_nothing(client, rows):
    answer = send(client, "reports", content("reports", **{"TCD-1": {"submitted": "2003"}}))
    client.post(answer.request["PATH_INFO"], {"seen": answer.context["digest"]})
    assert job_of(answer).said["step"] == "preview"


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_told_as_they_are_read_compared_and_written(client, rows, monkeypatch, form):
    told = []
    monkeypatch.setattr(staging, "BATCH", 1)
    monkeypatch.setattr(jobs.Job, "tell", lambda job, *progress: told.append(progress))
    press(client, send(client, "reports", content("reports", form, **CHANGES)))
    reading = [("read", 1, 0), ("read", 2, 0)]
    assert told == [*reading, ("compared", 1, 2), ("compared", 2, 2), *reading, ("written", 1, 2), ("written", 2, 2)]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_preview_and_readers_not_even_while_it_is_applied(client, rows, monkeypatch):
    locks = {}

    def look(job, what, *progress):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN"
                " ('public.states_report'::regclass, 'public.states_report_sources'::regclass,"
                " 'public.states_source'::regclass)"
            )
            locks[what] = {mode for _, mode in cursor.fetchall()}

    monkeypatch.setattr(jobs.Job, "tell", look)
    press(client, send(client, "reports", content("reports", **CHANGES)))
    assert locks["compared"] == {"AccessShareLock"}
    assert "ExclusiveLock" in locks["written"]
    assert "AccessExclusiveLock" not in locks["written"]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_copy_for_a_preview_has_every_rule_of_the_table(db, table):
    trial.copy([table])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass",
            [f"pg_temp.{table.model._meta.db_table}"] * 2,
        )
        there = {name.split(".")[-1] for (name,) in cursor.fetchall()}
    assert {rule.name for rule in table.model._meta.constraints} <= there


def test_one_person_has_one_job_at_work(client, answer):
    done = press(client, answer).context["done"]
    undo = reverse("desk-undo", args=["reports", done.key])
    job = job_of(answer)
    with (job.folder / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        job.say(ended=False)
        for refused in (
            send(client, "visits", content("visits")),
            client.post(undo, {"reason": "The wrong file"}, follow=True),
        ):
            assert "Your import of file.csv, or its undoing, is still being worked on" in refused.content.decode()
        assert len(list(jobs.settings.VAR_DIR.glob("uploads/*/*"))) == 1
        assert "counts" in send(signed_in("Publisher"), "visits", content("visits")).context
        job.say(ended=True)  # its process takes a moment to go
        assert "counts" in send(client, "visits", content("visits")).context
    job.say(ended=False)  # it broke off
    assert "is undone" in client.post(undo, {"reason": "The wrong file"}, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_saves_for_long_is_waited_for_a_while_only(client, rows, monkeypatch):
    monkeypatch.setattr(applying, "LONGEST_WAIT", "100ms")
    answer = send(client, "reports", content("reports", **CHANGES))
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE states_report SET note = 'x' WHERE reference = 'COG-1'")
        assert desk_work.BUSY in press(client, answer).content.decode()
    finally:
        other.close()
    assert not is_applied()


def test_only_the_lock_of_a_table_is_waited_for_so_shortly(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()
        applying.lock([TABLES["reports"]])
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == before
