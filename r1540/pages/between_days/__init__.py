"""What changed between two days.

happenings.py  what happened in a period, and what may have happened in it
page.py        the page, and its CSV, JSON and Atom files
"""
