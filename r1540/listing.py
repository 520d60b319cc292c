"""One view for every list: a queryset, filters and a table become HTML, CSV, XLSX and JSON.

From one queryset come the page, the count and every export, so they cannot disagree. The whole state of a list is
in its address: as_of, the filters, sort, page, per_page, cols, format.
"""

from functools import cache
from tempfile import SpooledTemporaryFile

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from r1540 import deep
from r1540.asked import Page
from r1540.filtering import Filters
from r1540.kept import any_of, kept
from r1540.rows import rows
from r1540.table import ListTable, ordered
from r1540.tabular import write_csv, write_xlsx
from r1540.when import When

FORMATS = ("html", "csv", "xlsx", "json")
PER_PAGE = ("25", "50", "100", "200")
LAST_PAGE = 100_000
LONG = 1000  # rows of a list from which on the keys of a page are looked up first
DISCLAIMER = (
    "The designations employed do not imply any opinion concerning the legal status of any country, territory, city or"
    " area or of its authorities, or concerning the delimitation of its frontiers or boundaries."
)


CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(name, form, header, rows, title="", about=()):
    """A CSV or XLSX file of rows, complete before its first byte is sent."""
    file = SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 - FileResponse closes it
    if form == "csv":
        write_csv(file, header, rows)
    else:
        write_xlsx(file, title, header, rows, about)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])


def download(request, *args, **kwargs):
    """The same, as the public has it."""
    return described(request, as_file(*args, **kwargs))


def as_json(request, data):
    return described(request, JsonResponse(data, json_dumps_params={"ensure_ascii": False}))


