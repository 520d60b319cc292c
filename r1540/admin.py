"""What the desk shows that needs both apps: the item of published figures that differ from the computed ones."""

from django.db.models import Q

from r1540.desk import people  # noqa: F401  (registers users and groups)
from r1540.desk.waiting import Item
from r1540.pages.figures.published import differing
from states.admin.facts import PublishedFigureAdmin

DIFFERING = Item("differing", "differ from what is computed for their day", lambda at: Q(pk__in=differing(at)))

PublishedFigureAdmin.waiting = [*PublishedFigureAdmin.waiting, DIFFERING]
