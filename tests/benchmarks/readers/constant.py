"""A WSGI application that does nothing but answer the same bytes: what the server itself costs."""

import os
from pathlib import Path

BODY = Path(os.environ["READERS_BODY"]).read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
