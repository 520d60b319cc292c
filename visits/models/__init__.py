"""Visits of the Committee to States, and the events it takes part in.

visit.py           visits: their days, their rules, their steps
visit_queryset.py  querysets of visits as at a day, with the status of each
order.py           the number of a visit in the order of all visits, where it is established
event.py           workshops, round tables and trainings
"""

from .event import Event
from .visit import Visit

__all__ = ["Event", "Visit"]
