"""One view for every list: a queryset, filters and a table become HTML, CSV, XLSX and JSON.

From one queryset come the page, the count and every export, so they cannot disagree. The whole state of a list is
in its address: as_of, the filters, sort, page, per_page, cols, format.
"""

from functools import cache, lru_cache
from tempfile import SpooledTemporaryFile

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django_filters import CharFilter

from r1540 import door
from r1540.as_at.compiled import ANY_DAY, CompiledQuery
from r1540.as_at.when import When
from r1540.lists.columns import ListTable, ordered
from r1540.lists.files import write_csv, write_xlsx
from r1540.lists.filters import Filters
from r1540.lists.parameters import Page
from r1540.lists.widgets import boxes, options

FORMATS = ("html", "csv", "xlsx", "json")
PER_PAGE, USUAL = ("25", "50", "100", "200"), "50"  # rows on a page
LAST_PAGE = 100_000
MOST_COMPILED = 200  # the latest compiled queries of lists that a process keeps, each of some 10 kB
DISCLAIMER = (
    "The designations employed do not imply any opinion concerning the legal status of any country, territory, city or"
    " area or of its authorities, or concerning the delimitation of its frontiers or boundaries."
)


CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(name, form, header, parts, title="", about=()):
    """A CSV or XLSX file of rows, in parts (see files.py), complete before its first byte is sent."""
    file = SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 - FileResponse closes it
    if form == "csv":
        write_csv(file, header, parts)
    else:
        write_xlsx(file, title, header, parts, about)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])


def download(request, *args, **kwargs):
    """The same, as the public has it."""
    return described(request, as_file(*args, **kwargs))


def as_json(request, data):
    return described(request, JsonResponse(data, json_dumps_params={"ensure_ascii": False}))


def in_one_cell(content):
    """What a file says of what JSON says."""
    return "; ".join(content) if isinstance(content, list) else content


