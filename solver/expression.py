"""The expression tree: nodes keep the author's order, brackets and literals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from flint import fmpq

from solver.names import QuantityName


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed (`0.30`, `-.5`, `3/4`, `2.5e-6`) and the exact value of that text."""

    text: str
    value: fmpq


@dataclass(frozen=True, slots=True)
class Constant:
    """A named mathematical constant; today only `pi`."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    name: QuantityName


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Term:
    """A member of a sum with the sign that stands before it."""

    sign: int
    value: Expression


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product:
    factors: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    numerator: Expression
    denominator: Expression


@dataclass(frozen=True, slots=True)
class Power:
    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied: `function` is its row in the functions table, `label` another word to print for it."""

    function: str
    arguments: tuple[Expression, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative still to be taken: d/dx of `operand`, or ∂/∂x where there are more variables."""

    operand: Expression
    by: QuantityName
    partial: bool = True


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Transpose:
    operand: Expression


@dataclass(frozen=True, slots=True)
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
    match node:
        case Symbol(name):
            return replacements.get(name, node)
        case Number():
            return node
        case Product(factors):
            return Product(tuple([substitute(factor, replacements) for factor in factors]))
        case Sum(terms):
            return Sum(tuple([Term(term.sign, substitute(term.value, replacements)) for term in terms]))
        case _:
            return rebuild(node, lambda part: substitute(part, replacements))


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it, in reading order."""
    yield node
    for part in children(node):
        yield from walk(part)


def symbols(node: Expression) -> tuple[QuantityName, ...]:
    """The names a node reads, each once, in reading order."""
    found: dict[QuantityName, None] = {}

    def collect(part: Expression) -> None:  # asked more often than anything else: no generator, the commonest first
        if isinstance(part, Symbol):
            found[part.name] = None
        elif isinstance(part, Product):
            for factor in part.factors:
                collect(factor)
        elif isinstance(part, Sum):
            for term in part.terms:
                collect(term.value)
        elif not isinstance(part, Number):
            for inner in children(part):
                collect(inner)

    collect(node)
    return tuple(found)


def reads(node: Expression, name: QuantityName) -> bool:
    """Whether a name stands in an expression."""
    if isinstance(node, Symbol):
        return node.name == name
    return any(reads(part, name) for part in children(node))
