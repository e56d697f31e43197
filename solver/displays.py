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
        return first + "".join(f" {sign} {member}" for sign, member in zip(condition.relations, rest, strict=True))
    return f"{math.tex(condition.left)} {CONDITIONS[condition.relation]} {math.tex(condition.right)}"


def _matrix(matrix: Matrix, math: MathTex) -> tuple[str, list[list[list[str]]], str, str]:
    """What it is called, its stages cell by cell, the factor before the last, the vector that the last one is."""
    by = rf"_{{{_bold(math.name(matrix.by))}}}" if matrix.by else ""
    symbol = SYMBOLS.get(matrix.symbol, rf"\nabla{by} {math.name(matrix.of)}")
    stages = [[[math.tex(cell) for cell in row] for row in stage] for stage in matrix.stages]
    factor = math.factor(matrix.factor) if matrix.factor is not None else ""
    return symbol, stages, factor, _bold(math.name(matrix.vector)) if matrix.vector else ""


def _bold(tex: str) -> str:
    """The letter of a vector."""
    return rf"\mathbf{{{tex}}}"
