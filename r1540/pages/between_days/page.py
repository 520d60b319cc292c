"""The page of what changed between two days, and its CSV, JSON and Atom files.

Without the query parameter `since` the page shows its form only: no period is guessed. A file requires `since`.
"""

from collections import Counter
from datetime import timedelta

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse

from r1540.as_at.period import Day, Period
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import When
from r1540.lists.feeds import FeedEntry, atom, midnight
from r1540.lists.files import in_parts
from r1540.lists.filters import AnyOf, Filters
from r1540.lists.listing import (
    DISCLAIMER,
    as_json,
    asked_page,
    compiled_list,
    download,
    in_one_cell,
    json_page,
    page_links,
)
from r1540.lists.parameters import TRAVELS, Page
from r1540.pages.between_days.happenings import Happening, Happenings, kinds_of_happenings
from states.lists.plans import PlanList
from states.lists.reports import ReportList
from states.lists.state_filters import filters_of_states
from states.lists.told_of_many import Line, in_lines
from states.models import State
from visits.lists.visits import VisitList

FORMATS = ("html", "csv", "json", "atom")
COLUMNS = ("state", "iso3", "kind", "when", "day", "text", "certainty", "sources", "reference", "address")
# What is counted on either day: the kind of happening, its label, its list, and the filters that make it certain.
COUNTED = (
    ("first report", "First reports", "reports", ReportList, "kind=first+report&status=submitted"),
    (
        "additional information",
        "Additional information",
        "reports",
        ReportList,
        "kind=additional+information&status=submitted",
    ),
    ("visit conducted", "Visits conducted", "visits", VisitList, "kind=at+invitation&conducted=recorded"),
    ("plan submitted", "Plans submitted", "plans", PlanList, "submitted=recorded"),
)


def told_of_many(one: Happening) -> tuple | None:
    """Return what is said of a State on a day, if others may share it: then one line tells it of all."""
    step = one.step
    return (one.is_established, step.of_many, step.when, step.fact.certainty) if step.of_many else None


def in_order(lines: list[Line]) -> list[Line]:
    """Return the lines with those of many States before the others of their part."""
    return sorted(lines, key=lambda line: (not line.first.is_established, not line.is_of_many))


class OfWhatHappened(AnyOf):
    """A filter of the happenings, not of the States: `Happenings` applies it."""

    def filter(self, queryset, values):
        return queryset


class ChangesFilters(Filters):
    """The filters of the page: of the States, as at the second day, and of the happenings."""

    region, subregion, group, organization = filters_of_states("pk")
    kind = OfWhatHappened(choices=list(kinds_of_happenings().items()), label="What happened")
    day = OfWhatHappened(choices=Day.choices, label="Day")


