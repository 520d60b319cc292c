"""The database engine `r1540.running.embedded`: Django's for PostgreSQL, with a server that is there when needed."""

import functools
import os
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.postgresql import base, client

from .place import find_programs, find_server
from .server import PORT, ROLE, EmbeddedError, Server


@functools.cache
def server() -> Server:
    """The project's server, or with R1540_THROW_AWAY=1 the one for tests: made anew each time it starts."""
    if os.environ.get("R1540_THROW_AWAY") == "1":
        return find_server(settings.VAR_DIR, "postgres-for-tests", throw_away=True)
    return find_server(settings.VAR_DIR, "postgres")


class DatabaseClient(client.DatabaseClient):
    def runshell(self, parameters: list[str]) -> None:
        self.connection.get_connection_params()
        type(self).executable_name = str(find_programs(server().data) / "psql")
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        """Called for each new connection and nothing else: here the server is started if it does not run."""
        try:
            sockets = server().hold()
        except (EmbeddedError, OSError) as error:
            raise OperationalError(str(error)) from error
        self.settings_dict |= {"HOST": sockets, "PORT": PORT, "USER": ROLE}
        # The kernel tells who listens: nobody else can pretend to be the server.
        return super().get_connection_params() | {"requirepeer": server().account.pw_name}
