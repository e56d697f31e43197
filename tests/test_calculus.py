from __future__ import annotations

import pytest
from flint import arb_series, ctx
from hypothesis import given
from hypothesis import settings as settings_of
from strategies import NAMES, expressions

from solver.calculus import by_rule, derivative, local_derivative
from solver.derivations.lines import opening_rule
from solver.expression import Expression, Symbol
from solver.mathtext import text
from solver.names import Name, parse_name
from solver.parse import parse_expression
from solver.series import evaluate_series

X = NAMES[0]
VALUES = (0.375, -0.625, 0.25)


@settings_of(max_examples=400)
@given(expressions)
def test_derivatives_by_rule_agree_with_power_series(node: Expression) -> None:
    with ctx.workprec(256):
        moving = {
            name: arb_series([value, 1 if name == X else 0], 2) for name, value in zip(NAMES, VALUES, strict=True)
        }
        expected = evaluate_series(node, moving)[1]
        for ours in (by_rule(node, X), derivative(node, X)):
            assert evaluate_series(ours, moving)[0].overlaps(expected), text(ours)


@pytest.mark.parametrize(
    ("formula", "rule", "raw", "tidied"),
    [
        ("h*w + b", "sum", "h + 0", "h"),
        ("1/(1 + exp(-w))", "quotient", "((1 + exp(-w))*0 - 1*(-exp(-w)))/(1 + exp(-w))^2", "exp(-w)/(1 + exp(-w))^2"),
        ("1/2*(y - w)^2", "constant factor", "1/2*2*(y - w)*(-1)", "w - y"),
        ("w^3", "power", "3*w^2", "3*w^2"),
        ("2^w", "exponential", "2^w*ln(2)", "2^w*ln(2)"),
        ("w*exp(w)", "product", "1*exp(w) + w*exp(w)", "exp(w) + w*exp(w)"),
        ("sin(2*w)", "chain", "cos(2*w)*2", "cos(2*w)*2"),
        ("b", "constant", "0", "0"),
        ("w", "identity", "1", "1"),
    ],
)
def test_each_rule_is_shown_whole_and_then_tidied(formula: str, rule: str, raw: str, tidied: str) -> None:
    node, w = parse_expression(formula), Name("w")
    assert opening_rule(node, w) == rule
    assert text(by_rule(node, w)) == raw
    assert text(derivative(node, w)) == tidied


@pytest.mark.parametrize(
    ("activation", "expected"), [("sigmoid", "y_out*(1 - y_out)"), ("tanh", "1 - y_out^2"), ("linear", "1")]
)
def test_a_units_own_output_stands_in_its_local_derivative(activation: str, expected: str) -> None:
    y_in = parse_name("y_in")
    local = local_derivative(parse_name("y_out"), parse_expression(f"{activation}(y_in)"), y_in)
    assert text(local) == expected


@pytest.mark.parametrize(
    ("formula", "raw"),
    [
        ("max(0, 1 - w)", "step(1 - w)*(-1)"),
        ("min(w, 2)", "1 - step(w - 2)"),
        ("leaky_relu(w, 0.1)", "step(w) + 0.1*(1 - step(w))"),
        ("leaky_relu(3*b, w)", "(3*b)*(1 - step(3*b))"),
        ("softmax(w, w, b)", "softmax(w, w, b)*(1 - softmax(w, w, b))"),
        ("softmax(b, w, b)", "-softmax(b, w, b)*softmax(w, w, b)"),
        (
            "softmax(2*w, 2*w, w)",
            "softmax(2*w, 2*w, w)*(1 - softmax(2*w, 2*w, w))*2 + (-softmax(2*w, 2*w, w)*softmax(w, 2*w, w))",
        ),
    ],
)
def test_a_function_of_several_arguments_is_differentiated_by_each_that_moves(formula: str, raw: str) -> None:
    node = parse_expression(formula)
    assert text(by_rule(node, Name("w"))) == raw
    assert opening_rule(node, Name("w")) == "chain"


def test_the_softmax_of_another_unit_goes_by_that_units_name() -> None:
    z = [parse_name(f"z_{place}") for place in (1, 2, 3)]
    shares = [parse_expression(f"softmax({name.text}, z_1, z_2, z_3)") for name in z]
    units = {share: Symbol(parse_name(f"p_{place}")) for place, share in enumerate(shares, start=1)}
    jacobian = [
        [text(local_derivative(parse_name(f"p_{i}"), share, by, units)) for by in z]
        for i, share in enumerate(shares, start=1)
    ]
    assert jacobian == [
        ["p_1*(1 - p_1)", "-p_1*p_2", "-p_1*p_3"],
        ["-p_2*p_1", "p_2*(1 - p_2)", "-p_2*p_3"],
        ["-p_3*p_1", "-p_3*p_2", "p_3*(1 - p_3)"],
    ]
    loss = parse_expression("-ln(softmax(z_1, z_1, z_2, z_3))")
    assert text(local_derivative(Name("L"), loss, z[1], units)) == "p_1*p_2/p_1"
