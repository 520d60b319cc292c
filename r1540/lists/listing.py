"""One view for every list: a queryset, filters and a table become HTML, CSV, XLSX and JSON.

From one queryset come the page, the count and every export, so they cannot disagree. The whole state of a list is
in its address: as_of, the filters, sort, page, per_page, cols, format.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from tempfile import SpooledTemporaryFile

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Paginator
from django.http import FileResponse, Http404, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django_filters import CharFilter

from r1540 import door
from r1540.as_at.compiled import ANY_DAY, CompiledQuery
from r1540.as_at.when import When
from r1540.lists.columns import ListTable, ordered
from r1540.lists.files import write_csv, write_xlsx
from r1540.lists.filters import Filters
from r1540.lists.parameters import Page, nearest_to
from r1540.lists.widgets import boxes, options, orders

FORMATS = ("html", "csv", "xlsx", "json")
PER_PAGE, USUAL = ("25", "50", "100", "200"), "50"  # rows on a page
LAST_PAGE = 100_000
NOT_IN_FEEDS = dict.fromkeys(("page", "per_page", "sort", "cols"))  # what the address of a feed leaves out
MOST_COMPILED = 200  # the latest compiled queries of lists that a process keeps, each of some 10 kB
DISCLAIMER = (
    "The designations employed do not imply any opinion concerning the legal status of any country, territory, city or"
    " area or of its authorities, or concerning the delimitation of its frontiers or boundaries."
)
ABOUT_DATES = (
    "As far as they are known, in EDTF (ISO 8601-2): 2004-10-27, 2004-10, 2004; [2011-09-12..2013-04-30] is one day of"
    " these; [..2022-06-01] is a day until then; 2013-01-15/2013-01-17 is from day to day. Beside a date stand the"
    " earliest and the latest day that it may be; an empty cell is an open end, or none recorded."
)

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_file(name, form, header, parts, title="", about=(), choices=()):
    """Return a CSV or XLSX file of rows, in parts (see files.py), complete before its first byte is sent."""
    file = SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 - FileResponse closes it
    if form == "csv":
        write_csv(file, header, parts)
    else:
        write_xlsx(file, title, header, parts, about, choices)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])


def download(request, *args, **kwargs):
    """Return a file as `as_file` makes it, with a link to the disclaimer."""
    return with_disclaimer(request, as_file(*args, **kwargs))


def as_json(request, data):
    """Return data as JSON, with a link to the disclaimer."""
    return with_disclaimer(request, JsonResponse(data, json_dumps_params={"ensure_ascii": False}))


def json_page(view: Page, page, results: list[dict], more: dict | None = None) -> dict:
    """Return what the JSON of every list has: the day, the number of all rows, the addresses of the pages beside this
    one, what it has `more`, and the rows of the page."""

    def link(number):
        return view.request.build_absolute_uri(view.parameters.address(page=str(number)))

    return {
        "as_of": view.at.isoformat(),
        "count": page.paginator.count,
        "next": link(page.next_page_number()) if page.has_next() else None,
        "previous": link(page.previous_page_number()) if page.has_previous() else None,
        **(more or {}),
        "results": results,
    }


def in_one_cell(content):
    """Return as one text what is a list in JSON."""
    return "; ".join(content) if isinstance(content, list) else content


def page_links(page, parameters):
    """Yield (number, address, whether it is this one) for the pages worth a link; a number None is a gap."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            yield number, parameters.address(page=str(number) if number > 1 else None), number == page.number
        else:
            yield None, "", False


def asked_page(rows, parameters, usual=USUAL):
    """Return the page of the rows, and of the length, that the parameters ask for. Raises Http404 past the end."""
    return page_of(rows, parameters, int(parameters.choice("per_page", PER_PAGE, usual)))


def page_of(rows, parameters, length: int):
    """Return the page of so many rows that the parameters ask for. Raises Http404 past the end, with the last page."""
    number, paginator = parameters.number("page", 1, LAST_PAGE), Paginator(rows, length)
    try:
        return paginator.page(number)
    except EmptyPage:
        last = paginator.num_pages
        error = Http404(f"page: there is no page {number}; the last is {last}.")
        raise nearest_to(error, ("The last page", {"page": str(last) if last > 1 else None})) from None


