"""No change is lost and nothing is saved twice: on every registered form, deletion and action."""

import re
import uuid

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from r1540.desk.guard import KEPT, Guarded
from r1540.models import Submission
from states.models import Report, Source
from tests import factories as make
from tests.desk.admin_client import ACCOUNTS, RECORD, address, chosen, confirmed, signed_in, typed
from tests.desk.guarded import CASES, MODELS, meanwhile, new, record
from tests.desk.pairs import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return signed_in(None)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


# Every registered model, so that no form is forgotten


def test_every_registered_admin_is_guarded():
    assert {*MODELS} == {*RECORD, *ACCOUNTS}
    assert all(isinstance(desk, Guarded) for desk in admin.site._registry.values())
    assert not [desk for desk in admin.site._registry.values() if desk.list_editable]


def test_no_inline_edits_many_to_many_rows_which_no_token_would_cover():
    inlines = [inline for desk in admin.site._registry.values() for inline in desk.inlines]
    assert inlines
    for inline in inlines:
        many = {field.name for field in inline.model._meta.many_to_many}
        assert not many & {*(inline.fields or many)}


@pytest.mark.parametrize("name", MODELS)
def test_what_nobody_else_touched_is_saved_and_deleted(desk, name):
    row = record(name)
    url = address(name, "change", row)
    assert desk.post(url, typed(desk, url)).status_code == 302
    desk.post(address(name, "delete", row), confirmed(row))
    assert not MODELS[name].objects.filter(pk=row.pk).exists() or name in ("states_state", "states_organization")


@pytest.mark.parametrize("name, words", CASES)
def test_a_change_of_an_older_version_is_refused_then_saved_deliberately(desk, name, words):
    row = record(name)
    url = address(name, "change", row)
    data = typed(desk, url)
    meanwhile(name, words, row)
    entries = LogEntry.objects.count()
    answer = desk.post(url, data)
    assert answer.status_code == 200
    assert "was changed while you had it open" in answer.text
    assert LogEntry.objects.count() == entries
    assert not Submission.objects.exists()
    assert desk.post(url, resent(answer)).status_code == 302
    # Of a day that somebody joined, a browser sends the first value as well, which `typed` leaves out.
    changes_nothing = name != "auth_user" and (words == "the row" or words.startswith("change "))
    assert LogEntry.objects.count() == entries + (not changes_nothing)


def resent(answer):
    """What a browser would send of the form in an answer, as it stands there."""

    class Shown:
        def get(self, url):
            return answer

    return typed(Shown(), None)


@pytest.mark.parametrize("name, words", CASES)
def test_a_deletion_of_an_older_version_is_refused(desk, name, words):
    row = record(name)
    url = address(name, "delete", row)
    data = confirmed(row)
    meanwhile(name, words, row)
    answer = desk.post(url, data, follow=True)
    assert "was changed since this page was shown" in said(answer)[0]
    assert MODELS[name].objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name, words", CASES)
def test_an_action_on_an_older_version_is_refused(desk, name, words):
    row = record(name)
    actions = admin.site.get_model_admin(MODELS[name]).actions
    for action in ["delete_selected", *actions]:
        data = chosen(action, row, post="yes")
        meanwhile(name, words, row) if action == "delete_selected" else MODELS[name].objects.filter(id=row.id).update(
            id=row.id
        )
        answer = desk.post(address(name, "changelist"), data, follow=True)
        assert said(answer)[0].startswith("Nothing was done. Changed since this list was shown: ")
    assert MODELS[name].objects.filter(pk=row.pk).exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_form_without_a_token_saves_nothing(desk, name, page):
    row = record(name)
    url = address(name, page, row)
    data = {key: value for key, value in typed(desk, address(name, "change", row)).items() if key != "_token"}
    desk.post(url, data | {"post": "yes"})
    assert not LogEntry.objects.exists()
    assert MODELS[name].objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", MODELS)
