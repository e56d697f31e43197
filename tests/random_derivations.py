"""Random functions of one and of two variables, their derivations, and what sympy makes of them."""

from __future__ import annotations

import random
from functools import cache

from solver.expression import (
    Call,
    Expression,
    Negate,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    rebuild,
    symbols,
)
from solver.mathtext import text
from solver.names import Name
from solver.parse import parse_expression
from solver.problem import Derivation, FunctionDefinition

X = Name("x")

POINTS = ("0.37", "1.29", "2.41", "-0.83", "0.051")


def agrees_with_sympy(ours: Expression, formula: Expression, by: tuple[Name, ...]) -> bool:
    """Whether an expression equals sympy's derivative: by simplification, else to 30 digits at five points."""
    import sympy

    from solver.symbolic import to_sympy

    expected = to_sympy(formula)
    for name in by:
        expected = sympy.diff(expected, sympy.Symbol(name.text, real=True))
    difference = to_sympy(ours) - expected.doit()
    if difference == 0:
        return True
    free = sorted(difference.free_symbols, key=str)
    compared = 0
    for place in range(len(POINTS)):
        values = {s: sympy.Rational(POINTS[(place + 2 * at) % len(POINTS)]) for at, s in enumerate(free)}
        value = sympy.N(difference.subs(values), 40)
        if value.is_real:
            assert abs(value) < sympy.Float("1e-28"), (text(ours), values, value)
            compared += 1
    return compared > 1


@cache
def functions_of_x() -> tuple[str, ...]:
    from solver.functions import FUNCTIONS

    kinked = {name for name, row in FUNCTIONS.items() if row.cases or row.chosen}
    return tuple(n for n, row in FUNCTIONS.items() if row.least == 1 and not row.domain and n not in kinked)


def random_expression(dice: random.Random, depth: int) -> Expression:
    """Sums, products, quotients, powers and functions of the table, of a name x and a parameter a."""
    if depth == 0:
        return dice.choice([Symbol(X), Symbol(X), Symbol(Name("a")), parse_expression(str(dice.randint(1, 9)))])
    kind = dice.randrange(7)
    inner = [random_expression(dice, depth - 1) for _ in range(2)]
    if kind == 0:
        return Sum((Term(1, inner[0]), Term(dice.choice((1, -1)), inner[1])))
    if kind == 1:
        return Product(tuple(inner))
    if kind == 2:
        return Quotient(
            inner[0], Sum((Term(1, parse_expression("2")), Term(1, Power(inner[1], parse_expression("2")))))
        )
    if kind == 3:
        return Power(inner[0], parse_expression(str(dice.randint(2, 4))))
    if kind == 4:
        return Negate(inner[0])
    return Call(dice.choice(functions_of_x()), (inner[0],))


def random_functions(count: int) -> list[Expression]:
    dice, found = random.Random(5), []
    while len(found) < count:
        node = random_expression(dice, dice.randint(1, 3))
        if X in symbols(node):
            found.append(node)
    return found


def derivation(formula: Expression, **options) -> Derivation:
    return Derivation((FunctionDefinition(Name("f"), (X,), formula),), (X,), **options)


Y = Name("y")


def random_of_two(dice: random.Random, depth: int) -> Expression:
    """A random expression in which a part of the x are a y."""

    def turned(node: Expression) -> Expression:
        if node == Symbol(X):
            return Symbol(dice.choice((X, Y)))
        return rebuild(node, turned)

    while True:
        node = turned(random_expression(dice, depth))
        if {X, Y} <= {*symbols(node)}:
            return node


def of_two(*formulas: Expression, **options) -> Derivation:
    names = [Name("f"), Name("g")]
    functions = tuple(FunctionDefinition(n, (X, Y), formula) for n, formula in zip(names, formulas, strict=False))
    return Derivation(functions, (X, Y), **options)
