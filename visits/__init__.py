"""Visits of the Committee to States, and the events it takes part in; this app builds on states/.

models/   the models, each with its querysets and rules
lists/    the public lists, and the page of a visit
admin.py  the desk: how staff edit and publish them
"""
