"""Who may do what: a table of role, action, address and method, tested completely.

Each line says what each of the seven ROLES is answered, in their order. The addresses come from the URLconf itself, so
an admin address that is in no line of the table fails a test, and so does a line without an address.
"""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from tests import factories
from tests.desk.admin_client import FACTS, REFERENCE, chosen, confirmed, typed
from tests.desk.desk_addresses import filled, of_files, page_of, patterns, rows

pytestmark = pytest.mark.django_db

ROLES = ["anonymous", "in no group", "Viewer", "Editor", "Publisher", "Administrator", "superuser"]
WORDS = {
    "P": "a page",
    "R": "led on",
    "L": "asked to sign in",
    "F": "forbidden",
    "N": "not found",
    "M": "no such method",
}

HANDLER = ClientHandler(enforce_csrf_checks=False)

# What a POST holds is empty, which saves nothing where a form is asked for, but a delete is confirmed, with its reason.
# A history is asked to undo no change, which it says on the page that it leads back to.
TABLE = {
    # kind of model, page: GET, POST
    ("fact", "changelist"): ("LFPPPPP", "LFPPPPP"),
    ("fact", "add"): ("LFFPPPP", "LFFPPPP"),
    ("fact", "change"): ("LFPPPPP", "LFFPPPP"),
    ("fact", "delete"): ("LFFFFPP", "LFFFFRR"),
    ("fact", "history"): ("LFPPPPP", "LFFRRRR"),
    ("fact", "old_address"): ("LRRRRRR", "LRRRRRR"),
    ("published fact", "change"): ("LFPPPPP", "LFFFPPP"),
    ("published fact", "delete"): ("LFFFFPP", "LFFFFRR"),
    ("reference", "changelist"): ("LFPPPPP", "LFPPPPP"),
    ("reference", "add"): ("LFFFPPP", "LFFFPPP"),
    ("reference", "change"): ("LFPPPPP", "LFFFPPP"),
    ("reference", "delete"): ("LFFFFPP", "LFFFFRR"),
    ("reference", "history"): ("LFPPPPP", "LFFFRRR"),
    ("reference", "old_address"): ("LRRRRRR", "LRRRRRR"),
    ("account", "changelist"): ("LFFFFFP", "LFFFFFP"),
    ("account", "add"): ("LFFFFFP", "LFFFFFP"),
    ("account", "change"): ("LFFFFFP", "LFFFFFP"),
    ("account", "delete"): ("LFFFFFP", "LFFFFFR"),
    ("account", "history"): ("LFFFFFP", "LFFFFFR"),
    ("account", "old_address"): ("LRRRRRR", "LRRRRRR"),
    ("account", "password_change"): ("LFFFFFP", "LFFFFFP"),
    ("account", "second_factor"): ("LFFFFFP", "LFFFFFR"),
    # of somebody else, for all staff; what their owners may is in test_saved_filters.py
    ("saved filter", "saved-filter"): ("LFRRRRR", "LMMMMMM"),
    ("saved filter", "saved-filter-change"): ("LFFFFFP", "LFFFFFP"),
    ("saved filter", "saved-filter-delete"): ("LMMMMMM", "LFFFFFR"),
    # pages of the site
    ("", "saved-filters"): ("LPPPPPP", "LNNNNNN"),  # to save a filter of no list
    ("", "index"): ("LPPPPPP", "LPPPPPP"),
    ("", "app_list"): ("LNPPPPP", "LNPPPPP"),
    ("", "login"): ("PRRRRRR", "PPPPPPP"),
    ("", "logout"): ("MMMMMMM", "PPPPPPP"),
    ("", "password_change"): ("LPPPPPP", "LPPPPPP"),
    ("", "password_change_done"): ("LPPPPPP", "LMMMMMM"),
    ("", "second_factor"): ("LPPPPPP", "LPPPPPP"),
    ("", "second_factor_code"): ("LRRRRRR", "LRRRRRR"),
    ("", "autocomplete"): ("LFFFFFF", "LMMMMMM"),  # of nothing; of something: below
    ("", "jsi18n"): ("LPPPPPP", "LMMMMMM"),
    ("", "view_on_site"): ("LNNNNNN", "LNNNNNN"),  # of a row of the kind 1, whatever it is, that is not there
    ("", "catch_all"): ("LNNNNNN", "LNNNNNN"),
}
# Of reports: an import that was applied and inserted a row; to undo it no reason is given.
FILES = {
    "desk-import": ("LFFPPPP", "LFFPPPP"),
    "desk-preview": ("LFFPPPP", "LFFRRRR"),
    "desk-template": ("LFFPPPP", "LMMMMMM"),
    "desk-reasons": ("LFFNNNN", "LMMMMMM"),  # an upload is kept until it is applied
    "desk-undo": ("LFFPPPP", "LFFFFPP"),
    "desk-export-csv": ("LFPPPPP", "LMMMMMM"),
    "desk-export-xlsx": ("LFPPPPP", "LMMMMMM"),
}
AUTOCOMPLETES = {
    ("states", "report", "state"): "LFPPPPP",
    ("states", "report", "sources"): "LFPPPPP",
    ("visits", "visit", "organizations"): "LFPPPPP",
    ("auth", "user", "groups"): "LFFFFFP",
    ("admin", "logentry", "user"): "LFFFFFP",
    ("otp_totp", "totpdevice", "user"): "LFFFFFP",
    ("states", "report", "internal_note"): "LFFFFFF",
}


