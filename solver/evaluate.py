"""Expression -> value: an exact fraction where + - * / and whole powers allow, else balls that hold the true value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import assert_never

from flint import arb, fmpq

from solver.diagnostics import InternalError
from solver.expression import (
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
    Transpose,
)
from solver.functions import FUNCTIONS, A, Function, U, Undecided, sign_of
from solver.names import QuantityName
from solver.near import Near, ball, joined, near_value, whole_power
from solver.polynomial import (
    Coefficient,
    NotPolynomial,
    Polynomial,
    Value,
    add,
    coefficient,
    is_zero,
    multiply,
    power,
)

MAX_POWER, MAX_HEIGHT, MAX_HEIGHT_APART = 4_096, 100_000, 20_000_000
"""Powers of fractions that are worked exactly, by the bits of what comes out."""
ZERO, MINUS_ONE = fmpq(0), fmpq(-1)
SHORT_BITS = 64
"""A fraction of so few bits is told as it is."""

OTHERWISE = "change the givens or the formula, so that"


class Impossible(ArithmeticError):
    """The value does not exist: a division by zero or an argument outside a domain; `hint` says what may help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class LogOfZero(Impossible):
    """A logarithm of an exact zero, which an exact zero in front of it makes zero."""


def evaluate(node: Expression, values: Mapping[QuantityName, Value], near: bool = False) -> Value:
    """The value of an expression at the current working precision; unknown names stay symbols.

    With `near`, what lies too near to a fraction for a ball is kept apart from it. Raises Impossible, NotPolynomial, or
    Undecided where more bits may decide.
    """
    match node:
        case Number():
            return node.value
        case Symbol(name):
            known = values.get(name)
            return Polynomial.unknown(name) if known is None else known
        case Sum(terms):
            total: Value | None = None  # from the first on: its bits beyond those worked with are kept in a difference
            for term in terms:
                value = evaluate(term.value, values, near)
                value = value if term.sign > 0 else multiply(MINUS_ONE, value)
                total = value if total is None else add(total, value)
            return ZERO if total is None else total
        case Product(factors):
            return _product(factors, values, near)
        case Negate(operand):
            return multiply(MINUS_ONE, evaluate(operand, values, near))
        case Quotient(numerator, denominator):
            return divide(evaluate(numerator, values, near), evaluate(denominator, values, near))
        case Power(base, exponent):
            return raise_to(evaluate(base, values, near), evaluate(exponent, values, near), near)
        case Call(function):
            row = FUNCTIONS[function]
            arguments = row.arguments(node)
            worked = [evaluate(argument, values, near) for argument in arguments]
            return apply(row, *worked, near=near, own=arguments.index(arguments[0], 1) - 1 if row.spells else 0)
        case Constant():
            return arb.pi()
        case Derivative() | Matrix() | Transpose() | Entrywise():
            raise InternalError(f"{type(node).__name__} has no value")
        case _:
            assert_never(node)


def _product(factors: tuple[Expression, ...], values: Mapping[QuantityName, Value], near: bool) -> Value:
    """The product; 0*ln(0) is 0, the limit of x*ln(x), as in the cross-entropy of a target 0."""
    product: Value | None = None
    missing: LogOfZero | None = None
    for factor in factors:
        try:
            known = values.get(factor.name) if isinstance(factor, Symbol) else None
            value = evaluate(factor, values, near) if known is None else known
        except LogOfZero as reason:
            missing = reason
        else:
            product = value if product is None else multiply(product, value)
    if missing and (product is None or not is_zero(product)):
        raise missing
    return fmpq(1) if product is None else product


def divide(left: Value, right: Value) -> Value:
    """The quotient; an exact zero divided by anything but zero is an exact zero. Raises like `evaluate`."""
    if is_zero(right):
        raise Impossible("division by zero", f"{OTHERWISE} the divisor is not 0")
    if isinstance(right, Polynomial):
        raise NotPolynomial
    if not isinstance(right, fmpq) and right.contains(0):
        raise Undecided("whether a divisor is zero")
    if is_zero(left):
        return fmpq(0)
    return left / right if not isinstance(left, Polynomial) else multiply(left, 1 / right)


