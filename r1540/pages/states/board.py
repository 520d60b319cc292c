"""The States on a board: one equal tile for each, in groups, with what is recorded of it as at a day.

People expect a map here. But maps need the clearance of the United Nations; a board has no borders, and no State on it
is too small to see. It is another form of the list of States: the same address, rows and filters, all on one page. Each
number links to a list, and is the number of its rows. Observer States stand apart and are never counted.

The number of queries does not grow with the States: one reads the States with what is recorded of them, one the
organizations to filter by (cached for one revision), and, if the board is grouped by organization, one the memberships.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from r1540.as_at.recorded import Recorded
from r1540.as_at.rules import ADOPTED_ON
from r1540.lists.filters import empty_field
from r1540.lists.listing import Listing
from states.lists.state_filters import NO_GROUP, NO_ORGANIZATION
from states.models import Membership, State

BOARD_PARAMETERS = ("view", "measure", "by")
BY = {"group": "Regional group", "region": "Region", "organization": "Organization"}


def measures(filterset_class) -> dict[str, str]:
    """Return the filters of the list that ask whether something is recorded, by name, with their labels."""
    filters = filterset_class.base_filters.items()
    return {name: one.label for name, one in filters if one.extra.get("choices") == Recorded.choices}


def years_from(day: date, years: int) -> date:
    """Return the same day so many years later; for a 29 February, where there is none, the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class Tile(NamedTuple):
    """A State: its name and code, where it stands, and its value of the measure of the board, one of Recorded."""

    name: str
    iso3: str
    pk: int
    status: str
    regional_group: str
    region: str
    regional_group_note: str
    value: str


@dataclass(frozen=True)
class Number:
    """How many States have a value, and the address of the list of exactly those; of none there is no list."""

    value: Recorded
    count: int
    address: str


@dataclass(frozen=True)
class TileGroup:
    """States that stand together, by name."""

    name: str
    short: str
    tiles: list[Tile]
    address: str
    numbers: list[Number]


class Board:
    """The rows of a list of States, filtered as there. Raises BadRequest for an unknown measure or grouping."""

    def __init__(self, view: Listing, today: date):
        self.parameters, self.filters, self.at, self.today = view.parameters, view.filters, view.at, today
        parameters = self.parameters
        self.measures = measures(view.filterset_class)
        self.measure = parameters.choice("measure", self.measures, next(iter(self.measures)))
        self.by = parameters.choice("by", BY, "group")
        # Of each State no more than that: what else is recorded of it the database need not work out.
        tiles = list(map(Tile._make, view.query((*Tile._fields[:-1], self.measure)).rows(self.at)))
        self.row_count = len(tiles)
        self.members = [tile for tile in tiles if tile.status == State.Status.MEMBER]
        self.observers = [tile for tile in tiles if tile.status != State.Status.MEMBER]
        self.groups = list(self.grouped())
        self.tile_count = sum(len(group.tiles) for group in self.groups)
        self.address = self.rows()
        self.numbers = self.tally(self.members)

    @property
    def measure_name(self) -> str:
        return self.measures[self.measure]

    @property
    def by_name(self) -> str:
        return BY[self.by].lower()

    def rows(self, **changes: str) -> str:
        """Return the address of the list of the Member States of this board, or of some of them."""
        without = dict.fromkeys(BOARD_PARAMETERS)
        return self.parameters.address(**without | {"status": State.Status.MEMBER.value} | changes)

    def tally(self, tiles: list[Tile], **group: str) -> list[Number]:
        counts = Counter(tile.value for tile in tiles)
        return [
            Number(value, counts[value], self.rows(**group, **{self.measure: value.value}) if counts[value] else "")
            for value in Recorded
        ]

    def grouped(self):
        """Yield the groups that have a State, in the order of the filter of that name; only those chosen, if any."""
        standing = defaultdict(list)
        places = self.places()
        for tile in self.members:
            for place in places(tile):
                standing[place].append(tile)
        for place, name in empty_field(type(self.filters), self.by).field.choices:
            if standing[place] and place in (self.parameters.all(self.by) or [place]):
                address, numbers = self.rows(**{self.by: place}), self.tally(standing[place], **{self.by: place})
                short = place if self.by == "organization" and place != NO_ORGANIZATION else name
                yield TileGroup(name, short, standing[place], address, numbers)

    def places(self):
        """Return a function that tells where a tile stands, as the filter by which the board is grouped has it."""
        if self.by != "organization":
            field = {"group": "regional_group", "region": "region"}[self.by]
            return lambda tile: [getattr(tile, field) or NO_GROUP]
        memberships = Membership.objects.current(self.at).counted().order_by()
        organizations = defaultdict(set)
        for acronym, state in memberships.values_list("organization__acronym", "state"):
            organizations[state].add(acronym)
        return lambda tile: organizations[tile.pk] or [NO_ORGANIZATION]

    def notes(self) -> list[Tile]:
        """Return the Member States that have a note on their regional group."""
        return [tile for tile in self.members if tile.regional_group_note] if self.by == "group" else []

    def choices(self):
        """Yield what can be chosen of this board: a name, and links as (label, address, whether it is this one)."""
        for title, name, words, chosen in (
            ("Show", "measure", self.measures, self.measure),
            ("Group by", "by", BY, self.by),
        ):
            links = ((label, self.parameters.address(**{name: one}), one == chosen) for one, label in words.items())
            yield title, list(links)

    def earlier(self):
        """Return the step to a year earlier, and not before the resolution was adopted; None on that day."""
        return self.step(max(years_from(self.at, -1), ADOPTED_ON), -1)

    def later(self):
        """Return the step to a year later, and not after today; None today."""
        return self.step(min(years_from(self.at, 1), self.today), 1)

    def step(self, day: date, years: int) -> dict | None:
        if day == self.at:
            return None
        as_of = None if day == self.today else day.isoformat()
        return {
            "day": day,
            "address": self.parameters.address(as_of=as_of),
            "is_a_year": day == years_from(self.at, years),
        }
