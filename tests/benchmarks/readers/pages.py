"""What is asked of whom."""

from dataclasses import dataclass, field, replace

DAY = "2026-01-01"
ALL_COLUMNS = (
    "cols=name&cols=iso3&cols=formal_name&cols=status&cols=admitted_on&cols=group&cols=region&cols=subregion"
    "&cols=first_report&cols=first_report_submitted&cols=additional_information&cols=communications&cols=visit"
    "&cols=visit_started&cols=plan&cols=plan_status"
)
STATES = f"/states/?{ALL_COLUMNS}&as_of={DAY}"
AUTOCOMPLETE = "/admin/autocomplete/?app_label=states&model_name=report&field_name=state&term=chad"
CSV = f"{STATES}&format=csv"

DATASETTE = "Datasette 0.65: 50 rows"
CONSTANT = "constant Django view"


@dataclass(frozen=True)
class Page:
    """A page of a server. Where `is_wide`, it is read by every number of readers; else by the middle one."""

    name: str
    server: str
    address: str
    headers: dict = field(default_factory=dict, hash=False)
    status: int = 200
    is_wide: bool = False
    only_once_over: bool = False  # does not depend on how many rows there are
    asks_etag: bool = False


def cold(server: str, times: int) -> list[Page]:
    """Our pages, each made anew. The deep page lies as far in the list as the record is large."""
    return [
        Page("States, 50 rows", server, STATES, is_wide=True),
        Page("States, 200 rows", server, f"{STATES}&per_page=200"),
        Page("States, usual columns", server, f"/states/?as_of={DAY}"),
        Page("States, filtered, sorted, deep", server, f"{STATES}&region=Africa&sort=-visit_started&page={times}"),
        Page("States, JSON", server, f"{STATES}&format=json"),
        Page("States, CSV, all rows", server, CSV),
        Page("States, board", server, f"/states/?view=board&as_of={DAY}"),
        Page("figures", server, f"/figures/?as_of={DAY}"),
        Page("figures over time", server, f"/figures/history/?as_of={DAY}"),
        Page("changes in two years", server, "/figures/changes/?since=2006-01-01&as_of=2008-01-01"),
        Page("reports, 50 rows", server, f"/reports/?as_of={DAY}"),
        Page("reports, sorted, deep", server, f"/reports/?sort=-submitted&page={7 * times}&as_of={DAY}"),
        Page("search", server, f"/search/?q=congo&as_of={DAY}"),
    ]


def warm() -> list[Page]:
    """Return the pages of the site that are served from the cache in front of Django."""
    return [
        Page("warm: States, 50 rows", "ours", STATES, is_wide=True),
        Page("warm, compressed", "ours", STATES, {"Accept-Encoding": "gzip"}),
        Page("warm: 304", "ours", STATES, status=304, is_wide=True, asks_etag=True),
    ]


def peers(session: str) -> list[Page]:
    rows = "/readers/states_as_at"
    signed_in = {"Cookie": f"sessionid={session}"}
    bare = "&_nofacet=1&_nosuggest=1"
    return [
        Page(DATASETTE, "datasette-0.65", f"{rows}?_size=50{bare}", is_wide=True),
        Page("Datasette 0.65: suggesting facets", "datasette-0.65", f"{rows}?_size=50"),
        Page("Datasette 0.65: JSON", "datasette-0.65", f"{rows}.json?_size=50{bare}"),
        Page("Datasette 1.0 alpha: 50 rows", "datasette-1.0", f"{rows}?_size=50{bare}", is_wide=True),
        Page("Datasette 1.0 alpha: JSON", "datasette-1.0", f"{rows}.json?_size=50{bare}"),
        Page("ListView and a template", "peers", "/peers/listview/", is_wide=True),
        Page("tables2 + filter, annotated", "peers", "/peers/tables2/"),
        Page("tables2 + filter, one table", "peers", "/peers/tables2-one-table/", is_wide=True),
        Page("admin changelist of States", "ours-cold", "/admin/states/state/", signed_in),
        Page("admin changelist of reports", "ours-cold", "/admin/states/report/", signed_in),
        Page("admin autocomplete of States", "ours-cold", AUTOCOMPLETE, signed_in),
        Page(CONSTANT, "peers", "/peers/constant/", is_wide=True),
        Page("constant WSGI application", "wsgi", "/", is_wide=True, only_once_over=True),
        Page("nginx, the same bytes", "nginx", "/states.html", is_wide=True, only_once_over=True),
    ]


def all_pages(times: int, session: str, has_before: bool, only: str) -> list[Page]:
    before = [replace(page, name=f"before: {page.name}") for page in cold("before", times)] if has_before else []
    ours = [replace(page, name=f"cold: {page.name}") for page in cold("ours-cold", times)]
    found = [page for page in [*ours, *warm(), *before, *peers(session)] if times == 1 or not page.only_once_over]
    return [page for page in found if only.lower() in page.name.lower() or page.name in (DATASETTE, CONSTANT)]
