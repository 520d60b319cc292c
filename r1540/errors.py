"""Answers for errors: each says what was wrong and what to do, in the format that was asked for.

The answers 500 and 503 must not fail themselves. Their page, templates/failed.html, extends no template and needs no
collected file, no session and no database; its style stands in it, and its policy allows that style by its hash.
"""

import sys
from base64 import b64encode
from hashlib import sha256

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from r1540.nearest import nearest

WORDS = {
    400: ("This address cannot be answered", "Correct the address, or start again from the list without it."),
    403: ("This is not open to you", "Sign in with an account that may do this."),
    404: ("There is no such page", "Look for it in the lists, or with the search."),
    500: ("Something went wrong here", "It is not your question. Try again in a few minutes."),
    503: ("The record cannot be reached", "It is not your question. Try again in a minute."),
}
STYLE = "body{max-width:40rem;margin:3rem auto;padding:0 1rem;font:1.1rem/1.6 system-ui,sans-serif}"
HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
RETRY_AFTER = "30"  # seconds; to restart PostgreSQL takes some of them
# SQLSTATE: a connection that failed or was ended, and no free one. What libpq says of a lost one has none.
AWAY = ("08", "57P01", "57P02", "57P03", "57P05", "53300")


def error_response(request, status: int, reason: str, error: Exception | None = None, words=None) -> HttpResponse:
    """Return an error page, or the same in JSON or plain text where data was asked for; with the nearest addresses that
    work, if an error refused this one. `words` are a title and an advice other than those of the status."""
    title, advice = words or WORDS[status]
    # Of a host that is not this site's, no address is this site's.
    has_near = error and not isinstance(error, DisallowedHost) and request.method in ("GET", "HEAD")
    links = nearest(request, error) if has_near else []
    context = {"title": title, "reason": reason, "advice": advice, "status": status, "nearest": links}
    asked_for, addresses = format_of(request), [request.build_absolute_uri(address) for _, address in links]
    if asked_for == "json":
        said = {"error": title, "reason": reason, "advice": advice, "nearest": addresses}
        response = JsonResponse(said, status=status)
    elif asked_for in ("csv", "xlsx", "atom"):
        text = "\n".join([f"{title}. {reason} {advice}", *addresses, ""])
        response = HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
    elif status < 500:
        response = render(request, "error.html", context, status=status)
    else:
        response = HttpResponse(render_to_string("failed.html", context | {"style": STYLE}), status=status)
    response["Cache-Control"] = "no-store"
    return response


def format_of(request) -> str:
    """Return the format that a request asks for; of a query that Django refuses to read, the page's."""
    try:
        return request.GET.get("format", "html")
    except SuspiciousOperation:
        return "html"


def bad_request(request, exception):
    """Answer 400 with what the exception says."""
    return error_response(request, 400, str(exception), exception)


def forbidden(request, exception):
    """Answer 403 with what the exception says."""
    return error_response(request, 403, str(exception))


def not_found(request, exception):
    """Answer 404 with what the exception says, if that is a sentence."""
    reason = (
        exception.args[0] if exception.args and isinstance(exception.args[0], str) else "Nothing is at this address."
    )
    return error_response(request, 404, reason, exception)


@csp_update({"style-src": [SELF, HASH]})
def server_error(request):
    """Answer 503 while the database is away, and 500 to any other error, wherever it was raised: Django calls this for
    views and middleware alike, while it handles the exception."""
    if not is_database_away(sys.exc_info()[1]):
        return error_response(request, 500, "The error was noted.")
    reason = "The database does not answer at the moment."
    if request.method == "POST":
        reason += " Look first whether what you sent was saved."
    response = error_response(request, 503, reason)
    response["Retry-After"] = RETRY_AFTER
    return response


def is_database_away(error: BaseException | None) -> bool:
    """Return whether an error says that there is no connection to the database, not that a statement failed in it."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    while error.__cause__ is not None:
        error = error.__cause__
    state = getattr(error, "sqlstate", None)
    return state is None or state.startswith(AWAY)
