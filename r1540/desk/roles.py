"""The roles of staff, which are groups of Django: what each may do with facts, and with reference data.

A permission is given to the roles when it is made, after the migration that brings its model. A new kind of fact
therefore needs no line here, and what a superuser later gives to a role, or takes from it, stays as it was left.
"""

from django.apps import apps as installed
from django.contrib.auth import get_permission_codename
from django.contrib.auth.management import create_permissions
from django.db import transaction

from r1540.door import views
from r1540.history.publication import Publishable

# With facts and their sources; with reference data: States, their names, organizations and memberships.
ROLES = {
    "Viewer": ("view", "view"),
    "Editor": ("view add change check", "view"),
    "Publisher": ("view add change check publish", "view add change"),
    "Administrator": ("view add change check publish delete", "view add change delete"),
}


def permissions_of(role: str) -> set[str]:
    """Return the names of the permissions that a role has by default: states.view_report."""
    with_facts, with_reference = ROLES[role]
    return {
        f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}"
        for model in views.models()
        if not model._meta.auto_created
        for verb in (with_facts if issubclass(model, Publishable) else with_reference).split()
    }


def permissions_by_name(apps) -> dict:
    """Return the permissions of the record that there are, by the names that `permissions_of` has."""
    labels = {model._meta.app_label for model in views.models()}
    found = apps.get_model("auth", "Permission").objects.filter(content_type__app_label__in=labels)
    return {f"{one.content_type.app_label}.{one.codename}": one for one in found.select_related("content_type")}


@transaction.atomic
def give_permissions(apps=installed, **kwargs):
    """Make the permissions of the record, and give each new one to its roles. Called after every migration."""
    try:
        groups = apps.get_model("auth", "Group").objects
    except LookupError:  # the migration ended before those of django.contrib.auth
        return
    known = permissions_by_name(apps)
    for label in sorted({model._meta.app_label for model in views.models()}):
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps)
    new = {name: one for name, one in permissions_by_name(apps).items() if name not in known}
    for role in ROLES if new else ():
        group, _ = groups.get_or_create(name=role)
        group.permissions.add(*(new[name] for name in new.keys() & permissions_of(role)))
