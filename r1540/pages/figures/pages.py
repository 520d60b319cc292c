"""The pages of figures: all of them as at a day, place by place; and each one explained."""

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from r1540.lists.detail import Detail
from r1540.lists.files import in_parts
from r1540.lists.listing import DISCLAIMER, as_json, download
from r1540.lists.parameters import Page
from r1540.pages.figures import BY_SLUG, FIGURES
from r1540.pages.figures.moved import last_move
from r1540.pages.figures.published import Beside, beside, published_about, published_of
from r1540.pages.figures.series import COUNTED, Histories
from r1540.pages.figures.tally import ALL, CHOICES, GROUPINGS, Cell, Place, Tally, places
from states.models import Organization, Resolution
from visits.models import Visit

COLUMNS = (
    *("figure", "label", "grouping", "place", "as_of", "certain", "possible", "highest", "members"),
    *("per_cent", "list", "possible_list"),
)


def cell_data(cell: Cell, absolute) -> dict:
    """A cell as files have it; its columns never change."""
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
    }


class Figures(Page):
    """All figures as at a day: groups or organizations down, figures across. Every number opens to its list.

    Asked of the database: four lists, the memberships or the names of organizations if these are asked for, what was
    published about the day (and its sources), the mandate, the visits in the pipeline; and the history of each figure
    of which something was published about the day. Never more for more groups or facts.
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
        histories, found = Histories(self.at), published_about(self.at).items()
        pairs = [(tally.cell(figure, place), beside(one, histories)) for (figure, place), one in found]
        *_, (_, totals) = rows
        return super().get_context_data(
            title="Figures",
            by=by,
            groupings=[(name, words, self.parameters.address(by=name)) for name, words in GROUPINGS.items()],
            figures=FIGURES,
            rows=rows,
            totals=totals,
            beside=pairs,
            pipeline=Visit.in_pipeline(self.at),
            mandate=Resolution.mandate(self.at),
            downloads=[(form.upper(), self.parameters.address(format=form)) for form in ("csv", "json")],
            disclaimer=DISCLAIMER,
        )


class FigurePage(Detail):
    """One figure explained: its definition, its filters, its list, its day, what last moved it, what was published."""

    template_name = "figure.html"
    single = [*Detail.single, *GROUPINGS]

    def get_object(self) -> Cell:
        slug = self.kwargs["slug"]
        if slug not in BY_SLUG:
            raise Http404(f"There is no figure “{slug}”. There are: {', '.join(BY_SLUG)}.")
        self.tally = Tally(self.at, "as_of" not in self.parameters, [BY_SLUG[slug]])
        return self.tally.cell(BY_SLUG[slug], self.place())

    def place(self) -> Place:
        """The place asked for. Raises BadRequest for two of them, and for one that there is not."""
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
            filters=figure.in_words(),
            move=last_move(figure, place, self.at),
            published=self.published(),
            groups=[one for one in groups if one.members],
            over_time=self.over_time() if place == ALL else "",
            **kwargs,
        ) | {"title": figure.label + (f": {place.name}" if place != ALL else "")}

    def published(self) -> list[Beside]:
        """What others published of it, the latest first, beside what is computed."""
        histories = Histories(self.at)
        return [beside(one, histories) for one in published_of(self.object.figure, self.object.place, self.at)]

    def over_time(self) -> str:
        """The address of its picture, if it has one."""
        slug = self.kwargs["slug"]
        return reverse("over-time") + self.parameters.only("as_of", measure=slug) if slug in COUNTED else ""

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
                    "sources": [source.reference for source in one.published.sources.all()],
                }
                for one in self.published()
            ],
        }
