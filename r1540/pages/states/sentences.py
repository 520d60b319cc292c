"""What is recorded of a State as at a day, in the sentences with which its page begins."""

from collections.abc import Iterator
from datetime import date

from django.template.defaultfilters import pluralize
from django.utils.html import format_html

from r1540.as_at.when import When, as_recorded
from states.models import ActionPlan, Report, TimelineEntry, fact_models_of_states
from visits.models import Event, Visit

TOLD = (Report, Visit, ActionPlan, Event)  # kinds with a sentence of their own; of others the number is told


def sentences(entries: list[TimelineEntry], at: date) -> Iterator[tuple[str, str]]:
    """Yield for each kind of fact its name and what the timeline of a State has of it, as HTML with links into it."""
    reports = [one for one in entries if isinstance(one.fact, Report)]
    visits = [one for one in entries if isinstance(one.fact, Visit)]
    joint = [one for one in visits if one.fact.kind == Visit.Kind.JOINT]
    yield "First report", of_first_report([one for one in reports if one.fact.kind == Report.Kind.FIRST], at)
    additional = [one for one in reports if one.fact.kind == Report.Kind.ADDITIONAL]
    yield "Additional information", of_additional_information(additional, at)
    yield "Visit at invitation", of_visits([one for one in visits if one not in joint], at)
    if joint:
        yield "Joint visit", format_html("{}. It is not counted.", linked(joint[-1], joint[-1].told("recorded")))
    yield "National implementation action plan", of_plans([one for one in entries if isinstance(one.fact, ActionPlan)])
    yield "Events", of_events([one for one in entries if isinstance(one.fact, Event)])
    for model in fact_models_of_states():
        if model not in TOLD:
            number = sum(isinstance(one.fact, model) for one in entries)
            yield model.fact_kind.title, f"{number} recorded." if number else "none recorded."


def linked(entry: TimelineEntry, words: str) -> str:
    """Return words as a link to the entry in the timeline of the same page."""
    return format_html('<a href="#{}">{}</a>', entry.fact.reference, words)


def of_first_report(entries: list[TimelineEntry], at: date) -> str:
    if not entries:
        return "none recorded."
    [entry] = entries  # a State has at most one
    if entry.is_established:
        return format_html("{}.", linked(entry, as_recorded(entry.when, "submitted")))
    words = linked(entry, f"day not established ({entry.when.alone})")
    return format_html("{}. It may have been submitted after {}.", words, When.day(at))


def of_additional_information(entries: list[TimelineEntry], at: date) -> str:
    sure = [one for one in entries if one.is_established]
    if not entries:
        return "none recorded here, which is not to say that none was sent."
    words, parts = "communication" + pluralize(len(sure)), []
    if sure:
        dated = [one for one in sure if not one.when.is_bound]
        latest = f", the latest {dated[-1].day}" if len(dated) > 1 else f", {dated[-1].day}" if dated else ""
        parts.append(format_html("{} recorded{}", linked(sure[-1], f"{len(sure)} {words}"), latest))
        if bounds := len(sure) - len(dated):
            parts.append(f"the day of {bounds} is not established")
    if perhaps := [one for one in entries if not one.is_established]:
        parts.append(linked(perhaps[0], f"{len(perhaps)} may have been sent after {When.day(at)}"))
    return format_html("{}.", joined(parts))


def joined(parts: list[str]) -> str:
    """Return parts of a sentence, HTML or text, with semicolons between them."""
    return format_html("; ".join("{}" for _ in parts), *parts)


def of_visits(entries: list[TimelineEntry], at: date) -> str:
    if not entries:
        return "none recorded."
    parts, places = [], Visit.places(at)
    for entry in entries:
        status = entry.fact.status_in_words.lower()
        day = entry.day if entry.day.startswith(status) else entry.told(status)
        place = places.get(entry.fact.pk)
        parts.append(
            format_html("{}{}", linked(entry, day), f", {place.words} in the order of visits" if place else "")
        )
    return format_html("{}.", joined(parts))


def of_plans(entries: list[TimelineEntry]) -> str:
    if not entries:
        return "none recorded. Plans are voluntary."
    parts = []
    for entry in sorted(entries, key=lambda one: one.fact.number):
        words = f"plan {entry.fact.number} {entry.fact.status_in_words.lower()}"
        parts.append(linked(entry, entry.told(words)))
    return format_html("{}.", joined(parts))


def of_events(entries: list[TimelineEntry]) -> str:
    """Return how many events the State hosted, or were for it, and the latest."""
    if not entries:
        return "none recorded."
    latest, number = entries[-1], len(entries)
    words = linked(latest, f"{latest.fact.title}, {latest.day}")
    return format_html("{} recorded, the latest: {}." if number > 1 else "{} recorded: {}.", number, words)
