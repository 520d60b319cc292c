"""The second factor: who must have one, how it is set up, asked for, used up and lost."""

import re
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from r1540.doors import second_factor
from r1540.management.commands import up
from tests import factories
from tests.desk_addresses import filled, patterns

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"
INDEX, SET_UP, CODE = "/admin/", "/admin/second-factor/", "/admin/second-factor/code/"
MUST = ["Publisher", "Administrator", None]
MAY = ["Viewer", "Editor"]


@pytest.fixture(autouse=True)
def _on(settings):
    settings.SECOND_FACTOR = True


def person(role):
    user = factories.user(role)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(user, address=INDEX):
    """A browser of somebody who typed the password, and the page it then lands on."""
    client = Client()
    data = {"username": user.username, "password": PASSWORD, "next": address}
    answer = client.post(reverse("admin:login"), data, follow=True)
    return client, answer


def code_now(device, steps=0):
    clock = TOTP(device.bin_key)
    clock.time = time.time() + 30 * steps
    return f"{clock.token():06}"


def with_app(user):
    """The app of somebody who has set one up, and ten recovery codes."""
    device = TOTPDevice.objects.create(user=user, name="authenticator app")
    return device, second_factor.new_codes(user)


def is_in(client):
    return client.get(INDEX).status_code == 200


def forget_throttle():
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)


def landed(answer):
    return answer.request["PATH_INFO"]


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


def set_up(client, answer, code=None):
    device = TOTPDevice(key=client.session["second_factor_key"])
    return client.post(SET_UP, {"code": code or code_now(device), "next": answer.context["next"]})


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


# To show it


@pytest.mark.parametrize("role", [*MAY, *MUST])
def test_whoever_has_one_is_asked_for_its_code(role):
    user = person(role)
    device, _ = with_app(user)
    client, answer = sign_in(user, "/admin/states/state/")
    assert landed(answer) == CODE
    assert not is_in(client)
    code = code_now(device)
    assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}", "next": "/admin/states/state/"})["Location"] == (
        "/admin/states/state/"
    )
    assert is_in(client)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(address):
    user = person(None)
    device, _ = with_app(user)
    client, _ = sign_in(user)
    assert client.post(CODE, {"code": code_now(device), "next": address})["Location"] == INDEX


def test_a_code_is_good_for_once():
    user = person(None)
    device, recovery = with_app(user)
    for code in (code_now(device), recovery[0].upper()):
        first, second = sign_in(user)[0], sign_in(user)[0]
        assert first.post(CODE, {"code": code}).status_code == 302
        assert second.post(CODE, {"code": code}).status_code == 200
        assert is_in(first) and not is_in(second)
        forget_throttle()


def test_wrong_codes_make_the_next_one_wait():
    user = person(None)
    device, _ = with_app(user)
    client, _ = sign_in(user)
    for _ in range(2):
        client.post(CODE, {"code": code_now(device, steps=50)})
        assert TOTPDevice.objects.get().throttling_failure_count == 1  # the second was not even looked at
    TOTPDevice.objects.update(throttling_failure_count=6)
    assert "Too many wrong codes. Wait 32 seconds" in client.post(CODE, {"code": code_now(device)}).text
    assert not is_in(client)
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=33))
    assert client.post(CODE, {"code": code_now(device)}).status_code == 302


@pytest.mark.parametrize("code", ["", "1", "-1", "٠٠٠٠٠٠", "9" * 20, "9" * 21, "' OR 1=1", "é" * 8, "1e5", "²²²"])
def test_an_odd_code_is_refused_at_its_field(code):
    user = person(None)
    with_app(user)
    client, answer = sign_in(user)
    for address in (CODE, SET_UP):
        answer = client.post(address, {"code": code}, follow=True)
        assert answer.status_code == 200
    assert not is_in(client)


