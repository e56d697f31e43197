"""A series of numbers -> its plot, in the same lines and labels as any other drawing.

matplotlib finds the ticks; they are exact decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flint import arb, fmpq

from solver.drawing import TEXT, Content, Drawing, Label, Point, Shape, Stroke
from solver.lettering import widest
from solver.names import Name
from solver.rounding import decimal, decimal_exponent, written

WIDTH, HEIGHT = 420, 200
"""The room between the axes."""
TICKS = 6
"""At most so many steps along an axis."""
FAR = 100
"""A series with gaps that reaches so many times its first place stands over powers of ten, and so do its values."""
DOTS = 60
"""Of more points the line alone is drawn."""
GAP = 8
"""Between an axis and what stands beside it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers from the first of the ticks to the `end`, along a length in units of a drawing; `by_powers` of ten."""

    ticks: tuple[fmpq, ...]
    end: fmpq
    length: int
    by_powers: bool = False

    @staticmethod
    def over(values: Sequence[fmpq], length: int, whole: bool = False) -> Axis:
        """An axis that holds the values, from zero where they are not far from it; `whole` asks for integers."""
        from matplotlib.ticker import MaxNLocator

        least, most = min(values), max(values)
        if not whole and 0 <= 2 * least <= most:
            least = fmpq(0)
        if least == most:
            most = least + 1
        found = MaxNLocator(TICKS, steps=[1, 2, 5, 10], integer=whole).tick_values(float(least), float(most))
        ticks = [_exact(float(tick), float(found[1] - found[0])) for tick in found]
        inner = [place for place, tick in enumerate(ticks) if least < tick < most]
        start, stop = (inner[0] - 1, inner[-1] + 2) if inner else (0, len(ticks))
        kept = tuple(ticks[max(start, 0) : stop])
        return Axis(kept, kept[-1], length)

    @staticmethod
    def over_powers(values: Sequence[fmpq], length: int) -> Axis:
        """An axis of powers of ten that holds the values, which are positive, and ends with the largest of them."""
        from matplotlib.ticker import MaxNLocator

        least, most = min(values), max(values)
        first, last = decimal_exponent(least), decimal_exponent(most)
        found = MaxNLocator(TICKS, steps=[1, 2, 5, 10], integer=True).tick_values(first, max(last, first + 1))
        powers = [power for power in map(int, found) if first < power <= last]
        step = powers[1] - powers[0] if len(powers) > 1 else 1
        start = powers[0] - step if powers else first
        ticks = tuple(fmpq(10) ** power for power in (start, *powers))
        return Axis(ticks, most if most > ticks[0] else 10 * most, length, by_powers=True)

    def at(self, value: fmpq) -> int:
        """How far along the axis a value stands."""
        first, last = self.ticks[0], self.end
        if self.by_powers:
            return round(float(arb(value / first).log() / arb(last / first).log()) * self.length)
        exact = (value - first) / (last - first) * self.length
        return int((exact + fmpq(1, 2)).floor())


def _exact(tick: float, step: float) -> fmpq:
    """The decimal number that a tick stands for: a multiple of 1, 2 or 5 times a power of ten."""
    unit = fmpq(10) ** int(f"{step:e}".partition("e")[2]) / 10
    return round(tick / float(unit)) * unit


def plot(
    series: Sequence[tuple[int, fmpq]],
    across: Content,
    up: Content,
    notation: Mapping[Name, str],
    told: Callable[[int], str] = str,
    by_powers: str = "",
) -> Drawing:
    """The points of a series over whole numbers, joined where they follow one another; `across`, `up` name the axes.

    `told` writes a place below its axis, "" where there is none of that number; `by_powers` follows the name of an
    axis that stands over powers of ten.
    """
    places = [fmpq(place) for place, _ in series]
    far = len(places) <= places[-1] - places[0] and places[-1] >= FAR * places[0] > 0
    x = Axis.over_powers(places, WIDTH) if far else Axis.over(places, WIDTH, whole=True)
    values = [value for _, value in series]
    y = Axis.over_powers(values, HEIGHT) if far and min(values) > 0 else Axis.over(values, HEIGHT)
    rows = [Content(left=written(tick)) for tick in y.ticks]
    left = max(widest(row, notation) for row in rows) + 2 * GAP
    top = 2 * TEXT
    bottom = top + HEIGHT

    def at(place: int, value: fmpq) -> Point:
        return left + x.at(fmpq(place)), bottom - y.at(value)

    labels = [Label(left - GAP, bottom - y.at(tick), row, "end") for tick, row in zip(y.ticks, rows, strict=True)]
    below = [(tick, told(int(tick))) for tick in x.ticks]
    labels += [Label(left + x.at(tick), bottom + GAP + TEXT // 2, _place(tick, word)) for tick, word in below if word]
    across, up = (_scaled(name, by_powers if axis.by_powers else "") for name, axis in ((across, x), (up, y)))
    labels.append(Label(left, TEXT // 2 + 1, up, "start"))
    labels.append(Label(left + WIDTH // 2, bottom + GAP + 2 * TEXT, across))
    grid = tuple(((left, bottom - y.at(tick)), (left + WIDTH, bottom - y.at(tick))) for tick in y.ticks)
    axes = ((left, top), (left, bottom), (left + WIDTH, bottom))
    points = [at(place, value) for place, value in series]
    joined = tuple(
        (here, there)
        for (here, there), (before, after) in zip(pairwise(points), pairwise(series), strict=True)
        if after[0] == before[0] + 1
    )
    strokes = [Stroke(grid, "grid"), Stroke((axes,), "axis")]
    strokes += [Stroke(joined, "curve")] if joined else []
    dots = [Shape(round(px), round(py), 6, 6, "point") for px, py in points] if len(points) <= DOTS else []
    width, height = left + WIDTH + 3 * TEXT, bottom + GAP + 3 * TEXT
    return Drawing(width, height, tuple(strokes), tuple(dots), tuple(labels))


def _place(tick: fmpq, word: str) -> Content:
    """A number below its axis, in words where they write it otherwise: 10,000."""
    number = decimal(tick)
    return Content(left=number) if number.text == word else Content(word)


def _scaled(name: Content, scale: str) -> Content:
    return replace(name, words=name.words + scale)
