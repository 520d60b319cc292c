"""Annotations compiled once say what the plain ones say, wherever Django puts them."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, F, OuterRef, Q, Subquery

from r1540.as_at.day import today
from r1540.as_at.prepared import prepared
from r1540.pages.states.list import recorded_of_states
from states.models import ActionPlan, Organization, Report, State
from states.models.plan import status_of_plans
from states.models.report import status_of_reports
from states.views import members_of_organizations, sources_of_plans, sources_of_reports
from tests.public.addresses import DAYS
from visits.models import Event, Visit
from visits.models.visit import status_of_visits
from visits.views import sources_of_events, sources_of_visits

DECLARED = [
    (State, recorded_of_states),
    (Report, status_of_reports),
    (ActionPlan, status_of_plans),
    (Organization, members_of_organizations),
    (Visit, status_of_visits),
    (Report, sources_of_reports),
    (ActionPlan, sources_of_plans),
    (Visit, sources_of_visits),
    (Event, sources_of_events),
]
AT = date(2013, 11, 18)


def both(model, annotations, at=AT):
    """The rows of a model, annotated as prepared and as declared."""
    return (model.objects.annotate(**made(at)) for made in (annotations, annotations.declared))


def test_they_say_the_same_on_each_day(record):
    for model, annotations in DECLARED:
        names = list(annotations(AT))
        for day in (*map(date.fromisoformat, DAYS), today()):
            ours, plain = (rows.order_by("pk").values_list("pk", *names) for rows in both(model, annotations, day))
            assert list(ours) == list(plain), (model, day)
            assert ours, model


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: rows.filter(both="recorded", visit__in=["recorded", "none recorded"]).order_by("iso3"),
        lambda rows: rows.exclude(first_report_submitted__latest__lt=AT).order_by("-first_report_submitted", "pk"),
        lambda rows: rows.order_by(F("visit_started").desc(nulls_last=True), "plan_status", "pk"),
        lambda rows: State.objects.filter(pk__in=rows.filter(plan="recorded").values("pk")).order_by("pk"),
        lambda rows: State.objects.filter(region__in=rows.filter(~Q(plan_status=None)).values("region")).order_by("pk"),
        lambda rows: rows.filter(
            communications__lte=Subquery(
                rows.filter(region=OuterRef("region")).order_by("pk").values("communications")[:1]
            )
        ).order_by("pk"),
        lambda rows: (rows.filter(region="Africa") | rows.filter(both="recorded")).order_by("-communications", "pk"),
        lambda rows: rows.filter(memberships__organization__acronym="CIS", plan="none recorded").order_by("pk"),
        lambda rows: rows.order_by().values("region", "both").annotate(n=Count("pk")).order_by("region", "both"),
        lambda rows: [rows.filter(both="recorded").count()],
    ],
)
def test_they_say_the_same_filtered_sorted_counted_and_nested(record, ask):
    ours, plain = map(ask, both(State, recorded_of_states))
    assert list(ours) == list(plain)
    assert len(ours)


def test_a_day_is_not_kept(record):
    later = AT + timedelta(days=2000)
    first, second, again = (
        list(State.objects.annotate(**recorded_of_states(day)).values_list("communications", "both"))
        for day in (AT, later, AT)
    )
    assert first == again != second


def test_the_sources_of_a_list_are_those_of_its_facts(record):
    Event.objects.first().sources.clear()
    cited = set()
    for model, sources in DECLARED[-4:]:
        for fact in model.objects.annotate(**sources(AT)).prefetch_related("sources"):
            assert fact.cited == tuple((one.reference, one.title) for one in fact.sources.all())
            cited.add(len(fact.cited))
    assert cited >= {0, 1, 2, 3}


def test_what_cannot_be_prepared_is_refused():
    @prepared("states.State")
    def worked_out(at):
        return {"old": Q(admitted_on__lt=at - timedelta(days=1))}

    @prepared("states.Report")
    def joined(at):
        return {"region": F("state__region")}

    with pytest.raises(TypeError, match="cannot work anything out"):
        worked_out(AT)
    with pytest.raises(ValueError, match="one table only, not of: states_report, states_state"):
        joined(AT)
