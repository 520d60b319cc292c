"""Undoing an import as a whole, from the history: the rows it inserted go, the rows it changed are as they were before.

All or nothing: an import on which something later rests is not undone, and the reasons name the rows.
"""

from collections.abc import Callable, Iterator
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models

from r1540 import history
from r1540.history import publication
from r1540.history.audit import named
from r1540.history.undoing import NotUndoneError

from .importing import lock
from .saving import reason_of
from .tables import Table

NAMED = 20
# What an import did to rows: `after` is the event of what it left, `before` of what was there; an added row has none.
FOUND = """
CREATE TEMPORARY TABLE undone_row ON COMMIT DROP AS
SELECT ours.id, ours.after, earlier.pgh_id AS before, earlier.pgh_id IS NULL AS is_added
FROM (
    SELECT pgh_obj_id AS id, min(pgh_id) AS first, max(pgh_id) AS after
    FROM {events} WHERE pgh_context_id = %s GROUP BY 1
) AS ours
LEFT JOIN LATERAL (
    SELECT pgh_id FROM {events} WHERE pgh_obj_id = ours.id AND pgh_id < ours.first ORDER BY pgh_id DESC LIMIT 1
) AS earlier ON true
"""
# Rows of which it changed a list only.
FOUND_BY_LIST = """
INSERT INTO undone_row (id, is_added)
SELECT DISTINCT {row}, false FROM {events}
WHERE pgh_context_id = %s AND {row} NOT IN (SELECT id FROM undone_row)
"""
# The pairs of a list that it made or took away.
PAIRS = """
CREATE TEMPORARY TABLE {pairs} ON COMMIT DROP AS
SELECT {row} AS id, {other} AS other, pgh_label = 'insert' AS is_new, pgh_created_at AS at
FROM {events} WHERE pgh_context_id = %s
"""
LIST_CHANGED = """
WITH ended AS (SELECT max(pgh_created_at) AS at FROM (
    SELECT pgh_created_at FROM {own_events} WHERE pgh_context_id = %s
    UNION ALL SELECT pgh_created_at FROM {events} WHERE pgh_context_id = %s) AS all_events),
left_behind AS (SELECT id, other FROM (
    SELECT DISTINCT ON (pgh_obj_id) {row} AS id, {other} AS other, pgh_label FROM {events}
    WHERE {row} IN (SELECT id FROM undone_row) AND pgh_created_at <= (SELECT at FROM ended)
    ORDER BY pgh_obj_id, pgh_id DESC) AS latest WHERE pgh_label <> 'delete'),
now AS (SELECT {row} AS id, {other} AS other FROM {pairs_table} WHERE {row} IN (SELECT id FROM undone_row))
SELECT DISTINCT id FROM ((TABLE left_behind EXCEPT TABLE now) UNION ALL (TABLE now EXCEPT TABLE left_behind)) AS differ
"""
# Rows of which it changed a list only, and which were published after that: the list as it left it was checked.
PUBLISHED = """
WITH ended AS (SELECT max(at) AS at FROM ({pairs}) AS pair)
SELECT undone_row.id FROM undone_row JOIN {now} AS now USING (id)
WHERE after IS NULL AND now.published AND EXISTS (
    SELECT 1 FROM {events} AS later JOIN LATERAL (
        SELECT published FROM {events}
        WHERE pgh_obj_id = later.pgh_obj_id AND pgh_id < later.pgh_id ORDER BY pgh_id DESC LIMIT 1
    ) AS earlier ON NOT earlier.published
    WHERE later.pgh_obj_id = undone_row.id AND later.published AND later.pgh_created_at > (SELECT at FROM ended))
"""


