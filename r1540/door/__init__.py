"""The public door: what the public may see is kept by PostgreSQL, not by a filter that a view may forget.

views.py     what the public may see: views over the tables of the record, and the role that may read them
reading.py   the public transaction: one snapshot, read-only, as that role; a public page is made whole inside it
revision.py  one number for the state of the record; what is cached for one revision
replicas.py  from which database the next public page comes, and how old it may be
health.py    replica health: which databases answer, and how old the data of each may be

Outside, `connection()` is all that code needs in order to read: the database of this page, whichever that is.
"""

from .reading import AGE, plan_for_words, public_page, public_transaction
from .replicas import MADE_FROM, connection, current_version, greatest_age
from .revision import cached_for_one_revision
from .views import SCHEMA

__all__ = [
    "AGE",
    "MADE_FROM",
    "SCHEMA",
    "cached_for_one_revision",
    "connection",
    "current_version",
    "greatest_age",
    "plan_for_words",
    "public_page",
    "public_transaction",
]
