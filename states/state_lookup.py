"""The filter by State: by its code, as addresses have it, or as somebody types it, by a whole name in any language.

As long as the States are some hundred, a select offers them. Of more, a page would be nothing else (19,500 States took
869 kB and 90 ms), so there one is typed; and those asked for are looked up, not all.
"""

from django.core.exceptions import ValidationError
from django_filters.fields import MultipleChoiceField

from r1540.as_at.kept import kept
from r1540.door.revision import steady
from r1540.lists.filters import AnyOf
from r1540.lists.widgets import MOST_OPTIONS, AddOne

from .models import State

LISTED = 10  # States named in an answer that refuses a name
LONGEST = 120  # of a name


@steady
@kept
def first_states():
    return State.objects.values_list("iso3", "name")[: MOST_OPTIONS + 1]


class StatesField(MultipleChoiceField):
    """The codes of the States asked for. Raises ValidationError for a text that is no State's, or several States'."""

    def to_python(self, texts):
        choices = list(self.choices)
        if len(choices) > MOST_OPTIONS:
            choices = list(State.objects.filter(iso3__in=texts).values_list("iso3", "name"))
            self.choices, self.widget.is_typed = choices, True
        codes = {code for code, _ in choices}
        return list(dict.fromkeys(text if text in codes else code_of(text) for text in texts))

    def validate(self, codes):
        """Each is the code of a State already."""


def code_of(text: str) -> str:
    """The code of the one State that is so called."""
    if len(text) > LONGEST:
        raise ValidationError(f"The name of a State has at most {LONGEST} characters.")
    called = State.objects.called(text)[: LISTED + 1]
    if len(called) == 1:
        return called[0].iso3
    if called:
        raise ValidationError(f"“{text}” is the name of several States. Write the code of one: {in_words(called)}.")
    meant = State.objects.named(text)[: LISTED + 1]
    hint = f"Did you mean: {in_words(meant)}?" if meant else "Write its whole name, or a code such as TCD."
    raise ValidationError(f"No State has the name or the ISO alpha-3 code “{text}”. {hint}")


def in_words(states) -> str:
    more = ["and others"] if len(states) > LISTED else []
    return "; ".join([*(f"{one.name} ({one.iso3})" for one in states[:LISTED]), *more])


class OfState(AnyOf):
    """Facts of any of several States."""

    field_class = StatesField

    def __init__(self):
        super().__init__(field_name="state__iso3", choices=first_states, label="State", widget=AddOne)
