"""Serves a WSGI application as this checkout serves its site in a deployment: python serve.py MODULE PORT"""

import os
import sys
from importlib import import_module
from importlib.util import find_spec

from servers import WORKERS

SITE = "r1540.wsgi"
GUNICORN = (
    f"--no-control-socket --workers {WORKERS} --threads 4 --log-level warning"  # before there was a server of ours
)


def main(module: str, port: str):
    bind = f"127.0.0.1:{port}"
    if find_spec("r1540.running.serving") is None:
        words = ["-m", "gunicorn", *GUNICORN.split(), "--bind", bind, f"{module}:application"]
        os.execv(sys.executable, [sys.executable, *words])
    from r1540.running.serving import Server

    if module != SITE:
        import django

        django.setup()
        sys.modules[SITE] = import_module(module)
    Server(bind).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
