from __future__ import annotations

from itertools import pairwise

import pytest
from conftest import solved, work_text
from flint import fmpq
from random_drawings import figures

from solver import curves
from solver.curves import Curve, legend
from solver.data import plain
from solver.drawing import Content
from solver.expression import Call, Symbol
from solver.lettering import widest
from solver.names import Name
from solver.parse import parse_expression
from solver.plots import TICKS, Axis, plot

TICKED = [
    (["0.172", "0.167"], False, ["0.167", "0.168", "0.169", "0.17", "0.171", "0.172"]),
    (["0.9", "0.1"], False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    (["1", "3"], True, ["1", "2", "3"]),
    (["1", "100"], True, ["0", "20", "40", "60", "80", "100"]),
    (["-2", "5"], False, ["-2", "0", "2", "4", "6"]),
    (["5", "5"], False, ["5", "5.2", "5.4", "5.6", "5.8", "6"]),
]


def number(text: str) -> fmpq:
    whole, _, decimals = text.partition(".")
    return fmpq(int(whole + decimals), 10 ** len(decimals))


@pytest.mark.parametrize(("values", "whole", "ticks"), TICKED)
def test_ticks_are_round_numbers_around_the_values(values: list[str], whole: bool, ticks: list[str]) -> None:
    axis = Axis.over([number(value) for value in values], 200, whole)
    assert list(axis.ticks) == [number(tick) for tick in ticks]
    assert len(ticks) <= TICKS + 2
    assert all(0 <= axis.at(number(value)) <= 200 for value in values)
    assert (axis.at(axis.ticks[0]), axis.at(axis.ticks[-1])) == (0, 200)


@pytest.mark.parametrize("values", [["1", "10001"], ["2", "700"], ["1", "100000"]])
def test_a_long_run_stands_over_powers_of_ten(values: list[str]) -> None:
    numbers = [number(value) for value in values]
    axis = Axis.over_powers(numbers, 200)
    assert all(tick in {fmpq(10) ** power for power in range(7)} for tick in axis.ticks)
    assert axis.ticks[0] <= min(numbers)
    assert axis.ticks[-1] <= max(numbers) == axis.end < 10 * axis.ticks[-1]
    assert axis.at(axis.end) == 200
    steps = {axis.at(after) - axis.at(before) for before, after in pairwise(axis.ticks)}
    assert max(steps) - min(steps) <= 1


def test_points_that_do_not_follow_one_another_are_not_joined() -> None:
    series = [(1, fmpq(3)), (2, fmpq(2)), (9, fmpq(1))]
    drawing = plot(series, Content("k"), Content("E"), {})
    (curve,) = [stroke for stroke in drawing.strokes if stroke.style == "curve"]
    assert len(curve.lines) == 1
    assert len(drawing.shapes) == 3
    heights = [shape.y for shape in drawing.shapes]
    assert heights == sorted(heights)


TRAINING = """title: Training
given: {w: 0.5, b: 0.1, eta: 0.5}
samples: [{x_1: 1, y: 1}, {x_1: 2, y: 0}]
network:
  activation: sigmoid
  loss: half_squared_error
  units: {y: w*x_1 + b}
train: {epochs: 3, mode: online}
find: {update: all}
"""


def test_the_losses_of_a_run_are_plotted() -> None:
    worked = work_text(TRAINING)
    assert not worked.diagnostics, worked.diagnostics
    plotted = figures(worked.document)[-1].drawing
    assert len(plotted.shapes) == 6
    assert {label.content.words for label in plotted.labels if label.content.words} == {
        "Update",
        "Loss before the update",
    }


def test_the_loss_after_a_run_is_named_as_no_further_update() -> None:
    batch = TRAINING.replace("{epochs: 3, mode: online}", "{epochs: 6, mode: batch}")
    worked = work_text(batch.replace("{update: all}", "{update: all, again: true}"))
    assert not worked.diagnostics, worked.diagnostics
    plotted = figures(worked.document)[-1]
    below = [label.content for label in plotted.drawing.labels if label.anchor == "middle"]
    numbers = [content.left.value for content in below if content.left is not None]
    assert numbers
    assert max(numbers) <= 6
    assert "Update; the last point is the loss afterwards" in [content.words for content in below]
    assert len(plotted.drawing.shapes) == 7
    assert plain(plotted.alternative).startswith("The loss from update 1 to update 6 and after it")


def test_a_plot_over_powers_of_ten_says_so_and_writes_counts_as_the_page_does() -> None:
    drawing = figures(solved("network-2-2-2-10000-updates").document)[-1].drawing
    words = [label.content.words for label in drawing.labels if label.content.words]
    assert words == [
        "1,000",
        "10,000",
        "Loss before the update (logarithmic scale)",
        "Update; the last point is the loss afterwards (logarithmic scale)",
    ]


def test_a_plot_shows_all_of_a_function_that_is_zero_on_one_side() -> None:
    x = Name("x")
    hinge, slope = (Curve(parse_expression(text), Symbol(x)) for text in ("max(0, -x)", "-step(-x)"))
    labels = curves.plot([hinge, slope], x, fmpq(-3), fmpq(3), {}).labels
    shown = [label.content.left.value for label in labels if label.anchor == "end"]
    assert min(shown) == -1
    assert max(shown) == 3


@pytest.mark.parametrize("id", ["hinge", "relu", "absolute-value", "hard-tanh"])
def test_a_derivative_that_jumps_is_drawn_with_a_gap(id: str) -> None:
    (figure,) = figures(solved(id).document)
    (dashed,) = [
        stroke for stroke in figure.drawing.strokes if stroke.style == "second-curve" and len(stroke.lines) > 1
    ]
    for line in dashed.lines:
        assert all(abs(there[1] - here[1]) < 1 for here, there in pairwise(line)), line


def test_the_name_of_a_curve_ends_before_the_sample_of_the_next() -> None:
    for variables in (1, 4, 9):
        names = [Symbol(Name("w", (str(place),))) for place in range(variables)]
        drawn = legend([Curve(names[0], Call("L", tuple(names))), Curve(names[0], Symbol(Name("g")))])
        ends = {label.y: label.x + widest(label.content, {}) for label in drawn.labels[:1]}
        ((start, y), _) = drawn.strokes[1].lines[0]
        assert y not in ends or ends[y] < start
        assert max(label.x + widest(label.content, {}) for label in drawn.labels) <= drawn.width
        assert drawn.height == 20 * len({label.y for label in drawn.labels})