def with_disclaimer(request, response):
    """Return the response with a link to the disclaimer on designations, for which CSV and JSON have no room."""
    about = request.build_absolute_uri("/about/#designations")
    response["Link"] = f'<{about}>; rel="terms-of-service"'
    return response


@cache
def whole(listing):
    """Return the queryset of all rows of a list, as at a day that is not known yet."""
    return listing().facts(ANY_DAY)


@lru_cache(maxsize=MOST_COMPILED)
def boxes_of_columns(table_class, chosen: tuple[str, ...]) -> str:
    """Return a box for each column, ticked if it was chosen."""
    columns = table_class.base_columns.items()
    return boxes("cols", [(name, capfirst(one.verbose_name), name in chosen) for name, one in columns])


@lru_cache(maxsize=MOST_COMPILED)
def orders_of_columns(table_class, chosen: str) -> str:
    """Return the options of a select of the columns by which the list can be sorted."""
    columns = table_class.base_columns
    return orders([(name, capfirst(columns[name].verbose_name)) for name in table_class.sortable()], chosen)


@lru_cache(maxsize=MOST_COMPILED)
def compiled_list(listing, paths: tuple[str, ...], sort: str, filters: tuple) -> CompiledQuery:
    """Return the query of a list, whatever the day: the values at some paths of the rows that fit its filters, sorted.

    `filters` has the name of each filter and its values, which have been validated (`Listing.read`).
    """
    return CompiledQuery(ordered(filtered(listing, filters, ANY_DAY), listing.table_class, sort).values_list(*paths))


def filtered(listing, filters: tuple, at):
    """Return the queryset of the rows of a list as at a day that fit these filters, given as to `compiled_list`."""
    query = QueryDict(mutable=True)
    for name, values in filters:
        query.setlist(name, values)
    # A queryset of its own: to compile it changes the queries inside, and other threads may be compiling too.
    return listing.filterset_class(query, listing().facts(at), at).qs


