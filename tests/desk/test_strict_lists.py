"""A list of the desk answers what was asked, or refuses; it never shows all rows instead."""

import re
from html import unescape

import pytest

from tests import factories
from tests.desk.admin_client import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports():
    for name in ("Somalia", "Chad"):
        factories.report(factories.state(name))


def test_what_a_mail_program_added_is_left_out(reports):
    answer = signed_in(None).get("/admin/states/report/?q=Somalia&fbclid=x&kind__exact=first+report")
    assert answer.headers["Location"] == "/admin/states/report/?q=Somalia&kind__exact=first+report"


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("q=Somalia&nonsense=1", "nonsense"),
        ("nonsense=1&q=Somalia&more=2", "nonsense, more"),
        ("q=Somalia&submitted_in=abc", "submitted_in"),
        ("q=Somalia&state__gone=1", "state__gone"),
        ("q=Somalia&e=1", "e"),
    ],
)
def test_what_a_list_does_not_understand_is_refused_and_leads_to_what_it_does(reports, asked, refused):
    client = signed_in(None)
    answer = client.get(f"/admin/states/report/?{asked}")
    assert answer.status_code == 400
    assert f"{refused}: this list does not take it" in answer.text
    (link,) = re.findall(r'<li><a href="([^"]+)">The list without it</a>', answer.text)
    assert unescape(link) == "/admin/states/report/?q=Somalia"
    page = client.get(link).text
    assert "Somalia: first report" in page or "Somalia</a>" in page
    assert "1 report" in page and "2 reports" not in page


@pytest.mark.parametrize("path", ["auth/user", "auth/group", "states/state", "visits/event"])
def test_every_list_refuses(path):
    answer = signed_in(None).get(f"/admin/{path}/?nonsense=1")
    assert answer.status_code == 400
    assert f'href="/admin/{path}/"' in answer.text
