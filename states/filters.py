"""The filters of the lists about States: reports, plans, organizations, sources. visits/ builds on FactFilters."""

from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from r1540.as_at.compiled import compiled
from r1540.as_at.names import with_words
from r1540.as_at.recorded import Recorded
from r1540.door import cached_for_one_revision
from r1540.lists.filters import AnyOf, DayFilter, Filters

from .models import (
    ActionPlan,
    Certainty,
    Membership,
    Organization,
    Region,
    RegionalGroup,
    Report,
    Source,
    Subregion,
)
from .state_lookup import OfState

# Values of the filters by group and by organization; no group or organization has such a name.
NO_GROUP = "none"
NO_ORGANIZATION = "none recorded"
GROUPS = [*RegionalGroup.choices, (NO_GROUP, "In no regional group")]


@cached_for_one_revision
@compiled
def organizations():
    return Organization.objects.order_by("acronym").values_list("acronym", "name")


@cached_for_one_revision
def organization_choices():
    members = [(acronym, f"{acronym}: {name}") for acronym, name in organizations()]
    return [*members, (NO_ORGANIZATION, "In none of the recorded organizations")]


class InOrganizations(AnyOf):
    """States that are members of an organization on the day of the page, or of none."""

    def filter(self, queryset, values):
        if not values:
            return queryset
        members = Membership.objects.making_members(values, self.parent.at)
        chosen = Q(**{f"{self.field_name}__in": members})
        if NO_ORGANIZATION in values:
            of_any = Membership.objects.current(self.parent.at).counted().order_by()
            chosen |= ~Q(**{f"{self.field_name}__in": of_any.values("state")})
        return queryset.filter(chosen)


class InGroups(AnyOf):
    """States in a regional group, or in none, which the record holds as an empty name."""

    def filter(self, queryset, values):
        return super().filter(queryset, ["" if value == NO_GROUP else value for value in values])


def filters_of_states(path: str) -> tuple[AnyOf, ...]:
    """Return the filters by region, subregion, regional group and organization of the State that `path` leads to."""
    prefix = "" if path == "pk" else f"{path}__"
    return (
        AnyOf(field_name=f"{prefix}region", choices=Region.choices, label="Region"),
        AnyOf(field_name=f"{prefix}subregion", choices=Subregion.choices, label="Subregion"),
        InGroups(field_name=f"{prefix}regional_group", choices=GROUPS, label="Regional group"),
        InOrganizations(field_name=path, choices=organization_choices, label="Member of organization"),
    )


class PeriodForm(forms.Form):
    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError({"until": f"The period would end ({until}) before it starts ({since})."})


class EndOfPeriod(DayFilter):
    """One end of the period of a list; FactFilters asks both ends at once."""

    def filter(self, queryset, value):
        return queryset


class FactFilters(Filters):
    """Facts of States: by State, region, group, organization, certainty, and from one day until another.

    A fact is in the period if it was, or may have been, on one of its days.
    """

    state = OfState()
    region, subregion, group, organization = filters_of_states("state")
    certainty = AnyOf(choices=Certainty.choices, label="Certainty")
    since = EndOfPeriod(label="From")
    until = EndOfPeriod(label="Until")

    # What a row's days are: pairs of the fields that hold the first and the last day of each thing that happened.
    days: tuple[tuple[str, str], ...] = (("submitted", "submitted"),)

    class Meta:
        form = PeriodForm

    def filter_queryset(self, queryset):
        since, until = (self.form.cleaned_data.get(name) for name in ("since", "until"))
        if since or until:
            queryset = queryset.filter(reduce(or_, (in_period(*pair, since, until) for pair in self.days)))
        return super().filter_queryset(queryset)


def in_period(first: str, last: str, since, until) -> Q:
    """Return the condition that what lasted from `first` to `last` (unknown: as long as `first`) shares a day with the
    period, or may."""
    begun = Q(**{f"{first}__possible_by": until}) if until else Q(**{f"{first}__isnull": False})
    if not since:
        return begun
    over = Q(**{f"{last}__latest__gte": since}) | Q(**{f"{last}__isnull": True, f"{first}__latest__gte": since})
    return begun & over


class ReportFilters(FactFilters):
    kind = AnyOf(choices=Report.Kind.choices, label="Kind")
    status = AnyOf(field_name="status_at", choices=Report.Status.choices, label="Status on the day")
    symbol = django_filters.CharFilter(label="Document symbol", lookup_expr="icontains", max_length=60)


class PlanFilters(FactFilters):
    status = AnyOf(field_name="status_at", choices=ActionPlan.Status.choices, label="Status on the day")
    announced = AnyOf(field_name="announced_by", choices=Recorded.choices, label="Announced by the day")
    submitted = AnyOf(field_name="submitted_by", choices=Recorded.choices, label="Submitted by the day")

    days = tuple((step, step) for step in ActionPlan.STEPS)


class OrganizationFilters(Filters):
    kind = AnyOf(choices=Organization.Kind.choices, label="Kind")


@cached_for_one_revision
def source_kinds():
    kinds = Source.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True).distinct()
    return [(kind, kind) for kind in kinds]


class SourceFilters(Filters):
    title = django_filters.CharFilter(label="Words of the title", method="titled", max_length=100)
    kind = AnyOf(choices=source_kinds, label="Kind")

    def titled(self, queryset, name, value):
        return with_words(queryset, "sort_title", value)