class Changes(Page):
    """The page of what changed after the day `since`, until the day `as_of`."""

    single = ["as_of", "since", "page", "per_page", "format"]
    several = ChangesFilters.parameters()[1]

    def get(self, request):
        form = self.parameters.choice("format", FORMATS, "html")
        self.filters = self.filtered()
        if "since" not in self.parameters:
            if form != "html":
                raise BadRequest("since: say after which day, as in since=2013-01-15.")
            return render(request, "changes.html", self.get_context_data())
        self.period = self.read_period()
        shown = Happenings(
            self.period,
            self.filters.qs,
            with_no_state=not self.state_filters(),
            kinds=self.parameters.all("kind"),
            days=self.parameters.all("day") or Day,
        )
        if form in ("csv", "atom"):
            return self.whole(form, shown)
        return self.json(asked_page(shown, self.parameters, "100")) if form == "json" else self.html(shown)

    def filtered(self) -> ChangesFilters:
        filters = ChangesFilters(self.parameters.data, State.objects.as_at(self.at), self.at)
        filters.check(self.parameters)
        return filters

    def read_period(self) -> Period:
        since = self.parameters.day("since")
        if since > self.at:
            raise BadRequest(f"since: the period would begin ({since}) after it ends (as_of, {self.at}).")
        return Period(since, self.at)

    def state_filters(self) -> dict[str, list[str]]:
        """Return the filters of the States that the query parameters name, with their values."""
        return {name: self.parameters.all(name) for name in TRAVELS if name != "as_of" and name in self.parameters}

    def whole(self, form, rows):
        for name in ("page", "per_page"):
            if name in self.parameters:
                raise BadRequest(f"{name}: a {form.upper()} file holds every row; leave {name} out.")
        return self.csv(rows) if form == "csv" else self.atom(rows)

    def html(self, shown):
        """Return the page; its lines are those of the rows, or tell the same of many States."""
        page = asked_page(in_order(in_lines(shown.rows, told_of_many)), self.parameters, "100")
        context = self.get_context_data(
            period=self.period,
            page=page,
            lines=[(line, [(one, self.local(one)) for one in line.rows]) for line in page.object_list],
            count=len(shown),
            happened=shown.established,
            perhaps=len(shown) - shown.established,
            pages=page_links(page, self.parameters) if page.paginator.num_pages > 1 else None,
            balance=list(self.balance(shown.counts)),
            downloads=[
                (
                    name.upper() if name != "atom" else "Atom",
                    self.parameters.address(format=name, page=None, per_page=None),
                )
                for name in FORMATS[1:]
            ],
        )
        return render(self.request, "changes.html", context)

    def get_context_data(self, **kwargs):
        year_before = max(self.at - timedelta(days=365), ADOPTED_ON)
        return super().get_context_data(
            title="What changed between two days",
            filters=self.filters,
            chips=list(self.filters.chips(self.parameters)),
            since=self.period.since if "since" in self.parameters else year_before,
            disclaimer=DISCLAIMER,
            **kwargs,
        )

    def balance(self, counts: Counter):
        """Yield for each count the certain number on either day, and the numbers of what happened in between.

        What is certain on the second day and was not on the first happened either surely in the period, or perhaps
        before it and surely by its end. So the two certain numbers differ by exactly these two numbers.
        """
        for kind, label, name, listing, query in COUNTED:
            chosen = QueryDict(query, mutable=True)
            for parameter, values in self.state_filters().items():
                chosen.setlist(parameter, values)
            yield {
                "label": label,
                "before": self.counted(name, listing, chosen, self.period.since),
                "after": self.counted(name, listing, chosen, self.at),
                "days": [
                    (
                        counts[kind, day],
                        self.parameters.address(kind=kind, day=day.value, page=None),
                    )
                    for day in Day
                ],
            }

    def counted(self, name, listing, chosen: QueryDict, day) -> tuple[int, str]:
        filters = tuple((parameter, tuple(values)) for parameter, values in chosen.lists())
        number = compiled_list(listing, ("pk",), "", filters).count(day)
        return number, f"{reverse(name)}?{chosen.urlencode()}&as_of={day}"

    def local(self, one: Happening) -> str:
        """Return the address of the fact of a happening, as at the day of the page."""
        path, hash_mark, anchor = one.step.address.partition("#")
        return f"{path}{self.parameters.only('as_of')}{hash_mark}{anchor}"

    def row(self, one: Happening) -> dict:
        step = one.step
        values = (
            step.state.name if step.state else None,
            step.state.iso3 if step.state else None,
            step.kind,
            step.when.edtf,
            one.day.value,
            step.sentence,
            step.fact.certainty if step.fact else None,
            self.sources(one),
            step.key,
            self.request.build_absolute_uri(self.local(one)),
        )
        return dict(zip(COLUMNS, values, strict=True))

    def sources(self, one: Happening) -> list[str]:
        """Return the references of the sources of a happening; admissions have none."""
        sources = getattr(one.step.fact, "sources", None)
        return [source.reference for source in sources.all()] if sources else []

    def csv(self, rows):
        cells = in_parts(list(map(in_one_cell, self.row(one).values())) for one in rows)
        return download(self.request, f"changes-{self.period.since}-to-{self.at}.csv", "csv", COLUMNS, cells)

    def json(self, page):
        since = {"since": self.period.since.isoformat()}
        return as_json(self.request, since | json_page(self, page, [self.row(one) for one in page.object_list]))

    def atom(self, rows):
        since, at = When.day(self.period.since), When.day(self.at)
        latest = sorted(rows, key=lambda one: (one.step.when.latest, one.step.key), reverse=True)
        return atom(
            self.request,
            f"The 1540 record: what changed from {since} to {at}",
            "What happened of States in the period, and what may have: the day is not established.",
            self.parameters.address(format=None),
            [self.entry(one) for one in latest],
            self.at,
        )

    def entry(self, one: Happening) -> FeedEntry:
        step = one.step
        summary = [] if one.is_established else ["It may have happened in this period: the day is not established."]
        summary += [f"{step.fact.get_certainty_display()}."] if step.fact else []
        return FeedEntry(
            key=step.key,
            title=step.sentence,
            summary=" ".join(summary),
            address=self.local(one),
            updated=midnight(min(step.when.latest, self.at)),
        )
