"""Every way to write leaves its events, with who and why where a person is known."""

import subprocess

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from r1540 import history, interchange
from states.models import Report, Source, State, StateName
from tests import factories as make
from tests.desk.admin_client import address, chosen, confirmed, signed_in, typed

pytestmark = pytest.mark.django_db

WHY = "Corrected after the letter of 27 October 2004"
PERSON = ("superuser", WHY)
NOBODY = (None, None)


def events(model, **conditions):
    """(label, who, why) of each event, the oldest first."""
    rows = history.events_of(model).objects.filter(**conditions).order_by("pgh_id")
    return [(row.pgh_label, *((row.pgh_context or {}).get(key) for key in ("username", "why"))) for row in rows]


def newest(model, number=1):
    return events(model)[-number:]


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return make.state("Chad")


def sources():
    return Report.sources.through


# Each way to write: what it does, and the newest events it must leave, by table.


def admin_add(desk, chad):
    data = {"state": chad.pk, "submitted": "2005", "certainty": "document-cited", "sources": [make.source().pk]}
    assert desk.post(reverse("admin:states_report_add"), data).status_code == 302
    return {Report: [("insert", "superuser", None)], sources(): [("insert", "superuser", None)]}


def admin_change(desk, chad):
    url = address("states_report", "change", make.report(chad))
    assert desk.post(url, typed(desk, url) | {"note": "Seen.", "reason": WHY}).status_code == 302
    return {Report: [("update", *PERSON)]}


def admin_delete(desk, chad):
    report = make.report(chad, sources=[make.source()])
    assert desk.post(address("states_report", "delete", report), confirmed(report) | {"reason": WHY}).status_code == 302
    return {Report: [("delete", *PERSON)], sources(): [("delete", *PERSON)]}


def act(desk, action, *rows, **data):
    data = chosen(action, *rows) | {"reason": WHY} | data
    assert desk.post(reverse("admin:states_report_changelist"), data).status_code == 302


def admin_delete_selected(desk, chad):
    rows = [make.report(chad), make.report(make.state("Congo"), sources=[make.source()])]
    act(desk, "delete_selected", *rows, post="yes")
    return {Report: [("delete", *PERSON)] * 2, sources(): [("delete", *PERSON)]}


def admin_publish(desk, chad):
    act(desk, "publish", make.report(chad, sources=[make.source()], checked=True))
    return {Report: [("update", *PERSON)], Source: [("update", *PERSON)]}


def admin_unpublish(desk, chad):
    act(desk, "unpublish", make.report(chad, published=True))
    return {Report: [("update", *PERSON)]}


def admin_inline(desk, chad):
    make.state_name(chad, "Tschad", "en")
    url = address("states_state", "change", chad)
    new = {"names-TOTAL_FORMS": "2", "names-1-language": "fr", "names-1-kind": "short", "names-1-name": "Tchad"}
    answer = desk.post(url, typed(desk, url) | new | {"names-0-DELETE": "on", "reason": WHY})
    assert answer.status_code == 302
    assert StateName.objects.get().name == "Tchad"
    return {StateName: [("delete", *PERSON), ("insert", *PERSON)]}


def admin_many_to_many_only(desk, chad):
    url = address("states_report", "change", make.report(chad, sources=[make.source()]))
    desk.post(url, typed(desk, url) | {"sources": [make.source().pk], "reason": WHY})
    return {sources(): [("delete", *PERSON), ("insert", *PERSON)], Report: [("insert", *NOBODY)]}


def admin_undo(desk, chad):
    admin_change(desk, chad)
    url = address("states_report", "history", Report.objects.get())
    key = desk.get(url).context["entries"][0]["change"].key
    desk.post(url, {"change": key, "reason": "It was right"})
    why = newest(Report)[0][2]
    assert why.startswith("Undo of ") and why.endswith(": It was right")
    return {Report: [("update", "superuser", why)]}


def admin_cascade(desk, chad):
    make.state_name(chad, "Tchad", "fr")
    desk.post(address("states_state", "delete", chad), confirmed(chad) | {"reason": WHY})
    return {State: [("delete", *PERSON)], StateName: [("delete", *PERSON)]}


