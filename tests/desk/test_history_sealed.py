"""No table is without a history, no event is ever changed, and no trick of a session hides a write."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, ProgrammingError, connection, transaction

from r1540 import door, history
from r1540.door import views
from r1540.models import SavedFilter
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def chad():
    return make.state("Chad")


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def all_tables():
    """Every table of both apps, of people and roles, and of what else is edited at the desk."""
    auth = [User, Group, User.groups.through, User.user_permissions.through, Group.permissions.through]
    return [*views.models(), *auth, SavedFilter]


@pytest.mark.parametrize("model", all_tables(), ids=lambda model: model._meta.db_table)
def test_every_table_is_tracked_and_cannot_be_truncated(model):
    tracked = history.events_of(model)
    kept = {field.column for field in tracked._meta.concrete_fields}
    own = {field.column for field in model._meta.concrete_fields if not field.generated}
    # `changed_at` follows from the other columns: it says when the public ones last changed.
    assert own - kept == ({"password", "last_login"} if model is User else own & {"changed_at"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(tgname, '_', 2) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'"
            " AND NOT tgisinternal",
            [model._meta.db_table],
        )
        assert {"insert", "update", "delete", "no"} <= {name for (name,) in cursor.fetchall()}
    with pytest.raises(ProgrammingError, match="delete them"):
        run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize("model", history.event_models(), ids=lambda model: model._meta.db_table)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET pgh_label = 'insert'", "DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET pgh_id = 1 WHERE false"],
)
def test_the_role_of_the_application_changes_no_event(model, statement):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            pytest.skip("the role of this server is a superuser")
    for grant in ("", f"GRANT ALL ON {table} TO CURRENT_USER; "):
        refused = "never changed" if grant else "permission denied"
        with pytest.raises(ProgrammingError, match=refused):
            run(grant + statement.format(table))


def test_events_have_no_public_view():
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = %s", [door.SCHEMA])
        found = {name for (name,) in cursor.fetchall()}
    assert found == {model._meta.db_table for model in views.models()} | {"r1540_revision"}
    assert len(found) == 21
    assert not found & {model._meta.db_table for model in history.event_models()}


@pytest.mark.parametrize("model", history.event_models(), ids=lambda model: model._meta.db_table)
def test_the_public_reads_no_event(model):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        door.public_transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT 1 FROM public.{model._meta.db_table}")


@pytest.mark.parametrize(
    "trick",
    [
        "SET LOCAL pgtrigger.ignore = '{{{trigger}}}'; UPDATE states_state SET internal_note = 'x'",
        "CREATE TEMP TABLE states_stateevent (LIKE states_stateevent) ON COMMIT DROP;"
        " UPDATE states_state SET internal_note = 'x'",
    ],
    ids=["pgtrigger's setting", "another table of the same name"],
)
def test_no_trick_of_a_session_hides_a_write(chad, trick):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'states_state'::regclass AND tgname LIKE '%%update%%'"
        )
        trigger = cursor.fetchone()[0]
        cursor.execute(trick.format(trigger=trigger))
        cursor.execute("SELECT pgh_label FROM public.states_stateevent ORDER BY pgh_id")
        assert cursor.fetchall() == [("insert",), ("update",)]


def test_replica_mode_is_for_superusers_only():
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("SET session_replication_role = replica")
