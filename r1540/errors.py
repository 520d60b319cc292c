"""Every error says what was wrong and what to do, in the format that was asked for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

WORDS = {
    400: ("This address cannot be answered", "Correct the address, or start again from the list without it."),
    403: ("This is not open to you", "Sign in with an account that may do this."),
    404: ("There is no such page", "Look for it in the lists, or with the search."),
    500: ("Something went wrong here", "It is not your question. Try again in a few minutes."),
}


def answer(request, status: int, reason: str) -> HttpResponse:
    """An error page, or the same in JSON or plain text when data was asked for."""
    title, advice = WORDS[status]
    asked_for = request.GET.get("format", "html")
    if asked_for == "json":
        response = JsonResponse({"error": title, "reason": reason, "advice": advice}, status=status)
    elif asked_for in ("csv", "xlsx", "atom"):
        text = f"{title}. {reason} {advice}\n"
        response = HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
    else:
        context = {"title": title, "reason": reason, "advice": advice, "status": status}
        response = render(request, "error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception):
    return answer(request, 400, str(exception))


def forbidden(request, exception):
    return answer(request, 403, str(exception))


def not_found(request, exception):
    reason = (
        exception.args[0] if exception.args and isinstance(exception.args[0], str) else "Nothing is at this address."
    )
    return answer(request, 404, reason)


def server_error(request):
    return answer(request, 500, "The error was noted.")
