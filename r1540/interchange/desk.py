"""The files of the record at the desk: export of a list, import of a file, undoing an import; each within its request.

An import takes two steps. A file that is sent is kept for a day, and its page shows what it would change; when that is
confirmed, all of it is applied or nothing, and nothing if the record would now change otherwise. The key of the upload
becomes the key of the import, so that a confirmation that is sent twice applies once.
"""

import uuid
from pathlib import Path

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from r1540 import history, interchange
from r1540.desk.base import changelist_address
from r1540.desk.reasons import ReasonForm
from r1540.history import publication
from r1540.history.undoing import NotUndoneError
from r1540.lists.files import in_parts
from r1540.lists.listing import as_file
from r1540.models import Import

from .reading import INSERTED, UPDATED, with_reasons
from .spreadsheets import ARCHIVE, UnreadableError
from .undo_import import reasons_against, undo_import
from .uploads import MOST_ROWS, Upload, UploadForm, remove_old_uploads

TABLES = {table.name: table for table in interchange.TABLES}
LATEST = 20  # imports that are listed
SHOWN = 200  # rows of each outcome, and problems
NOT_KEPT = "This file is no longer kept: it is older than a day, or somebody else sent it. Send it again."
NO_ROOM = "The file could not be kept: {}. Nothing was changed: try again."
CHANGED = "The record has changed since you looked. Nothing was applied: look again."
BUSY = "Somebody else was saving at the same moment. Nothing was changed: try again."
WAITED = ("40P01", "55P03")  # a deadlock; a lock that others held for too long


def may_all(user, table, *actions) -> bool:
    """Return whether a person has these permissions for a table's model."""
    return all(publication.may(user, action, table.model) for action in actions)


def read_again(user):
    """Return a person as the database has them now: they may have lost a right while this request waited."""
    return get_user_model().objects.get(pk=user.pk)


def may_publish(user, table) -> bool:
    """Return whether a person may import published rows; reference data, always public, has no such permission."""
    return not table.has_steps or publication.may_alone(user, table.model)


def table_or_error(request, name, *actions):
    """Return the table of a name. Raises Http404 if there is none, PermissionDenied for who may not do that with it."""
    if name not in TABLES:
        raise Http404(f"There is no table {name}.")
    if not may_all(request.user, TABLES[name], *actions):
        raise PermissionDenied
    return TABLES[name]


def changelist_of(table) -> str:
    """Return the address of the list with a table's rows; names and memberships are rows of States' pages."""
    model = table.model if table.model in admin.site._registry else TABLES["states"].model
    return changelist_address(model)


@require_GET
def export_file(request, name, form):
    """Answer with the rows of a table, those that the list at the desk shows with the same filters, in a file."""
    table = table_or_error(request, name, "view")
    about = [
        ("Table", table.name),
        ("Address", request.build_absolute_uri()),
        ("Made", f"{timezone.now():%F %R} UTC"),
    ]
    parts = interchange.parts(table, filtered_rows(request, table))
    return as_file(f"{table.name}.{form}", form, [column.name for column in table.columns], parts, table.name, about)


@require_GET
def template_file(request, name):
    """Answer with a workbook of a table without rows, whose cells offer the values they may hold."""
    table = table_or_error(request, name, "view", "add", "change")
    header, choices = zip(*((column.name, column.offered) for column in table.columns), strict=True)
    return as_file(f"{table.name}-template.xlsx", "xlsx", header, [], table.name, choices=choices)


def filtered_rows(request, table):
    """Return the rows that a list's filters choose. Raises BadRequest for filters that are not understood."""
    desk = admin.site._registry.get(table.model)
    if desk is None:
        return table.model._base_manager.all()
    request.GET = request.GET.copy()
    request.GET.pop("p", None)  # of a page of the list
    try:
        found = desk.get_changelist_instance(request).queryset
    except IncorrectLookupParameters as error:
        raise BadRequest("The filters of this list are not understood. Choose them again.") from error
    return table.model._base_manager.filter(pk__in=found.order_by().values("pk"))


def render_page(request, template, table, **context):
    """Return a page about the files of a table."""
    options = table.model._meta
    named = {"title": f"Import {options.verbose_name_plural}", "opts": options, "table": table}
    named |= {"changelist": changelist_of(table)}
    return render(request, template, admin.site.each_context(request) | named | context)


