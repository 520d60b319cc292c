"""Lists at the desk answer what was asked, or refuse; Django's admin shows all rows where it does not understand."""

from copy import copy

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import BadRequest
from django.http import QueryDict

from r1540.lists.parameters import nearest_to

MOST_TRIED = 20  # parameters of an address that was refused


class StrictList(admin.ModelAdmin):
    """What every admin of this site is, for its list."""

    def changelist_view(self, request, extra_context=None):
        """Show the list. Raises BadRequest for parameters that are not understood, with the address without them."""
        try:
            response = super().changelist_view(request, extra_context)
        except DisallowedModelAdminLookup:
            raise self.refusal(request) from None
        # To this Django leads from a list that it does not understand.
        if ERROR_FLAG in request.GET or response.get("Location") == f"{request.path}?{ERROR_FLAG}=1":
            raise self.refusal(request)
        return response

    def refusal(self, request) -> Exception:
        """Return the error that names the parameters that the list does not take."""
        names = list(request.GET)
        refused = [name for name in names[:MOST_TRIED] if not self.takes(request, name)] + names[MOST_TRIED:]
        refused = refused or names
        error = BadRequest(f"{', '.join(refused)[:200]}: this list does not take it, or not with this value.")
        return nearest_to(error, ("The list without it", dict.fromkeys(refused)))

    def takes(self, request, name: str) -> bool:
        """Return whether the list takes a parameter by itself."""
        alone = copy(request)
        alone.GET = QueryDict(mutable=True)
        alone.GET.setlist(name, request.GET.getlist(name))
        try:
            self.get_changelist_instance(alone)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return False
        return name != ERROR_FLAG
