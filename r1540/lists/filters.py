"""The filters of a public list: declared once, only those asked are built, and their form is written cheaply."""

from copy import deepcopy
from functools import cache

import django_filters
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from r1540.door import cached_for_one_revision
from r1540.lists.parameters import DayField
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


class DayFilter(django_filters.DateFilter):
    field_class = DayField


class Filters(django_filters.FilterSet):
    """The filters of one list, as at a day.

    Of a form of a dozen filters a page asks one or two, and django-filter and Django copy all of them three times and
    validate them. So only those asked become part of the set and its form; `base_filters` of the class has all.
    """

    def __init__(self, data, queryset, at):
        self.base_filters = {name: one for name, one in type(self).base_filters.items() if name in data}
        super().__init__(data, queryset)
        self.at = at

    @classmethod
    def parameters(cls) -> tuple[list[str], list[str]]:
        """The names of the parameters that take one value, and of those that take several."""
        several = [name for name, one in cls.base_filters.items() if isinstance(one, AnyOf)]
        return [name for name in cls.base_filters if name not in several], several

    def controls(self) -> str:
        """The fields of all filters in HTML, in their order."""
        return mark_safe("".join([self.control(name, one) for name, one in type(self).base_filters.items()]))

    def control(self, name, one) -> str:
        if name in self.form.fields:
            return written(self.form[name])
        return (unasked_now if callable(one.extra.get("choices")) else always_unasked)(type(self), name)

    def renamed(self, parameters) -> dict[str, list[str]]:
        """What is asked for otherwise than addresses have it, a State by its name: by parameter, as they have it."""
        found = ((name, self.form.cleaned_data[name]) for name, one in self.filters.items() if isinstance(one, AnyOf))
        return {name: values for name, values in found if values != parameters.all(name)}

    def chips(self, parameters):
        """Each active filter as (label, what was chosen, the address without it)."""
        for name, field in self.form.fields.items():
            words = dict(getattr(field, "choices", ()))
            for value in parameters.all(name):
                rest = [other for other in parameters.all(name) if other != value]
                yield (
                    capfirst(field.label or name),
                    words.get(value, value),
                    parameters.address(**{name: rest, "page": None}),
                )


def blank(filters_class, name):
    """The field of a filter that is not asked."""
    form = forms.Form()
    form.fields[name] = deepcopy(filters_class.base_filters[name]).field
    return form[name]


def written(field) -> str:
    return render_to_string("filter.html", {"field": field})


def unasked(filters_class, name) -> str:
    """The field of a filter that is not asked."""
    return written(blank(filters_class, name))


# The same on every page; or on those of one state of the record, where it offers what the record holds.
always_unasked, unasked_now = cache(unasked), cached_for_one_revision(unasked)
