"""Where the refusal of a public address leads: to the nearest address that works, which is tried before it is offered.

An error says itself what may have been meant (`lists.parameters.nearest_to`). Where it does not, or where that is
refused too, the parameter that it names is left out; of an address at which nothing is, the day, then its last part.
"""

from collections.abc import Iterator
from urllib.parse import unquote

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import get_script_prefix, resolve

from r1540.as_at.names import as_it_looks
from r1540.lists.parameters import LESS

MOST_TRIED = 4  # so that a refusal costs no more than so many pages
DESK = "/admin/"  # its pages are not tried: they are made for somebody who is signed in


def nearest(request: HttpRequest, error: Exception) -> list[tuple[str, str]]:
    """Return the nearest addresses that work, each with its words; none while the database is away."""
    try:
        asked = request.GET
    except SuspiciousOperation:  # too many parameters
        asked = QueryDict()
    # What the gate refuses is not tried.
    asked = changed(asked, {name: None for name, values in asked.lists() if not is_typed(name, *values)})
    path, trial, meant = request.path_info, Trial(request), []
    for words, one in getattr(error, "nearest", ()):
        meant.append((words, path, changed(asked, one)) if isinstance(one, dict) else (words, one, asked))
    if path.startswith(DESK):
        return [(words, trial.request_of(*one).get_full_path()) for words, *one in meant]
    day = changed(QueryDict(), {"as_of": asked.get("as_of")})
    path = path if is_typed(path) else "/"
    above = [(one, one, day) for one in paths_above(path.lower())]
    less = [(LESS, path, changed(asked, {name_in(error, asked): None}))]
    try:
        for addresses in (meant, less, *zip(above)):
            if found := [(words, address) for words, *one in addresses if (address := trial.mended(*one))]:
                return found
    except DatabaseError:
        pass
    return []


def is_typed(*texts: str) -> bool:
    return as_it_looks("".join(texts)).isprintable()


def changed(parameters: QueryDict, changes: dict) -> QueryDict:
    """Return parameters with some changed, or taken out (None)."""
    copied = parameters.copy()
    for name, value in changes.items():
        copied.pop(name, None)
        if value:
            copied.setlist(name, [value] if isinstance(value, str) else value)
    return copied


def name_in(error: Exception, parameters: QueryDict) -> str | None:
    """Return the parameter that the message of an error begins with; of a page that is not there, the day."""
    name = str(error).partition(":")[0]
    return next((one for one in parameters if one.strip() == name), "as_of" if isinstance(error, Http404) else None)


def paths_above(path: str) -> Iterator[str]:
    """Yield a path, then those of which it is a part: /visits/x/, /visits/, /."""
    parts = [part for part in path.split("/") if part]
    for number in range(len(parts), -1, -1):
        yield "".join(["/", *(f"{part}/" for part in parts[:number])])


class Trial:
    """The trying of addresses near that of a request."""

    def __init__(self, request: HttpRequest):
        self.request, self.left = request, MOST_TRIED

    def request_of(self, path: str, parameters: QueryDict) -> WSGIRequest:
        asked = {"PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": parameters.urlencode()}
        return WSGIRequest(self.request.META | asked | {"REQUEST_METHOD": "GET"})

    def mended(self, path: str, parameters: QueryDict) -> str:
        """Return an address that works, if need be without some parameters, or without any; empty if none does."""
        while True:
            request = self.request_of(path, parameters)
            if not self.left and parameters:
                parameters = QueryDict()
                continue
            try:
                answer = self.answer(request)
            except (BadRequest, Http404) as error:
                if (name := name_in(error, parameters)) not in parameters:
                    break
                parameters = changed(parameters, {name: None})
                continue
            if answer is None or answer.status_code == 200:
                return request.get_full_path()
            path, _, query = answer.get("Location", "").partition("?")
            path, parameters = unquote(path).removeprefix(get_script_prefix().rstrip("/")), QueryDict(query)
        return ""

    def answer(self, request: WSGIRequest) -> HttpResponse | None:
        """Return the answer to a request; None of a page that refuses nothing. Raises what its view raises."""
        view, args, kwargs = request.resolver_match = resolve(request.path_info)
        if not (kwargs or request.GET):
            return None
        if not self.left:
            raise Http404
        self.left -= 1
        return view(request, *args, **kwargs)
