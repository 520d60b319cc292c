"""What the calendar of a form puts in: the reader of dates (as_at/written.py) takes it for one day, whichever it is."""

DATE_INPUT_FORMATS = ["%Y-%m-%d"]