def test_a_new_record_sent_twice_is_one_and_leads_to_the_same(desk, name):
    url, data = new(desk, name)
    before = MODELS[name].objects.count()
    answers = [desk.post(url, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert MODELS[name].objects.count() == before + 1


@pytest.mark.parametrize("name", MODELS)
def test_a_change_sent_twice_is_saved_once(desk, name):
    row = record(name)
    url = address(name, "change", row)
    texts = {field.name for field in MODELS[name]._meta.fields}
    changed = next(one for one in ("note", "internal_note", "last_name", "name") if one in texts)
    data = typed(desk, url) | {changed: "Another"}
    assert [desk.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("name", MODELS)
def test_the_pages_themselves_carry_what_the_guard_asks_for(desk, name):
    row = record(name)
    form, deletion, listed, new_form = (
        desk.get(address(name, page, row if page in ("change", "delete") else None)).text
        for page in ("change", "delete", "changelist", "add")
    )
    token = confirmed(row)["_token"]
    for page in (form, *([deletion] if 'name="post"' in deletion else [])):
        assert f'<input type="hidden" name="_token" value="{token}">' in page
    assert f'<input type="hidden" name="_seen" value="{row.pk}:{token}">' in listed
    keys = [re.findall('name="_submission" value="([^"]+)"', page) for page in (form, new_form)]
    assert len({uuid.UUID(key) for found in keys for key in found}) == 2
    asked = desk.post(address(name, "changelist"), chosen("delete_selected", row)).text
    assert f'name="_seen" value="{row.pk}:{token}"' in asked or "would require deleting" in asked


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_password_is_set_for_somebody_as_last_seen(desk, is_stale):
    colleague = record("auth_user")
    url = reverse("admin:auth_user_password_change", args=[colleague.pk])
    page = desk.get(url)
    assert f'name="_token" value="{page.context["token"]}"' in page.text
    typed_words = {"password1": "a long pass phrase", "password2": "a long pass phrase", "usable_password": "true"}
    carried = {"_token": page.context["token"], "_submission": page.context["submission"], "set-password": "1"}
    if is_stale:
        meanwhile("auth_user", "add to groups", colleague)
    answers = [desk.post(url, typed_words | carried) for _ in range(2)]
    assert {answer.url for answer in answers} == {url if is_stale else address("auth_user", "change", colleague)}
    colleague.refresh_from_db()
    assert colleague.has_usable_password() is not is_stale


def test_a_deletion_confirmed_twice_leads_to_the_same(desk):
    source = make.source()
    url = address("states_source", "delete", source)
    page = desk.get(url)
    data = {"post": "yes", "reason": "Entered twice.", "_token": page.context["token"]}
    data |= {"_submission": page.context["submission"]}
    assert {desk.post(url, data).url for _ in range(2)} == {address("states_source", "changelist")}
    assert LogEntry.objects.count() == 1


# The page of a conflict


def test_theirs_and_yours_are_shown_field_by_field_in_words(desk):
    chad, source = make.state("Chad"), make.source("letter", title="Letter of Chad")
    report = make.report(chad, "2004-10-27")
    url = address("states_report", "change", report)
    mine = typed(desk, url) | {"submitted": "October 2004", "note": "Mine.", "_save": "1"}
    colleague = signed_in("Editor")
    theirs = typed(colleague, url) | {"submitted": "2004-10-28", "certainty": "press", "sources": [source.pk]}
    assert colleague.post(url, theirs).status_code == 302
    answer = desk.post(url, mine)
    assert answer.context["conflict"]["rows"] == [
        ("Submitted", "28 October 2004", "October 2004"),
        ("Sources", "Letter of Chad", "none recorded"),
        ("Certainty", "Press", "Cited document"),
        ("Note", "none recorded", "Mine."),
    ]
    assert "Last saved by editor, " in answer.context["conflict"]["last_saved"]
    assert 'value="October 2004"' in answer.text
    assert '<th scope="row">Certainty</th>' in answer.text
    assert 'tabindex="-1" autofocus' in answer.text
    assert Report.objects.get().submitted.edtf == "2004-10-28"
    assert desk.post(url, resent(answer)).status_code == 302
    assert (Report.objects.get().submitted.edtf, Report.objects.get().note) == ("2004-10", "Mine.")


def test_a_publication_meanwhile_is_no_difference_in_the_form_and_said(desk):
    report = make.report(make.state())
    url = address("states_report", "change", report)
    data = typed(desk, url)
    Report.objects.update(published=True)
    assert "something else did, such as its publication" in desk.post(url, data).text


def test_rows_of_an_inline_are_compared_and_those_deleted_meanwhile_can_be_saved_again(desk):
    chad = make.state("Chad")
    kept, gone = make.state_name(chad, "Tchad", "fr", "short"), make.state_name(chad, "Чад", "ru", "short")
    url = address("states_state", "change", chad)
    data = typed(desk, url)
    kept.name = "Tschad"
    kept.save()
    gone.delete()
    make.state_name(chad, "República del Chad", "es", "formal")
    answer = desk.post(url, data)
    labels = {label: (theirs, yours) for label, theirs, yours in answer.context["conflict"]["rows"]}
    assert [pair for pair in labels.values() if pair == ("Tschad", "Tchad")]
    assert [yours for theirs, yours in labels.values() if theirs == "none recorded" and "Name: Чад" in yours]
    assert [label for label, pair in labels.items() if pair == ("recorded", "not in your form")]
    assert desk.post(url, resent(answer)).status_code == 302
    assert {*chad.names.values_list("name", flat=True)} == {"Tchad", "Чад", "República del Chad"}


@pytest.mark.parametrize("name", MODELS)
def test_what_was_typed_for_a_record_deleted_meanwhile_is_kept_and_can_be_added_anew(desk, name):
    row = RECORD[name](make.state("Chad")) if name in RECORD else record(name)
    url = address(name, "change", row)
    data = typed(desk, url)
    row.delete()
    answer = desk.post(url, data)
    assert answer.status_code == 200
    assert "Deleted while you had it open" in answer.text
    assert answer.context["conflict"]["rows"]
    assert f'action="{reverse(f"admin:{name}_add")}"' in answer.text
    if name != "auth_user":  # whose form asks for a new password first
        # The reference of a source is shown, not typed, in the form of one that is recorded.
        reference = {"reference": "letter"} if name == "states_source" else {}
        assert desk.post(address(name, "add"), resent(answer) | reference).status_code == 302
        assert MODELS[name].objects.filter(**{"name": "Readers"} if name == "auth_group" else {}).exists()


# Sent twice


def test_what_was_sent_with_mistakes_is_sent_again_without_being_taken_for_a_double(desk):
    url, data = new(desk, "states_source")
    wrong = desk.post(url, data | {"title": ""})
    assert wrong.status_code == 200
    assert desk.post(url, data).status_code == 302
    assert Source.objects.count() == 1


def test_who_goes_back_and_types_something_else_is_asked_before_another_is_added(desk):
    url, data = new(desk, "states_source")
    desk.post(url, data)
    answer = desk.post(url, data | {"reference": "another"})
    assert "this form was saved already" in answer.text
    assert Source.objects.count() == 1
    assert desk.post(url, resent(answer)).status_code == 302
    assert Source.objects.count() == 2


def test_a_double_submit_in_a_popup_tells_its_opener_the_same(desk):
    url, data = new(desk, "states_source")
    answers = [desk.post(url, data | {"_popup": "1"}) for _ in range(2)]
    found = [answer.context["popup_response_data"] for answer in answers]
    assert found[0] == found[1] != ""
    assert Source.objects.count() == 1


def test_the_second_answer_says_again_what_the_first_said(desk):
    """A browser whose button was pressed twice drops the first answer, with the message that came with it."""
    url = reverse("admin:states_source_add")
    data = typed(desk, url) | {"reference": "letter", "title": "Letter <of> Chad"}
    second = again(desk)
    answers = [browser.post(url, data) for browser in (desk, second)]
    first, second = ([str(m) for m in get_messages(answer.wsgi_request)] for answer in answers)
    assert "Letter &lt;of&gt; Chad" in first[0]
    assert second == [*first, "This form was sent twice, and counted once."]


def test_the_same_key_from_two_people_is_two_submissions(desk):
    url, data = new(desk, "states_source")
    desk.post(url, data)
    assert signed_in("Editor").post(url, data | {"reference": "another"}).status_code == 302


def test_old_submissions_are_removed_by_the_next(desk):
    url, data = new(desk, "states_source")
    desk.post(url, data)
    Submission.objects.update(sent_at=Submission.objects.get().sent_at - 2 * KEPT)
    desk.post(url, typed(desk, url) | {"reference": "another", "title": "Another"})
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("sent", ["", "x", "\u0661", "0" * 33])
def test_odd_tokens_and_keys_are_no_server_error(desk, sent):
    url, data = new(desk, "states_source")
    assert desk.post(url, data | {"_submission": sent, "_token": sent}).status_code == 302
    row = Source.objects.get()
    for name in (sent or "0", row.pk):
        listed = {"action": "publish", "_selected_action": name, "_seen": sent, "index": 0}
        assert desk.post(address("states_source", "changelist"), listed).status_code in (302, 400)
    assert desk.post(f"/admin/states/source/{sent or 'x'}/change/", data).status_code == 302
    assert not Source.objects.get().published


@pytest.mark.parametrize("key", ["x", "0", "-1", "9" * 30, "1_0", "%CC", "None"])
def test_an_odd_address_of_a_record_is_no_server_error(desk, key):
    for path in ("source/{}/change/", "source/{}/delete/"):
        for answer in (desk.get, lambda url: desk.post(url, {"post": "yes", "_token": "x"})):
            assert answer(f"/admin/states/{path.format(key)}").status_code < 500
    assert desk.get(f"/admin/auth/user/{key}/password/").status_code == 404


def test_an_action_on_all_pages_takes_rows_that_were_not_shown(desk):
    rows = [make.source(checked=True) for _ in range(3)]
    desk.post(address("states_source", "changelist"), chosen("publish", rows[0], select_across="1"))
    assert Source.objects.filter(published=True).count() == 3
    data = chosen("unpublish", rows[0], select_across="1")
    meanwhile("states_source", "the row", rows[0])
    desk.post(address("states_source", "changelist"), data)
    assert Source.objects.filter(published=True).count() == 3
