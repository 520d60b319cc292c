"""An Atom feed (RFC 4287), the latest first.

The id of an entry is a `tag:` (RFC 4151) of the first of ALLOWED_HOSTS, whichever host name is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

AUTHOR = "The 1540 record"


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `key` is its name for ever, by which a reader's program knows it again: report/TCD-first-report."""

    key: str
    title: str
    summary: str
    address: str
    updated: datetime
    published: datetime | None = None


class DatedFeed(Atom1Feed):
    """A feed that is as old as its latest entry, and without entries as the day it speaks of: never "now"."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["as_at"])


def atom(
    request: HttpRequest, title: str, subtitle: str, page: str, entries: Iterable[FeedEntry], at: date
) -> HttpResponse:
    """Return the feed at the address of the request, for the page at the address `page`, as at a day."""
    url = request.build_absolute_uri
    feed = DatedFeed(
        title=title,
        link=url(page),
        description=None,
        language="en",
        subtitle=subtitle,
        author_name=AUTHOR,
        feed_url=url(),
        feed_guid=tag(request.get_full_path().lstrip("/")),
        as_at=midnight(at),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=url(entry.address),
            description=escape(entry.summary),
            unique_id=tag(entry.key),
            updateddate=entry.updated,
            pubdate=entry.published,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def tag(key: str) -> str:
    """Return the id of an entry. The year is that from which the site gives such names: another would be another id."""
    return f"tag:{settings.TAG_AUTHORITY},2026:{key}"


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
