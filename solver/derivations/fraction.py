"""Quotients of FLINT polynomials over the fractions: the arithmetic that normal forms are made with."""

from __future__ import annotations

from dataclasses import dataclass

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

MAX_ATOMS, MAX_TERMS = 24, 2_000
CONTEXT = fmpq_mpoly_ctx.get([f"a{place}" for place in range(MAX_ATOMS)], Ordering.lex)
GENERATORS = CONTEXT.gens()


class TooLarge(ArithmeticError):
    """More atoms, terms or powers than are worked exactly, or a form that has no value."""


@dataclass(frozen=True, slots=True)
class Fraction:
    """top/bottom; the bottom is not the zero polynomial."""

    top: fmpq_mpoly
    bottom: fmpq_mpoly

    @property
    def key(self) -> str:
        """The same text for the same fraction, where it is in lowest terms."""
        return f"{self.top}/{self.bottom}"


def polynomial_form(polynomial: fmpq_mpoly) -> Fraction:
    return Fraction(polynomial, CONTEXT.constant(1))


def constant(value: fmpq) -> Fraction:
    return polynomial_form(CONTEXT.constant(value))


def is_constant(value: Fraction) -> bool:
    return all(power <= 0 for side in (value.top, value.bottom) for power in side.degrees())


def constant_of(value: Fraction) -> fmpq:
    """The number that a constant fraction is."""
    return value.top.leading_coefficient() / value.bottom.leading_coefficient() if value.top else fmpq(0)


def plus(left: Fraction, right: Fraction) -> Fraction:
    if left.bottom == right.bottom:
        return checked(Fraction(left.top + right.top, left.bottom))
    return checked(Fraction(left.top * right.bottom + right.top * left.bottom, left.bottom * right.bottom))


def times(left: Fraction, right: Fraction) -> Fraction:
    return checked(Fraction(left.top * right.top, left.bottom * right.bottom))


def negative(value: Fraction) -> Fraction:
    return Fraction(-value.top, value.bottom)


def inverse(value: Fraction) -> Fraction:
    if value.top.is_zero():
        raise ZeroDivisionError("a divisor is zero")
    return Fraction(value.bottom, value.top)


def to_power(value: Fraction, exponent: int) -> Fraction:
    """A whole power, checked term by term so that a large one stops early."""
    found, base = constant(fmpq(1)), inverse(value) if exponent < 0 else value
    for _ in range(abs(exponent)):
        found = times(found, base)
    return found


def checked(value: Fraction) -> Fraction:
    if len(value.top) > MAX_TERMS or len(value.bottom) > MAX_TERMS:
        raise TooLarge("too many terms")
    return value


def lowest(value: Fraction) -> Fraction:
    """Without common factors; the bottom begins with 1."""
    if value.bottom.is_zero():
        raise ZeroDivisionError("a divisor is zero")
    if value.top.is_zero():
        return constant(fmpq(0))
    common = value.top.gcd(value.bottom)
    top, bottom = value.top / common, value.bottom / common
    number = bottom.leading_coefficient()
    return Fraction(top / number, bottom / number)


def leading(value: Fraction) -> fmpq:
    """The leading coefficient of the top; the bottom's is positive in lowest terms."""
    return value.top.leading_coefficient() * value.bottom.leading_coefficient()


def composed(polynomial: fmpq_mpoly, place: int, replacement: Fraction) -> Fraction:
    """The polynomial with a fraction put in for one of its generators."""
    return lowered(polynomial, place, 1, replacement)


def lowered(polynomial: fmpq_mpoly, place: int, limit: int, replacement: Fraction) -> Fraction:
    """The polynomial with a^limit replaced, as often as it is a factor; by a power of a itself at most once a power."""
    if polynomial.degrees()[place] < limit:
        return polynomial_form(polynomial)
    parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
    for powers, coefficient in polynomial.to_dict().items():
        times_over, rest = divmod(powers[place], limit)
        kept = (*powers[:place], rest, *powers[place + 1 :])
        inner = parts.setdefault(times_over, {})
        inner[kept] = inner.get(kept, fmpq(0)) + coefficient
    found = constant(fmpq(0))
    for times_over, terms in parts.items():
        found = plus(found, times(polynomial_form(CONTEXT.from_dict(terms)), to_power(replacement, times_over)))
    if limit == 1 or found.top.degrees()[place] < limit or any(found.bottom.degrees()):
        return found
    return times(lowered(found.top, place, limit, replacement), inverse(polynomial_form(found.bottom)))
