"""The pages of organizations, regional groups and regions: the members, and what is recorded of each as at a day.

The members are the rows of the list of States with the filter of that name, so each number here is that of its list.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify

from r1540.as_at.compiled import compiled
from r1540.as_at.names import folded
from r1540.as_at.recorded import Recorded
from r1540.as_at.when import When
from r1540.lists.detail import Detail
from r1540.lists.listing import DISCLAIMER, as_json
from r1540.lists.parameters import Page
from r1540.pages.coverage import gaps
from r1540.pages.figures.bounds import Count, bounds_of
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.figures.places import Place
from r1540.pages.memberships import as_data, by_grounds
from r1540.pages.states.list import StateFilters, StateList, StateTable, states_as_at
from states.models import (
    Membership,
    Organization,
    Region,
    RegionalGroup,
    Report,
    Source,
    State,
    fact_models_of_states,
)
from visits.models import Event

COLUMNS = (
    *("iso3", "name", "first_report", "first_report_submitted", "additional_information", "communications"),
    *("visit", "visit_started", "plan", "plan_status"),
)
FACTS = {
    "first_report": "a first report recorded",
    "additional_information": "additional information recorded",
    "visit": "a visit of the Committee at their invitation recorded",
    "plan": "a submitted national implementation action plan recorded",
}


# The figure whose page explains the number of each.
EXPLAINED = {
    "first_report": "first-reports",
    "additional_information": "additional-information",
    "visit": "states-visited",
    "plan": "states-with-a-plan",
}


@lru_cache(maxsize=50)
def states_found(query: str):
    """Return a compiled query of the States that fit the filters in a query string, with what is recorded of each.

    The page of a group took 26 ms of CPU without it, and takes 12.
    """
    return compiled(lambda at: StateFilters(QueryDict(query), states_as_at(at), at).qs)


@compiled
def first_reports_known_from_messages(at):
    """Return the first reports, known by a day, that are known only from messages of the Chair."""
    reports = Report.objects.known(at).filter(kind=Report.Kind.FIRST)
    return reports.known_only_from(Source.objects.messages().order_by().values("pk")).prefetch_related("sources")


class MembersPage(Detail):
    """A page of an organization or of a group; here is what both have in common.

    `scope` is the filter that chooses their States in every list. `counted` is a further filter of the list of States,
    for those that are counted. `noun` says what a row is.
    """

    noun = ("Member State", "Member States")
    counted = {"status": State.Status.MEMBER.value}

    @property
    def scope(self) -> dict[str, str]:
        raise NotImplementedError

    @cached_property
    def members(self) -> list[State]:
        return states_found(urlencode(self.scope | self.counted))(self.at)

    @cached_property
    def observers(self) -> list[State]:
        """Return the observer States of a region or organization; they belong to no group and are never counted."""
        query = QueryDict(urlencode(self.scope | {"status": State.Status.OBSERVER.value}))
        return list(StateFilters(query, State.objects.as_at(self.at), self.at).qs)

    def list_of(self, name: str, **filters) -> str:
        """Return the address of a list, filtered by this organization or group, as at the day of this page."""
        return reverse(name) + self.parameters.only("as_of", **self.scope, **filters)

    def standing(self) -> dict[str, dict[str, int]]:
        """Return of how many members each fact is recorded, has a day that is not established, or is not recorded."""
        found = {fact: Counter(getattr(member, fact) for member in self.members) for fact in FACTS}
        return {fact: {value: counts[value] for value in Recorded.values} for fact, counts in found.items()}

    def sentences(self):
        """Yield for each fact its words, the address that explains its number, what was published of it, and (number,
        address of the list) for each of the three values of `Recorded`."""
        [(parameter, value)] = self.scope.items()
        place = Place(value, parameter, value)  # so is a region or group named; of an organization nothing is published
        for fact, counts in self.standing().items():
            numbers = [
                (number, self.list_of("states", **self.counted, **{fact: value})) for value, number in counts.items()
            ]
            explained = reverse("figure", args=[EXPLAINED[fact]]) + self.parameters.only("as_of", **self.scope)
            certain, perhaps, _ = counts.values()
            count = Count(certain, perhaps, bounds_of(BY_SLUG[EXPLAINED[fact]], place, self.at))
            yield FACTS[fact], explained, count.beside, *numbers

    def all_reported(self) -> When | None:
        """Return the day since which every member has a first report, as far as it is known; None if one has none.

        It is the latest of the members' days: no earlier than the latest of their earliest days, no later than the
        latest of their latest days. So it may be one known day although the days of other members are not known.
        """
        if not self.members or any(member.first_report != Recorded.YES for member in self.members):
            return None
        days = [member.first_report_submitted for member in self.members]
        return When(max((day.earliest for day in days if day.earliest), default=None), max(day.latest for day in days))

    def unknown_days(self) -> int:
        """Return how many members have a first report whose day is not known."""
        return sum(not member.first_report_submitted.is_day for member in self.members if member.first_report_submitted)

    @cached_property
    def known_from_messages(self) -> list[Report]:
        """Return the members' first reports that are known only from messages of the Chair, and do not confirm them."""
        members = {member.pk for member in self.members if member.first_report == Recorded.YES}
        return [one for one in first_reports_known_from_messages(self.at) if one.state_id in members]

    def get_context_data(self, **kwargs):
        messages = {message for report in self.known_from_messages for message in report.only_statements}
        lists = ("states", *(one.fact_kind.plural for one in fact_models_of_states() if one.fact_kind.list_view))
        return super().get_context_data(
            members=self.members,
            observers=self.observers,
            noun=self.noun[len(self.members) != 1],
            members_address=self.list_of("states", **self.counted),
            sentences=list(self.sentences()),
            all_reported=self.all_reported(),
            unknown_days=self.unknown_days(),
            known_from_messages=len(self.known_from_messages),
            messages=sorted(messages, key=lambda one: one.sort_title),
            gaps=gaps(self.at, StateList),
            unreported=[member for member in self.members if member.first_report == Recorded.NONE],
            lists=[(name, self.list_of(name)) for name in lists],
            **kwargs,
        )

    def data(self):
        since = self.all_reported()
        return {
            "as_of": self.at.isoformat(),
            "standing": self.standing(),
            "every_member_has_a_first_report_since": since.edtf if since else None,
            "first_reports_without_a_known_day": self.unknown_days(),
            "first_reports_known_only_from_messages": len(self.known_from_messages),
            "known_gaps": [one.data() for one in gaps(self.at, StateList)],
            "observers": [{"iso3": one.iso3, "name": one.name} for one in self.observers],
        }

    def rows(self):
        """Return the members as the list of States has them in its JSON."""
        names = StateTable.in_files(COLUMNS)
        paths = StateTable.paths(names)
        values = [[getattr(member, path) for member in self.members] for path in paths]
        table = StateTable(names, paths, values, self.at, self.parameters)
        return table.as_dicts()


