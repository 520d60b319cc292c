"""The public lists of this app, a file each, as in states/lists/.

visits.py  visits, and the page of one
events.py  events, and the page of one
"""
