from __future__ import annotations

from hypothesis import given
from strategies import expressions

from solver.expression import Expression
from solver.mathtext import text
from solver.parse import parse_expression


@given(expressions)
def test_what_is_written_is_read_back_as_the_same_tree(node: Expression) -> None:
    written = text(node)
    assert parse_expression(written) == node, written
