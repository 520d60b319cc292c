"""What was newly published in this record, or corrected: as a page, as JSON, and as the site's feed."""

from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse

from r1540.lists.feeds import atom
from r1540.lists.listing import DISCLAIMER, as_json, json_page, page_links, page_of
from r1540.lists.parameters import Page
from states.lists.news import MOST_IN_FEED, AllNews, groups_of_news, latest_news, news_of_groups
from states.models import fact_models

FOLDED = 20  # facts of one kind, told on one day: more of them stand in one line, which opens
DAYS_ON_A_PAGE, ROWS_ON_A_PAGE = 20, 100


class News(Page):
    """What was published or corrected, by day: the days of publication, or all news of one kind on one day."""

    single = ["as_of", "on", "kind", "page", "format"]

    def get(self, request):
        form = self.parameters.choice("format", ("html", "json"), "html")
        kinds = {model.fact_kind.singular: model for model in fact_models()}
        kind = self.parameters.one("kind")
        if kind:
            self.parameters.choice("kind", kinds, "")
        self.models = [kinds[kind]] if kind else list(kinds.values())
        self.on = self.day_of_news()
        if form == "json":
            return self.json()
        context = self.one_group() if kind and self.on else self.by_day()
        return render(request, "news.html", self.get_context_data(**context))

    def day_of_news(self):
        """Return the day asked for, or None. Raises BadRequest for one after the day of the page."""
        if "on" not in self.parameters:
            return None
        day = self.parameters.day("on")
        if day > self.at:
            raise BadRequest(f"on: {day:%-d %B %Y} is after the day of the page, {self.at:%-d %B %Y}.")
        return day

    def by_day(self) -> dict:
        """Return the news of some days: of each day its kinds, each with its news, or an address where they are."""
        by_day = {}
        for group in groups_of_news(self.at, self.models, self.on):
            by_day.setdefault(group.day, []).append(group)
        page = page_of(list(by_day.items()), self.parameters, DAYS_ON_A_PAGE)
        shown = [group for _, groups in page.object_list for group in groups if group.count <= FOLDED]
        items = news_of_groups(shown, self.at)
        days = [(day, [(group, items.get(group), self.address_of(group)) for group in groups]) for day, groups in page]
        count = sum(group.count for groups in by_day.values() for group in groups)
        return {"days": days, "page": page, "count": count}

    def one_group(self) -> dict:
        """Return all news of one kind that was told on one day, a page of them."""
        page = page_of(AllNews(self.at, self.models, self.on), self.parameters, ROWS_ON_A_PAGE)
        (group,) = groups_of_news(self.at, self.models, self.on) or [None]
        days = [(self.on, [(group, page.object_list, "")])] if group else []
        return {"days": days, "page": page, "count": page.paginator.count}

    def address_of(self, group) -> str:
        return self.parameters.address(on=group.day.isoformat(), kind=group.kind.singular, page=None)

    def get_context_data(self, **kwargs):
        context = {
            "title": "Newly published",
            "pages": page_links(kwargs["page"], self.parameters),
            "json_address": self.parameters.address(format="json", page=None),
            "on": self.on,
            "kind": self.models[0].fact_kind if len(self.models) == 1 else None,
            "is_part": bool(self.on or len(self.models) == 1),
            "disclaimer": DISCLAIMER,
        }
        return super().get_context_data(**kwargs) | context

    def json(self):
        page = page_of(AllNews(self.at, self.models, self.on), self.parameters, ROWS_ON_A_PAGE)
        return as_json(self.request, json_page(self, page, [self.row(item) for item in page]))

    def row(self, item) -> dict:
        fact, state = item.fact, item.state
        return {
            "kind": item.entry.kind,
            "reference": fact.reference,
            "state": state.iso3 if state else None,
            "state_name": state.name if state else None,
            "what": item.entry.line,
            "when": item.entry.when.edtf,
            "told_at": item.told_at.isoformat(),
            "corrected": item.is_correction,
            "published_at": fact.published_at.isoformat(),
            "address": self.request.build_absolute_uri(fact.get_absolute_url()),
        }


class Feed(Page):
    """The feed of the latest news, as Atom."""

    form = "atom"

    def get(self, request):
        return atom(
            request,
            "The 1540 record: newly published",
            "What was newly published in this record, or corrected: by the time of that, not of what happened.",
            reverse("news"),
            [item.feed_entry() for item in latest_news(self.at, MOST_IN_FEED)],
            self.at,
        )
