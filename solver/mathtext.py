"""Expression -> plain text in the grammar of the spec language, and its width on a page."""

from __future__ import annotations

from typing import assert_never

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
from solver.names import Local, Name, Total
from solver.precedence import ATOM, POWER, PRODUCT, SUM, level, starts_negative

WIDEST_MATRIX = 60
"""Characters of a matrix that a page has room for; a wider one is printed at seven tenths of the size."""
WIDEST_SMALL = 88
"""The same for a matrix at seven tenths of the size; a wider one is printed smaller still."""


def text(node: Expression) -> str:
    """The expression as an author would type it; reading it again gives the same tree."""
    return _text(node, SUM, leading=True)


def width(node: Expression) -> int:
    """Roughly how many characters wide the printed mathematics is; a fraction is as wide as its wider part."""
    match node:
        case Quotient(numerator, denominator):
            return max(width(numerator), width(denominator)) + 1
        case Sum(terms):
            return sum(width(term.value) + 3 for term in terms)
        case Product(factors):
            return sum(width(factor) + 1 for factor in factors)
        case Power(base, exponent):
            return width(base) + (width(exponent) + 1) // 2
        case Negate(operand):
            return width(operand) + 1
        case Call("exp", (argument,)):
            return 1 + (width(argument) + 1) // 2
        case Call(function, arguments, label):
            return len(label or function) + 2 * len(arguments) + sum(width(argument) for argument in arguments)
        case Derivative(operand):
            return width(operand) + 4
        case Symbol(Name() as name):
            return 1 + (len(name.text) + 1) // 2
        case Symbol(Local(of, by) | Total(of, by)):
            return 1 + max(width(Symbol(of)), width(Symbol(by)))
        case Symbol():
            return 4
        case Number() | Constant():
            return len(text(node))
        case Matrix():
            wide = matrix_width(node)
            return wide * 7 // 10 if is_small(node) else wide
        case Transpose(operand):
            return width(operand) + 1
        case Entrywise(factors):
            return sum(width(factor) + 3 for factor in factors)
        case _:
            assert_never(node)


def is_small(matrix: Matrix) -> bool:
    """Whether a matrix is too wide for a page, so that it is printed smaller."""
    return matrix.small or matrix_width(matrix) > WIDEST_MATRIX


def matrix_width(matrix: Matrix) -> int:
    """The width of a matrix at its full size, in characters."""
    return 2 + sum(max(map(_entry_width, column)) + 2 for column in zip(*matrix.rows, strict=True))


def _entry_width(node: Expression) -> int:
    return width(node) + (4 if isinstance(node, Number) and "e" in node.text else 0)


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
