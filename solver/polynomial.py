"""Values with unknown symbols in them: polynomials whose coefficients are exact fractions or balls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import arb, fmpq

from solver.names import Name, QuantityName
from solver.near import Near

Coefficient = fmpq | arb | Near
Monomial = tuple[tuple[QuantityName, int], ...]
"""Unknowns with their powers, in the order they were first met; () is the constant term."""


MAX_TERMS = 6
"""Products of sums with more terms than this are no answer that anyone reads; the quantity then stands for itself."""


class NotPolynomial(ArithmeticError):
    """An unknown stands in a divisor or inside a function, or the polynomial would be too long to read."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A sum of coefficient times monomial. A polynomial without unknowns is handed on as its coefficient."""

    terms: Mapping[Monomial, Coefficient]

    @staticmethod
    def unknown(name: QuantityName) -> Polynomial:
        return Polynomial({((name, 1),): fmpq(1)})


Value = fmpq | arb | Near | Polynomial


def is_zero(value: Value) -> bool:
    """Whether a value is exactly zero; a ball that merely holds zero is not."""
    return isinstance(value, fmpq) and not value


def add(left: Value, right: Value) -> Value:
    if not isinstance(left, Polynomial) and not isinstance(right, Polynomial):
        return left + right
    terms = dict(terms_of(left))
    for monomial, coefficient in terms_of(right).items():
        terms[monomial] = terms[monomial] + coefficient if monomial in terms else coefficient
    return _lowered(terms)


def multiply(left: Value, right: Value) -> Value:
    """The product; an exact zero times anything finite is an exact zero."""
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left * right
    if is_zero(left) or is_zero(right):
        return fmpq(0)
    if not isinstance(left, Polynomial) and not isinstance(right, Polynomial):
        return left * right
    lengths = len(terms_of(left)), len(terms_of(right))
    if min(lengths) > 1 and lengths[0] * lengths[1] > MAX_TERMS:
        raise NotPolynomial
    terms: dict[Monomial, Coefficient] = {}
    for first, a in terms_of(left).items():
        for second, b in terms_of(right).items():
            monomial = _joined(first, second)
            terms[monomial] = terms[monomial] + a * b if monomial in terms else a * b
    return _lowered(terms)


def power(value: Value, exponent: int) -> Value:
    """A value to a whole power of zero or more."""
    result: Value = fmpq(1)
    for _ in range(exponent):
        result = multiply(result, value)
    return result


def terms_of(value: Value) -> Mapping[Monomial, Coefficient]:
    return value.terms if isinstance(value, Polynomial) else {} if is_zero(value) else {(): value}


def coefficient(value: Value) -> Coefficient:
    """The number that a value is. Raises NotPolynomial where unknowns stand in it."""
    if isinstance(value, Polynomial):
        raise NotPolynomial
    return value


def _joined(first: Monomial, second: Monomial) -> Monomial:
    """The product of two; a derivative stands last, as in eta*dE/dw."""
    powers = dict(first)
    for name, exponent in second:
        powers[name] = powers.get(name, 0) + exponent
    return tuple(sorted(powers.items(), key=lambda item: (not isinstance(item[0], Name), item[0].text)))


def _lowered(terms: Mapping[Monomial, Coefficient]) -> Value:
    kept = {monomial: coefficient for monomial, coefficient in terms.items() if not is_zero(coefficient)}
    if all(monomial == () for monomial in kept):
        return kept.get((), fmpq(0))
    return Polynomial(kept)
