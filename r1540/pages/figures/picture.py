"""Where the lines, marks and words of a picture lie: a figure over time, for templates/picture.svg.

Our own, because a picture here is two step lines with hatching between them, and no charting library draws that without
inline styles, which our Content-Security-Policy refuses, or a renderer larger than this whole project. All lengths are
units of the viewBox; the words in a picture have 13 of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count

from r1540.as_at.rules import ADOPTED_ON
from r1540.pages.figures.series import DailyCount, Series
from states.models import PublishedFigure

WIDTH, HEIGHT = 640, 344
LEFT, RIGHT, TOP, BOTTOM = 44, 536, 40, 314  # the plot; what its lines come to is said to the right of it
LETTER, LINE, GAP, MARK = 8, 15, 8, 5  # a wide letter's width, a line's height, a word's distance, half a mark
FIRST = date(ADOPTED_ON.year, 1, 1)
MOST_TICKS = 5


def rounded(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Box:
    """What nothing else may be written over."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    @property
    def is_inside(self) -> bool:
        return self.left >= LEFT and self.right <= RIGHT and self.top >= TOP and self.bottom <= BOTTOM


@dataclass(frozen=True)
class Words:
    """A text, the middle of its line, and at which end of the text that point is: start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = ""

    @property
    def box(self) -> Box:
        width = LETTER * len(self.text)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.y - LINE / 2, left + width, self.y + LINE / 2)

    @property
    def place(self) -> tuple[str, str]:
        """Where its letters stand, which have a third of their height above the middle of the line."""
        return rounded(self.x), rounded(self.y + 4.5)


@dataclass(frozen=True)
class Mark:
    """A published figure: a diamond at the day, and a bar along the days if only a span of them is known.

    Its number is written beside it where nothing else is, or not at all: all of them stand under the picture.
    """

    figure: PublishedFigure
    text: str
    diamond: str
    bar: str
    words: Words | None


def step_of(most: int) -> int:
    """The distance of the ticks on an axis from 0 to at least `most`: 1, 2 or 5, with noughts."""
    return next(n * 10**power for power in count() for n in (1, 2, 5) if n * 10**power * MOST_TICKS >= most)


class Picture:
    """The geometry of one figure over time; a property is a line, a mark or words, as attributes of SVG hold them."""

    width, height, left, right, bottom, below = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, BOTTOM + 19

    def __init__(self, series: Series):
        self.series, self.figure, self.at = series, series.figure, series.at
        self.days = (date(self.at.year + 1, 1, 1) - FIRST).days
        counts = [step.highest for step in [*series.steps, *series.members]] + [one.value for one in series.published]
        self.unit = self.figure.listing.noun[1]
        self.step = step_of(max(counts))
        self.top = self.step * max(1, -(-max(counts) // self.step))

    def x(self, day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - FIRST).days / self.days

    def y(self, number: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * number / self.top

    def heights(self) -> Iterator[tuple[str, str, int]]:
        """The horizontal lines, each with its number."""
        for number in range(0, self.top + 1, self.step):
            yield rounded(self.y(number)), rounded(self.y(number) + 4), number

    def years(self) -> Iterator[tuple[str, str, str]]:
        """Where each year starts, its middle, and its name if there is room for it."""
        room = (RIGHT - LEFT) / (self.at.year + 1 - FIRST.year)
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if n * room >= 5 * LETTER)
        for year in range(FIRST.year, self.at.year + 1):
            x = self.x(date(year, 1, 1))
            yield rounded(x), rounded(x + room / 2), str(year) if (year - FIRST.year) % every == 0 else ""

    def path(self, steps: list[DailyCount], number: str) -> str:
        """A line in steps, until the day of the page."""
        points = [f"M{rounded(self.x(ADOPTED_ON))} {rounded(self.y(getattr(steps[0], number)))}"]
        points += [f"H{rounded(self.x(one.day))}V{rounded(self.y(getattr(one, number)))}" for one in steps[1:]]
        return "".join([*points, f"H{rounded(self.x(self.at))}"])

    @property
    def certain(self) -> str:
        return self.path(self.series.steps, "certain")

    @property
    def highest(self) -> str:
        return self.path(self.series.steps, "highest")

    @property
    def members(self) -> str:
        return self.path(self.series.members, "certain") if self.series.members else ""

    @property
    def band(self) -> str:
        """What lies between the two lines: along the upper one, and back along the lower one."""
        back, x = "", self.x(self.at)
        for one in reversed(self.series.steps):
            back += f"L{rounded(x)} {rounded(self.y(one.certain))}H{rounded(self.x(one.day))}"
            x = self.x(one.day)
        return f"{self.highest}{back}Z"

    @cached_property
    def ends(self) -> list[Words]:
        """What each line has come to, to the right of it, one under the other."""
        last, members = self.series.last, self.series.members
        told = [(members[-1].certain, "{} Members", "thin")] if members else []
        told += [(last.highest, "{} at most", "")] if last.possible else []
        told += [(last.certain, "{} certain" if last.possible else "{}", "strong")]
        lines: list[Words] = []
        for number, text, kind in told:
            y = max(min(self.y(number), BOTTOM - LINE / 2), lines[-1].y + LINE if lines else TOP)
            lines.append(Words(self.x(self.at) + GAP, y, text.format(number), kind=kind))
        too_low = max(0, lines[-1].y - BOTTOM)
        return [Words(one.x, one.y - too_low, one.text, kind=one.kind) for one in lines]

    @cached_property
    def lines(self) -> list[Box]:
        """Where the level parts of the lines lie, over which no number is written if it can stand elsewhere."""
        found = []
        own, members = self.series.steps, self.series.members
        for steps, number in ((own, "certain"), (own, "highest"), (members, "certain")):
            for one, following in zip(steps, [*(step.day for step in steps[1:]), self.at], strict=False):
                y = self.y(getattr(one, number))
                found.append(Box(self.x(one.day), y - 1, self.x(following), y + 1))
        return found

    @cached_property
    def marks(self) -> list[Mark]:
        places = [(self.x(one.as_at.latest), self.y(one.value)) for one in self.series.published]
        taken = [Box(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in places] + [one.box for one in self.ends]
        marks = []
        for one, (x, y) in zip(self.series.published, places, strict=True):
            text = in_words(one)
            fitting = [words for words in around(x, y, text) if is_free(words, taken)]
            words = next((words for words in fitting if is_free(words, self.lines)), fitting[0] if fitting else None)
            taken += [words.box] if words else []
            since = self.x(max(one.as_at.earliest or ADOPTED_ON, ADOPTED_ON))
            diamond = f"M{rounded(x)} {rounded(y - MARK)}l5 5-5 5-5-5z"
            bar = f"M{rounded(since)} {rounded(y)}H{rounded(x)}" if x - since > MARK else ""
            marks.append(Mark(one, text, diamond, bar, words))
        return marks

    @property
    def words(self) -> list[Words]:
        return [*self.ends, *(one.words for one in self.marks if one.words)]


def in_words(published: PublishedFigure) -> str:
    """A published figure as it was published: "around 170", "168"."""
    is_exact = published.qualifier == PublishedFigure.Qualifier.EXACT
    return str(published.value) if is_exact else f"{published.get_qualifier_display()} {published.value}"


def around(x: float, y: float, text: str) -> Iterator[Words]:
    """The places where the number of a mark may stand, the best first."""
    for dx, dy, anchor in (
        (0, -GAP - MARK, "middle"),
        (-GAP, 0, "end"),
        (GAP, 0, "start"),
        (0, GAP + MARK, "middle"),
        (-MARK, -GAP - MARK, "end"),
        (MARK, GAP + MARK, "start"),
        (0, -GAP - MARK - LINE, "middle"),
        (0, GAP + MARK + LINE, "middle"),
    ):
        yield Words(x + dx, y + dy, text, anchor)


def is_free(words: Words, taken: list[Box]) -> bool:
    return words.box.is_inside and not any(words.box.meets(box) for box in taken)