def raise_to(base: Value, exponent: Value, near: bool = False) -> Value:
    """base^exponent: exact for whole exponents of exact bases, else through balls. Raises like `evaluate`."""
    if isinstance(exponent, Polynomial):
        raise NotPolynomial
    if isinstance(exponent, fmpq) and exponent.q == 1 and abs(exponent) <= MAX_POWER:
        whole = int(exponent.p)
        if isinstance(base, Polynomial):
            if whole < 0 or whole > MAX_POWER:
                raise NotPolynomial
            return power(base, whole)
        if whole < 0 and is_zero(base):
            raise Impossible(f"zero to the power {whole}", f"{OTHERWISE} the base is not 0")
        if isinstance(base, fmpq) and base.height_bits() * abs(whole) < (MAX_HEIGHT_APART if near else MAX_HEIGHT):
            return base**whole
        return finite(base**whole if isinstance(base, Near) else whole_power(arb(base), whole))
    if isinstance(base, Polynomial):
        raise NotPolynomial
    if exponent == fmpq(1, 2):
        return apply(FUNCTIONS["sqrt"], base, near=near)
    if is_zero(base) and exponent > 0:
        return fmpq(0)
    if base < 0 or is_zero(base):
        message = "a power with a base that is not positive and an exponent that is not whole"
        raise Impossible(message, f"{OTHERWISE} the base is positive")
    value = ball(base) ** ball(exponent)
    return finite(joined(ZERO, value) if near else value)


def apply(function: Function, *arguments: Value, near: bool = False, own: int = 0) -> Value:
    """A function of the table at values, its domain checked first. Raises like `evaluate`.

    Where a case applies, the value is that case's, and so as exact as its arguments; where it stays open, a ball over
    all of them. `own` is the place of a softmax among its units.
    """
    if function.name == "linear":
        return arguments[0]
    known = [argument for argument in arguments if not isinstance(argument, Polynomial)]
    if len(known) < len(arguments):
        raise NotPolynomial
    _refuse_outside(function, known[0])
    with suppress(Undecided):
        if function.chosen:
            return known[function.chosen(known)]
        if function.cases:
            return evaluate(function.cases.of(sign_of(known[0])), dict(zip((U, A), known, strict=False)), near)
    fractions = [argument for argument in known if isinstance(argument, fmpq)]
    exact = function.exact(*fractions) if len(fractions) == len(known) else None
    if exact is not None:
        return exact
    if near:
        return finite(near_value(function, known, own, _near))
    value = function.ball(*map(ball, known))
    finite(value)
    return fmpq(int(value.unique_fmpz() or 0)) if value.is_exact() and value.is_integer() else value


def _near(node: Expression, values: Mapping[QuantityName, Coefficient]) -> Coefficient:
    """The value of an expression without unknowns, kept apart from its fraction."""
    return coefficient(evaluate(node, values, near=True))


def _refuse_outside(function: Function, argument: Coefficient) -> None:
    """Raises Impossible for an argument outside the domain, LogOfZero at its open end."""
    if {"": True, "positive": argument > 0, "not negative": argument >= 0}[function.domain]:
        return
    if not isinstance(argument, fmpq) and argument.contains(0):
        raise Undecided("the sign of an argument")
    short = isinstance(argument, fmpq) and argument.height_bits() <= SHORT_BITS
    shown = str(argument) if short else ball(argument).str(6, radius=False)
    message = f"{function.name} of {shown}, but its argument must be {function.domain}"
    raise (LogOfZero if is_zero(argument) else Impossible)(message, f"{OTHERWISE} it is {function.domain}")


def finite(value: Coefficient) -> Coefficient:
    """The value, where it is finite; Undecided where more bits may make it so."""
    if isinstance(value, fmpq) or value.is_finite():
        return value
    raise Undecided("whether a value is finite")