def admin_role_of_a_person(desk, chad):
    editor = make.user("Editor")
    url = address("auth_user", "change", editor)
    groups = [Group.objects.get(name="Viewer").pk]
    data = typed(desk, url) | {"groups": groups, "date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}
    answer = desk.post(url, data | {"first_name": "Ada", "reason": WHY})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return {User: [("update", *PERSON)], User.groups.through: [("delete", *PERSON), ("insert", *PERSON)]}


def bulk_create(desk, chad):
    StateName.objects.bulk_create(StateName(state=chad, language="fr", kind="popular", name=n) for n in "ab")
    return {StateName: [("insert", *NOBODY)] * 2}


def bulk_update(desk, chad):
    rows = [make.state_name(chad, name) for name in "ab"]
    for row in rows:
        row.name += "!"
    StateName.objects.bulk_update(rows, ["name"])
    return {StateName: [("update", *NOBODY)] * 2}


def update(desk, chad):
    State.objects.update(internal_note="Seen.")
    return {State: [("update", *NOBODY)]}


def delete(desk, chad):
    State.objects.all().delete()
    return {State: [("delete", *NOBODY)]}


def raw_sql(desk, chad):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE states_state SET internal_note = 'Seen.'")
    return {State: [("update", *NOBODY)]}


def raw_sql_by_somebody(desk, chad):
    with history.by(User.objects.get(), WHY), connection.cursor() as cursor:
        cursor.execute("UPDATE states_state SET internal_note = 'Seen.'")
    return {State: [("update", *PERSON)]}


def copy(desk, chad):
    statement = "COPY states_statename (state_id, language, kind, name) FROM STDIN"
    with history.by(User.objects.get(), WHY), connection.cursor() as cursor, cursor.copy(statement) as rows:
        rows.write_row((chad.pk, "fr", "short", "Tchad"))
    return {StateName: [("insert", *PERSON)]}


def of_import(desk, chad):
    chad.delete()
    call_command("importrecord", "r1540/record", verbosity=0)
    why = (None, "Import of record")
    return {State: [("insert", *why)], Report: [("insert", *why)], Report.sources.through: [("insert", *why)]}


def import_by_somebody(desk, chad):
    chad.delete()
    with history.by(User.objects.get()):
        assert interchange.apply(interchange.read("r1540/record")).is_ok
    return {State: [("insert", "superuser", "Import of record")]}


WAYS = [
    *(admin_add, admin_change, admin_delete, admin_delete_selected, admin_publish, admin_unpublish, admin_inline),
    *(admin_many_to_many_only, admin_undo, admin_cascade, admin_role_of_a_person, bulk_create, bulk_update, update),
    *(delete, raw_sql, raw_sql_by_somebody, copy, of_import, import_by_somebody),
]


@pytest.mark.parametrize("write", WAYS, ids=lambda write: write.__name__)
def test_every_way_to_write_leaves_its_events(desk, chad, write):
    expected = write(desk, chad)
    assert expected
    for model, left in expected.items():
        assert newest(model, len(left)) == left
    assert history.events_of(State).objects.last().pgh_login == connection.settings_dict["USER"]


@pytest.mark.django_db(transaction=True)
def test_what_psql_writes_is_logged_with_the_login_of_the_database():
    make.state("Chad")
    psql = "UPDATE states_state SET internal_note = 'By hand.'"
    try:
        call_command("dbshell", "--", "-X", "-q", "-c", psql)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        pytest.fail(f"psql: {error}")
    event = history.events_of(State).objects.last()
    assert (event.pgh_label, event.internal_note, event.pgh_context) == ("update", "By hand.", None)
    assert event.pgh_login == connection.settings_dict["USER"]


@pytest.mark.django_db(transaction=True)
def test_the_name_of_a_person_ends_with_the_transaction():
    user, chad = make.user(), make.state("Chad")
    with history.by(user, WHY):
        State.objects.update(internal_note="1")
    State.objects.update(internal_note="2")
    with pytest.raises(ZeroDivisionError), history.by(user, WHY):
        State.objects.update(internal_note="never")
        raise ZeroDivisionError
    State.objects.filter(pk=chad.pk).update(internal_note="3")
    assert events(State)[1:] == [("update", *PERSON), ("update", *NOBODY), ("update", *NOBODY)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        assert not cursor.fetchone()[0]


def test_the_name_of_a_person_ends_with_the_block(chad):
    with history.by(make.user(), WHY):
        State.objects.update(internal_note="1")
    State.objects.update(internal_note="2")
    assert events(State)[1:] == [("update", *PERSON), ("update", *NOBODY)]


def test_what_one_block_in_another_does_is_one_change(chad):
    with history.by(make.user()):
        State.objects.update(internal_note="1")
        with history.by(why=WHY):
            State.objects.update(internal_note="2")
        State.objects.update(internal_note="3")
    rows = history.events_of(State).objects.filter(pgh_label="update")
    assert [why for _, _, why in events(State)[1:]] == [None, WHY, None]
    assert len({row.pgh_context_id for row in rows}) == 1


def test_a_save_that_changes_nothing_leaves_nothing(chad):
    chad.save()
    assert len(events(State)) == 1


@pytest.mark.parametrize("typed_in", ["a\x00b", "\ud7ff\n" + "long " * 100, "🙂"])
def test_any_text_can_be_a_reason(chad, typed_in):
    with history.by(make.user(), typed_in):
        State.objects.update(internal_note="1")
    assert 0 < len(newest(State)[0][2]) <= history.REASON_LENGTH


def test_neither_password_nor_last_login_is_kept():
    user = make.user()
    user.set_password("Xyzzysecret1")
    user.save()
    assert [label for label, *_ in events(User)] == ["insert", "update"]
    fields = {field.name for field in history.events_of(User)._meta.fields}
    assert {"username", "is_superuser"} < fields
    assert not fields & {"password", "last_login"}
