"""Signing in to the admin, and what wraps every page of staff.

admin_site.py     the admin site: the history, the second factor, idle sessions, odd values
throttle.py       how often a password may be tried
second_factor.py  who needs a code, and whether they showed it
pages.py          the pages that set a second factor up and ask for its code
kept.py           what was typed, when the session ended or the form is not taken for the site's own
apps.py           the app that puts this site in the place of Django's
"""
