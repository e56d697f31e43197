"""A matrix of expressions -> one formula of vectors and matrices that it is, entry by entry; proven before it is given.

The forms that are tried: the same formula in every entry; a factor f(z_i) of each entry taken out; a product A*R,
A^T*R, R*A^T or R*A with a known matrix A, where R is what the entries of A are multiplied by, and a sum with what is
left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from solver.derivations.fraction import TooLarge
from solver.derivations.meaning import Meaning
from solver.derivations.proof import compare
from solver.derivations.written import Form, in_form
from solver.diagnostics import InternalError
from solver.entries import Grid, Grids, entries, lifted, shape, transposed, written_out
from solver.expression import (
    Call,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    Transpose,
    rebuild,
    symbols,
    walk,
)
from solver.mathtext import text
from solver.names import Name
from solver.tidy import rational


def vector_form(wanted: Matrix, grids: Grids, meaning: Meaning) -> Expression | None:
    """The first form that says of each entry what the matrix says; None where none is found."""
    return next((form for form in _forms(wanted, grids) if says(form, wanted, grids, meaning)), None)


def says(form: Expression, wanted: Matrix, grids: Grids, meaning: Meaning) -> bool:
    """Whether each entry of a formula of matrices is proven equal to that of the matrix."""
    try:
        found = entries(form, grids)
    except InternalError:  # shapes that do not fit
        return False
    if not isinstance(found, Matrix) or shape(found) != shape(wanted):
        return False
    pairs = zip(_flat(found), _flat(wanted), strict=True)
    return all(compare(ours, theirs, meaning).outcome == "equal" for ours, theirs in pairs)


def opened(form: Expression, grids: Grids) -> Expression:
    """A formula of matrices with the entries written out; the products stay, what is done entry by entry is done."""
    match form:
        case Product() | Entrywise():
            return rebuild(form, lambda part: opened(part, grids))
        case Sum() if any(isinstance(part, Product | Entrywise) for part in _below(form)):
            return rebuild(form, lambda part: opened(part, grids))
        case _:
            return entries(form, grids)


def is_product(form: Expression) -> bool:
    """Whether matrices are multiplied in a formula."""
    return any(isinstance(part, Product | Entrywise) for part in walk(form))


def _below(form: Sum) -> Iterator[Expression]:
    for term in form.terms:
        yield from walk(term.value)


def _flat(matrix: Matrix) -> list[Expression]:
    return [entry for row in matrix.rows for entry in row]


def _forms(wanted: Matrix, grids: Grids) -> Iterator[Expression]:
    yield from _alike(wanted, grids)
    yield from _products(wanted, grids)
    for vector, grid in grids.items():
        if (len(grid), len(grid[0])) != shape(wanted):
            continue
        for word in dict.fromkeys(p.function for p in walk(wanted.rows[0][0]) if isinstance(p, Call)):
            factors = [Call(word, (Symbol(name),)) for row in grid for name in row]
            rest = _each(wanted, [Quotient(e, factor) for e, factor in zip(_flat(wanted), factors, strict=True)])
            if rest is not None and not any(factor in walk(entry) for factor in factors for entry in _flat(rest)):
                for form in (*_alike(rest, grids), *_products(rest, grids)):
                    yield Entrywise((form, Call(word, (Symbol(vector),))))


def _alike(wanted: Matrix, grids: Grids) -> Iterator[Expression]:
    """The same formula in every entry, in one of its forms; a number or a formula alone for a matrix of one entry."""
    if shape(wanted) == (1, 1):
        yield wanted.rows[0][0]
    forms = [wanted, *(_formed(wanted, form) for form in get_args(Form))]
    found = (lifted(form, grids) for form in forms if form is not None)
    yield from sorted((whole for whole in found if not isinstance(whole, Matrix)), key=lambda whole: len(text(whole)))


def _products(wanted: Matrix, grids: Grids) -> Iterator[Expression]:
    """A*R + S and its kin, for each known matrix A that stands in the entries."""
    read = {name for entry in _flat(wanted) for name in symbols(entry)}
    for name, grid in grids.items():
        if not read.intersection(entry for row in grid for entry in row):
            continue
        for turned in (False, True):
            own: Expression = Transpose(Symbol(name)) if turned else Symbol(name)
            left = tuple(zip(*grid, strict=True)) if turned else grid
            yield from _times(own, left, wanted, grids)
            columns = tuple(zip(*left, strict=True))  # R*A is the transpose of A^T*R^T
            yield from _times(own, columns, transposed(wanted), grids, flipped=True)


def _times(own: Expression, left: Grid, wanted: Matrix, grids: Grids, flipped: bool = False) -> Iterator[Expression]:
    """The right factor R of A*R, read off the first row; with what is left."""
    if len(left) != shape(wanted)[0]:
        return
    names = {name for row in left for name in row}
    rows = []
    for name in left[0]:
        assert isinstance(name, Name)
        rows.append([_formed_one(Derivative(entry, name), "expand") for entry in wanted.rows[0]])
    if any(node is None or names.intersection(symbols(node)) for row in rows for node in row) or _is_zero(rows):
        return
    right = Matrix(tuple(tuple(node for node in row if node is not None) for row in rows))
    multiplied = entries(Product((written_out(left), right)), {})
    assert isinstance(multiplied, Matrix)
    pairs = zip(_flat(wanted), _flat(multiplied), strict=True)
    rest = _each(wanted, [Sum((Term(1, whole), Term(-1, part))) for whole, part in pairs])
    if rest is None:
        return
    factor, others = (transposed(right), transposed(rest)) if flipped else (right, rest)
    beside = [] if _is_zero(others.rows) else list(_alike(others, grids))
    for form in _alike(factor, grids):
        if shape(factor) == (1, 1):
            product: Expression = Product((form, own)) if rational(form) != 1 else own
        else:
            front, rest_of_it = _front(form, grids)
            product = Product((*front, rest_of_it, own) if flipped else (*front, own, rest_of_it))
        if _is_zero(others.rows):
            yield product
        for other in beside:
            yield Sum((Term(1, product), Term(1, other)))


def _front(form: Expression, grids: Grids) -> tuple[tuple[Expression, ...], Expression]:
    """The numbers in front of a matrix, and the rest of it."""
    match form:
        case Product((first, rest)) if not any(name in grids for name in symbols(first)):
            return (first,), rest
        case _:
            return (), form


def _is_zero(rows: object) -> bool:
    assert isinstance(rows, list | tuple)
    return all(rational(node) == 0 for row in rows for node in row)


def _each(wanted: Matrix, nodes: list[Expression]) -> Matrix | None:
    """Expressions in the shape of a matrix, each as simple as it gets."""
    width = shape(wanted)[1]
    found = [_formed_one(node, "expand") for node in nodes]
    known = [node for node in found if node is not None]
    if len(known) < len(found):
        return None
    return Matrix(tuple(tuple(known[start : start + width]) for start in range(0, len(known), width)))


def _formed(wanted: Matrix, form: Form) -> Matrix | None:
    found = [[_formed_one(node, form) for node in row] for row in wanted.rows]
    if any(node is None for row in found for node in row):
        return None
    return Matrix(tuple(tuple(node for node in row if node is not None) for row in found))


def _formed_one(node: Expression, form: Form) -> Expression | None:
    try:
        return in_form(node, form)
    except (TooLarge, ZeroDivisionError):
        return None
