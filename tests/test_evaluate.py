from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from strategies import NAMES, expressions

from solver.diagnostics import ProblemError
from solver.evaluate import Impossible, evaluate
from solver.expression import Expression
from solver.graph import Definition, Graph
from solver.names import Name
from solver.parse import parse_expression, parse_number
from solver.polynomial import NotPolynomial, Polynomial
from solver.series import evaluate_series
from solver.values import evaluate_graph

VALUES = {name: fmpq(value, 8) for name, value in zip(NAMES, (3, -5, 2), strict=True)}


@given(expressions)
def test_values_agree_with_power_series(node: Expression) -> None:
    from flint import arb_series

    with ctx.workprec(192):
        ours = evaluate(node, VALUES)
        theirs = evaluate_series(node, {name: arb_series([value, 0], 2) for name, value in VALUES.items()})[0]
    assert not isinstance(ours, Polynomial)
    assert theirs.overlaps(arb(ours))


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.1 + 0.2", fmpq(3, 10)), ("1/3 - 1/3", fmpq(0)), ("2^-2", fmpq(1, 4)), ("sigmoid(0)", fmpq(1, 2)), ("0*exp(3)", fmpq(0)),
     ("sqrt(9/4)", fmpq(3, 2)), ("relu(-0.3)", fmpq(0)), ("abs(-1/2)", fmpq(1, 2)), ("exp(0)", fmpq(1)), ("ln(1)", fmpq(0)),
     ("4^(1/2)", fmpq(2)), ("tanh(0)", fmpq(0)), ("step(0)", fmpq(0))],
)  # fmt: skip
def test_what_is_rational_stays_an_exact_fraction(text: str, value: fmpq) -> None:
    found = evaluate(parse_expression(text), {})
    assert isinstance(found, fmpq)
    assert found == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1/(2 - 2)", "division by zero"), ("ln(0)", "must be positive"), ("ln(1 - 2)", "must be positive"), ("sqrt(-1)", "not negative"),
     ("0^-1", "zero to the power"), ("(-8)^(1/3)", "not positive")],
)  # fmt: skip
def test_what_does_not_exist_is_said(text: str, reason: str) -> None:
    with pytest.raises(Impossible, match=reason):
        evaluate(parse_expression(text), {})


def test_unknowns_stay_symbols() -> None:
    value = evaluate(parse_expression("2*w + 0.5*(w - 1)*w - w/4"), {})
    w = Name("w")
    assert value == Polynomial({((w, 1),): fmpq(5, 4), ((w, 2),): fmpq(1, 2)})
    assert evaluate(parse_expression("w - w + 1"), {}) == 1
    with pytest.raises(NotPolynomial):
        evaluate(parse_expression("exp(w)"), {})


def graph(**formulas: str) -> Graph:
    definitions = tuple(
        Definition(Name(name), parse_expression(text), ("define", name)) for name, text in formulas.items()
    )
    return Graph({Name("x"): parse_number("2")}, definitions)


def test_the_definition_without_a_value_is_named() -> None:
    with pytest.raises(ProblemError, match="b has no value: division by zero"):
        evaluate_graph(graph(a="x - 2", b="1/a"))


def test_towers_of_powers_end() -> None:
    with pytest.raises(ProblemError):
        evaluate_graph(graph(a="9^9^9^9"))


def test_more_bits_are_taken_where_a_case_is_open() -> None:
    values = evaluate_graph(graph(a="1/(1 + exp(-300))", b="relu(1 - a)", c="ln(1 - a)"))
    assert values.least > 128
    assert abs(float(values.at(0)[Name("c")]) + 300) < 1e-9  # type: ignore[arg-type]
