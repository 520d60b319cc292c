"""Sources, plans, resolutions and published figures."""

from collections.abc import Iterator
from itertools import combinations

from django.contrib import admin
from django.db.models import Max

from r1540.as_at.when import in_a_sentence
from r1540.desk.facts import FactAdmin
from r1540.desk.forms import RecordForm, WarningForm
from r1540.desk.list_filters import RecordedFilter, WhenFilter
from r1540.desk.waiting import STEPS, anniversary, ending_soon, not_to_the_day
from r1540.history import publication
from r1540.history.publication import Publishable
from states.models import ActionPlan, PublishedFigure, Resolution, Source, State

# The end of every fact's form, and of every fact's filters.
GROUNDS = ("How it is known", {"fields": ["sources", "certainty"]})
NOTES = ("Notes", {"fields": ["note", "internal_note"]})
REFERENCE = ("Reference", {"fields": ["reference"], "classes": ["collapse"]})
FACT_FILTERS = ["published", ("sources", RecordedFilter), "certainty"]
STATE_FILTERS = ["state__region", "state__regional_group"]


@admin.register(Source)
class SourceAdmin(FactAdmin):
    waiting = STEPS
    list_display = ["title", "publisher", "dated", "kind", "reference", "publication"]
    list_filter = ["published", ("dated", WhenFilter), ("link", RecordedFilter), "kind", "publisher"]
    search_fields = ["title", "sort_title", "reference", "publisher", "link"]
    fieldsets = [
        (None, {"fields": ["reference", "title", ("publisher", "kind"), "dated", "link"]}),
        NOTES,
    ]

    def get_deleted_objects(self, objs, request):
        """Protect a source that published facts cite, as when it would be unpublished."""
        told, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return told, counts, lacking, [*protected, *map(str, self.needed_by(objs))]

    def delete_model(self, request, obj):
        self.lapse_citing([obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self.lapse_citing(list(queryset))
        super().delete_queryset(request, queryset)

    def lapse_citing(self, sources):
        """Take back the check of the facts that cite these sources: each is to be checked again without them."""
        for relation in (relation for relation in self.opts.related_objects if relation.many_to_many):
            citing = relation.related_model.objects.filter(sources__in=sources)
            publication.lapse(relation.related_model, list(citing.values_list("pk", flat=True)))

    def needed_by(self, rows):
        """Return what is public and cites these sources: published facts, and memberships, which are all public."""
        citing = (relation.related_model for relation in self.opts.related_objects if relation.many_to_many)
        public = [(model, {"published": True} if issubclass(model, Publishable) else {}) for model in citing]
        return [row for model, only in public for row in model.objects.filter(sources__in=rows, **only).distinct()]


class ResolutionForm(RecordForm):
    constraint_fields = {
        "resolution_since_1540": "adopted_on",
        "resolution_mandate_after_adoption": "mandate_until",
    }


class ActionPlanForm(WarningForm):
    """Works out the number of a plan if it is left open."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if number := self.fields.get("number"):
            number.required = False
            number.help_text += " Empty: the next number of the State."
            if not self.instance.pk:
                self.initial.setdefault("number", None)

    def clean(self):
        if (state := self.cleaned_data.get("state")) and "number" in self.cleaned_data:
            # One at a time for a State, so that two plans do not get the same number.
            State.objects.select_for_update(no_key=True).get(pk=state.pk)
            others = state.action_plans.exclude(pk=self.instance.pk)
            latest = others.aggregate(latest=Max("number"))["latest"] or 0
            self.cleaned_data["number"] = self.cleaned_data["number"] or latest + 1
        super().clean()

    def warnings(self) -> Iterator[str]:
        for before, after in combinations(ActionPlan.STEPS, 2):
            typed = self.changed(before, after)
            if typed and typed[1].surely_before(typed[0]):
                words = [step.replace("_", " ") for step in (after, before)]
                days = [in_a_sentence(day) for day in reversed(typed)]
                yield f"The plan was {words[0]} {days[0]}, before it was {words[1]} {days[1]}."


@admin.register(ActionPlan)
class ActionPlanAdmin(FactAdmin):
    form = ActionPlanForm
    waiting = [*FactAdmin.waiting, not_to_the_day("submitted"), ending_soon("period_ends"), anniversary("submitted")]
    list_display = ["state", "number", "announced", "adopted", "submitted", "certainty", "publication"]
    list_filter = [
        *("published", ("submitted", WhenFilter), *STATE_FILTERS),
        *(("link", RecordedFilter), *FACT_FILTERS[1:]),
    ]
    list_select_related = ["state"]
    search_fields = ["reference", "note"]
    autocomplete_fields = ["state", "supersedes", "sources"]
    fieldsets = [
        (None, {"fields": ["save_all_the_same", "state", ("number", "supersedes")]}),
        ("Days", {"fields": ["announced", "in_preparation", "adopted", "submitted"]}),
        ("What it covers", {"fields": [("period_starts", "period_ends"), "link"]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]


@admin.register(Resolution)
class ResolutionAdmin(FactAdmin):
    form = ResolutionForm
    list_display = ["symbol", "adopted_on", "effect", "mandate_until", "publication"]
    list_filter = [*FACT_FILTERS, ("mandate_until", RecordedFilter)]
    date_hierarchy = "adopted_on"
    search_fields = ["symbol", "effect", "note"]
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": ["symbol", ("adopted_on", "meeting"), "effect", "mandate_until"]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]


@admin.register(PublishedFigure)
class PublishedFigureAdmin(FactAdmin):
    list_display = ["measure", "as_at", "qualifier", "value", "certainty", "publication"]
    list_filter = ["published", ("as_at", WhenFilter), "measure", "qualifier", *FACT_FILTERS[1:]]
    search_fields = ["reference", "measure", "note"]
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": ["measure", "as_at", ("qualifier", "value")]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]
