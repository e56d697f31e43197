"""Solution and document -> JSON: values as decimal strings, the document as a tree of typed nodes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from flint import fmpq

from solver.board import Board
from solver.document import (
    Code,
    Comparison,
    Condition,
    Document,
    Emphasis,
    Figure,
    Hyperlink,
    Inline,
    Link,
    Math,
    Strong,
    Text,
    Trail,
)
from solver.expression import (
    Expression,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Term,
    integer,
    substitute,
    symbols,
    walk,
)
from solver.mathtext import text
from solver.names import Local, Name, Prime, QuantityName, Second, Total
from solver.polynomial import Coefficient, Monomial, Polynomial, Value
from solver.rounding import Enclosure, decimal, significant
from solver.solution import Solution

DIGITS, MAX_BITS = 15, 8_000


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
    if solution.derived is not None:
        return {name.text: {"value": text(node), "shown": text(node)} for name, node in solution.derived.results}
    board = Board.of(solution)
    graph = board.values.graph
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
    return text(_polynomial(coefficients))


def _polynomial(coefficients: Mapping[Monomial, Enclosure]) -> Expression:
    ordered = sorted(coefficients.items(), key=lambda item: item[0] == ())
    return Sum(tuple(_term(monomial, number) for monomial, number in ordered))


def _term(monomial: Monomial, number: Enclosure) -> Term:
    figures = significant(number, DIGITS)
    sign, size = (-1, figures[1:]) if figures.startswith("-") else (1, figures)
    factors: list[Expression] = [
        Symbol(name) if power == 1 else Power(Symbol(name), integer(power)) for name, power in monomial
    ]
    if size != "1" or not factors:
        factors.insert(0, Number(size, integer(1).value))
    return Term(sign, factors[0] if len(factors) == 1 else Product(tuple(factors)))


def _claim(link: Link) -> dict[str, Any]:
    """A link with what it claims: relation, printed numbers, and the exact value of the member as printed.

    A matrix has a value for each of its entries, row by row.
    """
    claim: dict[str, Any] = {"type": "Link", "relation": link.relation, "member": text(link.member), "role": link.role}
    numbers = [part.text for part in walk(link.member) if isinstance(part, Number)]
    if numbers:
        claim["numbers"] = numbers
    if link.value is not None:
        claim["value"] = _exactly(link.value)
    if link.entries:
        claim["values"] = [None if value is None else _exactly(value) for value in link.entries]
    if link.proof:
        claim["proof"] = link.proof
    if link.reason:
        claim["reason"] = _tree(link.reason)
    return claim


def _exactly(value: Value) -> str:
    """A fraction as p/q or with all its decimals, where they are not thousands; the rest to 15 significant digits."""
    if isinstance(value, Polynomial):
        return text(_polynomial({monomial: _known(number) for monomial, number in value.terms.items()}))
    if isinstance(value, fmpq) and value.height_bits() < MAX_BITS:
        return str(value) if _needs_fraction(value) else decimal(value).text
    return significant(_known(value), DIGITS)


def _known(value: Coefficient) -> Enclosure:
    return lambda _: value


def _needs_fraction(value: fmpq) -> bool:
    """Whether a fraction has no finite decimals: its denominator has a factor other than 2 and 5."""
    denominator = int(value.q)
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator != 1


def plain(parts: Sequence[Inline], text: Callable[[Expression], str] = text) -> str:
    """Running text without markup, mathematics in the grammar of the spec language."""
    shown = []
    for part in parts:
        match part:
            case Math(left, relation, right, further):
                members = () if relation is None or right is None else ((relation, right), *further)
                shown.append(text(left) + "".join(f" {sign} {text(member)}" for sign, member in members))
            case Comparison():
                rest = zip(part.relations, part.members[1:], strict=True)
                shown.append(text(part.members[0]) + "".join(f" {sign} {text(other)}" for sign, other in rest))
            case Text(words) | Code(words) | Hyperlink(words):
                shown.append(words)
            case Strong(inner) | Emphasis(inner):
                shown.append(plain(inner, text))
            case Condition(left, sign, other):
                shown.append(f"{text(left)} {sign} {text(other)}")
            case Trail(names):
                shown.append(" → ".join(text(Symbol(name)) for name in names))
            case _:
                assert_never(part)
    return "".join(shown)


def aloud(alternative: Sequence[Inline]) -> str:
    """What a drawing shows, in words: they say of which pass its values are, so its names carry no marks of a run."""
    return plain(alternative, lambda node: text(substitute(node, {name: _unmarked(name) for name in symbols(node)})))


def _unmarked(name: QuantityName) -> Symbol:
    match name:
        case Name():
            return Symbol(name.plain)
        case Total(of, by) | Local(of, by):
            return Symbol(type(name)(of.plain, by.plain))
        case _:
            return Symbol(name)


def _tree(node: Any) -> Any:
    """A node of the document as plain data; expressions in the grammar of the spec language."""
    if isinstance(node, Name | Local | Total | Prime | Second):
        return node.text
    if isinstance(node, Expression):
        return text(node)
    if isinstance(node, Link):
        return _claim(node)
    if isinstance(node, Figure):  # what it shows, in words: where each line of it runs is no part of the solution
        return {"type": "Figure", "alternative": aloud(node.alternative)}
    if isinstance(node, tuple):
        return [_tree(part) for part in node]
    if dataclasses.is_dataclass(node):
        parts = {
            field.name: _tree(getattr(node, field.name))
            for field in dataclasses.fields(node)
            if getattr(node, field.name) not in (None, (), "", False)
        }
        return {"type": type(node).__name__, **parts}
    return node
