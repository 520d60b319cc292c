"""The days of the accounts of staff, as they are typed; those of the record are read by as_at/written.py.

The first is what the calendar puts into any form, so it must be one day to both, whichever day it is.
"""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y"]
