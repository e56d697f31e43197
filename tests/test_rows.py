from __future__ import annotations

import pytest

from solver.mathtex import MathTex
from solver.parse import parse_expression
from solver.rows import broken


@pytest.mark.parametrize(
    ("formula", "limit", "rows"),
    [
        ("a + b - c", 50, ["a + b - c"]),
        ("a + b - c", 8, ["a + b", "- c"]),
        ("-a*b*c", 3.5, ["-a", r"\cdot b", r"\cdot c"]),
        ("(a + b)*(c - d)*x", 12, ["(a + b)", r"\cdot (c - d) \cdot x"]),
        ("x + a*b*c*d*f - g", 5.5, ["x", r"+ a \cdot b", r"\cdot c \cdot d", r"\cdot f", "- g"]),
        ("1/2*(-3)*x", 6, [r"\frac{1}{2}", r"\cdot (-3)", r"\cdot x"]),
    ],
)
def test_a_long_line_is_broken_before_a_sign_or_a_factor(formula: str, limit: int, rows: list[str]) -> None:
    assert MathTex().rows(parse_expression(formula), limit) == rows


def test_no_piece_is_lost() -> None:
    node = parse_expression("+".join(f"{n}*x" for n in range(30)))
    assert sum(len(row) for row in broken(node, 20)) == 30
