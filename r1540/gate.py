"""The gate in front of every view: it refuses, with 400 and the reason, what no honest request contains.

A NUL reaches PostgreSQL as an error 500; other control characters and broken UTF-8 make one address look like another.
"""

import re
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest

LONGEST_QUERY = 4000  # characters; every honest filter fits several times
LONGEST_PATH = 500
LARGEST_BODY = 51 * 2**20  # bytes; an import of 50 MB, and the form around it
# C0 and C1 control characters, lone surrogates, and what is no character; text in a form may hold tabs and line ends.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Gate:
    """Middleware; raises BadRequest, which Django answers through handler400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY:
            raise BadRequest(f"The query is longer than {LONGEST_QUERY} characters.")
        if len(request.path_info) > LONGEST_PATH:
            raise BadRequest(f"The path is longer than {LONGEST_PATH} characters.")
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            most = f"{LARGEST_BODY // 2**20} MB"
            raise BadRequest(f"More than {most} were sent, and no form takes so much. For an import: use importrecord.")
        check_text("path", request.META.get("PATH_INFO", "").encode("latin-1", "replace"))
        check_text("query", unquote_to_bytes(query.replace("+", " ").encode("latin-1", "replace")))
        for name, value in request.COOKIES.items():
            if CONTROL.search(name + value):
                raise BadRequest("A cookie holds a control character.")
        if request.method == "POST":
            for name, values in request.POST.lists():
                if CONTROL.search(name) or any(CONTROL_IN_TEXT.search(value) for value in values):
                    raise BadRequest(f"{CONTROL.sub('?', name)}: a control character cannot be typed or saved.")
        return self.get_response(request)


def check_text(where: str, raw: bytes):
    """Raise BadRequest if these bytes are no UTF-8 text without control characters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not valid UTF-8.") from None
    if CONTROL.search(text):
        raise BadRequest(f"The {where} holds a control character.")
