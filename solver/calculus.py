"""Rules of differentiation on our own tree: one rule shown whole, and with them the derivative, raw and tidied.

d(c) -> 0;  d(x) -> 1;  d(g + h) -> dg + dh;  d(c*g) -> c*dg;  d(g*h) -> dg*h + g*dh;
d(g/h) -> (h*dg - g*dh)/h^2;  d(g^n) -> n*g^(n-1)*dg;  d(a^g) -> a^g*ln(a)*dg;  d(f(g)) -> f'(g)*dg
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

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
    reads,
    rebuild,
)
from solver.functions import ACTIVATIONS, FUNCTIONS
from solver.names import Name, QuantityName
from solver.tidy import rational, tidy, written

Take = Callable[[Expression], Derivative]
"""Puts d/dx in front of a part."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule applied to d/dx of something: its name, the function of the table it needs, and what it gives."""

    rule: str
    after: Expression
    function: str = ""


def apply_rule(taken: Derivative, own: Expression | None = None) -> Applied:
    """The outermost rule for a derivative, and what it gives, with the derivatives inside it still to be taken.

    `own` stands for the value of the function that is differentiated.
    """
    node, by = taken.operand, taken.by

    def d(part: Expression) -> Derivative:
        return Derivative(part, by, taken.partial)

    if not reads(node, by):
        return Applied("constant", ZERO)
    match node:
        case Symbol():
            return Applied("identity", ONE)
        case Negate(operand):
            return Applied("constant factor", Negate(d(operand)))
        case Sum(terms):
            return Applied("sum", Sum(tuple(Term(term.sign, d(term.value)) for term in terms)))
        case Product(factors):
            return _product(factors, by, d)
        case Quotient(numerator, denominator) if not reads(denominator, by):
            return Applied("constant factor", Quotient(d(numerator), denominator))
        case Quotient(g, h):
            top = Sum((Term(1, Product((h, d(g)))), Term(-1, Product((g, d(h))))))
            return Applied("quotient", Quotient(top, Power(h, integer(2))))
        case Power(base, exponent):
            return _power(base, exponent, by, d)
        case Call():
            return _function(node, own or node, by, d)
        case Derivative():
            return Applied("again", d(derivative(node.operand, node.by)))
        case Number() | Constant():
            return Applied("constant", ZERO)
        case Matrix() | Transpose() | Entrywise():
            raise InternalError(f"no rule for the derivative of {type(node).__name__}")
        case _:
            assert_never(node)


def derivative(node: Expression, by: QuantityName) -> Expression:
    """The derivative of an expression by a name, tidied."""
    return tidy(by_rule(node, by))


def local_derivative(
    name: Name, formula: Expression, by: QuantityName, units: Mapping[Expression, Symbol] | None = None
) -> Expression:
    """The derivative of `name = formula` by a name in it; a unit's own value stands for itself: y_out(1 - y_out).

    So does that of any activation: h_2 = tanh(w*h_1 + u*x_2) has (1 - h_2^2)*h_1 by w; exp(-x^2) stays as it is.
    `units` names the units that other formulas are: with it the softmax of another unit is that unit, -p_1*p_2.
    """
    match formula:
        case Product((Symbol(first) as one, Symbol(second) as other)) if first != second and by in (first, second):
            return other if first == by else one  # a weight times an input, the commonest of all
    named = isinstance(formula, Call) and (
        formula.function in ACTIVATIONS or all(isinstance(argument, Symbol | Number) for argument in formula.arguments)
    )
    return tidy(_named(by_rule(formula, by, Symbol(name) if named else None), units or {}))


def by_rule(node: Expression, by: QuantityName, own: Expression | None = None) -> Expression:
    """The outermost rule applied and shown whole; the derivatives inside it are taken and tidied.

    `own` stands for the value of the function that is differentiated.
    """
    applied = apply_rule(Derivative(node, by), own)
    return _taken(applied.after, applied.rule)


def _taken(node: Expression, rule: str) -> Expression:
    """What a rule gives with its derivatives taken."""
    match node:
        case Derivative(operand, by):
            return derivative(operand, by)
        case Product(factors) if any(isinstance(factor, Derivative) for factor in factors):
            parts = [part for factor in factors for part in _factors(factor, rule)]
            return Product(tuple(parts)) if len(parts) > 1 else parts[0]
        case _:
            return rebuild(node, lambda part: _taken(part, rule))


def _factors(factor: Expression, rule: str) -> tuple[Expression, ...]:
    """A factor of what a rule gives: a product stands among the other factors, and 1 is left out after a chain rule."""
    if not isinstance(factor, Derivative):
        return (factor,)
    inner = (by_rule if rule == "constant factor" else derivative)(factor.operand, factor.by)
    if rule in ("product", "constant factor"):
        return inner.factors if isinstance(inner, Product) else (inner,)
    return () if inner == ONE and rule != "quotient" else (inner,)


def _product(factors: tuple[Expression, ...], by: QuantityName, d: Take) -> Applied:
    moving = [place for place, factor in enumerate(factors) if reads(factor, by)]
    terms = [Product((*factors[:place], d(factors[place]), *factors[place + 1 :])) for place in moving]
    if len(terms) == 1:
        return Applied("constant factor", terms[0])
    return Applied("product", Sum(tuple(Term(1, term) for term in terms)))


def _power(base: Expression, exponent: Expression, by: QuantityName, d: Take) -> Applied:
    if not reads(exponent, by):
        number = rational(exponent)
        lower = written(number - 1) if number is not None else Sum((Term(1, exponent), Term(-1, ONE)))
        power = base if rational(lower) == 1 else Power(base, lower)
        if base == Symbol(by):
            return Applied("power alone", Product((exponent, power)))
        return Applied("power", Product((exponent, power, d(base))))
    whole = Power(base, exponent)
    if not reads(base, by):
        outer = Product((whole, Call("ln", (base,))))
        if exponent == Symbol(by):
            return Applied("exponential alone", outer)
        return Applied("exponential", Product((*outer.factors, d(exponent))))
    return Applied("power of both", Product((whole, d(Product((exponent, Call("ln", (base,))))))))


def _function(node: Call, own: Expression, by: QuantityName, d: Take) -> Applied:
    """f'(g)*dg, a term for each argument that moves; a function without a row is f with its own f'."""
    row = FUNCTIONS.get(node.function)
    outers = list(row.local(node, own)) if row else [(a, Call(f"{node.function}'", (a,))) for a in node.arguments]
    moving = [(argument, outer) for argument, outer in outers if reads(argument, by)]
    if len(moving) == 1 and moving[0][0] == Symbol(by):
        return Applied("known", moving[0][1], node.function)
    terms = [_chained(outer, d(argument)) for argument, outer in moving]
    after = terms[0] if len(terms) == 1 else Sum(tuple(Term(1, term) for term in terms))
    return Applied("chain", after, node.function)


def _chained(outer: Expression, inner: Expression) -> Expression:
    parts = outer.factors if isinstance(outer, Product) else (outer,)
    return Product((*parts, inner))


def _named(node: Expression, units: Mapping[Expression, Symbol]) -> Expression:
    """Each formula that a unit has, replaced by the unit's name."""
    if isinstance(node, Call) and node in units:
        return units[node]
    return rebuild(node, lambda part: _named(part, units)) if units else node
