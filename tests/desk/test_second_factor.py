"""The second factor: who must have one, what is closed without, and how it is set up."""

import re
import subprocess
import sys

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from r1540.desk.signing_in import second_factor
from r1540.management.commands import up
from tests.desk.desk_addresses import filled, patterns
from tests.desk.signing_in import (
    CODE,
    INDEX,
    MAY,
    MUST,
    SET_UP,
    code_now,
    is_in,
    landed,
    person,
    set_up,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings):
    settings.SECOND_FACTOR = True


# Who


@pytest.mark.parametrize("role", MUST)
def test_who_may_publish_or_delete_is_led_to_set_it_up(role):
    client, answer = sign_in(person(role), reverse("admin:states_report_changelist"))
    assert landed(answer) == SET_UP
    assert answer.context["next"] == reverse("admin:states_report_changelist")
    assert not is_in(client)


@pytest.mark.parametrize("role", MAY)
def test_who_may_do_neither_comes_in_without_and_may_set_it_up(role):
    client, answer = sign_in(person(role))
    assert landed(answer) == INDEX
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize("right", ["publish_report", "delete_state"])
def test_the_right_counts_whatever_group_it_comes_from(right):
    user = person("Viewer")
    assert not second_factor.must_have(user)
    group = Group.objects.create(name="Others")
    group.permissions.add(Permission.objects.get(codename=right))
    user.groups.add(group)
    assert second_factor.must_have(User.objects.get(pk=user.pk))


def test_a_local_site_asks_nobody_but_who_has_set_one_up(settings):
    settings.SECOND_FACTOR = False
    user = person(None)
    assert is_in(sign_in(user)[0])
    with_app(user)
    assert landed(sign_in(user)[1]) == CODE


def test_a_deployment_asks_and_a_local_site_does_not():
    code = "from r1540 import settings; print(settings.SECOND_FACTOR)"
    deployment = {"DATABASE_URL": "postgres://x@127.0.0.1/x", "SECRET_KEY": "s", "ALLOWED_HOSTS": "h"}
    for variables, expected in (
        ({"SECRET_KEY": "s"}, "False"),
        (deployment, "True"),
        (deployment | {"SECOND_FACTOR": "off"}, "False"),
        ({"SECRET_KEY": "s", "SECOND_FACTOR": "on"}, "True"),
        ({"SECRET_KEY": "s", "SECOND_FACTOR": "yes"}, "Write SECOND_FACTOR=on or SECOND_FACTOR=off."),
    ):
        ended = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True)
        assert expected in ended.stdout + ended.stderr


# Half-way


DOORS = {"login", "logout", "second_factor", "second_factor_code"}


@pytest.mark.parametrize("has_app", [False, True])
def test_a_password_alone_opens_nothing_of_the_admin(has_app):
    user = person(None)
    if has_app:
        with_app(user)
    client, _ = sign_in(user)
    asked = [filled(route, None) for name, route, _ in patterns() if name not in DOORS]
    assert len(asked) > 60
    for address in asked:
        for method in (client.get, client.post):
            answer = method(address)
            assert (answer.status_code, answer.headers.get("Location", "")[:13]) == (302, "/admin/login/"), address
    assert landed(client.get("/admin/states/state/", follow=True)) == (CODE if has_app else SET_UP)


def test_who_is_half_way_can_leave():
    client, _ = sign_in(person(None))
    assert client.post(reverse("admin:logout")).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", [SET_UP, CODE])
def test_the_doors_are_closed_to_who_has_typed_no_password(address):
    for method in (Client().get, Client().post):
        assert "/admin/login/" in method(address)["Location"]
    reader = Client()
    reader.force_login(User.objects.create(username="reader"))
    assert "/admin/login/" in reader.get(address)["Location"]


# To set it up


def test_setting_it_up_shows_the_recovery_codes_once_and_opens_the_admin():
    user = person("Publisher")
    client, answer = sign_in(user, "/admin/states/state/")
    before = client.session.session_key
    shown = set_up(client, answer)
    codes = re.findall(r"<li><code>([a-z2-7]{8})</code>", shown.text)
    assert sorted(codes) == sorted(StaticToken.objects.values_list("token", flat=True))
    assert len(set(codes)) == second_factor.CODES
    assert 'href="/admin/states/state/"' in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert is_in(client)
    assert client.session.session_key != before
    assert "second_factor_key" not in client.session
    assert not [code for code in codes if code in client.get(SET_UP).text]
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Second factor set up."]


def test_the_first_code_is_used_up_by_setting_up():
    user = person(None)
    client, answer = sign_in(user)
    code = code_now(TOTPDevice(key=client.session["second_factor_key"]))
    set_up(client, answer, code)
    other, _ = sign_in(user)
    assert "not the code of this moment" in other.post(CODE, {"code": code}).text


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_picture():
    client, answer = sign_in(person(None))
    again = set_up(client, answer, "1234567")
    assert again.context["form"].errors["code"]
    assert again.context["secret"] == answer.context["secret"]
    assert not TOTPDevice.objects.exists()
    assert not is_in(client)


def test_each_opening_of_the_page_shows_another_secret():
    client, answer = sign_in(person(None))
    assert client.get(SET_UP).context["secret"] != answer.context["secret"]


def test_a_form_sent_by_hand_without_a_secret_sets_nothing_up():
    client = Client()
    client.force_login(person(None))
    assert client.post(SET_UP, {"code": "000000", "second_factor_key": "00" * 20}).status_code == 200
    assert not TOTPDevice.objects.exists()


def test_who_has_one_cannot_set_up_another_with_the_password_alone():
    user = person(None)
    device, _ = with_app(user)
    client, _ = sign_in(user)
    assert client.get(SET_UP)["Location"] == CODE
    assert client.post(SET_UP, {"code": "123456"})["Location"] == CODE
    assert TOTPDevice.objects.get() == device


def test_the_picture_is_drawn_without_a_request_and_holds_the_secret():
    _, answer = sign_in(person(None))
    picture = answer.context["picture"]
    assert picture.startswith("<svg") and "style=" not in picture and "href" not in picture
    assert 'role="img"' in answer.text


def test_the_first_administrator_that_up_makes_gets_in(capsys):
    up.Command().make_administrator()
    password = re.search(r"password  (\S+)", capsys.readouterr().out).group(1)
    client = Client()
    data = {"username": "admin", "password": password, "next": INDEX}
    answer = client.post(reverse("admin:login"), data, follow=True)
    assert landed(answer) == SET_UP
    set_up(client, answer)
    assert is_in(client)
