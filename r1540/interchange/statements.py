"""The SQL that compares a table's rows in the database with those of a file, and writes them: many at once.

`row` is a row of the file in the staging table, where a pointer is the key it points at, and a list its keys, joined;
`now` is the row of the database that has its key, `was` the same as the file would say it. `%s` are lines of the file.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model

from .tables import BETWEEN_KEYS, Column, Table

SPLIT = f"'{BETWEEN_KEYS}'"

COMPARE = """
UPDATE {staged} AS row SET
    id = coalesce(found.id, row.id),
    old = row.old || found.old,
    is_public = row.is_public OR found.is_public,
    outcome = CASE
        WHEN found.id IS NULL OR row.outcome = 'inserted' THEN 'inserted'
        WHEN row.old || found.old = '{{}}' THEN 'unchanged'
        ELSE 'updated'
    END
FROM (
    SELECT row.line, now.id, {is_public} AS is_public,
        CASE WHEN now.id IS NULL THEN '{{}}' ELSE jsonb_strip_nulls(jsonb_build_object({old})) END AS old
    FROM {staged} AS row LEFT JOIN {model} AS now ON {same} CROSS JOIN LATERAL (SELECT {cells}) AS was
    WHERE row.outcome = ANY(%s)
) AS found
WHERE found.line = row.line
RETURNING row.line, row.outcome
"""
UPDATE = """
UPDATE {model} AS now SET ({columns}) = ROW({values}) FROM {staged} AS row
WHERE row.line = ANY(%s) AND row.old ?| ARRAY[{names}] AND now.id = row.id
"""
INSERT = """
INSERT INTO {model} ({columns}) SELECT {values} FROM {staged} AS row
WHERE row.line = ANY(%s) AND row.outcome = 'inserted' ORDER BY row.line
"""
TAKE_OFF_LIST = """
DELETE FROM {pairs} AS pair USING {staged} AS row
WHERE row.line = ANY(%s) AND row.old ? '{name}' AND pair.{own} = row.id
    AND pair.{other} NOT IN (SELECT id FROM {target} WHERE {key} = ANY(string_to_array(row."{name}", {split})))
"""
PUT_ON_LIST = """
INSERT INTO {pairs} ({own}, {other}) SELECT {id}, target.id
FROM {staged} AS row CROSS JOIN string_to_table(row."{name}", {split}) AS one (key)
JOIN {target} AS target ON target.{key} = one.key
WHERE row.line = ANY(%s) AND (row.outcome = 'inserted' OR row.old ? '{name}'
    AND target.id <> ALL (ARRAY(SELECT {other} FROM {pairs} AS pair WHERE pair.{own} = row.id)))
ORDER BY row.line, target.id
"""
# Those of which a list was changed; what is published by the same import counts as checked as it now is.
LAPSED = """
SELECT id FROM {staged} AS row
WHERE line = ANY(%s) AND outcome = 'updated' AND old ? '{name}' AND NOT old ? 'published'
"""


def compare(table: Table, columns: Iterable[Column]) -> str:
    """Note of each row, whose outcome is one of those given, what comes of it: the outcome, the number of the
    database's row, the cells of these columns that differ, and whether it is or becomes public."""
    has_steps = "published" in {column.name for column in table.columns}
    return COMPARE.format(
        **_names(table),
        same=_same(table),
        is_public="coalesce(now.published, false) OR row.published" if has_steps else "false",
        cells=", ".join(f"{_cell(column)} AS {quoted(column.name)}" for column in columns),
        old=", ".join(f"'{column.name}', {_old(column)}" for column in columns),
    )


def update(table: Table, columns: Iterable[Column]) -> str:
    """Bring the database's rows to what lines say in these columns, those of them that differ."""
    columns = list(columns)
    return UPDATE.format(
        **_names(table),
        columns=", ".join(quoted(column.field.column) for column in columns),
        values=", ".join(map(_value, columns)),
        names=", ".join(f"'{column.name}'" for column in columns),
    )


def insert(table: Table, columns: Iterable[Column]) -> tuple[str, list]:
    """Insert the lines that are new; and the values that their other columns begin with."""
    columns = list(columns)
    there = {column.field for column in table.columns}
    fields = table.model._meta.concrete_fields
    others = [one for one in fields if not one.generated and not one.primary_key and one not in there]
    names = [one.column for one in (*(column.field for column in columns), *others)]
    return INSERT.format(
        **_names(table),
        columns=", ".join(map(quoted, names)),
        values=", ".join([*map(_value, columns), *("%s" for _ in others)]),
    ), [one.get_default() for one in others]


def take_off_list(table: Table, column: Column) -> str:
    return TAKE_OFF_LIST.format(**_names(table), **_names_of_list(column))


def put_on_list(table: Table, column: Column) -> str:
    return PUT_ON_LIST.format(**_names(table), **_names_of_list(column), id=number(table))


def lapsed(table: Table, column: Column) -> str:
    return LAPSED.format(**_names(table), name=column.name)


def number(table: Table) -> str:
    """The database's number of a row that is saved. Found row by row: a plan made of few rows would read them all."""
    return f"coalesce(row.id, (SELECT now.id FROM {table_of(table.model)} AS now WHERE {_same(table)}))"


def keys(column: Column) -> str:
    """The key, or the keys, at which a row points through a column, as a table; none if it points at nothing."""
    name = f"row.{quoted(column.name)}"
    return f"string_to_table({name}, {SPLIT})" if column.is_many else f"unnest(array_remove(ARRAY[{name}], NULL))"


def staged(table: Table) -> str:
    return f"pg_temp.{quoted(f'import_{table.name}')}"


def _names(table: Table) -> dict[str, str]:
    return {"staged": staged(table), "model": table_of(table.model)}


def _same(table: Table) -> str:
    """Whether `now` has the key of `row`."""
    return " AND ".join(f"now.{quoted(column.field.column)} = {_value(column)}" for column in table.key_columns)


def _names_of_list(column: Column) -> dict[str, str]:
    return {
        "name": column.name,
        "split": SPLIT,
        "pairs": table_of(column.field.remote_field.through),
        "own": quoted(column.field.m2m_column_name()),
        "other": quoted(column.field.m2m_reverse_name()),
        "target": table_of(column.target.model),
        "key": _key(column),
    }


def _value(column: Column) -> str:
    """What the database is to have."""
    name = f"row.{quoted(column.name)}"
    return f"(SELECT id FROM {table_of(column.target.model)} WHERE {_key(column)} = {name})" if column.target else name


def _cell(column: Column) -> str:
    """What the database has, as the file would say it."""
    if column.is_many:
        return (
            "(SELECT coalesce(string_agg({key}, {split} ORDER BY {key} COLLATE \"C\"), '') FROM {pairs} AS pair"
            " JOIN {target} AS target ON target.id = pair.{other} WHERE pair.{own} = now.id)"
        ).format(**_names_of_list(column))
    name = f"now.{quoted(column.field.column)}"
    return f"(SELECT {_key(column)} FROM {table_of(column.target.model)} WHERE id = {name})" if column.target else name


def _old(column: Column) -> str:
    name = quoted(column.name)
    return f"CASE WHEN was.{name} IS DISTINCT FROM row.{name} THEN coalesce(was.{name}::text, '') END"


def _key(column: Column) -> str:
    """The column by which rows that others point at are named."""
    return quoted(column.target.key_columns[0].field.column)


def table_of(model: type[Model]) -> str:
    return quoted(model._meta.db_table)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def run(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []
