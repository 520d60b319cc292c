"""The rows of a file, read with no more than the file says, a thousand at a time, in one question to the database.

It is asked where the queryset is, so inside the public door.
"""

from itertools import islice

from r1540.table import Values, paths

CHUNK = 1000  # rows in memory at once


def rows(queryset, table, names):
    """What each row of the queryset says in the columns of these names, as `table.values` says it."""
    read = paths([table.columns[name] for name in names])
    found = queryset.values_list(*read).iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from table.values(Values(read, chunk), names)
