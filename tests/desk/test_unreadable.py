"""Whatever cannot be read in a field of a form at the desk is told at that field, and no rule breaks on it.

A rule may look at a field that could not be read: a constraint, `clean` of a model or a form, a formset. So every field
of every form of the admin is sent what it cannot read, in a row that has as much recorded as the rules look at.
"""

import pytest
from django import forms
from django.contrib.admin.sites import site
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.forms.models import InlineForeignKeyField

from r1540.as_at.when import WhenFormField
from states.models import fact_models
from tests import factories
from tests.desk.admin_client import address, signed_in, typed

pytestmark = pytest.mark.django_db

NUMBER, KEY, DAY = ["'", "-1", "9" * 40], ["'", "-1", "9" * 40], ["'", "-0001", "0000-00-00", "99999-01-01"]
UNREADABLE = {
    WhenFormField: DAY,
    forms.DateField: DAY,
    forms.SplitDateTimeField: DAY,
    forms.IntegerField: NUMBER,
    forms.ModelMultipleChoiceField: KEY,
    InlineForeignKeyField: KEY,
    forms.ModelChoiceField: KEY,
    forms.ChoiceField: ["'", "nonsense"],
    forms.URLField: ["'", "javascript:alert(1)"],
}
# Whatever is typed there can be read: text of any length, yes or no, what is shown only.
ALL_IS_READ = (forms.BooleanField, ReadOnlyPasswordHashField)


def rows() -> dict:
    """A row of every model with a desk, by the model, with the others that the rules about it look at."""
    chad, cis = factories.state("Chad"), factories.organization()
    source, more = factories.source(dated="2004", link="https://example.org/"), {}
    more["sources"] = [source]
    factories.state_name(chad, "Tchad", "fr")
    factories.membership(cis, chad, joined="2001", left="2002")
    membership = factories.membership(factories.organization("AU"), chad, joined="2002", **more)
    factories.membership(cis, chad, joined="2003", left="2004", number=2)
    factories.report(chad, "2004-10-27", **more)
    first = factories.plan(chad, "2010", **more)
    factories.visit(chad, "2012-01-10", ends="2012-01-12", stated_order=1)
    made = [
        chad,
        cis,
        source,
        membership,
        factories.report(chad, "2008-10-27", kind="additional information", received="2008-10-28", **more),
        factories.plan(chad, "2012", announced="2011", number=2, supersedes=first, period_starts="2012", **more),
        factories.resolution(mandate_until="2006-04-28", **more),
        factories.figure(**more),
        factories.visit(chad, invited="2013-01-01", ends="2013-11-13", stated_order=2, organizations=[cis], **more),
        factories.event(chad, ends="2013-01-17", organizations=[cis], **more),
        factories.user("Viewer", username="somebody"),
    ]
    found = {type(row): row for row in [*made, made[-1].groups.get()]}
    return {model: factories.fact(model, chad, **more) for model in fact_models() if model not in found} | found


def values_for(field) -> list:
    """What a field of a form cannot read; empty where it reads everything."""
    if field.disabled or isinstance(field, ALL_IS_READ):
        return []
    values = next((list(values) for kind, values in UNREADABLE.items() if isinstance(field, kind)), [])
    if getattr(field, "max_length", None):
        values.append("x" * (field.max_length + 1))
    return values + ([""] if field.required and not isinstance(field, InlineForeignKeyField) else [])


def fields_of(page):
    """(name in the form, field, where its errors stand) of each field of a form and of one row of each inline."""
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    first = [(formset.prefix, form) for formset in formsets for form in formset.forms[:1]]
    for place, form in [("form", page.context["adminform"].form), *first]:
        for bound in form:
            yield bound.html_name, bound.field, place, bound.name


def errors(page, place, html_name) -> dict:
    if place == "form":
        return page.context["adminform"].form.errors
    formset = next(one.formset for one in page.context["inline_admin_formsets"] if one.formset.prefix == place)
    return formset.forms[int(html_name.split("-")[-2])].errors


def changed(data, name, field, value) -> dict:
    """The form as it is sent with one value in the place of another."""
    if isinstance(field.widget, forms.MultiWidget):
        return data | {f"{name}_{number}": value for number in range(len(field.widget.widgets))}
    return data | {name: [value] if isinstance(field, forms.ModelMultipleChoiceField) else value}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", ["add", "change"])
@pytest.mark.parametrize("model", sorted(site._registry, key=str), ids=lambda model: model._meta.label_lower)
def test_what_cannot_be_read_is_told_at_its_field(model, page):
    row, client = rows()[model], signed_in(None)
    desk = f"{model._meta.app_label}_{model._meta.model_name}"
    data = typed(client, address(desk, "change", row))
    data.pop("_submission")
    url = address(desk, page, row if page == "change" else None)
    if page == "add":
        data = typed(client, url) | {key: value for key, value in data.items() if not key.startswith("_")}
        data = {key: "0" if key.endswith("INITIAL_FORMS") else value for key, value in data.items()}
    shown = client.get(url) if page == "change" else client.post(url, data | {"certainty": "nonsense", "name": ""})
    fields = [(one, values) for one in fields_of(shown) if (values := values_for(one[1]))]
    cases = [[(one, values[0])] for one, values in fields]  # each alone, while all that a rule looks at is read
    most = max(len(values) for _, values in fields)
    cases += [[(one, values[number % len(values)]) for one, values in fields] for number in range(1, most)]
    client.raise_request_exception, wrong = False, []
    for case in cases:
        sent = data
        for (html_name, field, _, _), value in case:
            sent = changed(sent, html_name, field, value)
        answer = client.post(url, sent)
        for (html_name, _, place, name), value in case:
            if answer.status_code != 200 or name not in errors(answer, place, html_name):
                wrong.append((html_name, value[:20], answer.status_code))
    assert not wrong
    assert len(cases) > 2
