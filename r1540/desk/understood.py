"""Whether a list of the desk understands the parameters of an address, all of them, each as it was meant.

Django's own list leads on to the whole list for what it cannot read (?e=1), passes over what only a filter without
choices would read, and shows no row for a choice or a record that is gone. Here each of these is told, with the part.
"""

from contextlib import contextmanager
from urllib.parse import urlencode

from django.contrib.admin import filters
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist, SuspiciousOperation
from django.db import DataError, transaction
from django.http import QueryDict

from r1540.gate import CONTROL

from .list_filters import RecordedFilter, WhenFilter

# Filters that read the last of several values, and those whose every value is one of the choices they offer.
READ_ONCE = (filters.SimpleListFilter, WhenFilter, RecordedFilter)
CLOSED = (
    filters.SimpleListFilter,
    filters.BooleanFieldListFilter,
    filters.ChoicesFieldListFilter,
    filters.RelatedFieldListFilter,
    filters.AllValuesFieldListFilter,
    RecordedFilter,
)
REFUSED = (IncorrectLookupParameters, SuspiciousOperation, DataError, IndexError, OverflowError, ValueError)
EMPTY_OR_NOT = ("True", "False", "true", "false", "1", "0")


class NotUnderstoodError(Exception):
    """Which part is not understood, in a sentence."""


def check(request, desk, parameters: str):
    """Raise NotUnderstoodError unless the list of a ModelAdmin answers what these parameters ask, and all of it."""
    asked = QueryDict(parameters)
    if odd := [name for name, values in asked.lists() if CONTROL.search(name + "".join(values))]:
        raise NotUnderstoodError(f"“{CONTROL.sub('?', odd[0])}” holds a control character.")
    with asking(request, asked):
        changelist, rest = read(request, desk)
    if changelist is None:
        raise NotUnderstoodError(refused_part(request, desk, asked))
    of_filters = {name: spec for spec in changelist.filter_specs for name in spec.used_parameters}
    of_days = [f"{desk.date_hierarchy}__{unit}" for unit in ("year", "month", "day")] if desk.date_hierarchy else []
    for name, values in asked.lists():
        spec = of_filters.get(name)
        if len(values) > 1 and (name == SEARCH_VAR or name in of_days or isinstance(spec, READ_ONCE)):
            raise NotUnderstoodError(f"“{name}” stands in it {len(values)} times, and only one would be read.")
        if name == SEARCH_VAR and not desk.get_search_fields(request):
            raise NotUnderstoodError(f"This list cannot be searched, so not for “{values[0]}” either.")
        if isinstance(spec, CLOSED):
            check_choices(spec, changelist, name, values)
        elif name in rest:
            check_lookup(desk.model, name, values)
        elif spec is None and name != SEARCH_VAR and name not in of_days:
            raise NotUnderstoodError(no_filter(name))


@contextmanager
def asking(request, asked: QueryDict):
    """While a list is made, as if this were its address."""
    own, request.GET = request.GET, asked
    try:
        yield
    finally:
        request.GET = own


def read(request, desk):
    """The list that Django makes, and the parameters that are of none of its filters; (None, {}) if it refuses."""
    try:
        with transaction.atomic():
            changelist = desk.get_changelist_instance(request)
            return changelist, changelist.get_filters(request)[2]
    except REFUSED:
        return None, {}


def refused_part(request, desk, asked: QueryDict) -> str:
    """Which parameter Django refuses, found by asking each alone."""
    for name, values in asked.lists():
        for value in values:
            with asking(request, QueryDict(urlencode({name: value}))):
                if read(request, desk)[0] is None:
                    return no_value(name, value) if is_filter(request, desk, name, value) else no_filter(name)
    return "Its parts do not go together."


def is_filter(request, desk, name, value) -> bool:
    """Whether a list has a filter of this name, offered or not, whatever values it takes."""
    with asking(request, QueryDict()):
        changelist, _ = read(request, desk)
    if any(name in spec.expected_parameters() for spec in changelist.filter_specs):
        return True
    field, lookups = field_of(desk.model, name)
    has_lookup = not lookups or (field and (field.get_lookup(lookups[0]) or field.get_transform(lookups[0])))
    return bool(field and has_lookup) and desk.lookup_allowed(name, value, request)


def check_choices(spec, changelist, name, values):
    """Of a filter with choices, each value is one it offers."""
    addresses = [choice["query_string"].removeprefix("?") for choice in spec.choices(changelist)]
    offered = {value for address in addresses for value in QueryDict(address).getlist(name)}
    if wrong := [value for value in values if value not in offered]:
        raise NotUnderstoodError(no_value(name, wrong[0]))


def check_lookup(model, name, values):
    """Of a parameter that names a field: a choice is one of the field's, and a record that it names is there."""
    field, lookups = field_of(model, name)
    if lookups == ["isnull"] and (wrong := [value for value in values if value not in EMPTY_OR_NOT]):
        raise NotUnderstoodError(no_value(name, wrong[0]))
    if field is None or lookups not in ([], ["exact"], ["in"]):
        return
    for value in (one for each in values for one in (each.split(",") if lookups == ["in"] else [each])):
        if field.is_relation or field.unique:
            named = field.related_model if field.is_relation else field.model
            if not named._base_manager.filter(**{"pk" if field.is_relation else field.name: value}).exists():
                raise NotUnderstoodError(f"“{name}” names {named._meta.verbose_name} {value}, which is not there.")
        elif field.choices and value not in {str(choice) for choice, _ in field.flatchoices}:
            raise NotUnderstoodError(no_value(name, value))


def field_of(model, name):
    """The last field that a parameter names, None if there is none, and the lookups behind it."""
    found, parts = None, name.split("__")
    while parts and model:
        try:
            field = model._meta.pk if parts[0] == "pk" else model._meta.get_field(parts[0])
        except FieldDoesNotExist:
            break
        found, model, parts = field, field.related_model, parts[1:]
    return found, parts


def no_filter(name) -> str:
    return f"This list has no filter “{name}”."


def no_value(name, value) -> str:
    return f"The filter “{name}” takes no “{value}”."
