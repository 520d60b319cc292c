"""Read the query parameters of a public address strictly: what is not understood is refused, never guessed.

Every parameter is known and given once (unless several values make sense), every value is possible. What is left
empty, as HTML forms do, is not asked; what is written otherwise, with spaces around or a day in UN style, leads to the
address as this site writes it. Errors are 400 (BadRequest) with the parameter and the reason: "name: reason".
"""

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import quote, urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.datastructures import MultiValueDict
from django.views import View

from r1540.as_at.day import NoDayError, read_day, today
from r1540.as_at.names import as_it_looks
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.lists.widgets import DayInput

LESS = "The same without what was refused"  # words of a link
DAYS = ("as_of", "since", "until", "on")  # parameters that are a day


class DayField(forms.DateField):
    """A day of the record in a form or filter."""

    widget = DayInput

    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return read_day(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


def nearest_to(error: Exception, *nearest: tuple[str, dict | str]) -> Exception:
    """Return an error that refuses an address, with what may have been meant: pairs of words, and of the changes to the
    parameters, or of an address."""
    error.nearest = nearest
    return error


class Parameters:
    """The parameters of one address of the `site`: `single` ones may be given once, `several` ones repeatedly."""

    def __init__(self, request: HttpRequest, single: Iterable[str], several: Iterable[str] = ()):
        single, several = set(single), set(several)
        self.path, self.site = request.path, request.build_absolute_uri("/")[:-1]
        self.values: dict[str, list[str]] = {}
        self.days: dict[str, date] = {}
        for name, values in request.GET.lists():
            if (named := as_it_looks(name)) not in single | several:
                raise _unknown(named, single | several, request.GET)
            given = list(dict.fromkeys(filter(None, map(as_it_looks, values))))
            if named in single and len(values) > 1:
                error = BadRequest(f"{named}: it takes one value, and was given {len(values)} times.")
                raise nearest_to(error, (f"Only the first {named}", {name: given[:1]}))
            if given:
                self.values[named] = self.values.get(named, []) + given
        for name in DAYS:
            if name in self.values:
                self.days[name] = self.read_day(name)
                self.values[name] = [self.days[name].isoformat()]
        # Whether this address is written otherwise than this site writes it.
        self.is_rewritten = self.values != dict(request.GET.lists())

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def all(self, name: str) -> list[str]:
        """Return the values of a parameter."""
        return self.values.get(name, [])

    def one(self, name: str, default: str = "") -> str:
        """Return the value of a parameter that takes one."""
        return self.values.get(name, [default])[0]

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """Return the value of a parameter that is one of `choices`. Raises BadRequest for another."""
        value = self.one(name, default)
        if value not in (choices := list(choices)):
            raise BadRequest(f"{name}: “{value}” is not one of: {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, highest: int) -> int:
        """Return the value of a parameter that is a number from 1 to `highest`. Raises BadRequest for another."""
        text = self.one(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= highest:
            raise BadRequest(f"{name}: “{text}” is not a number from 1 to {highest}.")
        return int(text)

    def day(self, name: str = "as_of") -> date:
        """Return the value of a parameter that is a day; today if it has none."""
        return self.days.get(name) or today()

    def read_day(self, name: str) -> date:
        """Return the day that a parameter says. Raises BadRequest for another text."""
        try:
            return read_day(self.one(name))
        except NoDayError as error:
            meant = (
                ("Today", {name: None}) if (name, day) == ("as_of", today()) else (str(When.day(day)), {name: str(day)})
                for day in error.nearest
            )
            raise nearest_to(BadRequest(f"{name}: {error}"), *meant) from None

    @property
    def data(self) -> MultiValueDict:
        """Return the parameters as the data of a form."""
        return MultiValueDict(self.values)

    def query(self, **changes: str | list[str] | None) -> str:
        """Return the query string with some parameters changed, or taken out (None), and without blanks."""
        values = self.values | changes
        return query_string(
            tuple([(name, one if isinstance(one, str) else tuple(one)) for name, one in values.items() if one])
        )

    def only(self, *names: str, **changes: str | list[str] | None) -> str:
        """Return the query string with these parameters only, and what is added."""
        return self.query(**{name: None for name in self.values if name not in names} | changes)

    @property
    def canonical(self) -> str:
        """Return the address of this page with the host's name, its parameters in one order and without blanks."""
        values = tuple((name, tuple(self.values[name])) for name in sorted(self.values))
        return self.site + self.path + query_string(values)

    def address(self, **changes: str | list[str] | None) -> str:
        """Return the address of this page with some parameters changed, or taken out (None)."""
        return self.path + self.query(**changes)


@lru_cache(1000)  # a page of a list has some thirty query strings, and shares most of them with its other pages
def query_string(values: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    return f"?{urlencode(values, doseq=True)}" if values else ""


def _unknown(name: str, known: set[str], asked: QueryDict) -> Exception:
    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean “{close[0]}”?" if close else ""
    takes = ", ".join(sorted(known)) or "no parameters"
    error = BadRequest(f"{name[:100]}: this address has no such parameter.{hint} It takes: {takes}.")
    unknown = [one for one in asked if as_it_looks(one) not in known]
    return nearest_to(error, (f"The same without {', '.join(unknown)[:100]}", dict.fromkeys(unknown)))


def report_error(page: str, at: date) -> str:
    """Return the address of a message that tells of an error on a page; empty if nobody takes such messages."""
    if not settings.ERROR_REPORTS_TO:
        return ""
    body = f"{page}\r\nAs at {at:%-d %B %Y}\r\n\r\nWhat is wrong, and by which document or source:\r\n"
    message = urlencode({"subject": "An error in the 1540 record", "body": body}, quote_via=quote)
    return f"mailto:{settings.ERROR_REPORTS_TO}?{message}"


class Page(View):
    """A public page: read only, its parameters read strictly, as at a day."""

    http_method_names = ["get", "head", "options"]
    single = ["as_of"]
    several: list[str] = []
    form = "html"  # its format, if an address asks for none

    def dispatch(self, request, *args, **kwargs):
        if request.method in ("GET", "HEAD"):
            self.parameters = Parameters(request, self.single, self.several)
            self.at = self.parameters.day()
            renamed = self.read()
            if (renamed or self.parameters.is_rewritten) and self.parameters.one("format", self.form) == "html":
                return HttpResponseRedirect(self.parameters.address(**renamed))
        return super().dispatch(request, *args, **kwargs)

    def read(self) -> dict[str, list[str]]:
        """Read what else the page reads of its parameters; return those that its address writes otherwise."""
        return {}

    def get_context_data(self, **kwargs):
        """Return what the frame of every page shows: the day, and the parameters that travel to other pages."""
        return {
            "parameters": self.parameters,
            "report_error": report_error(self.parameters.canonical, self.at),
            "q": "",
            "at": self.at,
            "today": today(),
            "first_day": ADOPTED_ON,
            "is_today": "as_of" not in self.parameters,
            "travels": self.parameters.only(*TRAVELS),
            "only_day": self.parameters.only("as_of"),
            "today_query": self.parameters.query(as_of=None),
            "dated_address": self.request.build_absolute_uri(self.parameters.address(as_of=self.at.isoformat())),
        } | kwargs


# What a reader chose on one list holds on the next.
TRAVELS = ("as_of", "region", "subregion", "group", "organization")
