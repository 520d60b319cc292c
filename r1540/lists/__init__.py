"""Public lists and pages: one view for every list, as HTML, CSV, XLSX and JSON.

parameters.py  the query parameters of an address, read strictly; the base of every public page
addresses.py   the address of a list or of a row
listing.py     the view of a list, from one compiled query: the page, its count, files and JSON
filters.py     the filters of a list and their form
columns.py     the columns of a list: what people read, what files and JSON have, how rows sort
cells.py       how cells are written, column by column
widgets.py     form controls, written in one go
detail.py      the view of one row, as HTML and JSON
files.py       tables as CSV and XLSX files
feeds.py       lists as Atom feeds
"""
