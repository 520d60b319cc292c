"""The database has what the models, the public door, the history and the revision ask for."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from r1540 import apps, history
from r1540.door import views
from r1540.management.commands import up
from states.models import Report
from tests.running.schema import faults

pytestmark = pytest.mark.django_db

DOOR, ROLE = views.SCHEMA, settings.PUBLIC_ROLE
UPDATE, STEPS = "pgtrigger_update_update_2f331", "pgtrigger_steps_2f80c"  # of states_source
NO_TRUNCATE, SEALED = "pgtrigger_no_truncate_69596", "pgtrigger_sealed_d8cf1"  # of r1540_savedfilter, of its events
NOT_REVISED = (
    "states_membership: a change of it makes no new revision of the record: the trigger r1540_revised is missing."
)
BROKEN = [
    ("DROP TABLE states_membershipevent", "The table states_membershipevent is missing."),
    ("ALTER TABLE states_report DROP COLUMN language CASCADE", "states_report: the column language is missing."),
    ("ALTER TABLE states_report ADD COLUMN more text", "states_report: no model asks for the column more."),
    (
        "ALTER TABLE states_reportevent ALTER COLUMN kind TYPE text",
        "states_reportevent: the column kind is “text NOT NULL”, and the model asks for “character varying(25)",
    ),
    (
        "ALTER TABLE visits_visit DROP CONSTRAINT visit_has_a_day",
        "visits_visit: the constraint visit_has_a_day is missing.",
    ),
    ("DROP INDEX report_by_day", "states_report: the index report_by_day is missing."),
    (f"DROP TRIGGER {UPDATE} ON states_source", f"states_source: the trigger {UPDATE} is missing."),
    (f"DROP TRIGGER {STEPS} ON states_source", f"states_source: the trigger {STEPS} is missing."),
    (f"DROP TRIGGER {NO_TRUNCATE} ON r1540_savedfilter", f"r1540_savedfilter: the trigger {NO_TRUNCATE} is missing."),
    (f"DROP TRIGGER {SEALED} ON r1540_savedfilterevent", f"r1540_savedfilterevent: the trigger {SEALED} is missing."),
    (f"ALTER TABLE states_source DISABLE TRIGGER {UPDATE}", f"states_source: the trigger {UPDATE} is “DISABLED"),
    (
        f"CREATE OR REPLACE FUNCTION {UPDATE}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        f"states_source: the trigger {UPDATE} is “CREATE TRIGGER",
    ),
    (f"ALTER FUNCTION {UPDATE}() RESET ALL", f"The function {UPDATE} has no search_path of its own"),
    (
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql"
        " AS 'SELECT true'",
        "The function _pgtrigger_should_ignore lets a setting of a session turn triggers off.",
    ),
    ("GRANT UPDATE ON states_reportevent TO CURRENT_USER", "states_reportevent: UPDATE is granted"),
    ("GRANT DELETE ON states_reportevent TO PUBLIC", "states_reportevent: DELETE is granted"),
    (f"DROP SCHEMA {DOOR} CASCADE", "The door has no view states_state."),
    (f"DROP VIEW {DOOR}.states_report", "The door has no view states_report."),
    (
        f"CREATE VIEW {DOOR}.everything AS SELECT * FROM states_report",
        "The door has a view everything, which no model asks for.",
    ),
    (
        f"DROP VIEW {DOOR}.states_statename;"
        f" CREATE VIEW {DOOR}.states_statename AS SELECT id, name FROM states_statename",
        "The door's view states_statename shows id, name, and not id, state_id, language, kind, name, folded.",
    ),
    (
        f"REVOKE SELECT ON {DOOR}.visits_visit FROM {ROLE}",
        f"The role {ROLE} may not read the door's view visits_visit.",
    ),
    (
        f"REVOKE SELECT ON {DOOR}.r1540_revision FROM {ROLE}",
        f"The role {ROLE} may not read the door's view r1540_revision.",
    ),
    (f"REVOKE USAGE ON SCHEMA {DOOR} FROM {ROLE}", f"The role {ROLE} may not enter the schema {DOOR}."),
    (f"ALTER ROLE {ROLE} LOGIN", f"The role {ROLE} may sign in, or has rights over the server."),
    (f"GRANT SELECT ON states_report TO {ROLE}", "The public may SELECT public.states_report."),
    ("GRANT SELECT ON auth_user TO PUBLIC", "The public may SELECT public.auth_user."),
    (f"GRANT INSERT ON {DOOR}.states_report TO {ROLE}", f"The public may INSERT {DOOR}.states_report."),
    ("DROP TRIGGER r1540_revised ON states_membership", NOT_REVISED),
    ("ALTER TABLE states_membership DISABLE TRIGGER r1540_revised", NOT_REVISED),
    ("DROP TABLE r1540_revision CASCADE", "The table r1540_revision is missing."),
]


def test_the_database_has_all_that_is_asked_of_it():
    found = faults()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("statement, sentence", BROKEN, ids=[statement for statement, _ in BROKEN])
def test_what_is_missing_is_named(statement, sentence):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert [fault for fault in faults() if fault.startswith(sentence)]


def test_a_function_that_a_model_declares_for_the_door_is_missed(monkeypatch):
    monkeypatch.setattr(Report, "public_counts", {"all_reports": "true"}, raising=False)
    assert faults() == ["The door has no function all_reports."]


def test_a_model_that_is_not_tracked_is_named(monkeypatch):
    others = [model for model in history.event_models() if model is not history.events_of(Report)]
    monkeypatch.setattr(history, "event_models", lambda: others)
    assert faults() == ["states_report: no history is kept of it: its model is not @tracked."]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_migrated_back_and_on_has_all_again():
    call_command("migrate", "visits", "zero", verbosity=0)
    assert "The table visits_visit is missing." in faults()
    call_command("migrate", verbosity=0)
    assert faults() == []


@pytest.mark.parametrize(
    "command", [lambda: call_command("migrate"), lambda: up.Command().prepare()], ids=["migrate", "up"]
)
def test_a_database_of_0_1_0_is_left_as_it_is_and_its_owner_told_what_to_do(command):
    MigrationRecorder(connection).record_applied(*apps.FIRST_OF_0_1_0)
    with pytest.raises(CommandError) as refusal:
        command()
    sentence = str(refusal.value)
    assert sentence == apps.MADE_BY_0_1_0
    assert "\n" not in sentence and sentence.count(". ") == 0
    for step in ("exportrecord FOLDER", "remove var/", "manage.py migrate", "importrecord FOLDER"):
        assert step in sentence
    assert faults() == []
