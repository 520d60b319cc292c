"""Serves a WSGI application as this checkout serves its site in a deployment: python serve.py MODULE PORT"""

import os
import sys
from importlib import import_module

from servers import WORKERS

SITE = "r1540.wsgi"
SERVERS = ("r1540.running.serving", "r1540.serving")  # where the server of ours is, and where it was
GUNICORN = (
    f"--no-control-socket --workers {WORKERS} --threads 4 --log-level warning"  # before there was a server of ours
)


def main(module: str, port: str):
    bind = f"127.0.0.1:{port}"
    server = find_server()
    if server is None:
        words = ["-m", "gunicorn", *GUNICORN.split(), "--bind", bind, f"{module}:application"]
        os.execv(sys.executable, [sys.executable, *words])
    if module != SITE:
        import django

        django.setup()
        sys.modules[SITE] = import_module(module)
    server(bind).run()


def find_server():
    """Return the class of the checkout's server; None if it has none."""
    for name in SERVERS:
        try:
            return import_module(name).Server
        except ModuleNotFoundError:
            continue
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
