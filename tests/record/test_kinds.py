"""Each kind of fact is whole: the registry is walked, and what a kind forgot is said in words."""

from collections import Counter
from datetime import date

import pgtrigger.registry
import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from r1540 import history, interchange
from r1540.as_at.period import Period
from r1540.as_at.rules import ADOPTED_ON
from r1540.as_at.when import WhenField
from r1540.desk.facts import FactAdmin
from r1540.pages.between_days.happenings import Happenings
from states.models import Fact, FactQuerySet, Report, State, fact_models
from states.models.kind import has_state
from states.models.report import ReportQuerySet
from tests import factories

TODAY = date(2022, 6, 1)
KINDS = [model for model in apps.get_models() if issubclass(model, Fact)]


def forgotten(model) -> list[str]:
    """Each thing that a kind of fact needs and does not have, as a sentence that says what to add and where."""
    if "fact_kind" not in vars(model):
        return ["fact_kind is not declared in the model (see states/models/kind.py)"]
    return [
        sentence
        for part in (of_the_declaration, of_the_history, of_its_days, of_the_list, of_the_files)
        for sentence in part(model, model.fact_kind)
    ]


def of_the_declaration(model, kind):
    kinds = [one.fact_kind for one in fact_models()]
    for name in ("order", "singular", "plural", "file"):
        if Counter(getattr(one, name) for one in kinds)[getattr(kind, name)] > 1:
            yield f"fact_kind: {name} is that of another kind ({getattr(kind, name)})"
    if model not in factories.FACTS:
        yield "tests/factories.py: FACTS does not say how a row is made"
    if model._meta.db_table not in connection.introspection.table_names():
        yield "its table is not in the database: run makemigrations"
    if model.reference_stem is Fact.reference_stem:
        yield "reference_stem: its rows get no reference"
    if (
        not {f"{verb}_{model._meta.model_name}" for verb in ("check", "publish")}
        <= dict(model._meta.permissions).keys()
    ):
        yield "Meta.permissions: step_permissions are missing, so nobody can check or publish it"
    if not any(one.name.endswith("_not_from_recollection") for one in model._meta.constraints):
        yield "Meta.constraints: fact_constraints are missing"


def of_the_history(model, kind):
    triggers = {trigger.name for of, trigger in pgtrigger.registry.registered() if of is model}
    if not any(events.pgh_tracked_model is model for events in history.event_models()):
        yield "@tracked: its changes are not recorded"
    if "steps" not in triggers:
        yield "@in_steps: it is not checked before it is published"


def of_its_days(model, kind):
    if not has_state(model):
        return
    if not isinstance(model.objects.all(), FactQuerySet) or type(model.objects.all()).known is FactQuerySet.known:
        yield "objects: its queryset is no FactQuerySet that says what `known` is"
    if not kind.days:
        yield "fact_kind: days is empty, so nothing can happen to it"
    for name in (kind.first_known, *kind.days):
        if name not in {one.name for one in model._meta.fields if isinstance(one, WhenField)}:
            yield f"fact_kind: “{name}” is not a day of the model (first_known, days)"
    if model.timeline_entry is Fact.timeline_entry:
        yield "timeline_entry: it stands in the timeline of no State"
    if not kind.happenings or model.steps is Fact.steps:
        yield "happenings and steps: what changed between two days leaves it out"


def of_the_list(model, kind):
    if not has_state(model):
        return
    if not kind.list_view:
        yield "fact_kind: list_view is missing, so it has no public list and no entry in the menu"
    for path in filter(None, (kind.list_view, kind.page_view)):
        try:
            kind.get_list_view(), kind.get_page_view()
        except ImportError:
            yield f"fact_kind: nothing is found at {path}"
            return
    try:
        reverse(kind.plural) if kind.list_view else None
        reverse(kind.singular, args=["X"]) if kind.page_view else None
    except NoReverseMatch:
        yield "fact_kind: the list or page has no address"


def of_the_files(model, kind):
    if not any(table.model is model and table.name == kind.file for table in interchange.TABLES):
        yield f"fact_kind: file: there is no {kind.file}.csv in the record"


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_a_kind_of_fact_has_all_that_a_kind_needs(db, model):
    assert forgotten(model) == []


def desk_answers(model, role: str, page: str) -> int:
    client = Client()
    client.force_login(factories.user(role, username=f"{role} {page}"))
    return client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")).status_code


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_staff_may_do_with_each_kind_what_their_role_says(db, model):
    assert isinstance(admin.site._registry.get(model), FactAdmin), "No FactAdmin is registered: staff cannot log it."
    for role, page, answer in [
        ("Viewer", "changelist", 200),
        ("Viewer", "add", 403),
        ("Editor", "add", 200),
        ("Publisher", "add", 200),
    ]:
        found = desk_answers(model, role, page)
        assert found == answer, f"A {role} is answered {found} instead of {answer} by “{page}” (desk/roles.py)."