@dataclass(frozen=True)
class ListRows:
    """The rows of a compiled query as at a day, for Django's Paginator; a part of them comes column by column."""

    query: CompiledQuery
    at: date

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
    # What the record is known to lack as at a day, of the figures that count this list. r1540.pages.coverage, which
    # sees the figures, sets it.
    known_gaps = staticmethod(lambda at, listing: [])
    own_parameters: tuple[str, ...] = ()  # those that take one value, besides the filters and those of every list
    formats: tuple[str, ...] = FORMATS  # with "atom" for a list that has a `feed`
    not_in_files = dict.fromkeys(("page", "per_page"))  # what the address of a file leaves out

    def __init_subclass__(cls):
        single, several = cls.filterset_class.parameters()
        cls.single = [*single, "as_of", "sort", "page", "per_page", "format", *cls.own_parameters]
        cls.several = [*several, "cols"]

    def facts(self, at):
        """Return the queryset of all rows of the list as at a day, in their usual order."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        form = self.parameters.choice("format", self.formats, "html")
        if form == "atom":
            return self.feed()
        columns = self.columns()
        if form != "html":
            columns = self.table_class.in_files(columns)
        paths = self.table_class.paths(columns)
        if form in ("csv", "xlsx"):
            return self.export(form, columns, paths)
        page = self.page(paths)
        table = self.table_class(columns, paths, page.object_list, self.at, self.parameters)
        return self.json(page, table) if form == "json" else self.html(page, table)

    def read(self):
        """Read the filters asked for; return the values that addresses write otherwise, a State by its name. Raises
        BadRequest for a value that is not understood."""
        self.filters = self.filterset_class(self.parameters.data, whole(type(self)), self.at)
        self.filters.check(self.parameters)
        self.renamed = self.filters.renamed(self.parameters)
        return self.renamed

    def columns(self) -> list[str]:
        """Return the names of the columns asked for, or the usual ones. Raises BadRequest for an unknown one."""
        known, chosen = self.table_class.base_columns, self.parameters.all("cols")
        for name in chosen:
            if name not in known:
                raise BadRequest(f"cols: “{name}” is not one of: {', '.join(known)}.")
        return self.table_class.shown(chosen)

    def sort(self) -> str:
        """Return the column to sort by, with - before it: descending; empty: the usual order. Raises BadRequest."""
        sort = self.parameters.one("sort")
        if sort and sort.removeprefix("-") not in (names := self.table_class.sortable()):
            raise BadRequest(f"sort: “{sort}” is not one of: {', '.join(names)} (with - before it: descending).")
        return sort

    def query(self, paths: tuple[str, ...], sort: str = "") -> CompiledQuery:
        """Return the compiled query of the rows that fit the filters asked for."""
        return compiled_list(type(self), paths, sort, self.chosen())

    def chosen(self) -> tuple:
        """Return the name of each filter asked for, and its values."""
        filters = []
        for name, one in self.filters.filters.items():
            if isinstance(one, CharFilter):
                door.plan_for_words()
            filters.append((name, tuple(self.renamed.get(name) or self.parameters.all(name))))
        return tuple(filters)

    def page(self, paths):
        """Return the page asked for; its `object_list` are the values at these paths. Raises Http404 past the end."""
        return asked_page(ListRows(self.query(paths, self.sort()), self.at), self.parameters)

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
            orders=orders_of_columns(self.table_class, self.parameters.one("sort")),
            has_own_columns="cols" in self.parameters,
            pages=page_links(page, self.parameters),
        )
        return render(self.request, self.template_name, context)

    def get_context_data(self, **kwargs):
        """Return what every way to show the list has: its filters, its files, the day."""
        return (
            super().get_context_data(
                title=self.title,
                lead=self.lead,
                chips=list(kwargs["filters"].chips(self.parameters)),
                downloads=[
                    (form.upper(), self.parameters.address(format=form, **self.not_in_files)) for form in FORMATS[1:]
                ],
                feed_of_list=self.parameters.address(format="atom", **NOT_IN_FEEDS) if "atom" in self.formats else "",
                gaps=self.known_gaps(self.at, type(self)),
                disclaimer=DISCLAIMER,
            )
            | kwargs
        )

    def json(self, page, table):
        gaps = {"known_gaps": [one.data() for one in self.known_gaps(self.at, type(self))]}
        return as_json(self.request, json_page(self, page, table.as_dicts(), gaps))

    def export(self, form, columns, paths):
        """Return a file of every row that fits the filters; it is complete before its first byte is sent."""
        for name in ("page", "per_page"):
            if name in self.parameters:
                raise BadRequest(f"{name}: a {form.upper()} file holds every row; leave {name} out.")
        chunks = self.query(paths, self.sort()).chunks(self.at)
        tables = (self.table_class(columns, paths, chunk, self.at, self.parameters) for chunk in chunks)
        parts = (table.as_data(in_one_cell) for table in tables)
        name = f"{self.title.lower().replace(' ', '-')}-as-at-{self.at.isoformat()}.{form}"
        header = self.table_class.header(columns)
        about = self.about() if form == "xlsx" else ()  # a CSV file has no room for it
        return download(self.request, name, form, header, parts, self.title, about)

    def about(self) -> list[tuple[str, str]]:
        """Return what an export says of itself, as pairs of a label and a text."""
        chosen = "; ".join(f"{label}: {value}" for label, value, _ in self.filters.chips(self.parameters))
        address = self.request.build_absolute_uri(self.parameters.address(format=None))
        return [
            ("List", self.title),
            ("As at", str(When.day(self.at))),
            ("Filters", chosen or "none"),
            ("Known to be incomplete", " ".join(map(str, self.known_gaps(self.at, type(self)))) or "not known"),
            ("Address", address),
            ("Dates", ABOUT_DATES),
            ("Designations", DISCLAIMER),
        ]
