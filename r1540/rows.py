"""The rows of a file, read with no more than the file says, a thousand at a time, in one question to the database.

Where the database has all that the columns say, it is asked for just these values, and no instance of a model is made:
they took half of the time. A value that is worked out of a whole row, such as the days of a visit, needs it.
It is asked where the queryset is, so inside the public door.
"""

from itertools import islice

from r1540.table import contents, takes, value_of, values_at

CHUNK = 1000  # rows in memory at once


def rows(queryset, table, names):
    """What each row of the queryset says in the columns of these names, as `table.values` says it of instances."""
    columns = [table.columns[name] for name in names]
    if not all(is_read(queryset, column) for column in columns):
        for records in chunks(queryset):
            yield from table.values(records, names)
        return
    for values in chunks(queryset.values_list(*map(values_at, columns))):
        found = zip(columns, zip(*values, strict=True), strict=True)
        yield from zip(*(contents(table, column, read) for column, read in found), strict=True)


def chunks(queryset):
    found = queryset.iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def is_read(queryset, column) -> bool:
    """Whether the values of a column follow from what the database has at its path alone."""
    first = values_at(column).partition("__")[0]
    is_there = first in {*queryset.query.annotations, *(field.name for field in queryset.model._meta.concrete_fields)}
    return is_there and "record" not in takes(value_of(column))
