"""The page of figures over time: pictures, the table behind each, and the same as CSV and JSON."""

from django.shortcuts import render

from r1540.lists.files import in_parts
from r1540.lists.listing import as_json, download
from r1540.lists.parameters import Page
from r1540.pages.figures.daily_counts import DRAWN
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.figures.picture import Picture
from r1540.pages.figures.series import Series, read_series

COLUMNS = "measure as_at certain possible at_least published published_as_at qualifier source".split()  # noqa: SIM905


class OverTime(Page):
    """The page of figures over time: all that are drawn, or one."""

    single = ["as_of", "measure", "format"]

    def get(self, request):
        form = self.parameters.choice("format", ("html", "csv", "json"), "html")
        chosen = [self.parameters.choice("measure", DRAWN, "")] if "measure" in self.parameters else DRAWN
        found = read_series(chosen, self.at)
        if form == "html":
            return render(request, "history.html", self.get_context_data(found))
        rows = [dict(zip(COLUMNS, row, strict=True)) for one in found for row in long_form(one)]
        if form == "json":
            return as_json(request, {"as_of": self.at.isoformat(), "count": len(rows), "results": rows})
        lines = ([*list(row.values())[:-1], "; ".join(row["source"])] for row in rows)
        return download(request, f"figures-over-time-as-at-{self.at.isoformat()}.csv", "csv", COLUMNS, in_parts(lines))

    def get_context_data(self, found):
        return super().get_context_data(
            title="Figures over time",
            pictures=[Picture(one) for one in found],
            measures=[(slug, BY_SLUG[slug].label) for slug in DRAWN],
            measure=self.parameters.one("measure"),
            downloads=[(form.upper(), self.parameters.address(format=form)) for form in ("csv", "json")],
        )


def long_form(series: Series):
    """Yield the table behind a picture: a row for each day, or for each figure that was published as at the day.

    `possible` counts those of which the day is not established, in addition to the certain ones. `at_least` is the
    least that there was by what was published.
    """
    for row in series.rows():
        day = [series.figure.slug, row.day.isoformat(), row.count.certain, row.count.possible, row.least]
        for figure in row.published:
            sources = [source.reference for source in figure.sources.all()]
            yield [*day, figure.value, figure.as_at.edtf, figure.qualifier, sources]
        if not row.published:
            yield [*day, None, None, None, []]
