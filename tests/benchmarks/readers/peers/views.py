"""The list of States as one writes it with Django, django-tables2 and django-filter as they come."""

import os
from datetime import date
from pathlib import Path

import django_filters
import django_tables2
from django.db import transaction
from django.http import HttpResponse
from django.views.generic import ListView
from django_filters.views import FilterView

from peers.models import StateAsAt
from peers.queryset import states_as_at
from r1540.as_at.recorded import Recorded
from states.models import Membership, Organization, Region, RegionalGroup, State, Subregion

AT = date.fromisoformat(os.environ["READERS_DAY"])
BODY = Path(os.environ["READERS_BODY"]).read_bytes()
CHOICES = {
    "region": Region.choices,
    "subregion": Subregion.choices,
    "regional_group": RegionalGroup.choices,
    "status": State.Status.choices,
    "first_report": Recorded.choices,
    "additional_information": Recorded.choices,
    "both": Recorded.choices,
    "visit": Recorded.choices,
    "plan": Recorded.choices,
}
COLUMNS = [field.name for field in StateAsAt._meta.fields if field.name != "id"]


@transaction.non_atomic_requests
def constant(request):
    return HttpResponse(BODY)


class Plain(ListView):
    """A queryset, a template, and nothing else; its form is written by hand in the template."""

    template_name = "peers/list.html"
    paginate_by = 50

    def get_queryset(self):
        return states_as_at(AT).order_by("sort_name")

    def get_context_data(self, **kwargs):
        organizations = Organization.objects.values_list("acronym", "name")
        return super().get_context_data(choices=CHOICES | {"organization": organizations}, **kwargs)


def any_of(name):
    return django_filters.MultipleChoiceFilter(choices=CHOICES[name])


class StateFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains")
    region, subregion, regional_group = any_of("region"), any_of("subregion"), any_of("regional_group")
    organization = django_filters.ModelMultipleChoiceFilter(queryset=Organization.objects.all(), method="members")
    status = any_of("status")
    first_report, additional_information = any_of("first_report"), any_of("additional_information")
    both = django_filters.MultipleChoiceFilter(choices=CHOICES["both"], method="both_reports")
    visit, plan = any_of("visit"), any_of("plan")

    def members(self, queryset, name, value):
        if not value:
            return queryset
        members = Membership.objects.current(AT).counted().filter(organization__in=value)
        return queryset.filter(iso3__in=members.values("state__iso3"))

    def both_reports(self, queryset, name, value):
        return queryset.filter(first_report__in=value, additional_information__in=value) if value else queryset


class StateTable(django_tables2.Table):
    name = django_tables2.Column(linkify=True)
    iso3, formal_name, status = (django_tables2.Column() for _ in range(3))
    admitted_on, regional_group, region, subregion = (django_tables2.Column() for _ in range(4))
    first_report, first_report_submitted = (django_tables2.Column() for _ in range(2))
    additional_information, communications = (django_tables2.Column() for _ in range(2))
    visit, visit_started, plan, plan_status = (django_tables2.Column() for _ in range(4))

    class Meta:
        sequence = COLUMNS


class Annotated(django_tables2.SingleTableMixin, FilterView):
    """Over the queryset that works everything out from the facts."""

    table_class, filterset_class = StateTable, StateFilter
    template_name = "peers/table.html"
    table_pagination = {"per_page": 50}

    def get_queryset(self):
        return states_as_at(AT).order_by("sort_name")


class OneTable(Annotated):
    """Over one table that holds the values: all that remains is the libraries' own work."""

    def get_queryset(self):
        return StateAsAt.objects.all()