def page_links(page, asked):
    """(number, address, whether it is this one) for the pages worth a link; None is a gap."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            yield number, asked.address(page=str(number) if number > 1 else None), number == page.number
        else:
            yield None, "", False


def described(request, response):
    """CSV and JSON have no room for the disclaimer on designations: a link carries it."""
    about = request.build_absolute_uri("/about/#designations")
    response["Link"] = f'<{about}>; rel="terms-of-service"'
    return response


@cache
def rows_of(listing):
    """The rows of a whole list with some keys, asked with SQL compiled once however many they are: 7 % less a page."""

    @kept
    def rows(at, keys):
        return listing().facts(at).order_by().filter(any_of("pk", keys))

    return rows


class Listing(Page):
    """A list is a table, filters, a title and `facts`: the rows as at a day."""

    table_class = ListTable
    filterset_class = Filters
    template_name = "list.html"
    title = ""
    lead = ""
    noun = ("row", "rows")
    not_in_files = dict.fromkeys(("page", "per_page"))  # what the address of a file leaves out

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        single, several = self.filterset_class.parameters()
        self.single = [*single, "as_of", "sort", "page", "per_page", "format"]
        self.several = [*several, "cols"]

    def facts(self, at):
        """The rows of the whole list as they stood on a day, in their usual order."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        asked = self.asked
        form = asked.choice("format", FORMATS, "html")
        if asked.has_blanks and form == "html":
            return HttpResponseRedirect(asked.address())
        self.whole = self.facts(self.at)
        self.filters = self.filtered(self.whole)
        if form == "html" and (renamed := self.filters.renamed(asked)):
            return HttpResponseRedirect(asked.address(**renamed))
        columns = self.columns()
        if form in ("csv", "xlsx"):
            return self.export(form, columns)
        table = self.table(columns)
        return self.json(table, columns) if form == "json" else self.html(table)

    def filtered(self, queryset):
        filters = self.filterset_class(self.request.GET, queryset, self.at)
        for name, errors in filters.form.errors.items():
            raise BadRequest(f"{name}: {errors[0]}")
        return filters

    def columns(self) -> list[str]:
        known = self.table_class.base_columns
        for name in self.asked.all("cols"):
            if name not in known:
                raise BadRequest(f"cols: “{name}” is not one of: {', '.join(known)}.")
        return self.table_class.shown(self.asked.all("cols"))

    def rows(self):
        sort = self.asked.one("sort")
        sortable = [name for name, column in self.table_class.base_columns.items() if column.orderable is not False]
        if sort and sort.removeprefix("-") not in sortable:
            raise BadRequest(f"sort: “{sort}” is not one of: {', '.join(sortable)} (with - before it: descending).")
        return ordered(self.filters.qs, self.table_class, sort)

    def build(self, columns):
        hidden = [name for name in self.table_class.base_columns if name not in columns]
        return self.table_class(self.rows(), exclude=hidden, at=self.at, asked=self.asked)

    def table(self, columns):
        """The table at the page asked for; 404 past the end."""
        per_page = int(self.asked.choice("per_page", PER_PAGE, "50"))
        number = self.asked.number("page", 1, LAST_PAGE)
        table = self.build(columns)
        try:
            table.paginate(page=number, per_page=per_page)
        except EmptyPage:
            raise Http404(f"page: there is no page {number}; the last is {table.paginator.num_pages}.") from None
        if table.paginator.count > LONG:
            start = (number - 1) * per_page
            table.page.object_list.data = self.looked_up(deep.keys(table.data.data, start, start + per_page))
        return table

    def looked_up(self, keys):
        """The rows with these keys, in their order.

        Of a long list first the keys of a page, then all that it shows of them: so what is only shown is worked out of
        these rows, and not of all that are sorted and skipped (the first page of 19,500 States took the database 95 ms,
        and takes 17; that of 195 took 3 and would take 4).
        """
        found = {row.pk: row for row in rows_of(type(self))(self.at, keys)} if keys else {}
        return [found[key] for key in keys]

    def html(self, table):
        count = table.paginator.count
        context = self.get_context_data(
            filters=self.filters,
            table=table,
            count=count,
            noun=self.noun[0] if count == 1 else self.noun[1],
            all_columns=[
                (name, one.verbose_name, name in table.columns) for name, one in self.table_class.base_columns.items()
            ],
            per_page_choices=PER_PAGE,
            pages=page_links(table.page, self.asked),
        )
        return render(self.request, self.template_name, context)

    def get_context_data(self, **kwargs):
        """What every way to show the list has: its filters, its files, the day."""
        return (
            super().get_context_data(
                title=self.title,
                lead=self.lead,
                chips=list(kwargs["filters"].chips(self.asked)),
                downloads=[
                    (form.upper(), self.asked.address(format=form, **self.not_in_files)) for form in FORMATS[1:]
                ],
                disclaimer=DISCLAIMER,
            )
            | kwargs
        )

    def json(self, table, columns):
        page = table.page
        link = lambda number: self.request.build_absolute_uri(self.asked.address(page=str(number)))  # noqa: E731
        return as_json(
            self.request,
            {
                "count": table.paginator.count,
                "next": link(page.next_page_number()) if page.has_next() else None,
                "previous": link(page.previous_page_number()) if page.has_previous() else None,
                "results": [
                    dict(zip(columns, cells, strict=True))
                    for cells in table.values([row.record for row in table.page.object_list], columns)
                ],
            },
        )

    def export(self, form, columns):
        """Every row that is filtered, in a file; it is complete before its first byte is sent."""
        for name in ("page", "per_page"):
            if name in self.asked:
                raise BadRequest(f"{name}: a {form.upper()} file holds every row; leave {name} out.")
        table = self.build(columns)
        lines = (
            ["; ".join(cell) if isinstance(cell, list) else cell for cell in cells]
            for cells in rows(self.rows(), table, columns)
        )
        name = f"{self.title.lower().replace(' ', '-')}-as-at-{self.at.isoformat()}.{form}"
        return download(self.request, name, form, columns, lines, self.title, self.about())

    def about(self) -> list[tuple[str, str]]:
        """What an export says of itself."""
        chosen = "; ".join(f"{label}: {value}" for label, value, _ in self.filters.chips(self.asked))
        address = self.request.build_absolute_uri(self.asked.address(format=None))
        return [
            ("List", self.title),
            ("As at", str(When.day(self.at))),
            ("Filters", chosen or "none"),
            ("Address", address),
            ("Designations", DISCLAIMER),
        ]
