"""One view for every list: a queryset, filters and a table become HTML, CSV, XLSX and JSON.

From one queryset come the page, the count and every export, so they cannot disagree. The whole state of a list is
in its address: as_of, the filters, sort, page, per_page, cols, format.
"""

from functools import cache, cached_property, lru_cache
from tempfile import SpooledTemporaryFile

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django_filters import CharFilter
from django_tables2.data import TableData

from r1540.as_at.prepared import DAY
from r1540.as_at.questions import Question
from r1540.as_at.when import When
from r1540.door import public
from r1540.lists.columns import ListTable, Values, ordered, paths
from r1540.lists.files import write_csv, write_xlsx
from r1540.lists.filters import Filters
from r1540.lists.parameters import Page
from r1540.lists.widgets import boxes, options

FORMATS = ("html", "csv", "xlsx", "json")
PER_PAGE, USUAL = ("25", "50", "100", "200"), "50"  # rows on a page
LAST_PAGE = 100_000
QUESTIONS = 200  # the latest ones a process keeps, each of some 10 kB
LONG = 300  # rows of a list from which on the keys of a page are looked up first: of 500 in a third of the time
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
    """All rows of a list, on a day that is not known yet."""
    return listing().facts(DAY)


@cache
def sortable(table_class) -> list[str]:
    return [name for name, column in table_class.base_columns.items() if column.orderable is not False]


@lru_cache(maxsize=QUESTIONS)
def boxes_of_columns(table_class, chosen: tuple[str, ...]) -> str:
    """A box for each column, ticked if it was chosen."""
    columns = table_class.base_columns.items()
    return boxes("cols", [(name, capfirst(one.verbose_name or name), name in chosen) for name, one in columns])


@lru_cache(maxsize=QUESTIONS)
def question(listing, columns: tuple[str, ...], sort: str, filters: tuple) -> Question:
    """What a list is asked that shows some columns of the rows that fit its filters, sorted; whatever the day.

    Of each filter its name and the values, as they were asked and are known to be understood (`Listing.filtered`).
    """
    query, table_class = QueryDict(mutable=True), listing.table_class
    for name, values in filters:
        query.setlist(name, values)

    def found(at):
        return ordered(listing.filterset_class(query, listing().facts(at), at).qs, table_class, sort)

    shown = table_class((), exclude=set(table_class.base_columns) - set(columns)).columns
    return Question(whole(listing), found, paths(shown))


class Answered(TableData):
    """The rows that a question finds as at a day, for django-tables2 to page through."""

    def __init__(self, question, at):
        self.question, self.at = question, at

    @property
    def model(self):
        return self.question.facts.model

    @property
    def paths(self) -> tuple[str, ...]:
        return self.question.paths

    @cached_property
    def count(self) -> int:
        return self.question.count(self.at)

    def __len__(self):
        return self.count

    def __getitem__(self, part: slice) -> list[tuple]:
        ask = self.question.looked_up if self.count > LONG else self.question.page
        return ask(self.at, part.start, part.stop)

    def chunks(self):
        """The columns of all rows, of a thousand rows at a time."""
        return self.question.chunks(self.at)


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
        self.filters = self.filtered(whole(type(self)))  # its form; what it finds is asked in `question`
        if form == "html" and (renamed := self.filters.renamed(parameters)):
            return HttpResponseRedirect(parameters.address(**renamed))
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
        for name in self.parameters.all("cols"):
            if name not in known:
                raise BadRequest(f"cols: “{name}” is not one of: {', '.join(known)}.")
        return self.table_class.shown(self.parameters.all("cols"))

    def sort(self) -> str:
        """The column to sort by, with - before it: descending; empty, in the usual order."""
        sort = self.parameters.one("sort")
        names = sortable(self.table_class)
        if sort and sort.removeprefix("-") not in names:
            raise BadRequest(f"sort: “{sort}” is not one of: {', '.join(names)} (with - before it: descending).")
        return sort

    def build(self, columns):
        if any(isinstance(one, CharFilter) for one in self.filters.filters.values()):
            public.plan_for_words()
        renamed = self.filters.renamed(self.parameters)
        filters = tuple((name, tuple(renamed.get(name) or self.parameters.all(name))) for name in self.filters.filters)
        rows = Answered(question(type(self), tuple(columns), self.sort(), filters), self.at)
        hidden = [name for name in self.table_class.base_columns if name not in columns]
        return self.table_class(rows, exclude=hidden, at=self.at, parameters=self.parameters)

    def table(self, columns):
        """The table at the page asked for; 404 past the end."""
        per_page = int(self.parameters.choice("per_page", PER_PAGE, USUAL))
        number = self.parameters.number("page", 1, LAST_PAGE)
        table = self.build(columns)
        try:
            table.paginate(page=number, per_page=per_page)
        except EmptyPage:
            raise Http404(f"page: there is no page {number}; the last is {table.paginator.num_pages}.") from None
        return table

    def html(self, table):
        count = table.paginator.count
        context = self.get_context_data(
            filters=self.filters,
            table=table,
            count=count,
            noun=self.noun[0] if count == 1 else self.noun[1],
            all_columns=boxes_of_columns(self.table_class, tuple(self.parameters.all("cols"))),
            lengths=options(PER_PAGE, USUAL, self.parameters.one("per_page")),
            sort=self.parameters.one("sort"),
            has_own_columns="cols" in self.parameters,
            pages=page_links(table.page, self.parameters),
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

    def json(self, table, columns):
        page = table.page
        link = lambda number: self.request.build_absolute_uri(self.parameters.address(page=str(number)))  # noqa: E731
        return as_json(
            self.request,
            {
                "count": table.paginator.count,
                "next": link(page.next_page_number()) if page.has_next() else None,
                "previous": link(page.previous_page_number()) if page.has_previous() else None,
                "results": [
                    dict(zip(columns, cells, strict=True)) for cells in table.values(table.shown_rows(), columns)
                ],
            },
        )

    def export(self, form, columns):
        """Every row that is filtered, in a file; it is complete before its first byte is sent."""
        for name in ("page", "per_page"):
            if name in self.parameters:
                raise BadRequest(f"{name}: a {form.upper()} file holds every row; leave {name} out.")
        table = self.build(columns)
        parts = (table.contents(Values(table.data.paths, chunk), columns, in_one_cell) for chunk in table.data.chunks())
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
