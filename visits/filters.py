"""The filters of the lists of visits and events."""

import django_filters

from r1540.as_at.names import with_words
from r1540.as_at.recorded import Recorded
from r1540.lists.filters import AnyOf
from states.filters import FactFilters

from .models import Event, Visit


class VisitFilters(FactFilters):
    kind = AnyOf(choices=Visit.Kind.choices, label="Kind")
    status = AnyOf(field_name="status_at", choices=Visit.Status.choices, label="Status on the day")
    conducted = AnyOf(field_name="conducted_by", choices=Recorded.choices, label="Conducted by the day")

    days = (("starts", "ends"), ("invited", "invited"))


class EventFilters(FactFilters):
    kind = AnyOf(choices=Event.Kind.choices, label="Kind")
    title = django_filters.CharFilter(label="Words of the title", method="titled", max_length=100)

    days = (("starts", "ends"),)

    def titled(self, queryset, name, value):
        return with_words(queryset, "sort_title", value)
