"""An expression and a variable -> the points at which it may change its sign, exactly and in order.

Top and bottom of its normal form are factored over the fractions: linear and quadratic factors are solved, others of
the variable alone must have no real root, and a factor with further names must be linear with a number before the
variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from flint import arb, ctx, fmpq, fmpq_mpoly, fmpq_poly, fmpz

from solver.derivations.fraction import Fraction, TooLarge, constant_of, inverse, is_constant, lowest, negative, times
from solver.derivations.normal import Space
from solver.derivations.proof import value_at
from solver.derivations.written import write
from solver.expression import ZERO, Call, Derivative, Expression, Product, Sum, Term, substitute, symbols
from solver.names import Name
from solver.tidy import tidy, written

BITS = 192


class Unknown(Exception):
    """Signs or points that are not found."""


@dataclass(frozen=True, slots=True)
class Root:
    """A point and whether the factor that is zero there is zero once."""

    point: Expression
    is_simple: bool = True


def roots_of(node: Expression, by: Name) -> tuple[Root, ...]:
    """Where an expression is zero or has no value, in order; raises Unknown where that is not found."""
    space = Space()
    try:
        (value,) = space.convert(node)
        found = [root for side in (value.top, value.bottom) for root in _of_polynomial(side, by, space)]
    except TooLarge as reason:
        raise Unknown(str(reason)) from None
    return in_order(found)


def in_order(found: Sequence[Root]) -> tuple[Root, ...]:
    """The points from the left to the right, each once. Raises Unknown where their order depends on a name."""
    ordered: list[Root] = []
    for root in sorted(found, key=cmp_to_key(_order)):
        if ordered and compared(ordered[-1].point, root.point) == 0:
            ordered[-1] = Root(root.point, is_simple=False)
        else:
            ordered.append(root)
    return tuple(ordered)


def _order(one: Root, other: Root) -> int:
    return compared(one.point, other.point)


def compared(left: Expression, right: Expression) -> int:
    """-1, 0 or 1 as the first is less than, equal to or greater than the second. Raises Unknown."""
    return sign_of(Sum((Term(1, left), Term(-1, right))))


def sign_of(node: Expression) -> int:
    """The sign of an expression that does not depend on the names in it, or is positive by its form. Raises Unknown."""
    space = Space()
    try:
        (value,) = space.convert(node)
        if is_constant(value):
            number = constant_of(value)
            return int(number > 0) - int(number < 0)
        for sign, own in ((1, value), (-1, negative(value))):
            if space.is_positive(own.top) and space.is_positive(own.bottom):
                return sign
    except TooLarge as reason:
        raise Unknown(str(reason)) from None
    if symbols(node):
        raise Unknown("its sign depends on the names in it")
    return _sign_of_number(node)


def _sign_of_number(node: Expression) -> int:
    with ctx.workprec(BITS):
        number = value_at(node, {})
    if not number.is_finite() or number.contains(0):
        raise Unknown("its sign is not found")
    return 1 if number > 0 else -1


def zero_of(node: Expression, by: Name) -> tuple[Expression, bool] | None:
    """Where a linear expression with numbers before the variable is zero, and whether it rises there."""
    space = Space()
    try:
        start, slope = space.convert(substitute(node, {by: ZERO}), Derivative(node, by))
        if not is_constant(slope) or slope.top.is_zero():
            return None
        rises = constant_of(slope) > 0
        return write(lowest(times(negative(start), inverse(slope))), "expand", space), bool(rises)
    except TooLarge:
        return None


def _of_polynomial(polynomial: fmpq_mpoly, by: Name, space: Space) -> Iterator[Root]:
    if polynomial.is_zero():
        raise Unknown("it is zero everywhere")
    _, factors = polynomial.factor()
    for factor, count in factors:
        used = [place for place, power in enumerate(factor.degrees()) if power]
        if not used or space.is_positive(factor) or space.is_positive(-factor):
            continue
        if [space.atoms[place].name for place in used] == [by]:
            for point in _of_one_variable(_univariate(factor, used[0])):
                yield Root(point, int(count) == 1)
            continue
        found = zero_of(write(Fraction(factor, factor**0), "expand", space), by)
        if found is None:
            raise Unknown("a factor of it is not linear")
        yield Root(found[0], int(count) == 1)


def _univariate(factor: fmpq_mpoly, place: int) -> fmpq_poly:
    terms = {powers[place]: coefficient for powers, coefficient in factor.to_dict().items()}
    return fmpq_poly([terms.get(power, fmpq(0)) for power in range(max(terms) + 1)])


def _of_one_variable(polynomial: fmpq_poly) -> Iterator[Expression]:
    """The real roots of an irreducible polynomial. Raises Unknown for one above the second degree that has any."""
    c, b, a = (polynomial[power] for power in (0, 1, 2))
    if polynomial.degree() == 1:
        yield written(-c / b)
    elif polynomial.degree() == 2:
        discriminant = b * b - 4 * a * c
        if discriminant > 0:
            for sign in (-1, 1):
                yield _surd(-b / (2 * a), sign, discriminant / (4 * a * a))
    elif _has_real_root(polynomial):
        raise Unknown("roots of a polynomial above the second degree")


def _has_real_root(polynomial: fmpq_poly) -> bool:
    found: Any = polynomial.complex_roots()
    return any(root.imag.contains(0) for root, _ in found)


def _surd(middle: fmpq, sign: int, square: fmpq) -> Expression:
    """middle ± root(square), with whole squares taken out of the root."""
    inside, outside = fmpz(1), fmpq(1)
    for prime, count in fmpz(square.p * square.q).factor():
        outside *= fmpq(prime) ** (int(count) // 2)
        inside *= prime ** (int(count) % 2)
    outside /= int(square.q)
    root: Expression = Product((written(outside), Call("sqrt", (written(fmpq(inside)),))))
    return tidy(Sum((Term(1, written(middle)), Term(sign, tidy(root)))))


def approximate(point: Expression) -> fmpq | None:
    """A point as a fraction, to many digits where it is none; None where names are in it."""
    if symbols(point):
        return None
    with ctx.workprec(BITS):
        middle: arb = value_at(point, {})
    if not middle.is_finite():
        return None
    mantissa, exponent = middle.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)
