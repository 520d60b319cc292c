"""Every rule that a named constraint keeps: what it says in a form, and that the database keeps it by itself."""

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint

from r1540.as_at.when import When, WhenField
from r1540.door import views
from states.models import ActionPlan, Fact, Report, fact_models
from tests import factories
from tests.record.rules_allowed import ALLOWED
from tests.record.rules_refused import REFUSED
from visits.models import Visit

pytestmark = pytest.mark.django_db

MODELS = {model._meta.label: model for model in views.models()}
CONSTRAINTS = {constraint.name: constraint for model in MODELS.values() for constraint in model._meta.constraints}
A_FIELD_SAYS_IT_FIRST = {"figure_qualifier_known": "not a valid choice"} | {
    name: "not a valid choice" for name in CONSTRAINTS if name.endswith("_not_from_recollection")
}


def prepare(case):
    """The row of a case, unsaved; those that are there before it are saved."""
    there = []
    for row in case.there:
        there.append(row.make(there))
        there[-1].save()
    return case.row.make(there)


def broken_rule(change) -> str:
    """The name of the constraint by which the database refuses a change, made without Python's own checks."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change()
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_form_refuses_it_and_says_just_why(case):
    row = prepare(case)
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    if case.rule in A_FIELD_SAYS_IT_FIRST:
        assert A_FIELD_SAYS_IT_FIRST[case.rule] in " ".join(refusal.value.messages)
        with pytest.raises(ValidationError) as refusal:
            row.validate_constraints()
    assert refusal.value.messages == [CONSTRAINTS[case.rule].violation_error_message]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_the_database_refuses_it_by_itself(case):
    row = prepare(case)
    assert broken_rule(lambda: type(row).objects.bulk_create([row])) == case.rule


@pytest.mark.parametrize("case", ALLOWED, ids=str)
def test_form_and_database_allow_it(case):
    row = prepare(case)
    row.full_clean()
    type(row).objects.bulk_create([row])
    row.full_clean()  # as it is when it is opened again


# Rows that were in order, and are changed.


def test_a_first_report_cannot_move_behind_additional_information():
    chad = factories.state()
    first = factories.report(chad)
    factories.report(chad, "2005-11", kind="additional information")
    first.submitted = When.parse("2005-12-01")
    with pytest.raises(ValidationError, match="Additional information cannot come before the first report"):
        first.full_clean()
    changed = Report.objects.filter(pk=first.pk)
    assert broken_rule(lambda: changed.update(submitted="2005-12-01")) == "report_first_report_comes_first"
    changed.update(submitted="2005-11-30")  # the information may be of that day


def test_additional_information_cannot_become_a_second_first_report():
    chad = factories.state()
    factories.report(chad)
    second = factories.report(chad, "2005", kind="additional information")
    second.kind = "first report"
    with pytest.raises(ValidationError, match="a State has one first report"):
        second.full_clean()
    changed = Report.objects.filter(pk=second.pk)
    assert broken_rule(lambda: changed.update(kind="first report")) == "report_one_first_report"


def test_a_plan_cannot_update_itself():
    plan = factories.plan(factories.state())
    plan.supersedes = plan
    with pytest.raises(ValidationError) as refusal:
        plan.full_clean()
    assert refusal.value.messages == ["A plan cannot update itself."]
    changed = ActionPlan.objects.filter(pk=plan.pk)
    assert broken_rule(lambda: changed.update(supersedes=plan)) == "plan_supersedes_another"


def test_a_plan_that_is_updated_cannot_move_to_another_state():
    chad, zimbabwe = factories.state(), factories.state("Zimbabwe")
    plan = factories.plan(chad)
    factories.plan(chad, "2016", number=2, supersedes=plan)
    plan.full_clean()
    plan.state = zimbabwe
    with pytest.raises(ValidationError) as refusal:
        plan.full_clean()
    assert refusal.value.messages == ["A plan can only update a plan of the same State."]
    changed = ActionPlan.objects.filter(pk=plan.pk)
    assert broken_rule(lambda: changed.update(state=zimbabwe)) == "plan_supersedes_same_state"


def test_a_cancelled_visit_cannot_be_revived_on_the_days_of_another():
    chad = factories.state()
    cancelled = factories.visit(chad, cancelled="2013-11-01")
    factories.visit(chad)
    cancelled.cancelled = None
    with pytest.raises(ValidationError, match="Another visit to this State is recorded on these days"):
        cancelled.full_clean()
    changed = Visit.objects.filter(pk=cancelled.pk)
    assert broken_rule(lambda: changed.update(cancelled=None)) == "visit_without_overlap"


def test_a_visit_that_ends_before_it_starts_is_not_also_said_to_overlap_another():
    chad = factories.state()
    factories.visit(chad, "2013-11-01", ends="2013-11-30")
    refused = Visit(state=chad, starts=When.parse("2013-12-12"), ends=When.parse("2013-12-11"))
    with pytest.raises(ValidationError) as refusal:
        refused.full_clean()
    assert refusal.value.messages == ["A visit cannot end before it starts."]


# That no rule is left out.


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_each_rule_has_a_sentence_of_its_own_that_a_diplomat_could_read(name):
    sentence = CONSTRAINTS[name].violation_error_message
    assert sentence != BaseConstraint.default_violation_error_message
    assert sentence[0].isupper() and sentence.endswith(".") and "_" not in sentence
    assert not {"constraint", "violated", "null", "invalid", "field", "row"} & set(sentence.lower().split())


def test_each_rule_is_in_the_tables():
    changed = {"plan_supersedes_another"}  # no row can be made that updates itself; see above
    assert {case.rule for case in REFUSED} == set(CONSTRAINTS) - changed
    since = {case.rule for case in ALLOWED}
    unconditional = {name for name in CONSTRAINTS if name.endswith("_not_from_recollection")}
    assert since == set(CONSTRAINTS) - changed - unconditional


@pytest.mark.parametrize("model", [model for model in MODELS.values() if issubclass(model, Fact)])
def test_each_day_of_a_fact_is_since_the_adoption(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, WhenField):
            assert any(name.endswith(f"_{field.name}_since_adoption") for name in names(model)), field.name


def names(model):
    return [constraint.name for constraint in model._meta.constraints]


@pytest.mark.parametrize("label", MODELS)
def test_each_field_is_declared_public_or_internal(label):
    assert views.view(MODELS[label]).startswith("CREATE VIEW")


@pytest.mark.parametrize("label", [label for label in MODELS if not MODELS[label]._meta.auto_created])
def test_a_field_declared_neither_public_nor_internal_is_refused(label, monkeypatch):
    model = MODELS[label]
    undeclared = model.public_columns.split()[-1]
    monkeypatch.setattr(model, "public_columns", model.public_columns.removesuffix(undeclared))
    with pytest.raises(FieldDoesNotExist, match=undeclared):
        views.view(model)


UNIQUE_FIELDS = [
    pytest.param(model, field.name, id=f"{label}.{field.name}")
    for label, model in MODELS.items()
    for field in model._meta.concrete_fields
    if field.unique and not field.primary_key
]


@pytest.mark.parametrize(("model", "field"), UNIQUE_FIELDS)
def test_a_permanent_name_is_given_once(model, field):
    chad = factories.state()
    rows = [chad, factories.source(), factories.organization()]
    rows += [factories.fact(kind, chad) for kind in fact_models()]
    again = next(row for row in rows if type(row) is model)
    again.pk, again._state.adding = None, True
    with pytest.raises(ValidationError) as refusal:
        again.full_clean()
    assert "already exists" in " ".join(refusal.value.message_dict[field])
