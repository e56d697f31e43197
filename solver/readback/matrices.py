"""A formula with vectors and matrices in it -> the formula of each entry, by rules of matrix algebra of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from solver.readback.numbers import Unreadable
from solver.readback.tex import Grid, Named, Node, Operator, Tree, is_numeric

Names = Mapping[str, tuple[tuple[str, ...], ...]]
"""The names of the entries of each matrix, row by row."""


def entrywise(tree: Tree, names: Names) -> Tree:
    """The same with one matrix at the top, whose entries are formulas; a formula without matrices stays as it is.

    Raises Unreadable where shapes do not fit, or where no rule says what a formula of matrices is.
    """
    match tree:
        case Named(name) if name in names:
            return Grid(tuple(tuple(Named(entry) for entry in row) for row in names[name]))
        case Grid(rows):
            if len({len(row) for row in rows}) != 1:
                raise Unreadable("a matrix with rows of several lengths")
            formulas = [entry for row in rows for entry in row if not is_numeric(entry)]
            if any(isinstance(entrywise(entry, names), Grid) for entry in formulas):
                raise Unreadable("a matrix in a matrix")
            return tree
        case Node(operation, parts):
            inner = [entrywise(part, names) for part in parts]
            return _operated(operation, inner) if any(isinstance(part, Grid) for part in inner) else tree
        case Operator(operand):
            return replace(tree, operand=_plain(entrywise(operand, names)))
        case _:
            return tree


def _operated(operation: str, parts: list[Tree]) -> Tree:
    match operation, parts:
        case "transpose", [Grid(rows)]:
            return Grid(tuple(zip(*rows, strict=True)))
        case "*", _:
            return _product(parts)
        case "circ", _:
            return _each(parts, lambda own: Node("*", own))
        case "softmax", [Grid(rows)]:
            if len(rows[0]) != 1:
                raise Unreadable("the softmax of a matrix")
            column = tuple(entry for (entry,) in rows)
            return Grid(tuple((Node("softmax", (entry, *column)),) for entry in column))
        case "/", [Grid(), _]:
            return _each(parts, lambda own: Node("/", own))
        case (("/" | "^" | "abs" | "max" | "min"), _):
            raise Unreadable(f"{operation} of matrices")
        case _:
            return _each(parts, lambda own: Node(operation, own))


def _each(parts: list[Tree], build: Callable[[tuple[Tree, ...]], Tree]) -> Grid:
    """What is done entry by entry; a number beside matrices stands for every entry."""
    shapes = {_shape(part) for part in parts if isinstance(part, Grid)}
    if len(shapes) != 1:
        raise Unreadable("matrices of different shapes")
    rows, columns = next(iter(shapes))

    def entry(i: int, j: int) -> Tree:
        return build(tuple(part.rows[i][j] if isinstance(part, Grid) else part for part in parts))

    return Grid(tuple(tuple(entry(i, j) for j in range(columns)) for i in range(rows)))


def _product(parts: list[Tree]) -> Grid:
    """Rows by columns from the left to the right; numbers multiply every entry."""
    factors = [part for part in parts if isinstance(part, Grid)]
    plain = tuple(part for part in parts if not isinstance(part, Grid))
    found = factors[0]
    for factor in factors[1:]:
        if _shape(found)[1] != _shape(factor)[0]:
            raise Unreadable("a product of matrices whose shapes do not fit")
        columns = tuple(zip(*factor.rows, strict=True))
        found = Grid(tuple(tuple(_row_by_column(row, column) for column in columns) for row in found.rows))
    return _each([*plain, found], lambda own: Node("*", own)) if plain else found


def _row_by_column(row: tuple[Tree, ...], column: tuple[Tree, ...]) -> Tree:
    products = tuple(Node("*", pair) for pair in zip(row, column, strict=True))
    return products[0] if len(products) == 1 else Node("+", products)


def _shape(grid: Grid) -> tuple[int, int]:
    return len(grid.rows), len(grid.rows[0])


def _plain(tree: Tree) -> Tree:
    if isinstance(tree, Grid):
        raise Unreadable("the derivative of a matrix")
    return tree
