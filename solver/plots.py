"""A series of numbers -> its plot, in the same lines and labels as any other drawing; ticks are exact decimals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq

from solver.drawing import TEXT, Content, Drawing, Label, Point, Shape, Stroke, content_width
from solver.names import Name
from solver.rounding import decimal

WIDTH, HEIGHT = 420, 200
"""The room between the axes."""
TICKS = 6
"""At most so many steps along an axis."""
DOTS = 60
"""Of more points the line alone is drawn."""
GAP = 8
"""Between an axis and what stands beside it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers from `first` in steps of `step` up to `last`, along a length in units of a drawing."""

    first: fmpq
    step: fmpq
    last: fmpq
    length: int

    @staticmethod
    def over(values: Sequence[fmpq], length: int, whole: bool = False) -> Axis:
        """An axis that holds the values, from zero where they are not far from it; `whole` asks for integers."""
        least, most = min(values), max(values)
        if not whole and 0 <= 2 * least <= most:
            least = fmpq(0)
        step = _step(most - least, whole)
        first = step * (least / step).floor()
        last = step * (most / step).ceil()
        return Axis(first, step, last if last > first else first + step, length)

    def at(self, value: fmpq) -> int:
        """How far along the axis a value stands."""
        exact = (value - self.first) / (self.last - self.first) * self.length
        return int((exact + fmpq(1, 2)).floor())

    def ticks(self) -> Iterator[fmpq]:
        count = int(((self.last - self.first) / self.step).floor())
        yield from (self.first + self.step * place for place in range(count + 1))


def _step(span: fmpq, whole: bool) -> fmpq:
    """The least of 1, 2 and 5 times a power of ten that a span holds at most TICKS times."""
    if span == 0:
        return fmpq(1)
    step = fmpq(1)
    while step * TICKS >= span:
        step = step / 10
    while True:
        for factor in (1, 2, 5):
            if step * factor * TICKS >= span and not (whole and (step * factor).q != 1):
                return step * factor
        step = step * 10


def plot(series: Sequence[tuple[int, fmpq]], across: Content, up: Content, notation: Mapping[Name, str]) -> Drawing:
    """The points of a series over whole numbers, joined where they follow one another; `across`, `up` name the axes."""
    x = Axis.over([fmpq(place) for place, _ in series], WIDTH, whole=True)
    y = Axis.over([value for _, value in series], HEIGHT)
    rows = [Content(left=decimal(tick)) for tick in y.ticks()]
    left = max(content_width(row, notation) for row in rows) + 2 * GAP
    top = 2 * TEXT
    bottom = top + HEIGHT

    def at(place: int, value: fmpq) -> Point:
        return left + x.at(fmpq(place)), bottom - y.at(value)

    labels = [Label(left - GAP, bottom - y.at(tick), row, "end") for tick, row in zip(y.ticks(), rows, strict=True)]
    labels += [Label(left + x.at(tick), bottom + GAP + TEXT // 2, Content(left=decimal(tick))) for tick in x.ticks()]
    labels.append(Label(left, TEXT // 2 + 1, up, "start"))
    labels.append(Label(left + WIDTH // 2, bottom + GAP + 2 * TEXT, across))
    grid = tuple(((left, bottom - y.at(tick)), (left + WIDTH, bottom - y.at(tick))) for tick in y.ticks())
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