@require_http_methods(["GET", "POST"])
def upload_page(request, name):
    """Show the form for a file and the latest imports; when posted, keep the file, and go on to its preview."""
    table = table_or_error(request, name, "view", "add", "change")
    remove_old_uploads()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        key = uuid.uuid4()
        try:
            Upload.of(request.user, name, key).keep(form.cleaned_data["file"])
            return redirect("desk-preview", name, key)
        except OSError as error:
            form.add_error(None, NO_ROOM.format(error.strerror))
    imports = list(Import.objects.filter(table=name)[:LATEST])
    for done in imports:
        done.may_undo = may_ask_to_undo(request.user, table, done)
    return render_page(request, "admin/import.html", table, form=form, imports=imports)


@require_http_methods(["GET", "POST"])
def preview_page(request, name, key):
    """Show what an upload would change, or that it was applied; when posted, apply it, if it does what was seen."""
    table = table_or_error(request, name, "view", "add", "change")
    remove_old_uploads()
    kept = Upload.of(request.user, name, key)
    is_kept = kept.is_kept  # before the import is looked for: the upload is removed when it is applied
    done = Import.objects.filter(table=name, key=key).first()
    if done and request.method == "GET":
        may_undo = may_ask_to_undo(request.user, table, done) and not why_kept(request.user, table, done)
        return render_page(request, "admin/import_done.html", table, done=done, title=str(done), may_undo=may_undo)
    if not done and not is_kept:
        messages.warning(request, NOT_KEPT)
        return redirect("desk-import", name)
    try:
        if request.method == "GET":
            return show_preview(request, table, kept, key)
        if not done and (refused := apply_upload(request.user, table, kept, key, request.POST.get("seen", ""))):
            messages.error(request, refused)
    except FileNotFoundError:  # applied, or a day old, at this very moment: the page says which
        pass
    return redirect("desk-preview", name, key)


def show_preview(request, table, kept, key):
    """Return the page of what an upload would change."""
    result = import_upload(request.user, table, kept, dry_run=True)
    counts = {outcome: count for outcome, count in result.counts.get(table.file, {}).items() if count}
    groups = {outcome: [] for outcome in (UPDATED, INSERTED) if outcome in counts}
    for _, row in result.changed():
        if len(groups[row.outcome]) < SHOWN:
            groups[row.outcome].append((row, list(differences(table, row))))
    context = {"result": result, "counts": counts, "problems": result.problems[:SHOWN], "most": SHOWN}
    context["key"] = key
    context["hidden"] = [row.line for row in result.rows.get(table, ()) if row.is_hidden]
    context["groups"] = [(outcome, rows, counts[outcome]) for outcome, rows in groups.items()]
    return render_page(request, "admin/import_preview.html", table, title=f"Import of {kept.name}", **context)


@require_GET
def reasons_file(request, name, key):
    """Answer with a file that was sent, CSV or XLSX as it was, with a column that says why rows cannot be applied."""
    table = table_or_error(request, name, "view", "add", "change")
    kept = Upload.of(request.user, name, key)
    try:
        problems = import_upload(request.user, table, kept, dry_run=True).problems
        with kept.file.open("rb") as file:
            form = "xlsx" if file.read(len(ARCHIVE)) == ARCHIVE else "csv"
            file.seek(0)
            header, rows = with_reasons(file, table, problems)
            return as_file(f"{Path(kept.name).stem}-reasons.{form}", form, header, in_parts(rows), table.name)
    except (FileNotFoundError, UnreadableError) as error:
        raise Http404(NOT_KEPT if isinstance(error, FileNotFoundError) else str(error)) from error


def differences(table, row):
    """Yield (column, old cell, new cell) for the cells that a row changes, or of a new row those that are not empty."""
    for column in (column for column in table.columns if column.name in row.values):
        new = column.cell(row.values[column.name])
        if column.name in row.old or (row.outcome == INSERTED and new):
            yield column.name, column.cell(row.old[column.name]) if column.name in row.old else "", new


