"""What waits on the desk's first page: each number is the rows of the list behind it."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.test import Client

from r1540.desk import waiting
from states.models import Report, State
from tests import factories as make
from visits.models import Visit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture
def client():
    client = Client()
    client.force_login(make.user())
    return client


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(waiting, "today", lambda: TODAY)


def slugs(model, at=TODAY):
    """Which items a model's only row is in."""
    items = admin.site.get_model_admin(model).waiting
    return {item.slug for item in items if model.objects.filter(waiting.rows_of(model, item, at)).exists()}


REPORTS = [
    ("logged just now", {}, {"to-check", "no-source", "no-symbol"}),
    ("published with a symbol", {"published": True, "symbol": "S/AC.44/2016/1"}, {"no-source"}),
    ("a month", {"submitted": "October 2014"}, {"to-check", "no-source", "no-symbol", "not-to-the-day"}),
    ("by a day", {"submitted": "by 1 June 2022"}, {"to-check", "no-source", "no-symbol", "not-to-the-day"}),
    ("ten years ago", {"submitted": "2016-11-01"}, {"to-check", "no-source", "no-symbol", "anniversary"}),
    ("eleven years ago", {"submitted": "2015-11-01"}, {"to-check", "no-source", "no-symbol"}),
    ("ten years ago, next month", {"submitted": "2016-12-01"}, {"to-check", "no-source", "no-symbol"}),
]


@pytest.mark.parametrize(
    ("name", "fields", "expected"), REPORTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_report_waits_for_what_it_lacks(name, fields, expected):
    make.report(make.state(), **({"submitted": "2014-10-07"} | fields))
    assert slugs(Report) == expected


VISITS = [
    ("still to come", {"starts": "2026-12-01", "ends": "2026-12-03", "invited": "2026-01-01"}, False),
    ("its last day is today", {"starts": "2026-11-19", "ends": "2026-11-21"}, False),
    ("over since yesterday", {"starts": "2026-11-18", "ends": "2026-11-20"}, True),
    ("over and published", {"starts": "2026-11-18", "ends": "2026-11-20", "published": True}, False),
    ("over, last day not recorded", {"starts": "2026-11-18", "published": True}, True),
    ("cancelled", {"starts": "2026-11-18", "cancelled": "2026-11-01"}, False),
]


@pytest.mark.parametrize(("name", "fields", "waits"), VISITS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_visit_past_its_end_waits_until_it_is_confirmed(name, fields, waits):
    make.visit(make.state(), **fields)
    assert ("past-its-end" in slugs(Visit)) is waits


@pytest.mark.parametrize(
    ("ends", "waits"),
    [("2026-11-20", False), ("2026-11-21", True), ("2027", False), ("2027-11", False), ("2027-10", True)],
)
def test_a_plan_that_ends_within_twelve_months_waits(ends, waits):
    plan = make.plan(make.state(), period_ends=ends)
    assert ("ending-soon" in slugs(type(plan))) is waits


def test_each_number_on_the_first_page_is_the_rows_of_its_list(record, client):
    make.report(State.objects.get(iso3="GIN"))
    page = client.get("/admin/").content.decode()
    links = re.findall(r'<li><a href="([^"]+waiting=[^"]+)"><strong>(\d+)</strong>', page)
    assert len(links) > 8
    for address, number in links:
        changelist = client.get(address.replace("&amp;", "&")).context["cl"]
        assert changelist.result_count == int(number), address


def test_an_empty_desk_says_what_will_stand_here(client):
    assert "Nothing waits" in client.get("/admin/").content.decode()


def test_a_viewer_without_rights_sees_nothing_that_waits():
    make.report(make.state())
    client = Client()
    person = make.user("Viewer")
    person.groups.clear()
    client.force_login(person)
    assert "no document symbol" not in client.get("/admin/").content.decode()


def test_an_item_that_is_not_there_is_no_answer(client):
    assert client.get("/admin/states/report/?waiting=nonsense").status_code == 400
