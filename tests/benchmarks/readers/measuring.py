"""Each page asked by itself, to check and count; then all of them in rounds, in random order, by turns."""

import sys
from dataclasses import replace
from http.client import HTTPConnection
from statistics import median

import processes
from load import HOST, load, written
from pages import Page, all_pages

MIDDLE = 16  # readers of a page that is not read by every number
SLOW = 0.4  # seconds of CPU: a page that takes more is read by one reader only
TRIES = 3  # of a page that seems slow: the first request to each worker loads code
COUNTED = 5  # requests whose statements are counted


def measure(stage, chosen, order, found: dict):
    """All pages at one size; adds to `found` what was seen once, in each round, and of memory after it all."""
    size, turns = {"times": stage.times}, []
    for page in all_pages(stage.times, stage.session, "before" in stage.servers, chosen.only):
        page, once = look(stage, page)
        found["once"].append(size | {"page": page.name} | once)
        if "left_out" in once:
            print(f"  {page.name}: left out, {once['left_out']}", flush=True)
        else:
            turns += [(page, once, n) for n in readers_of(page, once, stage.times, chosen.readers)]
    for number in range(chosen.rounds):
        order.shuffle(turns)
        for turn, (page, once, readers) in enumerate(turns, 1):
            show(f"  round {number + 1} of {chosen.rounds}, {turn} of {len(turns)}: {page.name}")
            row = take(stage, page, once, readers, chosen.seconds)
            found["rounds"].append(size | {"page": page.name, "round": number} | row)
    show("")
    for name, server in stage.servers.items():
        found["memory"].append(size | {"server": name, "megabytes": processes.megabytes(server.processes())})


def show(text: str):
    if sys.stdout.isatty():
        print(f"\r{text:100}\r", end="", flush=True)


def readers_of(page: Page, once: dict, times: int, wanted: list[int]) -> list[int]:
    if once["cpu"] > SLOW:
        return [1]
    if page.is_wide and times == 1:
        return wanted
    return [MIDDLE if MIDDLE in wanted else wanted[-1]]


def look(stage, page: Page) -> tuple[Page, dict]:
    """The page as it will be asked, and what it takes once: CPU seconds, bytes, statements; or why it is left out."""
    if page.server not in stage.servers:
        return page, {"left_out": f"{page.server} is not installed"}
    port = stage.servers[page.server].port
    status, headers, body = fetch(port, page)
    if page.asks_etag and status == 200:
        page = replace(page, headers=page.headers | {"If-None-Match": headers.get("ETag", "")})
        status, _, body = fetch(port, page)
    if status != page.status:
        return page, {"left_out": f"it answers {status}: {body[:200]!r}"}
    request = written(page.address, page.headers)
    for _ in range(TRIES):
        before = sum(cpu_of(stage, page))
        lengths = load(port, request, 1, 0, page.status).lengths
        cpu = sum(cpu_of(stage, page)) - before
        if not lengths:
            return page, {"left_out": "it answers only now and then"}
        if cpu <= SLOW:
            break
    if cpu <= SLOW:
        load(port, request, MIDDLE, 0)  # now every worker has made it once
    counted = 1 if cpu > SLOW else COUNTED
    asked, others = zip(*(statements(stage, page, request) for _ in range(counted)), strict=True)
    return page, {"cpu": cpu, "bytes": lengths[0], "queries": median(asked), "other_statements": median(others)}


def cpu_of(stage, page: Page) -> tuple[float, float]:
    """CPU seconds that the page's server has used, and PostgreSQL for its clients."""
    server = processes.seconds(stage.servers[page.server].processes())
    return server, processes.seconds(processes.backends(stage.databases.postmaster))


def statements(stage, page: Page, request: bytes) -> list[int]:
    """The questions that one answer asked of PostgreSQL, and the other statements."""
    database = stage.database(page.server)
    before = stage.databases.statements(database)
    load(stage.servers[page.server].port, request, 1, 0, page.status)
    return [int(now - then) for now, then in zip(stage.databases.statements(database), before, strict=True)]


def fetch(port: int, page: Page):
    """One answer: status, headers, body."""
    connection = HTTPConnection(HOST, port, timeout=120)
    connection.request("GET", page.address, headers=page.headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def take(stage, page: Page, once: dict, readers: int, seconds: float) -> dict:
    """One measurement of a page: what its readers got, and the CPU time of the server's and PostgreSQL's processes."""
    port, before = stage.servers[page.server].port, cpu_of(stage, page)
    try:
        done = load(port, written(page.address, page.headers), readers, seconds, page.status, once["bytes"])
    except ConnectionError:
        raise SystemExit(f"{page.name}: the server has ended, see {stage.servers[page.server].log}") from None
    after, requests = cpu_of(stage, page), max(len(done.milliseconds), 1)
    application, database = (1e6 * (now - then) / requests for now, then in zip(after, before, strict=True))
    return {
        "readers": readers,
        "requests": len(done.milliseconds),
        "errors": done.errors,
        "reconnected": done.reconnected,
        "per_second": len(done.milliseconds) / done.seconds,
        "p50": done.quantile(0.5),
        "p99": done.quantile(0.99),
        "application": application,
        "database": database,
        "readers_cpu": 1e6 * done.own_seconds / requests,
    }
