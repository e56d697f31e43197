"""Two lines of a derivation -> whether they are proven equal, shown to differ at a point, or neither.

What is cheap and exact comes first: polynomials over the fractions, then values at a few points, which refute at once.
Only what is left goes to sympy, and only while it is small enough to come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import arb, arb_series, ctx, fmpq

from solver.expression import (
    Call,
    Derivative,
    Expression,
    Power,
    children,
    rebuild,
    substitute,
    symbols,
    walk,
)
from solver.identity import are_identical
from solver.names import Name, QuantityName
from solver.problem import Derivation
from solver.series import BITS, LENGTH, evaluate_series
from solver.tidy import rational

POINTS = (fmpq(3, 7), fmpq(-5, 4), fmpq(8, 3))
MAX_NODES, MAX_CALLS, MAX_EXPONENT = 400, 4, 24
"""Beyond these sympy may not come back in a lecturer's lifetime: nodes, calls inside calls, whole exponents."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Equal is proven; different comes with a point and both values there."""

    outcome: Literal["equal", "different", "unproven"]
    where: str = ""


def compare(before: Expression, after: Expression, derivation: Derivation) -> Verdict:
    """Whether two lines are the same function of the derivation's variable."""
    left, right = spelled_out(before, derivation), spelled_out(after, derivation)
    if are_identical(left, right):
        return Verdict("equal")
    for point in POINTS:
        where = _difference(left, right, derivation.variable, point)
        if where:
            return Verdict("different", where)
    if _is_large(left) or _is_large(right):
        return Verdict("unproven")
    from solver.symbolic import are_equal

    try:
        return Verdict("equal" if are_equal(left, right) else "unproven")
    except Exception:  # sympy gives up in many ways; none of them is a proof
        return Verdict("unproven")


def spelled_out(node: Expression, derivation: Derivation) -> Expression:
    """The author's own function replaced by its formula."""
    match node:
        case Call(function, (argument,)) if function == derivation.function.text:
            return substitute(derivation.formula, {derivation.variable: spelled_out(argument, derivation)})
        case _:
            return rebuild(node, lambda part: spelled_out(part, derivation))


def _difference(left: Expression, right: Expression, variable: Name, point: fmpq) -> str:
    """How two lines differ at a point; nothing where they agree, or where one has no value."""
    others = dict.fromkeys(name for name in (*symbols(left), *symbols(right)) if name != variable)
    known: dict[QuantityName, fmpq] = {name: fmpq(2, 3) + fmpq(place, 5) for place, name in enumerate(others)}
    with ctx.workprec(BITS):
        values = [_value(node, {**known, variable: point}) for node in (left, right)]
    first, second = values
    if not (first.is_finite() and second.is_finite()) or first.overlaps(second):
        return ""
    return f"at {variable.text} = {point} the two are {first.str(6, radius=False)} and {second.str(6, radius=False)}"


def _value(node: Expression, known: dict[QuantityName, fmpq]) -> arb:
    try:
        if isinstance(node, Derivative):
            moving = {name: arb_series([value, int(name == node.by)], LENGTH) for name, value in known.items()}
            return evaluate_series(node.operand, moving)[1]
        return evaluate_series(node, {name: arb_series([value], LENGTH) for name, value in known.items()})[0]
    except (ArithmeticError, ValueError):
        return arb.nan()


def _is_large(node: Expression) -> bool:
    parts = list(walk(node))
    exponents = (rational(part.exponent) for part in parts if isinstance(part, Power))
    too_high = any(exponent is not None and abs(exponent) > MAX_EXPONENT for exponent in exponents)
    tower = any(isinstance(part, Power) and any(isinstance(p, Power) for p in walk(part.exponent)) for part in parts)
    return len(parts) > MAX_NODES or too_high or tower or _call_depth(node) > MAX_CALLS


def _call_depth(node: Expression) -> int:
    deepest = max((_call_depth(part) for part in children(node)), default=0)
    return deepest + isinstance(node, Call)
