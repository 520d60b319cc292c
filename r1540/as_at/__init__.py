"""As at a day: dates as far as they are known, and queries of the record as it stood on a day.

day.py       the day as at which the record is read: today, or an earlier one that a reader writes
when.py      a date as far as it is known: the type, its words, its column, its lookups
written.py   the texts of dates as people and files write them: the one reader of all forms, filters and imports
past.py      columns of what has happened, which cannot lie in the future
period.py    a period between two days: whether something happened in it
recorded.py  recorded, day not established, none recorded: the three values of a fact as at a day
rules.py     rules of dates and rows as constraints of the database, with messages for people
names.py     names as people type them: words without accents, capitals or punctuation
compiled.py  compiled queries: SQL made once, to which each page binds its day
"""
