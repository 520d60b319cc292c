"""Functions that make rows for tests. Dates are given as text; facts start unpublished, as in the models."""

from datetime import date
from itertools import count
from string import ascii_uppercase

from django.contrib.auth.models import Group, Permission, User
from django.db.models import DateField

from r1540.as_at.when import When, WhenField
from r1540.models import SavedFilter
from states.models import (
    ActionPlan,
    Membership,
    Organization,
    PublishedFigure,
    Report,
    Resolution,
    Source,
    State,
    StateName,
)
from states.models.kind import has_state
from visits.models import Event, Visit

NUMBERS = count(1)

# name: codes, regional group, region, subregion, day of admission, name in a sentence where it is another one
AFRICAN, EASTERN = "African Group", "Eastern European Group"
LATIN, WESTERN = "Latin American and Caribbean Group", "Western European and Others Group"
SOUTH_OF_SAHARA = "Sub-Saharan Africa"
STATES = {
    "Albania": ("ALB AL 008", EASTERN, "Europe", "Southern Europe", "1955-12-14"),
    "Belarus": ("BLR BY 112", EASTERN, "Europe", "Eastern Europe", "1945-10-24"),
    "Burkina Faso": ("BFA BF 854", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20"),
    "Chad": ("TCD TD 148", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20"),
    "Congo": ("COG CG 178", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20", "the Congo"),
    "Côte d'Ivoire": ("CIV CI 384", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20"),
    "Democratic Republic of the Congo": (
        *("COD CD 180", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20"),
        "the Democratic Republic of the Congo",
    ),
    "France": ("FRA FR 250", WESTERN, "Europe", "Western Europe", "1945-10-24"),
    "Grenada": ("GRD GD 308", LATIN, "Americas", "Latin America and the Caribbean", "1974-09-17"),
    "Madagascar": ("MDG MG 450", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20"),
    "Montenegro": ("MNE ME 499", EASTERN, "Europe", "Southern Europe", "2006-06-28"),
    "South Sudan": ("SSD SS 728", AFRICAN, "Africa", SOUTH_OF_SAHARA, "2011-07-14"),
    "Türkiye": ("TUR TR 792", WESTERN, "Asia", "Western Asia", "1945-10-24"),
    "Zimbabwe": ("ZWE ZW 716", AFRICAN, "Africa", SOUTH_OF_SAHARA, "1980-08-25"),
}
TAKEN = {code for codes, *_ in STATES.values() for code in codes.split()}


def create(model, sources=(), organizations=(), **fields):
    """Save a row and return it; texts given for its dates are parsed."""
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if isinstance(value, str) and isinstance(field, WhenField):
            fields[name] = When.parse(value)
        elif isinstance(value, str) and isinstance(field, DateField):
            fields[name] = date.fromisoformat(value)
    row = model.objects.create(**fields)
    if sources:
        row.sources.set(sources)
    if organizations:
        row.organizations.set(organizations)
    return row


def codes() -> str:
    """Return ISO3, ISO2 and M49 codes that no State of the test has; they repeat after some 600 States."""
    while True:
        number = next(NUMBERS)
        letters = ascii_uppercase[number // 26 % 26] + ascii_uppercase[number % 26]
        made = (f"X{letters}", letters, f"{number % 1000:03}")
        if not TAKEN.intersection(made):
            return " ".join(made)


def state(name="Chad", **fields):
    """Make a State: as STATES describes it, or else an African Member State since 1960."""
    described = STATES.get(name) or (codes(), AFRICAN, "Africa", SOUTH_OF_SAHARA, "1960-09-20")
    iso3, iso2, m49 = described[0].split()
    in_text = described[5] if len(described) > 5 else name
    return create(
        State,
        **{
            "name": name,
            "name_in_text": in_text,
            "formal_name": name if "Republic" in name else f"Republic of {in_text}",
            "iso3": iso3,
            "iso2": iso2,
            "m49": m49,
            "status": "member",
            "regional_group": described[1],
            "region": described[2],
            "subregion": described[3],
            "admitted_on": described[4],
        }
        | fields,
    )


def state_name(state, name, language="en", kind="popular"):
    return create(StateName, state=state, name=name, language=language, kind=kind)


def organization(acronym="CIS", **fields):
    return create(Organization, **{"acronym": acronym, "name": f"Organization {acronym}", "kind": "regional"} | fields)


def membership(organization, state, **fields):
    return create(Membership, organization=organization, state=state, **fields)


def source(reference=None, **fields):
    reference = reference or f"source-{next(NUMBERS)}"
    return create(Source, **{"reference": reference, "title": f"Title of {reference}"} | fields)


def report(state, submitted="2004-10-27", **fields):
    """Make a report: a first report, unless `kind` is given."""
    return create(Report, **{"state": state, "submitted": submitted, "kind": "first report"} | fields)


def plan(state, submitted="2011-05", **fields):
    return create(ActionPlan, state=state, submitted=submitted, **fields)


def resolution(symbol="S/RES/1540 (2004)", adopted_on="2004-04-28", **fields):
    return create(Resolution, **{"symbol": symbol, "adopted_on": adopted_on, "effect": "Decided something."} | fields)


def figure(value=169, as_at="2013-01-15", measure="first_reports_submitted", **fields):
    return create(PublishedFigure, value=value, as_at=as_at, measure=measure, **fields)


def visit(state, starts="2013-11-12", **fields):
    return create(Visit, state=state, starts=starts, **fields)


def event(state, starts="2013-01-15", title="Workshop on implementation", **fields):
    kind = fields.pop("kind", "regional workshop")
    return create(Event, state=state, starts=starts, title=title, kind=kind, **fields)


# The function that makes a fact of each kind.
FACTS = {
    Report: report,
    ActionPlan: plan,
    Visit: visit,
    Event: event,
    Resolution: resolution,
    PublishedFigure: figure,
}


def fact(model, state=None, **fields):
    """Make a fact of a kind, of a State if facts of that kind have one."""
    return FACTS[model](state, **fields) if has_state(model) else FACTS[model](**fields)


def user(role=None, **fields):
    """Make a member of staff in the group `role`; without one, a superuser."""
    name = fields.pop("username", (role or "superuser").lower())
    made = User(username=name, is_staff=True, is_superuser=role is None, **fields)
    made.set_unusable_password()
    made.save()
    if role:
        made.groups.add(Group.objects.get(name=role))
    return made


def permission(codename):
    return Permission.objects.get(codename=codename, content_type__app_label__in=["states", "visits"])


def saved_filter(owner, parameters="published__exact=0", **fields):
    return SavedFilter.objects.create(
        **{"owner": owner, "model": "states.report", "name": "Mine", "parameters": parameters} | fields
    )