def undo_import(table: Table, key: str, may: Callable[[str], bool]) -> None:
    """Undo the import whose events have this key, in the transaction in which this is called.

    `may(verb)` says what the person may do with the table's rows; "publish": change what is public, alone.
    Raises NotUndoneError, with every kind of reason.
    Until the transaction ends nobody else can write to the table (they may read).
    """
    lock([table])
    _find(table, key)
    if reasons := [*_not_permitted(table, may), *_later(table, key)]:
        raise NotUndoneError(" ".join(reasons))
    try:
        _bring_back(table)
        _lapse(table)
        _ask_the_model(table)
        connection.check_constraints()
    except ValidationError as error:
        raise NotUndoneError(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise NotUndoneError(reason_of(error, table.model())[1]) from error


def _find(table: Table, key: str) -> None:
    """Make the temporary tables of what the import did."""
    run("DROP TABLE IF EXISTS pg_temp.undone_row")
    run(FOUND.format(events=_events(table.model)), key)
    for number, names in _lists(table):
        run(FOUND_BY_LIST.format(**names), key)
        run(f"DROP TABLE IF EXISTS pg_temp.undone_pair_{number}")
        run(PAIRS.format(pairs=f"undone_pair_{number}", **names), key)
    run("ANALYZE undone_row")


def _not_permitted(table: Table, may: Callable[[str], bool]) -> Iterator[str]:
    names = table.model._meta.verbose_name_plural
    if not may("change"):
        yield f"You may not change {names}."
    if run("SELECT 1 FROM undone_row WHERE is_added LIMIT 1") and not may("delete"):
        yield f"It inserted rows, and you may not delete {names}. Ask an Administrator."
    if table.has_steps and not may("publish"):
        public = (
            f"SELECT 1 FROM undone_row JOIN {table_of(table.model)} AS now USING (id)"
            f" LEFT JOIN {_events(table.model)} AS old ON old.pgh_id = before"
            " WHERE now.published OR old.published LIMIT 1"
        )
        if run(public):
            yield "Some of its rows are or were published, and you may not publish, or not alone. Unpublish them first."


def _later(table: Table, key: str) -> Iterator[str]:
    """Why rows of the import cannot be as they were before it: what was done to them, or rests on them, since."""
    now, events, model = table_of(table.model), _events(table.model), table.model
    said = partial(_said, model)
    yield from said(
        "Deleted since", f"SELECT id FROM undone_row LEFT JOIN {now} AS now USING (id) WHERE now.id IS NULL"
    )
    yield from said(
        "Changed or published since",
        f"SELECT now.id FROM undone_row JOIN {now} AS now USING (id) JOIN {events} AS left_behind ON pgh_id = after"
        f" WHERE ({_columns(model, 'now')}) IS DISTINCT FROM ({_columns(model, 'left_behind')})",
    )
    if table.lists and table.has_steps:
        pairs = " UNION ALL ".join(f"SELECT at FROM undone_pair_{number}" for number, _ in _lists(table))
        yield from said("Published since", PUBLISHED.format(now=now, events=events, pairs=pairs))
    for (_, names), column in zip(_lists(table), table.lists, strict=True):
        sql = LIST_CHANGED.format(**names)
        yield from said(f"With other {column.field.verbose_name} since", sql, key, key)
    for pointing in model._meta.related_objects:
        field = pointing.field
        if pointing.many_to_many:
            source, at = quoted(field.m2m_db_table()), quoted(field.m2m_reverse_name())
        else:
            source, at = table_of(pointing.related_model), quoted(field.column)
        # Rows of the import itself go, or point again where they did before.
        own = "AND rest.id NOT IN (SELECT id FROM undone_row)" if field.model is model else ""
        others = pointing.related_model._meta.verbose_name_plural
        yield from said(
            f"Cited since by {others}",
            f"SELECT DISTINCT undone_row.id FROM undone_row JOIN {source} AS rest ON {at} = undone_row.id"
            f" WHERE is_added {own}",
        )


def _said(model: type[models.Model], words: str, sql: str, *values) -> Iterator[str]:
    """A sentence about the rows that a question finds, if it finds any: how many, and the first of them."""
    first = run(f"SELECT id, count(*) OVER () FROM ({sql}) AS found ORDER BY id LIMIT {NAMED}", *values)
    if first:
        rows = named(model, {number for number, _ in first})
        more = f" and {first[0][1] - len(first):,} more" if first[0][1] > len(first) else ""
        yield f"{words}: {'; '.join(str(rows.get(number, number)) for number, _ in first)}{more}."


def _bring_back(table: Table) -> None:
    """Delete the rows that were added, then bring back what was changed, which may need their place."""
    model, now = table.model, table_of(table.model)
    old = f"FROM undone_row LEFT JOIN {_events(model)} AS old ON pgh_id = before WHERE now.id = undone_row.id"
    for column in (column for column in table.pointers if column.target is table):
        name = quoted(column.field.column)
        run(f"UPDATE {now} AS now SET {name} = old.{name} {old} AND after IS NOT NULL AND now.{name} IS NOT NULL")
    for number, names in _lists(table):
        run(
            f"DELETE FROM {names['pairs_table']} AS now USING undone_row"
            f" WHERE now.{names['row']} = undone_row.id AND (is_added OR EXISTS (SELECT 1 FROM undone_pair_{number}"
            f" AS pair WHERE pair.id = undone_row.id AND other = now.{names['other']} AND is_new))"
        )
        run(
            f"INSERT INTO {names['pairs_table']} ({names['row']}, {names['other']})"
            f" SELECT pair.id, other FROM undone_pair_{number} AS pair JOIN undone_row USING (id)"
            " WHERE NOT is_new AND NOT is_added"
        )
    run(f"DELETE FROM {now} AS now USING undone_row WHERE now.id = undone_row.id AND is_added")
    run(f"UPDATE {now} AS now SET ({_columns(model)}) = ROW({_columns(model, 'old')}) {old} AND before IS NOT NULL")


def _lapse(table: Table) -> None:
    """Take back the checks of rows whose lists are again as they were before."""
    for number, _ in _lists(table):
        sql = f"SELECT pair.id FROM undone_pair_{number} AS pair JOIN undone_row USING (id) WHERE NOT is_added"
        publication.lapse(table.model, models.expressions.RawSQL(sql, ()))


def _ask_the_model(table: Table) -> None:
    """Ask a model that has rules of its own in `clean`."""
    if table.model.clean is not models.Model.clean:
        changed = models.expressions.RawSQL("SELECT id FROM undone_row WHERE NOT is_added", ())
        for row in table.model._base_manager.filter(pk__in=changed).iterator():
            row.clean()


def _lists(table: Table) -> list[tuple[int, dict[str, str]]]:
    """The many-to-many tables, numbered, with the names by which SQL knows them."""
    return [
        (
            number,
            {
                "events": _events(through),
                "own_events": _events(table.model),
                "pairs_table": table_of(through),
                "row": quoted(column.field.m2m_column_name()),
                "other": quoted(column.field.m2m_reverse_name()),
            },
        )
        for number, (column, through) in enumerate(zip(table.lists, table.models[1:], strict=True))
    ]


def _columns(model: type[models.Model], of: str = "") -> str:
    """The columns of a row that the history keeps, but those that follow from the others and from each check."""
    fields = (field for field in model._meta.concrete_fields if not field.generated and not field.primary_key)
    fields = (field for field in fields if field.name not in ("checked", "published_at"))
    return ", ".join((f"{of}." if of else "") + quoted(field.column) for field in fields)


def _events(model: type[models.Model]) -> str:
    return table_of(history.events_of(model))


def table_of(model: type[models.Model]) -> str:
    return quoted(model._meta.db_table)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def run(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []
