"""The filters by region, subregion, regional group and organization, which every list about States has."""

from django.db.models import Q

from r1540.as_at.compiled import compiled
from r1540.door import cached_for_one_revision
from r1540.lists.filters import AnyOf
from states.models import Membership, Organization, Region, RegionalGroup, Subregion

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
    """A filter of States that are members of an organization on the day of the page, or of none."""

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
    """A filter of States in a regional group, or in none, which is stored as an empty name."""

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
