from __future__ import annotations

import pytest
import sympy
from conftest import work_text
from flint import arb, arb_series, ctx, fmpq

from solver.calculus import derivative
from solver.evaluate import Impossible, evaluate
from solver.expression import symbols
from solver.functions import FUNCTIONS
from solver.losses import ANY, FROM_0_TO_1, LOSSES, ONE_HOT, ROWS, SHARES, SIGNS, Loss, Targets
from solver.names import Name
from solver.parse import parse_expression
from solver.pipeline import write
from solver.series import evaluate_series
from solver.symbolic import to_sympy

TARGET, OUTPUT, RIGHT = Name("t"), Name("o"), Name("c")
EVERY = pytest.mark.parametrize("loss", ROWS, ids=lambda loss: loss.name)
POINTS = [
    (fmpq(target), fmpq(output, 10), fmpq(right, 10))
    for target in (0, 1, -1)
    for output in (1, 3, 9)
    for right in (2, 15, -4)
]


def allowed(loss: Loss) -> list[dict[Name, fmpq]]:
    """Points with a target that the loss takes; a cross-entropy of -1 is none."""
    alone = SIGNS if loss.targets is SIGNS else ANY if loss.targets is ANY else FROM_0_TO_1
    return [{TARGET: t, OUTPUT: o, RIGHT: c} for t, o, c in POINTS if alone.allow([t])]


@EVERY
def test_the_derivative_agrees_with_sympy_series_and_finite_differences(loss: Loss) -> None:
    formula = parse_expression(loss.formula)
    for by in (OUTPUT, RIGHT) if loss.pairwise else (OUTPUT,):
        ours = derivative(formula, by)
        theirs = sympy.diff(to_sympy(formula), sympy.Symbol(by.text, real=True))
        for point in allowed(loss):
            with ctx.workprec(256):
                slope = arb(evaluate(ours, point))
                moving = {name: arb_series([value, int(name == by)], 2) for name, value in point.items()}
                assert evaluate_series(formula, moving)[1].overlaps(slope)
                step = fmpq(1, 10**20)
                ahead, behind = (arb(evaluate(formula, {**point, by: point[by] + sign * step})) for sign in (1, -1))
                assert abs((ahead - behind) / (2 * step) - slope) < arb("1e-15")
            numbers = {
                sympy.Symbol(name.text, real=True): sympy.Rational(int(v.p), int(v.q)) for name, v in point.items()
            }
            assert float(theirs.subs(numbers).doit()) == pytest.approx(float(slope))


@EVERY
def test_every_row_is_complete(loss: Loss) -> None:
    assert {*symbols(parse_expression(loss.formula))} == ({OUTPUT, RIGHT} if loss.pairwise else {TARGET, OUTPUT})
    assert loss.word
    assert loss.source
    assert all(name in FUNCTIONS for name in loss.outputs)
    assert loss.targets.allow([fmpq(1), fmpq(0)]) == (loss.targets is not SIGNS)


def test_the_losses_are_those_of_the_spec_language() -> None:
    assert [row.name for row in ROWS] == [
        "half_squared_error", "squared_error", "mean_squared_error", "absolute_error", "binary_cross_entropy",
        "cross_entropy", "hinge", "multiclass_hinge",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "numbers", "fits"),
    [
        (ANY, ["-3", "7"], True), (FROM_0_TO_1, ["0", "0.5", "1"], True), (FROM_0_TO_1, ["1.01"], False), (FROM_0_TO_1, ["-1"], False),
        (SIGNS, ["1", "-1"], True), (SIGNS, ["0"], False), (SIGNS, ["0.5"], False), (SHARES, ["0.1", "0.9"], True),
        (SHARES, ["0.3", "0.3", "0.4"], True), (SHARES, ["0.1", "0.8"], False), (SHARES, ["2", "-1"], False), (ONE_HOT, ["0", "1", "0"], True),
        (ONE_HOT, ["1", "1"], False), (ONE_HOT, ["0", "0"], False), (ONE_HOT, ["0.5", "0.5"], False),
    ],
)  # fmt: skip
def test_targets_that_a_loss_takes(targets: Targets, numbers: list[str], fits: bool) -> None:
    assert (
        targets.allow([parse_expression(number.lstrip("-")).value * (-1) ** number.count("-") for number in numbers])
        is fits
    )  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("loss", "activation", "fits"),
    [("binary_cross_entropy", "sigmoid", True), ("binary_cross_entropy", "relu", False), ("cross_entropy", "softmax", True),
     ("cross_entropy", "sigmoid", False), ("hinge", "linear", True), ("squared_error", "softmax", True)],
)  # fmt: skip
def test_output_units_that_fit(loss: str, activation: str, fits: bool) -> None:
    assert LOSSES[loss].fits(activation) is fits


def test_a_target_of_zero_drops_its_term_and_a_log_of_zero_does_not_pass() -> None:
    formula = parse_expression(LOSSES["binary_cross_entropy"].formula)
    assert evaluate(formula, {TARGET: fmpq(0), OUTPUT: fmpq(0)}) == 0
    assert evaluate(formula, {TARGET: fmpq(1), OUTPUT: fmpq(1)}) == 0
    for target, output in ((1, 0), (fmpq(1, 2), 0), (0, 1)):
        with pytest.raises(Impossible, match="ln of 0, but its argument must be positive"):
            evaluate(formula, {TARGET: fmpq(target), OUTPUT: fmpq(output)})


@pytest.mark.parametrize("form", ["markdown", "latex"])
@pytest.mark.parametrize(
    ("output", "target", "line"),
    [("0", "0", r"0 \cdot \ln(0)"), ("1", "1", r"(1 - 1) \cdot \ln(1 - 1)")],
)
def test_a_cross_entropy_with_a_dropped_term_is_written_and_read_back(
    output: str, target: str, line: str, form: str
) -> None:
    spec = f"title: T\ngiven: {{o: {output}, t: {target}}}\ndefine: {{L: {LOSSES['binary_cross_entropy'].formula}}}\n"
    worked = work_text(spec)
    assert not worked.diagnostics
    written = write(worked, [form])
    assert not written.diagnostics
    assert line in written.texts[form]
    assert r"0 \cdot \ln(0)\text{ is taken as 0}" in written.texts[form]
