"""The admin site: what is done there goes into the history with the name of the person; and its doors, which are the
second factor, the end of an idle session, and odd values answered 400."""

import time
from contextlib import nullcontext
from functools import update_wrapper
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import DataError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from r1540 import history

from . import kept, pages, second_factor

SEEN = "seen"  # in the session: when this person was last here, kept to five minutes so that it is seldom written
SEEN_TO = 300


class DeskSite(AdminSite):
    site_header = site_title = "The 1540 record"
    index_title = "The record"
    empty_value_display = "none recorded"

    def has_permission(self, request):
        """Return whether somebody is of the staff, and passed the second factor if they need one."""
        return super().has_permission(request) and not second_factor.missing(request)

    def is_half_way(self, request):
        """Return whether somebody of the staff typed a right password; `missing` says what is lacking."""
        return super().has_permission(request)

    def login(self, request, extra_context=None):
        """Lead whoever has shown the password only on to what is missing."""
        if request.method == "GET" and self.is_half_way(request) and (lacking := second_factor.missing(request)):
            return redirect(f"{reverse(lacking)}?{urlencode({'next': pages.asked_for(request)})}")
        carried = {"kept": request.POST.get(kept.CARRIED, "")}
        answer = super().login(request, (extra_context or {}) | carried)
        if request.method == "POST" and answer.status_code == 302:
            kept.take_along(request)
        return answer

    def is_here(self, request) -> bool:
        """Return whether somebody has signed in wholly, and was not away for too long: whoever was is signed out."""
        if not self.has_permission(request):
            return False
        if has_idled(request):
            logout(request)
            return False
        return True

    def admin_view(self, view, cacheable=False):
        """Wrap a view, as every view of every registered model is; it runs inside the request's transaction."""

        def answer(request, *args, **kwargs):
            check_ids(request)
            check_query(request)
            is_post = request.method == "POST"
            try:
                with history.by(request.user, request.POST.get("reason", "")) if is_post else nullcontext():
                    response = view(request, *args, **kwargs)
                    # Rendered here, because a list asks the database only when it is rendered.
                    return response.render() if hasattr(response, "render") else response
            except (DataError, OverflowError) as error:
                raise BadRequest("A number, a date or an id in this address is none that can be recorded.") from error

        answer.csrf_exempt = getattr(view, "csrf_exempt", False)
        inside = super().admin_view(update_wrapper(answer, view), cacheable)

        def enter(request, *args, **kwargs):
            if not self.is_here(request) and request.method == "POST":
                return kept.sign_in_first(request, kept.ENDED)
            return inside(request, *args, **kwargs)

        return update_wrapper(enter, inside)

    def autocomplete_view(self, request):
        """Answer a lookup. Raise BadRequest where Django's own view fails: for a field that points back, or at nothing
        that can be searched."""
        try:
            return super().autocomplete_view(request)
        except (AttributeError, FieldDoesNotExist, ValueError) as error:
            raise BadRequest("Nothing can be looked up for such a field.") from error

    def half_way(self, view):
        """Wrap a page for whoever typed a right password, shown the code or not."""

        def answer(request):
            if not self.is_half_way(request):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            return view(self, request)

        return csrf_protect(never_cache(update_wrapper(answer, view)))

    def get_urls(self):
        """Return Django's addresses, and before them those of whoever is half-way."""
        return [
            # Django's own lets only those out who were wholly in.
            path("logout/", never_cache(self.logout), name="logout"),
            path("second-factor/", self.half_way(pages.look_after), name="second_factor"),
            path("second-factor/code/", self.half_way(pages.ask), name="second_factor_code"),
            *super().get_urls(),
        ]


def check_ids(request):
    """Raise BadRequest for a chosen row that no list offered; Django's actions would ask the database for it."""
    for chosen in request.POST.getlist("_selected_action"):
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
            raise BadRequest("A chosen row has no such number. Choose the rows in the list again.")


def check_query(request):
    """Raise BadRequest for parameters that Django's admin does not check, and on which it would answer 500."""
    for name in request.GET:
        if name.endswith("__range"):
            raise BadRequest(f"{name}: a list cannot be asked for a range. Ask for one value.")
    if "" in (*request.GET.getlist(TO_FIELD_VAR), *request.POST.getlist(TO_FIELD_VAR)):
        raise BadRequest(f"{TO_FIELD_VAR}: it names a field, or is left out.")


def has_idled(request) -> bool:
    """Return whether this person was away for too long, and note that they are here."""
    now = int(time.time())
    seen = request.session.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        return True
    if SEEN not in request.session or now - seen > SEEN_TO:
        request.session[SEEN] = now
    return False
