"""The desk of visits and events."""

from collections.abc import Iterator

from django.contrib import admin

from r1540.as_at.when import in_a_sentence
from r1540.desk.facts import FactAdmin
from r1540.desk.forms import WarningForm
from r1540.desk.list_filters import RecordedFilter, WhenFilter
from r1540.desk.waiting import PAST_ITS_END, anniversary, not_to_the_day
from states.admin.facts import FACT_FILTERS, GROUNDS, NOTES, REFERENCE, STATE_FILTERS

from .models import Event, Visit


class VisitForm(WarningForm):
    constraint_fields = {"visit_has_a_day": "invited", "visit_without_overlap": "starts"}

    def warnings(self) -> Iterator[str]:
        last = "ends" if self.cleaned_data.get("ends") else "starts"
        for step in ("postponed", "cancelled"):
            typed = self.changed(last, step)
            if typed and typed[0].surely_before(typed[1]):
                yield f"The visit was {step} after it ended: {in_a_sentence(typed[1])}; its last day is {typed[0]}."


@admin.register(Visit)
class VisitAdmin(FactAdmin):
    form = VisitForm
    waiting = [*FactAdmin.waiting, PAST_ITS_END, not_to_the_day("starts"), anniversary("starts")]
    list_display = ["state", "days", "kind", "invited", "certainty", "publication"]
    list_filter = [
        *("published", "kind", ("starts", WhenFilter), ("invited", WhenFilter), *STATE_FILTERS),
        *(("cancelled", RecordedFilter), *FACT_FILTERS[1:]),
    ]
    list_select_related = ["state"]
    search_fields = ["reference", "purpose", "programme", "took_part", "note"]
    search_help_text = "Any name of the State, a reference, or a word of purpose, programme, who took part or note."
    autocomplete_fields = ["state", "organizations", "sources"]
    fieldsets = [
        (None, {"fields": ["save_all_the_same", "state", "kind"]}),
        (
            "Days",
            {"fields": ["invited", ("starts", "ends"), ("postponed", "cancelled"), "stated_order"]},
        ),
        ("The visit", {"fields": ["purpose", "programme", "took_part", "organizations", "follow_up", "link"]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]

    @admin.display(ordering="starts")
    def days(self, visit):
        """Return the days of a visit as people read them."""
        return visit.days


@admin.register(Event)
class EventAdmin(FactAdmin):
    waiting = [*FactAdmin.waiting, not_to_the_day("starts")]
    list_display = ["title", "state", "days", "place", "kind", "publication"]
    list_filter = [
        *("published", "kind", ("starts", WhenFilter), *STATE_FILTERS),
        *(("link", RecordedFilter), *FACT_FILTERS[1:]),
    ]
    list_select_related = ["state"]
    search_fields = ["title", "sort_title", "place", "organizers", "reference", "note"]
    autocomplete_fields = ["state", "organizations", "sources"]
    fieldsets = [
        (None, {"fields": ["title", "kind", ("state", "place"), ("starts", "ends")]}),
        ("Who took part", {"fields": ["organizers", "organizations", "link"]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]

    @admin.display(ordering="starts")
    def days(self, event):
        """Return the days of an event as people read them."""
        return event.days