def page_links(page, parameters):
    """(number, address, whether it is this one) for the pages worth a link; None is a gap."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            yield number, parameters.address(page=str(number) if number > 1 else None), number == page.number
        else:
            yield None, "", False


def described(request, response):
    """CSV and JSON have no room for the disclaimer on designations: a link carries it."""
    about = request.build_absolute_uri("/about/#designations")
    response["Link"] = f'<{about}>; rel="terms-of-service"'
    return response


@cache
def whole(listing):
    """Return the queryset of all rows of a list, as at a day that is not known yet."""
    return listing().facts(ANY_DAY)


@lru_cache(maxsize=MOST_COMPILED)
def boxes_of_columns(table_class, chosen: tuple[str, ...]) -> str:
    """A box for each column, ticked if it was chosen."""
    columns = table_class.base_columns.items()
    return boxes("cols", [(name, capfirst(one.verbose_name), name in chosen) for name, one in columns])


@lru_cache(maxsize=MOST_COMPILED)
def compiled_list(listing, paths: tuple[str, ...], sort: str, filters: tuple) -> CompiledQuery:
    """Return the query of a list, whatever the day: the values at some paths of the rows that fit its filters, sorted.

    `filters` has the name of each filter and its values, which have been validated (`Listing.filtered`).
    """
    query = QueryDict(mutable=True)
    for name, values in filters:
        query.setlist(name, values)
    found = listing.filterset_class(query, whole(listing), ANY_DAY).qs
    return CompiledQuery(ordered(found, listing.table_class, sort).values_list(*paths))


class ListRows:
    """The rows of a compiled query as at a day, for Django's Paginator; a part of them comes column by column."""

    def __init__(self, query: CompiledQuery, at):
        self.query, self.at = query, at

    def __len__(self):
        return self.query.count(self.at)

    def __getitem__(self, part: slice) -> list:
        return self.query.columns(self.at, part.start, part.stop)


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
        parameters = self.parameters
        form = parameters.choice("format", FORMATS, "html")
        if parameters.has_blanks and form == "html":
            return HttpResponseRedirect(parameters.address())
        self.filters = self.filtered(whole(type(self)))  # its form; what it finds is asked in `query`
        if form == "html" and (renamed := self.filters.renamed(parameters)):
            return HttpResponseRedirect(parameters.address(**renamed))
        columns = self.columns()
        if form in ("csv", "xlsx"):
            return self.export(form, columns)
        page = self.page(columns)
        table = self.table_class(columns, page.object_list, self.at, self.parameters)
        return self.json(page, table) if form == "json" else self.html(page, table)

    def filtered(self, queryset):
        filters = self.filterset_class(self.request.GET, queryset, self.at)
        for name, errors in filters.form.errors.items():
            raise BadRequest(f"{name}: {errors[0]}")
        return filters

    def columns(self) -> list[str]:
        known = self.table_class.base_columns
        for name in self.parameters.all("cols"):
            if name not in known:
                raise BadRequest(f"cols: “{name}” is not one of: {', '.join(known)}.")
        return self.table_class.shown(self.parameters.all("cols"))

    def sort(self) -> str:
        """The column to sort by, with - before it: descending; empty, in the usual order."""
        sort = self.parameters.one("sort")
        names = self.table_class.sortable()
        if sort and sort.removeprefix("-") not in names:
            raise BadRequest(f"sort: “{sort}” is not one of: {', '.join(names)} (with - before it: descending).")
        return sort

    def query(self, paths: tuple[str, ...], sort: str = "") -> CompiledQuery:
        """Return the compiled query of the rows that fit the filters asked for."""
        if any(isinstance(one, CharFilter) for one in self.filters.filters.values()):
            door.plan_for_words()
        renamed = self.filters.renamed(self.parameters)
        filters = tuple((name, tuple(renamed.get(name) or self.parameters.all(name))) for name in self.filters.filters)
        return compiled_list(type(self), paths, sort, filters)

    def page(self, columns):
        """Return the page asked for; 404 past the end."""
        rows = ListRows(self.query(self.table_class.paths(columns), self.sort()), self.at)
        number = self.parameters.number("page", 1, LAST_PAGE)
        paginator = Paginator(rows, int(self.parameters.choice("per_page", PER_PAGE, USUAL)))
        try:
            return paginator.page(number)
        except EmptyPage:
            raise Http404(f"page: there is no page {number}; the last is {paginator.num_pages}.") from None

    def html(self, page, table):
        count = page.paginator.count
        context = self.get_context_data(
            filters=self.filters,
            table=table,
            page=page,
            count=count,
            noun=self.noun[0] if count == 1 else self.noun[1],
            all_columns=boxes_of_columns(self.table_class, tuple(self.parameters.all("cols"))),
            lengths=options(PER_PAGE, USUAL, self.parameters.one("per_page")),
            sort=self.parameters.one("sort"),
            has_own_columns="cols" in self.parameters,
            pages=page_links(page, self.parameters),
        )
        return render(self.request, self.template_name, context)

    def get_context_data(self, **kwargs):
        """What every way to show the list has: its filters, its files, the day."""
        return (
            super().get_context_data(
                title=self.title,
                lead=self.lead,
                chips=list(kwargs["filters"].chips(self.parameters)),
                downloads=[
                    (form.upper(), self.parameters.address(format=form, **self.not_in_files)) for form in FORMATS[1:]
                ],
                disclaimer=DISCLAIMER,
            )
            | kwargs
        )

    def json(self, page, table):
        link = lambda number: self.request.build_absolute_uri(self.parameters.address(page=str(number)))  # noqa: E731
        return as_json(
            self.request,
            {
                "count": page.paginator.count,
                "next": link(page.next_page_number()) if page.has_next() else None,
                "previous": link(page.previous_page_number()) if page.has_previous() else None,
                "results": [dict(zip(table.columns, cells, strict=True)) for cells in zip(*table.data(), strict=True)],
            },
        )

    def export(self, form, columns):
        """Every row that is filtered, in a file; it is complete before its first byte is sent."""
        for name in ("page", "per_page"):
            if name in self.parameters:
                raise BadRequest(f"{name}: a {form.upper()} file holds every row; leave {name} out.")
        query = self.query(self.table_class.paths(columns), self.sort())
        tables = (self.table_class(columns, chunk, self.at, self.parameters) for chunk in query.chunks(self.at))
        parts = (table.data(in_one_cell) for table in tables)
        name = f"{self.title.lower().replace(' ', '-')}-as-at-{self.at.isoformat()}.{form}"
        return download(self.request, name, form, columns, parts, self.title, self.about())

    def about(self) -> list[tuple[str, str]]:
        """What an export says of itself."""
        chosen = "; ".join(f"{label}: {value}" for label, value, _ in self.filters.chips(self.parameters))
        address = self.request.build_absolute_uri(self.parameters.address(format=None))
        return [
            ("List", self.title),
            ("As at", str(When.day(self.at))),
            ("Filters", chosen or "none"),
            ("Address", address),
            ("Designations", DISCLAIMER),
        ]