def kind_of(model, published):
    if model in FACTS:
        return "published fact" if published else "fact"
    if model == "r1540_savedfilter":
        return "saved filter"
    return "reference" if model in REFERENCE else "account" if model else ""


def word(answer) -> str:
    if answer.status_code == 302:
        return "L" if answer["Location"].startswith(reverse("admin:login")) else "R"
    if answer.status_code == 403 and b'id="login-form"' in answer.content:
        return "L"
    return {200: "P", 403: "F", 404: "N", 405: "M"}.get(answer.status_code, str(answer.status_code))


def cookies_of(role):
    client = Client()
    if role == "in no group":
        client.force_login(User.objects.create(username="nobody", is_staff=True))
    elif role != "anonymous":
        client.force_login(factories.user(None if role == "superuser" else role))
    return client.cookies


def asked(cookies, method, address, data=None):
    """What one request is answered; what it does is undone. No Client, which would read all middleware again."""
    browser = RequestFactory()
    browser.cookies.update(cookies)
    environ = getattr(browser, method)(address, data or {}).environ
    with transaction.atomic():
        answer = HANDLER(environ)
        transaction.set_rollback(True)
    return word(answer)


def cases(published):
    """(kind, page, address, the row it is about or None) of every address of the admin."""
    made = rows(published)
    for name, route, _ in patterns():
        model, page = page_of(name, route)
        yield kind_of(model, published), page, filled(route, made.get(model)), made.get(model)


@pytest.mark.parametrize("published", [False, True], ids=["unpublished", "published"])
@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_every_role_as_the_table_says(role, published):
    cookies, wrong, count = cookies_of(role), [], 0
    for kind, page, address, row in cases(published):
        if published and not (kind == "published fact" and page in ("change", "delete")):
            continue
        for method, expected in zip(("get", "post"), TABLE[kind, page], strict=True):
            found = asked(
                cookies,
                method,
                address,
                confirmed(row) if row and method == "post" and kind != "saved filter" else None,
            )
            count += 1
            if found != expected[ROLES.index(role)]:
                wrong.append(f"{method} {address}: {found}, not {expected[ROLES.index(role)]}")
    assert not wrong, "\n".join(wrong)
    assert count > (27 if published else 140)


def test_every_address_is_in_the_table_and_every_line_is_about_one():
    found = {(kind, page) for kind, page, *_ in cases(published=False)}
    assert found == {line for line in TABLE if line[0] != "published fact"}
    assert {letter for pair in TABLE.values() for line in pair for letter in line} == set(WORDS)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_of_import_and_export_answers_every_role_as_the_table_says(role):
    cookies, addresses, number = cookies_of(role), of_files(), ROLES.index(role)
    assert addresses.keys() == FILES.keys()
    for name, expected in FILES.items():
        found = [asked(cookies, method, addresses[name]) for method in ("get", "post")]
        assert found == [line[number] for line in expected], name


