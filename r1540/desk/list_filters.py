"""Filters of the lists at the desk."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q

from r1540.as_at.when import When
from r1540.as_at.written import MONTHS


class WhenFilter(admin.FieldListFilter):
    """The years of a WhenField, and the months of the chosen one: what happened in it, or may have.

    One EDTF parameter: submitted_in=2004 or submitted_in=2004-10.
    """

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.parameter = f"{field_path}_in"
        super().__init__(field, request, params, model, model_admin, field_path)
        self.chosen = self.used_parameters.get(self.parameter, [None])[-1]
        self.rows = model_admin.get_queryset(request).order_by()

    def expected_parameters(self):
        return [self.parameter]

    def queryset(self, request, queryset):
        """Choose the rows of the period. Raise ValueError for what is no date, answered like any odd value."""
        if self.chosen is None:
            return queryset
        return queryset.filter(**{f"{self.field_path}__overlaps": When.parse(self.chosen)})

    def choices(self, changelist):
        for value, words in ((None, "All"), *self.periods()):
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter: value}),
                "display": words,
            }

    def periods(self):
        """Yield (EDTF, words) of each year with a row, the latest first, and of each month in the chosen year."""
        spans = self.spans("year")
        for year in sorted({year for first, last in spans for year in range(first, last + 1)}, reverse=True):
            yield str(year), str(year)
            if (self.chosen or "").startswith(str(year)):
                inside = {f"{self.field_path}__{end}__year": year for end in ("earliest", "latest")}
                for month in sorted({first for first, last in self.spans("month", **inside) if first == last}):
                    yield f"{year}-{month:02}", f"{MONTHS[month - 1]} {year}"

    def spans(self, unit, **conditions):
        """Return the first and last year (or month) of the rows' dates, each pair once.

        The rows have few different dates, and these the database reads off an index where the list has one by day.
        """
        dates = self.rows.filter(**conditions, **{f"{self.field_path}__isnull": False})
        dates = dates.values_list(self.field_path, flat=True).distinct()
        return {(getattr(when.earliest or when.latest, unit), getattr(when.latest, unit)) for when in dates}


class RecordedFilter(admin.FieldListFilter):
    """Whether anything is recorded in a field, a date or a list of sources."""

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.parameter = f"{field_path}_recorded"
        super().__init__(field, request, params, model, model_admin, field_path)
        self.chosen = self.used_parameters.get(self.parameter, [None])[-1]
        is_text = not field.is_relation and field.empty_strings_allowed
        self.empty = Q(**{field_path: ""} if is_text else {f"{field_path}__isnull": True})

    def expected_parameters(self):
        return [self.parameter]

    def queryset(self, request, queryset):
        if self.chosen not in (None, "yes", "no"):
            raise IncorrectLookupParameters(f"{self.parameter} is yes or no.")
        none_recorded = self.empty
        if self.field.many_to_many:  # a row has several, and is still one row
            none_recorded = Q(pk__in=queryset.model.objects.filter(self.empty).order_by().values("pk"))
        conditions = {None: Q(), "yes": ~none_recorded, "no": none_recorded}
        return queryset.filter(conditions[self.chosen])

    def choices(self, changelist):
        for value, words in ((None, "All"), ("yes", "Recorded"), ("no", "None recorded")):
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter: value}),
                "display": words,
            }
