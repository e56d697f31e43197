from __future__ import annotations

import pytest
import sympy
from flint import arb, arb_series, ctx, fmpq

from solver.calculus import derivative
from solver.expression import Call, Symbol
from solver.functions import ACTIVATIONS, FUNCTIONS, Function, Undecided
from solver.losses import LOSSES, Loss
from solver.mathtex import MathTex
from solver.names import Name
from solver.parse import parse_expression
from solver.series import evaluate_series
from solver.symbolic import to_sympy

X = Name("x")
POINTS = (fmpq(7, 10), fmpq(5, 4), fmpq(-3, 8), fmpq(-2), fmpq(30))
EVERY = pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)


def points(row: Function) -> list[fmpq]:
    return [point for point in POINTS if not row.domain or point > 0]


@EVERY
def test_the_ball_holds_sympys_value(row: Function) -> None:
    form = to_sympy(Call(row.name, (Symbol(X),)))
    for point in points(row):
        expected = form.subs(sympy.Symbol("x", real=True), sympy.Rational(int(point.p), int(point.q)))
        with ctx.workprec(128):
            ours = row.ball(arb(point))
            assert abs(ours - arb(str(sympy.N(expected, 45)))) < arb("1e-30") * (1 + abs(ours))


@EVERY
def test_the_derivative_agrees_with_sympy_and_with_power_series(row: Function) -> None:
    call = Call(row.name, (Symbol(X),))
    ours = derivative(call, X)
    symbol = sympy.Symbol("x", real=True)
    theirs = sympy.diff(to_sympy(call), symbol)
    for point in points(row):
        with ctx.workprec(192):
            value = evaluate_series(ours, {X: arb_series([arb(point)], 1)})[0]
            series = evaluate_series(call, {X: arb_series([arb(point), 1], 2)})[1]
            assert value.overlaps(series)
            expected = sympy.N(theirs.subs(symbol, sympy.Rational(int(point.p), int(point.q))).doit(), 45)
            assert abs(value - arb(str(expected))) < arb("1e-30") * (1 + abs(value))


@EVERY
def test_the_derivative_agrees_with_finite_differences(row: Function) -> None:
    for point in points(row):
        with ctx.workprec(256):
            step = arb("1e-20")
            measured = (row.ball(arb(point) + step) - row.ball(arb(point) - step)) / (2 * step)
            ours = evaluate_series(derivative(Call(row.name, (Symbol(X),)), X), {X: arb_series([arb(point)], 1)})[0]
            assert abs(ours - measured) < arb("1e-15") * (1 + abs(ours))


@EVERY
def test_exact_values_lie_in_their_ball(row: Function) -> None:
    for point in (fmpq(0), fmpq(1), fmpq(9, 4), fmpq(-2)):
        exact = row.exact(point) if not row.domain or point > 0 else None
        if exact is not None:
            try:
                assert row.ball(arb(point)).overlaps(arb(exact))
            except Undecided:
                assert point == 0


@EVERY
def test_every_function_has_a_printed_form_and_a_source(row: Function) -> None:
    assert MathTex().tex(Call(row.name, (Symbol(X),)))
    assert row.source
    assert row.word


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("point", [1000, -1000, 0])
def test_activations_are_tame_far_out(name: str, point: int) -> None:
    exact = FUNCTIONS[name].exact(fmpq(point))
    value = arb(exact) if exact is not None else FUNCTIONS[name].ball(arb(point))
    assert value.is_finite()
    assert -1000 <= float(value) <= 1000


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
def test_the_derivative_of_each_loss_agrees_with_sympy(loss: Loss) -> None:
    formula = parse_expression(loss.formula)
    ours = to_sympy(derivative(formula, Name("o")))
    o, t = sympy.Symbol("o", real=True), sympy.Symbol("t", real=True)
    theirs = sympy.diff(to_sympy(formula), o)
    for output, target in ((0.3, 1.0), (0.9, 0.25)):
        assert float(ours.subs({o: output, t: target})) == pytest.approx(float(theirs.subs({o: output, t: target})))
    assert loss.source