def import_upload(user, table, kept, **how) -> interchange.Result:
    """Apply an upload, or try it, by the rights of a person; `how` is as `interchange.apply` takes it."""
    with kept.file.open("rb") as file:
        record = interchange.read_file(table, file, kept.name, MOST_ROWS)
        return interchange.apply(record, may_publish=may_publish(user, table), **how)


def apply_upload(user, table, kept, key, seen: str) -> str:
    """Apply an upload, if it does what the person saw. Return why it was not, unless its preview says it."""
    try:
        with history.by(user, change=str(key)):
            result = import_upload(user, table, kept, expected=seen)
            if result.is_applied:
                person = read_again(user)
                if not (person.is_staff and may_all(person, table, "view", "add", "change")):
                    raise PermissionDenied
                note_import(user, table, key, kept.name, result)
    except OperationalError as error:
        return busy_or_raise(error)
    if result.is_applied:
        transaction.on_commit(kept.remove)
    elif result.is_ok and not Import.objects.filter(key=key).exists():  # by the same form, sent twice
        return CHANGED
    return ""


def busy_or_raise(error: OperationalError) -> str:
    """Return what is said if others were saving for too long; raise any other error again."""
    if getattr(error.__cause__, "sqlstate", "") not in WAITED:
        raise error
    return BUSY


def note_import(user, table, key, name: str, result) -> None:
    """Note an import that was just applied, inside its transaction."""
    counts = result.counts[table.file]
    made = Import.objects.create(
        key=key,
        table=table.name,
        file_name=name[:200],
        who=user.get_username(),
        inserted=counts[INSERTED],
        updated=counts[UPDATED],
    )
    log_entry(user, table, str(made), f"{made.inserted} inserted, {made.updated} updated.")


def log_entry(user, table, name: str, words: str) -> None:
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(table.model),
        object_repr=name[:200],
        action_flag=CHANGE,
        change_message=words,
    )


def may_ask_to_undo(user, table, done) -> bool:
    """Return whether an import is not undone yet, and a person may delete what it inserted."""
    return not done.undone_at and (not done.inserted or may_all(user, table, "delete"))


def may_undo_as_now(user, table):
    """Return what answers whether a person may, at this moment, do something (a verb) with a table's rows."""

    def may(verb):  # what it makes public nobody else has checked
        person = read_again(user)
        may = may_publish(person, table) if verb == "publish" else may_all(person, table, verb)
        return person.is_staff and may

    return may


def why_kept(user, table, done) -> list[str]:
    """Return why an import cannot be undone as the record is now."""
    return reasons_against(table, str(done.key), may_undo_as_now(user, table))


@require_http_methods(["GET", "POST"])
def undo_page(request, name, key):
    """Show an import that was applied, and ask why to undo it; when posted, undo it."""
    table = table_or_error(request, name, "view", "change")
    done = Import.objects.filter(table=name, key=key).first()
    if done is None:
        raise Http404("There is no such import.")
    is_open = may_ask_to_undo(request.user, table, done)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_open and not done.undone_at:
            raise PermissionDenied
        if is_open and form.is_valid():
            refused = undo_and_note(request.user, table, done.pk, history.one_line(form.cleaned_data["reason"]))
            if not refused:
                return redirect("desk-preview", name, key)
            form.add_error(None, refused)
    context = {"done": done, "form": form, "is_open": is_open, "title": f"Undo import of {done.file_name}"}
    context["why_kept"] = why_kept(request.user, table, done) if is_open and not form.is_bound else []
    return render_page(request, "admin/import_undo.html", table, **context)


def undo_and_note(user, table, pk: int, reason: str) -> str:
    """Undo an import, and note that; return why it was not."""
    try:
        with history.by(user, f"Undo of import of {Import.objects.get(pk=pk).file_name}: {reason}"):
            made = Import.objects.select_for_update().get(pk=pk)
            if made.undone_at:  # by the same form, sent twice
                return ""
            undo_import(table, str(made.key), may_undo_as_now(user, table))
            made.undone_at = timezone.now()
            made.save()
            log_entry(user, table, f"Undo of import of {made.file_name}", reason)
    except NotUndoneError as refused:
        return f"Nothing was undone. {refused}"
    except OperationalError as error:
        return busy_or_raise(error)
    return ""
