"""Rules of differentiation on our own tree: an expression and a variable -> the derivative, raw and tidied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from flint import fmpq

from solver.diagnostics import InternalError
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
    mentions,
    rebuild,
)
from solver.functions import FUNCTIONS
from solver.names import Name, QuantityName
from solver.tidy import rational, tidy, written

Rule = Literal["constant", "identity", "sum", "constant factor", "product", "quotient", "power", "exponential", "chain"]

TWO = integer(2)


def derivative(node: Expression, by: QuantityName) -> Expression:
    """The derivative of an expression by a name, tidied."""
    return tidy(by_rule(node, by))


def local_derivative(
    name: Name, formula: Expression, by: QuantityName, units: Mapping[Expression, Symbol] | None = None
) -> Expression:
    """The derivative of `name = formula` by a name in it; a unit's own value stands for itself: y_out(1 - y_out).

    `units` names the units that other formulas are: with it the softmax of another unit is that unit, -p_1*p_2.
    """
    if isinstance(formula, Call) and all(isinstance(argument, Symbol | Number) for argument in formula.arguments):
        found = _function_rule(formula, Symbol(name), by)
    else:
        found = by_rule(formula, by)
    return tidy(_named(found, units or {}))


def by_rule(node: Expression, by: QuantityName) -> Expression:
    """The outermost rule applied and shown whole; the derivatives inside it are tidied.

    d(g + h) -> g' + h';  d(c*g) -> c*g';  d(g*h) -> g'*h + g*h';  d(g/h) -> (h*g' - g*h')/h^2;
    d(g^n) -> n*g^(n-1)*g';  d(a^g) -> a^g*ln(a)*g';  d(f(g)) -> f'(g)*g';
    d(f(g, h)) -> f_1(g, h)*g' + f_2(g, h)*h'
    """
    if not mentions(node, by):
        return ZERO
    match node:
        case Symbol():
            return ONE
        case Negate(operand):
            return Negate(derivative(operand, by))
        case Sum(terms):
            return Sum(tuple(Term(term.sign, derivative(term.value, by)) for term in terms))
        case Product(factors):
            return _product_rule(factors, by)
        case Quotient(numerator, denominator) if not mentions(denominator, by):
            return Quotient(derivative(numerator, by), denominator)
        case Quotient(numerator, denominator):
            return Quotient(
                Sum((
                    Term(1, Product((denominator, derivative(numerator, by)))),
                    Term(-1, Product((numerator, derivative(denominator, by)))),
                )),
                Power(denominator, TWO),
            )  # fmt: skip
        case Power(base, exponent):
            return _power_rule(base, exponent, by)
        case Call():
            return _function_rule(node, node, by)
        case Number() | Constant() | Derivative() | Matrix() | Transpose() | Entrywise():
            raise InternalError(f"no rule for the derivative of {type(node).__name__}")
        case _:
            assert_never(node)


def opening_rule(node: Expression, by: Name) -> Rule:
    """The rule that `by_rule` opens with."""
    match node:
        case _ if not mentions(node, by):
            return "constant"
        case Symbol():
            return "identity"
        case Negate():
            return "constant factor"
        case Sum():
            return "sum"
        case Product(factors):
            return "product" if sum(mentions(factor, by) for factor in factors) > 1 else "constant factor"
        case Quotient(_, denominator):
            return "quotient" if mentions(denominator, by) else "constant factor"
        case Power(_, exponent):
            return "exponential" if mentions(exponent, by) else "power"
        case _:
            return "chain"


def _product_rule(factors: tuple[Expression, ...], by: QuantityName) -> Expression:
    match factors:  # a weight times an input, the commonest product of all
        case (Symbol(first), Symbol(second)) if first != second:
            return factors[1] if first == by else factors[0]
    moving = [place for place, factor in enumerate(factors) if mentions(factor, by)]
    terms = []
    for place in moving:
        inner = by_rule(factors[place], by) if len(moving) == 1 else derivative(factors[place], by)
        parts = inner.factors if isinstance(inner, Product) else (inner,)
        terms.append(Term(1, Product((*factors[:place], *parts, *factors[place + 1 :]))))
    return terms[0].value if len(terms) == 1 else Sum(tuple(terms))


def _power_rule(base: Expression, exponent: Expression, by: QuantityName) -> Expression:
    if not mentions(exponent, by):
        number = rational(exponent)
        lower = written(number - fmpq(1)) if number is not None else Sum((Term(1, exponent), Term(-1, ONE)))
        power = base if rational(lower) == 1 else Power(base, lower)
        return _chained(Product((exponent, power)), base, by)
    whole = Power(base, exponent)
    if not mentions(base, by):
        return _chained(Product((whole, Call("ln", (base,)))), exponent, by)
    logarithm = Product((exponent, Call("ln", (base,))))
    return Product((whole, derivative(logarithm, by)))


def _function_rule(node: Call, own: Expression, by: QuantityName) -> Expression:
    """d(f(g, h)) -> f_1*g' + f_2*h', a term for each argument that moves; `own` stands for the function's value."""
    terms = [
        _chained(outer, argument, by)
        for argument, outer in FUNCTIONS[node.function].local(node, own)
        if mentions(argument, by)
    ]
    return terms[0] if len(terms) == 1 else Sum(tuple(Term(1, term) for term in terms))


def _named(node: Expression, units: Mapping[Expression, Symbol]) -> Expression:
    """Each formula that a unit has, replaced by the unit's name."""
    if isinstance(node, Call) and node in units:
        return units[node]
    return rebuild(node, lambda part: _named(part, units)) if units else node


def _chained(outer: Expression, inner: Expression, by: QuantityName) -> Expression:
    factor = derivative(inner, by)
    if factor == ONE:
        return outer
    parts = outer.factors if isinstance(outer, Product) else (outer,)
    return Product((*parts, factor))