class OrganizationPage(MembersPage):
    """The page of an organization: its members, its associate members, and the events it took part in."""

    template_name = "organization.html"

    def get_object(self):
        acronym = self.kwargs["acronym"]
        try:
            return Organization.objects.get(acronym=acronym)
        except Organization.DoesNotExist:
            raise Http404(f"No organization is recorded under “{acronym}”.") from None

    def address_of(self, text):
        one = Organization.objects.filter(Q(acronym__iexact=text) | Q(sort_name=folded(text)[0])).first()
        return one.get_absolute_url() if one else ""

    @property
    def scope(self):
        return {"organization": self.object.acronym}

    @cached_property
    def memberships(self) -> list[Membership]:
        present = State.objects.as_at(self.at).order_by().values("pk")
        memberships = Membership.objects.current(self.at).filter(organization=self.object, state__in=present)
        return list(memberships.select_related("state").prefetch_related("sources"))

    @property
    def associates(self):
        return [one for one in self.memberships if one.status == Membership.Status.ASSOCIATE]

    @cached_property
    def membership_of(self) -> dict[int, Membership]:
        """Return the membership that makes each State a member, by the key of the State."""
        return {one.state_id: one for one in self.memberships if one.status != Membership.Status.ASSOCIATE}

    @cached_property
    def events(self) -> list[Event]:
        events = Event.objects.known(self.at).filter(organizations=self.object).select_related("state")
        return list(events.prefetch_related("sources"))

    def get_context_data(self, **kwargs):
        for member in self.members:
            member.membership = self.membership_of[member.pk]
        return super().get_context_data(
            associates=self.associates,
            events=[event.timeline_entry(self.at) for event in self.events],
            grounds=by_grounds(self.memberships),
            **kwargs,
        )

    def data(self):
        one = self.object
        memberships = [self.membership_of[member.pk] for member in self.members]
        return super().data() | {
            "acronym": one.acronym,
            "name": one.name,
            "kind": one.kind,
            "seat": one.seat,
            "founded_on": one.founded_on.isoformat() if one.founded_on else None,
            "note": one.note,
            "members": [row | as_data(it) for row, it in zip(self.rows(), memberships, strict=True)],
            "associates": [{"iso3": it.state.iso3, "name": it.state.name} | as_data(it) for it in self.associates],
            "events": [event.reference for event in self.events],
        }


