"""History: what was changed, by whom and why; from letter to publication; and how a change is undone.

tracking.py     the triggers that keep each version of each row, and who writes, and why
audit.py        the changes of one row, read from its versions, in words
undoing.py      undoing one change by a new change
publication.py  logged, checked, published: the steps, as the database keeps them
"""

from .tracking import (
    REASON_LENGTH,
    HistoryEvent,
    by,
    event_models,
    events_of,
    is_record,
    one_line,
    seal,
    tracked,
)

__all__ = [
    "REASON_LENGTH",
    "HistoryEvent",
    "by",
    "event_models",
    "events_of",
    "is_record",
    "one_line",
    "seal",
    "tracked",
]
