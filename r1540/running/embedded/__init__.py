"""A Django database engine that runs its own PostgreSQL; `ENGINE = "r1540.running.embedded"` is all it needs.

base.py    the database engine: starts the server when a connection is opened, never before
place.py   finds PostgreSQL's programs, the account of the server, and its directory
server.py  makes, starts, shares and stops one server for many processes
"""