@dataclass(frozen=True)
class RegionOrGroup:
    """A regional group or a geographic region: a value of one filter of the list of States."""

    parameter: str
    name: str

    def __str__(self):
        return self.name

    @property
    def slug(self) -> str:
        return slugify(self.name)

    @property
    def kind(self) -> str:
        return {"group": "Regional group of the United Nations", "region": "Geographic region (UN M49)"}[self.parameter]

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.slug])


REGIONS_AND_GROUPS = [
    *(RegionOrGroup("group", name) for name in RegionalGroup.values),
    *(RegionOrGroup("region", name) for name in Region.values),
]


class GroupPage(MembersPage):
    """The page of a regional group or a region: its Member States; observer States are shown, not counted."""

    template_name = "group.html"

    def get_object(self):
        slug = self.kwargs["slug"]
        for group in REGIONS_AND_GROUPS:
            if group.slug == slug:
                return group
        slugs = ", ".join(group.slug for group in REGIONS_AND_GROUPS)
        raise Http404(f"No group is called “{slug}”. There are: {slugs}.")

    def address_of(self, text):
        return next((one.get_absolute_url() for one in REGIONS_AND_GROUPS if one.slug == slugify(text)), "")

    @property
    def scope(self):
        return {self.object.parameter: self.object.name}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            noted=[one for one in self.members if one.regional_group_note and self.object.parameter == "group"],
            **kwargs,
        )

    def data(self):
        return super().data() | {
            "slug": self.object.slug,
            "name": self.object.name,
            "kind": self.object.kind,
            "members": self.rows(),
        }


class GroupList(Page):
    """The page of all regional groups and regions, with the number of Member States of each on the day."""

    single = ["as_of", "format"]

    def get(self, request):
        form = self.parameters.choice("format", ("html", "json"), "html")
        members = State.objects.members(self.at).order_by().values_list("regional_group", "region")
        counts = Counter(("group", group) for group, _ in members) + Counter(
            ("region", region) for _, region in members
        )
        rows = [(group, counts[group.parameter, group.name], self.list_of(group)) for group in REGIONS_AND_GROUPS]
        if form == "json":
            results = [
                {"slug": one.slug, "name": one.name, "kind": one.kind, "members": number} for one, number, _ in rows
            ]
            return as_json(request, {"as_of": self.at.isoformat(), "results": results})
        context = self.get_context_data(
            title="Groups and regions",
            groups=rows,
            json_address=self.parameters.address(format="json"),
            disclaimer=DISCLAIMER,
        )
        return render(request, "groups.html", context)

    def list_of(self, group: RegionOrGroup) -> str:
        return reverse("states") + self.parameters.only("as_of", **{group.parameter: group.name}, **GroupPage.counted)
