"""The desk of States, organizations, sources and what States reported and planned."""

from . import facts, reference, report  # noqa: F401
