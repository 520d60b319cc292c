"""What States reported to the Committee."""

import re
from collections.abc import Iterator
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Case, F, Q, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Upper
from django.utils.html import format_html, format_html_join

from r1540.as_at.names import as_it_looks
from r1540.as_at.past import HappenedField
from r1540.as_at.period import Period, Step
from r1540.as_at.rules import DateRange, not_before
from r1540.as_at.when import WHEN_HELP, as_recorded, in_a_sentence
from r1540.history import tracked
from r1540.history.publication import in_steps, step_permissions

from .fact import Fact, FactQuerySet, fact_constraints, years
from .kind import FactKind, TimelineEntry
from .state import Language, State

# S/AC.44/2004/(02)/22 are the first reports, S/AC.44/2007/10 other documents of the Committee; /Add.1 and so on follow.
SYMBOL = r"^S/AC\.44/20[0-9]{2}/(\(0?[0-9]{1,2}\)/)?[1-9][0-9]{0,3}(/(Add|Corr|Rev)\.[1-9][0-9]?)*$"
SYMBOLS_BEGIN = "S/AC.44/20"
SYMBOL_MESSAGE = (
    "A symbol of the Committee reads S/AC.44/2004/(02)/22 or S/AC.44/2007/10, with /Add.1 and the like after it."
)
# How else symbols are written, and how the Committee writes them.
WRITTEN = [
    (re.compile(r"\s+|[.,;]+$"), ""),
    (re.compile(r"^S/AC\.?44(?=/|$)", re.I), "S/AC.44"),
    (re.compile(r"(/20\d\d)/(\d\d?)/(?=\d)"), r"\1/(\2)/"),
    (re.compile(r"\((\d)\)"), r"(0\1)"),
    (re.compile(r"/(add|corr|rev)\.?(?=\d|$)", re.I), lambda match: f"/{match[1].capitalize()}."),
]


def read_symbol(text: str) -> str:
    """Return a document symbol, or a part of one, as the Committee writes it: s/ac.44/2004/(2)/22. is
    S/AC.44/2004/(02)/22. Forms, imports, filters and searches all read symbols by it."""
    text = as_it_looks(text)
    for pattern, written in WRITTEN:
        text = pattern.sub(written, text)
    return text


class SymbolField(models.CharField):
    """A column of document symbols; a form and an import read into it by `read_symbol`."""

    def to_python(self, value):
        return read_symbol(value) if isinstance(value, str) else value

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs  # the same column, for migrations


class ReportQuerySet(FactQuerySet):
    def submitted(self, at: date):
        """Return the reports that were certainly submitted by a day."""
        return self.filter(submitted__certain_by=at)

    def known(self, at: date):
        """Return the reports that were, or may have been, submitted by a day."""
        return self.filter(submitted__possible_by=at)

    def found_by(self, text: str, states: list[int], at: date):
        """Return the reports, known by a day, whose document symbol contains a text, as a search shows them."""
        found = self.known(at).with_symbol(text).select_related("state")
        return found.only("kind", "submitted", "symbol", "reference", "state__name", "state__iso3")

    def with_symbol(self, text: str):
        """Return the reports whose document symbol contains a text, however that is written."""
        return self.filter(symbol__icontains=read_symbol(text))

    def with_status(self, at: date):
        """Annotate each report with its status on a day, `status_at`: submitted, or the day is not established."""
        status = Report.Status
        return self.annotate(
            status_at=Case(
                If(submitted__certain_by=at, then=Value(status.SUBMITTED)),
                default=Value(status.NOT_ESTABLISHED),
                output_field=models.CharField(choices=status),
            )
        )


