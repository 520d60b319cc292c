"""The registry of the kinds of facts: reports, visits, plans, events …; each is declared by its model alone.

A subclass of `Fact` declares in `fact_kind` what the rest of the site needs to know of it; what depends on a row is
in its methods. From these follow its place in the menu, its list and page, the timeline of a State, what changed
between two days, the search, the files of the record, and who may do what at the desk. Nothing else enumerates the
kinds.

To add a kind: its model with `fact_kind`, `timeline_entry` and `steps` (and a name in models/__init__.py), its list
(states/lists/ or visits/lists/), its admin, its migration, its factory in tests/factories.py. If something was
forgotten, tests/record/test_kinds.py fails and says what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.text import capfirst

from r1540.as_at.when import When


@dataclass(frozen=True)
class FactKind:
    """A declaration of a kind of fact.

    A kind with a list is in the menu: in its row if it says so, otherwise under More. One without is seen only where
    another page shows it. A kind whose facts have no State is in no timeline.
    """

    order: int  # its position among the kinds: in the menu, in filters and, within its app, among the files
    singular: str  # in the address of a page and in JSON: "plan"
    plural: str  # in the address of the list and in the menu: "plans"
    file: str  # its file in the record, without .csv: "action_plans"
    list_view: str = ""  # the dotted path of its list
    page_view: str = ""  # the dotted path of the page of one; empty: a fact stands on the page of its State, if any
    first_known: str = ""  # the date field that says when it happened
    days: tuple[str, ...] = ()  # the date fields of everything that can happen to it
    # What can happen to it: the value of the filter of happenings, and its label.
    happenings: Mapping[str, str] = field(default_factory=dict)
    is_in_row: bool = False  # whether the menu has it in its row, which has room for five

    @property
    def title(self) -> str:
        """Return the heading of its facts, which is its name in the menu."""
        return capfirst(self.plural)

    def get_list_view(self) -> type | None:
        """Return the class of its list. Raises ImportError for a path that leads to none."""
        return import_string(self.list_view) if self.list_view else None

    def get_page_view(self) -> type | None:
        """Return the class of the page of one fact. Raises ImportError for a path that leads to none."""
        return import_string(self.page_view) if self.page_view else None


@dataclass(frozen=True)
class TimelineEntry:
    """An entry of a timeline: a fact, the date by which it is sorted, and the texts that people read."""

    when: When | None  # None: a membership since before the record
    line: str
    fact: "Fact"  # noqa: F821
    day: str  # the day or days as people read them
    is_established: bool  # whether it was certain by the day of the page

    @property
    def kind(self) -> str:
        return self.fact.fact_kind.singular

    def told(self, what: str) -> str:
        """Return words with the day or days after them: "conducted, April 2013", or, where only a bound is known,
        "conducted; day not established (by 1 June 2022 at the latest)"."""
        return f"{what}; day not established ({self.when.alone})" if self.when.is_bound else f"{what}, {self.day}"

    def remark(self, at: date) -> str:
        """Return what must be said of its date on a page as at a day: that it is planned, or may lie after the day."""
        if self.is_established:
            return ""
        return f"perhaps after {When.day(at)}" if self.when.possible_by(at) else "planned"


@cache
def fact_models() -> list[type]:
    """Return the model of each kind of fact, in their order."""
    found = [model for model in apps.get_models() if "fact_kind" in vars(model)]
    return sorted(found, key=lambda model: model.fact_kind.order)


@cache
def fact_models_of_states() -> list[type]:
    """Return the models of the kinds whose facts have a State, in their order."""
    return [model for model in fact_models() if has_state(model)]


@cache
def models_with_sources() -> list[type]:
    """Return the models whose rows cite sources: the kinds of facts in their order, then others."""
    citing = [model for model in apps.get_models() if cites_sources(model)]
    return sorted(citing, key=lambda model: fact_models().index(model) if model in fact_models() else len(citing))


def cites_sources(model) -> bool:
    """Return whether the model, of the record itself, has a field `sources`."""
    return "sources" in {one.name for one in model._meta.local_many_to_many}


def has_state(model) -> bool:
    return "state" in {one.name for one in model._meta.concrete_fields}
