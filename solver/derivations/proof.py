"""Two lines of a derivation -> whether they are proven equal, shown to differ at a point, or checked at many points.

What is exact comes first: normal forms over names, exponentials and logarithms. Then values at points, in balls that
hold the true ones, refute at once. Only what is left goes to sympy, and only while it is small enough to come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flint import arb, arb_series, ctx, fmpq

from solver.derivations.fraction import TooLarge, negative, plus
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.rules import taken_whole
from solver.derivations.step import Proof
from solver.expression import (
    Call,
    Derivative,
    Expression,
    Power,
    Symbol,
    children,
    rebuild,
    symbols,
    walk,
)
from solver.names import Name, QuantityName
from solver.series import BITS, LENGTH, evaluate_series
from solver.tidy import rational

POINTS = (
    fmpq(3, 7), fmpq(-5, 4), fmpq(8, 3), fmpq(-2, 9), fmpq(17, 13), fmpq(1, 11), fmpq(-19, 6), fmpq(13, 3), fmpq(5, 7),
    fmpq(-7, 9), fmpq(23, 8), fmpq(-1, 13), fmpq(29, 31), fmpq(-9, 4), fmpq(7, 19), fmpq(41, 10), fmpq(-11, 5),
    fmpq(2, 17), fmpq(33, 16), fmpq(-4, 7), fmpq(9, 14), fmpq(15, 4), fmpq(-13, 8), fmpq(31, 29),
)  # fmt: skip
LEAST_POINTS = 8
"""At so many of the points a line must have been compared, or nothing is said of it."""
TIGHT = 2.0**-60
"""How narrow the difference of two values must be to count as a comparison."""
MAX_NODES, MAX_CALLS, MAX_EXPONENT = 400, 4, 24
"""Beyond these sympy may not come back in a lecturer's lifetime: nodes, calls inside calls, whole exponents."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A point at which two lines differ, with both values there."""

    where: tuple[tuple[Name, fmpq], ...]
    left: str
    right: str

    @property
    def text(self) -> str:
        """The point and the values as a sentence."""
        place = ", ".join(f"{name.text} = {value}" for name, value in self.where)
        return f"{'at ' + place + ' ' if place else ''}the two are {self.left} and {self.right}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Equal comes with how that is known; different with a point and both values there."""

    outcome: Literal["equal", "different", "checked", "unproven"]
    proof: Proof | None = None
    difference: Difference | None = None

    @property
    def holds(self) -> bool:
        return self.outcome in ("equal", "checked")


def compare(before: Expression, after: Expression, meaning: Meaning) -> Verdict:
    """Whether two lines are the same function of the names in them."""
    return _compare(meaning.spelled_out(before), meaning.spelled_out(after), meaning.general)


@lru_cache(maxsize=4_096)
def _compare(left: Expression, right: Expression, general: frozenset[str]) -> Verdict:
    if left == right or are_one(left, right):
        return Verdict("equal", Proof("algebra"))
    concrete = Meaning(general=general)
    compared = 0
    for found in differences(concrete.concrete(left), concrete.concrete(right)):
        if isinstance(found, Difference):
            return Verdict("different", difference=found)
        compared += found
    if not general and compared and not (_is_large(left) or _is_large(right)):
        from solver.symbolic import are_equal

        try:
            if are_equal(left, right):
                return Verdict("equal", Proof("sympy"))
        except Exception:  # sympy gives up in many ways; none of them is a proof
            pass
    if compared >= LEAST_POINTS:
        return Verdict("checked", Proof("points", compared))
    return Verdict("unproven")


def are_one(left: Expression, right: Expression) -> bool:
    """Whether two expressions have one normal form; derivatives in them are taken there. Not proven is False."""
    space = Space()
    try:
        first, second = space.convert(left, right)
        return bool(space.reduced(plus(first, negative(second))).top.is_zero())
    except (TooLarge, ZeroDivisionError):
        return False


def differences(left: Expression, right: Expression) -> Iterator[Difference | int]:
    """1 for a point at which two expressions agree to many digits, 0 where nothing can be said, or how they differ."""
    names = [name for name in dict.fromkeys((*symbols(left), *symbols(right))) if isinstance(name, Name)]
    for place, point in enumerate(POINTS if names else POINTS[:1]):
        known: dict[QuantityName, fmpq] = {
            name: POINTS[(place + 5 * at) % len(POINTS)] if at else point for at, name in enumerate(names)
        }
        with ctx.workprec(BITS):
            first, second = value_at(left, known), value_at(right, known)
            if not (first.is_finite() and second.is_finite()):
                yield 0
            elif not first.overlaps(second):
                where = tuple((name, known[name]) for name in names)
                yield Difference(where, first.str(6, radius=False), second.str(6, radius=False))
            elif float((first - second).rad()) > TIGHT * (1 + abs(float(first.mid()))):
                yield 0
            else:
                yield 1 if names else LEAST_POINTS


def value_at(node: Expression, known: dict[QuantityName, fmpq]) -> arb:
    """The value of an expression at a point by power series, derivatives included; nan where there is none."""
    moving: dict[QuantityName, fmpq | arb] = {**known}
    try:
        plain = _taken(node, known, moving)
        return evaluate_series(plain, {name: arb_series([value], LENGTH) for name, value in moving.items()})[0]
    except (ArithmeticError, ValueError):
        return arb.nan()


def _taken(node: Expression, known: Mapping[QuantityName, fmpq], moving: dict[QuantityName, fmpq | arb]) -> Expression:
    """An expression with each derivative to be taken replaced by a name, whose value at the point joins `moving`."""
    if not isinstance(node, Derivative):
        return rebuild(node, lambda part: _taken(part, known, moving))
    series: dict[QuantityName, arb_series] = {
        name: arb_series([value, int(name == node.by)], LENGTH) for name, value in known.items()
    }
    name = Name("\0", (str(len(moving)),))
    moving[name] = evaluate_series(taken_whole(node.operand), series)[1]
    return Symbol(name)


def _is_large(node: Expression) -> bool:
    parts = list(walk(node))
    exponents = (rational(part.exponent) for part in parts if isinstance(part, Power))
    too_high = any(exponent is not None and abs(exponent) > MAX_EXPONENT for exponent in exponents)
    tower = any(isinstance(part, Power) and any(isinstance(p, Power) for p in walk(part.exponent)) for part in parts)
    return len(parts) > MAX_NODES or too_high or tower or _call_depth(node) > MAX_CALLS


def _call_depth(node: Expression) -> int:
    deepest = max((_call_depth(part) for part in children(node)), default=0)
    return deepest + isinstance(node, Call)
