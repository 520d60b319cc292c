"""The search: what a text finds, in groups, as at a day; where it finds nothing, what it may have meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.shortcuts import render

from r1540 import door
from r1540.as_at.compiled import any_of
from r1540.as_at.names import folded, with_words
from r1540.lists.addresses import address
from r1540.lists.parameters import Page
from r1540.pages.figures.definitions import FIGURES
from r1540.pages.figures.places import PUBLISHED
from r1540.pages.groups import REGIONS_AND_GROUPS
from states.models import Measure, Organization, PublishedFigure, Source, State, fact_models
from states.models.report import SYMBOLS_BEGIN
from states.models.state import with_code
from states.state_lookup import similar_states

LONGEST = 100  # characters of a text
MOST = 50  # rows shown of a group
# What questions are made of: "how many States have reported".
ASKING = {*"a an and are by did do does from had has have how in is many much number of on state states".split()}  # noqa: SIM905
ASKING |= {*"the their to total was were what which who whose".split()}  # noqa: SIM905


@dataclass(frozen=True)
class OtherMeasure:
    """What others published figures of, and the record counts nothing of: found with those figures."""

    measure: Measure
    also = "published"

    def __str__(self):
        return f"{self.measure.label} (published figures)"

    def get_absolute_url(self) -> str:
        return f"{address(PublishedFigure.fact_kind.plural)}?{urlencode({'measure': self.measure})}"


MEASURES = [OtherMeasure(measure) for measure in Measure if measure not in PUBLISHED]


class Search(Page):
    """The search for States, organizations, groups, facts, figures and sources, by what people call them."""

    single = ["as_of", "q"]

    def get(self, request):
        text = self.parameters.one("q")
        if len(text) > LONGEST:
            raise BadRequest(f"q: at most {LONGEST} characters can be searched for.")
        if len(text) < 3 or text.upper() in SYMBOLS_BEGIN:  # most document symbols contain it
            door.plan_for_words()
        found = [(title, list(rows)) for title, rows in self.found(text)] if text else []
        groups = [(title, rows[:MOST], len(rows) > MOST) for title, rows in found if rows]
        count = sum(len(rows) for _, rows, _ in groups)
        words = f"{'more than ' if any(is_cut for *_, is_cut in groups) else ''}{count} result{'s' * (count != 1)}"
        context = self.get_context_data(
            q=text,
            groups=groups,
            similar=similar_states(text, self.at) if text and not groups else (),
            heading=f"“{text}”: {words}" if text else "Search",
            title=f"“{text}”: {words} – Search" if text else "Search",
            limit=MOST,
        )
        return render(request, "search.html", context)

    def found(self, text) -> Iterator[tuple[str, list]]:
        """Yield what a text finds, by the title of its group; load only the columns that are shown."""

        def first(queryset, *shown):
            return queryset.only(*shown)[: MOST + 1]

        named = list(State.objects.keys_named(text))  # one query, for States and for their facts
        states = State.objects.as_at(self.at).filter(Q(any_of("pk", named)) | with_code(text))
        yield "States", first(states.likeliest_first(text), "name", "iso3")
        words = folded(text)[0].split()
        yield "Groups and regions", [one for one in REGIONS_AND_GROUPS if has_words(one.name, words)]
        asked = [word for word in words if word not in ASKING]
        yield "Figures", [one for one in [*FIGURES, *MEASURES] if has_words(f"{one} {one.also}", asked)]
        acronym = Organization.objects.filter(acronym__iexact="".join(words))
        organizations = acronym or with_words(Organization.objects.all(), "sort_name", text)
        yield "Organizations", first(organizations, "name", "acronym")
        for one in fact_models():
            yield one.fact_kind.title, one.objects.found_by(text, named, self.at)[: MOST + 1]
        yield "Sources", first(with_words(Source.objects.all(), "sort_title", text), "title", "publisher", "reference")


def has_words(label: str, words: list[str]) -> bool:
    """Return whether each of the folded words begins a word of an English label, or begins with one of four letters or
    more, as "points" does with "point"; no words are in none."""
    there = tuple(label.lower().replace("-", " ").split())
    long = tuple(one for one in there if len(one) > 3)
    return bool(words) and all(word.startswith(long) or any(one.startswith(word) for one in there) for word in words)
