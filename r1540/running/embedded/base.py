"""The database engine `r1540.running.embedded`: Django's for PostgreSQL, with a server that it starts when needed."""

import functools
import os
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.postgresql import base, client

from .place import find_programs, find_server
from .server import PORT, ROLE, DatabaseServer, EmbeddedError


@functools.cache
def server() -> DatabaseServer:
    """Return the server of the project; with R1540_THROW_AWAY=1 the one for tests, made anew at each start."""
    if os.environ.get("R1540_THROW_AWAY") == "1":
        return find_server(settings.VAR_DIR, "postgres-for-tests", throw_away=True)
    return find_server(settings.VAR_DIR, "postgres")


class DatabaseClient(client.DatabaseClient):
    """The client for `manage.py dbshell`: psql of the same PostgreSQL as the server."""

    def runshell(self, parameters: list[str]) -> None:
        self.connection.get_connection_params()
        type(self).executable_name = str(find_programs(server().data) / "psql")
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server, over its socket."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters of a new connection, after starting the server if it does not run."""
        try:
            sockets = server().hold()
        except (EmbeddedError, OSError) as error:
            raise OperationalError(str(error)) from error
        self.settings_dict |= {"HOST": sockets, "PORT": PORT, "USER": ROLE}
        # The kernel says which account listens, so that no other can pretend to be the server.
        return super().get_connection_params() | {"requirepeer": server().account.pw_name}
