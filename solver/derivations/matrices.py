"""Derivatives of several variables -> gradient, Jacobian and Hessian as matrices."""

from __future__ import annotations

from dataclasses import dataclass

from solver.derivations.derived import Derived
from solver.expression import Expression, Symbol
from solver.names import QuantityName, Second, Total
from solver.problem import Derivation, MatrixShape

Rows = tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    """A matrix of derivatives, then of results."""

    stages: tuple[Rows, ...]


def stacked(derivation: Derivation, derived: Derived, shape: MatrixShape) -> Stacked:
    """The matrix of a shape; a column for a gradient."""
    results = {working.name: working.result for working in derived.workings}
    names: list[list[QuantityName]]
    match shape:
        case "hessian":
            of = derivation.function
            names = [[Second(of, first, then) for then in derivation.by] for first in derivation.by]
        case "jacobian":
            names = [[Total(function.name, by) for by in derivation.by] for function in derivation.functions]
        case _:
            names = [[Total(derivation.function, by)] for by in derivation.by]
    stages = [tuple(tuple(Symbol(name) for name in row) for row in names),
              tuple(tuple(results[name] for name in row) for row in names)]  # fmt: skip
    return Stacked(tuple(stages))