@in_steps
@tracked
class Report(Fact):
    """A communication in which a State reports: its first report, or additional information at any time after it."""

    class Kind(models.TextChoices):
        FIRST = "first report", "First report"
        ADDITIONAL = "additional information", "Additional information"

    class Status(models.TextChoices):
        """The status of a report on a day; it is computed from the date of submission, never stored."""

        SUBMITTED = "submitted", "Submitted"
        NOT_ESTABLISHED = "day not established", "Day not established"

    state = models.ForeignKey(State, models.PROTECT, related_name="reports", verbose_name="State")
    kind = models.CharField(max_length=25, choices=Kind)
    submitted = HappenedField(help_text=f"The date of the letter or note verbale. {WHEN_HELP}")
    symbol = SymbolField(
        "document symbol", max_length=60, blank=True, validators=[RegexValidator(SYMBOL, SYMBOL_MESSAGE)]
    )
    received = HappenedField("received on", null=True, blank=True, help_text=f"By the Committee. {WHEN_HELP}")
    symbol_assigned = HappenedField("symbol assigned on", null=True, blank=True, help_text=WHEN_HELP)
    issued = HappenedField("issued on", null=True, blank=True, help_text=f"As a document. {WHEN_HELP}")
    language = models.CharField("original language", max_length=2, choices=Language, blank=True)
    link = models.URLField(max_length=400, blank=True, validators=[URLValidator(["http", "https"])])

    objects = ReportQuerySet.as_manager()

    fact_kind = FactKind(
        order=1,
        singular="report",
        plural="reports",
        file="reports",
        list_view="states.lists.reports.ReportList",
        is_in_row=True,
        first_known="submitted",
        days=("submitted",),
        happenings={
            "first report": "First report submitted",
            "additional information": "Additional information submitted",
        },
    )
    public_columns = f"{Fact.public_columns} state kind submitted received symbol symbol_assigned issued language link"

    class Meta:
        ordering = ["submitted", "state__sort_name", "pk"]
        permissions = step_permissions("report", "reports")
        indexes = [
            # For lists: the number of reports known by a day, a page of them by day, and their States, from the index
            # alone. For the desk, which lists unpublished reports too: the years in which there are reports.
            models.Index(name="report_by_day", fields=["submitted", "state", "id"], include=["published"]),
            # For the page of a State, and for figures: the days of each State's reports, from the index alone.
            models.Index(name="report_of_state", fields=["state", "kind", "submitted"], condition=Q(published=True)),
            # For the filter and the search by a part of a symbol.
            GinIndex(OpClass(Upper(Cast("symbol", models.TextField())), "gin_trgm_ops"), name="report_part_of_symbol"),
        ]
        constraints = [
            *fact_constraints("report", "submitted", "received", "symbol_assigned", "issued"),
            models.UniqueConstraint(
                name="report_one_first_report",
                fields=["state"],
                condition=Q(kind="first report"),
                violation_error_message="This State's first report is recorded already: a State has one first report.",
            ),
            models.UniqueConstraint(
                name="report_symbol_once",
                fields=["symbol"],
                condition=~Q(symbol=""),
                violation_error_message="A report with this document symbol is recorded already.",
            ),
            models.CheckConstraint(
                name="report_symbol_well_formed",
                condition=Q(symbol="") | Q(symbol__regex=SYMBOL),
                violation_error_message=SYMBOL_MESSAGE,
            ),
            # A letter has four days: it is dated, received, given a symbol, and issued, sometimes years later.
            *(
                not_before(f"report_{later}_after_{earlier}", later, earlier, message)
                for later, earlier, message in [
                    ("received", "submitted", "A report is received on the date of its letter, or after it."),
                    ("symbol_assigned", "submitted", "A symbol is assigned to a report after it was submitted."),
                    ("issued", "submitted", "A report is issued after it was submitted."),
                    ("issued", "received", "A report is issued after it was received."),
                    ("issued", "symbol_assigned", "A report is issued under a symbol assigned before."),
                ]
            ),
            # The range of a first report holds the days before its earliest day; the range of additional information
            # holds its latest day. They must not overlap.
            # The condition is true for every row. It keeps PostgreSQL from looking up the reports of a State in this
            # index: that takes three times as long as in report_of_state, but the planner estimates the same cost.
            ExclusionConstraint(
                name="report_first_report_comes_first",
                condition=Q(kind__in=["first report", "additional information"]),
                expressions=[
                    ("state", RangeOperators.EQUAL),
                    ("kind", RangeOperators.NOT_EQUAL),
                    (
                        Case(
                            If(
                                kind="additional information",
                                then=DateRange(F("submitted__latest"), F("submitted__latest"), Value("[]")),
                            ),
                            If(
                                submitted__earliest__isnull=False,
                                then=DateRange(Value(None), F("submitted__earliest")),
                            ),
                            default=Value("empty"),
                            output_field=DateRange.output_field,
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Additional information cannot come before the first report of the State.",
            ),
        ]

    def __str__(self):
        return f"{self.state}: {self.get_kind_display().lower()}, {self.submitted.alone}"

    def reference_stem(self) -> str:
        if self.kind == self.Kind.FIRST:
            return f"{self.state.iso3}-first-report"
        return f"{self.state.iso3}-information-{years(self.submitted)}"

    def timeline_entry(self, at: date) -> TimelineEntry:
        line = f"{self.get_kind_display()} submitted"
        return TimelineEntry(self.submitted, line, self, self.submitted.alone, self.submitted.certain_by(at))

    def steps(self, period: Period) -> Iterator[Step]:
        what = "its first report" if self.kind == self.Kind.FIRST else "additional information"
        sentence = f"{self.state.name_in_text} submitted {what} {in_a_sentence(self.submitted)}"
        of_many = f"{self.kind} {as_recorded(self.submitted, 'submitted')}"
        yield self.make_step("submitted", self.kind, self.submitted, sentence, of_many=of_many)

    @property
    def details(self) -> str:
        """Return the document symbol, and the days and language of the document, as HTML."""
        parts = (
            [format_html("Document <bdi>{}</bdi>", self.symbol)] if self.symbol else ["Document symbol: none recorded"]
        )
        if self.symbol:
            parts += [f"assigned {self.symbol_assigned}"] if self.symbol_assigned else []
            parts += [f"issued {self.issued}"] if self.issued else []
            parts += [f"original: {self.get_language_display()}"] if self.language else []
        received = f" Received {self.received}." if self.received else ""
        return format_html("{}.{}", format_html_join(", ", "{}", ((part,) for part in parts)), received)
