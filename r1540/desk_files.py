"""Import and export at the desk: any table of the record as one file, CSV or XLSX, in its interchange form.

A file is uploaded, previewed and then applied, wholly or not at all: exactly what was previewed, or it is previewed
again. Who may add and change a table's rows may import them; who may not publish may not touch what is published.
"""

from tempfile import SpooledTemporaryFile

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_permission_codename
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_GET, require_http_methods

from r1540 import interchange, publication, tabular, uploads
from r1540.interchange.differences import INSERTED, KEPT, UPDATED

MOST_BYTES = 20 * 2**20
MOST_ROWS = 10_000  # so that a request takes seconds: tests/benchmarks/admin_import.py
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TABLES = {table.name: table for table in interchange.TABLES}


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


def may(request, table, *actions) -> bool:
    """Whether a person has these permissions for a table's model."""
    options = table.model._meta
    names = (f"{options.app_label}.{get_permission_codename(action, options)}" for action in actions)
    return all(request.user.has_perm(name) for name in names)


def table_or_error(request, name, *actions):
    """The table of that name. Raises Http404 if there is none, PermissionDenied for who may not do that with it."""
    if name not in TABLES:
        raise Http404(f"There is no table {name}.")
    if not may(request, TABLES[name], *actions):
        raise PermissionDenied
    return TABLES[name]


def page(request, template, table, **context):
    options = table.model._meta
    named = {"title": f"Import {options.verbose_name_plural}", "opts": options, "table": table, "most_rows": MOST_ROWS}
    changelist = address(table)
    return render(request, template, admin.site.each_context(request) | named | {"changelist": changelist} | context)


def address(table) -> str:
    """The list at the desk where a table's rows are found; names and memberships are rows of States' pages."""
    model = table.model if table.model in admin.site._registry else TABLES["states"].model
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@require_http_methods(["GET", "POST"])
def upload(request, name):
    table = table_or_error(request, name, "view", "add", "change")
    form = UploadForm(request.POST or None, request.FILES or None) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        kept = uploads.keep(request.user, name, form.cleaned_data["file"])
        return redirect("desk-preview", name, kept.digest)
    return page(request, "admin/import.html", table, form=form)


@require_http_methods(["GET", "POST"])
def preview(request, name, digest):
    """What an upload would do; when posted, do it, if it is what the person saw."""
    table = table_or_error(request, name, "view", "add", "change")
    kept = uploads.find(request.user, name, digest)
    if kept is None:
        messages.warning(request, "This file is no longer kept: it was applied, or is older than a day. Send it again.")
        return redirect("desk-import", name)
    seen = request.POST.get("seen", "") if request.method == "POST" else None
    with kept.path.open("rb") as file:
        record = interchange.read_table(table, file, MOST_ROWS, kept.name)
    result = interchange.apply(record, seen is None, may_publish=may_publish(request, table), expected=seen)
    if result.is_applied:
        applied(request, table, kept.name, result)
        transaction.on_commit(kept.remove)
        return redirect(address(table))
    if seen is not None and result.is_ok:
        messages.warning(request, "The record has changed since you looked. Nothing was applied: look again.")
    return page(request, "admin/import_preview.html", table, **described(result, table, kept.name))


def may_publish(request, table) -> bool:
    """Whether a person may import published rows; reference data is always public, and has no such permission."""
    has_column = "published" in {column.name for column in table.columns}
    return not has_column or publication.may_alone(request.user, table.model)


def described(result, table, file_name) -> dict:
    """The context of a preview: counts, the first rows of each outcome, the first problems."""
    counts = result.counts.get(table.file, {})
    groups = [(outcome, counts.get(outcome, 0)) for outcome in (UPDATED, INSERTED)]
    return {
        "title": f"Import of {file_name}",
        "result": result,
        "counts": [(capfirst(outcome), counts[outcome]) for outcome in counts if counts[outcome]],
        "groups": [
            {
                "name": outcome,
                "count": count,
                "rows": [row for row in result.differences.rows if row.outcome == outcome],
                "hidden": max(0, result.differences.counts[outcome] - KEPT),
            }
            for outcome, count in groups
        ],
        "problems": result.problems[:KEPT],
        "more_problems": max(0, len(result.problems) - KEPT),
        "changes": result.differences.counts.total(),
    }


def applied(request, table, file_name, result) -> None:
    """Note an import that was just applied, inside its transaction; the history has its name from the record."""
    counts = result.differences.counts
    words = f"{counts[INSERTED]} inserted, {counts[UPDATED]} updated."
    name = f"Import of {file_name}"
    if counts:
        LogEntry.objects.create(
            user=request.user,
            content_type=ContentType.objects.get_for_model(table.model),
            object_repr=name[:200],
            action_flag=CHANGE,
            change_message=words,
        )
    messages.success(request, f"{name}: {words if counts else 'there was nothing to change.'}")


@require_GET
def export(request, name, form):
    """The rows of a table, those that the list at the desk shows with the same filters, in a file."""
    table = table_or_error(request, name, "view")
    header = [column.name for column in table.columns]
    rows = interchange.rows(table, chosen(request, table))
    file = SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 - FileResponse closes it
    if form == "csv":
        tabular.write_csv(file, header, rows)
    else:
        about = [
            ("Table", table.name),
            ("Address", request.build_absolute_uri()),
            ("Made", f"{timezone.now():%F %R} UTC"),
        ]
        tabular.write_xlsx(file, table.name, header, rows, about)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{table.name}.{form}", content_type=CONTENT_TYPES[form])


def chosen(request, table):
    """The rows that a changelist's filters choose. Raises BadRequest for filters that are not understood."""
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
