"""What happened, fact by fact, in the order of the days: of one State, or the latest of all States."""

from datetime import date
from functools import cache

from r1540.as_at.compiled import compiled
from states.models import TimelineEntry, fact_models_of_states


@cache
def facts_of_state(model):
    """Return a compiled query of the facts of one kind of a State, by its code, with their sources."""

    def facts(at, iso3):
        known = model.objects.for_timeline(at).filter(state__iso3=iso3)
        return known.select_related("state").prefetch_related("sources")

    return compiled(facts)


@cache
def latest_of_kind(model, limit: int):
    """Return a compiled query of the latest facts of one kind that surely were by a day."""
    day = model.fact_kind.first_known

    def facts(at):
        known = model.objects.for_timeline(at).filter(**{f"{day}__certain_by": at})
        return known.select_related("state").order_by(f"-{day}", "-pk")[:limit]

    return compiled(facts)


def timeline(at: date, state: str) -> list[TimelineEntry]:
    """Return the facts of a State, by its code, known by a day, earliest first."""
    entries = [
        fact.timeline_entry(at) for model in fact_models_of_states() for fact in facts_of_state(model)(at, state)
    ]
    # "By 1 June 2022" stands where it is certain, not before everything else.
    return sorted(entries, key=lambda entry: (entry.when.latest, entry.when, entry.fact.reference))


def latest_facts(at: date, limit: int) -> list[TimelineEntry]:
    """Return the latest facts of all States that surely were by a day, latest first; their sources are not read."""
    entries = [
        fact.timeline_entry(at) for model in fact_models_of_states() for fact in latest_of_kind(model, limit)(at)
    ]
    return sorted(entries, key=lambda entry: (entry.when.latest, entry.fact.reference), reverse=True)[:limit]
