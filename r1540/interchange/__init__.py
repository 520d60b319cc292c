"""The record as files: a folder of CSV files, one a table, with a datapackage.json that describes them.

Rows are named by natural keys (ISO3, acronym, reference), never by the database's numbers; days are EDTF. Rows and
columns have one order and values one form, so that export(import(x)) == x, byte for byte, in any database.

    record = read(folder)                  what the files say, and what is wrong with them
    result = apply(record, dry_run=True)   what came, or would come, of it: counts and problems
    read_table(table, file)                the same of one table, from a CSV file or a workbook; `apply` takes both
    write(folder)                          the whole record into a folder; `files()` yields it file by file
    parts(table, queryset)                 the cells of chosen rows, some rows at a time, column by column

The tables follow from the models: see `tables.py`.
"""

from .importing import Result, apply
from .reading import Problem, Record, read, read_file
from .tables import TABLES, Table
from .writing import NotARecordError, files, parts, write

__all__ = [
    "TABLES",
    "NotARecordError",
    "Problem",
    "Record",
    "Result",
    "Table",
    "apply",
    "files",
    "parts",
    "read",
    "read_file",
    "write",
]
