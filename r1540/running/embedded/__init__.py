"""A Django database engine that runs its own PostgreSQL; `ENGINE = "r1540.running.embedded"` is all it needs.

base.py    the engine: makes sure the server runs when a connection is opened, never before
place.py   which programs, under which account, in which directory
server.py  one server for many processes: made, started, shared, stopped
"""
