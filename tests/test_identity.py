from __future__ import annotations

import pytest
from hypothesis import given
from strategies import expressions

from solver.expression import Expression
from solver.identity import are_identical
from solver.parse import parse_expression
from solver.tidy import tidy


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1/2*2*(y - o)*(-1)", "o - y"),
        ("(a + b)^2", "a^2 + 2*a*b + b^2"),
        ("a/b + c/d", "(a*d + b*c)/(b*d)"),
        ("exp(x)*exp(x)", "exp(x)^2"),
        ("(1 - y)/(1 - a) - y/a", "-(y/a - (1 - y)/(1 - a))"),
        ("a^-2", "1/(a*a)"),
    ],
)
def test_forms_of_one_formula_are_proven_the_same(left: str, right: str) -> None:
    assert are_identical(parse_expression(left), parse_expression(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("y - o", "o - y"),
        ("(a + b)^2", "a^2 + b^2"),
        ("exp(x)", "exp(-x)"),
        ("1/a", "a"),
        ("0.1 + 0.2", "0.30000001"),
        ("a/0", "b/0"),
    ],
)
def test_what_is_not_the_same_is_not_proven(left: str, right: str) -> None:
    assert not are_identical(parse_expression(left), parse_expression(right))


@given(expressions)
def test_tidying_is_proven_to_change_nothing(node: Expression) -> None:
    assert are_identical(node, tidy(node))
