"""What was measured, as Markdown: medians of the rounds; ratios of pages of one round, their median and range."""

from collections import defaultdict
from statistics import median

from measuring import MIDDLE
from pages import CONSTANT, DATASETTE

NUMBERS = ("per_second", "p50", "p99", "application", "database")

COLUMNS = (
    "page",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU µs: application + database",
    "× Datasette 0.65: CPU",
    "requests/s",
    "× constant view: CPU",
    "requests/s",
    "queries (and SET, BEGIN …)",
    "kB",
    "errors",
)
OF_READERS = ("page", "requests/s", "p50 ms", "p99 ms", "CPU µs", "× Datasette 0.65: requests/s", "× constant view")


def written(found: dict) -> str:
    """The whole report."""
    rows, once = by_page(found["rounds"]), {(one["times"], one["page"]): one for one in found["once"]}
    sizes = list(dict.fromkeys(one["times"] for one in found["once"]))
    parts = [heading(found["about"])]
    for times in sizes:
        parts += [f"## The record {times} times over", table(rows, once, times)]
        if of_readers := by_readers(rows, times):
            parts += [of_readers]
        if compared := before_and_after(rows, times):
            parts += [f"Before and after, {times} times over:", compared]
    if len(sizes) > 1:
        parts += ["## As the record grows: CPU of a request, against once over", growth(rows, sizes)]
    parts += ["## Memory of each server (MB, shared memory counted once)", memory(found["memory"])]
    return "\n\n".join(parts) + "\n"


def heading(about: dict) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    before = f", before: {about['before']}" if about["before"] else ""
    return (
        f"# Readers, {about['day']}\n\n{about['machine']}, {about['system']}; {versions}. "
        f"Commit {about['commit']}{before}. {about['how']}.\n\n"
        "CPU is that of a request, in microseconds. A ratio above 1 is in favour of the row: less CPU, more requests."
    )


def by_page(rounds: list[dict]) -> dict:
    """(times, page, readers): {round: what was measured}."""
    found = defaultdict(dict)
    for row in rounds:
        found[row["times"], row["page"], row["readers"]][row["round"]] = row
    return found


def markdown(header, rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def table(rows: dict, once: dict, times: int) -> str:
    """Every page as the usual number of readers read it, the cheapest first."""
    usual = usual_readers(rows, times)
    lines = [line(rows, once[times, page], (times, page, readers)) for page, readers in usual.items()]
    left = [one for one in once.values() if one["times"] == times and "left_out" in one]
    return markdown(COLUMNS, lines + [[one["page"], one["left_out"], *[""] * (len(COLUMNS) - 2)] for one in left])


def usual_readers(rows: dict, times: int) -> dict[str, int]:
    """The number of readers of each page in the first table, cheapest page first: 16, or one of a slow page."""
    found = {}
    for size, page, readers in sorted(rows, key=lambda key: middle_cpu(rows[key])):
        if size == times and (page not in found or readers == MIDDLE):
            found[page] = readers
    return found


def line(rows: dict, once: dict, key: tuple) -> list[str]:
    _, page, readers = key
    taken = list(rows[key].values())
    middle = {name: median(row[name] for row in taken) for name in NUMBERS}
    return [
        page if readers == MIDDLE else f"{page} ({readers} reader{'s' * (readers > 1)})",
        amount(middle["per_second"]),
        amount(middle["p50"]),
        amount(middle["p99"]),
        f"{middle['application']:,.0f} + {middle['database']:,.0f}",
        *(ratio(rows, key, base, of) for base in (DATASETTE, CONSTANT) for of in (less_cpu, more_requests)),
        f"{once['queries']:g} (+ {once['other_statements']:g})",
        f"{once['bytes'] / 1000:.1f}",
        str(sum(row["errors"] for row in taken)),
    ]


def by_readers(rows: dict, times: int) -> str:
    """The pages that were read by several numbers of readers, as they were by each."""
    parts = []
    counts = sorted({readers for size, _, readers in rows if size == times})
    several = [page for page in usual_readers(rows, times) if all((times, page, n) in rows for n in counts)]
    for readers in counts if len(counts) > 1 and several else ():
        lines = []
        for key in ((times, page, readers) for page in several):
            middle = [amount(median(row[name] for row in rows[key].values())) for name in ("per_second", "p50", "p99")]
            bases = [ratio(rows, key, base, more_requests) for base in (DATASETTE, CONSTANT)]
            lines.append([key[1], *middle, amount(middle_cpu(rows[key])), *bases])
        parts += [f"{readers} reader{'s' * (readers > 1)} at once:", markdown(OF_READERS, lines)]
    return "\n\n".join(parts)


def amount(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def cpu(row: dict) -> float:
    return row["application"] + row["database"]


def middle_cpu(taken: dict) -> float:
    return median(map(cpu, taken.values()))


def less_cpu(row: dict, base: dict) -> float:
    return cpu(base) / max(cpu(row), 0.1)


def more_requests(row: dict, base: dict) -> float:
    return row["per_second"] / max(base["per_second"], 0.1)


def ratio(rows: dict, key: tuple, base: str, of) -> str:
    """Against another page of the same round; CPU also where that page had another number of readers."""
    times, page, readers = key
    there = [n for size, name, n in rows if (size, name) == (times, base)]
    if page == base or not there or (readers not in there and of is more_requests):
        return ""
    others = rows[times, base, readers if readers in there else there[0]]
    found = [of(row, others[number]) for number, row in rows[key].items() if number in others]
    return spread(found)


def spread(found: list[float]) -> str:
    middle = amount(median(found))
    return middle if len(found) == 1 else f"{middle} ({amount(min(found))}–{amount(max(found))})"


def before_and_after(rows: dict, times: int) -> str:
    """Each of our pages as the other checkout makes it, and as this one does."""
    lines, usual = [], usual_readers(rows, times)
    for page, readers in usual.items():
        was = page.replace("cold: ", "before: ")
        if was != page and was in usual:
            keys = (times, was, usual[was]), (times, page, readers)
            values = (f"{middle_cpu(rows[key]):,.0f}" for key in keys)
            lines.append([page, *values, *(ratio(rows, keys[1], was, of) for of in (less_cpu, more_requests))])
    return markdown(["page", "CPU µs before", "now", "× before: CPU", "requests/s"], lines) if lines else ""


def growth(rows: dict, sizes: list[int]) -> str:
    """How many times the CPU of the first size each page takes at the others."""
    found = {
        (times, page): middle_cpu(rows[times, page, n])
        for times in sizes
        for page, n in usual_readers(rows, times).items()
    }
    lines = []
    for page in usual_readers(rows, sizes[0]):
        values = [found.get((times, page)) for times in sizes]
        if any(values[1:]):
            lines.append([page, *(amount(value / values[0]) if value else "" for value in values[1:])])
    return markdown(["page", *(f"{times} times over" for times in sizes[1:])], lines)


def memory(found: list[dict]) -> str:
    sizes = list(dict.fromkeys(one["times"] for one in found))
    of = {(one["server"], one["times"]): one["megabytes"] for one in found}
    servers = dict.fromkeys(one["server"] for one in found)
    lines = [
        [server, *(f"{of[server, size]:.0f}" if (server, size) in of else "" for size in sizes)] for server in servers
    ]
    return markdown(["server", *(f"{size} times over" for size in sizes)], lines)
