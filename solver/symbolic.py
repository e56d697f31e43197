"""The oracle: sympy decides whether two lines are equal. The only module that imports sympy, and only when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

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
from solver.functions import FUNCTIONS

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
            case Call(function):
                return apply(part, *(convert(argument) for argument in FUNCTIONS[function].arguments(part)))
            case Matrix() | Transpose() | Entrywise():
                raise InternalError(f"{type(part).__name__} has no value")
            case _:
                assert_never(part)

    def first(arguments: tuple[Any, ...], sign: int) -> Any:
        best, *others = arguments
        for other in others:
            best = sympy.Piecewise((other, sign * (other - best) > 0), (best, True))
        return best

    def apply(call: Call, *arguments: Any) -> Any:
        own = {
            "exp": sympy.exp, "ln": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos,
            "tan": sympy.tan, "erf": sympy.erf, "erfc": lambda u: 1 - sympy.erf(u), "abs": sympy.Abs,
            "tanh": sympy.tanh,
            "log2": lambda u: sympy.log(u) / sympy.log(2),
            "log10": lambda u: sympy.log(u) / sympy.log(10),
            "linear": lambda u: u,
            "relu": lambda u: sympy.Piecewise((u, u > 0), (0, True)),
            "step": lambda u: sympy.Piecewise((1, u > 0), (0, True)),
            "sign": sympy.sign,
            "leaky_relu": lambda u, a: sympy.Piecewise((u, u > 0), (a * u, True)),
            "elu": lambda u, a: sympy.Piecewise((u, u > 0), (a * (sympy.exp(u) - 1), True)),
            "max": lambda *u: first(u, 1),
            "min": lambda *u: first(u, -1),
        }  # fmt: skip
        if call.function in own:
            return own[call.function](*arguments)
        spelled = FUNCTIONS[call.function].spelled(call)
        if spelled is None:
            raise InternalError(f"{call.function} is not known to sympy")
        return convert(spelled)

    return convert(node)