def test_the_desk_of_a_state_leads_to_all_its_facts(db):
    client, chad = Client(), factories.state()
    client.force_login(factories.user("Viewer"))
    page = client.get(reverse("admin:states_state_change", args=[chad.pk])).text
    for model in filter(has_state, KINDS):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert f'href="{address}?state__id__exact={chad.pk}"' in page, model


@pytest.mark.parametrize("model", list(filter(has_state, KINDS)), ids=lambda model: model.__name__)
def test_a_published_fact_of_a_state_is_seen_wherever_facts_are(client, db, model):
    chad = factories.state()
    fact = factories.fact(model, chad, published=True, sources=[factories.source(published=True)])
    kind = model.fact_kind
    entry = next(iter(client.get("/states/TCD/?format=json").json()["timeline"]), {})
    assert entry.get("reference") == fact.reference, "timeline_entry: the page of its State leaves it out."
    told = {step.kind for step in fact.steps(Period(ADOPTED_ON, TODAY))}
    assert told <= set(kind.happenings), f"fact_kind: happenings does not name {told - set(kind.happenings)}."
    found = list(Happenings(Period(ADOPTED_ON, TODAY), State.objects.all()))
    steps = [one.step for one in found if one.step.fact == fact]
    assert steps, "steps: what changed between two days leaves it out."
    for day, count in (("2004-04-28", 0), (TODAY.isoformat(), 1)):
        listed = client.get(reverse(kind.plural), {"format": "json", "as_of": day}).json()["count"]
        assert listed == count, f"{kind.list_view}: {listed} are listed as at {day}, not {count}: see `known`."
    earlier = client.get("/states/TCD/?format=json&as_of=2004-04-28").json()["timeline"]
    assert earlier == [], "known: it stands in the timeline of its State before it was known."
    menu = client.get("/").text.partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert f'href="{reverse(kind.plural)}"' in menu, "fact_kind: list_view: it has no entry in the menu."
    assert client.get(fact.get_absolute_url()).status_code == 200, "get_absolute_url: its address leads nowhere."
    assert fact.reference in client.get("/feed/").text, "The news leave it out."


@pytest.mark.parametrize(
    ("forget", "sentence"),
    [
        (lambda patch: patch.delattr(Report, "fact_kind"), "fact_kind is not declared"),
        (lambda patch: patch.setattr(Report.fact_kind, "plural", "plans"), "plural is that of another kind"),
        (lambda patch: patch.delitem(factories.FACTS, Report), "does not say how a row is made"),
        (lambda patch: patch.setattr(history, "event_models", list), "@tracked"),
        (lambda patch: patch.setattr(pgtrigger.registry, "registered", list), "@in_steps"),
        (lambda patch: patch.setattr(Report.fact_kind, "days", ("sent",)), "“sent” is not a day"),
        (lambda patch: patch.setattr(Report.fact_kind, "days", ()), "days is empty"),
        (lambda patch: patch.setattr(Report._meta, "db_table", "nowhere"), "run makemigrations"),
        (lambda patch: patch.delattr(Report, "reference_stem"), "reference_stem"),
        (lambda patch: patch.delattr(ReportQuerySet, "known"), "what `known` is"),
        (lambda patch: patch.setattr(Report._meta, "permissions", []), "step_permissions are missing"),
        (lambda patch: patch.setattr(Report._meta, "constraints", []), "fact_constraints are missing"),
        (lambda patch: patch.delattr(Report, "timeline_entry"), "timeline_entry"),
        (lambda patch: patch.delattr(Report, "steps"), "happenings and steps"),
        (lambda patch: patch.setattr(Report.fact_kind, "happenings", {}), "happenings and steps"),
        (lambda patch: patch.setattr(Report.fact_kind, "list_view", ""), "list_view is missing"),
        (lambda patch: patch.setattr(Report.fact_kind, "list_view", "states.lists.Nothing"), "nothing is found"),
        (lambda patch: patch.setattr(Report.fact_kind, "page_view", "states.lists.plans.PlanPage"), "has no address"),
        (lambda patch: patch.setattr(interchange, "TABLES", []), "there is no reports.csv"),
    ],
)
def test_what_is_forgotten_is_said(db, monkeypatch, forget, sentence):
    with monkeypatch.context() as patch:
        # A frozen dataclass, and a registry that is read once: both are opened for this test alone.
        patch.setattr(type(Report.fact_kind), "__setattr__", object.__setattr__)
        patch.setattr(type(Report.fact_kind), "__delattr__", object.__delattr__)
        forget(patch)
        said = forgotten(Report)
    assert any(sentence in one for one in said), said
    assert forgotten(Report) == []
