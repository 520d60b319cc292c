"""The gate in front of every view: it takes off what a reader did not ask, and refuses, with 400 and the reason, what
no honest request contains.

What mail programs and networks add to an address to follow its reader, and what is seen of no path, is left out by a
redirect. The other parameters are for the page to read (lists/parameters.py).

A NUL reaches PostgreSQL as an error 500; other control characters and broken UTF-8 make one address look like another.
"""

import re
from urllib.parse import unquote_plus, unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect
from django.utils.http import escape_leading_slashes

from r1540.as_at.names import as_it_looks

LONGEST_QUERY = 4000  # characters; every honest filter fits several times
LONGEST_PATH = 500
LARGEST_BODY = 51 * 2**20  # bytes; an import of 50 MB, and the form around it
# C0 and C1 control characters, lone surrogates, and what is no character; text in a form may hold tabs and line ends.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
SPACES = str.maketrans("\t\r\n", "   ")  # which a word brings along that is pasted into an address
CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

TRACKING = re.compile(
    r"(utm|hsa|mtm|matomo|piwik|vero|oly)_\w+|(fb|g|d|tw|tt|y|ys|s|irc|sc|rb_|gc|cm)?clid|wickedid|msclkid|gclsrc|[gw]braid"
    r"|mc_[ce]id|_hs(enc|mi)|__hs(tc|sc|fp)|hsctatracking|igsh(id)?|srsltid|mkt_tok|li_fat_id|epik|_openstat|_g[al]|_kx"
    r"|fb_(action_ids|action_types|source|ref)|ml_subscriber(_hash)?|ck_subscriber_id|s_cid|ef_id|dm_i",
    re.IGNORECASE,
)


class Gate:
    """Middleware; raises BadRequest, which Django answers through handler400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD") and leave_out_what_was_not_asked(request):
            return HttpResponseRedirect(escape_leading_slashes(request.get_full_path()))
        query = request.META.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY:
            raise BadRequest(f"The query is longer than {LONGEST_QUERY} characters.")
        if len(request.path_info) > LONGEST_PATH:
            raise BadRequest(f"The path is longer than {LONGEST_PATH} characters.")
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            most = f"{LARGEST_BODY // 2**20} MB"
            raise BadRequest(f"More than {most} were sent, and no form takes so much. For an import: use importrecord.")
        check_text("path", request.path_info.encode("utf-8", "surrogatepass"))
        check_text("query", unquote_to_bytes(query.replace("+", " ").encode("latin-1", "replace")))
        for name, value in request.COOKIES.items():
            if CONTROL.search(name + value):
                raise BadRequest("A cookie holds a control character.")
        if request.method == "POST":
            for name, values in request.POST.lists():
                if CONTROL.search(name) or any(CONTROL_IN_TEXT.search(value) for value in values):
                    raise BadRequest(f"{CONTROL.sub('?', name)}: a control character cannot be typed or saved.")
        return self.get_response(request)


def leave_out_what_was_not_asked(request) -> bool:
    """Take tracking parameters out of the query, and spaces and invisible marks out of the path, of a request; return
    whether there were any."""
    query = request.META.get("QUERY_STRING", "")
    parts = [one for one in query.split("&") if not TRACKING.fullmatch(unquote_plus(one.partition("=")[0]).strip())]
    request.META["QUERY_STRING"] = asked = "&".join(parts)
    path = "/".join(map(as_it_looks, request.path_info.split("/")))
    was, request.path = request.path, request.path.removesuffix(request.path_info) + path
    return (asked, request.path) != (query, was)


def check_text(where: str, raw: bytes):
    """Raise BadRequest if these bytes are no UTF-8 text without control characters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not valid UTF-8.") from None
    if CONTROL.search(text.translate(SPACES)):
        raise BadRequest(f"The {where} holds a control character.")
