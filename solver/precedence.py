"""How tightly each node binds, and where brackets must stand; shared by every printer of mathematics."""

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
    walk,
)

SUM, PRODUCT, POWER, ATOM = range(1, 5)


def level(node: Expression) -> int:
    """The precedence of a node's outermost operation."""
    match node:  # the commonest first
        case Symbol() | Call() | Constant() | Matrix():
            return ATOM
        case Number():
            return PRODUCT if "e" in node.text.lower() or "/" in node.text else ATOM
        case Sum() | Negate():
            return SUM
        case Product() | Quotient() | Derivative() | Entrywise():
            return PRODUCT
        case Power() | Transpose():
            return POWER
        case _:
            assert_never(node)


def starts_negative(node: Expression) -> bool:
    """Whether the printed node begins with a minus; after an operator it then stands in brackets."""
    match node:
        case Number():
            return node.value < 0
        case Negate():
            return True
        case Product(factors) | Entrywise(factors):
            return starts_negative(factors[0])
        case _:
            return False


def is_matrix(node: Expression) -> bool:
    """Whether a node is a matrix by itself; a symbol that stands for one is printed like any other."""
    return isinstance(node, Matrix | Transpose)


def is_numeric(node: Expression) -> bool:
    """Whether a node holds numbers only; between two such factors stands a product sign."""
    return not any(isinstance(part, Symbol | Derivative) for part in walk(node))
