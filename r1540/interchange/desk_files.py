"""Export at the desk: any table of the record as one file, CSV or XLSX, in its interchange form."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from r1540 import interchange
from r1540.interchange.desk_work import TABLES, may
from r1540.lists.listing import as_file


def table_or_error(request, name, *actions):
    """The table of that name. Raises Http404 if there is none, PermissionDenied for who may not do that with it."""
    if name not in TABLES:
        raise Http404(f"There is no table {name}.")
    if not may(request.user, TABLES[name], *actions):
        raise PermissionDenied
    return TABLES[name]


def address(table) -> str:
    """The list at the desk where a table's rows are found; names and memberships are rows of States' pages."""
    model = table.model if table.model in admin.site._registry else TABLES["states"].model
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@require_GET
def export(request, name, form):
    """The rows of a table, those that the list at the desk shows with the same filters, in a file."""
    table = table_or_error(request, name, "view")
    header = [column.name for column in table.columns]
    parts = interchange.parts(table, chosen(request, table))
    about = [
        ("Table", table.name),
        ("Address", request.build_absolute_uri()),
        ("Made", f"{timezone.now():%F %R} UTC"),
    ]
    return as_file(f"{table.name}.{form}", form, header, parts, table.name, about)


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
