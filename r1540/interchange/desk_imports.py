"""Import at the desk: a file is uploaded, previewed and then applied, wholly or not at all: exactly what was previewed,
or it is previewed again. An import that was applied can be undone as a whole.

Each of these is done by a process of its own (see jobs.py and desk_work.py), whatever the size of the file; the page of
the job shows how far it is, and what came of it. Who may add and change a table's rows may import them; who may not
publish may not touch what is published.
"""

import uuid

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from r1540 import history
from r1540.desk.reasons import ReasonForm
from r1540.interchange import jobs
from r1540.interchange.desk_files import address, table_or_error
from r1540.interchange.desk_work import MOST_BYTES, MOST_ROWS, may
from r1540.models import Import

LATEST = 20
REFRESH = 2  # seconds
NOT_KEPT = "This file is no longer kept: it was applied, or is older than a day. Send it again."
AT_WORK = "Your import of {}, or its undoing, is still being worked on: wait until that has ended, and try again."


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        max_length=150,
        allow_empty_file=True,
        help_text=f"CSV in UTF-8, or XLSX (its first sheet); at most {MOST_BYTES // 2**20} MB and {MOST_ROWS:,} rows.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"The file has {file.size:,} bytes; at most {MOST_BYTES:,} are taken.")
        return file


def page(request, template, table, **context):
    options = table.model._meta
    named = {"title": f"Import {options.verbose_name_plural}", "opts": options, "table": table}
    changelist = address(table)
    return render(request, template, admin.site.each_context(request) | named | {"changelist": changelist} | context)


def begin(user, form, step, table, name, file=None, **what):
    """A new job, whose process begins; or none, and the form says why: one at a time, and there must be room for it."""
    other = jobs.at_work(user)
    if other is not None:
        form.add_error(None, AT_WORK.format(other.said["name"]))
        return None
    try:
        job = jobs.make(user, table, name, file, step, **what)
    except OSError as error:
        form.add_error(None, f"It could not be kept to work on: {error.strerror}. Nothing was changed: try again.")
        return None
    job.start(step)
    return job


@require_http_methods(["GET", "POST"])
def upload(request, name):
    table = table_or_error(request, name, "view", "add", "change")
    jobs.sweep()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        job = begin(request.user, form, "preview", name, history.one_line(file.name), file)
        if job is not None:
            return redirect("desk-preview", name, job.key)
    return page(request, "admin/import.html", table, form=form, imports=Import.objects.filter(table=name)[:LATEST])


@require_http_methods(["GET", "POST"])
def preview(request, name, key):
    """A job: how far it is, or what came of it. When posted, go on: apply what was seen, or start again."""
    job = jobs.find(request.user, name, key)
    is_undo = job is not None and job.said["step"] == "undo"
    table = table_or_error(request, name, *(("view", "change") if is_undo else ("view", "add", "change")))
    if job is None:
        messages.warning(request, NOT_KEPT)
        return redirect("desk-import", name)
    if request.method == "POST":
        go_on(job, request.POST.get("seen", ""))
        return redirect("desk-preview", name, key)
    return undoing(request, table, job) if is_undo else importing(request, table, job)


def go_on(job, seen: str) -> None:
    """Apply what was seen, if nobody has begun to; or begin again what broke off or was refused."""

    def may_apply(job):
        preview = job.said.get("preview")
        return job.said["step"] != "undo" and job.said["ended"] and bool(preview) and preview["is_ok"]

    def may_repeat(job):
        is_over = not job.said["ended"] or bool(job.said.get("refused"))
        return is_over and not Import.objects.filter(key=job.said.get("change")).exists()

    if seen:
        job.start("apply", may_apply, seen=seen, change=str(uuid.uuid4()))
    elif job.said["step"] == "undo":
        job.start("undo", may_repeat)
    else:
        job.start("preview", may_repeat)


def progress(request, table, job, title):
    """How far a job is; the page asks again by itself until it has ended."""
    answer = page(request, "admin/import_progress.html", table, job=job.said, title=title, broke_off=job.broke_off)
    if job.is_running:
        answer["Refresh"] = str(REFRESH)
    return answer


def importing(request, table, job):
    title = f"Import of {job.said['name']}"
    done = Import.objects.filter(key=job.said.get("change")).first() if job.said.get("change") else None
    if done:  # even if the process broke off before it could say so
        return page(request, "admin/import_done.html", table, done=done, title=title)
    if not job.said["ended"]:
        return progress(request, table, job, title)
    shown = job.said.get("preview")
    if not shown:
        return page(request, "admin/import_progress.html", table, job=job.said, title=title)
    counts = [(capfirst(outcome), count) for outcome, count in shown["counts"]]
    refused = job.said["refused"]
    return page(request, "admin/import_preview.html", table, **shown | {"counts": counts}, title=title, refused=refused)


def undoing(request, table, job):
    done = Import.objects.get(key=job.said["import"])
    title = f"Undo of import of {done.file_name}"
    if done.undone_at:
        return page(request, "admin/import_done.html", table, done=done, title=title)
    if not job.said["ended"]:
        return progress(request, table, job, title)
    return page(request, "admin/import_progress.html", table, job=job.said, title=title)


@require_http_methods(["GET", "POST"])
def undo(request, name, key):
    """An import that was applied, and the question why to undo it; when posted, begin to."""
    table = table_or_error(request, name, "view", "change")
    done = Import.objects.filter(table=name, key=key).first()
    if done is None:
        raise Http404("There is no such import.")
    is_open = not done.undone_at and (not done.inserted or may(request.user, table, "delete"))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_open and not done.undone_at:
            raise PermissionDenied
        if is_open and form.is_valid():
            what = {"import": str(done.key), "reason": history.one_line(form.cleaned_data["reason"])}
            job = begin(request.user, form, "undo", name, done.file_name, change=str(uuid.uuid4()), **what)
            if job is not None:
                return redirect("desk-preview", name, job.key)
    title = f"Undo import of {done.file_name}"
    return page(request, "admin/import_undo.html", table, done=done, form=form, is_open=is_open, title=title)
