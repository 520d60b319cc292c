"""Count every figure as at a day in every place: one query a list, however many figures and places there are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import parse_qs, urlencode

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

from r1540 import door
from r1540.as_at.compiled import ANY_DAY, bind
from r1540.lists.addresses import address
from r1540.lists.filters import AnyOf
from r1540.pages.figures.bounds import Count, bounds_of
from r1540.pages.figures.definitions import FIGURES, Figure
from r1540.pages.figures.places import ALL, CHOICES, MEMBERS, Place
from r1540.pages.states.list import StateList
from states.models import Membership


@dataclass(frozen=True, kw_only=True)
class Cell(Count):
    """A figure as at a day in a place: what is counted, its bounds, its lists, its share of the Members there."""

    figure: Figure
    place: Place
    at: date
    members: int
    is_today: bool
    is_known_to_lack: bool  # the record lacks States or facts that the figure counts, in some place

    @property
    def share(self) -> str:
        """Return the share of the Member States of the place: "88 per cent", "11–93 per cent", or nothing.

        Nothing is said where the record is known to lack States, because we do not know in which place they are.
        """
        if not self.figure.counts_states or self.figure == MEMBERS or not self.members or self.is_known_to_lack:
            return ""
        ends = dict.fromkeys(per_cent(count, self.members) for count in self.known)
        return f"{'–'.join(ends)} per cent"

    @property
    def day(self):
        return None if self.is_today else self.at

    @property
    def certain_address(self) -> str:
        return self.figure.link(self.figure.certain, self.day, self.place.query)

    @property
    def possible_address(self) -> str:
        return self.figure.link(self.figure.possible, self.day, self.place.query)

    @property
    def address(self) -> str:
        """Return the address of the page that explains the number."""
        query = self.place.query | ({} if self.is_today else {"as_of": self.at.isoformat()})
        return address("figure", self.figure.slug) + (f"?{urlencode(query)}" if query else "")


def per_cent(count: int, of: int) -> str:
    """Return a whole number, but never 0 for some or 100 for not all: "0.5", "99.5"."""
    share = 100 * count / of
    return f"{share:.1f}" if (count and share < 0.5) or (count < of and share >= 99.5) else f"{share:.0f}"


@cache
def conditions(filters: str) -> list[tuple[str, frozenset]]:
    """Return the filters in an address, as (name, values)."""
    return [(name, frozenset(values)) for name, values in parse_qs(filters).items()]


class Tally:
    """The counts of some figures, or of all, as at a day, in every place.

    There is one query for each of the four lists that figures count, when it is first needed, and another for
    organizations. A query returns a row for each combination of values in a place, not for each State or fact.
    """

    def __init__(self, at: date, is_today: bool = False, figures: Iterable[Figure] = FIGURES):
        self.at, self.is_today = at, is_today
        self.figures = {MEMBERS, *figures}
        self.counted = defaultdict(dict)
        self.members = cache(self.members)  # the denominator of each figure of a place
        self.wanted = cache(self.wanted)
        self.lacks = cache(self.lacks)

    def cell(self, figure: Figure, place: Place = ALL) -> Cell:
        certain, possible = (
            self.count(figure, filters, place) if filters else 0 for filters in (figure.certain, figure.possible)
        )
        count = certain, possible, bounds_of(figure, place, self.at), bool(figure.without)
        return Cell(
            *count,
            figure=figure,
            place=place,
            at=self.at,
            members=self.members(place),
            is_today=self.is_today,
            is_known_to_lack=Count(*count).is_incomplete if place == ALL else self.lacks(figure),
        )

    def lacks(self, figure: Figure) -> bool:
        """Return whether the record is known to lack States or facts that the figure counts."""
        return self.cell(figure).is_known_to_lack

    def members(self, place: Place = ALL) -> int:
        """Return the number of Member States of a place on the day: the denominator."""
        return self.count(MEMBERS, MEMBERS.certain, place)

    def count(self, figure: Figure, filters: str, place: Place) -> int:
        found = self.of_place(figure.listing, place).items()
        for index, allowed in self.wanted(figure.listing, filters):
            found = [(values, number) for values, number in found if values[index] in allowed]
        return sum([number for _, number in found])

    def wanted(self, listing, filters: str) -> list[tuple[int, frozenset]]:
        """Return the values that filters allow, each with its index in the combinations that are counted."""
        names = self.used(listing)
        return [(names.index(name), allowed) for name, allowed in conditions(filters)]

    def used(self, listing) -> list[str]:
        """Return the names of the filters of a list that the figures use."""
        filters = [f"{one.certain}&{one.possible}" for one in self.figures if one.listing is listing]
        return sorted({name for each in filters for name, _ in conditions(each)})

    def of_place(self, listing, place: Place) -> Counter:
        """Return the number of rows of a list in a place, by the values of the filters: {values: rows}."""
        known = self.counted[listing]
        if place.parameter not in known:
            is_organization = place.parameter == "organization"
            found = {name: defaultdict(Counter) for name in ("", *(["organization"] if is_organization else CHOICES))}
            for parameter, value, values, number in (self.belonging if is_organization else self.standing)(listing):
                found[parameter][value][tuple(values)] += number
            known |= found
        return known[place.parameter][place.value]

    def standing(self, listing) -> Iterator[tuple]:
        """Count the rows of a list by group, region, subregion: yield parameter, its value, filters' values, number."""
        facts, given = self.facts(listing, [*CHOICES, *self.used(listing)])
        with door.connection().cursor() as cursor:
            cursor.execute(f"SELECT their, count(*) FROM {facts} GROUP BY their", given)
            for their, number in cursor:
                for parameter, value in zip((*CHOICES, ""), (*their[: len(CHOICES)], ""), strict=True):
                    yield parameter, value, their[len(CHOICES) :], number

    def belonging(self, listing) -> Iterator[tuple]:
        """Count the rows of a list by organization, and of all States; yield what `standing` yields. The rows are
        counted by State first, since a State belongs to several organizations."""
        facts, given = self.facts(listing, self.used(listing))
        members = Membership.objects.current(self.at).counted().order_by()
        members, of_members = members.values("organization__acronym", "state").distinct().query.sql_with_params()
        with door.connection().cursor() as cursor:
            cursor.execute(
                f"""
                WITH counted AS (SELECT state, their, count(*) AS n FROM {facts} GROUP BY state, their),
                members (acronym, state) AS ({members})
                SELECT '', '', their, sum(n)::int FROM counted GROUP BY their UNION ALL
                SELECT 'organization', acronym, their, sum(n)::int FROM counted JOIN members USING (state)
                GROUP BY acronym, their""",
                [*given, *of_members],
            )
            yield from cursor

    def facts(self, listing, names: Iterable[str]) -> tuple[str, Sequence]:
        """Return SQL for the rows of a list as at the day, and its parameters (see `facts_of`)."""
        sql, given = facts_of(listing, tuple(names))
        return sql, bind(given, self.at)


@cache
def facts_of(listing, names: tuple[str, ...]) -> tuple[str, Sequence]:
    """Return SQL for the rows of a list: the State of each and, in one array, the values that these filters compare.

    The values are computed row by row (OFFSET 0), because within GROUP BY each EXISTS would read its table again for
    each State; and because grouping by one value needs no sorting. Compiled once: it took 1 ms a list in each request.
    """
    filters = listing.filterset_class.base_filters
    # AnyOf compares in SQL, "is one of"; here the value itself is read, and Python compares it.
    assert all(isinstance(filters[name], AnyOf) for name in names)
    their = Func(*(filters[name].field_name for name in names), template="ARRAY[%(expressions)s]::text[]")
    their.output_field = ArrayField(TextField())
    state = "pk" if listing is StateList else "state"
    rows = listing().facts(ANY_DAY).order_by().values_list(state, their)
    sql, given = rows.query.sql_with_params()
    return f"({sql} OFFSET 0) AS facts (state, their)", given
