"""Every address of the admin, found by walking its URLconf, so that none can be forgotten."""

import re
import uuid

from django.contrib.admin.sites import site
from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver

from r1540.models import Import
from states.models import fact_models
from tests import factories
from tests.desk.admin_client import name_of


def rows(published=False) -> dict:
    """One row of every model that has a desk, by the name that its addresses begin with."""
    state, more = factories.state("Chad"), {"published": published}
    made = {
        "states_state": factories.state("Congo"),
        "states_organization": factories.organization(),
        "states_membership": factories.membership(factories.organization("AU"), state),
        "states_source": factories.source(**more),
        **{name_of(model): factories.fact(model, state, **more) for model in fact_models()},
        "auth_user": factories.user("Viewer", username="somebody"),
    }
    made["auth_group"] = made["auth_user"].groups.get()
    made["r1540_savedfilter"] = factories.saved_filter(made["auth_user"], is_for_all=True)
    return made


def patterns():
    """(name, route, names of its arguments) of every pattern of the admin; a name is None for the catch-alls."""
    admin = next(one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == "admin")
    for outer in admin.url_patterns:
        for one in getattr(outer, "url_patterns", [outer]):
            route = ("" if one is outer else str(outer.pattern)) + str(one.pattern)
            yield one.name, route, sorted(one.pattern.converters)
    for one in get_resolver().url_patterns:
        if str(one.pattern).startswith("admin/saved-filters/"):
            yield one.name, str(one.pattern).removeprefix("admin/"), sorted(one.pattern.converters)


def page_of(name, route) -> tuple[str, str]:
    """("states_report", "change") of a model's page; ("", "jsi18n") of any other."""
    for model in site._registry:
        app, label = model._meta.app_label, model._meta.model_name
        if route.startswith(f"{app}/{label}/"):
            return f"{app}_{label}", name.removeprefix(f"{app}_{label}_") if name else "old_address"
    if route.startswith("saved-filters/<"):
        return "r1540_savedfilter", name
    return "", name or "catch_all"


def filled(route, row) -> str:
    """An address of a pattern: about `row` where it is about a row."""
    key = str(row.pk) if row else "0"
    content_type = str(ContentType.objects.get_for_model(row).pk) if row else "1"
    values = {
        "<path:object_id>": key,
        "<id>": key,
        "<int:number>": key,
        "<path:content_type_id>": content_type,
        "(?P<url>.*)$": "nowhere",
    }
    for part, value in values.items():
        route = route.replace(part, value)
    return "/admin/" + re.sub(r"\^\(\?P<app_label>.*", "states/", route)


def of_files() -> dict:
    """The addresses of import and export of reports, by their names; of an import that was applied, or of no job."""
    done = Import.objects.create(key=uuid.uuid4(), table="reports", file_name="x.csv", who="x", inserted=1, updated=0)
    made = {}
    for one in get_resolver().url_patterns:
        route = str(one.pattern)
        if route.startswith("admin/files/"):
            key = str(done.key) if "<uuid:key>" in route else "0" * 32
            made[one.name] = "/" + re.sub("<[a-z]+:key>", key, route.replace("<str:name>", "reports"))
    return made
