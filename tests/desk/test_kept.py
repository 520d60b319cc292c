"""What was typed when the session had ended, or the cookie against forgery was gone."""

import html
import re
import time

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from r1540.desk.signing_in import kept
from states.models import Report, StateName
from tests import factories as make
from tests.desk.admin_client import address, chosen, confirmed, typed

pytestmark = pytest.mark.django_db
WORD = "a long pass phrase"


@pytest.fixture
def person():
    return User.objects.create_superuser("person", password=WORD)


@pytest.fixture
def browser(person):
    """A browser that is signed in, and is checked for forged forms as one is."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    client.get(reverse("admin:states_report_add"))
    return client


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def with_token(client, url):
    return typed(client, url) | {"csrfmiddlewaretoken": hidden(client.get(url).text, "csrfmiddlewaretoken")}


def sign_in(client, answer, name="person"):
    """Sign in on the page that answered a form, and follow to where that leads."""
    assert answer.status_code == 403
    data = {one: hidden(answer.text, one) for one in ("csrfmiddlewaretoken", "next", "_kept")}
    return client.post(reverse("admin:login"), data | {"username": name, "password": WORD}, follow=True)


def new_report(client, **fields):
    """Return the address of the form of a new report, and what is typed in it."""
    url, state, source = reverse("admin:states_report_add"), make.state("Chad"), make.source(title="Letter")
    more = {"state": str(state.pk), "submitted": "some day", "note": "As the letter says.", "sources": [str(source.pk)]}
    return url, with_token(client, url) | more | fields


def end_session(client):
    del client.cookies["sessionid"]


def end_idle_session(client):
    session = client.session
    session["seen"] = int(time.time()) - 3 * 60 * 60
    session.save()


def lose_token(client):
    del client.cookies["csrftoken"]


def lose_both(client):
    end_session(client)
    lose_token(client)


@pytest.mark.parametrize("end", [end_session, end_idle_session, lose_both])
def test_a_form_whose_session_ended_comes_back_after_signing_in(browser, end):
    url, sent = new_report(browser, submitted="27 October 2004")
    end(browser)
    answer = browser.post(url, sent)
    assert "Your session had ended" in answer.text
    assert Report.objects.count() == 0
    back = sign_in(browser, answer)
    form = back.context["adminform"].form
    assert form.data["note"] == "As the letter says."
    assert back.context["wrong"][0][2].startswith("Nothing is saved or done yet: your session had ended.")
    for name in ("Chad", "Letter", "27 October 2004"):
        assert name in back.text
    assert Report.objects.count() == 0  # nobody has pressed Save
    again = {name: form.data.getlist(name) for name in form.data}
    again |= {one: hidden(back.text, one) for one in ("csrfmiddlewaretoken", "_submission")}
    assert browser.post(back.request["PATH_INFO"], again).status_code == 302
    assert Report.objects.get().sources.get().title == "Letter"


@pytest.mark.parametrize("lose", [lose_token, lambda client: client.cookies.__setitem__("csrftoken", "x" * 32)])
def test_a_form_whose_token_is_not_valid_comes_back_at_once(browser, lose):
    url, sent = new_report(browser)
    lose(browser)
    back = browser.post(url, sent, follow=True)
    assert "the page was no longer valid" in back.text
    assert back.context["adminform"].form.data["submitted"] == "some day"
    assert hidden(back.text, "csrfmiddlewaretoken")


def test_rows_of_inlines_come_back_and_are_not_saved(browser):
    state = make.state("Chad")
    make.state_name(state, "Tschad", "en")
    url = address("states_state", "change", state)
    new = {"names-TOTAL_FORMS": "2", "names-1-language": "fr", "names-1-kind": "short", "names-1-name": "Tchad"}
    sent = with_token(browser, url) | new | {"names-0-name": "The Chad", "reason": "A letter."}
    lose_token(browser)
    back = browser.post(url, sent, follow=True)
    for words in ("The Chad", "Tchad", "A letter."):
        assert f'value="{words}"' in back.text
    assert [name.name for name in StateName.objects.all()] == ["Tschad"]


def test_what_was_changed_meanwhile_stands_beside_what_comes_back(browser):
    report = make.report(make.state("Chad"), "2004-10-27", note="Old.")
    url = address("states_report", "change", report)
    sent = with_token(browser, url) | {"note": "Mine."}
    Report.objects.update(note="Theirs.")
    end_session(browser)
    back = sign_in(browser, browser.post(url, sent))
    assert back.context["conflict"]["rows"] == [("Note", "Theirs.", "Mine.")]
    assert "your session had ended" in back.text


def test_a_wrong_password_does_not_lose_it(browser):
    url, sent = new_report(browser)
    end_session(browser)
    page = browser.post(url, sent)
    data = {one: hidden(page.text, one) for one in ("csrfmiddlewaretoken", "next", "_kept")}
    wrong = browser.post(reverse("admin:login"), data | {"username": "person", "password": "wrong"})
    wrong.status_code = 403
    assert "As the letter says." in sign_in(browser, wrong).text


def test_it_is_shown_only_to_who_typed_it_and_only_with_the_right_to(browser):
    User.objects.create_superuser("other", password=WORD)
    url, sent = new_report(browser)
    sent["_by"] = str(User.objects.get(username="person").pk)
    end_session(browser)
    back = sign_in(browser, browser.post(url, sent), "other")
    assert kept.OF_ANOTHER in back.text
    assert "As the letter says." not in back.text


def test_who_may_no_longer_do_it_is_refused(browser, person):
    url, sent = new_report(browser)
    end_session(browser)
    answer = browser.post(url, sent)
    User.objects.update(is_superuser=False)
    assert sign_in(browser, answer).status_code == 403


def test_what_was_carried_cannot_be_made_up(browser):
    page = browser.get(reverse("admin:login"))
    url = f"{reverse('admin:states_report_add')}?_kept=x"
    end_session(browser)
    page = browser.get(reverse("admin:login"))
    data = {"csrfmiddlewaretoken": hidden(page.text, "csrfmiddlewaretoken"), "next": url, "_kept": "made:up"}
    back = browser.post(reverse("admin:login"), data | {"username": "person", "password": WORD}, follow=True)
    assert kept.NOT_KEPT in back.text
    assert "kept" not in browser.session


def test_what_another_site_sends_is_not_kept(browser):
    url, sent = new_report(browser)
    sent.pop("csrfmiddlewaretoken")
    answer = browser.post(url, sent, headers={"origin": "https://example.org"})
    assert answer.status_code == 403
    assert "This form was not taken" in answer.text
    assert "As the letter says." not in answer.text
    assert "kept" not in browser.session


def test_no_password_is_kept(browser):
    url = reverse("admin:auth_user_add")
    browser.post(url, {"username": "somebody", "password1": WORD, "password2": WORD})
    (one,) = browser.session["kept"].values()
    assert one["typed"] == "username=somebody"


def test_an_action_and_its_reason_are_asked_again(browser):
    report = make.report(make.state("Chad"), published=True)
    url = address("states_report", "changelist")
    end_session(browser)
    back = sign_in(browser, browser.post(url, chosen("unpublish", report, reason="A letter.")))
    assert "your session had ended" in back.text
    assert 'value="A letter."' in back.text
    report.refresh_from_db()
    assert report.published
    sent = dict(back.context["carried"]) | {"reason": "A letter."}
    sent["csrfmiddlewaretoken"] = hidden(back.text, "csrfmiddlewaretoken")
    assert browser.post(back.context["address"], sent).status_code == 302
    report.refresh_from_db()
    assert not report.published


def test_a_deletion_is_asked_again_with_its_reason(browser):
    report = make.report(make.state("Chad"))
    url = address("states_report", "delete", report)
    lose_token(browser)
    back = browser.post(url, confirmed(report), follow=True)
    assert 'value="A test."' in back.text
    assert Report.objects.exists()


def test_a_sign_in_page_that_is_no_longer_valid_is_shown_again():
    answer = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {"username": "person", "password": WORD})
    assert (answer.status_code, 'id="login-form"' in answer.text) == (403, True)


@pytest.mark.parametrize("url", ["/states/", "/admin/logout/", "/admin/saved-filters/"])
def test_any_other_form_is_answered_by_a_page_of_this_site(browser, url):
    answer = browser.post(url, {"name": "x"})
    assert answer.status_code in (403, 405)
    if answer.status_code == 403:
        assert "This form was not taken" in answer.text
