"""The public lists of this app, a file each: its filters, columns and rows; and the page of one row, if it has one.

facts.py          what lists of facts have in common; visits/ builds on it
state_filters.py  filters by region, subregion, regional group and organization of a State
reports.py        reports
plans.py          national implementation action plans, and the page of one
organizations.py  organizations; the page of one is in r1540/pages/groups.py
published_figures.py  published figures
sources.py        sources, and the page of one with every fact that cites it
told_of_many.py   what is said of many States in the same words, in one line
news.py           what was newly published or corrected, of all kinds of facts
"""
