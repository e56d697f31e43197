"""Proof that two forms of a formula are one: both become quotients of polynomials over their atoms, and are compared.

Exact, and without a computer algebra system: FLINT's multivariate polynomials over the fractions decide it. An atom is
a name or a function applied to something; e^-x and the like are atoms too, so what holds only by a law of exponents or
of logarithms is not proven here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import assert_never

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

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
    substitute,
    symbols,
    walk,
)
from solver.graph import Graph
from solver.names import QuantityName
from solver.tidy import rational, tidy

MAX_POWER = 12

Fraction = tuple[fmpq_mpoly, fmpq_mpoly]
"""Numerator and denominator."""


def are_identical(left: Expression, right: Expression) -> bool:
    """Whether two expressions are proven to be the same rational function of their atoms. Not proven is False."""
    atoms: dict[Expression, int] = {}
    numbers = count()
    for node in (*walk(left), *walk(right)):
        if _is_atom(node) and tidy(node) not in atoms:
            atoms[tidy(node)] = next(numbers)
    context = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(atoms) or 1)], Ordering.lex)
    generators = context.gens()

    def generator(atom: Expression) -> fmpq_mpoly:
        return generators[atoms[tidy(atom)]]

    (a, b), (c, d) = (_fraction(side, context.constant(1), generator) for side in (left, right))
    return bool(a * d == c * b) and not b.is_zero() and not d.is_zero()


def says(entry: Expression, expression: Expression, graph: Graph) -> bool:
    """Whether an entry of a matrix is an expression, once what the entry does not name is spelled out in it."""
    read = {*symbols(entry)}
    left_out = [name for name in symbols(expression) if name not in read and name in graph.by_name]
    spelled: dict[QuantityName, Expression] = {name: graph.by_name[name].expression for name in left_out}
    return are_identical(substitute(expression, spelled), entry)


def _is_atom(node: Expression) -> bool:
    match node:
        case Symbol() | Call() | Constant() | Derivative():
            return True
        case Power(_, exponent):
            return not _is_small(exponent)
        case _:
            return False


def _is_small(exponent: Expression) -> bool:
    value = rational(exponent)
    return value is not None and value.q == 1 and abs(value) <= MAX_POWER


def _fraction(node: Expression, one: fmpq_mpoly, generator: Callable[[Expression], fmpq_mpoly]) -> Fraction:
    def convert(part: Expression) -> Fraction:
        return _fraction(part, one, generator)

    match node:
        case Number():
            return one * node.value, one
        case Negate(operand):
            a, b = convert(operand)
            return -a, b
        case Sum(terms):
            top, bottom = one * 0, one
            for term in terms:
                a, b = convert(term.value)
                top, bottom = top * b + term.sign * a * bottom, bottom * b
            return top, bottom
        case Product(factors):
            top, bottom = one, one
            for factor in factors:
                a, b = convert(factor)
                top, bottom = top * a, bottom * b
            return top, bottom
        case Quotient(numerator, denominator):
            (a, b), (c, d) = convert(numerator), convert(denominator)
            return a * d, b * c
        case Power(base, exponent) if _is_small(exponent):
            value = rational(exponent)
            assert value is not None
            whole, (a, b) = int(value.p), convert(base)
            return (a**whole, b**whole) if whole >= 0 else (b**-whole, a**-whole)
        case Symbol() | Call() | Constant() | Derivative() | Power():
            return generator(node), one
        case Matrix() | Transpose() | Entrywise():
            raise InternalError(f"{type(node).__name__} is compared entry by entry")
        case _:
            assert_never(node)
