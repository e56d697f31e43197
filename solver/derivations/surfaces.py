"""A function of several variables -> where its formula changes, with the slopes on both sides where they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from solver.derivations.fraction import TooLarge, inverse, is_constant, lowest, negative, times
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.pieces import has_cases, in_pairs, replaced, sides
from solver.derivations.proof import compare
from solver.derivations.roots import Unknown, roots_of, sign_of
from solver.derivations.rules import taken_whole
from solver.derivations.simplify import collect
from solver.derivations.written import write
from solver.expression import ZERO, Call, Derivative, Expression, Negate, Sum, Term, substitute, symbols, walk
from solver.names import Name
from solver.tidy import tidy

Claim = Literal["none", "unless equal", "perhaps"]


@dataclass(frozen=True, slots=True)
class Slopes:
    """The derivative by a name where the switch is negative, and where it is positive."""

    by: Name
    below: Expression
    above: Expression


@dataclass(frozen=True, slots=True)
class Surface:
    """`switch` = 0, where a formula changes: there is no derivative there, or none unless the `slopes` are equal.

    Where it is not found out, there is perhaps none.
    """

    switch: Expression
    claim: Claim
    slopes: tuple[Slopes, ...] = ()


def surfaces(formula: Expression, by: Sequence[Name]) -> Iterator[Surface]:
    """Each place at which the function may have no derivative; those that are known to be smooth are left out."""
    node = in_pairs(formula)
    calls = list(dict.fromkeys(part for part in walk(node) if isinstance(part, Call) and has_cases(part)))
    moving = [call for call in calls if any(name in symbols(sides(call)[2]) for name in by)]
    switches = [_turned(*sides(call))[2] for call in moving]
    for call, switch in zip(moving, switches, strict=True):
        if len(moving) > 1:
            if not _has_a_sign(switch, by):
                yield Surface(switch, "perhaps")
        elif (found := _alone(node, call, by)) is not None:
            yield found


def _has_a_sign(switch: Expression, by: Sequence[Name]) -> bool:
    """Whether an expression is positive, or negative, at every point."""
    try:
        return sign_of(switch) != 0
    except Unknown:
        return False


def _alone(node: Expression, call: Call, by: Sequence[Name]) -> Surface | None:
    """The one switch of a function: None where both sides have the same slope there, or where it has one sign."""
    above, below, switch = _turned(*sides(call))
    if _has_a_sign(switch, by):
        return None
    solved = [(name, found) for name in by if (found := _solved(switch, name, by)) is not None]
    if not solved:
        try:
            one_variable = len(by) == 1 and not roots_of(switch, by[0])
        except Unknown:
            one_variable = False
        return None if one_variable else Surface(switch, "perhaps")
    name, point = solved[0]
    formulas = [replaced(node, call, side) for side in (below, above)]
    slopes = [collect(taken_whole(Derivative(formula, name))) for formula in formulas]
    values, meeting = ([substitute(part, {name: point}) for part in parts] for parts in (formulas, slopes))
    if compare(values[0], values[1], Meaning()).outcome != "equal":
        return Surface(switch, "perhaps")
    if compare(meeting[0], meeting[1], Meaning()).outcome == "equal":
        return None
    claim: Claim = "none" if _differ_everywhere(meeting[0], meeting[1]) else "unless equal"
    all_slopes = (Slopes(other, *(collect(taken_whole(Derivative(side, other))) for side in formulas)) for other in by)
    return Surface(switch, claim, tuple(one for one in all_slopes if _differ_at(one, name, point)))


def _differ_at(slopes: Slopes, name: Name, point: Expression) -> bool:
    """Whether two slopes are not known to be equal where the formula changes."""
    ends = [substitute(side, {name: point}) for side in (slopes.below, slopes.above)]
    return compare(ends[0], ends[1], Meaning()).outcome != "equal"


def _turned(above: Expression, below: Expression, switch: Expression) -> tuple[Expression, Expression, Expression]:
    """The sides of 0 - u are those of u, exchanged."""
    match tidy(switch):
        case Negate(inside) | Sum((Term(-1, inside),)):
            return below, above, inside
        case Sum((Term(-1, _), *_) as terms):
            return below, above, Sum(tuple(Term(-term.sign, term.value) for term in terms))
        case inside:
            return above, below, inside


def _solved(switch: Expression, name: Name, by: Sequence[Name]) -> Expression | None:
    """A switch that is zero, solved for a variable in which it is linear, with nothing before it that moves."""
    space = Space()
    try:
        start, slope = space.convert(substitute(switch, {name: ZERO}), Derivative(switch, name))
        if slope.top.is_zero() or any(space.reads(slope, other) for other in by):
            return None
        return write(lowest(times(negative(start), inverse(slope))), "expand", space)
    except (TooLarge, ZeroDivisionError):
        return None


def _differ_everywhere(left: Expression, right: Expression) -> bool:
    space = Space()
    try:
        first, second = space.convert(left, right)
    except TooLarge:
        return False
    return compare(left, right, Meaning()).outcome == "different" and is_constant(first) and is_constant(second)
