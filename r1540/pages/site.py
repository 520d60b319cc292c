"""The home page, and the page about the record."""

from django.shortcuts import render
from django.urls import reverse

from r1540 import door
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
from states.models import Certainty, Resolution

LATEST = 8
FIRST_FIGURES = (
    *("member-states", "first-reports", "no-first-report", "additional-information", "visits", "plans"),
    "states-with-a-plan",
)


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
