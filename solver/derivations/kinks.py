"""A function with kinks -> its formula on each interval, each differentiated, and the slopes where two of them meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from flint import fmpq

from solver.derivations.derived import Kink, Piece, Working, proven
from solver.derivations.domain import domain
from solver.derivations.fraction import TooLarge
from solver.derivations.lines import ruled
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.pieces import Formula, formulas_of, switched
from solver.derivations.proof import POINTS, compare, value_at
from solver.derivations.roots import Unknown, approximate
from solver.derivations.step import Step
from solver.derivations.written import write
from solver.diagnostics import Path, ProblemError
from solver.expression import Derivative, Expression, Number, substitute, symbols
from solver.names import Name, QuantityName
from solver.problem import FunctionDefinition, StepDetail


def pieces_of(function: FunctionDefinition, by: Name, detail: StepDetail, origin: Path) -> tuple[Piece, ...]:
    """The intervals of a function with kinks; nothing where it has none, or where they are not found."""
    if not switched(function.formula, by):
        return ()
    try:
        formulas = formulas_of(function.formula, by, domain(function.formula, (by,)))
    except Unknown:
        return ()
    return tuple(_differentiated(piece, by, detail, origin) for piece in formulas)


def breaks_of(formula: Expression, by: Name, known: Mapping[Name, Number]) -> list[fmpq]:
    """Where a function changes its formula along one variable, with numbers for the others; roots are near."""
    put = substitute(formula, {name: number for name, number in known.items() if name != by})
    if not switched(put, by):
        return []
    try:
        lows = [piece.where.low for piece in formulas_of(put, by, domain(put, (by,)))]
    except Unknown:
        return []
    places = (approximate(low) for low in lows if low is not None)
    return [place for place in places if place is not None]


def kinks_of(function: FunctionDefinition, by: Name, pieces: Sequence[Piece]) -> Iterator[Kink]:
    """The points of the domain at which the formula changes, in order."""
    for left, right in pairwise(pieces):
        point = left.high
        assert point is not None
        if not _has_value(function.formula, by, point):
            if not domain(function.formula, (by,)):  # then it has one, which is only not found
                yield Kink(point, None, jumps=False)
            continue
        slopes = (_at(left.working.result, by, point), _at(right.working.result, by, point))
        own = _at(function.formula, by, point)
        values = [_at(piece.formula, by, point) for piece in (left, right)]
        jumps = not all(compare(own, value, Meaning()).holds for value in values)
        finite = all(_has_value(piece.working.result, by, point) for piece in (left, right))
        yield Kink(point, slopes if finite else None, jumps)


def _differentiated(piece: Formula, by: Name, detail: StepDetail, origin: Path) -> Piece:
    taken = Derivative(piece.formula, by, partial=False)
    steps = [Step("by definition", None, taken), *ruled(taken, detail, origin)]
    working, faults = proven(Working(taken, tuple(steps)), Meaning())
    if faults:
        raise ProblemError(faults)
    return Piece(piece.where.low, piece.where.high, piece.formula, Working(taken, working.steps[1:]))


def _has_value(node: Expression, by: Name, point: Expression) -> bool:
    """Whether a point lies where an expression has a value, with example numbers for further names."""
    put = _at(node, by, point)
    known: dict[QuantityName, fmpq] = {name: POINTS[at] for at, name in enumerate(symbols(put))}
    return bool(value_at(put, known).is_finite())


def _at(node: Expression, by: Name, point: Expression) -> Expression:
    """The value of a side at the kink, as simple as it gets."""
    if by not in symbols(node):
        return node
    put = substitute(node, {by: point})
    space = Space()
    try:
        (value,) = space.convert(put)
        return write(value, "expand", space)
    except TooLarge:
        return put
