"""Derivatives of several variables -> gradient, Jacobian and Hessian as matrices, a gradient also in vector form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solver.derivations.derived import Derived
from solver.derivations.fraction import TooLarge, inverse, lowest, negative, plus, times
from solver.derivations.normal import Space
from solver.derivations.written import write
from solver.expression import Expression, Symbol
from solver.names import Name, QuantityName, Second, Total
from solver.problem import Derivation

Rows = tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Stacked:
    """A matrix of derivatives, then of results; with a `factor` the last stage is what it multiplies.

    `by` is the vector that is differentiated by, and `vector` the one that the last stage is.
    """

    stages: tuple[Rows, ...]
    factor: Expression | None = None
    by: Name | None = None
    vector: Name | None = None


def stacked(derivation: Derivation, derived: Derived) -> Stacked:
    """The matrix that was asked for; a column for a gradient."""
    results = {working.name: working.result for working in derived.workings}
    names: list[list[QuantityName]]
    match derivation.shape:
        case "hessian":
            of = derivation.function
            names = [[Second(of, first, then) for then in derivation.by] for first in derivation.by]
        case "jacobian":
            names = [[Total(function.name, by) for by in derivation.by] for function in derivation.functions]
        case _:
            names = [[Total(derivation.function, by)] for by in derivation.by]
    stages = [tuple(tuple(Symbol(name) for name in row) for row in names),
              tuple(tuple(results[name] for name in row) for row in names)]  # fmt: skip
    by = next((name for name, parts in derivation.vectors.items() if parts == derivation.by), None)
    if derivation.shape == "gradient" and derivation.vectors:
        found = _in_vectors([row[0] for row in stages[1]], derivation.vectors)
        if found is not None:
            factor, vector = found
            column = tuple((Symbol(part),) for part in derivation.vectors[vector])
            return Stacked((*stages, column), factor, by, vector)
    return Stacked(tuple(stages), by=by)


def _in_vectors(
    column: Sequence[Expression], vectors: Mapping[Name, tuple[Name, ...]]
) -> tuple[Expression, Name] | None:
    """(c*x_1, c*x_2) -> c and x: the factor that is the same in every row."""
    for vector, parts in vectors.items():
        if len(parts) != len(column):
            continue
        space = Space()
        try:
            values = space.convert(*column, *(Symbol(part) for part in parts))
            ratios = [
                lowest(times(value, inverse(own)))
                for value, own in zip(values[: len(parts)], values[len(parts) :], strict=True)
            ]
            same = all(space.reduced(plus(ratio, negative(ratios[0]))).top.is_zero() for ratio in ratios)
            if same and not any(space.atoms[p].name in parts for ratio in ratios for p in space.names(ratio)):
                return write(ratios[0], "single fraction", space), vector
        except (TooLarge, ZeroDivisionError):
            continue
    return None
