"""How often a password may be tried, from where, and what is said then."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db.models import F
from django.urls import reverse

from r1540.desk.signing_in import throttle

pytestmark = pytest.mark.django_db
HOME, AWAY = "192.0.2.1", "198.51.100.7"
PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def ana():
    return User.objects.create_user("ana", password=PASSWORD, is_staff=True)


def sign_in(client, name="ana", password="wrong", address=HOME, **headers):
    return client.post(
        reverse("admin:login"), {"username": name, "password": password}, REMOTE_ADDR=address, headers=headers
    )


def fail(client, times, **who):
    return [sign_in(client, **who).status_code for _ in range(times)]


def later(minutes):
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_the_fifth_wrong_password_shuts_the_door_and_says_how_long(client):
    assert fail(client, 4) == [200] * 4
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Too many wrong passwords. Wait 15 minutes" in answer.text
    assert answer["Retry-After"] == "900"
    assert 'name="password"' in answer.text
    later(minutes=13)
    assert "Wait 2 minutes" in sign_in(client).text


def test_behind_a_shut_door_the_right_password_is_no_help_until_it_opens(client):
    fail(client, 5)
    assert sign_in(client, password=PASSWORD).status_code == 429
    later(minutes=14)
    assert sign_in(client, password=PASSWORD).status_code == 429
    later(minutes=1)
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_tries_behind_a_shut_door_do_not_keep_it_shut(client):
    fail(client, 5)
    later(minutes=14)
    fail(client, 3)
    later(minutes=1)
    assert sign_in(client).status_code == 200


def test_a_shut_door_keeps_out_no_other_name_and_no_other_address(client):
    User.objects.create_user("ben", password=PASSWORD, is_staff=True)
    fail(client, 6)
    assert sign_in(client, "ben", PASSWORD).status_code == 302
    client.logout()
    assert sign_in(client, password=PASSWORD, address=AWAY).status_code == 302


def test_a_change_of_browser_does_not_open_it(client):
    statuses = [sign_in(client, **{"user-agent": f"Browser {number}"}).status_code for number in range(6)]
    assert statuses == [200] * 4 + [429] * 2


def test_many_names_from_one_address_shut_it_for_all_at_a_much_higher_number(client):
    for number in range(throttle.ADDRESS_LIMIT // 4 - 1):
        fail(client, 4, name=f"name{number}")
    assert sign_in(client, "ana").status_code == 200
    later(minutes=5)
    assert fail(client, 2, name="last") == [200, 200]
    assert sign_in(client, "last").status_code == 429
    assert "Wait 15 minutes" in sign_in(client, password=PASSWORD).text
    assert sign_in(client, password=PASSWORD, address=AWAY).status_code == 302


def test_a_right_password_forgets_the_wrong_ones_of_its_name_only(client):
    fail(client, 4)
    fail(client, 3, name="ben")
    assert sign_in(client, password=PASSWORD).status_code == 302
    assert AccessAttempt.objects.get().username == "ben"
    client.logout()
    assert fail(client, 4) == [200] * 4


def text_of(answer, name):
    return re.sub(r'(csrfmiddlewaretoken" value=")\w+', "", answer.text).replace(name, "NAME")


@pytest.mark.parametrize("tries", [1, 6])
@pytest.mark.parametrize("other", ["nobody", "gone", "reader"])
def test_the_answer_tells_not_who_has_an_account(client, tries, other):
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("reader", password=PASSWORD)
    fail(client, tries - 1)
    fail(client, tries - 1, name=other)
    known, unknown = sign_in(client), sign_in(client, other)
    assert known.status_code == unknown.status_code
    assert text_of(known, "ana") == text_of(unknown, other)
    assert "errornote" in known.text


@pytest.mark.parametrize("other", ["gone", "reader"])
def test_the_right_password_of_who_may_not_come_in_is_answered_like_a_wrong_one(client, other):
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("reader", password=PASSWORD)
    right, wrong = sign_in(client, other, PASSWORD), sign_in(client, other)
    assert (right.status_code, text_of(right, other)) == (wrong.status_code, text_of(wrong, other))


@pytest.mark.parametrize(
    "proxies, remote, forwarded, expected",
    [
        (0, HOME, "", HOME),
        (0, HOME, AWAY, HOME),
        (1, HOME, AWAY, AWAY),
        (1, HOME, f"10.9.9.9, {AWAY}", AWAY),
        (2, HOME, f"10.9.9.9, {AWAY}, {HOME}", AWAY),
        (2, HOME, AWAY, HOME),
        (1, HOME, "", HOME),
        (1, HOME, "unknown", HOME),
        (1, HOME, "' OR 1=1", HOME),
        (0, "", "", "0.0.0.0"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, f"::ffff:{HOME}", "", HOME),
    ],
)
def test_the_address_is_the_proxys_word_only_if_a_setting_says_there_is_one(
    rf, settings, proxies, remote, forwarded, expected
):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert throttle.address_of(rf.get("/", REMOTE_ADDR=remote, headers=headers)) == expected


def test_a_forged_header_is_no_new_address(client):
    statuses = [sign_in(client, **{"x-forwarded-for": f"203.0.113.{number}"}).status_code for number in range(6)]
    assert statuses == [200] * 4 + [429] * 2


def test_what_is_kept_of_a_wrong_password_is_not_the_password(client):
    sign_in(client, password="Xyzzysecret")
    assert "Xyzzysecret" not in str(AccessAttempt.objects.values().get())
