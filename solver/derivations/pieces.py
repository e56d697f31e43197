"""A function of one variable with kinks -> the intervals on which it has one formula, each with that formula.

The innermost function with cases is resolved first: where its switch changes its sign the line is cut, and on each part
its own case stands in its place; so on until no function with cases is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq

from solver.derivations.domain import Bound
from solver.derivations.meaning import Meaning
from solver.derivations.proof import POINTS, compare, value_at
from solver.derivations.roots import Root, Unknown, compared, roots_of, sign_of
from solver.derivations.simplify import collect
from solver.expression import (
    ONE,
    Call,
    Expression,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    reads,
    rebuild,
    substitute,
    walk,
)
from solver.functions import FUNCTIONS
from solver.names import Name, QuantityName

MAX_PIECES = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; None where it has no end."""

    low: Expression | None = None
    high: Expression | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the interval on which it is the function's."""

    where: Interval
    formula: Expression


def has_cases(node: Expression) -> bool:
    """Whether a node is a function with one formula here and another there."""
    if not isinstance(node, Call) or node.function not in FUNCTIONS:
        return False
    row = FUNCTIONS[node.function]
    return row.cases is not None or row.chosen is not None


def switched(node: Expression, by: Name) -> bool:
    """Whether a function with cases in an expression reads the variable."""
    return any(has_cases(part) and reads(part, by) for part in walk(node))


def formulas_of(formula: Expression, by: Name, domain: tuple[Bound, ...]) -> tuple[Formula, ...]:
    """The function's formulas from the left to the right, on its domain. Raises Unknown where no cut is found."""
    whole = _bounded(by, domain)
    found = _merged(formula, list(_cut(in_pairs(formula), by, whole)), by)
    if len(found) > MAX_PIECES:
        raise Unknown("there are too many cases")
    for piece in found:
        _refuse_other(formula, piece, by)
    return tuple(found)


def in_pairs(node: Expression) -> Expression:
    """max(a, b, c) -> max(max(a, b), c)"""
    node = rebuild(node, in_pairs)
    if isinstance(node, Call) and node.function in ("max", "min"):
        if len(node.arguments) == 1:
            return node.arguments[0]
        while len(node.arguments) > 2:
            first = Call(node.function, node.arguments[:2])
            node = Call(node.function, (first, *node.arguments[2:]))
    return node


def sides(call: Call) -> tuple[Expression, Expression, Expression]:
    """The function above and below, and what is positive above."""
    row = FUNCTIONS[call.function]
    if row.cases is not None:
        return row.filled(row.cases.of(1), call), row.filled(row.cases.of(-1), call), call.arguments[0]
    first, second = call.arguments
    ahead = (first, second) if call.function == "max" else (second, first)
    return first, second, Sum((Term(1, ahead[0]), Term(-1, ahead[1])))


def replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    """Each place in which a node stands taken by another."""
    return new if node == old else rebuild(node, lambda part: replaced(part, old, new))


def innermost(node: Expression, by: Name) -> Call | None:
    """A function with cases that reads the variable and holds no other such function."""
    for part in walk(node):
        cased = isinstance(part, Call) and has_cases(part) and reads(part, by)
        if isinstance(part, Call) and cased and not any(switched(argument, by) for argument in part.arguments):
            return part
    return None


def _bounded(by: Name, domain: tuple[Bound, ...]) -> Interval:
    """What conditions like x > 0 leave of the line."""
    low: Expression | None = None
    high: Expression | None = None
    for bound in domain:
        if bound.left == Symbol(by) and bound.relation in (">", "≥"):
            low = bound.right if low is None or compared(low, bound.right) < 0 else low
        if bound.left == Symbol(by) and bound.relation in ("<", "≤"):
            high = bound.right if high is None or compared(high, bound.right) > 0 else high
    return Interval(low, high)


def _cut(node: Expression, by: Name, where: Interval) -> Iterator[Formula]:
    call = innermost(node, by)
    if call is None:
        yield Formula(where, collect(_settled(node)))
        return
    above, below, switch = sides(call)
    inside = [root for root in roots_of(switch, by) if _holds(where, root)]
    ends = [where.low, *(root.point for root in inside), where.high]
    for low, high in pairwise(ends):
        part = Interval(low, high)
        sign = sign_of(substitute(switch, {by: place_in(part)}))
        if sign == 0:
            raise Unknown("it is zero on an interval")
        yield from _cut(replaced(node, call, above if sign > 0 else below), by, part)


def _settled(node: Expression) -> Expression:
    """What does not read the variable and has a sign that is known: max(-1, 1) -> 1"""
    node = rebuild(node, _settled)
    if isinstance(node, Call) and has_cases(node):
        above, below, switch = sides(node)
        try:
            sign = sign_of(switch)
        except Unknown:
            return node
        cases = FUNCTIONS[node.function].cases
        if sign == 0:
            return FUNCTIONS[node.function].filled(cases.of(0), node) if cases else above
        return above if sign > 0 else below
    return node


def _holds(where: Interval, root: Root) -> bool:
    return (where.low is None or compared(where.low, root.point) < 0) and (
        where.high is None or compared(root.point, where.high) < 0
    )


def place_in(where: Interval) -> Expression:
    """A point inside an interval."""
    if where.low is None:
        return Quotient(ONE, integer(7)) if where.high is None else Sum((Term(1, where.high), Term(-1, ONE)))
    if where.high is None:
        return Sum((Term(1, where.low), Term(1, ONE)))
    return Quotient(Sum((Term(1, where.low), Term(1, where.high))), integer(2))


def _merged(formula: Expression, found: list[Formula], by: Name) -> list[Formula]:
    """Neighbours with one formula are one piece, unless the function has a value of its own between them."""
    merged = found[:1]
    for piece in found[1:]:
        before, between = merged[-1], piece.where.low
        assert between is not None
        same = compare(before.formula, piece.formula, Meaning()).outcome == "equal"
        if same and _has_value(formula, piece.formula, by, between):
            merged[-1] = Formula(Interval(before.where.low, piece.where.high), before.formula)
        else:
            merged.append(piece)
    return merged


def _has_value(formula: Expression, other: Expression, by: Name, point: Expression) -> bool:
    values = [substitute(node, {by: point}) for node in (formula, other)]
    return compare(values[0], values[1], Meaning()).outcome == "equal"


def _refuse_other(formula: Expression, piece: Formula, by: Name) -> None:
    """The formula of a piece against the function itself, by their values inside it. Raises Unknown."""
    place = place_in(piece.where)
    names = [name for name in dict.fromkeys((*_names(formula), *_names(place))) if name != by]
    known: dict[QuantityName, fmpq] = {name: POINTS[at] for at, name in enumerate(names)}
    values = [value_at(substitute(node, {by: place}), known) for node in (formula, piece.formula)]
    if all(value.is_finite() for value in values) and not values[0].overlaps(values[1]):
        raise Unknown("a case does not agree with the function")


def _names(node: Expression) -> list[Name]:
    return [part.name for part in walk(node) if isinstance(part, Symbol) and isinstance(part.name, Name)]
