"""Everything ready at one size of the record: databases filled, servers started; and stopped again at the end."""

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pages
import servers
from databases import Databases, prepare

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
UNWANTED = (
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "DEBUG",
    "PYTHONPATH",
    "PAGE_CACHE",
    "R1540_THROW_AWAY",
    "DJANGO_SETTINGS_MODULE",
)


def environment(**more) -> dict:
    """Without what would make the site another than it is for everybody."""
    rest = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return rest | {name: str(value) for name, value in more.items()}


class Stage(ExitStack):
    def __init__(self, databases: Databases, var: Path, times: int, pythons: dict, before: Path | None):
        super().__init__()
        self.databases, self.var, self.times, self.pythons = databases, var, times, pythons
        self.names, self.servers = {}, {}  # of databases, and servers, by label
        try:
            self.start_all(before)
        except BaseException:
            self.close()
            raise

    def start_all(self, before: Path | None):
        site = self.prepare("ours", PROJECT)
        folder = self.folder("ours")
        body = {"READERS_BODY": str(folder / "states.html"), "READERS_DAY": pages.DAY}
        self.application("ours", "r1540.wsgi", site)
        self.application("ours-cold", "r1540.wsgi", site | {"PAGE_CACHE": "off"})
        self.application("peers", "peers.wsgi", site | body | {"DJANGO_SETTINGS_MODULE": "peers.settings"})
        self.application("wsgi", "constant", site | body)
        if before:
            old = self.prepare("before", before)
            self.application("before", "r1540.wsgi", old | {"PAGE_CACHE": "off"}, before)
            if self.csv("before") != self.csv("ours"):
                print("The list of States before differs from ours: the two are not comparable.", flush=True)
        for name in ("datasette-0.65", "datasette-1.0"):
            command = partial(servers.datasette, self.pythons[name], folder / "readers.db")
            self.start(name, command, environment())
        self.start("nginx", partial(servers.nginx, folder), environment())
        for server in self.servers.values():
            server.wait()

    def python(self, label: str) -> Path:
        return self.pythons["before" if label == "before" else "site"]

    def folder(self, label: str) -> Path:
        return self.var / f"{label}-{self.times}x"

    def csv(self, label: str) -> bytes:
        return (self.folder(label) / "states.csv").read_bytes()

    def prepare(self, label: str, checkout: Path) -> dict:
        """A checkout's database, filled; returns the environment of its site."""
        folder, database = self.folder(label), self.databases.database(checkout, label, self.times)
        site = environment(
            PYTHONPATH=f"{checkout}:{HERE}",
            DJANGO_SETTINGS_MODULE="site_settings",
            SECRET_KEY="of a benchmark, on this machine only",
            READERS_DATABASE=database,
            READERS_SOCKET=self.databases.socket,
            READERS_STATIC=folder / "static",
            READERS_CSV=pages.CSV,
            READERS_PAGE=pages.STATES,
        )
        session = prepare(self.python(label), checkout, self.times, folder, site)
        if label == "ours":
            self.session = session
        self.names[label] = database
        return site

    def application(self, label: str, module: str, of: dict, checkout: Path = PROJECT):
        self.start(label, partial(servers.application, self.python(label), module), of, checkout)

    def start(self, label: str, command, of: dict, cwd: Path = PROJECT):
        port = servers.free_port()
        if words := command(port):
            server = servers.Server(label, words, port, of, cwd, self.var / f"{label}.log")
            self.callback(server.stop)
            self.servers[label] = server

    def database(self, label: str) -> str:
        """The database that a server asks; the peers ask ours."""
        return self.names.get(label, self.names["ours"])
