from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq

from solver import forms
from solver.closedform import ClosedForms
from solver.evaluate import evaluate
from solver.graph import Graph
from solver.images import ORDER, PRIME, Images
from solver.parse import parse_expression

ONE_NUMBER = [
    ("tanh(0.7) + tanh(-0.7)", "0"),
    ("sigmoid(3/7) + sigmoid(-3/7)", "1"),
    ("softmax(1, 1, 2, -0.3) + softmax(2, 1, 2, -0.3) + softmax(-0.3, 1, 2, -0.3)", "1"),
    ("softmax(2, 1, 2)*(1 - softmax(2, 1, 2)) - softmax(2, 1, 2)*softmax(1, 1, 2)", "0"),
    ("ln(softmax(0.7, 0.7, 0.3)) - ln(softmax(0.3, 0.7, 0.3))", "0.4"),
    ("softplus(2) - softplus(-2)", "2"),
    ("exp(0.3)*exp(0.2)/exp(1/2)", "1"),
    ("exp(sigmoid(2))*exp(-sigmoid(2))", "1"),
    ("sqrt(exp(3))^2/exp(3)", "1"),
    ("ln(12) - 2*ln(2) - ln(3)", "0"),
    ("log2(8)", "3"),
    ("erf(2) + erf(-2)", "0"),
    ("erfc(0.3) + erfc(-0.3)", "2"),
    ("gelu(2) - gelu(-2)", "2"),
    ("swish(0.8) - swish(-0.8)", "0.8"),
    ("sin(0.4) + sin(-0.4)", "0"),
    ("relu(sigmoid(2)) - sigmoid(2)", "0"),
    ("max(sigmoid(2), sigmoid(1)) - sigmoid(2)", "0"),
]
TWO_NUMBERS = [
    ("tanh(0.7) + tanh(-0.700001)", "0"),
    ("sigmoid(100000)", "1"),
    ("sigmoid(100000) + sigmoid(-99999)", "1"),
    ("softplus(20000)", "20000"),
    ("swish(20000)", "20000"),
    ("softmax(1, 1, 2) + softmax(2, 1, 2)*0.9999999", "1"),
    ("exp(0.3)*exp(0.2)", "1.6487"),
    ("-ln(1 - sigmoid(50000))", "50000"),
    ("ln(2)", "0.693147180559945"),
    ("ln(3) - ln(2)", "0.405"),
]  # fmt: skip
OPEN = [("erf(0.7)", "0.678"), ("erf(700)", "1"), ("pi", "3.14159"), ("exp(pi)", "23.1407"), ("sqrt(2)", "1.414")]


def closed() -> ClosedForms:
    def ball(node: object) -> fmpq | arb:
        with ctx.workprec(256):
            return evaluate(node, {})  # type: ignore[arg-type, return-value]

    return ClosedForms(Graph({}, ()), None, ball)


@pytest.mark.parametrize(("left", "right"), ONE_NUMBER)
def test_an_identity_is_proven(left: str, right: str) -> None:
    node = parse_expression(left)
    assert closed().rational(node) == evaluate(parse_expression(right), {})
    assert closed().same(node, parse_expression(right)) is True


@pytest.mark.parametrize(("left", "right"), TWO_NUMBERS)
def test_what_is_no_identity_in_powers_of_e_is_another_number(left: str, right: str) -> None:
    node, other = parse_expression(left), parse_expression(right)
    assert closed().rational(node) is None
    assert closed().same(node, other) is False


@pytest.mark.parametrize(("left", "right"), OPEN)
def test_what_no_theorem_says_stays_open(left: str, right: str) -> None:
    node = parse_expression(left)
    assert closed().rational(node) is None
    assert closed().same(node, parse_expression(right)) is None


@pytest.mark.parametrize("draw", [0, 1])
@pytest.mark.parametrize(
    ("left", "right", "same"), [*((*p, True) for p in ONE_NUMBER), *((*p, False) for p in TWO_NUMBERS)]
)
def test_the_images_in_a_prime_field_say_the_same(left: str, right: str, same: bool, draw: int) -> None:
    images = Images(Graph({}, ()), None, {}, draw)
    assert images.agree(parse_expression(left), parse_expression(right)) is same


def test_the_field_has_the_order_that_fractions_need_as_exponents() -> None:
    from flint import fmpz

    assert fmpz(PRIME).is_prime()
    assert fmpz(ORDER).is_prime()
    assert PRIME == 2 * ORDER + 1
    assert pow(4, ORDER, PRIME) == 1


def test_a_long_form_is_given_up() -> None:
    """(e^0.1 + e^0.2*ln(2) + ...)^60 has more terms than anyone should wait for."""
    sum_of = " + ".join(f"exp({place}/97)*ln({place})" for place in (2, 3, 5, 7, 11, 13, 17, 19))
    assert closed().rational(parse_expression(f"({sum_of})^60")) is None
    with pytest.raises(forms.TooLong):
        forms.raise_to(forms.number(fmpq(2)), 1000)
