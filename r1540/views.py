"""The pages that need both apps: home, a State, an organization, search, about, and the feed of latest facts."""

from datetime import UTC, datetime, time

from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed

from r1540.asked import Page, today
from r1540.detail import Detail
from r1540.figures import BY_SLUG
from r1540.folding import with_words
from r1540.listing import DISCLAIMER
from r1540.published import latest_published
from r1540.state_list import states_as_at
from r1540.tally import Tally
from r1540.timeline import timeline
from states.models import Certainty, Membership, Organization, Report, Resolution, Source, State
from visits.models import Event, Visit

LATEST = 8
FIRST_FIGURES = (
    *("member-states", "first-reports", "no-first-report", "additional-information", "visits", "plans"),
    "states-with-a-plan",
)
LONGEST_SEARCH = 100
FOUND_AT_MOST = 50


class Home(Page):
    def get(self, request):
        tally = Tally(self.at, "as_of" not in self.asked)
        cells = [tally.cell(BY_SLUG[slug]) for slug in FIRST_FIGURES]
        published = latest_published(self.at)
        context = self.get_context_data(
            figures=[(cell, published.get(cell.figure)) for cell in cells],
            mandate=Resolution.objects.mandate(self.at),
            latest=timeline(self.at, limit=LATEST),
            disclaimer=DISCLAIMER,
        )
        return render(request, "home.html", context)


class StatePage(Detail):
    template_name = "state.html"

    def get_object(self):
        try:
            state = states_as_at(self.at).get(iso3=self.kwargs["iso3"])
        except State.DoesNotExist:
            raise Http404(self.why_not()) from None
        self.entries = timeline(self.at, state)
        self.memberships = Membership.objects.current(self.at).filter(state=state).select_related("organization")
        return state

    def why_not(self) -> str:
        iso3 = self.kwargs["iso3"]
        later = State.objects.filter(iso3=iso3).first()
        if later:
            return f"{later.name} was admitted to the United Nations on {later.admitted_on:%-d %B %Y}, after this day."
        return f"No State has the code “{iso3}”. Codes are ISO 3166-1 alpha-3, such as TCD."

    def get_context_data(self, **kwargs):
        kinds = {entry.kind for entry in self.entries}
        names = (
            ("report", "report"),
            ("visit", "visit"),
            ("plan", "national implementation action plan"),
            ("event", "event"),
        )
        return super().get_context_data(
            entries=self.entries,
            memberships=self.memberships,
            names=self.object.names.all(),
            none_recorded=[name for kind, name in names if kind not in kinds],
            **kwargs,
        )

    def data(self):
        state = self.object
        fields = "iso3 iso2 m49 status name formal_name regional_group region subregion".split()  # noqa: SIM905
        status = "first_report additional_information communications visit plan plan_status".split()  # noqa: SIM905
        return (
            {"as_of": self.at.isoformat()}
            | {name: getattr(state, name) for name in fields}
            | {"admitted_on": state.admitted_on.isoformat() if state.admitted_on else None}
            | {name: getattr(state, name) for name in status}
            | {
                "names": [{"language": n.language, "kind": n.kind, "name": n.name} for n in state.names.all()],
                "memberships": [
                    {"organization": one.organization.acronym, "status": one.status, "certainty": one.certainty}
                    for one in self.memberships
                ],
                "timeline": [
                    {
                        "reference": entry.fact.reference,
                        "kind": entry.kind,
                        "when": entry.when.edtf,
                        "established": entry.is_established,
                        "text": entry.line,
                        "certainty": entry.fact.certainty,
                        "sources": [source.reference for source in entry.fact.sources.all()],
                    }
                    for entry in self.entries
                ],
            }
        )


