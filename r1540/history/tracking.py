"""History that nothing bypasses: database triggers keep each version of each row, with who wrote it, when and why.

A model is decorated with `@tracked`. Its table, and each of its many-to-many tables, then has a table of events, with
the values of a row after an insert or update, or before a delete. Triggers write the events, so forms, bulk updates,
imports, raw SQL and psql all leave them. A TRUNCATE shows triggers no rows, so it is refused.

`by` says who writes and why, at most until the end of the transaction: the next transaction on the same connection does
not inherit it. The login of the database is always stored too, for what people do outside the site.

`seal` takes from the application's role the right to change events, and closes the ways around triggers for which one
need not be a superuser (a setting of pgtrigger, a search_path with another table of the same name). It breaks where the
owner of the tables, which is the role that runs the migrations, drops the triggers on purpose.
"""

import json
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import pghistory
import pghistory.models
import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

REASON_LENGTH = 200
# Of a person a copy of either would be kept for ever; of a fact the time is that of the event itself.
NOT_KEPT = ("password", "last_login", "changed_at")
NOT_WATCHED = ("last_login", "changed_at")

CHANGES = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate
TRUNCATED = "A TRUNCATE would leave no history of the rows of %: delete them."
SEALED = "The history is never changed: no % of %."


class HistoryEvent(pghistory.models.Event):
    """A version of a row; `pgh_context` says who ("user", "username") and why ("why"), where a person is known."""

    pgh_login = models.TextField(db_default=models.Func(template="session_user", output_field=models.TextField()))
    pgh_transaction = models.BigIntegerField(
        db_default=models.Func(template="pg_current_xact_id()::text::bigint", output_field=models.BigIntegerField())
    )

    class Meta:
        abstract = True


def refusing(name: str, operation, message: str, values: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses statements, whoever makes them; only a superuser can go round it, by
    SET session_replication_role = replica."""
    return pgtrigger.Trigger(
        name=name,
        operation=operation,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func=f"RAISE EXCEPTION '{message}', {values} USING ERRCODE = 'insufficient_privilege';",
    )


def tracked(model, app: str = ""):
    """Decorate a model: keep the history of its table and of its many-to-many tables, in `app` if not in its own."""
    app = app or model._meta.app_label
    _track(model if app == model._meta.app_label else own_name(model, app), app)
    for field in model._meta.local_many_to_many:
        _track(own_name(field.remote_field.through, app), app)
    return model


@cache
def own_name(through, app: str):
    """Return a model of our own, whose triggers a migration can make, for a table that Django made by itself."""
    meta = type("Meta", (), {"proxy": True, "app_label": app, "default_permissions": ()})
    attributes = {"__module__": f"{app}.models", "Meta": meta}
    return type("".join(word.title() for word in through._meta.model_name.split("_")), (through,), attributes)


def _track(model, app: str):
    fields = [field.name for field in model._meta.concrete_fields if not field.generated]
    watched = [name for name in fields if name not in NOT_WATCHED]
    pghistory.create_event_model(
        model,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*watched)),
        pghistory.DeleteEvent(),
        fields=[name for name in fields if name not in NOT_KEPT],
        base_model=HistoryEvent,
        obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+"),
        context_field=pghistory.ContextJSONField(),
        app_label=app,
        model_name=f"{model.__name__}Event",
        abstract=False,
        meta={"default_permissions": (), "triggers": [refusing("sealed", CHANGES, SEALED, "TG_OP, TG_TABLE_NAME")]},
    )
    pgtrigger.register(refusing("no_truncate", pgtrigger.Truncate, TRUNCATED, "TG_TABLE_NAME"))(model)


def is_record(model) -> bool:
    """Return whether a model is a table of the record itself: no table of events, and no other name of a table."""
    return not issubclass(model, HistoryEvent) and not model._meta.proxy


def event_models() -> list:
    """Return the models of all tables of events."""
    return [model for model in apps.get_models() if issubclass(model, HistoryEvent)]


@cache
def events_of(model):
    """Return the model of the events of a model, or of a many-to-many table."""
    table = model._meta.db_table
    return next(events for events in event_models() if events.pgh_tracked_model._meta.db_table == table)


_said = ContextVar("said", default=None)


@contextmanager
def by(user=None, why: str = "", change: str = ""):
    """Open a transaction, or a part of one, whose writes are logged with who and why.

    Inside another such block what is not given here is as it was given there, and both are one change, unless this one
    is given the UUID of a `change` of its own.
    """
    outer, nested = _said.get(), connection.in_atomic_block
    said = dict(outer[1]) if outer else {}
    if user is not None:
        said |= {"user": user.pk, "username": user.get_username()}
    if why:
        said["why"] = one_line(why)
    inner = (change or (outer[0] if outer else str(uuid.uuid4())), said)
    token = _said.set(inner)
    try:
        with transaction.atomic():
            _tell_the_database(*inner)
            yield
            if nested and not connection.needs_rollback:  # otherwise the end of the transaction forgets it
                _tell_the_database(*(outer or ("", None)))
    finally:
        _said.reset(token)


def _tell_the_database(change: str, said: dict | None):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [change, json.dumps(said) if said is not None else ""],
        )


def one_line(text: str) -> str:
    """Return a reason as the history keeps it: short, and without what cannot be printed."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:REASON_LENGTH]


SEAL = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT false';
DO $$
DECLARE made regprocedure;
BEGIN
    FOR made IN SELECT oid FROM pg_proc
        WHERE proname LIKE 'pgtrigger\\_%' AND prorettype = 'trigger'::regtype AND proconfig IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', made, current_schema());
    END LOOP;
END $$;
"""


def seal(**kwargs):
    """Take away the right to change events: called after every migration, which may have made new tables."""
    there = set(connection.introspection.table_names())
    tables = [model._meta.db_table for model in event_models() if model._meta.db_table in there]
    if not tables:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SEAL)
        names = ", ".join(map(connection.ops.quote_name, tables))
        cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {names} FROM PUBLIC, CURRENT_USER")
