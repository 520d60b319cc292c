"""The list of organizations."""

from functools import partial

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from r1540.lists.addresses import address
from r1540.lists.columns import AddressColumn, Column, DayColumn, ListTable, WordsColumn
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import Listing
from states.models import Membership, Organization, State


class OrganizationFilters(Filters):
    kind = AnyOf(choices=Organization.Kind.choices, label="Kind")


class AcronymColumn(Column):
    """The acronym of an organization, with a link to its page."""

    def as_html(self, context, acronym):
        return context.link(address("organization", acronym), acronym)


class MembersColumn(Column):
    """The number of members of an organization on the day, with a link to the list of them."""

    def as_html(self, context, number, acronym):
        return context.link(address("states"), number, organization=acronym)


class OrganizationTable(ListTable):
    acronym = AcronymColumn(css_class="name")
    name = Column(order_by="sort_name")
    kind = WordsColumn(choices=Organization.Kind)
    seat = Column()
    founded_on = DayColumn(verbose_name="Founded")
    members = MembersColumn(verbose_name="Members on the day", also=("acronym",), css_class="number")
    note = Column(orderable=False, css_class="text")
    address = AddressColumn(partial(address, "organization"), "acronym")

    hidden = ("founded_on", "note", "address")
    always_in_files = ("address",)


def members_of_organizations(at) -> dict:
    members = Membership.objects.current(at).counted().filter(organization=OuterRef("pk"))
    members = members.exclude(state__in=State.objects.absent(at))
    counted = members.order_by().values("organization").annotate(n=Count("state", distinct=True)).values("n")
    return {"members": Coalesce(Subquery(counted), 0)}


class OrganizationList(Listing):
    table_class, filterset_class = OrganizationTable, OrganizationFilters
    title, noun = "Organizations", ("organization", "organizations")
    lead = "Organizations whose members, or whose work, matter for resolution 1540 (2004)."

    def facts(self, at):
        return Organization.objects.annotate(**members_of_organizations(at))
