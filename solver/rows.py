"""Expression -> the rows it is broken into where a line has no room for it, and how high a row stands.

Both are decided from the tree: a long sum is broken before a sign, a long product before a factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, assert_never

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
    rebuild,
    walk,
)
from solver.mathtext import WIDEST_SMALL, is_small, matrix_width, width
from solver.names import Local, Name, Prime, Total
from solver.precedence import ATOM, POWER, PRODUCT, level, starts_negative

Mark = Literal["", "+", "-", "·", "∘"]
GAP = 3
"""Characters that a sign takes with the space around it."""
SIGN, DOT, BRACKETS, SCRIPT = 2.5, 1.5, 2.2, 0.75
"""Digits that a sign between terms takes, a point between factors, a pair of brackets, a character of a script."""
COLUMN, SMALL, TINY = 1.8, 0.7, 0.5
"""Digits between the columns of a matrix; how much of its size is left where it is printed small, and smaller still."""
POWERED, FRACTION, HIGH_FRACTION, DEEP_FRACTION = 1.2, 1.82, 2.0, 2.5
"""Rows that a power needs, a fraction, one with powers in it, and one that holds another."""
MATRIX_ROW = 1.2
"""Rows that a row of a matrix needs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A term or a factor, and what stands before it; `bracketed` where a product is a factor itself."""

    mark: Mark
    node: Expression
    bracketed: bool = False


def broken(node: Expression, limit: float, wide: Callable[[Expression], float] = width) -> list[list[Piece]]:
    """The pieces of an expression, row by row; one row with one piece where it fits or cannot be broken.

    `wide` measures an expression in the unit of `limit`.
    """
    if wide(node) <= limit:
        return [[Piece("", node)]]
    rows: list[list[Piece]] = [[]]
    used = 0.0
    pieces = [_fitting(piece, limit, wide) for piece in _pieces(node, limit, wide)]
    by_terms = any(piece.mark == "·" for piece in pieces)  # a term in several rows: each begins a row of its own
    for piece in pieces:
        if used and (used + wide(piece.node) > limit or (by_terms and piece.mark != "·")):
            rows.append([])
            used = 0.0
        rows[-1].append(piece)
        used += wide(piece.node) + GAP
    return rows


def _pieces(node: Expression, limit: float, wide: Callable[[Expression], float]) -> Iterator[Piece]:
    match node:
        case Sum(terms):
            for place, term in enumerate(terms):
                mark: Mark = "-" if term.sign < 0 else "+" if place else ""
                yield from _term(mark, term.value, limit, wide)
        case Negate(Product() as product):
            yield from _term("-", product, limit, wide)
        case _:
            yield from _term("", node, limit, wide)


def _fitting(piece: Piece, limit: float, wide: Callable[[Expression], float]) -> Piece:
    """A piece that is too wide even for a row of its own, with its matrices printed small."""
    return replace(piece, node=smaller(piece.node)) if wide(piece.node) > limit else piece


def _term(mark: Mark, node: Expression, limit: float, wide: Callable[[Expression], float]) -> Iterator[Piece]:
    """A term, or its factors where it is too wide itself."""
    match node:
        case Product(factors) | Entrywise(factors) if wide(node) > limit:
            between: Mark = "·" if isinstance(node, Product) else "∘"
            for place, factor in enumerate(factors):
                yield Piece(between if place else mark, factor, isinstance(node, Entrywise))
        case _:
            yield Piece(mark, node)


def smaller(node: Expression) -> Expression:
    """The same with each matrix in it printed small."""
    return replace(node, small=True) if isinstance(node, Matrix) else rebuild(node, smaller)


def spread(node: Expression) -> float:
    """How wide an expression is printed, in digits: nearer than `width`, which counts characters."""
    match node:
        case Quotient(numerator, denominator):
            return max(spread(numerator), spread(denominator)) + 0.5
        case Sum(terms):
            inner = sum(spread(term.value) + SIGN + _brackets(term.value, PRODUCT) for term in terms) - SIGN
            return inner + (1.6 if terms[0].sign < 0 else 0.0)
        case Product(factors):
            return sum(spread(factor) + DOT + _brackets(factor, POWER) for factor in factors) - DOT
        case Power(base, exponent):
            return spread(base) + _brackets(base, ATOM) + SCRIPT * spread(exponent)
        case Negate(operand):
            return spread(operand) + 1.6 + _brackets(operand, PRODUCT)
        case Call("exp", (argument,)):
            return 0.9 + SCRIPT * spread(argument)
        case Call(function, arguments, label):
            return len(label or function) + BRACKETS + sum(spread(argument) for argument in arguments)
        case Derivative(operand):
            return spread(operand) + BRACKETS + 3.0
        case Symbol(Name() as name):
            return 1.1 + SCRIPT * (len(name.text) - 1)
        case Symbol(Prime(of, by)):
            return spread(Symbol(of)) + spread(Symbol(by)) + 0.5 + BRACKETS
        case Symbol(Local(of, by) | Total(of, by)):
            return max(spread(Symbol(of)), spread(Symbol(by))) + 1.6
        case Symbol():
            return 4.0
        case Number():
            mantissa, _, power = node.text.lower().partition("e")
            return len(mantissa) + (1.0 if node.text.startswith("-") else 0.0) + (4.5 if power else 0.0)
        case Constant():
            return 1.1
        case Matrix(rows):
            full = BRACKETS + sum(max(map(spread, column)) + COLUMN for column in zip(*rows, strict=True)) - COLUMN
            return full * (TINY if matrix_width(node) > WIDEST_SMALL else SMALL if is_small(node) else 1.0)
        case Transpose(operand):
            return spread(operand) + SCRIPT
        case Entrywise(factors):
            return sum(spread(factor) + SIGN + _brackets(factor, POWER) for factor in factors) - SIGN
        case _:
            assert_never(node)


def _brackets(node: Expression, least: int) -> float:
    return BRACKETS if level(node) < least or starts_negative(node) else 0.0


def height(node: Expression) -> float:
    """How many rows of plain mathematics an expression is high."""
    matrices = [len(part.rows) for part in walk(node) if isinstance(part, Matrix)]
    if matrices:
        return max(matrices) * MATRIX_ROW
    parts = list(walk(node))
    powered = any(isinstance(part, Power) or (isinstance(part, Call) and part.function == "exp") for part in parts)
    tall = [part for part in parts if _is_fraction(part)]
    if not tall:
        return POWERED if powered else 1.0
    if any(isinstance(part, Quotient | Derivative) and _holds_fraction(part) for part in tall):
        return DEEP_FRACTION
    derived = any(isinstance(part, Symbol) for part in tall)
    return HIGH_FRACTION if powered or derived else FRACTION


def _holds_fraction(node: Expression) -> bool:
    return any(_is_fraction(part) for part in walk(node) if part is not node)


def _is_fraction(node: Expression) -> bool:
    """What is printed one above the other: fractions, and derivatives of every sort."""
    match node:
        case Quotient() | Derivative():
            return True
        case Symbol(name):
            return not isinstance(name, Name | Prime)
        case Number(text):
            return "/" in text
        case _:
            return False
