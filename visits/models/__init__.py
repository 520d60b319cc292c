"""Visits of the Committee to States, and the events it takes part in."""

from .event import Event
from .visit import Visit

__all__ = ["Event", "Visit"]
