"""Who needs a second factor to come in, and whether they showed it.

Whoever may publish or delete, and every superuser, must have one; anybody else on the staff may. Who has one is always
asked for it. A session that has only a password reaches the pages that set it up or ask for it, and no other.
"""

import time

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

CODES = 10  # recovery codes, each good for once


def must_have(user) -> bool:
    """Return whether this person may publish or delete, or is a superuser."""
    rights = (right.partition(".")[2] for right in user.get_all_permissions())
    return user.is_superuser or any(right.startswith(("publish_", "delete_")) for right in rights)


def app_of(user):
    """Return the authenticator app that this person has set up, or None."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def missing(request) -> str | None:
    """Return the name of the page that this person must pass first, or None. It is worked out once in a request."""
    if not hasattr(request, "second_factor_missing"):
        request.second_factor_missing = find_missing(request.user)
    return request.second_factor_missing


def find_missing(user) -> str | None:
    if getattr(user, "otp_device", None):
        return None
    if app_of(user):
        return "admin:second_factor_code"
    return "admin:second_factor" if settings.SECOND_FACTOR and must_have(user) else None


def is_code_of(device, code: str) -> bool:
    """Return whether an app that is being set up shows this code; it is then used up."""
    clock = TOTP(device.bin_key, device.step, device.t0, device.digits)
    clock.time = time.time()
    found = code.isdecimal() and clock.verify(int(code), device.tolerance)
    if found:
        device.last_t, device.drift = clock.t(), clock.drift
    return found


def save_app(device) -> list[str]:
    """Keep an app whose first code was right, and give the recovery codes that go with it.

    One at a time for a person, so that two windows do not set up two."""
    get_user_model().objects.select_for_update().get(pk=device.user.pk)
    forget(device.user)
    device.save()
    log_action(device.user, device.user, "Second factor set up.")
    return new_codes(device.user)


def new_codes(user) -> list[str]:
    """Make ten new recovery codes in the place of all older ones."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    tokens = [StaticToken(device=device, token=StaticToken.random_token()) for _ in range(CODES)]
    return [made.token for made in StaticToken.objects.bulk_create(tokens)]


def codes_left(user) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def forget(user):
    """Remove the app and the recovery codes. Sessions that showed them are half-way again."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).delete()


def log_action(by, about, words):
    """Log in words what a person did about another."""
    LogEntry.objects.log_actions(by.pk, [about], CHANGE, words)
