"""What RFC 4287 (Atom) and RFC 4151 (tag URIs) say that a feed MUST be, as faults in words."""

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
# 4.1.1 and 4.1.2: how often an element may stand in a feed, and in an entry.
IN_FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "subtitle": (0, 1), "rights": (0, 1), "generator": (0, 1)}
IN_ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "summary": (0, 1), "content": (0, 1)}
TEXTS = ("title", "subtitle", "summary", "rights")
# 3.3: RFC 3339, with a capital T and a zone.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
# RFC 4151, 2.1: a name that somebody had on a day (or the first day of a month or year), and what they call it.
NAME = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
TAG = re.compile(rf"tag:{NAME}(\.{NAME})*,\d{{4}}(-\d\d(-\d\d)?)?:([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{{2}})*\Z")


def faults(feed: bytes) -> list[str]:
    """What is wrong with a feed: nothing."""
    root = ElementTree.fromstring(feed)
    if root.tag != f"{ATOM}feed":
        return ["2: the document is no atom:feed"]
    entries = root.findall(f"{ATOM}entry")
    has_author = root.find(f"{ATOM}author/{ATOM}name") is not None
    found = [*of_parts(root, IN_FEED, "feed"), *of_links(root, "feed")]
    if not has_author and any(entry.find(f"{ATOM}author/{ATOM}name") is None for entry in entries):
        found.append("4.1.1: no author of the feed, nor of each entry")
    if not any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")):
        found.append("4.1.1: no link to itself")
    for entry in entries:
        found += [*of_parts(entry, IN_ENTRY, "entry"), *of_links(entry, "entry")]
        alternate = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        if entry.find(f"{ATOM}content") is None and not alternate:
            found.append("4.1.2: an entry without content has no alternate link")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        found.append("4.1.1: two entries have one id")
    return found


def of_parts(parent, counts: dict, where: str):
    for name, (least, most) in counts.items():
        parts = parent.findall(f"{ATOM}{name}")
        if not least <= len(parts) <= most:
            yield f"4.1: {len(parts)} {name} in a {where}"
        for part in parts:
            yield from of_text(part, name)


def of_text(part, name: str):
    text = part.text or ""
    if name in TEXTS and (part.get("type", "text") not in ("text", "html") or len(part)):
        yield f"3.1: {name} is neither text nor escaped HTML"
    if name == "title" and not text.strip():
        yield "4.2.14: an empty title"
    if name in ("updated", "published"):
        if not MOMENT.match(text):
            yield f"3.3: {text!r} is no time"
        else:
            datetime.fromisoformat(text)
    if name == "id" and not TAG.match(text):
        yield f"4.2.6: {text!r} is no tag"


def of_links(parent, where: str):
    alternates = []
    for link in parent.findall(f"{ATOM}link"):
        if urlsplit(link.get("href", "")).scheme not in ("http", "https"):
            yield f"4.2.7: a link of a {where} leads to {link.get('href')!r}"
        if link.get("rel", "alternate") == "alternate":
            alternates.append((link.get("type"), link.get("hreflang")))
    if len(set(alternates)) < len(alternates):
        yield f"4.1: a {where} has two alternate links of one type"
