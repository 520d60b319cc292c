"""The page of all figures as at a day, place by place, and the page that explains one figure."""

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from r1540.lists.detail import Detail
from r1540.lists.files import in_parts
from r1540.lists.listing import DISCLAIMER, as_json, download
from r1540.lists.parameters import Page
from r1540.pages.coverage import Gap, gaps
from r1540.pages.figures.daily_counts import DRAWN
from r1540.pages.figures.definitions import BY_SLUG, FIGURES
from r1540.pages.figures.last_move import find_last_move
from r1540.pages.figures.places import ALL, CHOICES, GROUPINGS, Place, places
from r1540.pages.figures.published import Comparison, compare_with_computed, published_about, published_until
from r1540.pages.figures.tally import Cell, Tally
from states.models import Organization, Resolution
from visits.models import Visit

COLUMNS = (
    *("figure", "label", "grouping", "place", "as_of", "certain", "possible", "highest", "members"),
    *("per_cent", "list", "possible_list", "at_least", "at_least_by", "at_most", "at_most_by", "known_incomplete"),
)


def cell_data(cell: Cell, absolute) -> dict:
    """Return a cell as files have it; columns are added, never changed. `at_least` and `at_most` are the bounds by what
    was published, and the references of the published figures."""
    least, most = cell.bounds.least, cell.bounds.most
    return {
        "figure": cell.figure.slug,
        "label": cell.figure.label,
        "grouping": cell.place.parameter or "all",
        "place": cell.place.value or "all",
        "as_of": cell.at.isoformat(),
        "certain": cell.certain,
        "possible": cell.possible,
        "highest": cell.highest,
        "members": cell.members,
        "per_cent": cell.share.removesuffix(" per cent"),
        "list": absolute(cell.certain_address),
        "possible_list": absolute(cell.possible_address) if cell.possible else "",
        "at_least": least and least.number,
        "at_least_by": least and least.published.reference,
        "at_most": most and most.number,
        "at_most_by": most and most.published.reference,
        "known_incomplete": cell.is_known_to_lack,
    }


class Figures(Page):
    """The page of all figures as at a day: a row for each group or organization, a column for each figure.

    Every number opens to its list. The queries: one for each of four lists; the organizations, if the rows are these;
    what was published about the day, and its sources; the mandate; the visits in the pipeline; and the daily counts of
    each figure of which something was published about the day. More groups or facts need no more queries.
    """

    single = ["as_of", "by", "format"]

    def get(self, request):
        by = self.parameters.choice("by", GROUPINGS, "group")
        form = self.parameters.choice("format", ("html", "csv", "json"), "html")
        tally = Tally(self.at, "as_of" not in self.parameters)
        rows = [(place, [tally.cell(figure, place) for figure in FIGURES]) for place in [*places(by), ALL]]
        rows = [(place, cells) for place, cells in rows if cells[0].certain or place == ALL]
        if form != "html":
            data = [cell_data(cell, request.build_absolute_uri) for _, cells in rows for cell in cells]
            if form == "json":
                return as_json(request, {"count": len(data), "results": data})
            name = f"figures-by-{by}-as-at-{self.at.isoformat()}.csv"
            return download(
                request, name, "csv", COLUMNS, in_parts([row[column] for column in COLUMNS] for row in data)
            )
        return render(request, "figures.html", self.get_context_data(by=by, rows=rows, tally=tally))

    def get_context_data(self, by, rows, tally):
        found = published_about(self.at).items()
        pairs = [(tally.cell(figure, place), compare_with_computed(one)) for (figure, place), one in found]
        *_, (_, totals) = rows
        return super().get_context_data(
            title="Figures",
            by=by,
            groupings=[(name, words, self.parameters.address(by=name)) for name, words in GROUPINGS.items()],
            figures=FIGURES,
            rows=rows,
            totals=totals,
            comparisons=pairs,
            gaps=gaps(self.at),
            pipeline=Visit.in_pipeline(self.at),
            mandate=Resolution.mandate(self.at),
            downloads=[(form.upper(), self.parameters.address(format=form)) for form in ("csv", "json")],
            disclaimer=DISCLAIMER,
        )


class FigurePage(Detail):
    """The page that explains a figure: its definition, filters, list, last move, and what was published."""

    template_name = "figure.html"
    single = [*Detail.single, *GROUPINGS]

    def get_object(self) -> Cell:
        slug = self.kwargs["slug"]
        if slug not in BY_SLUG:
            raise Http404(f"There is no figure “{slug}”. There are: {', '.join(BY_SLUG)}.")
        self.tally = Tally(self.at, "as_of" not in self.parameters, [BY_SLUG[slug]])
        return self.tally.cell(BY_SLUG[slug], self.place())

    def address_of(self, text):
        return BY_SLUG[slug].get_absolute_url() if (slug := slugify(text)) in BY_SLUG else ""

    def place(self) -> Place:
        """Return the place that the query parameters name. Raises BadRequest for two places, and for an unknown one."""
        chosen = [name for name in GROUPINGS if name in self.parameters]
        if not chosen:
            return ALL
        if len(chosen) > 1:
            raise BadRequest(f"{chosen[1]}: a figure is of one place; {chosen[0]} is asked for already.")
        (name,) = chosen
        value = self.parameters.one(name)
        if name in CHOICES:
            return Place(CHOICES[name](self.parameters.choice(name, CHOICES[name].values, "")).label, name, value)
        one = Organization.objects.filter(acronym=value).first()
        if one is None:
            raise BadRequest(f"organization: no organization is recorded under “{value}”.")
        return Place(str(one), name, value)

    def get_context_data(self, **kwargs):
        cell = self.object
        figure, place = cell.figure, cell.place
        groups = [self.tally.cell(figure, one) for one in places("group")] if place == ALL else []
        return super().get_context_data(
            cell=cell,
            filters=figure.filters_in_words(),
            move=find_last_move(figure, place, self.at),
            published=self.published(),
            gaps=[Gap(figure, self.tally.cell(figure))] if cell.is_known_to_lack and place != ALL else [],
            groups=[one for one in groups if one.members],
            over_time=self.over_time() if place == ALL else "",
            **kwargs,
        ) | {"title": figure.label + (f": {place.name}" if place != ALL else "")}

    def published(self) -> list[Comparison]:
        """Return what others published of the figure, the latest first, compared with what is computed."""
        return [compare_with_computed(one) for one in published_until(self.at, self.object.figure, self.object.place)]

    def over_time(self) -> str:
        """Return the address of the picture of the figure; empty if it has none."""
        slug = self.kwargs["slug"]
        return reverse("over-time") + self.parameters.only("as_of", measure=slug) if slug in DRAWN else ""

    def data(self):
        absolute = self.request.build_absolute_uri
        return cell_data(self.object, absolute) | {
            "definition": self.object.figure.definition,
            "published": [
                {
                    "reference": one.published.reference,
                    "as_at": one.published.as_at.edtf,
                    "value": one.published.value,
                    "qualifier": one.published.qualifier,
                    "lowest": one.lowest,
                    "highest": one.highest,
                    "difference": one.difference,
                    "facts_known_from_it_only": one.from_its_source_only,
                    "sources": [source.reference for source in one.published.sources.all()],
                }
                for one in self.published()
            ],
        }
