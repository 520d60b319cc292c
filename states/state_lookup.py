"""The filter by State: by its code, as addresses have it, or by a whole name in any language.

The page of a list offers the States in a select, and each chosen one as a ticked box. A name may stand in an address
that somebody writes; the list then leads to the address with the code (`Filters.renamed`).
"""

from django.core.exceptions import ValidationError
from django_filters.fields import MultipleChoiceField

from r1540.as_at.compiled import compiled
from r1540.door import cached_for_one_revision
from r1540.lists.filters import AnyOf
from r1540.lists.widgets import AddOne

from .models import State

LISTED = 10  # States named in an answer that refuses a name
LONGEST = 120  # of a name


@cached_for_one_revision
@compiled
def state_choices():
    """Return the code and the name of each State, by name."""
    return State.objects.values_list("iso3", "name")


class StatesField(MultipleChoiceField):
    """The codes of the States asked for. Raises ValidationError for a text that is no State's, or several States'."""

    def to_python(self, texts):
        codes = {code for code, _ in self.choices}
        return list(dict.fromkeys(text if text in codes else code_of(text) for text in texts))

    def validate(self, codes):
        """Do nothing: each is the code of a State already."""


def code_of(text: str) -> str:
    """Return the code of the one State that has this name. Raises ValidationError if there is none, or several."""
    if len(text) > LONGEST:
        raise ValidationError(f"The name of a State has at most {LONGEST} characters.")
    called = State.objects.called(text)[: LISTED + 1]
    if len(called) == 1:
        return called[0].iso3
    if called:
        raise ValidationError(f"“{text}” is the name of several States. Write the code of one: {with_codes(called)}.")
    meant = State.objects.named(text)[: LISTED + 1]
    hint = f"Did you mean: {with_codes(meant)}?" if meant else "Write its whole name, or a code such as TCD."
    raise ValidationError(f"No State has the name or the ISO alpha-3 code “{text}”. {hint}")


def with_codes(states) -> str:
    more = ["and others"] if len(states) > LISTED else []
    return "; ".join([*(f"{one.name} ({one.iso3})" for one in states[:LISTED]), *more])


class OfState(AnyOf):
    """Facts of any of several States."""

    field_class = StatesField

    def __init__(self):
        super().__init__(field_name="state__iso3", choices=state_choices, label="State", widget=AddOne)
