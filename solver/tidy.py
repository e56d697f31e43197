"""Tidying an expression without changing its value: 0*a -> 0, 1*a -> a, a - (-b) -> a + b, -(a - b) -> b - a."""

from __future__ import annotations

from typing import assert_never

from flint import fmpq

from solver.expression import (
    ONE,
    ZERO,
    Call,
    Constant,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    Transpose,
    integer,
    rebuild,
)

MOST_PLACES = 7
"""Decimals up to which a coefficient is written as a decimal, and not as a fraction."""


def tidy(node: Expression) -> Expression:
    """The same value with neutral parts dropped and plain numbers collected; the author's order is kept."""
    match node:
        case Number() | Constant() | Symbol():
            return node
        case Product((Symbol(), Symbol())):
            return node
        case Negate(operand):
            return _negated(tidy(operand))
        case Sum(terms):
            return _sum(terms)
        case Product(factors):
            return _product([tidy(factor) for factor in factors])
        case Quotient(numerator, denominator):
            return _quotient(tidy(numerator), tidy(denominator))
        case Power(base, exponent):
            return _power(tidy(base), tidy(exponent))
        case Call(function, arguments, label):
            return Call(function, tuple(tidy(argument) for argument in arguments), label)
        case Derivative(operand, by, partial):
            return Derivative(tidy(operand), by, partial)
        case Matrix() | Transpose() | Entrywise():
            return rebuild(node, tidy)
        case _:
            assert_never(node)


def rational(node: Expression) -> fmpq | None:
    """The value of a plain number, with its sign and as a fraction; None for anything else."""
    match node:
        case Number():
            return node.value
        case Negate(operand):
            value = rational(operand)
            return None if value is None else -value
        case Quotient(numerator, denominator):
            top, bottom = rational(numerator), rational(denominator)
            return None if top is None or bottom is None or bottom == 0 else top / bottom
        case _:
            return None


def written(value: fmpq) -> Expression:
    """A fraction as a node: a whole number, or a quotient of two, with its sign in front."""
    size = abs(value)
    node: Expression = integer(int(size.p))
    if size.q != 1:
        node = Quotient(node, integer(int(size.q)))
    return Negate(node) if value < 0 else node


def _negated(node: Expression) -> Expression:
    match node:
        case Number() if node.value == 0:
            return node
        case Negate(operand):
            return operand
        case Sum((first, second)) if first.sign > 0 > second.sign:  # -(a - b) -> b - a
            return Sum((Term(1, second.value), Term(-1, first.value)))
        case _:
            return Negate(node)


def _sum(terms: tuple[Term, ...]) -> Expression:
    kept: list[Term] = []
    for term in terms:
        value, sign = tidy(term.value), term.sign
        if isinstance(value, Negate):
            value, sign = value.operand, -sign
        if isinstance(value, Sum):
            kept.extend(Term(sign * inner.sign, inner.value) for inner in value.terms)
        elif rational(value) != 0:
            kept.append(Term(sign, value))
    numbers = [term for term in kept if rational(term.value) is not None]
    if len(numbers) > 1:
        total = sum((term.sign * (rational(term.value) or fmpq(0)) for term in numbers), fmpq(0))
        place = kept.index(numbers[0])
        kept = [term for term in kept if rational(term.value) is None]
        if total != 0:
            kept.insert(place, Term(1 if total > 0 else -1, written(abs(total))))
    if not kept:
        return ZERO
    if len(kept) == 1:
        return kept[0].value if kept[0].sign > 0 else _negated(kept[0].value)
    return Sum(tuple(kept))


def _product(factors: list[Expression]) -> Expression:
    flat: list[Expression] = []
    negative = False
    for factor in factors:
        if isinstance(factor, Negate):
            factor, negative = factor.operand, not negative
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    numbers = [factor for factor in flat if rational(factor) is not None]
    if len(numbers) > 1 or any(rational(number) in (0, 1) for number in numbers):
        value = fmpq(1)
        for number in numbers:
            value *= rational(number) or fmpq(0)
        if value == 0:
            return ZERO
        flat = [factor for factor in flat if rational(factor) is None]
        if abs(value) != 1 or not flat:  # 0.5*(-1) stays 0.5, as its author wrote it
            literal = next((number for number in numbers if rational(number) == abs(value)), None)
            flat.insert(0, literal or _collected(abs(value), numbers))
        negative ^= value < 0
    divisors = [factor for factor in flat if isinstance(factor, Quotient) and factor.numerator == ONE]
    if divisors and len(divisors) < len(flat) and rational(divisors[0]) is None:  # a * 1/b -> a/b
        divisor = divisors[0]
        assert isinstance(divisor, Quotient)
        rest = [factor for factor in flat if factor is not divisor]
        node: Expression = Quotient(_joined(rest), divisor.denominator)
    else:
        node = _joined(flat)
    return _negated(node) if negative else node


def _collected(value: fmpq, numbers: list[Expression]) -> Expression:
    """A coefficient worked out of several: a decimal where its author wrote one, 0.02 * 2 -> 0.04."""
    places = next((places for places in range(MOST_PLACES) if (value * 10**places).q == 1), None)
    if places and any(isinstance(number, Number) and "." in number.text for number in numbers):
        digits = str((value * 10**places).p).rjust(places + 1, "0")
        return Number(f"{digits[:-places]}.{digits[-places:]}", value)
    return written(value)


def _joined(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Product(tuple(factors)) if factors else ONE


def _quotient(numerator: Expression, denominator: Expression) -> Expression:
    if rational(numerator) == 0 and rational(denominator) != 0:
        return ZERO
    if rational(denominator) == 1:
        return numerator
    if isinstance(numerator, Negate):
        return _negated(Quotient(numerator.operand, denominator))
    match numerator:
        case Product((Number() as number, *rest)):  # 2*x/2 -> x
            value, divisor = number.value, rational(denominator)
            if divisor and (value / divisor).q == 1:
                return _product([written(value / divisor), *rest])
    return Quotient(numerator, denominator)


def _power(base: Expression, exponent: Expression) -> Expression:
    if rational(exponent) == 1:
        return base
    if rational(exponent) == 0 and rational(base) != 0:
        return ONE
    return Power(base, exponent)
