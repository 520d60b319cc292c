"""What the database lacks of what the models, the public door, the history and the revision ask for, in words.

What the models ask for, triggers included, is made once more in a schema of its own, described, and undone: PostgreSQL
itself describes both, so neither the migrations nor Django's names of types are believed.
"""

from functools import cache

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from r1540 import history
from r1540.door import views

OURS = ("r1540", "states", "visits")
ASKED = "asked_for"
DESCRIBED = {
    "column": """
        SELECT relname, attname, concat_ws(' ', format_type(atttypid, atttypmod),
            'COLLATE ' || nullif(collname, 'default'), CASE WHEN attnotnull THEN 'NOT NULL' END,
            CASE attidentity WHEN 'd' THEN 'IDENTITY' END, CASE attgenerated WHEN 's' THEN 'GENERATED' END,
            pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            LEFT JOIN pg_collation ON pg_collation.oid = attcollation
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped AND relnamespace = %s::regnamespace""",
    "constraint": """
        SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE contype <> 'n' AND relnamespace = %s::regnamespace""",
    "index": """
        SELECT relname, indexrelid::regclass::text, pg_get_indexdef(indexrelid, 0, true)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = %s::regnamespace""",
    "trigger": """
        SELECT relname, tgname, concat_ws(' ', CASE WHEN tgenabled <> 'O' THEN 'DISABLED' END,
            pg_get_triggerdef(pg_trigger.oid, true), prosrc)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgname LIKE 'pgtrigger%%' AND relnamespace = %s::regnamespace""",
}
# To a migration all tables that join Django's own have keys of 64 bits, as ours have; and theirs have 32.
AS_MIGRATED = {("pgh_obj_id", "integer NOT NULL"): "bigint NOT NULL"}
REVISED = (
    "CREATE TRIGGER r1540_revised AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON {}"
    " FOR EACH STATEMENT EXECUTE FUNCTION r1540_revised()"
)


def faults() -> list[str]:
    """Return a sentence for each thing that is missing or is not as it should be; none of a sound database."""
    return [*faults_of_tables(), *faults_of_history(), *faults_of_door(), *faults_of_revision()]


def rows(statement: str, *parameters) -> list[tuple]:
    """Return the rows that the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


# Tables: columns, constraints, indexes, and the triggers that the models register


def described(schema: str) -> dict[tuple[str, str, str], str]:
    """Return the definition of everything in a schema, by table, kind and name."""
    return {
        (table, kind, name): definition
        for kind, statement in DESCRIBED.items()
        for table, name, definition in rows(statement, schema)
    }


@cache
def asked_for() -> dict[tuple[str, str, str], str]:
    """Return what the models ask for, as PostgreSQL describes it when it is made from them."""
    with transaction.atomic():
        rows(f"CREATE SCHEMA {ASKED}")
        rows(f"SET LOCAL search_path = {ASKED}, public")
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if not model._meta.proxy and model._meta.app_label in (*OURS, "auth", "contenttypes"):
                    editor.create_model(model)
        for model, trigger in pgtrigger.registered():
            rows(trigger.compile(model).install_sql)
        asked = described(ASKED)
        transaction.set_rollback(True)
    return asked


def faults_of_tables():
    """Compare the tables with what the models ask for."""
    asked, there = asked_for(), described("public")
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_ours(model)}
    missing = tables - {table for table, _, _ in there}
    yield from (f"The table {table} is missing." for table in sorted(missing))
    for table, kind, name in sorted(asked.keys() | there.keys()):
        key = table, kind, name
        if table in missing or (table not in tables and kind != "trigger"):
            continue
        if key not in there:
            yield f"{table}: the {kind} {name} is missing."
        elif key not in asked:
            yield f"{table}: no model asks for the {kind} {name}."
        elif there[key] not in (asked[key], AS_MIGRATED.get((name, asked[key]))):
            yield f"{table}: the {kind} {name} is “{there[key]}”, and the model asks for “{asked[key]}”."


def is_ours(model) -> bool:
    """Whether a model has a table that a migration of this project makes."""
    return model._meta.app_label in OURS and not model._meta.proxy


# The history: a table of events beside each table, to which rows are only added


def faults_of_history():
    """Look for tables without events, and for ways to change events or to write without them."""
    with_events = {model.pgh_tracked_model._meta.db_table for model in history.event_models()}
    for model in views.models():
        if model._meta.db_table not in with_events:
            yield f"{model._meta.db_table}: no history is kept of it: its model is not @tracked."
    events = [model._meta.db_table for model in history.event_models()]
    for table, right in rows(
        """SELECT relname, privilege_type
        FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
        WHERE relname = ANY(%s) AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') ORDER BY 1, 2""",
        events,
    ):
        yield f"{table}: {right} is granted, and the history is only added to."
    for (name,) in rows(
        "SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%' AND proconfig IS NULL ORDER BY 1"
    ):
        yield f"The function {name} has no search_path of its own: another table may stand in for that of the events."
    if rows("SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'") != [("SELECT false",)]:
        yield "The function _pgtrigger_should_ignore lets a setting of a session turn triggers off."


