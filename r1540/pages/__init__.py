"""The public pages that need both apps: States and visits.

site.py         the home page, the page about the record
search.py       the search
news.py         what was newly published or corrected: the page and the feed
machines.py     robots.txt, sitemap.xml, security.txt
coverage.py     what the record holds and what it does not; the sentence of it beside figures and lists
groups.py       the pages of organizations, regional groups and regions
memberships.py  what pages and JSON say of memberships: since when, and from where it is known
states/         the list of States, the board, the page of a State
between_days/   what changed between two days
figures/        figures as at a day, and over time
"""
