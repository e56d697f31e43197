"""Expression -> the rows it is broken into where a line has no room for it, and how high a row stands.

Both are decided from the tree: a long sum is broken before a sign, a long product before a factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from solver.expression import Derivative, Expression, Negate, Number, Power, Product, Quotient, Sum, Symbol, walk
from solver.mathtext import width
from solver.names import Name, Prime

Mark = Literal["", "+", "-", "·"]
GAP = 3
"""Characters that a sign takes with the space around it."""
FRACTION, DEEP_FRACTION = 2.0, 2.8
"""Rows that a fraction needs, and a fraction that holds another."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A term or a factor, and what stands before it."""

    mark: Mark
    node: Expression


def broken(node: Expression, limit: int) -> list[list[Piece]]:
    """The pieces of an expression, row by row; one row with one piece where it fits or cannot be broken."""
    if width(node) <= limit:
        return [[Piece("", node)]]
    rows: list[list[Piece]] = [[]]
    used = 0
    for piece in _pieces(node, limit):
        wide = width(piece.node)
        if used and used + wide > limit:
            rows.append([])
            used = 0
        rows[-1].append(piece)
        used += wide + GAP
    return rows


def _pieces(node: Expression, limit: int) -> Iterator[Piece]:
    match node:
        case Sum(terms):
            for place, term in enumerate(terms):
                mark: Mark = "-" if term.sign < 0 else "+" if place else ""
                yield from _term(mark, term.value, limit)
        case Negate(Product() as product):
            yield from _term("-", product, limit)
        case _:
            yield from _term("", node, limit)


def _term(mark: Mark, node: Expression, limit: int) -> Iterator[Piece]:
    """A term, or its factors where it is too wide itself."""
    if not isinstance(node, Product) or width(node) <= limit:
        yield Piece(mark, node)
        return
    for place, factor in enumerate(node.factors):
        yield Piece("·" if place else mark, factor)


def height(node: Expression) -> float:
    """How many rows of plain mathematics an expression is high."""
    tall = [part for part in walk(node) if _is_fraction(part)]
    if not tall:
        return 1.2 if any(isinstance(part, Power) for part in walk(node)) else 1.0
    nested = any(isinstance(part, Quotient | Derivative) and _holds_fraction(part) for part in tall)
    return DEEP_FRACTION if nested else FRACTION


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
