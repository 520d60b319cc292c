"""Every public address worth asking: each list with each filter, sort, format and day; each page; each error."""

from itertools import cycle
from urllib.parse import quote, urlencode

from django.urls import reverse

from r1540.asked import today
from r1540.board import BY, measures
from r1540.listing import FORMATS
from r1540.state_list import StateList
from states.models import ActionPlan, Organization, Source, State
from states.views import OrganizationList, PlanList, ReportList, SourceList
from visits.models import Visit
from visits.views import EventList, VisitList

LISTS = {
    "states": StateList,
    "reports": ReportList,
    "visits": VisitList,
    "plans": PlanList,
    "events": EventList,
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
    sorts = [column for column, one in listing.table_class.base_columns.items() if one.orderable is not False]
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
    """The page of every plan, visit and organization, and of a fifth of the States, as HTML and JSON."""
    rows = [*ActionPlan.objects.all(), *Visit.objects.all(), *Organization.objects.all(), *State.objects.all()[::8]]
    rows += State.objects.filter(iso3__in=["TCD", "GIN", "KOR"])
    pages = [row.get_absolute_url() for row in rows]
    queries = cycle(("", "?format=json", "?as_of=2013-11-18"))
    return [page + next(queries) for page in pages] + [page + "?format=json&as_of=2013-01-15" for page in pages[::3]]


def searches(words) -> list[str]:
    return [asking("search", q=word) for word in words]


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
    others += [f"/?as_of={day}" for day in (*DAYS, today().isoformat())]
    lists = [address for name, listing in LISTS.items() for address in of_list(name, listing)]
    titles = [source.title.split()[0] for source in Source.objects.all()[::20]]
    found = searches([*words, "Turkey", "korea", "S/AC.44/2004", "CIS", "workshop", "%", *titles])
    return [*others, *lists, *boards(), *of_rows(), *found, f"/states/{quote('TCD/..')}/"]
