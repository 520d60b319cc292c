"""An Atom feed (RFC 4287) of what happened, the latest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

AUTHOR = "The 1540 record"


@dataclass(frozen=True)
class FeedEntry:
    """One entry. `key` is its name for ever, by which a reader's program knows it again."""

    key: str
    title: str
    summary: str
    address: str
    day: date


class DatedFeed(Atom1Feed):
    """A feed that is as old as its latest entry, and without entries as the day it speaks of: never "now"."""

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["as_at"])


def atom(
    request: HttpRequest, title: str, subtitle: str, page: str, entries: Iterable[FeedEntry], at: date
) -> HttpResponse:
    """Return the feed at the address of the request, for the page at the address `page`, as at a day.

    An entry's date is its own day, at the latest the day of the feed.
    """
    url = request.build_absolute_uri
    feed = DatedFeed(
        title=title,
        link=url(page),
        description=None,
        language="en",
        subtitle=subtitle,
        author_name=AUTHOR,
        feed_url=url(),
        feed_guid=url(),
        as_at=midnight(at),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=url(entry.address),
            description=escape(entry.summary),
            unique_id=entry.key,
            updateddate=midnight(min(entry.day, at)),
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