# The door: a view of each model, and a role that may read the views and nothing else


def faults_of_door():
    """Look for views and functions that the door lacks, or has too many."""
    columns = dict(
        rows(
            """SELECT relname::text, array_agg(attname::text ORDER BY attnum)
            FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
            WHERE relkind = 'v' AND relnamespace = to_regnamespace(%s) GROUP BY 1""",
            views.SCHEMA,
        )
    )
    asked = {model._meta.db_table: [field.column for field in model._meta.concrete_fields] for model in views.models()}
    asked["r1540_revision"] = ["number"]
    for name in sorted(asked.keys() | columns.keys()):
        if name not in columns:
            yield f"The door has no view {name}."
        elif name not in asked:
            yield f"The door has a view {name}, which no model asks for."
        elif asked[name] != columns[name]:
            yield f"The door's view {name} shows {', '.join(columns[name])}, and not {', '.join(asked[name])}."
    for model in views.models():
        for name in getattr(model, "public_counts", {}):
            if rows("SELECT to_regprocedure(%s)", f"{views.SCHEMA}.{name}(date)") == [(None,)]:
                yield f"The door has no function {name}."
    yield from faults_of_public_role({(views.SCHEMA, name, "SELECT") for name in asked.keys() & columns.keys()})


def faults_of_public_role(asked: set[tuple[str, str, str]]):
    """Compare the rights of the public role with those asked for: (schema, view, right)."""
    role = settings.PUBLIC_ROLE
    more = "rolsuper OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    found = rows(f"SELECT {more} FROM pg_roles WHERE rolname = %s", role)
    if not found:
        yield f"The role {role} is missing."
        return
    if found[0][0]:
        yield f"The role {role} may sign in, or has rights over the server."
    if rows("SELECT has_schema_privilege(%s, to_regnamespace(%s), 'USAGE')", role, views.SCHEMA) != [(True,)]:
        yield f"The role {role} may not enter the schema {views.SCHEMA}."
    granted = set(
        rows(
            """SELECT nspname::text, relname::text, privilege_type
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl)
            WHERE nspname NOT IN ('pg_catalog', 'information_schema')
                AND grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = %s))""",
            role,
        )
    )
    yield from (f"The role {role} may not read the door's view {name}." for _, name, _ in sorted(asked - granted))
    yield from (f"The public may {right} {schema}.{name}." for schema, name, right in sorted(granted - asked))


# The revision: each change of the record makes another


def faults_of_revision():
    """Look for tables of the record whose changes the revision does not see."""
    if rows("SELECT to_regclass('public.r1540_revision')") == [(None,)]:
        yield "The table r1540_revision is missing."
    definitions = dict(
        rows(
            """SELECT relname::text, pg_get_triggerdef(pg_trigger.oid, true)
            FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE tgname = 'r1540_revised' AND tgenabled = 'O' AND relnamespace = 'public'::regnamespace"""
        )
    )
    for model in views.models():
        table = model._meta.db_table
        if definitions.get(table) != REVISED.format(table):
            yield f"{table}: a change of it makes no new revision of the record: the trigger r1540_revised is missing."
