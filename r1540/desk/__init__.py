"""The desk: what the admins of both apps share, so that each model says only what is its own.

    base.py          what every model of the record has: how dates are typed, links, what the database refuses
    forms.py         the form of a record; lookups of a State, a source, an organization
    facts.py         facts and sources: the actions check, publish, unpublish
    steps.py         who logged, checked and published a fact, and who entered it
    guard.py         no change lost, no form saved twice
    strict.py        a list answers what was asked, or refuses
    conflict.py      theirs beside yours, when two people changed the same
    reasons.py       why something was changed
    history_page.py  the history of a row, and undoing a change of it
    list_filters.py  filters of lists by dates, and by whether something is recorded
    waiting.py       what waits for somebody
    saved.py         saved filters
    people.py        users and groups
    roles.py         what each role of staff may do
    signing_in/      the admin site; how often a password may be tried; the second factor

Facts and sources start unpublished. Checking and publishing are actions with permissions of their own, and whoever may
not publish cannot change what is published. Reference data (States, organizations) is public at once, changed by few.
"""
