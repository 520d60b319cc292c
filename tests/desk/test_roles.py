"""What a Viewer, an Editor, a Publisher and an Administrator may do with each model, by real requests."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import reverse

from r1540.desk import roles
from states.models import Fact, fact_models
from tests import factories
from tests.desk.admin_client import ACCOUNTS, FACTS, RECORD, REFERENCE, address, chosen, confirmed, signed_in, typed

pytestmark = pytest.mark.django_db

ROLES = ["Viewer", "Editor", "Publisher", "Administrator"]


def may_change(client, name, row):
    """Whether `client` can save a change of a row whose form a superuser was shown."""
    url = address(name, "change", row)
    answer = client.post(url, typed(signed_in(None), url) | {"internal_note": "Seen."})
    row.refresh_from_db()
    assert (answer.status_code, row.internal_note) in [(302, "Seen."), (403, "")]
    return answer.status_code == 302


@pytest.mark.parametrize("name", RECORD)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_whole_record(role, name):
    row, client = RECORD[name](factories.state()), signed_in(role)
    assert client.get(address(name, "changelist")).status_code == 200
    assert client.get(address(name, "change", row)).status_code == 200
    assert client.get(address(name, "history", row)).status_code == 200


@pytest.mark.parametrize("name", RECORD)
@pytest.mark.parametrize("role", ROLES)
def test_editors_add_facts_and_publishers_add_reference_data(role, name):
    adds = role in ("Publisher", "Administrator") or (role == "Editor" and name in FACTS)
    assert signed_in(role).get(address(name, "add")).status_code == (200 if adds else 403)


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize(
    "role, published, changes",
    [
        ("Viewer", False, False),
        ("Viewer", True, False),
        ("Editor", False, True),
        ("Editor", True, False),
        ("Publisher", False, True),
        ("Publisher", True, True),
        ("Administrator", False, True),
        ("Administrator", True, True),
    ],
)
def test_only_who_may_publish_a_fact_changes_it_once_it_is_published(role, published, changes, name):
    row = FACTS[name](factories.state(), published=published)
    assert may_change(signed_in(role), name, row) is changes


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("role", ROLES)
def test_publishers_change_reference_data(role, name):
    row = REFERENCE[name](factories.state())
    assert may_change(signed_in(role), name, row) is (role in ("Publisher", "Administrator"))


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action, before", [("publish", False), ("unpublish", True)])
def test_publishers_publish_and_unpublish(action, before, role, name):
    row = FACTS[name](factories.state(), published=before, checked=True)
    signed_in(role).post(address(name, "changelist"), chosen(action, row))
    row.refresh_from_db()
    assert row.published is (before != (role in ("Publisher", "Administrator")))


@pytest.mark.parametrize("name", RECORD)
@pytest.mark.parametrize("role", ROLES)
def test_only_an_administrator_deletes(role, name):
    row, client = RECORD[name](factories.state()), signed_in(role)
    answer = client.post(address(name, "delete", row), confirmed(row))
    deletes = role == "Administrator"
    assert answer.status_code == (302 if deletes else 403)
    assert type(row).objects.filter(pk=row.pk).exists() is not deletes


@pytest.mark.parametrize("name", RECORD)
@pytest.mark.parametrize("role", ROLES)
def test_only_an_administrator_deletes_the_rows_chosen_in_a_list(role, name):
    row, client = RECORD[name](factories.state()), signed_in(role)
    client.post(address(name, "changelist"), chosen("delete_selected", row, post="yes"))
    assert type(row).objects.filter(pk=row.pk).exists() is (role != "Administrator")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_or_edits_users_and_groups_even_with_their_permissions(role):
    client = signed_in(role)
    staff, group = User.objects.get(), Group.objects.get(name=role)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    rows = dict(zip(ACCOUNTS, [staff, group], strict=True))
    for name in ACCOUNTS:
        assert client.get(address(name, "changelist")).status_code == 403
        assert client.get(address(name, "add")).status_code == 403
        assert client.post(address(name, "change", rows[name]), {"is_superuser": "on"}).status_code == 403
        assert client.post(address(name, "delete", rows[name]), {"post": "yes"}).status_code == 403
    assert b"/auth/" not in client.get(reverse("admin:index")).content
    staff.refresh_from_db()
    assert not staff.is_superuser


def test_a_superuser_edits_users_and_groups():
    client = signed_in(None)
    for name in ACCOUNTS:
        assert client.get(address(name, "changelist")).status_code == 200
        assert client.get(address(name, "add")).status_code == 200


def test_a_person_in_no_group_opens_nothing_of_the_record():
    client = Client()
    client.force_login(User.objects.create(username="nobody", is_staff=True))
    for name in RECORD:
        assert client.get(address(name, "changelist")).status_code == 403


def test_each_role_has_all_that_the_one_before_it_has():
    rights = [{permission.codename for permission in Group.objects.get(name=role).permissions.all()} for role in ROLES]
    assert rights[0]
    for fewer, more in zip(rights, rights[1:], strict=False):
        assert fewer < more
    assert {right.split("_")[0] for right in rights[0]} == {"view"}
    assert not [right for role in rights[:-1] for right in role if right.startswith("delete_")]


def rights(role) -> set[str]:
    held = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in held}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_permissions_of_its_verbs_and_no_other(role):
    facts, others = len(fact_models()) + 1, 4  # Source; State, StateName, Organization, Membership
    viewer = facts + others  # view
    editor = viewer + 3 * facts  # add, change, check
    publisher = editor + facts + 2 * others  # publish; add, change
    numbers = [viewer, editor, publisher, publisher + facts + others]  # delete
    assert rights(role) == roles.permissions_of(role)
    assert len(rights(role)) == numbers[ROLES.index(role)]


def test_a_new_kind_of_fact_is_given_to_the_roles_without_being_named(monkeypatch):
    with isolate_apps("states"):

        class AssistanceRequest(Fact):
            class Meta:
                app_label = "states"

    monkeypatch.setattr(roles.views, "models", lambda: [AssistanceRequest])
    verbs = {role: {right.removesuffix("_assistancerequest") for right in roles.permissions_of(role)} for role in ROLES}
    assert verbs["Viewer"] == {"states.view"}
    assert verbs["Editor"] - verbs["Viewer"] == {"states.add", "states.change", "states.check"}
    assert verbs["Publisher"] - verbs["Editor"] == {"states.publish"}
    assert verbs["Administrator"] - verbs["Publisher"] == {"states.delete"}


@pytest.mark.parametrize("model", ["visit", "membership"])
def test_permissions_that_a_migration_made_are_given_to_the_roles(model):
    before = {role: rights(role) for role in ROLES}
    Permission.objects.filter(content_type__model=model).delete()
    assert before["Administrator"] - rights("Administrator")
    roles.give_permissions()
    assert {role: rights(role) for role in ROLES} == before


def test_what_a_superuser_took_from_a_role_or_gave_it_stays_after_a_migration():
    editor, viewer = Group.objects.get(name="Editor"), Group.objects.get(name="Viewer")
    editor.permissions.remove(Permission.objects.get(codename="add_source"))
    viewer.permissions.add(Permission.objects.get(codename="add_source"))
    viewer.name = "Readers"
    viewer.save()
    roles.give_permissions()
    assert "states.add_source" not in rights("Editor")
    assert "states.add_source" in rights("Readers")
    assert not Group.objects.filter(name="Viewer").exists()
