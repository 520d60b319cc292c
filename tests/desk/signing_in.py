"""Signing in with a password and a second factor, as a person does it."""

import time

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from r1540.desk.signing_in import second_factor
from tests import factories

PASSWORD = "a long pass phrase"
INDEX, SET_UP, CODE = "/admin/", "/admin/second-factor/", "/admin/second-factor/code/"
MUST = ["Publisher", "Administrator", None]
MAY = ["Viewer", "Editor"]


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


def set_up(client, answer, code=None):
    device = TOTPDevice(key=client.session["second_factor_key"])
    return client.post(SET_UP, {"code": code or code_now(device), "next": answer.context["next"]})


def wholly_in(user):
    device, _ = with_app(user)
    client, _ = sign_in(user)
    client.post(CODE, {"code": code_now(device, steps=-1)})
    return client, device
