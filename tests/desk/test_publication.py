"""From letter to publication: the steps that the database keeps, and who may take them at the desk."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client

from r1540 import history
from r1540.desk import steps
from r1540.history import publication
from states.models import Report, Source
from tests import factories as make
from tests.desk.admin_client import FACTS, address, chosen, confirmed, typed

pytestmark = pytest.mark.django_db
CLERK, COLLEAGUE, CHIEF = ("Editor", "clerk"), ("Editor", "colleague"), ("Publisher", "chief")


@pytest.fixture
def by_two(settings):
    settings.TWO_PERSON_RULE = True


def browser(role, username):
    client = Client()
    client.user = make.user(role, username=username)
    client.force_login(client.user)
    return client


def act(client, name, action, *rows):
    """The first message that the action led to."""
    client.cookies.pop("messages", None)
    answer = client.post(address(name, "changelist"), chosen(action, *rows))
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    return said[0] if said else answer.status_code


def logged(client, **fields):
    """A report that somebody logged at the desk."""
    url = address("states_report", "add")
    data = typed(client, url) | {"state": make.state("Chad").pk, "submitted": "27 October 2004"} | fields
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Report.objects.get()


def changed(client, row, **fields):
    url = address(f"{row._meta.app_label}_{row._meta.model_name}", "change", row)
    answer = client.post(url, typed(client, url) | fields)
    row.refresh_from_db()
    return answer.status_code


def now(row):
    row.refresh_from_db()
    return row.step


# What the database keeps


@pytest.mark.parametrize("name", FACTS)
def test_what_becomes_published_counts_as_checked_and_is_given_its_time(name):
    row = FACTS[name](make.state())
    assert (now(row), row.published_at) == ("Logged", None)
    type(row).objects.update(published=True)
    assert now(row) == "Published"
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        assert row.published_at == cursor.fetchone()[0]


def test_its_time_is_that_of_the_publication_and_nobody_writes_another():
    report = make.report(make.state(), published=True)
    report.refresh_from_db()
    first = report.published_at
    Report.objects.update(published_at=first - timedelta(days=9), note="New")
    assert (now(report), report.published_at) == ("Published, changed since it was checked", first)


def test_a_check_is_of_what_the_row_says_and_lapses_when_that_is_changed():
    report = make.report(make.state(), checked=True)
    Report.objects.update(internal_note="Seen.", reference="TCD-1")
    assert now(report) == "Checked"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE states_report SET note = 'By hand.'")
    assert now(report) == "Logged"


def test_what_is_unpublished_is_checked_again_before_it_is_published_again():
    report = make.report(make.state(), published=True)
    report.refresh_from_db()
    first = report.published_at
    Report.objects.update(published=False)
    assert (now(report), report.published_at, report.changed_at) == ("Logged", first, None)


def test_every_field_is_checked_or_said_not_to_be():
    assert publication.content(Report)[:3] == ["certainty", "note", "state"]
    assert publication.content(Source)[0] == "title"
    assert not {"sort_title", "internal_note", "published"} & {*publication.content(Source)}


# The steps at the desk


def test_what_is_not_checked_is_not_published():
    chief = browser(*CHIEF)
    report = make.report(make.state("Chad"))
    words = act(chief, "states_report", "publish", report)
    assert words == "Nothing was published: check it against its source first: Chad: first report, 27 October 2004."
    assert now(report) == "Logged"
    assert act(chief, "states_report", "mark_checked", report) == "Checked: 1 report."
    act(chief, "states_report", "publish", report)
    assert now(report) == "Published"
    assert [*LogEntry.objects.order_by("pk").values_list("change_message", flat=True)] == ["Checked.", "Published."]


def test_one_row_that_is_not_checked_keeps_all_from_being_published():
    reports = [make.report(make.state(name), checked=name == "Chad") for name in ("Chad", "Congo")]
    act(browser(*CHIEF), "states_report", "publish", *reports)
    assert not Report.objects.filter(published=True).exists()


@pytest.mark.parametrize("action, right", [("mark_checked", "check"), ("publish", "publish")])
def test_each_step_has_its_own_permission(action, right):
    clerk = browser("Viewer", "viewer")
    report = make.report(make.state(), checked=action == "publish")
    before = now(report)
    act(clerk, "states_report", action, report)
    assert now(report) == before
    clerk.user.user_permissions.add(make.permission(f"{right}_report"), make.permission("change_report"))
    act(clerk, "states_report", action, report)
    assert now(report) != before


@pytest.mark.parametrize("field", ["sources", "note"])
def test_a_form_that_changes_anything_public_takes_the_check_back(field):
    report = make.report(make.state(), checked=True)
    clerk = browser(*CLERK)
    changed(clerk, report, internal_note="Seen.")
    assert now(report) == "Checked"
    changed(clerk, report, **{field: make.source().pk if field == "sources" else "New"})
    assert now(report) == "Logged"


def test_undoing_a_change_does_not_bring_the_check_back():
    clerk, chief = browser(*CLERK), browser(*CHIEF)
    report = make.report(make.state(), checked=True)
    changed(clerk, report, note="Wrong")
    url = address("states_report", "history", report)
    key = clerk.get(url).context["entries"][0]["change"].key
    act(chief, "states_report", "mark_checked", report)
    clerk.post(url, {"change": key, "reason": "It was right"})
    assert (now(report), report.note) == ("Logged", "")
    changed(clerk, report, sources=[make.source().pk])
    act(chief, "states_report", "mark_checked", report)
    key = clerk.get(url).context["entries"][1]["change"].key
    clerk.post(url, {"change": key, "reason": "Another letter"})
    assert (now(report), report.sources.count()) == ("Logged", 0)


def test_undoing_a_check_is_a_step_of_its_own():
    chief, report = browser(*CHIEF), make.report(make.state())
    act(chief, "states_report", "mark_checked", report)
    url = address("states_report", "history", report)
    key = chief.get(url).context["entries"][0]["change"].key
    chief.post(url, {"change": key, "reason": "Why"})
    assert now(report) == "Checked"


# The two-person rule


def test_from_letter_to_publication_by_two(by_two):
    clerk, chief = browser(*CLERK), browser(*CHIEF)
    report = logged(clerk)
    words = "somebody else does that for what you logged or changed yourself: Chad: first report, 27 October 2004."
    assert act(clerk, "states_report", "mark_checked", report) == f"Nothing was checked: {words}"
    assert now(report) == "Logged"
    act(chief, "states_report", "mark_checked", report)
    act(chief, "states_report", "publish", report)
    assert now(report) == "Published"
    story = steps.story(report)
    assert (story.logged.who, story.checked.who, story.published.who) == ("clerk", "chief", "chief")
    page = chief.get(address("states_report", "change", report)).text
    assert "by clerk" in page
    assert "by chief" in page


@pytest.mark.parametrize("makes_it_own", ["logged", "changed", "cited"])
def test_nobody_publishes_their_own(by_two, makes_it_own):
    chief, colleague = browser(*CHIEF), browser(*COLLEAGUE)
    report = logged(chief if makes_it_own == "logged" else colleague)
    if makes_it_own == "changed":
        changed(chief, report, note="After the letter.")
    if makes_it_own == "cited":
        changed(chief, report, sources=[make.source().pk])
    other = browser("Editor", "other")
    assert act(other, "states_report", "mark_checked", report) == "Checked: 1 report."
    assert act(chief, "states_report", "publish", report).startswith("Nothing was published: somebody else")
    page = chief.get(address("states_report", "change", report)).text
    assert "Somebody else checks and publishes it" in page
    assert 'value="publish"' not in page
    assert act(browser("Publisher", "second"), "states_report", "publish", report).startswith("Published: 1 report")


def test_nor_a_source_of_their_own(by_two):
    chief = browser(*CHIEF)
    with history.by(chief.user):
        source = make.source("letter")
    report = make.report(make.state("Chad"), sources=[source], checked=True)
    assert act(chief, "states_report", "publish", report).endswith("yourself: Title of letter.")
    Source.objects.update(published=True)
    assert act(chief, "states_report", "publish", report).startswith("Published")


def test_what_was_published_once_is_no_longer_of_who_logged_it(by_two):
    clerk, chief = browser("Publisher", "clerk"), browser(*CHIEF)
    report = logged(clerk)
    act(chief, "states_report", "mark_checked", report)
    act(chief, "states_report", "publish", report)
    act(clerk, "states_report", "unpublish", report)
    assert steps.entered_by(clerk.user, [report]) == []
    changed(clerk, report, note="Corrected.")
    assert steps.entered_by(clerk.user, [report]) == [report]


def test_what_is_published_is_unpublished_before_it_is_changed(by_two):
    chief = browser("Administrator", "chief")
    report = make.report(make.state(), published=True)
    page = chief.get(address("states_report", "change", report)).text
    assert "To correct it, unpublish it first" in page
    assert 'name="_save"' not in page
    assert chief.post(address("states_report", "change", report), {"note": "New"}).status_code == 403
    assert chief.post(address("states_report", "delete", report), confirmed(report)).status_code == 403
    act(chief, "states_report", "unpublish", report)
    assert changed(chief, report, note="New") == 302


def test_a_publisher_brings_nothing_back_into_public_alone(by_two, settings):
    chief = browser("Administrator", "chief")
    report = make.report(make.state("Chad"), published=True)
    settings.TWO_PERSON_RULE = False
    assert chief.post(address("states_report", "delete", report), confirmed(report)).status_code == 302
    settings.TWO_PERSON_RULE = True
    url = address("states_report", "history", report)
    key = chief.get(url).context["entries"][0]["change"].key
    chief.post(url, {"change": key, "reason": "It was right"})
    assert not Report.objects.exists()


def test_without_the_rule_one_person_takes_every_step():
    chief = browser(*CHIEF)
    report = logged(chief)
    act(chief, "states_report", "mark_checked", report)
    act(chief, "states_report", "publish", report)
    assert now(report) == "Published"
    assert changed(chief, report, note="Corrected.") == 302
    assert now(report) == "Published, changed since it was checked"
    act(chief, "states_report", "mark_checked", report)
    assert now(report) == "Published"


def test_whose_own_it_is_costs_the_same_for_many_rows(by_two, django_assert_num_queries):
    chief = browser(*CHIEF)
    with history.by(chief.user):
        reports = [make.report(make.state(f"State {n}"), sources=[make.source()]) for n in range(30)]
    for some in (reports[:1], reports):
        with django_assert_num_queries(2):  # events of the rows, and of their sources
            assert steps.entered_by(chief.user, some) == some


# The days of a letter


def test_the_days_of_a_letter_are_kept_apart():
    chief = browser(*CHIEF)
    fields = {"submitted": "21 December 2007", "received": "by 7 January 2008", "issued": "12 April 2010"}
    report = logged(chief, **fields, symbol="S/AC.44/2007/10", symbol_assigned="2008")
    days = (report.submitted, report.received, report.symbol_assigned, report.issued)
    assert [*map(str, days)] == ["21 December 2007", "by 7 January 2008", "2008", "12 April 2010"]
    assert report.published_at is None


def test_a_source_that_a_published_fact_cites_is_not_deleted():
    chief = browser("Administrator", "chief")
    source = make.source(published=True)
    make.report(make.state("Chad"), published=True, sources=[source])
    assert "Chad: first report" in chief.get(address("states_source", "delete", source)).text
    chief.post(address("states_source", "delete", source), confirmed(source))
    assert Source.objects.exists()


def test_what_was_checked_against_a_source_is_checked_again_without_it():
    chief = browser("Administrator", "chief")
    source = make.source()
    report = make.report(make.state("Chad"), checked=True, sources=[source])
    chief.post(address("states_source", "delete", source), confirmed(source))
    assert (now(report), Source.objects.count()) == ("Logged", 0)


def test_who_changed_the_sources_is_named(by_two):
    clerk, colleague = browser(*CLERK), browser(*COLLEAGUE)
    report = logged(clerk)
    changed(colleague, report, sources=[make.source().pk])
    story = steps.story(report)
    assert (story.logged.who, story.changed.who) == ("clerk", "colleague")


def test_the_history_of_a_deleted_plan_is_there():
    chief = browser("Administrator", "chief")
    plan = make.plan(make.state("Chad"))
    chief.post(address("states_actionplan", "delete", plan), confirmed(plan))
    url = address("states_actionplan", "history", plan)
    assert "Chad" in chief.get(url).text
    key = chief.get(url).context["entries"][0]["change"].key
    chief.post(url, {"change": key, "reason": "It was right"})
    assert type(plan).objects.exists()
