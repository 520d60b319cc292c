"""Every public address worth asking: each list with each filter, sort, format and day; each page; each error."""

from itertools import cycle
from urllib.parse import quote, urlencode

from django.urls import reverse

from r1540.as_at.day import today
from r1540.lists.listing import FORMATS
from r1540.pages.between_days.page import ChangesFilters
from r1540.pages.figures.daily_counts import DRAWN
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.figures.places import GROUPINGS
from r1540.pages.groups import REGIONS_AND_GROUPS
from r1540.pages.states.board import BY, measures
from r1540.pages.states.list import StateList
from states.lists.organizations import OrganizationList
from states.lists.sources import SourceList
from states.models import Organization, Source, State, fact_models

LISTS = {
    "states": StateList,
    **{one.fact_kind.plural: one.fact_kind.get_list_view() for one in fact_models() if one.fact_kind.list_view},
    "organizations": OrganizationList,
    "sources": SourceList,
}
DAYS = ("2004-10-28", "2013-01-15", "2013-11-18", "2022-06-01")


def asking(name: str, /, **parameters) -> str:
    return f"{reverse(name)}?{urlencode(parameters, doseq=True)}"


def values_of(name: str, one) -> list[str]:
    """What to ask of a filter: one of its choices, or words and days."""
    choices = one.extra.get("choices")
    if choices is not None:
        choices = list(choices() if callable(choices) else choices)
        return [str(value) for value, _ in choices[len(choices) // 2 :]][:1]
    return ["2013-01-15"] if name in ("since", "until") else ["a", "S/AC.44", "zzz"]


def of_list(name: str, listing) -> list[str]:
    filters, columns = listing.filterset_class.base_filters, list(listing.table_class.base_columns)
    sorts = [column for column, one in listing.table_class.base_columns.items() if one.orderable]
    every = {"cols": columns, "per_page": "25", "format": "json"}
    return [
        *(asking(name, format=form) for form in FORMATS),
        *(asking(name, format=form, cols=columns) for form in FORMATS),
        *(asking(name, as_of=day, per_page="25") for day in DAYS),
        *(asking(name, as_of=day, format="csv") for day in DAYS[:2]),
        *(asking(name, sort=f"-{column}", format="json", per_page="25") for column in sorts),
        *(asking(name, **{one: value}, **every) for one in filters for value in values_of(one, filters[one])),
        *(asking(name, **{one: value}) for one in filters for value in values_of(one, filters[one])[:1]),
        asking(name, page="2"),
        asking(name, page="9999"),
        asking(name, page="0"),
        asking(name, nonsense="1"),
        asking(name, sort="nonsense", format="json"),
        asking(name, as_of="2013-02-30", format="csv"),
    ]


def of_rows() -> list[str]:
    """The page of every fact that has one, of every organization, of a part of the States and of the sources, as HTML
    and JSON."""
    with_pages = [model for model in fact_models() if model.fact_kind.page_view]
    rows = [
        *(fact for model in with_pages for fact in model.objects.all()),
        *Organization.objects.all(),
        *State.objects.all()[::8],
        *Source.objects.all()[::5],
        *Source.objects.filter(kind=Source.MESSAGE),
    ]
    rows += State.objects.filter(iso3__in=["TCD", "GIN", "KOR"])
    pages = [row.get_absolute_url() for row in rows]
    queries = cycle(("", "?format=json", "?as_of=2013-11-18"))
    return [page + next(queries) for page in pages] + [page + "?format=json&as_of=2013-01-15" for page in pages[::3]]


def of_groups() -> list[str]:
    """The page of every group and region, as HTML and JSON, on the days worth asking."""
    pages = [reverse("groups"), *(group.get_absolute_url() for group in REGIONS_AND_GROUPS), "/groups/nowhere/"]
    queries = cycle(("", "?format=json", "?as_of=2013-11-18", "?format=json&as_of=2013-01-15", "?sort=name"))
    return [page + next(queries) for page in pages]


def of_changes() -> list[str]:
    """What changed between two days: each format, each filter, and what is refused."""
    filters = ChangesFilters.base_filters
    whole = [asking("changes", since="2004-04-28", format=form) for form in ("csv", "atom", "html")]
    days = [asking("changes", since=day, as_of="2022-06-01", per_page="25", page="2") for day in DAYS[:3]]
    asked = {"since": "2012-01-01", "as_of": "2013-11-18"}
    formats = cycle(("html", "csv", "json", "atom"))
    one = [
        asking("changes", **asked, **{name: value}, format=next(formats))
        for name in filters
        for value in values_of(name, filters[name])
    ]
    refused = ({}, {"format": "csv"}, {"since": "2013-01-16", "as_of": "2013-01-15"}, {"since": "x", "format": "atom"})
    return [*whole, *days, *one, *(asking("changes", **query) for query in refused)]


def searches(words) -> list[str]:
    return [asking("search", q=word) for word in words]


def of_pictures() -> list[str]:
    """The figures over time: all and each, as at each day, in each format."""
    asked = [asking("over-time", as_of=day, format=form) for day in DAYS for form in ("html", "csv", "json")]
    asked += [
        asking("over-time", measure=measure, format=form) for measure in DRAWN for form in ("html", "csv", "json")
    ]
    return [*asked, asking("over-time"), asking("over-time", measure="States"), asking("over-time", format="xlsx")]


def of_figures() -> list[str]:
    """Every figure explained, in one place or another; all of them, by each grouping, in each format."""
    days, queries = cycle(DAYS), cycle(({}, {"region": "Africa"}, {"organization": "CIS"}, {"format": "json"}))
    explained = [
        f"{reverse('figure', args=[slug])}?{urlencode({'as_of': next(days)} | next(queries))}" for slug in BY_SLUG
    ]
    all_of_them = [asking("figures", by=by, as_of=next(days)) for by in GROUPINGS]
    files = [asking("figures", format=form, as_of="2013-11-18") for form in ("csv", "json")]
    refused = [asking("figures", by="nonsense"), "/figures/nonsense/", "/figures/visits/?region=Atlantis"]
    return [reverse("figures"), *explained, *all_of_them, *files, *refused]


def of_news() -> list[str]:
    """What was newly published: by day, of each kind, in each format, and what is refused; the feeds of all lists."""
    kinds = [model.fact_kind.singular for model in fact_models()]
    asked = [{"kind": kind, "format": form} for kind, form in zip(kinds, cycle(("html", "json")), strict=False)]
    asked += [{"on": today().isoformat(), "kind": kind} for kind in kinds]
    asked += [{}, {"format": "json"}, {"page": "2"}, {"as_of": "2013-01-15"}, {"on": today().isoformat()}]
    refused = [{"on": "x"}, {"kind": "x"}, {"as_of": "2013-01-15", "on": "2014-01-01"}, {"format": "csv"}]
    feeds = [
        asking(name, format="atom", **query)
        for name, listing in LISTS.items()
        for query in ({}, {"region": "Africa"}, {"as_of": "2013-11-18"}, {"sort": "state"})
        if "atom" in listing.formats
    ]
    return [*(asking("news", **query) for query in (*asked, *refused)), *feeds, asking("feed", as_of="2013-01-15")]


def boards() -> list[str]:
    """The States on a board: each measure, each grouping, some days, filtered, and what a board refuses."""
    asked = [
        {"measure": measure, "by": by}
        for measure, by in zip(measures(StateList.filterset_class), cycle(BY), strict=False)
    ]
    asked += [{"as_of": day, "by": by} for day, by in zip(DAYS[1:], BY, strict=True)]
    asked += [{"region": "Africa"}, {"organization": "none recorded"}, {"by": "x"}, {"sort": "name"}]
    return [asking("states", view="board", **one) for one in asked] + [asking("states", measure="plan")]


def addresses(words=()) -> list[str]:
    others = ["/", "/about/", "/feed/", "/search/", "/nowhere/", "/states/XXX/", "/visits/XXX-1/", "/plans/XXX-9/"]
    others += ["/events/XXX-event-2013-01/", "/sources/nowhere/", "/sources/dc3466/?nonsense=1"]
    others += ["/robots.txt", "/sitemap.xml", "/sitemap.xml?page=2", "/.well-known/security.txt", "/favicon.ico"]
    others += [f"/?as_of={day}" for day in (*DAYS, today().isoformat())]
    lists = [address for name, listing in LISTS.items() for address in of_list(name, listing)]
    titles = [source.title.split()[0] for source in Source.objects.all()[::20]]
    found = searches([*words, "Turkey", "korea", "S/AC.44/2004", "CIS", "workshop", "%", *titles])
    pages = [*of_news(), *of_figures(), *of_pictures(), *of_groups(), *of_changes(), *boards()]
    return [*others, *pages, *lists, *of_rows(), *found, f"/states/{quote('TCD/..')}/"]
