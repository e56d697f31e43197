"""A function and its derivative -> the drawing of both over a range.

matplotlib finds the ticks and thins the curves out; the drawing is written like any other, so that it has the colours
of the page in both schemes and of the paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import ctx, fmpq

from solver.derivations.proof import value_at
from solver.drawing import Content, Drawing, Label, Point, Stroke
from solver.expression import Expression
from solver.lettering import widest
from solver.names import Name, QuantityName
from solver.rounding import decimal

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520, 300, 44, 16, 14, 26
SAMPLE, APART = 34, 24
"""How long the piece of a line beside its name is, and how far the next one stands from the name."""
SAMPLES = 241
STEEPEST = 6.0
"""A curve that leaves the middle half of its values by so many times their spread is cut off there."""
BITS = 96


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn, what it is called, and where it changes its formula."""

    formula: Expression
    name: Expression


def plot(
    curves: Sequence[Curve], by: Name, start: fmpq, stop: fmpq, known: Mapping[Name, fmpq], breaks: Sequence[fmpq] = ()
) -> Drawing:
    """The first curve solid, the second dashed, with axes, ticks and a label each."""
    from matplotlib.ticker import MaxNLocator

    with ctx.workprec(BITS):
        sampled = [_sampled(curve.formula, by, start, stop, known, breaks) for curve in curves]
    low, high = _limits([y for runs in sampled for run in runs for _, y in run])
    first, last = float(start), float(stop)

    xs = [float(tick) for tick in MaxNLocator(8, steps=[1, 2, 5, 10]).tick_values(first, last) if first <= tick <= last]
    ys = [float(tick) for tick in MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    left = max(LEFT, *(widest(_tick(y, ys), {}) + 8 for y in ys))

    def across(x: float) -> float:
        return left + (x - first) / (last - first) * (WIDTH - left - RIGHT)

    def down(y: float) -> float:
        return TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM)

    grid = [((_at(across(x)), TOP), (_at(across(x)), HEIGHT - BOTTOM)) for x in xs]
    grid += [((left, _at(down(y))), (WIDTH - RIGHT, _at(down(y)))) for y in ys]
    origin_x, origin_y = min(max(first, 0.0), last), min(max(low, 0.0), high)
    axes = (
        ((left, _at(down(origin_y))), (WIDTH - RIGHT, _at(down(origin_y)))),
        ((_at(across(origin_x)), HEIGHT - BOTTOM), (_at(across(origin_x)), TOP)),
    )
    strokes = [Stroke(tuple(grid), "grid"), *(Stroke((axis,), "axis") for axis in axes)]
    for place, runs in enumerate(sampled):
        drawn = [_thinned([(across(x), down(y)) for x, y in run]) for run in _inside(runs, low, high)]
        strokes.append(
            Stroke(tuple(tuple(line) for line in drawn if len(line) > 1), "second-curve" if place else "curve")
        )
    labels = [Label(_at(across(x)), HEIGHT - 10, _tick(x, xs)) for x in xs]
    labels += [Label(left - 6, _at(down(y)), _tick(y, ys), "end") for y in ys]
    return Drawing(WIDTH, HEIGHT, tuple(strokes), labels=tuple(labels))


def legend(curves: Sequence[Curve]) -> Drawing:
    """The two kinds of line with the names of the curves, side by side, or one below the other where they are long."""
    names = [Content(left=curve.name) for curve in curves]
    ends = [SAMPLE + 8 + widest(name, {}) for name in names]
    step = max(150, *(end + APART for end in ends))
    across = LEFT + step * (len(curves) - 1) + ends[-1] <= WIDTH
    strokes, labels = [], []
    for place, name in enumerate(names):
        x, y = (LEFT + place * step, 10) if across else (LEFT, 10 + place * 20)
        strokes.append(Stroke((((x, y), (x + SAMPLE, y)),), "second-curve" if place else "curve"))
        labels.append(Label(x + SAMPLE + 8, y, name, "start"))
    return Drawing(WIDTH, 20 if across else 20 * len(curves), tuple(strokes), labels=tuple(labels))


