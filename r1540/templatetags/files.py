"""Template tag of the links of import and export at a list of the desk."""

from django import template
from django.urls import reverse

from r1540.interchange.desk import TABLES, may_all
from r1540.interchange.tables import TABLE_OF
from r1540.lists.listing import CONTENT_TYPES

register = template.Library()
# Tables whose rows are edited in the form of a State.
WITH = {"states": ["state_names", "memberships"]}


@register.simple_tag(takes_context=True)
def files_of_list(context):
    """Return the name of each table of a list, the address to import it (if permitted), and those to export it."""
    request, table = context["request"], TABLE_OF.get(context["cl"].model)
    if table is None:
        return []
    tables = [table, *(TABLES[name] for name in WITH.get(table.name, ()))]
    found = []
    for one in tables:
        query = request.GET.urlencode() if one is table else ""
        may_import = may_all(request.user, one, "view", "add", "change")
        found.append(
            {
                "name": "" if one is table else one.model._meta.verbose_name_plural,
                "address": reverse("desk-import", args=[one.name]) if may_import else "",
                "exports": [
                    (form.upper(), reverse(f"desk-export-{form}", args=[one.name]) + (f"?{query}" if query else ""))
                    for form in CONTENT_TYPES
                    if may_all(request.user, one, "view")
                ],
            }
        )
    return found
