"""Derivatives in an expression taken whole by the rules of `calculus.py`, and the steps that are inside a line."""

from __future__ import annotations

from functools import lru_cache

from solver.calculus import Applied, apply_rule
from solver.derivations.step import Step
from solver.expression import Derivative, Expression, reads, rebuild, walk
from solver.tidy import tidy

__all__ = ["Applied", "apply_rule", "reads", "substeps", "taken_whole"]


def taken_whole(node: Expression) -> Expression:
    """Every derivative in an expression taken, rule by rule, and tidied."""
    match node:
        case Derivative(operand, by, partial):
            return _taken(Derivative(taken_whole(operand), by, partial))
        case _:
            return rebuild(node, taken_whole)


@lru_cache(maxsize=4_096)
def _taken(node: Derivative) -> Expression:
    return tidy(taken_whole(apply_rule(node).after))


def substeps(node: Expression) -> tuple[Step, ...]:
    """The derivatives that stand in an expression, each once, with the rule that takes it and the steps inside it."""
    found = dict.fromkeys(part for part in walk(node) if isinstance(part, Derivative))
    steps = []
    for part in found:
        applied = apply_rule(part)
        steps.append(Step(applied.rule, part, taken_whole(part), substeps(applied.after), applied.function))
    return tuple(steps)