def test_nobody_comes_in_with_the_device_of_somebody_else():
    ana, ben = person(None), person("Publisher")
    device, recovery = with_app(ben)
    with_app(ana)
    client, _ = sign_in(ana)
    assert client.post(CODE, {"code": code_now(device), "otp_device": device.persistent_id}).status_code == 200
    assert client.post(CODE, {"code": recovery[0]}).status_code == 200
    assert not is_in(client)


# To look after it


def wholly_in(user):
    device, _ = with_app(user)
    client, _ = sign_in(user)
    client.post(CODE, {"code": code_now(device, steps=-1)})
    return client, device


def test_new_recovery_codes_replace_the_old():
    user = person("Publisher")
    client, device = wholly_in(user)
    old = set(StaticToken.objects.values_list("token", flat=True))
    assert client.post(SET_UP, {"codes": "1"}).context["form"].errors
    client.post(SET_UP, {"code": code_now(device), "codes": "1"})
    new = set(StaticToken.objects.values_list("token", flat=True))
    assert len(new) == 10 and not new & old


def test_removing_ones_own_needs_a_code_and_leads_to_a_new_one():
    client, device = wholly_in(person("Publisher"))
    client.post(SET_UP, {"code": "000000x", "remove": "1"})
    assert TOTPDevice.objects.exists()
    forget_throttle()
    client.post(SET_UP, {"code": code_now(device), "remove": "1"})
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert landed(client.get(INDEX, follow=True)) == SET_UP


def test_a_superuser_removes_a_lost_device_with_a_reason_that_is_kept():
    admin, lost = person(None), person("Publisher")
    theirs, _ = wholly_in(lost)
    ours, _ = wholly_in(admin)
    url = reverse("admin:auth_user_second_factor", args=[lost.pk])
    assert f'href="{url}"' in ours.get(reverse("admin:auth_user_change", args=[lost.pk])).text
    assert ours.post(url, {"reason": ""}).context["form"].errors
    assert second_factor.app_of(lost)
    assert ours.post(url, {"reason": "Phone lost."}).status_code == 302
    assert not second_factor.app_of(lost) and second_factor.app_of(admin)
    assert not is_in(theirs)
    logged = LogEntry.objects.latest("pk")
    assert (logged.user, logged.change_message) == (admin, "Second factor removed: Phone lost.")


@pytest.mark.parametrize("role", ["Viewer", "Editor", "Publisher", "Administrator"])
def test_nobody_else_removes_a_device(role):
    lost = person(None)
    with_app(lost)
    client, _ = wholly_in(person(role))
    url = reverse("admin:auth_user_second_factor", args=[lost.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "Mine now."}).status_code == 403
    assert second_factor.app_of(lost)


def test_no_page_shows_the_secrets_of_devices():
    client, device = wholly_in(person(None))
    for name in ("otp_totp/totpdevice/", "otp_static/staticdevice/", f"otp_totp/totpdevice/{device.pk}/config/"):
        assert client.get(f"/admin/{name}").status_code == 404


# Sessions


def test_who_was_away_for_too_long_signs_in_again():
    client, _ = wholly_in(person(None))
    assert is_in(client)
    session = client.session
    session["seen"] -= 2 * 60 * 60 + 60
    session.save()
    assert "/admin/login/" in client.get("/admin/states/state/")["Location"]
    assert "_auth_user_id" not in client.session


def test_who_works_on_stays_in():
    client, _ = wholly_in(person(None))
    is_in(client)
    for _ in range(4):
        session = client.session
        session["seen"] -= 60 * 60
        session.save()
        assert is_in(client)


def test_cookies_are_kept_from_scripts_and_other_sites():
    person("Viewer")
    client = Client()
    answer = client.post(reverse("admin:login"), {"username": "viewer", "password": PASSWORD})
    cookie = answer.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    token = client.get(SET_UP).cookies["csrftoken"]
    assert (token["httponly"], token["samesite"]) == (True, "Lax")
