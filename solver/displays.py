"""The displays of derivations -> text: equations under each other, a function by cases, matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from solver.document import Cases, Comparison, Condition, Equations, Inline, Matrix
from solver.mathtex import MathTex

Displayed = Equations | Cases | Matrix
CONDITIONS = {">": ">", "<": "<", "≥": r"\ge", "≤": r"\le", "≠": r"\ne"}
SYMBOLS = {"jacobian": "J", "hessian": "H"}


def derived_display(block: Displayed, macros: Any, math: MathTex, reason: Callable[[Sequence[Inline]], str]) -> str:
    """The display through the macros of a format."""
    match block:
        case Equations(lines):
            return str(macros.equations([(math.tex(e.left), math.tex(e.right), reason(e.reason)) for e in lines]))
        case Cases(left, cases):
            shown = [(math.tex(node), condition_tex(condition, math)) for node, condition in cases]
            return str(macros.cases(math.tex(left), shown))
        case Matrix():
            return str(macros.matrix(*_matrix(block, math)))
        case _:
            assert_never(block)


def condition_tex(condition: Condition | Comparison, math: MathTex) -> str:
    """x > 0, or 0 < x < 1"""
    if isinstance(condition, Comparison):
        first, *rest = (math.tex(member) for member in condition.members)
        signs = (CONDITIONS[relation] for relation in condition.relations)
        return first + "".join(f" {sign} {member}" for sign, member in zip(signs, rest, strict=True))
    return f"{math.tex(condition.left)} {CONDITIONS[condition.relation]} {math.tex(condition.right)}"


def _matrix(matrix: Matrix, math: MathTex) -> tuple[str, list[list[list[str]]]]:
    """What it is called, and its stages cell by cell."""
    symbol = SYMBOLS.get(matrix.symbol, rf"\nabla {math.name(matrix.of)}")
    return symbol, [[[math.tex(cell) for cell in row] for row in stage] for stage in matrix.stages]
