"""A node with matrices in it -> the same entry by entry: each entry of the result is an expression without matrices.

W*x + b is the matrix of w_11*x_1 + w_12*x_2 + b_1, ... A number or a formula beside a matrix stands for each entry, and
the quotient of two matrices is taken entry by entry; a number is never divided by a matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from solver.diagnostics import InternalError
from solver.expression import (
    ONE,
    Call,
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
    Term,
    Transpose,
    children,
)
from solver.names import QuantityName
from solver.tidy import rational

Grid = tuple[tuple[QuantityName, ...], ...]
"""The names of a matrix's entries, row by row."""
Grids = Mapping[QuantityName, Grid]
"""The matrices that are known, each by its own name."""


def written_out(grid: Grid) -> Matrix:
    """A matrix with the names of its entries in it."""
    return Matrix(tuple(tuple(Symbol(name) for name in row) for row in grid))


def entries(node: Expression, grids: Grids) -> Expression:
    """The matrix of a node's entries; the node itself where it has none. Raises InternalError where shapes differ."""
    match node:
        case Symbol(name):
            return written_out(grids[name]) if name in grids else node
        case Matrix():
            return node
        case Transpose(operand):
            return transposed(_matrix(entries(operand, grids)))
        case Product(factors):
            return _product([entries(factor, grids) for factor in factors])
        case Call("softmax", (vector,)):
            column = [entry for row in _matrix(entries(vector, grids)).rows for entry in row]
            return Matrix(tuple((Call("softmax", (own, *column)),) for own in column))
        case _:
            parts = [entries(part, grids) for part in children(node)]
            if not any(isinstance(part, Matrix) for part in parts):
                return node
            return _each(node, parts)


def _each(node: Expression, parts: Sequence[Expression]) -> Matrix:
    """An operation that is done entry by entry."""
    match node:
        case Sum(terms):
            signs = [term.sign for term in terms]
            return _zipped(parts, lambda own: Sum(tuple(map(Term, signs, own))))
        case Negate():
            return _zipped(parts, lambda own: Negate(own[0]))
        case Entrywise():
            return _zipped(parts, Product)
        case Quotient() if isinstance(parts[0], Matrix):
            return _zipped(parts, lambda own: Quotient(own[0], own[1]))
        case Call(function, _, label):
            return _zipped(parts, lambda own: Call(function, own, label))
        case _:
            raise InternalError(f"{type(node).__name__} of matrices")


def _zipped(parts: Sequence[Expression], build: Callable[[tuple[Expression, ...]], Expression]) -> Matrix:
    shapes = {shape(part) for part in parts if isinstance(part, Matrix)}
    if len(shapes) > 1:
        raise InternalError(f"matrices of shapes {sorted(shapes)} do not fit together")
    rows, columns = next(iter(shapes))
    return Matrix(tuple(
        tuple(build(tuple(part.rows[i][j] if isinstance(part, Matrix) else part for part in parts))
              for j in range(columns))
        for i in range(rows)
    ))  # fmt: skip


def _product(factors: Sequence[Expression]) -> Expression:
    """A product of matrices, and of numbers with a matrix."""
    found: Matrix | None = None
    scalars: list[Expression] = []
    for factor in factors:
        if not isinstance(factor, Matrix):
            scalars.append(factor)
        else:
            found = factor if found is None else _row_by_column(found, factor)
    if found is None:
        return Product(tuple(scalars))
    if not scalars:
        return found
    return Matrix(tuple(tuple(Product((*scalars, entry)) for entry in row) for row in found.rows))


def _row_by_column(left: Matrix, right: Matrix) -> Matrix:
    if shape(left)[1] != shape(right)[0]:
        raise InternalError(f"matrices of shapes {shape(left)} and {shape(right)} have no product")

    def entry(row: Sequence[Expression], column: Sequence[Expression]) -> Expression:
        products = [Product(pair) for pair in zip(row, column, strict=True)]
        return products[0] if len(products) == 1 else Sum(tuple(Term(1, product) for product in products))

    return Matrix(tuple(tuple(entry(row, column) for column in transposed(right).rows) for row in left.rows))


def each(matrix: Matrix, change: Callable[[Expression], Expression]) -> Matrix:
    """The matrix with `change` applied to each entry."""
    return Matrix(tuple(tuple(change(entry) for entry in row) for row in matrix.rows))


def shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix.rows), len(matrix.rows[0])


def transposed(matrix: Matrix) -> Matrix:
    return Matrix(tuple(zip(*matrix.rows, strict=True)))


def _matrix(node: Expression) -> Matrix:
    if not isinstance(node, Matrix):
        raise InternalError(f"{type(node).__name__} is no matrix")
    return node


def lifted(nodes: Matrix, grids: Grids, quotients: bool = False) -> Expression:
    """One formula for all entries, where they are alike: y_1 - a_1, y_2 - a_2 as y - a; else the matrix itself.

    The same number in each place is no formula of matrices: it stays written in each.

    Matrices are divided, by a number or by one another, only where `quotients` are wanted.
    """
    own = {tuple(name for row in grid for name in row): Symbol(name) for name, grid in grids.items()
           if (len(grid), len(grid[0])) == shape(nodes)}  # fmt: skip
    found = _lifted([entry for row in nodes.rows for entry in row], own, quotients)
    return nodes if found is None or not _holds(found, own) else found


def _lifted(
    nodes: Sequence[Expression], own: Mapping[tuple[QuantityName, ...], Symbol], quotients: bool
) -> Expression | None:
    first = nodes[0]
    names = tuple(node.name for node in nodes if isinstance(node, Symbol))
    if len(names) == len(nodes) and names in own:
        return own[names]
    parts = [children(node) for node in nodes]
    if rational(first) is not None or not parts[0]:
        return first if all(node == first for node in nodes) else None
    if any(type(node) is not type(first) for node in nodes) or len({*map(len, parts)}) > 1:
        return None
    inner = [_lifted(column, own, quotients) for column in zip(*parts, strict=True)]
    if any(part is None for part in inner):
        return None
    found = [part for part in inner if part is not None]
    matrices = [part for part in found if _holds(part, own)]
    match first:
        case Sum(terms) if all(isinstance(n, Sum) and _signs(n) == _signs(first) for n in nodes):
            return Sum(tuple(Term(term.sign, part) for term, part in zip(terms, found, strict=True)))
        case Negate():
            return Negate(found[0])
        case Product():
            others = [part for part in found if part not in matrices]
            entrywise = [Entrywise(tuple(matrices))] if len(matrices) > 1 else matrices
            return Product((*others, *entrywise)) if others else entrywise[0]
        case Quotient() if matrices == found[:1] and rational(found[1]) is not None:
            return Product((Quotient(ONE, found[1]), found[0]))
        case Quotient() if quotients and matrices[:1] == found[:1]:
            return Quotient(found[0], found[1])
        case Power(_, Number("2")) if matrices == found[:1]:
            return Entrywise((found[0], found[0]))
        case Call(function, _, label) if function != "softmax" and all(
            isinstance(n, Call) and (n.function, n.label) == (function, label) for n in nodes
        ):
            return Call(function, tuple(found), label)
        case _ if not matrices and all(node == first for node in nodes):
            return first
        case _:
            return None


def _signs(node: Sum) -> tuple[int, ...]:
    return tuple(term.sign for term in node.terms)


def _holds(node: Expression, own: Mapping[tuple[QuantityName, ...], Symbol]) -> bool:
    """Whether one of the known matrices stands in a node."""
    known = {*own.values()}
    return node in known or any(_holds(part, own) for part in children(node))
