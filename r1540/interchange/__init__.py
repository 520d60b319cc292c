"""The record as files: a folder of CSV files, one a table, with a datapackage.json that describes them.

tables.py        the tables and columns of the files, as they follow from the models
writing.py       the record into files, and their description
spreadsheets.py  reading CSV and XLSX from whoever sends it: header and rows of text, or why it is refused
reading.py       the rows of the files of a record: values, keys, and what is wrong with them
importing.py     bringing a record into the database, all of it or nothing, or trying that on copies of the tables
table_import.py  one file of it: comparing its rows with the database, saving those that differ
saving.py        saving many rows, and saying which of them the database refuses, and why
undo_import.py   undoing an import as a whole, from the history
uploads.py       files that staff sent, kept for a day
desk.py          the pages of export, import and undoing at the desk

Rows are named by natural keys (ISO3, acronym, reference), never by the database's numbers; days are EDTF. Rows and
columns have one order and values one form, so that export(import(x)) == x, byte for byte, in any database.
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
