"""The folders of jobs: private, gone after a day, and nothing that befalls one breaks a page."""

import errno
import os
import shutil
import time

import pytest
from django.urls import reverse

from r1540.interchange import jobs
from tests.desk.admin_client import signed_in
from tests.files.imports import content, here_and_now, press, row_of_every_table, send, superuser  # noqa: F401 - fixtures
from tests.files.test_import_jobs import CHANGES, job_of, previewed  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def aged(client, answer):
    """The folder of a job that is more than a day old, and one of another job of the same person, which is not."""
    folder, other = job_of(answer).folder, job_of(send(client, "visits", content("visits"))).folder
    old = time.time() - jobs.A_DAY - 1
    os.utime(folder / "job.json", (old, old))
    return folder, other


SWEEPING = {
    "the page of import": lambda client, answer: client.get(reverse("desk-import", args=["states"])),
    "a job that is not there": lambda client, answer: client.get(f"/admin/files/visits/import/{'0' * 32}/"),
    "the job itself": lambda client, answer: client.get(answer.request["PATH_INFO"]),
}


@pytest.mark.parametrize("look", SWEEPING.values(), ids=SWEEPING)
def test_a_job_is_swept_after_a_day_but_not_before(client, answer, aged, look):
    assert look(signed_in("Publisher"), answer).status_code in (200, 302)
    assert [folder.exists() for folder in aged] == [False, True]


@pytest.mark.parametrize("stray", ["a file", "half a job"])
def test_what_else_lies_among_the_jobs_breaks_nothing(client, answer, stray):
    place = job_of(answer).folder.with_name("0" * 32)
    place.touch() if stray == "a file" else place.mkdir()
    assert "counts" in send(client, "reports", content("reports")).context
    assert client.get(f"/admin/files/reports/import/{place.name}/").status_code == 302


def test_only_the_server_reads_what_was_sent(answer):
    folder = job_of(answer).folder
    assert {oct(one.stat().st_mode & 0o777) for one in (folder, *folder.parents[:2])} == {"0o700"}


def test_a_job_that_is_swept_while_it_is_looked_at_is_not_there(client, answer, monkeypatch):
    job = job_of(answer)
    look = jobs.Job.look
    monkeypatch.setattr(jobs.Job, "look", lambda job: (look(job), shutil.rmtree(job.folder)))
    assert jobs.at(job.folder) is None
    assert job.start("preview") is False


@pytest.mark.parametrize("step", ["preview", "undo"])
def test_work_that_never_began_can_be_started_again(client, rows, monkeypatch, step):
    done = press(client, send(client, "reports", content("reports", **CHANGES))).context["done"]
    with monkeypatch.context() as patch:
        patch.setattr(jobs.Job, "start", lambda *args, **what: False)
        if step == "undo":
            undo = reverse("desk-undo", args=["reports", done.key])
            answer = client.post(undo, {"reason": "The wrong file"}, follow=True)
        else:
            answer = send(client, "reports", content("reports"))
    assert "The work broke off before it was done. Nothing was changed" in answer.content.decode()
    assert "It begins." not in answer.content.decode()
    again = client.post(answer.request["PATH_INFO"], follow=True).content.decode()
    assert ("is undone" if step == "undo" else "there is nothing to apply") in again


@pytest.mark.parametrize("full_at", ["file", "lock", "job.json.new"])
def test_a_full_disk_is_told_and_nothing_is_left_half_written(client, rows, monkeypatch, full_at):
    def refuse(name):
        if name == full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for method in ("open", "touch", "write_text"):
        real = getattr(jobs.Path, method)

        def write(path, *args, real=real, **kwargs):
            refuse(path.name)
            return real(path, *args, **kwargs)

        monkeypatch.setattr(jobs.Path, method, write)
    answer = send(client, "reports", content("reports"))
    assert (answer.status_code, "No space left on device" in answer.content.decode()) == (200, True)
    assert not list(jobs.settings.VAR_DIR.glob("uploads/*/*"))


def test_a_disk_that_is_full_when_the_work_begins_breaks_it_off(client, answer, monkeypatch):
    def full(job, **what):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(jobs.Job, "say", full)
    assert client.post(answer.request["PATH_INFO"], {"seen": "x"}).status_code == 302
