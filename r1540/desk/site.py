"""The desk's own admin site: whatever is done there is logged with the name of the person."""

from functools import update_wrapper

from django.contrib.admin import AdminSite

from r1540 import history


class Desk(AdminSite):
    def admin_view(self, view, cacheable=False):
        """Every view of every registered model comes through here, inside the request's transaction."""

        def logged(request, *args, **kwargs):
            if request.method != "POST":
                return view(request, *args, **kwargs)
            with history.by(request.user, request.POST.get("reason", "")):
                return view(request, *args, **kwargs)

        return super().admin_view(update_wrapper(logged, view), cacheable)
