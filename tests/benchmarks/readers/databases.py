"""One private PostgreSQL for the benchmark, with a database for each checkout and size of the record."""

import hashlib
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from r1540.running.embedded.place import find_server
from r1540.running.embedded.server import PORT, ROLE, DatabaseServer

# Statements that only open and close a transaction are counted apart from what is asked.
ASKED = "query !~* '^(begin|commit|rollback|savepoint|release|set|reset|start)'"


class Counted(DatabaseServer):
    """The site's private PostgreSQL with production's settings, that counts statements."""

    def _make(self) -> None:
        super()._make()
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("shared_preload_libraries = 'pg_stat_statements'\n")
        extension = f"CREATE EXTENSION pg_stat_statements;\nGRANT pg_read_all_stats TO {ROLE};\n"
        self._run("postgres", "--single", "-D", self.data, ROLE, sql=extension)


class Databases:
    def __init__(self, var: Path):
        found = find_server(var, "postgres")
        server = Counted(found.home, found.programs, found.account.pw_name)
        self.socket = server.hold()
        self.postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
        self.connection = psycopg.connect(host=self.socket, port=PORT, user=ROLE, dbname=ROLE, autocommit=True)
        found = self.connection.execute("SHOW server_version").fetchone()
        self.version = found[0].split()[0]

    def database(self, checkout: Path, label: str, times: int) -> str:
        """The name of a database, made if it is not there; another schema or record is another database."""
        used = [*sorted(checkout.glob("*/migrations/*.py")), *sorted((checkout / "r1540" / "record").glob("*.csv"))]
        used += [Path(__file__).parent.parent / "many.py"]
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in used)).hexdigest()[:8]
        stem = f"{label}_{times}x_"
        there = [name for (name,) in self.connection.execute("SELECT datname FROM pg_database")]
        for old in there:
            if old.startswith(stem) and old != stem + digest:
                self.drop(old)
        if stem + digest not in there:
            self.connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(stem + digest)))
        return stem + digest

    def drop(self, name: str):
        self.connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def statements(self, database: str) -> tuple[int, int]:
        """How many questions were asked of a database, and how many other statements sent."""
        return self.connection.execute(
            f"SELECT coalesce(sum(calls) FILTER (WHERE {ASKED}), 0), coalesce(sum(calls) FILTER (WHERE NOT {ASKED}), 0)"
            " FROM pg_stat_statements(true) JOIN pg_database d ON d.oid = dbid WHERE datname = %s",
            [database],
        ).fetchone()

    def forget_statements(self):
        self.connection.execute("SELECT pg_stat_statements_reset()")


def prepare(python: Path, checkout: Path, times: int, folder: Path, environment: dict) -> str:
    """Make a database ready with the code of a checkout; returns the key of a signed-in session."""
    program = Path(__file__).with_name("prepare.py")
    done = subprocess.run(
        [python, program, str(times), folder], cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise SystemExit(f"The record {times} times over could not be made ready with the code of {checkout}.")
    return done.stdout.split()[-1]
