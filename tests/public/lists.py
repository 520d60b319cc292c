"""Lists of any length, and the number that the page of one shows."""

import re

from r1540.as_at.when import When
from states.models import Measure, Membership, Organization, Source, State, fact_models
from states.models.kind import has_state
from tests import factories as make


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
    for model in [one for one in fact_models() if one.fact_kind.list_view]:
        fields = {field.name: field for field in model._meta.fields}
        kind = {"kind": fields["kind"].choices[0][0]} if "kind" in fields else {}
        if not has_state(model):
            kind |= {"measure": Measure.PLANS, "as_at": day, "value": 1}
        else:
            kind[model.fact_kind.first_known] = day
        facts = model.objects.bulk_create(
            model(reference=f"r-{number}", published=True, **kind, **({"state": state} if has_state(model) else {}))
            for number, state in rows
        )
        through = model.sources.through
        field = f"{model._meta.model_name}_id"
        through.objects.bulk_create(
            through(source=source, **{field: fact.pk}) for source, fact in zip(sources, facts, strict=True)
        )
