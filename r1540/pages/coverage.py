"""What this record holds and what it does not: the page that says so, and the sentence of it beside figures and lists.

The record is known to lack a figure's facts where more were published than it holds (see figures/bounds.py).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import urlencode

from django.db.models import Count as CountRows
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce, ExtractYear
from django.shortcuts import render

from r1540.as_at.recorded import Recorded
from r1540.lists.addresses import address
from r1540.lists.listing import DISCLAIMER, Listing, as_json
from r1540.lists.parameters import Page
from r1540.pages.figures.bounds import Count, bounds_of
from r1540.pages.figures.daily_counts import COUNTS, count_on, counts_of_all_days
from r1540.pages.figures.definitions import BY_SLUG, FIGURES, Figure
from r1540.pages.figures.places import ALL
from states.models import ActionPlan, PublishedFigure, Region, Report, Source, State, fact_models_of_states
from visits.models import Visit

# The figures of which the record may be known to lack something: those of which others published a number.
COVERED = [figure for figure in FIGURES if figure.slug in COUNTS and (figure.published or figure.never_fewer_than)]


@dataclass(frozen=True)
class Gap:
    """A figure of which the record holds less than was published."""

    figure: Figure
    count: Count

    def __str__(self):
        """Return it in words: "States with additional information: 4 recorded here, of at least 105 published …"."""
        recorded = self.count.range if self.count.highest == 0 else f"{self.count.range} recorded here"
        return f"{self.figure.label}: {recorded}, {self.count.beside}."

    def data(self) -> dict:
        """Return it as JSON has it: what is recorded and, from which published figure, how many there are at least."""
        least = self.count.bounds.least
        return {
            "figure": self.figure.slug,
            "recorded": self.count.certain,
            "perhaps": self.count.highest,
            "at_least": least.number,
            "published_as_at": least.published.as_at.edtf,
            "published_figure": least.published.reference,
            "words": str(self),
        }


def gap_of(figure: Figure, at: date) -> Gap | None:
    """Return what the record is known to lack of a figure of all States as at a day; None if that is not known."""
    on_day = count_on(at, counts_of_all_days(figure.slug, ALL))
    count = Count(on_day.certain, on_day.possible, bounds_of(figure, ALL, at))
    return Gap(figure, count) if count.is_incomplete else None


def gaps(at: date, listing: type[Listing] | None = None) -> list[Gap]:
    """Return what the record is known to lack as at a day: of all figures, or of those that a list is counted by."""
    found = (gap_of(one, at) for one in COVERED if (one.listing is listing if listing else one.published))
    return [one for one in found if one]


Listing.known_gaps = staticmethod(gaps)


@dataclass(frozen=True)
class Kind:
    """A kind of fact on the page: its label, its model, the filters of its list that choose its facts, the condition
    that they stand for, and the date that its facts have; `figure` counts how many were published."""

    label: str
    model: type[Model]
    filters: tuple[tuple[str, str], ...] = ()
    condition: Q = Q()
    figure: str = ""
    days: tuple[str, ...] = ()  # the date fields of which the first that is recorded counts; empty: the first known

    def facts(self, at: date) -> QuerySet:
        """Return its facts as at a day, with the date of each as `day`."""
        facts = self.model.objects.for_timeline(at).exclude(state__in=State.objects.absent(at)).filter(self.condition)
        day = Coalesce(*self.days) if self.days else F(self.model.fact_kind.first_known)
        return facts.order_by().annotate(day=day)

    def list_address(self, query: dict) -> str:
        chosen = [*self.filters, *query.items()]
        return f"{address(self.model.fact_kind.plural)}{'?' if chosen else ''}{urlencode(chosen)}"


def of_kind(label: str, model: type[Model], value: str, figure: str = "") -> Kind:
    return Kind(label, model, (("kind", value),), Q(kind=value), figure)


# Where the facts of a model are of kinds that are counted apart.
APART = {
    Report: [
        of_kind("First reports", Report, Report.Kind.FIRST, "first-reports"),
        of_kind("Additional information", Report, Report.Kind.ADDITIONAL, "communications"),
    ],
    Visit: [
        of_kind("Visits at invitation", Visit, Visit.Kind.AT_INVITATION),
        of_kind("Joint visits, not counted", Visit, Visit.Kind.JOINT),
    ],
    ActionPlan: [
        Kind(
            "Plans submitted",
            ActionPlan,
            (("submitted", Recorded.YES.value), ("submitted", Recorded.NOT_ESTABLISHED.value)),
            ~Q(submitted_by=Recorded.NONE),
            "plans",
        ),
        Kind(
            "Plans not known as submitted",
            ActionPlan,
            (("submitted", Recorded.NONE.value),),
            Q(submitted_by=Recorded.NONE),
            days=ActionPlan.STEPS[-2::-1],
        ),
    ],
}


@cache
def kinds() -> list[Kind]:
    """Return the kinds of facts of States, in the order of their models."""
    models = [model for model in fact_models_of_states() if model.fact_kind.list_view]
    return [kind for model in models for kind in APART.get(model, [Kind(model.fact_kind.title, model)])]


@dataclass(frozen=True)
class Held:
    """How many facts of a kind the record holds as at a day: in all, of a known day, with a symbol, with a link, of
    each region, of each year; None where the kind has no symbol or no link."""

    kind: Kind
    number: int
    with_day: int
    with_symbol: int | None
    with_link: int | None
    by_region: Counter
    by_year: Counter  # the year None: it is not known
    gap: Gap | None
    address: str

    @property
    def known_to_exist(self) -> str:
        """Return how many were published: "at least 105 (15 January 2013)", or that nothing says so."""
        if not self.gap:
            return "no higher number published" if self.kind.figure else "no number published"
        least = self.gap.count.bounds.least
        return f"{least.as_the('at least')} ({least.day})"

    def data(self) -> dict:
        years = {str(year) if year else "not known": number for year, number in sorted_years(self.by_year)}
        return {
            "kind": self.kind.label,
            "recorded": self.number,
            "known_to_exist": self.gap.data() if self.gap else None,
            "with_known_day": self.with_day,
            "with_symbol": self.with_symbol,
            "with_link": self.with_link,
            "by_region": {region: self.by_region[region] for region in Region.values},
            "by_year": years,
        }


def sorted_years(years: Counter) -> list[tuple]:
    return sorted(years.items(), key=lambda one: one[0] or 0)


def held(kind: Kind, at: date, query: dict) -> Held:
    """Return what the record holds of a kind as at a day: one query."""
    fields = {one.name for one in kind.model._meta.concrete_fields}
    has = {name: CountRows("pk", filter=~Q(**{name: ""})) for name in ("symbol", "link") if name in fields}
    first, last = ExtractYear("day__earliest"), ExtractYear("day__latest")
    is_day = Q(day__earliest=F("day__latest"))
    rows = list(
        kind.facts(at)
        .values("state__region", first=first, last=last)
        .annotate(number=CountRows("pk"), days=CountRows("pk", filter=is_day), **has)
    )
    by_region, by_year = Counter(), Counter()
    for row in rows:
        by_region[row["state__region"]] += row["number"]
        by_year[row["last"] if row["first"] == row["last"] else None] += row["number"]
    total = {name: sum(row[name] for row in rows) for name in ("number", "days", *has)}
    return Held(
        kind=kind,
        number=total["number"],
        with_day=total["days"],
        with_symbol=total.get("symbol"),
        with_link=total.get("link"),
        by_region=by_region,
        by_year=by_year,
        gap=gap_of(BY_SLUG[kind.figure], at) if kind.figure else None,
        address=kind.list_address(query),
    )


class Coverage(Page):
    """The page of what the record holds and what it does not, as at a day."""

    single = ["as_of", "format"]

    def get(self, request):
        form = self.parameters.choice("format", ("html", "json"), "html")
        query = {"as_of": self.at.isoformat()} if "as_of" in self.parameters else {}
        found = [held(kind, self.at, query) for kind in kinds()]
        lacking = gaps(self.at)
        if form == "json":
            data = {"known_gaps": [one.data() for one in lacking], "results": [one.data() for one in found]}
            return as_json(request, {"as_of": self.at.isoformat()} | data)
        years = sorted({year for one in found for year in one.by_year if year})
        context = self.get_context_data(
            title="What this record holds, and what it does not",
            gaps=lacking,
            kinds=found,
            regions=[(region, [one.by_region[region] for one in found]) for region in Region.values],
            years=[(year, [one.by_year[year] for one in found]) for year in [*years, None]],
            unlinked=Source.objects.filter(link="").count(),
            sources=Source.objects.count(),
            published=PublishedFigure.objects.filter(as_at__certain_by=self.at).count(),
            json_address=self.parameters.address(format="json"),
            disclaimer=DISCLAIMER,
        )
        return render(request, "coverage.html", context)
