"""The oracle: sympy decides whether two lines are equal. The only module that imports sympy, and only when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from solver.diagnostics import InternalError
from solver.expression import (
    Call,
    Constant,
    Derivative,
    Expression,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from solver.functions import FUNCTIONS
from solver.parse import parse_expression

if TYPE_CHECKING:
    import sympy


def are_equal(left: Expression, right: Expression) -> bool:
    """Whether two expressions are proven to be the same function; derivatives in them are taken by sympy.

    Not proven is False, never a guess.
    """
    import sympy

    difference = to_sympy(left) - to_sympy(right)
    if difference == 0:
        return True
    exponentials = difference.rewrite(sympy.exp)
    return any(form == 0 for form in (sympy.together(sympy.expand(exponentials)), sympy.simplify(exponentials)))


def to_sympy(node: Expression) -> sympy.Expr:
    """Our tree as a sympy expression, node by node; no text is handed to sympy."""
    import sympy

    def convert(part: Expression) -> Any:
        match part:
            case Number():
                return sympy.Rational(int(part.value.p), int(part.value.q))
            case Constant():
                return sympy.pi
            case Symbol(name):
                return sympy.Symbol(name.text, real=True)
            case Negate(operand):
                return -convert(operand)
            case Sum(terms):
                return sum((term.sign * convert(term.value) for term in terms), sympy.Integer(0))
            case Product(factors):
                return sympy.prod([convert(factor) for factor in factors])
            case Quotient(numerator, denominator):
                return convert(numerator) / convert(denominator)
            case Power(base, exponent):
                return convert(base) ** convert(exponent)
            case Derivative(operand, by, _):
                return sympy.diff(convert(operand), sympy.Symbol(by.text, real=True))
            case Call(function, (argument,)):
                return apply(function, convert(argument))
            case Call():
                raise InternalError("a function of several arguments")
            case _:
                assert_never(part)

    def apply(function: str, argument: Any) -> Any:
        own = {
            "exp": sympy.exp, "ln": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos,
            "tan": sympy.tan, "erf": sympy.erf, "abs": sympy.Abs, "tanh": sympy.tanh,
            "log2": lambda u: sympy.log(u) / sympy.log(2),
            "log10": lambda u: sympy.log(u) / sympy.log(10),
            "linear": lambda u: u,
            "relu": lambda u: sympy.Piecewise((u, u > 0), (0, True)),
            "step": lambda u: sympy.Piecewise((1, u > 0), (0, True)),
            "sign": sympy.sign,
        }  # fmt: skip
        if function in own:
            return own[function](argument)
        formula = parse_expression(FUNCTIONS[function].formula)
        return convert(formula).subs(sympy.Symbol("u", real=True), argument)

    return convert(node)
