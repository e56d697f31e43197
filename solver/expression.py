"""The expression tree: nodes keep the author's order, brackets and literals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from flint import fmpq

from solver.frozen import frozen
from solver.names import QuantityName


@frozen
class Number:
    """A number as it is printed (`0.30`, `-.5`, `3/4`, `2.5e-6`) and the exact value of that text."""

    text: str
    value: fmpq


@frozen
class Constant:
    """A named mathematical constant; today only `pi`."""

    name: str


@frozen
class Symbol:
    name: QuantityName


@frozen
class Negate:
    operand: Expression


@frozen
class Term:
    """A member of a sum with the sign that stands before it."""

    sign: int
    value: Expression


@frozen
class Sum:
    terms: tuple[Term, ...]


@frozen
class Product:
    factors: tuple[Expression, ...]


@frozen
class Quotient:
    numerator: Expression
    denominator: Expression


@frozen
class Power:
    base: Expression
    exponent: Expression


@frozen
class Call:
    """A function applied: `function` is its row in the functions table, `label` another word to print for it."""

    function: str
    arguments: tuple[Expression, ...]
    label: str = ""


@frozen
class Derivative:
    """A derivative still to be taken: d/dx of `operand`, or ∂/∂x where there are more variables."""

    operand: Expression
    by: QuantityName
    partial: bool = True


@frozen
class Matrix:
    """A matrix written out, row by row; a vector is a matrix of one column. Its entries are no matrices themselves.

    One that a page has no room for beside others is printed `small`; a row may be `listed`, with commas between its
    entries, so that it can be broken.
    A node that holds one, or a symbol that stands for one, is laid out but has no value of its own: its entries do,
    see `entries.py`.
    """

    rows: tuple[tuple[Expression, ...], ...]
    small: bool = False
    listed: bool = False


@frozen
class Transpose:
    operand: Expression


@frozen
class Entrywise:
    """A product of matrices of one shape, entry by entry: a ∘ b."""

    factors: tuple[Expression, ...]


Expression = (
    Number | Constant | Symbol | Negate | Sum | Product | Quotient | Power | Call | Derivative
    | Matrix | Transpose | Entrywise
)  # fmt: skip

ZERO = Number("0", fmpq(0))
ONE = Number("1", fmpq(1))


def integer(value: int) -> Number:
    return Number(str(value), fmpq(value))


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of a node, in the order they are printed."""
    match node:
        case Number() | Constant() | Symbol():
            return ()
        case Negate(operand) | Derivative(operand) | Transpose(operand):
            return (operand,)
        case Sum(terms):
            return tuple(term.value for term in terms)
        case Product(factors) | Entrywise(factors):
            return factors
        case Quotient(left, right) | Power(left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case Matrix(rows):
            return tuple(entry for row in rows for entry in row)
        case _:
            assert_never(node)


def rebuild(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same node with `change` applied to each direct part."""
    match node:
        case Number() | Constant() | Symbol():
            return node
        case Negate(operand):
            return Negate(change(operand))
        case Sum(terms):
            return Sum(tuple(Term(term.sign, change(term.value)) for term in terms))
        case Product(factors):
            return Product(tuple(change(factor) for factor in factors))
        case Quotient(numerator, denominator):
            return Quotient(change(numerator), change(denominator))
        case Power(base, exponent):
            return Power(change(base), change(exponent))
        case Call(function, arguments, label):
            return Call(function, tuple(change(argument) for argument in arguments), label)
        case Derivative(operand, by, partial):
            return Derivative(change(operand), by, partial)
        case Matrix(rows, small):
            return Matrix(tuple(tuple(change(entry) for entry in row) for row in rows), small)
        case Transpose(operand):
            return Transpose(change(operand))
        case Entrywise(factors):
            return Entrywise(tuple(change(factor) for factor in factors))
        case _:
            assert_never(node)


def substitute(node: Expression, replacements: Mapping[QuantityName, Expression]) -> Expression:
    """Each symbol that has a replacement is replaced by it; the shape stays as the author wrote it."""
    if isinstance(node, Symbol):  # the commonest first, and no patterns: this is done for every number on a page
        return replacements.get(node.name, node)
    if isinstance(node, Number):
        return node
    if isinstance(node, Product):
        return Product(tuple([substitute(factor, replacements) for factor in node.factors]))
    if isinstance(node, Sum):
        return Sum(tuple([Term(term.sign, substitute(term.value, replacements)) for term in node.terms]))
    return rebuild(node, lambda part: substitute(part, replacements))


def walk(node: Expression) -> list[Expression]:
    """The node and everything below it, in reading order."""
    found: list[Expression] = []
    _gather(node, found)
    return found


def _gather(node: Expression, found: list[Expression]) -> None:
    found.append(node)
    for part in children(node):
        _gather(part, found)


def symbols(node: Expression) -> tuple[QuantityName, ...]:
    """The names a node reads, each once, in reading order; asked more often than anything else, so without calls."""
    found: dict[QuantityName, None] = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Symbol):
            found[part.name] = None
        elif isinstance(part, Product):
            waiting.extend(part.factors[::-1])
        elif isinstance(part, Sum):
            waiting.extend([term.value for term in part.terms[::-1]])
        elif not isinstance(part, Number):
            waiting.extend(children(part)[::-1])
    return tuple(found)


def reads(node: Expression, name: QuantityName) -> bool:
    """Whether a name stands in an expression."""
    if isinstance(node, Symbol):
        return node.name == name
    return any(reads(part, name) for part in children(node))
