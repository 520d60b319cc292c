"""Template tags and filters.

record.py  for the public pages: addresses, the menu, dates, tiles, figures; loaded in every template
desk.py    for the desk: what waits for somebody, saved filters
files.py   for a list of the desk: the links of import and export
"""
