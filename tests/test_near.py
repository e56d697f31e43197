from __future__ import annotations

import re

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from solver.distance import apart
from solver.evaluate import evaluate
from solver.near import Near, ball, below, joined, whole_power
from solver.parse import parse_expression
from solver.readback import beside
from solver.readback.beside import Beside

BITS = 4_096
TINY = arb(2) ** -300


def fractions() -> st.SearchStrategy[fmpq]:
    return st.fractions(min_value=-50, max_value=50, max_denominator=40).map(lambda f: fmpq(f.numerator, f.denominator))


@given(fractions(), fractions(), st.integers(-9, 9), st.integers(-9, 9))
def test_sums_products_and_quotients_hold_the_true_value(p: fmpq, q: fmpq, r: int, s: int) -> None:
    """Against balls at a precision that holds both parts."""
    with ctx.workprec(BITS):
        a, b = joined(p, r * TINY), joined(q, s * TINY)
        for mine, theirs in (
            (a + b, ball(a) + ball(b)), (a - b, ball(a) - ball(b)), (a * b, ball(a) * ball(b)),
            *([(a / b, ball(a) / ball(b))] if q else []),
        ):  # fmt: skip
            assert ball(mine).overlaps(theirs)


@given(fractions(), fractions(), st.integers(-9, 9), st.integers(-9, 9))
def test_the_reader_has_the_same_arithmetic_of_its_own(p: fmpq, q: fmpq, r: int, s: int) -> None:
    with ctx.workprec(BITS):
        a, b = beside.beside(p, r * TINY), beside.beside(q, s * TINY)
        assert beside.ball(beside.plus(a, b)).overlaps(beside.ball(a) + beside.ball(b))
        if isinstance(a, Beside):
            assert beside.ball(a * b).overlaps(beside.ball(a) * beside.ball(b))
            assert beside.ball(beside.over(a)).overlaps(1 / beside.ball(a))


@pytest.mark.parametrize(
    ("fraction", "rest", "whole"),
    [(fmpq(3), 1, 3), (fmpq(3), -1, 2), (fmpq(7, 2), -1, 3), (fmpq(-2), -1, -3), (fmpq(0), 1, 0), (fmpq(0), -1, -1)],
)
def test_the_whole_number_below(fraction: fmpq, rest: int, whole: int) -> None:
    assert below(joined(fraction, rest * arb(2) ** -100_000)) == whole


def test_a_rest_whose_sign_is_open_decides_nothing() -> None:
    assert below(Near(fmpq(3), arb(0, 1e-30))) is None
    assert Near(fmpq(3), arb(0, 1e-30)) != 3


FAR = [
    ("sigmoid(90)", 1, -1), ("tanh(-60)", -1, 1), ("erf(45)", 1, -1), ("erfc(-45)", 2, -1), ("softplus(80)", 80, 1),
    ("swish(80)", 80, -1), ("gelu(90)", 90, -1), ("elu(-80)", -1, 1), ("exp(exp(-90))", 1, 1), ("ln(sigmoid(90))", 0, -1),
    ("1/sigmoid(90)", 1, 1), ("sqrt(4*sigmoid(90))", 2, -1), ("sigmoid(exp(-60))", fmpq(1, 2), 1),
    ("softmax(90, 90, 0, 1)", 1, -1), ("sigmoid(90)^3", 1, -1), ("sigmoid(90)^(-2)", 1, 1), ("1 - sigmoid(90)^2", 0, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fraction", "side"), FAR)
def test_a_function_far_from_zero_is_kept_apart_on_the_right_side(text: str, fraction: int | fmpq, side: int) -> None:
    node = parse_expression(text)
    with ctx.workprec(128):
        value = evaluate(node, {}, near=True)
    with ctx.workprec(65_536):
        wide = evaluate(node, {})
        assert isinstance(wide, arb)
        assert isinstance(value, Near)
        assert value.fraction == fraction
        assert ball(value).overlaps(wide)
        assert (value.rest > 0) == (side > 0)
        assert (wide - fraction > 0) == (side > 0)


@pytest.mark.parametrize("text", [
    "sigmoid(u)", "u^3 + 2*u", "exp(u)/(1 + u)", "softmax(u, u, 1)", "gelu(u*300)", "-u*ln(u)", "leaky_relu(u)", "max(u, 0)",
])  # fmt: skip
def test_the_distance_of_two_forms_of_one_shape(text: str) -> None:
    """u = 1 + 2^-3000 against u = 1: the derivative times 2^-3000, told with few bits."""
    from solver.names import Name

    rest = arb(2) ** -3000
    put = {Name("u"): joined(fmpq(1), rest)}
    left, right = parse_expression(text), parse_expression(re.sub(r"\bu\b", "1", text))
    with ctx.workprec(256):
        found = ball(apart(left, right, lambda node, own: evaluate(node, {**put, **own}, near=True)))  # type: ignore[arg-type]
    with ctx.workprec(8_192):
        true = evaluate(left, {Name("u"): 1 + rest})
        true = ball(true) - ball(evaluate(right, {}))
        assert found.overlaps(true)
        assert not found.contains(0)
    assert found.rel_accuracy_bits() > 60


@pytest.mark.parametrize("exponent", [1, 2, 3, 8])
def test_a_ball_that_holds_zero_has_powers(exponent: int) -> None:
    power = whole_power(arb(0, 1e-30), exponent)
    assert power.is_finite()
    assert power.contains(0)
    assert whole_power(arb(3), exponent) == 3**exponent
