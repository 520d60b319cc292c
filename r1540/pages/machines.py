"""What programs ask of a site before, or instead of, its pages: robots.txt, the sitemap, security.txt.

Pages without a question are for crawlers: lists, and one page for each State, fact, organization and so on. Addresses
with a query are questions of readers, as at any day and by any filter, and without end: they are not (see base.html).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import URLPattern, get_resolver
from django.utils.html import escape

from r1540.as_at.day import today
from r1540.lists.addresses import address
from r1540.lists.feeds import midnight
from r1540.lists.parameters import Page
from r1540.pages.figures.definitions import BY_SLUG
from r1540.pages.groups import REGIONS_AND_GROUPS
from states.models import Organization, Source, State, fact_models
from states.models.kind import has_state

NOT_PAGES = ("feed", "search", "robots", "sitemap", "security")
MOST = 50_000  # addresses in a sitemap, as the protocol allows
VALID = timedelta(days=180)  # RFC 9116, 2.5.5: less than a year


class Robots(Page):
    """robots.txt (RFC 9309): neither the desk nor the search, nor any address with a query."""

    single = []

    def get(self, request):
        lines = [
            "User-agent: *",
            f"Disallow: {address('home')}admin/",
            f"Disallow: {address('search')}",
            f"Disallow: {address('home')}*?",
            "",
            f"Sitemap: {self.parameters.site}{address('sitemap')}",
        ]
        return text("\n".join(lines))


class SecurityTxt(Page):
    """security.txt (RFC 9116): whom to tell of a weakness of the site."""

    single = []

    def get(self, request):
        if not settings.SECURITY_CONTACT:
            raise Http404("This site names no contact for weaknesses of its security.")
        lines = [
            f"Contact: {settings.SECURITY_CONTACT}",
            f"Expires: {midnight(today() + VALID):%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: en",
            f"Canonical: {self.parameters.site}{address('security')}",
        ]
        return text("\n".join(lines))


def text(content: str) -> HttpResponse:
    return HttpResponse(f"{content}\n", content_type="text/plain; charset=utf-8")


class Sitemap(Page):
    """sitemap.xml (sitemaps.org, 0.9): every page without a question, with the day on which its fact last changed."""

    single = []

    def get(self, request):
        lines = [self.entry(*one) for one in islice(pages(self.at), MOST)]
        whole = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
            *lines,
            "</urlset>",
        ]
        return HttpResponse("\n".join(whole), content_type="application/xml; charset=utf-8")

    def entry(self, path: str, changed_at: datetime | None) -> str:
        changed = f"<lastmod>{changed_at.astimezone(UTC):%Y-%m-%d}</lastmod>" if changed_at else ""
        return f"<url><loc>{escape(self.parameters.site + path)}</loc>{changed}</url>"


def pages(at: date) -> Iterator[tuple[str, datetime | None]]:
    """Yield the address of each page, and when the fact that it shows last changed, if it shows one."""
    for pattern in get_resolver().url_patterns:
        is_one = isinstance(pattern, URLPattern) and not pattern.pattern.converters
        if is_one and pattern.name not in NOT_PAGES and not str(pattern.pattern).startswith("admin/"):
            yield address(pattern.name), None
    for iso3 in State.objects.as_at(at).values_list("iso3", flat=True):
        yield address("state", iso3), None
    for model in fact_models():
        if model.fact_kind.page_view:
            facts = model.objects.known(at).order_by("pk")
            iso3 = "state__iso3" if has_state(model) else "pk"
            for reference, of_state, changed_at in facts.values_list("reference", iso3, "changed_at"):
                yield model.address_of(reference, of_state), changed_at
    for acronym in Organization.objects.values_list("acronym", flat=True):
        yield address("organization", acronym), None
    for group in REGIONS_AND_GROUPS:
        yield group.get_absolute_url(), None
    for slug in BY_SLUG:
        yield address("figure", slug), None
    for reference, changed_at in Source.objects.order_by("pk").values_list("reference", "changed_at"):
        yield Source.address_of(reference), changed_at
