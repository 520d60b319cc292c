"""One reason on a row's page, what is wrong summed up, and a form in which nothing was changed."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from r1540.desk.reasons import NOT_SAID, UNCHANGED
from tests import factories as make
from tests.desk.admin_client import act, address, change, entries, messages, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def report():
    return make.report(make.state("Chad"), "2004-10-27", checked=True, published=True, note="Seen.")


def page_of(client, row, page="change"):
    return client.get(address("states_report", page, row)).text


def test_a_published_row_has_one_reason_and_the_first_button_of_its_form_saves(desk, report):
    page = page_of(desk, report)
    assert page.count('name="reason"') == 1
    assert ">Unpublish…</button>" in page
    form = page[page.index('id="report_form"') :]
    assert 'name="reason"' in form
    assert 'name="_save"' in re.findall(r'<(?:input|button)[^>]*type="submit"[^>]*>', form)[0]


def test_unpublishing_from_the_page_of_a_row_asks_why_on_a_page_of_its_own(desk, report):
    page = page_of(desk, report)
    form = page[page.index("desk-publication") : page.index('id="report_form"')]
    sent = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    sent.pop("csrfmiddlewaretoken", None)
    answer = desk.post(address("states_report", "changelist"), sent)
    assert "Nothing is done yet" in answer.text
    assert answer.text.count('name="reason"') == 1
    report.refresh_from_db()
    assert report.published
    assert messages(desk, answer.context["address"], **dict(answer.context["carried"]), reason="A letter.") == [
        "Unpublished: 1 report. Sources stay as they were."
    ]


def test_a_form_in_which_nothing_was_changed_asks_for_no_reason_and_leaves_no_trace(desk, report):
    url = address("states_report", "change", report)
    before, logged = len(entries(desk, "states_report", report)), LogEntry.objects.count()
    sent = typed(desk, url) | {"reason": ""}
    (said,) = messages(desk, url, **sent)
    assert said.endswith(UNCHANGED[1:])
    assert (len(entries(desk, "states_report", report)), LogEntry.objects.count()) == (before, logged)
    assert typed(desk, url)["_token"] == sent["_token"]
    report.refresh_from_db()
    assert report.checked


@pytest.mark.parametrize("page", ["_continue", "_addanother"])
def test_each_button_says_that_nothing_was_changed(desk, report, page):
    url = address("states_report", "change", report)
    (said,) = messages(desk, url, **typed(desk, url), **{page: "1"})
    assert said.endswith(UNCHANGED[1:])


def test_a_changed_row_of_an_inline_asks_for_a_reason(desk):
    state = make.state("Chad")
    make.state_name(state, "Tschad", "en")
    url = address("states_state", "change", state)
    answer = desk.post(url, typed(desk, url) | {"names-0-name": "Tchad", "reason": ""})
    assert answer.context["wrong"] == [("id_reason", "Reason", NOT_SAID)]
    change(desk, "states_state", state, **{"names-0-name": "Tchad"})
    assert state.names.get().name == "Tchad"


def test_what_is_wrong_is_summed_up_with_links_to_the_fields(desk, report):
    url = address("states_report", "change", report)
    answer = desk.post(url, typed(desk, url) | {"submitted": "some day", "link": "no link", "reason": ""})
    ids = [id for id, _, _ in answer.context["wrong"]]
    assert set(ids) == {"id_submitted", "id_link", "id_reason"}
    for id in ids:
        assert f'<a href="#{id}">' in answer.text
        assert f'id="{id}"' in answer.text
    assert "<title>Error:" in re.sub(r"\s+", "", answer.text)
    assert "Please correct" not in answer.text


def test_a_wrong_row_of_an_inline_is_named_by_its_number(desk):
    state = make.state("Chad")
    make.state_name(state, "Tschad", "en")
    url = address("states_state", "change", state)
    answer = desk.post(url, typed(desk, url) | {"names-0-name": ""})
    assert [(id, label) for id, label, _ in answer.context["wrong"]] == [("id_names-0-name", "Name of a State 1: Name")]


def test_no_undo_stands_where_it_would_be_refused(desk, report):
    type(report).objects.update(published=False)
    change(desk, "states_report", report, note="One")
    change(desk, "states_report", report, note="Two", link="https://example.org/1")
    act(desk, "states_report", "mark_checked", report)
    told = [(entry["may_undo"], entry["why_not"]) for entry in entries(desk, "states_report", report)[:3]]
    assert [may for may, _ in told] == [False, True, False]
    assert "steps of their own" in told[0][1]
    assert "Changed again later: note." in told[2][1]
    page = page_of(desk, report, "history")
    assert page.count("Undo this change") == 1
    assert "Changed again later: note." in page
