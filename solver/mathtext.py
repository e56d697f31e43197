"""Expression -> plain text in the grammar of the spec language."""

from __future__ import annotations

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
from solver.precedence import ATOM, POWER, PRODUCT, SUM, level, starts_negative


def text(node: Expression) -> str:
    """The expression as an author would type it; reading it again gives the same tree."""
    return _text(node, SUM, leading=True)


def _text(node: Expression, least: int, leading: bool) -> str:
    bracketed = level(node) < least or (starts_negative(node) and not leading)
    shown = _open(node, leading or bracketed)
    return f"({shown})" if bracketed else shown


def _open(node: Expression, leading: bool) -> str:
    match node:
        case Number():
            return node.text
        case Constant(name):
            return name
        case Symbol(name):
            return name.text
        case Negate(operand):
            return "-" + _text(operand, PRODUCT, leading=False)
        case Sum((first, *rest)):
            shown = _text(first.value, PRODUCT, leading=first.sign > 0 and leading)
            shown = shown if first.sign > 0 else f"-{shown}"
            signed = ((" + " if term.sign > 0 else " - ") + _text(term.value, PRODUCT, leading=False) for term in rest)
            return shown + "".join(signed)
        case Product((first, *rest)):
            shown = _text(first, PRODUCT if isinstance(first, Quotient) else POWER, leading)
            return "*".join((shown, *(_text(factor, POWER, leading=False) for factor in rest)))
        case Quotient(numerator, denominator):
            return f"{_text(numerator, PRODUCT, leading)}/{_text(denominator, POWER, leading=False)}"
        case Power(base, exponent):
            return f"{_text(base, ATOM, leading=False)}^{_text(exponent, POWER, leading=True)}"
        case Call(function, arguments, label):
            return f"{label or function}({', '.join(text(argument) for argument in arguments)})"
        case Derivative(operand, by, partial):
            mark = "∂" if partial else "d"
            return f"{mark}/{mark}{by.text}[{text(operand)}]"
        case Matrix(rows):
            return f"[{'; '.join(', '.join(map(text, row)) for row in rows)}]"
        case Transpose(operand):
            return f"{_text(operand, ATOM, leading=False)}ᵀ"
        case Entrywise(factors):
            return " ∘ ".join(_text(factor, POWER, leading=False) for factor in factors)
        case _:
            raise AssertionError(node)
