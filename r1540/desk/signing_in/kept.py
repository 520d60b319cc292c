"""What was typed at the desk is not lost when its session ended, or when the form is not taken for the site's own.

The form is shown again with all that was typed, after signing in if need be. Nothing is saved or done by that: the
person still presses the button, and every right is asked again. Until somebody has signed in, what was typed is carried
by the sign-in page itself, signed, so that nothing is stored for who is unknown; then it is in their session.

Kept are forms of rows and actions on lists; never a password, never a file, and only what a page of this site sent.
"""

import uuid

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from r1540.errors import error_response

from . import pages

CARRIED = "_kept"  # in the sign-in form: what was typed; in an address: the key of what is in the session
BY = "_by"  # in each form: whose page it was
IN_SESSION = "kept"
MOST = 5  # forms in one session
LONGEST = 500_000  # characters of one
GIVEN_BACK = ("add", "change", "changelist", "delete")

ENDED = "Your session had ended"
STALE = "The page was no longer valid: its cookie was gone, or somebody had signed in since it was opened"
SIGN_IN = "Nothing was saved or done yet. Sign in: you come back to the form, with all that you typed."
NOT_KEPT = "What was typed is no longer kept. The form is shown as it is recorded."
OF_ANOTHER = "What was typed on that page was typed by somebody else, and is not shown to you."
NOT_OURS = ("This form was not taken", "Nothing was done. Go back, load the page again, and send the form once more.")


def typed_in(request, why: str) -> dict | None:
    """Return what was typed in a form that is not taken, and why it is not; None if it cannot be shown again."""
    match = request.resolver_match
    if not hasattr(match.func, "model_admin") or (match.url_name or "").rpartition("_")[2] not in GIVEN_BACK:
        return None
    ours = (None, f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS)
    if request.headers.get("Origin") not in ours:
        return None
    posted = request.POST.copy()
    whose = posted.get(BY, "")
    for name in [name for name in posted if name in (BY, "csrfmiddlewaretoken") or "password" in name]:
        del posted[name]
    typed = posted.urlencode()
    if not typed or len(typed) > LONGEST:
        return None
    return {"key": uuid.uuid4().hex, "path": request.path, "typed": typed, "whose": whose, "why": why}


def address_of(request, kept: dict | None = None) -> str:
    """Return the address that shows a form again; without anything kept, the address as it is otherwise."""
    asked = request.GET.copy()
    asked.pop(CARRIED, None)
    if kept:
        asked[CARRIED] = kept["key"]
    return escape_uri_path(request.path) + (f"?{asked.urlencode()}" if asked else "")


def keep(request, kept: dict):
    """Keep what was typed in the session of somebody who signed in, if it was theirs."""
    if kept["whose"] not in ("", str(request.user.pk)):
        messages.warning(request, OF_ANOTHER)
        return
    others = list(request.session.get(IN_SESSION, {}).items())[1 - MOST :]
    request.session[IN_SESSION] = {**dict(others), kept["key"]: kept}


def sign_in_first(request, why: str):
    """Answer a form of somebody who must sign in, or show their second factor: with what they typed, afterwards."""
    kept = typed_in(request, why)
    address = address_of(request, kept)
    if kept is None or request.user.is_authenticated:
        if kept:
            keep(request, kept)
        return redirect_to_login(address, reverse("admin:login"))
    answer = pages.sign_in(request, f"{why}. {SIGN_IN}", 403, next=address, kept=signing.dumps(kept, compress=True))
    answer["Cache-Control"] = "no-store"
    return answer


def take_along(request):
    """Put what the sign-in page carried in the session of who has signed in there."""
    try:
        kept = signing.loads(request.POST.get(CARRIED, ""), max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return
    keep(request, kept)


def give_back(request) -> QueryDict | None:
    """Return what was typed in the form at this address before, for a request that asks for it."""
    if request.method != "GET" or CARRIED not in request.GET:
        return None
    kept = request.session.get(IN_SESSION, {}).get(request.GET[CARRIED])
    if kept is None or kept["path"] != request.path:
        messages.warning(request, NOT_KEPT)
        return None
    request.given_back = (
        f"Nothing is saved or done yet: {kept['why'][0].lower()}{kept['why'][1:]}. What was typed is here."
    )
    return QueryDict(kept["typed"], mutable=True)


def forget(request):
    """Keep no longer what was typed in a form that is now saved."""
    kept = request.session.get(IN_SESSION, {})
    if kept.pop(request.GET.get(CARRIED), None):
        request.session[IN_SESSION] = kept


def refused(request, reason=""):
    """Answer a form that carries no valid token against forgery (settings.CSRF_FAILURE_VIEW)."""
    if not request.path.startswith(reverse("admin:index")):
        return error_response(request, 403, f"{STALE}.", words=NOT_OURS)
    if request.path == reverse("admin:login"):
        return sign_in_anew(request)
    if not admin.site.is_here(request):
        return sign_in_first(request, ENDED)
    if kept := typed_in(request, STALE):
        keep(request, kept)
        return HttpResponseRedirect(address_of(request, kept))
    return error_response(request, 403, f"{STALE}.", words=NOT_OURS)


def sign_in_anew(request):
    """Answer a sign-in page that was no longer valid: on to where it led, or the same page again."""
    address = pages.asked_for(request)
    if admin.site.has_permission(request):
        take_along(request)
        return HttpResponseRedirect(address) if address else redirect("admin:index")
    words = f"{STALE}. Sign in once more."
    return pages.sign_in(request, words, 403, next=address, kept=request.POST.get(CARRIED, ""))
