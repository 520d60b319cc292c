"""Public pages cached in memory, in front of Django, and served again while the record is exactly as it was.

Each request first reads the revision of the record (door/revision.py), then looks for a page that was made at this
revision. So no page is stale, no time to live is needed, and no code says which pages a change affects. A response is
cached if it is a 200, was made entirely in one public transaction, from the database whose revision was read, and for a
reader without a session. The key is all that such a page depends on: the database, its revision, the day, the host and
the address. A page is cached once for all readers, compressed to a tenth of its bytes, and decompressed for the few who
do not accept gzip. The ETag is a hash of the bytes that are sent, so a reader who has them gets 304. The header that
says how old the data may be is computed for each response.

Against a constant Django view, under the same server: measured in tests/benchmarks/readers/.
"""

import gzip
import re
import zlib
from collections import OrderedDict
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from django.conf import settings

from r1540 import door
from r1540.as_at.day import today

# What a page may depend on, beside the revision and the day. No page depends on another header.
DEPENDS_ON = (
    *("wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT"),
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
)
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
LARGEST = 2**20  # bytes; a larger answer, such as an export of everything, is not cached
AROUND = 2000  # bytes of a page that are not its body
COMPRESSION = 6  # of 47 kB: 4 kB in 0.3 ms; 9 takes twice as long for 1 %


class CachedPage(NamedTuple):
    """A page in the cache: `etag` and `length` are of the page as it was made, `etag_packed` is of its gzip bytes."""

    headers: list[tuple[str, str]]
    content_type: tuple[str, str]
    etag: str
    length: int
    etag_packed: str
    packed: bytes


class PageCache:
    """A WSGI application around Django's. It may be asked by several threads at once."""

    def __init__(self, application, bytes_at_most: int):
        self.application, self.bytes_at_most = application, bytes_at_most
        self.pages: OrderedDict[tuple, CachedPage] = OrderedDict()
        self.bytes, self.lock = 0, Lock()

    def __call__(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or has_session(environ):
            return self.application(environ, start_response)
        version = door.current_version()
        if version is None:
            return self.application(environ, start_response)
        key = (version.database, version.revision, today(), *map(environ.get, DEPENDS_ON))
        with self.lock:
            if page := self.pages.get(key):
                self.pages.move_to_end(key)
        if page:
            environ[door.MADE_FROM] = version.database
            return respond(page, version.age, environ, start_response)
        return self.make(key, version, environ, start_response)

    def make(self, key, version, environ, start_response):
        """Return the answer of Django; cached, and sent like any other cached page, if it may be."""
        said = []
        body = self.application(environ, lambda *what: said.append(what))
        status, headers = said[-1][:2]
        if environ.get(door.MADE_FROM) != version.database or not may_be_cached(status, headers):
            start_response(*said[-1])
            return body
        try:
            whole = b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()
        page = cached_page(headers, whole)
        if environ["REQUEST_METHOD"] == "GET":
            self.keep(key, page)
        return respond(page, version.age, environ, start_response)

    def keep(self, key, page: CachedPage):
        with self.lock:
            if key not in self.pages:
                self.pages[key] = page
                self.bytes += len(page.packed) + AROUND
            while self.bytes > self.bytes_at_most:
                _, oldest = self.pages.popitem(last=False)
                self.bytes -= len(oldest.packed) + AROUND


def has_session(environ) -> bool:
    """Return whether a member of staff asks: they see each page anew."""
    return settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")


def may_be_cached(status: str, headers) -> bool:
    """Return whether an answer is the same for everybody, and not too large."""
    if not status.startswith("200 "):
        return False
    named = {name.lower(): value for name, value in headers}
    depends_on_reader = "set-cookie" in named or "cookie" in named.get("vary", "").lower()
    return not depends_on_reader and int(named.get("content-length", LARGEST + 1)) <= LARGEST


def cached_page(headers, body: bytes) -> CachedPage:
    """Return an answer of Django as it is cached."""
    packed = gzip.compress(body, COMPRESSION, mtime=0)
    own = {"content-type", "content-length", "etag", "content-encoding", "vary", door.AGE.lower()}
    others = [(name, value) for name, value in headers if name.lower() not in own]
    content_type = next((name, value) for name, value in headers if name.lower() == "content-type")
    return CachedPage(others, content_type, tag(body), len(body), tag(packed), packed)


def tag(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def respond(page: CachedPage, promise: str, environ, start_response):
    is_packed = TAKES_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", ""))
    etag, length = (page.etag_packed, len(page.packed)) if is_packed else (page.etag, page.length)
    headers = [*page.headers, ("ETag", etag), ("Vary", "Accept-Encoding")]
    if door.greatest_age():
        headers.append((door.AGE, promise))
    if has_it(environ.get("HTTP_IF_NONE_MATCH", ""), etag):
        start_response("304 Not Modified", headers)
        return [b""]
    headers += [page.content_type, ("Content-Length", str(length))]
    if is_packed:
        headers.append(("Content-Encoding", "gzip"))
    start_response("200 OK", headers)
    if environ["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return [page.packed if is_packed else unpacked(page.packed)]


@lru_cache(maxsize=8)  # those that are asked for most: to unpack 47 kB takes 0.1 ms
def unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed, zlib.MAX_WBITS | 16)


def has_it(if_none_match: str, etag: str) -> bool:
    """Return whether a reader has these bytes; a proxy that packed them anew calls the tag weak (RFC 9110, 13.1.2)."""
    return bool(if_none_match) and (etag in if_none_match or if_none_match.strip() == "*")
