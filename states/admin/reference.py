"""States and organizations. They are public at once, and few may change them."""

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Case, Q, Value
from django.db.models import When as If

from r1540.as_at.day import today
from r1540.desk.base import DeskAdmin, changelist_address
from r1540.desk.forms import AutocompleteOfFew, RecordForm
from r1540.desk.list_filters import RecordedFilter, WhenFilter
from states.models import Membership, Organization, State, StateName, fact_models_of_states
from states.models.state import with_code
from states.state_lookup import similar_states

from .facts import GROUNDS, NOTES


class StateForm(RecordForm):
    constraint_fields = {
        "state_member_admitted": "admitted_on",
        "state_member_in_a_group": "regional_group",
        "state_one_short_name": "name",
    }


class MembershipForm(RecordForm):
    constraint_fields = {"membership_without_overlap": "joined"}


class StateNameInline(admin.TabularInline):
    model = StateName
    form = StateForm
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    extra = 0
    show_change_link = True  # to its own form, where its sources are
    fields = ["organization", "state", "number", "status", "joined", "left", "certainty", "note", "internal_note"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization", "state")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        widget = AutocompleteOfFew(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs | {"widget": widget})


@admin.register(State)
class StateAdmin(DeskAdmin):
    form = StateForm
    list_display = ["name", "iso3", "regional_group", "region", "subregion", "status", "admitted_on"]
    list_filter = ["status", "regional_group", "region", "subregion"]
    search_fields = ["iso3"]
    search_help_text = "Any name, in any of the six languages, former and popular ones too, or an ISO or M49 code."
    inlines = [StateNameInline, MembershipInline]
    fieldsets = [
        (
            "Names",
            {"fields": ["name", "name_in_text", "formal_name"], "description": "Other names follow below."},
        ),
        ("Codes", {"fields": [("iso3", "iso2", "m49")]}),
        ("United Nations", {"fields": [("status", "admitted_on"), "admission_note"]}),
        ("Group", {"fields": ["regional_group", "regional_group_note"]}),
        ("Geography", {"fields": [("region", "subregion")]}),
        ("For staff", {"fields": ["internal_note"]}),
    ]

    def render_change_form(self, request, context, *args, **kwargs):
        """Lead from the form of a State to the lists of its facts."""
        lists = [(model.fact_kind.title, changelist_address(model)) for model in fact_models_of_states()]
        return super().render_change_form(request, context | {"lists_of_facts": lists}, *args, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """Find States by any name or code, the likeliest first, unless the list is asked for in an order of its own.

        To a lookup that finds none, those with similar names are offered.
        """
        text = search_term.strip()
        if not text:
            return queryset, False
        found = queryset.filter(with_code(text) | Q(pk__in=State.objects.named(text).values("pk")))
        if ORDER_VAR in request.GET:
            return found, False
        is_lookup = request.resolver_match.url_name == "autocomplete"
        similar = [one.pk for one in similar_states(text, today())] if is_lookup and not found.exists() else []
        if similar:
            most_alike = Case(*(If(pk=pk, then=Value(place)) for place, pk in enumerate(similar)))
            return queryset.filter(pk__in=similar).order_by(most_alike), False
        return found.likeliest_first(text), False


@admin.register(Organization)
class OrganizationAdmin(DeskAdmin):
    list_display = ["name", "acronym", "kind", "seat", "founded_on"]
    list_filter = ["kind"]
    search_fields = ["name", "acronym", "seat"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": [("acronym", "name"), "kind", ("seat", "founded_on")]}),
        NOTES,
    ]


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    """A membership on a form of its own, with its sources; without them it is on those of its State and organization.

    An inline edits no many-to-many rows: these would be in nobody's history, and guarded by no token.
    """

    form = MembershipForm
    list_display = ["organization", "state", "number", "status", "joined", "left", "certainty"]
    list_filter = ["organization", "status", "certainty", ("sources", RecordedFilter), ("joined", WhenFilter)]
    list_select_related = ["organization", "state"]
    search_fields = ["organization__acronym", "organization__name", "state__iso3", "state__name"]
    autocomplete_fields = ["organization", "state", "sources"]
    fieldsets = [
        (None, {"fields": [("organization", "state", "number"), "status", ("joined", "left")]}),
        GROUNDS,
        NOTES,
    ]
