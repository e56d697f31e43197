"""Tidying that is shown as a line of its own: neutral parts dropped, then like terms, like factors and what cancels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flint import fmpq

from solver.expression import (
    ONE,
    ZERO,
    Expression,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Term,
    rebuild,
)
from solver.mathtext import text
from solver.tidy import rational, tidy, written

Way = Literal["like factors", "cancel alone", "like terms"]
WAYS: tuple[Way, ...] = ("like factors", "cancel alone", "like terms")
"""What is collected, in the order in which it is done one after the other; each is a row of the phrases."""


def collect(node: Expression, ways: Sequence[Way] = WAYS) -> Expression:
    """2*x + 3*x -> 5*x;  x*x^2 -> x^3;  2*x/2 -> x;  x*y/(x*z) -> y/z. The author's order is kept."""
    return tidy(_collected(tidy(node), ways))


def _collected(node: Expression, ways: Sequence[Way]) -> Expression:
    node = rebuild(node, lambda part: _collected(part, ways))
    match node:
        case Sum(terms) if "like terms" in ways:
            return _like_terms(terms)
        case Product(factors) if "like factors" in ways:
            return _like_factors(factors)
        case Quotient(numerator, denominator) if "cancel alone" in ways:
            return _cancelled(numerator, denominator)
        case Power(Power(base, inner), outer) if _whole(inner) and _whole(outer):
            return Power(base, written((rational(inner) or fmpq(0)) * (rational(outer) or fmpq(0))))
        case _:
            return node


def _whole(node: Expression) -> bool:
    value = rational(node)
    return value is not None and value.q == 1


def _like_terms(terms: Sequence[Term]) -> Expression:
    found: dict[str, tuple[fmpq, Expression]] = {}
    for term in terms:
        number, rest = _split(term.value)
        key = _key(rest)
        count = found[key][0] if key in found else fmpq(0)
        found[key] = (count + term.sign * number, rest)
    if len(found) == len(terms):
        return Sum(tuple(terms))
    kept = [_term(number, rest) for number, rest in found.values() if number != 0]
    if not kept:
        return ZERO
    return Sum(tuple(kept)) if len(kept) > 1 or kept[0].sign < 0 else kept[0].value


def _term(number: fmpq, rest: Expression) -> Term:
    sign, size = (-1, -number) if number < 0 else (1, number)
    if rest == ONE:
        return Term(sign, written(size))
    factors = rest.factors if isinstance(rest, Product) else (rest,)
    return Term(sign, rest if size == 1 else Product((written(size), *factors)))


def _split(node: Expression) -> tuple[fmpq, Expression]:
    """The number in front of a term, and the rest of it."""
    match node:
        case Negate(operand):
            number, rest = _split(operand)
            return -number, rest
        case Product(factors):
            left: list[Expression] = []
            value = fmpq(1)
            for factor in factors:
                size = rational(factor)
                value *= fmpq(1) if size is None else size
                left.extend([factor] if size is None else ())
            return value, _joined(left)
        case _:
            alone = rational(node)
            return (fmpq(1), node) if alone is None else (alone, ONE)


def _key(node: Expression) -> str:
    factors = node.factors if isinstance(node, Product) else (node,)
    return "*".join(sorted(text(factor) for factor in factors))


def _powers(factors: Sequence[Expression]) -> dict[str, tuple[Expression, fmpq]]:
    """Each base once, with the sum of its exponents, in the order of the factors; numbers are left out."""
    found: dict[str, tuple[Expression, fmpq]] = {}
    for factor in factors:
        base, exponent = factor, fmpq(1)
        if isinstance(factor, Power):
            number = rational(factor.exponent)
            if number is not None and number.q == 1:
                base, exponent = factor.base, number
        key = text(base)
        found[key] = (base, exponent + (found[key][1] if key in found else fmpq(0)))
    return found


def _like_factors(factors: Sequence[Expression]) -> Expression:
    numbers = [factor for factor in factors if rational(factor) is not None]
    others = [factor for factor in factors if rational(factor) is None]
    powers = _powers(others)
    if len(powers) == len(others):
        return Product(tuple(factors))
    return _joined([*numbers, *(_power(base, exponent) for base, exponent in powers.values() if exponent != 0)])


def _power(base: Expression, exponent: fmpq) -> Expression:
    return base if exponent == 1 else Power(base, written(exponent))


def _joined(factors: Sequence[Expression]) -> Expression:
    return Product(tuple(factors)) if len(factors) > 1 else factors[0] if factors else ONE


def _cancelled(numerator: Expression, denominator: Expression) -> Expression:
    """Common factors and a common number taken out of both."""
    top_number, top = _split(numerator)
    bottom_number, bottom = _split(denominator)
    above = _powers(top.factors if isinstance(top, Product) else () if top == ONE else (top,))
    below = _powers(bottom.factors if isinstance(bottom, Product) else () if bottom == ONE else (bottom,))
    shared = {key: min(above[key][1], below[key][1]) for key in above if key in below}
    common = {key: power for key, power in shared.items() if power > 0}
    number = top_number / bottom_number if bottom_number != 0 else None
    plain = isinstance(numerator, Number) or (isinstance(denominator, Number) and numerator == top)
    if number is None or (not common and (plain or bottom_number == 1 or number.q == abs(bottom_number))):
        return Quotient(numerator, denominator)
    sides = []
    for powers, size in ((above, fmpq(int(number.p))), (below, fmpq(int(number.q)))):
        kept = [_power(base, e - common.get(key, fmpq(0))) for key, (base, e) in powers.items() if e != common.get(key)]
        front = [written(size)] if abs(size) != 1 or not kept else []
        side = _joined([*front, *kept])
        sides.append(Negate(side) if size < 0 and not front else side)
    return sides[0] if sides[1] == ONE else Quotient(sides[0], sides[1])
