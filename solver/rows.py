"""Expression -> the rows it is broken into where a line has no room for it, decided from the tree.

A long sum is broken before a sign, a long product before a factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from solver.expression import Entrywise, Expression, Matrix, Negate, Product, Sum, rebuild
from solver.measure import width

Mark = Literal["", "+", "-", "·", "∘"]
GAP = 3
"""Digits that a sign takes with the space around it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A term or a factor, and what stands before it; `bracketed` where a product is a factor itself."""

    mark: Mark
    node: Expression
    bracketed: bool = False


def broken(node: Expression, limit: float) -> list[list[Piece]]:
    """The pieces of an expression, row by row; one row with one piece where it fits or cannot be broken."""
    if width(node) <= limit:
        return [[Piece("", node)]]
    rows: list[list[Piece]] = [[]]
    used = 0.0
    pieces = [_fitting(piece, limit) for piece in _pieces(node, limit)]
    by_terms = any(piece.mark == "·" for piece in pieces)  # a term in several rows: each begins a row of its own
    for piece in pieces:
        if used and (used + width(piece.node) > limit or (by_terms and piece.mark != "·")):
            rows.append([])
            used = 0.0
        rows[-1].append(piece)
        used += width(piece.node) + GAP
    return rows


def _pieces(node: Expression, limit: float) -> Iterator[Piece]:
    match node:
        case Sum(terms):
            for place, term in enumerate(terms):
                mark: Mark = "-" if term.sign < 0 else "+" if place else ""
                yield from _term(mark, term.value, limit)
        case Negate(Product() as product):
            yield from _term("-", product, limit)
        case _:
            yield from _term("", node, limit)


def _fitting(piece: Piece, limit: float) -> Piece:
    """A piece that is too wide even for a row of its own, with its matrices printed small."""
    return replace(piece, node=smaller(piece.node)) if width(piece.node) > limit else piece


def _term(mark: Mark, node: Expression, limit: float) -> Iterator[Piece]:
    """A term, or its factors where it is too wide itself."""
    match node:
        case Product(factors) | Entrywise(factors) if width(node) > limit:
            between: Mark = "·" if isinstance(node, Product) else "∘"
            for place, factor in enumerate(factors):
                yield Piece(between if place else mark, factor, isinstance(node, Entrywise))
        case _:
            yield Piece(mark, node)


def smaller(node: Expression) -> Expression:
    """The same with each matrix in it printed small."""
    return replace(node, small=True) if isinstance(node, Matrix) else rebuild(node, smaller)
