"""Reports. To log a new one is what staff do most: State, date and symbol are enough."""

import re
from collections.abc import Iterator

from django.contrib import admin
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode

from r1540.as_at.when import When
from r1540.desk.facts import FactAdmin
from r1540.desk.forms import WarningForm
from r1540.desk.list_filters import RecordedFilter, WhenFilter
from r1540.desk.waiting import NO_SYMBOL, anniversary, not_to_the_day
from states.models import Report, State
from states.models.report import read_symbol

from .facts import FACT_FILTERS, GROUNDS, NOTES, REFERENCE, STATE_FILTERS

MOST = 20  # reports named in a message
YEAR = re.compile(r"S/AC\.44/(?P<year>20\d\d)/(?P<later>\(|.*/Add\.)?", re.A)
LATER = 5  # years
BEFORE_FIRST = (
    "Additional information cannot come before the first report of the State: {}. Correct the day of the one or the"
    " other. If this is the State’s first report, make that one additional information, then save this again."
)
INFORMATION_BEFORE = (
    "A first report cannot come after additional information of the State: {}. Correct the day of the one or the other."
    " If that is the State’s first report, make it the first report, and this one additional information."
)


class ReportForm(WarningForm):
    """Works out the kind if it is left open, and names what looks like the same report before it is saved twice."""

    constraint_fields = {"report_one_first_report": "kind", "report_first_report_comes_first": "submitted"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].required = False
            self.fields["kind"].help_text = "Empty: first report if none is recorded, otherwise additional information."

    def clean(self):
        if state := self.cleaned_data.get("state"):
            # One at a time for a State, so that of two people who log the same report one is told of the other.
            State.objects.select_for_update(no_key=True).get(pk=state.pk)
            self.check_kind(state.reports.exclude(pk=self.instance.pk).filter(kind=Report.Kind.FIRST).first())
        super().clean()

    def check_kind(self, first):
        """Set a kind left open; refuse a second first report, with a link to the one recorded."""
        if not self.cleaned_data.get("kind"):
            self.cleaned_data["kind"] = Report.Kind.ADDITIONAL if first else Report.Kind.FIRST
        elif first and self.cleaned_data["kind"] == Report.Kind.FIRST:
            message = "This State's first report is recorded already: {}. A State has one first report."
            self.add_error("kind", format_html(message, link_to(first)))

    def words_of(self, rule: str) -> str:
        """Name the reports that contradict the kind and the day of this one, and say what can be done."""
        if rule != "report_first_report_comes_first":
            return super().words_of(rule)
        others = self.instance.state.reports.exclude(pk=self.instance.pk)
        if self.instance.kind == Report.Kind.FIRST:
            before = others.filter(kind=Report.Kind.ADDITIONAL, submitted__latest__lt=self.instance.submitted.earliest)
            return format_html(INFORMATION_BEFORE, links_to(before[:MOST]))
        return format_html(BEFORE_FIRST, links_to(others.filter(kind=Report.Kind.FIRST)))

    def warnings(self) -> Iterator[str]:
        yield from self.likely_duplicates()
        if typed := self.changed("symbol", "submitted"):
            yield from doubtful_symbol(*typed)

    def likely_duplicates(self) -> Iterator[str]:
        data = self.cleaned_data
        if not {"state", "submitted", "link"} & {*self.changed_data}:
            return
        same = Q()
        if data.get("state") and data.get("submitted"):
            same |= Q(state=data["state"], submitted__overlaps=data["submitted"])
        if data.get("link"):
            same |= Q(link=data["link"])
        likely = Report.objects.filter(same).exclude(pk=self.instance.pk).select_related("state")[:MOST] if same else ()
        if likely:
            yield format_html("This may be recorded already: {}.", links_to(likely))


def doubtful_symbol(symbol: str, letter: When) -> Iterator[str]:
    """Yield a warning if a document symbol is of a year that was over when the letter was written.

    The first reports, whose symbols begin S/AC.44/2004/(02), and what was added to documents came until some years
    later.
    """
    match = YEAR.match(read_symbol(symbol))
    if match and letter.earliest and letter.earliest.year > int(match["year"]) + (LATER if match["later"] else 0):
        yield f"The document symbol is of {match['year']}, and the letter of {letter}."


def links_to(reports) -> str:
    return format_html_join("; ", "{}", ((link_to(report),) for report in reports))


def link_to(report):
    """Return a link to a report at the desk."""
    words = f"{report} ({report.symbol})" if report.symbol else str(report)
    return format_html('<a href="{}">{}</a>', reverse("admin:states_report_change", args=[report.pk]), words)


@admin.register(Report)
class ReportAdmin(FactAdmin):
    form = ReportForm
    list_display = ["state", "kind", "submitted", "symbol", "certainty", "publication"]
    list_filter = [
        *("published", "kind", ("submitted", WhenFilter), *STATE_FILTERS),
        *(("symbol", RecordedFilter), ("link", RecordedFilter), *FACT_FILTERS[1:]),
    ]
    waiting = [*FactAdmin.waiting, NO_SYMBOL, not_to_the_day("submitted"), anniversary("submitted")]
    list_select_related = ["state"]
    search_fields = ["reference", "symbol", "note"]
    search_help_text = "Any name of the State, a document symbol, a reference, or a word of the note."
    autocomplete_fields = ["state", "sources"]
    fieldsets = [
        (None, {"fields": ["save_all_the_same", "state", "submitted", "kind"]}),
        ("Document", {"fields": [("received", "symbol_assigned"), "symbol", ("issued", "language"), "link"]}),
        GROUNDS,
        NOTES,
        REFERENCE,
    ]

    def get_search_results(self, request, queryset, search_term):
        symbol = read_symbol(search_term)
        term = symbol if "ac.44" in symbol.lower() else search_term
        return super().get_search_results(request, queryset, term)

    def response_add(self, request, obj, post_url_continue=None):
        """Keep the State and the date for "Save and add another": letters often come with several documents."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" not in request.POST:
            return response
        return HttpResponseRedirect(f"{request.path}?{urlencode({'state': obj.state_id, 'submitted': obj.submitted})}")
