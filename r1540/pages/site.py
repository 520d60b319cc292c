"""The home page, the search, and the page about the record."""

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse

from r1540 import door
from r1540.as_at.compiled import any_of
from r1540.as_at.names import with_words
from r1540.lists.listing import DISCLAIMER
from r1540.lists.parameters import Page
from r1540.pages.coverage import gaps
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.figures.picture import Picture
from r1540.pages.figures.places import places
from r1540.pages.figures.series import read_series
from r1540.pages.figures.tally import Tally
from r1540.pages.states.board import measures
from r1540.pages.states.list import StateFilters
from states.lists.news import latest_news
from states.models import Certainty, Organization, Resolution, Source, State, fact_models_of_states
from states.models.report import SYMBOLS_BEGIN

LATEST = 8
FIRST_FIGURES = (
    *("member-states", "first-reports", "no-first-report", "additional-information", "visits", "plans"),
    "states-with-a-plan",
)
LONGEST_SEARCH = 100
FOUND_AT_MOST = 50


class Home(Page):
    """The home page: the first figures, the mandate, the latest news."""

    def get(self, request):
        figures = [BY_SLUG[slug] for slug in FIRST_FIGURES]
        tally = Tally(self.at, "as_of" not in self.parameters, figures)
        cells = {figure.slug: tally.cell(figure) for figure in figures}
        [series] = read_series(["first-reports"], self.at)
        board = reverse("states") + self.parameters.only("as_of", view="board")
        context = self.get_context_data(
            first=cells["first-reports"],
            none=cells["no-first-report"],
            members=cells["member-states"],
            figures=[cells[slug] for slug in FIRST_FIGURES if slug != "member-states"],
            picture=Picture(series),
            groups=[(place.name, place.page + self.parameters.only("as_of")) for place in places("group")],
            boards=[(label, f"{board}&measure={name}") for name, label in measures(StateFilters).items()],
            gaps=gaps(self.at),
            mandate=Resolution.mandate(self.at),
            latest=latest_news(self.at, LATEST),
            disclaimer=DISCLAIMER,
        )
        return render(request, "home.html", context)


class Search(Page):
    """The search for words in the names of States and organizations, in document symbols, and in titles."""

    single = ["as_of", "q"]

    def get(self, request):
        words = self.parameters.one("q")
        if len(words) > LONGEST_SEARCH:
            raise BadRequest(f"q: at most {LONGEST_SEARCH} characters can be searched for.")
        if len(words) < 3 or words.upper() in SYMBOLS_BEGIN:  # most document symbols contain it
            door.plan_for_words()
        groups = self.found(words) if words else []
        shown = [(title, rows[:FOUND_AT_MOST], len(rows) > FOUND_AT_MOST) for title, rows in groups if rows]
        context = self.get_context_data(q=words, groups=shown, title="Search", limit=FOUND_AT_MOST)
        return render(request, "search.html", context)

    def found(self, text):
        """Return what a text finds, for each title on the page; load only the columns that are shown."""

        def first(queryset, *shown):
            return list(queryset.only(*shown)[: FOUND_AT_MOST + 1])

        def titled(queryset, field, *shown):
            return first(with_words(queryset, field, text), *shown)

        organizations = Organization.objects.filter(acronym__iexact=text)
        named = list(State.objects.keys_named(text))  # one query, for States and for their facts
        coded = State.objects.filter(iso3=text.upper()).values_list("pk", flat=True) if len(text) == 3 else ()
        states = State.objects.as_at(self.at).filter(any_of("pk", [*named, *coded]))
        facts = [(one.fact_kind.title, one.objects.found_by(text, named, self.at)) for one in fact_models_of_states()]
        return [
            ("States", first(states, "name", "iso3")),
            ("Organizations", [*organizations] or titled(Organization.objects.all(), "sort_name", "name", "acronym")),
            *((title, list(found[: FOUND_AT_MOST + 1])) for title, found in facts),
            ("Sources", titled(Source.objects.all(), "sort_title", "title", "publisher", "reference")),
        ]


class About(Page):
    """The page about the record: certainties, resolutions, and how old the data of a replica may be."""

    def get(self, request):
        context = self.get_context_data(
            title="About",
            certainties=Certainty,
            resolutions=Resolution.objects.adopted(self.at).prefetch_related("sources"),
            oldest=door.greatest_age(),
            disclaimer=DISCLAIMER,
        )
        return render(request, "about.html", context)
