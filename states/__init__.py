"""States, what they reported and planned, their organizations, and the sources of it all.

models/          the models, each with its querysets and rules; kind.py is the registry of the kinds of facts
lists/           the public lists, and the pages of single rows
admin/           the desk: how staff edit and publish them
state_lookup.py  the lookup of a State by what it is called, and the filter by State
"""
