"""The filters of a public list: declared once; only those asked for are built, and the form is written once for all."""

from copy import deepcopy
from functools import cache

import django_filters
from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from r1540.door import cached_for_one_revision
from r1540.lists.parameters import LESS, DayField, nearest_to
from r1540.lists.widgets import Boxes


class AnyOf(django_filters.MultipleChoiceFilter):
    """Rows with any of several values; the parameter is repeated for each."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", Boxes)
        super().__init__(*args, **kwargs)

    @property
    def field(self):
        if callable(self.extra["choices"]):
            self.extra["choices"] = cache(self.extra["choices"])  # asked of the database once a page, if at all
        return super().field

    def filter(self, queryset, values):
        return queryset.filter(**{f"{self.field_name}__in": values}) if values else queryset


def is_valid(field, value: str) -> bool:
    """Return whether a field of a filter takes a value by itself."""
    try:
        field.clean([value] if isinstance(field, forms.MultipleChoiceField) else value)
    except ValidationError:
        return False
    return True


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class Filters(django_filters.FilterSet):
    """The filters of one list, as at a day.

    Of a dozen filters most pages use one or two, and django-filter and Django copy all of them three times and validate
    them. So only those asked for become part of the set and its form; `base_filters` of the class has all.
    """

    def __init__(self, data, queryset, at):
        self.base_filters = {name: one for name, one in type(self).base_filters.items() if name in data}
        super().__init__(data, queryset)
        self.at = at

    def check(self, parameters):
        """Raise BadRequest for a value that is not understood, with what may have been meant."""
        for name, errors in self.form.errors.items():
            field, error = self.form.fields[name], errors.as_data()[0]
            valid = [value for value in parameters.all(name) if is_valid(field, value)]
            meant = [(words, [*valid, value]) for words, value in getattr(error, "nearest", ())] or [(LESS, valid)]
            changes = [(words, {name: list(dict.fromkeys(values))}) for words, values in meant]
            raise nearest_to(BadRequest(f"{name}: {errors[0]}"), *changes)

    @classmethod
    def parameters(cls) -> tuple[list[str], list[str]]:
        """Return the names of the parameters that take one value, and of those that take several."""
        several = [name for name, one in cls.base_filters.items() if isinstance(one, AnyOf)]
        return [name for name in cls.base_filters if name not in several], several

    def controls(self) -> str:
        """Return the fields of all filters in HTML, in their order."""
        return mark_safe("".join([self.control(name, one) for name, one in type(self).base_filters.items()]))

    def control(self, name, one) -> str:
        if name in self.form.fields:
            return render_to_string("filter.html", {"field": self.form[name]})
        has_choices_of_record = callable(one.extra.get("choices"))
        return (empty_control_of_record if has_choices_of_record else empty_control)(type(self), name)

    def renamed(self, parameters) -> dict[str, list[str]]:
        """Return the values that addresses write otherwise than they were given, a State by its name: by parameter."""
        return {
            name: self.form.cleaned_data[name]
            for name, one in self.filters.items()
            if isinstance(one, AnyOf) and self.form.cleaned_data[name] != parameters.all(name)
        }

    def chips(self, parameters):
        """Yield each active filter as (label, what was chosen, the address without it)."""
        for name, field in self.form.fields.items():
            words = dict(getattr(field, "choices", ()))
            for value in parameters.all(name):
                rest = [other for other in parameters.all(name) if other != value]
                yield (
                    capfirst(field.label or name),
                    words.get(value, value),
                    parameters.address(**{name: rest, "page": None}),
                )


def empty_field(filters_class, name):
    """Return the field of a filter that is not asked for."""
    form = forms.Form()
    form.fields[name] = deepcopy(filters_class.base_filters[name]).field
    return form[name]


@cache
def empty_control(filters_class, name) -> str:
    """Return the field of a filter that is not asked for, in HTML: the same on every page."""
    return render_to_string("filter.html", {"field": empty_field(filters_class, name)})


# Where it offers what the record holds, it is the same for one state of the record.
empty_control_of_record = cached_for_one_revision(empty_control.__wrapped__)
