"""The second factor: how it is asked for, used up, replaced and lost, and how long one stays signed in."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from r1540.desk.signing_in import second_factor
from tests.desk.signing_in import (
    CODE,
    INDEX,
    MAY,
    MUST,
    PASSWORD,
    SET_UP,
    code_now,
    forget_throttle,
    is_in,
    landed,
    person,
    sign_in,
    wholly_in,
    with_app,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings):
    settings.SECOND_FACTOR = True


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
