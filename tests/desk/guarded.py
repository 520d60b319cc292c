"""For each registered model: a record with an inline row or a many-to-many row, and how each of its rows is changed."""

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from states.models import fact_models
from tests import factories as make
from tests.desk.admin_client import RECORD, name_of, typed

MODELS = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}


def record(name):
    """A record of a registered model, with a row in each of its inlines and many-to-many tables."""
    if name == "auth_user":
        row = make.user("Editor", username="colleague")
        row.user_permissions.add(Permission.objects.first())
        return row
    if name == "auth_group":
        row = Group.objects.create(name="Readers")
        row.permissions.add(Permission.objects.first())
        return row
    row = RECORD[name](make.state("Chad"))
    for field in row._meta.many_to_many:
        getattr(row, field.name).add({"sources": make.source, "organizations": make.organization}[field.name]())
    if name == "states_state":
        make.state_name(row, "Tchad", "fr", "short")
        make.membership(make.organization("AU"), row)
    if name == "states_organization":
        make.membership(row, make.state("Congo"))
    return row


def ways(name):
    """What somebody else may do meanwhile: (words, function of the record)."""
    model = MODELS[name]
    yield "the row", lambda row: model.objects.filter(id=row.id).update(id=row.id)
    for inline in admin.site.get_model_admin(model).inlines:
        relation = next(f for f in inline.model._meta.fields if f.related_model is model)
        rows = inline.model.objects

        def change(row, rows=rows, relation=relation):
            assert rows.filter(**{relation.name: row}).update(**{relation.name: row})

        def remove(row, rows=rows, relation=relation):
            assert rows.filter(**{relation.name: row}).delete()[0]

        yield f"change {inline.__name__}", change
        yield f"delete {inline.__name__}", remove
    for field in model._meta.many_to_many:

        def add(row, field=field):
            known = getattr(row, field.name)
            made = {"sources": make.source, "organizations": lambda: make.organization("OSCE")}
            if field.name in made:
                known.add(made[field.name]())
            else:
                known.add(field.related_model.objects.exclude(pk__in=known.values("pk")).first())

        yield f"add to {field.name}", add
        yield f"empty {field.name}", lambda row, field=field: getattr(row, field.name).clear()


CASES = [(name, words) for name in MODELS for words, _ in ways(name)]


def meanwhile(name, words, row):
    dict(ways(name))[words](row)


def new(client, name):
    """What somebody types into the form of a new record."""
    url = reverse(f"admin:{name}_add")
    state = make.state("Chad").pk if name not in ("states_state", "auth_user", "auth_group") else None
    own = {
        "auth_user": {"username": "newcomer", "password1": "a long pass phrase", "password2": "a long pass phrase"},
        "auth_group": {"name": "Newcomers"},
        "states_state": {"name": "Chad", "name_in_text": "Chad", "formal_name": "Republic of Chad"}
        | {"iso3": "TCD", "iso2": "TD", "m49": "148", "status": "member", "admitted_on": "20 September 1960"}
        | {"regional_group": "African Group", "region": "Africa", "subregion": "Sub-Saharan Africa"},
        "states_organization": {"acronym": "AU", "name": "African Union", "kind": "regional"},
        "states_membership": {"state": state, "organization": make.organization("AU").pk}
        if name == "states_membership"
        else {},
        "states_source": {"reference": "letter", "title": "Letter"},
        "states_report": {"state": state, "submitted": "October 2004"},
        "states_actionplan": {"state": state, "submitted": "2011"},
        "states_resolution": {"symbol": "S/RES/1540 (2004)", "adopted_on": "28 April 2004", "effect": "Decided."},
        "states_publishedfigure": {"measure": "first_reports_submitted", "as_at": "2013", "value": "169"},
        "visits_visit": {"state": state, "starts": "12 November 2013"},
        "visits_event": {"title": "Workshop", "state": state, "starts": "2013", "kind": "regional workshop"},
    }
    return url, typed(client, url) | (own[name] if name in own else typed_of_a_kind(client, name))


def typed_of_a_kind(client, name):
    """Return what is typed to add a fact of a kind that `own` lacks: the values of a fact that tests make."""
    model = next(one for one in fact_models() if name_of(one) == name)
    row = make.fact(model, make.state("France"))
    values = typed(client, reverse(f"admin:{name}_change", args=[row.pk]))
    row.delete()
    return {key: value for key, value in values.items() if key in {field.name for field in model._meta.fields}}
