"""Where the lines, marks and words of a picture lie: a figure over time, for templates/picture.svg.

Our own, because a picture here is two step lines with hatching between them, and no charting library draws that without
inline styles, which our Content-Security-Policy refuses, or a renderer larger than this whole project. All lengths are
units of the viewBox; the words in a picture have 13 of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count, pairwise

from r1540.as_at.rules import ADOPTED_ON
from r1540.pages.figures.daily_counts import DailyCount
from r1540.pages.figures.series import Series
from states.models import PublishedFigure

WIDTH, HEIGHT = 640, 344
LEFT, RIGHT, TOP, BOTTOM = 44, 524, 40, 314  # the plot; what its lines come to is said to the right of it
LETTER, LINE, GAP, MARK = 8, 15, 8, 5  # a wide letter's width, a line's height, a word's distance, half a mark
FIRST = date(ADOPTED_ON.year, 1, 1)
MOST_TICKS = 5
LEAP = 5  # so many facts that were by one day at the latest are said in words


def rounded(number: float) -> str:
    """Return a length as SVG holds it, to a tenth."""
    return f"{number:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Label:
    """A text, the middle of its line in height, and whether the text starts at that point or has its middle there."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """Return where its line begins and ends."""
        width = LETTER * len(self.text)
        left = self.x - {"start": 0, "middle": width / 2}[self.anchor]
        return left, left + width

    def is_clear_of(self, others: list["Label"]) -> bool:
        """Return whether it lies in the picture, above the years, and over none of the others."""
        left, right = self.span
        meet = (one.span[0] < right and left < one.span[1] and abs(one.y - self.y) < LINE for one in others)
        return left >= 0 and right <= WIDTH and LINE <= self.y <= BOTTOM - LINE / 2 and not any(meet)

    @property
    def place(self) -> tuple[str, str]:
        """Return where its letters stand, which have a third of their height above the middle of the line."""
        return rounded(self.x), rounded(self.y + 4.5)


@dataclass(frozen=True)
class Mark:
    """A published figure: a diamond at the day, and a bar along the days if only a span of them is known.

    Its label stands above it, below or after it, where nothing else is, or not at all: all are listed under the
    picture.
    """

    figure: PublishedFigure
    text: str
    diamond: str
    bar: str
    label: Label | None


def step_of(most: int) -> int:
    """Return the distance of the ticks on an axis from 0 to at least `most`: 1, 2 or 5, with noughts."""
    return next(n * 10**power for power in count() for n in (1, 2, 5) if n * 10**power * MOST_TICKS >= most)


class Picture:
    """The geometry of one figure over time; a property is a line, a mark or words, as attributes of SVG hold them."""

    width, height, left, right, bottom, below = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, BOTTOM + 19

    def __init__(self, series: Series):
        self.series, self.figure, self.at = series, series.figure, series.at
        self.days = (date(self.at.year + 1, 1, 1) - FIRST).days
        self.least_steps = series.least()
        steps = [*series.steps, *series.members, *self.least_steps]
        counts = [step.highest for step in steps] + [one.value for one in series.published]
        self.unit = self.figure.listing.noun[1]
        self.step = step_of(max(counts))
        self.top = self.step * max(1, -(-max(counts) // self.step))

    def x(self, day: date) -> float:
        """Return the distance of a day from the left."""
        return LEFT + (RIGHT - LEFT) * (day - FIRST).days / self.days

    def y(self, number: int) -> float:
        """Return the distance of a number from the top."""
        return BOTTOM - (BOTTOM - TOP) * number / self.top

    def heights(self) -> Iterator[tuple[str, str, int]]:
        """Yield the height of each horizontal line and of its number, and the number."""
        for number in range(0, self.top + 1, self.step):
            yield rounded(self.y(number)), rounded(self.y(number) + 4), number

    def years(self) -> Iterator[tuple[str, str, str]]:
        """Yield where each year starts, its middle, and its name if there is room for it."""
        room = (RIGHT - LEFT) / (self.at.year + 1 - FIRST.year)
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if n * room >= 5 * LETTER)
        for year in range(FIRST.year, self.at.year + 1):
            x = self.x(date(year, 1, 1))
            yield rounded(x), rounded(x + room / 2), str(year) if (year - FIRST.year) % every == 0 else ""

    def path(self, steps: list[DailyCount], number: str) -> str:
        """Return a line in steps, until the day of the page."""
        points = [f"M{rounded(self.x(ADOPTED_ON))} {rounded(self.y(getattr(steps[0], number)))}"]
        points += [f"H{rounded(self.x(one.day))}V{rounded(self.y(getattr(one, number)))}" for one in steps[1:]]
        return "".join([*points, f"H{rounded(self.x(self.at))}"])

    @cached_property
    def leaps(self) -> list[DailyCount]:
        """Return the steps to a day by which several facts surely were, while when is not established."""
        return [one for one in self.series.steps if one.of_bounds >= LEAP]

    @property
    def certain(self) -> str:
        """Return the line of what is certain. It does not rise at a leap, it begins anew: nothing happened then."""
        points = [f"M{rounded(self.x(ADOPTED_ON))} {rounded(self.y(self.series.steps[0].certain))}"]
        for one in self.series.steps[1:]:
            x, y = rounded(self.x(one.day)), rounded(self.y(one.certain))
            points.append(f"H{x}M{x} {y}" if one in self.leaps else f"H{x}V{y}")
        return "".join([*points, f"H{rounded(self.x(self.at))}"])

    @property
    def leap(self) -> str:
        """Return the lines that join what is certain before and after each leap."""
        steps, lines = self.series.steps, []
        for before, one in pairwise(steps):
            if one in self.leaps:
                lines.append(
                    f"M{rounded(self.x(one.day))} {rounded(self.y(before.certain))}V{rounded(self.y(one.certain))}"
                )
        return "".join(lines)

    @property
    def least(self) -> str:
        """Return the line of the least that there was by what was published; empty if nothing was."""
        return self.path(self.least_steps, "certain") if self.least_steps else ""

    @property
    def highest(self) -> str:
        return self.path(self.series.steps, "highest")

    @property
    def members(self) -> str:
        return self.path(self.series.members, "certain") if self.series.members else ""

    @property
    def band(self) -> str:
        """Return the outline of what lies between the two lines: along the upper one, and back along the lower one."""
        back, x = "", self.x(self.at)
        for one in reversed(self.series.steps):
            back += f"L{rounded(x)} {rounded(self.y(one.certain))}H{rounded(self.x(one.day))}"
            x = self.x(one.day)
        return f"{self.highest}{back}Z"

    @cached_property
    def ends(self) -> list[Label]:
        """Return what each line has come to, written to the right of it, one under the other."""
        last, members = self.series.last, self.series.members
        texts = [(members[-1].certain, "{} Members", "thin")] if members else []
        texts += [(last.highest, "{} at most", "")] if last.possible else []
        least = self.least_steps[-1].certain if self.least_steps else 0
        texts += [(least, "{} published", "")] if least > last.highest else []
        texts += [(last.certain, "{} certain" if last.possible else "{} recorded", "strong")]
        lines: list[Label] = []
        for number, text, kind in texts:
            y = max(min(self.y(number), BOTTOM - LINE / 2), lines[-1].y + LINE if lines else TOP)
            lines.append(Label(self.x(self.at) + GAP, y, text.format(number), kind=kind))
        too_low = max(0, lines[-1].y - BOTTOM)
        return [Label(one.x, one.y - too_low, one.text, kind=one.kind) for one in lines]

    @cached_property
    def marks(self) -> list[Mark]:
        """Return the published figures, and the label of each for which there is a place."""
        places = [(self.x(one.as_at.latest), self.y(one.value)) for one in self.series.published]
        taken = [*self.ends, *(Label(x, y, "◇", "middle") for x, y in places)]
        marks = []
        for one, (x, y) in zip(self.series.published, places, strict=True):
            text = one.value_as_published
            ways = (Label(x, y - LINE, text, "middle"), Label(x, y + LINE, text, "middle"), Label(x + GAP, y, text))
            label = next((way for way in ways if way.is_clear_of(taken)), None)
            taken += [label] if label else []
            since = self.x(max(one.as_at.earliest or ADOPTED_ON, ADOPTED_ON))
            diamond = f"M{rounded(x)} {rounded(y - MARK)}l5 5-5 5-5-5z"
            bar = f"M{rounded(since)} {rounded(y)}H{rounded(x)}" if x - since > MARK else ""
            marks.append(Mark(one, text, diamond, bar, label))
        return marks

    @property
    def labels(self) -> list[Label]:
        """Return all labels: of the lines, and of those marks that have one."""
        return [*self.ends, *(one.label for one in self.marks if one.label)]
