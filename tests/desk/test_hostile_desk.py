"""No address of the admin answers 500: a sample of benchmarks/hostile_admin.py, which asks ten times as much."""

from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from tests import factories
from tests.desk.admin_client import address, signed_in, typed
from tests.desk.hostile_desk import Generator, sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("states/report/?symbol__range=abc", "symbol__range"),
        ("auth/user/?last_name__range=abc", "last_name__range"),
        ("visits/visit/{visit}/change/?_to_field=", "_to_field"),
    ],
)
def test_what_django_breaks_on_is_refused_with_its_name(asked, reason):
    visit = factories.visit(factories.state("Chad"))
    answer = signed_in(None).get(f"/admin/{asked.format(visit=visit.pk)}")
    assert answer.status_code == 400
    assert reason in answer.text


def test_a_day_beyond_every_calendar_of_the_record_is_shown_in_a_conflict_and_in_the_history():
    resolution, client = factories.resolution(), signed_in(None)
    url = address("states_resolution", "change", resolution)
    form = typed(client, url) | {"effect": "Mine."}
    type(resolution).objects.update(mandate_until=date(9999, 12, 31))
    assert "31 December 9999" in client.post(url, form).text
    assert "31 December 9999" in client.get(address("states_resolution", "history", resolution)).text


def test_so_is_a_moment():
    person, client = factories.user("Viewer", username="somebody"), signed_in(None)
    url = address("auth_user", "change", person)
    form = typed(client, url) | {"date_joined_0": "9999-12-31"}
    type(person).objects.update(first_name="Theirs.")
    assert "31 December 9999" in client.post(url, form).text


@pytest.mark.timeout(300)
def test_a_hostile_request_is_answered():
    client, answers = signed_in(None), Counter()
    client.raise_request_exception = False
    for method, url, form in Generator(2004).requests(400):
        with transaction.atomic():
            status = sent(client, method, url, form).status_code
            transaction.set_rollback(True)
        assert status < 500, (method, url, form)
        answers[status] += 1
    assert answers[200] > 80 and answers[400] > 30  # forms and lists were reached, not only refused