class OrganizationPage(Detail):
    template_name = "organization.html"

    def get_object(self):
        acronym = self.kwargs["acronym"]
        try:
            organization = Organization.objects.get(acronym=acronym)
        except Organization.DoesNotExist:
            raise Http404(f"No organization is recorded under “{acronym}”.") from None
        present = State.objects.as_at(self.at).order_by().values("pk")
        memberships = Membership.objects.current(self.at).filter(organization=organization, state__in=present)
        memberships = list(memberships.select_related("state"))
        self.members = [one for one in memberships if one.status != Membership.Status.ASSOCIATE]
        self.associates = [one for one in memberships if one.status == Membership.Status.ASSOCIATE]
        self.events = Event.objects.known(self.at).filter(organizations=organization).select_related("state")
        return organization

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            members=self.members,
            associates=self.associates,
            events=self.events,
            members_address=self.asked.only("as_of", organization=self.object.acronym),
            **kwargs,
        )

    def data(self):
        one = self.object
        member = lambda it: {"iso3": it.state.iso3, "name": it.state.name, "status": it.status}  # noqa: E731
        return {
            "as_of": self.at.isoformat(),
            "acronym": one.acronym,
            "name": one.name,
            "kind": one.kind,
            "seat": one.seat,
            "founded_on": one.founded_on.isoformat() if one.founded_on else None,
            "note": one.note,
            "members": [member(it) for it in self.members],
            "associates": [member(it) for it in self.associates],
            "events": [event.reference for event in self.events],
        }


class Search(Page):
    """Looks for words in the names of States and organizations, document symbols, and titles."""

    single = ["as_of", "q"]

    def get(self, request):
        words = self.asked.one("q")
        if len(words) > LONGEST_SEARCH:
            raise BadRequest(f"q: at most {LONGEST_SEARCH} characters can be searched for.")
        groups = self.found(words) if words else []
        shown = [(title, rows[:FOUND_AT_MOST], len(rows) > FOUND_AT_MOST) for title, rows in groups if rows]
        context = self.get_context_data(q=words, groups=shown, title="Search", limit=FOUND_AT_MOST)
        return render(request, "search.html", context)

    def found(self, text):
        def titled(queryset, field):
            return list(with_words(queryset, field, text)[: FOUND_AT_MOST + 1])

        organizations = Organization.objects.filter(acronym__iexact=text)
        reports = Report.objects.known(self.at).filter(symbol__icontains=text).select_related("state")
        states = State.objects.as_at(self.at)
        return [
            ("States", list((states.filter(iso3__iexact=text) | states.named(text))[: FOUND_AT_MOST + 1])),
            ("Organizations", [*organizations] or titled(Organization.objects.all(), "sort_name")),
            ("Reports", list(reports[: FOUND_AT_MOST + 1])),
            ("Visits", self.of_states(Visit, text)),
            ("Events", titled(Event.objects.known(self.at).select_related("state"), "sort_title")),
            ("Sources", titled(Source.objects.all(), "sort_title")),
        ]

    def of_states(self, model, text):
        states = State.objects.named(text).order_by().values("pk")
        return list(model.objects.known(self.at).filter(state__in=states).select_related("state")[: FOUND_AT_MOST + 1])


class About(Page):
    def get(self, request):
        context = self.get_context_data(
            title="About",
            certainties=Certainty.choices,
            resolutions=Resolution.objects.adopted(self.at).prefetch_related("sources"),
            disclaimer=DISCLAIMER,
        )
        return render(request, "about.html", context)


class LatestFacts(Feed):
    """The latest facts of the record, as Atom."""

    feed_type = Atom1Feed
    title = "The 1540 record: latest facts"
    link = "/"
    subtitle = "What States reported, where the Committee went and which plans were submitted, by day."

    def __call__(self, request, *args, **kwargs):
        if request.GET:
            raise BadRequest("The feed takes no parameters.")
        if request.method not in ("GET", "HEAD"):
            return Page.http_method_not_allowed(Page(), request)
        return super().__call__(request, *args, **kwargs)

    def items(self):
        return timeline(today(), limit=30)

    def item_title(self, entry):
        return f"{entry.fact.state.name}: {entry.line}"

    def item_description(self, entry):
        return f"{entry.day}. {entry.fact.get_certainty_display()}."

    def item_link(self, entry):
        return entry.fact.get_absolute_url()

    def item_updateddate(self, entry):
        return datetime.combine(entry.when.latest, time.min, UTC)

    def item_guid(self, entry):
        return f"{entry.kind}/{entry.fact.reference}"
