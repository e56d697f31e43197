"""Rules of differentiation, one at a time and shown whole: the derivatives inside are still to be taken.

d(c) -> 0;  d(x) -> 1;  d(g + h) -> dg + dh;  d(c*g) -> c*dg;  d(g*h) -> dg*h + g*dh;
d(g/h) -> (h*dg - g*dh)/h^2;  d(g^n) -> n*g^(n-1)*dg;  d(a^g) -> a^g*ln(a)*dg;  d(f(g)) -> f'(g)*dg
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from solver.derivations.step import Step
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
    rebuild,
    symbols,
    walk,
)
from solver.functions import FUNCTIONS
from solver.names import Name
from solver.tidy import rational, tidy, written

Take = Callable[[Expression], Derivative]
"""Puts d/dx in front of a part."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule applied to d/dx of something: its name, the function of the table it needs, and what it gives."""

    rule: str
    after: Expression
    function: str = ""


def apply_rule(taken: Derivative) -> Applied:
    """The outermost rule for a derivative, and what it gives, with the derivatives inside it still to be taken."""
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
            return _function(node, by, d)
        case Derivative():
            return Applied("again", d(taken_whole(node)))
        case Number() | Constant():
            return Applied("constant", ZERO)
        case Matrix() | Transpose() | Entrywise():
            raise InternalError(f"no rule for the derivative of {type(node).__name__}")


def reads(node: Expression, by: Name) -> bool:
    return by in symbols(node)


def taken_whole(node: Expression) -> Expression:
    """Every derivative in an expression taken, rule by rule, and tidied."""
    match node:
        case Derivative(operand, by, partial):
            return _taken(Derivative(taken_whole(operand), by, partial))
        case _:
            return rebuild(node, taken_whole)


@lru_cache(maxsize=4_096)
def _taken(node: Derivative) -> Expression:
    return tidy(taken_whole(apply_rule(node).after))


def substeps(node: Expression) -> tuple[Step, ...]:
    """The derivatives that stand in an expression, each once, with the rule that takes it and the steps inside it."""
    found = dict.fromkeys(part for part in walk(node) if isinstance(part, Derivative))
    steps = []
    for part in found:
        applied = apply_rule(part)
        steps.append(Step(applied.rule, part, taken_whole(part), substeps(applied.after), applied.function))
    return tuple(steps)


def _product(factors: tuple[Expression, ...], by: Name, d: Take) -> Applied:
    moving = [place for place, factor in enumerate(factors) if reads(factor, by)]
    terms = [Product((*factors[:place], d(factors[place]), *factors[place + 1 :])) for place in moving]
    if len(terms) == 1:
        return Applied("constant factor", terms[0])
    return Applied("product", Sum(tuple(Term(1, term) for term in terms)))


def _power(base: Expression, exponent: Expression, by: Name, d: Take) -> Applied:
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


def _function(node: Call, by: Name, d: object) -> Applied:
    """f'(g)*dg, a term for each argument that moves; a function without a row is f with its own f'."""
    assert callable(d)
    row = FUNCTIONS.get(node.function)
    outers = list(row.local(node, node)) if row else [(a, Call(f"{node.function}'", (a,))) for a in node.arguments]
    moving = [(argument, outer) for argument, outer in outers if reads(argument, by)]
    if len(moving) == 1 and moving[0][0] == Symbol(by):
        return Applied("known", moving[0][1], node.function)
    terms = [_chained(outer, d(argument)) for argument, outer in moving]
    after = terms[0] if len(terms) == 1 else Sum(tuple(Term(1, term) for term in terms))
    return Applied("chain", after, node.function)


def _chained(outer: Expression, inner: Expression) -> Expression:
    parts = outer.factors if isinstance(outer, Product) else (outer,)
    return Product((*parts, inner))
