"""Readers of public pages, for the tests of replicas: a process of the site whose threads ask its WSGI application.

They read until the standard input ends. On each line of it, what they were answered since the last is printed as JSON:
address, status, database, promise, second in which it was asked (of the clock that all processes share), body.
"""

import io
import json
import os
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")

from django.conf import settings  # noqa: E402

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
settings.SECURE_SSL_REDIRECT = False
django.setup()

from r1540 import door  # noqa: E402
from r1540.door import health, replicas  # noqa: E402
from r1540.wsgi import application  # noqa: E402

health.LEFT_ALONE = replicas.LEFT_ALONE = 1  # a test does not wait so long

ADDRESSES = ("/states/TCD/?format=json", "/figures/?format=json", "/states/?format=csv", "/about/")
READERS = 4
answers: list[tuple] = []


def ask(address, cookie=""):
    path, _, query = address.partition("?")
    environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": cookie}
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "https"}
    told, begun = [], time.monotonic()
    parts = application(environ, lambda status, headers, error=None: told.append((status, dict(headers))))
    body = b"".join(parts).decode()
    if hasattr(parts, "close"):
        parts.close()
    status, headers = told[-1]
    return address, int(status[:3]), environ.get(door.MADE_FROM), headers.get(door.AGE), begun, body


def read():
    while True:
        for address in ADDRESSES:
            answers.append(ask(address))
            time.sleep(0.1)


if __name__ == "__main__":
    for _ in range(READERS):
        threading.Thread(target=read, daemon=True).start()
    for line in sys.stdin:
        if cookie := line.strip():
            print(json.dumps([ask(ADDRESSES[0], cookie)]), flush=True)
        else:
            told, answers = answers, []
            print(json.dumps(told), flush=True)
