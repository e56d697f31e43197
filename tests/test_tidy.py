from __future__ import annotations

import pytest
from fixtures_reader import cases
from flint import arb_series, ctx
from hypothesis import given
from strategies import NAMES, expressions

from solver.expression import Expression
from solver.mathtext import text
from solver.parse import parse_expression
from solver.series import evaluate_series
from solver.tidy import tidy

POINT = {name: arb_series([value, 0], 2) for name, value in zip(NAMES, (0.375, -0.625, 0.25), strict=True)}


@pytest.mark.parametrize(("before", "after"), cases("tidy.txt"))
def test_tidying(before: str, after: str) -> None:
    assert text(tidy(parse_expression(before))) == after


@given(expressions)
def test_tidying_changes_no_value(node: Expression) -> None:
    with ctx.workprec(256):
        before, after = (evaluate_series(form, POINT)[0] for form in (node, tidy(node)))
    assert before.overlaps(after)


@given(expressions)
def test_tidying_twice_is_tidying_once(node: Expression) -> None:
    assert tidy(tidy(tidy(node))) == tidy(tidy(node))
