"""The rules of the record as tables of cases: rows that are refused, and rows that are allowed beside others."""

from dataclasses import dataclass
from functools import partial
from itertools import count

from django.db.models import DateField

from r1540.as_at.when import WhenField
from states.models import (
    ActionPlan,
    Fact,
    Membership,
    Organization,
    PublishedFigure,
    Report,
    Resolution,
    Source,
    State,
    StateName,
)
from tests import factories
from visits.models import Event, Visit

LONG_BEFORE = "by 2012-01-01"
NUMBERS = count(1)


class Row:
    """A row to be: its State and organization are named, its dates typed, the plan it supersedes counted from 0."""

    def __init__(self, model, defaults, **fields):
        self.model, self.fields = model, defaults | fields

    def make(self, there=()):
        """The row as an unsaved object, with a reference of its own if it is a fact."""
        values = {name: self.value(name, value, there) for name, value in self.fields.items()}
        if issubclass(self.model, Fact):
            values["reference"] = f"case-{next(NUMBERS)}"
        return self.model(**values)

    def value(self, name, value, there):
        field = self.model._meta.get_field(name)
        if isinstance(field, (WhenField, DateField)):
            return field.to_python(value)
        if name == "state":
            return State.objects.filter(name=value).first() or factories.state(value)
        if name == "organization":
            return Organization.objects.filter(acronym=value).first() or factories.organization(value)
        return there[value] if name == "supersedes" else value


@dataclass(frozen=True)
class Case:
    """A row, the rows that are there before it, and the rule (the name of a constraint) it is about."""

    rule: str
    says: str
    row: Row
    there: tuple[Row, ...] = ()

    def __str__(self):
        return f"{self.rule}: {self.says}"


def cases(rule: str, **rows) -> list[Case]:
    """A table of one rule; each case is a row, or a row and those that are there before it."""
    return [
        Case(rule, says.replace("_", " "), *((row, ()) if isinstance(row, Row) else (row[0], tuple(row[1:]))))
        for says, row in rows.items()
    ]


def row(model, **defaults):
    return partial(Row, model, defaults)


first = row(Report, state="Chad", kind="first report", submitted="2004-10-27")
info = row(Report, state="Chad", kind="additional information", submitted="2005-11-01")
plan = row(ActionPlan, state="Chad", submitted="2011-05-02")
resolution = row(Resolution, symbol="S/RES/1540 (2004)", adopted_on="2004-04-28", effect="Decided something.")
figure = row(PublishedFigure, measure="first_reports_submitted", as_at="2013-01-15", value=169)
visit = row(Visit, state="Chad", starts="2013-11-12")
event = row(Event, state="Chad", kind="regional workshop", title="Workshop", starts="2013-01-15")
member = row(Membership, state="Chad", organization="AU")
source = row(Source, reference="case", title="A title")
name = row(StateName, state="Chad", language="en", kind="popular", name="Tchad")
state = row(
    State,
    **dict(zip(("name", "name_in_text", "formal_name"), ("Utopia", "Utopia", "Republic of Utopia"), strict=True)),
    **{"iso3": "XUT", "iso2": "XU", "m49": "999", "region": "Africa", "subregion": "Northern Africa"},
    **{"status": "member", "regional_group": "African Group", "admitted_on": "1960-09-20"},
)
observer = partial(state, status="observer", regional_group="", admitted_on=None)

# Of each fact, a row that breaks no rule whatever the day put into one of its fields.
OPEN_ROWS = {
    Report: partial(info, submitted=LONG_BEFORE),
    ActionPlan: plan,
    PublishedFigure: figure,
    Visit: partial(visit, starts=LONG_BEFORE),
    Event: partial(event, starts=LONG_BEFORE),
}
STEMS = {ActionPlan: "plan", PublishedFigure: "figure"}


def stem(model) -> str:
    """How the names of a model's constraints begin."""
    return STEMS.get(model, model._meta.model_name)


def since_adoption(**days) -> list[Case]:
    """Each day in each field of each fact that holds one."""
    return [
        case
        for model, fact in OPEN_ROWS.items()
        for field in model._meta.concrete_fields
        if isinstance(field, WhenField)
        for case in cases(
            f"{stem(model)}_{field.name}_since_adoption",
            **{says: fact(**{field.name: day}) for says, day in days.items()},
        )
    ]


REFUSED_DAYS = since_adoption(
    the_day_before="2004-04-27",
    the_month_of_adoption_which_has_days_before_it="2004-04",
    the_year_of_adoption_which_has_days_before_it="2004",
    between_a_day_before_and_a_day_after="[2004-04-27..2004-04-29]",
    by_the_day_before="by 27 April 2004",
)
ALLOWED_DAYS = since_adoption(
    the_day="2004-04-28",
    the_day_after="2004-04-29",
    by_the_day="by 28 April 2004",
    by_a_later_day="by 2011",
    the_month_after="2004-05",
    between_the_day_and_the_end_of_the_year="[2004-04-28..2004-12-31]",
)
RECOLLECTED = [
    Case(f"{stem(model)}_not_from_recollection", "from recollection", fact(certainty="recollection"))
    for model, fact in (OPEN_ROWS | {Resolution: resolution}).items()
]
