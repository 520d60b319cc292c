"""The facts of one State, in the order of their days."""

from datetime import date
from functools import cache

from r1540.as_at.compiled import compiled
from states.models import TimelineEntry, fact_models_of_states


@cache
def facts_of_state(model):
    """Return a compiled query for the facts of one kind, of the State with a code, with their sources."""

    def facts(at, iso3):
        known = model.objects.for_timeline(at).filter(state__iso3=iso3)
        return known.select_related("state").prefetch_related("sources")

    return compiled(facts)


def timeline(at: date, state: str) -> list[TimelineEntry]:
    """Return the facts, known by a day, of the State with a code, the earliest first."""
    entries = [
        fact.timeline_entry(at) for model in fact_models_of_states() for fact in facts_of_state(model)(at, state)
    ]
    # "By 1 June 2022" is sorted as the day on which it is certain: its earliest day, which is open, would be first.
    return sorted(entries, key=lambda entry: (entry.when.latest, entry.when, entry.fact.reference))