def plot_with_legend(
    curves: Sequence[Curve], by: Name, start: fmpq, stop: fmpq, known: Mapping[Name, fmpq], breaks: Sequence[fmpq] = ()
) -> Drawing:
    """The plot below the names of its curves."""
    above, below = legend(curves), plot(curves, by, start, stop, known, breaks)
    shift = above.height

    def moved(line: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple((x, y + shift) for x, y in line)

    strokes = (Stroke(tuple(moved(line) for line in stroke.lines), stroke.style) for stroke in below.strokes)
    labels = (Label(label.x, label.y + shift, label.content, label.anchor) for label in below.labels)
    return Drawing(WIDTH, HEIGHT + shift, (*above.strokes, *strokes), labels=(*above.labels, *labels))


def _at(value: float) -> int:
    return round(value)


def _sampled(
    formula: Expression, by: Name, start: fmpq, stop: fmpq, known: Mapping[Name, fmpq], breaks: Sequence[fmpq]
) -> list[list[tuple[float, float]]]:
    """Runs of points between the gaps: where there is no value, and where the formula changes."""
    step = (stop - start) / (SAMPLES - 1)
    tiny = step / 1_000
    beside = (point + side * tiny for point in breaks for side in (-1, 1))
    places = sorted({*(start + step * n for n in range(SAMPLES)), *beside})
    runs: list[list[tuple[float, float]]] = [[]]
    for before, x in pairwise([start - 1, *places]):
        values: dict[QuantityName, fmpq] = {name: value for name, value in known.items() if name != by}
        values[by] = x
        y = value_at(formula, values)
        if any(before < point <= x for point in breaks) or not y.is_finite():
            runs.append([])
        if y.is_finite() and x not in breaks:  # what a program takes at a kink is no part of the curve
            runs[-1].append((float(x), float(y.mid())))
    return [run for run in runs if run]


def _limits(values: list[float]) -> tuple[float, float]:
    """From the lowest to the highest value, poles cut off, with a little air."""
    ordered = sorted(values)
    for part in (4, 10, 100):  # half of the values may be one number, as those of max(0, x) and its slope are
        quarter, three = ordered[len(ordered) // part], ordered[-1 - len(ordered) // part]
        if three - quarter > 1e-6 * (ordered[-1] - ordered[0]):
            break
    spread = max(three - quarter, 1e-9)
    low = max(ordered[0], quarter - STEEPEST * spread)
    high = min(ordered[-1], three + STEEPEST * spread)
    low, high = min(low, 0.0), max(high, 0.0)
    air = 0.06 * (high - low or 1.0)
    return low - (air if low < 0 else 0.0), high + air


def _inside(runs: list[list[tuple[float, float]]], low: float, high: float) -> list[list[tuple[float, float]]]:
    """The parts of runs that lie on the sheet, led up to its edge."""
    found: list[list[tuple[float, float]]] = []
    for run in runs:
        found.append([])
        for (x0, y0), (x1, y1) in pairwise([run[0], *run]):
            if low <= y1 <= high:
                if not low <= y0 <= high:
                    edge = low if y0 < low else high
                    found.append([(x0 + (x1 - x0) * (edge - y0) / (y1 - y0), edge)])
                found[-1].append((x1, y1))
            elif low <= y0 <= high and found[-1]:
                edge = low if y1 < low else high
                found[-1].append((x0 + (x1 - x0) * (edge - y0) / (y1 - y0), edge))
    return [run for run in found if run]


def _thinned(points: list[Point]) -> list[Point]:
    """Points that lie on a line with their neighbours left out."""
    from matplotlib.path import Path

    path = Path(points)
    path.should_simplify, path.simplify_threshold = True, 0.2
    kept = [(x, y) for (x, y), code in zip(*_cleaned(path), strict=True) if code in (Path.MOVETO, Path.LINETO)]
    return [(round(x, 1), round(y, 1)) for x, y in kept]


def _cleaned(path: object) -> tuple[Sequence[tuple[float, float]], Sequence[int]]:
    cleaned = path.cleaned(simplify=True)  # type: ignore[attr-defined]
    vertices = [(float(x), float(y)) for x, y in cleaned.vertices]
    return vertices, [int(code) for code in cleaned.codes]


def _tick(value: float, ticks: Sequence[float]) -> Content:
    gap = min((b - a for a, b in pairwise(ticks)), default=1.0)
    places = max(0, next(n for n in range(12) if abs(round(gap, n) - gap) < 1e-9 * max(1.0, gap)))
    return Content(left=decimal(fmpq(round(value * 10**places), 10**places)), style="faint")
