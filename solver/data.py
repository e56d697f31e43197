"""Solution and document -> JSON: values as decimal strings, the document as a tree of typed nodes."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from solver.board import Board
from solver.document import Document
from solver.expression import Expression, Negate, Number, Power, Product, Sum, Symbol, Term, integer
from solver.mathtext import text
from solver.names import Local, Name, Prime, QuantityName, Total
from solver.polynomial import Monomial
from solver.rounding import Enclosure, significant
from solver.solution import Solution

DIGITS = 15
EXPRESSIONS = (Number, Symbol, Negate, Sum, Product, Power)


def as_json(document: Document, solution: Solution, _: object = None) -> str:
    """The solution as data: `{"id", "title", "values": {NAME: {"value", "shown"}}, "document"}`."""
    data = {
        "id": document.id,
        "title": document.title,
        "values": values(solution),
        "document": [_tree(block) for block in document.blocks],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def values(solution: Solution) -> dict[str, dict[str, str]]:
    """Each quantity's value to 15 significant digits (or an expression where symbols remain), and as it is printed."""
    derivation = solution.problem.derivation
    if derivation is not None:
        result = text(solution.steps[-1].after)
        return {Prime(derivation.function, derivation.variable).text: {"value": result, "shown": result}}
    board = Board(solution.values, solution.problem.head.rounding)
    graph = solution.values.graph
    names: list[QuantityName] = [*graph.givens, *graph.by_name]
    return {
        name.text: {"value": _value(board, name), "shown": _shown(board, name)}
        for name in names
    }  # fmt: skip


def _shown(board: Board, name: QuantityName) -> str:
    return text(board.shown(name).expression)


def _value(board: Board, name: QuantityName) -> str:
    coefficients = board.values.coefficients(Symbol(name))
    if set(coefficients) == {()}:
        return significant(coefficients[()], DIGITS)
    ordered = sorted(coefficients.items(), key=lambda item: item[0] == ())
    return text(Sum(tuple(_term(monomial, number) for monomial, number in ordered)))


def _term(monomial: Monomial, number: Enclosure) -> Term:
    figures = significant(number, DIGITS)
    sign, size = (-1, figures[1:]) if figures.startswith("-") else (1, figures)
    factors: list[Expression] = [
        Symbol(name) if power == 1 else Power(Symbol(name), integer(power)) for name, power in monomial
    ]
    if size != "1" or not factors:
        factors.insert(0, Number(size, integer(1).value))
    return Term(sign, factors[0] if len(factors) == 1 else Product(tuple(factors)))


def _tree(node: Any) -> Any:
    """A node of the document as plain data; expressions in the grammar of the spec language."""
    if isinstance(node, Name | Local | Total | Prime):
        return node.text
    if isinstance(node, Expression):
        return text(node)
    if isinstance(node, tuple):
        return [_tree(part) for part in node]
    if dataclasses.is_dataclass(node):
        parts = {
            field.name: _tree(getattr(node, field.name))
            for field in dataclasses.fields(node)
            if getattr(node, field.name) not in (None, ())
        }
        return {"type": type(node).__name__, **parts}
    return node
