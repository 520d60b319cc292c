"""Run inside Django with a checkout's own code: its schema, the record n times over, static files, and what the peers
need: the list of States as CSV, as a table in PostgreSQL and in SQLite, its page as bytes, a signed-in session.

    python prepare.py TIMES FOLDER

Prints the session's key.
"""

import csv
import importlib.util
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import django

TABLE = "states_as_at"
MANY = Path("tests/benchmarks/many.py")  # of the checkout: it imports the checkout's modules by their names there


def main(times: int, folder: Path):
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 0
    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    fill(times)
    call_command("collectstatic", interactive=False, verbosity=0)
    (folder / "states.csv").write_bytes(answer(os.environ["READERS_CSV"]))
    (folder / "states.html").write_bytes(answer(os.environ["READERS_PAGE"]))
    header, *rows = csv.reader((folder / "states.csv").read_text(encoding="utf-8-sig").splitlines())
    make_sqlite(folder / "readers.db", header, rows)
    make_table(header, rows)
    print(session())


def fill(times: int):
    """Import the record and multiply it, unless that was done: the table of the peers is made last."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if TABLE in connection.introspection.table_names():
        return
    call_command("importrecord", settings.BASE_DIR / "r1540" / "record", verbosity=0)
    spec = importlib.util.spec_from_file_location("many", settings.BASE_DIR / MANY)
    many = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(many)
    many.fill(times)


def answer(address: str) -> bytes:
    from django.test import Client

    found = Client(SERVER_NAME="127.0.0.1").get(address)
    assert found.status_code == 200, (address, found.status_code)
    return b"".join(found.streaming_content) if found.streaming else found.content


def columns(header) -> str:
    return ", ".join(f'"{name}" {"integer" if name == "communications" else "text"}' for name in header)


def make_sqlite(path: Path, header, rows):
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE {TABLE} ({columns(header)})")
        database.executemany(f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(header))})", rows)


def make_table(header, rows):
    from django.db import connection, transaction

    names = ", ".join(f'"{name}"' for name in header)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (id bigserial PRIMARY KEY, {columns(header)})")
        with cursor.copy(f"COPY {TABLE} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {TABLE}")


def session() -> str:
    from django.contrib.auth import get_user_model
    from django.test import Client

    users, name = get_user_model().objects, "benchmark"
    client = Client()
    client.force_login(users.filter(username=name).first() or users.create_superuser(name))
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
