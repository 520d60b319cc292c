"""Lists of any length, and the number that the page of one shows."""

import re

from r1540.as_at.when import When
from states.models import ActionPlan, Membership, Organization, Report, Source, State
from tests import factories as make
from visits.models import Event, Visit


def count_on(response) -> int:
    return int(re.search(r'id="count"><strong>(\d+)</strong>', response.content.decode()).group(1))


def fill(first, last):
    """Add rows numbered from `first` until before `last`, one of each model for each number."""
    day, numbers = When.parse("2013"), range(first, last)
    spare = iter(make.codes().split() for _ in numbers)
    states = State.objects.bulk_create(
        State(
            **dict(zip(("iso3", "iso2", "m49"), next(spare), strict=True)),
            name=f"State {number:03}",
            formal_name=f"Republic {number:03}",
            status="observer",
            region="Africa",
            subregion="Northern Africa",
        )
        for number in numbers
    )
    rows = list(zip(numbers, states, strict=True))
    sources = Source.objects.bulk_create(
        Source(reference=f"s-{number}", title=f"Title {number}", kind="press", published=True) for number in numbers
    )
    organizations = Organization.objects.bulk_create(
        Organization(acronym=f"O{number}", name=f"Name {number}", kind="regional") for number in numbers
    )
    Membership.objects.bulk_create(
        Membership(organization=one, state=state) for one, state in zip(organizations, states, strict=True)
    )
    for model, days in ((Report, "submitted"), (Visit, "starts"), (ActionPlan, "submitted"), (Event, "starts")):
        kind = {} if model is ActionPlan else {"kind": model._meta.get_field("kind").choices[0][0]}
        facts = model.objects.bulk_create(
            model(reference=f"r-{number}", state=state, published=True, **{days: day}, **kind) for number, state in rows
        )
        through = model.sources.through
        field = f"{model._meta.model_name}_id"
        through.objects.bulk_create(
            through(source=source, **{field: fact.pk}) for source, fact in zip(sources, facts, strict=True)
        )