@pytest.mark.parametrize("role", ROLES)
def test_an_autocomplete_offers_only_what_its_asker_may_see(role):
    factories.report(factories.state())
    cookies = cookies_of(role)
    for (app, model, field), expected in AUTOCOMPLETES.items():
        query = {"app_label": app, "model_name": model, "field_name": field, "term": "a"}
        found = asked(cookies, "get", reverse("admin:autocomplete"), query)
        assert found == expected[ROLES.index(role)], (app, model, field)


# Nobody grants what they lack


@pytest.fixture
def desk():
    """An Administrator who was given every permission there is, but is no superuser."""
    user = factories.user("Administrator")
    user.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def accounts():
    fields = ["username", "password", "is_superuser", "is_staff", "is_active", "groups", "user_permissions"]
    return list(User.objects.order_by("pk").values(*fields)), list(Group.objects.values("name", "permissions"))


def grants(user):
    """Forms sent by hand that would make somebody more than they are."""
    everything = [str(one.pk) for one in Permission.objects.all()]
    staff = {"username": user.username, "is_staff": "on", "is_active": "on"}
    staff |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00"}
    role = Group.objects.get(name="Editor")
    new = {"username": "new", "usable_password": "true", "password1": "a long pass phrase"}
    new["password2"] = new["password1"]
    group = {"name": "Editor", "permissions": everything}
    acting = {"action": "delete_selected", "_selected_action": user.pk, "index": 0, "post": "yes"}
    return [
        (
            "auth_user_change",
            user,
            staff | {"is_superuser": "on"},
        ),
        ("auth_user_change", user, staff | {"user_permissions": everything}),
        ("auth_user_add", None, new),
        ("auth_user_add", None, new | {"_popup": "1", "is_superuser": "on"}),
        ("auth_user_password_change", user, new),
        ("auth_user_delete", user, {"post": "yes"}),
        ("auth_user_changelist", None, acting),
        ("auth_group_change", role, group),
        ("auth_group_add", None, group | {"name": "All"}),
        ("auth_group_changelist", None, acting | {"_selected_action": role.pk}),
    ]


def test_only_a_superuser_grants_anything_whatever_is_sent(desk):
    before = accounts()
    for about in (desk.user, factories.user("Viewer"), factories.user(None)):
        before = accounts()
        for name, row, data in grants(about):
            answer = desk.post(reverse(f"admin:{name}", args=[row.pk] if row else []), data)
            assert answer.status_code == 403, name
    assert accounts() == before
    assert User.objects.count() == 3


def carried(row, data) -> dict:
    """What the guard and the history ask of a form besides."""
    if row:
        return {name: value for name, value in confirmed(row).items() if name != "post"}
    if "action" not in data:
        return {}
    key = data["_selected_action"]
    row = User.objects.filter(pk=key, username="viewer").first() or Group.objects.get(pk=key)
    return {name: value for name, value in chosen("delete_selected", row).items() if name in ("_seen", "reason")}


def test_the_forms_sent_by_hand_do_something_when_a_superuser_sends_them():
    client, done, admin = Client(), [], factories.user(None)
    for name, row, data in grants(factories.user("Viewer")):
        with transaction.atomic():
            client.force_login(admin)
            before = accounts()
            data |= carried(row, data)
            client.post(reverse(f"admin:{name}", args=[row.pk] if row else []), data)
            done.append((name, accounts() != before))
            transaction.set_rollback(True)
    assert [name for name, changed in done if not changed] == []


@pytest.mark.parametrize("extra", ["is_superuser", "groups", "user_permissions", "published"])
def test_a_field_that_no_form_has_is_not_saved_by_sending_it(desk, extra):
    before, report = accounts(), factories.report(factories.state())
    url = reverse("admin:states_report_change", args=[report.pk])
    desk.post(url, typed(desk, url) | {extra: "1", "note": "Seen."})
    desk.post(reverse("admin:password_change"), {extra: "1"})
    report.refresh_from_db()
    assert (report.note, report.published) == ("Seen.", False)
    assert accounts() == before
