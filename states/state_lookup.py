"""The lookup of a State by what it is called: by its code, or by a whole name in any language; the States whose names
look like a text; and the filter by State.

The page of a list offers the States in a select, and each chosen one as a ticked box. Somebody may write a name into an
address; the list then redirects to the address with the code (`Filters.renamed`).
"""

from datetime import date
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django_filters.fields import MultipleChoiceField

from r1540.as_at.compiled import compiled
from r1540.as_at.day import today
from r1540.as_at.names import folded
from r1540.door import cached_for_one_revision
from r1540.lists.filters import AnyOf
from r1540.lists.parameters import nearest_to
from r1540.lists.widgets import AddOne

from .models import State, StateName

SIMILAR, LIKE = 5, 0.7  # similar States offered; how alike their names are, of 1
LISTED = 10  # States listed in a message that refuses a name
LONGEST = 120  # of a name


@cached_for_one_revision
@compiled
def state_choices():
    """Return the code and the name of each State, by name."""
    return State.objects.values_list("iso3", "name")


@cached_for_one_revision
def names_of_states() -> dict[str, int]:
    """Return the key of the State of each name, folded; of a name of several States, of one."""
    own = State.objects.order_by().values_list("sort_name", "pk")
    formal = State.objects.order_by().values_list("folded_formal_name", "pk")
    return dict(StateName.objects.order_by().values_list("folded", "state").union(own, formal))


def similar_states(text: str, at: date) -> list[State]:
    """Return the States of a day with names that look like a text, the most similar first; at most five."""
    names = names_of_states()
    keys = [names[name] for name in get_close_matches(folded(text)[0], names, n=SIMILAR * 3, cutoff=LIKE)]
    found = State.objects.as_at(at).in_bulk(keys) if keys else {}
    return [found[key] for key in dict.fromkeys(keys) if key in found][:SIMILAR]


class StatesField(MultipleChoiceField):
    """A field for States, by code or name; it returns codes. Raises ValidationError for no State, and for several."""

    def to_python(self, texts):
        codes = {code for code, _ in self.choices}
        return list(dict.fromkeys(text if text in codes else code_of(text) for text in texts))

    def validate(self, codes):
        """Accept the codes: `to_python` made sure that each is the code of a State."""


def code_called(text: str) -> str | None:
    """Return the code of the one State with this code or name; None for no State, and for several."""
    found = State.objects.called(text)[:2]
    return found[0].iso3 if len(found) == 1 else None


def code_of(text: str) -> str:
    """Return the code of the one State with this code or name. Raises ValidationError for no State, and for several."""
    if len(text) > LONGEST:
        raise ValidationError(f"The name of a State has at most {LONGEST} characters.")
    found = State.objects.called(text)[: LISTED + 1]
    if len(found) == 1:
        return found[0].iso3
    if found:
        error = f"“{text}” is the name of several States. Write the code of one: {list_names(found)}."
    else:
        found = State.objects.named(text).likeliest_first(text)[: LISTED + 1]
        error = f"No State has the name or the ISO alpha-3 code “{text}”."
        error += "" if found else " Write its whole name, or a code such as TCD."
        found = found or similar_states(text, today())
        error += f" Did you mean: {list_names(found)}?" if found else ""
    raise nearest_to(ValidationError(error), *((one.name, one.iso3) for one in found[:LISTED]))


def list_names(states) -> str:
    """Return the names and codes of some States, for a message."""
    more = ["and others"] if len(states) > LISTED else []
    return "; ".join([*(f"{one.name} ({one.iso3})" for one in states[:LISTED]), *more])


class OfState(AnyOf):
    """A filter of facts by one State or several."""

    field_class = StatesField

    def __init__(self):
        super().__init__(field_name="state__iso3", choices=state_choices, label="State", widget=AddOne)
