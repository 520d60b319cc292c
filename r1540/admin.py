"""What the desk shows that needs both apps: the item of published figures that something contradicts."""

from django.db.models import Q

from r1540.desk import people  # noqa: F401  (registers users and groups)
from r1540.desk.waiting import Item
from r1540.pages.figures.published import contradicting
from states.admin.facts import PublishedFigureAdmin

CONTRADICTING = Item(
    "contradicting",
    "are contradicted by what is surely recorded, or by one another",
    lambda at: Q(pk__in=contradicting()),
)

PublishedFigureAdmin.waiting = [*PublishedFigureAdmin.waiting, CONTRADICTING]
