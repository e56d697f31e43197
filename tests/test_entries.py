"""Formulas of matrices entry by entry, against matrix algebra written as loops."""

from __future__ import annotations

import random

import pytest

from solver.diagnostics import InternalError
from solver.entries import each, entries, lifted, shape, transposed, written_out
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
    substitute,
    symbols,
)
from solver.mathtex import MathTex
from solver.mathtext import text
from solver.measure import width
from solver.names import Name
from solver.parse import parse_expression, parse_number


def grid(letter: str, rows: int, columns: int):
    return tuple(tuple(Name(letter, (str(i), str(j))) for j in range(1, columns + 1)) for i in range(1, rows + 1))


W, V, X, A, B = (Symbol(Name(letter)) for letter in "WVxab")
GRIDS = {
    W.name: grid("w", 2, 3),
    V.name: grid("v", 3, 2),
    X.name: grid("x", 3, 1),
    A.name: grid("a", 2, 1),
    B.name: grid("b", 2, 1),
}
S = Symbol(Name("s"))
dice = random.Random(3)
VALUES = {name: dice.uniform(-2, 2) for own in GRIDS.values() for row in own for name in row} | {S.name: 1.5}


def array(symbol: Symbol) -> list[list[float]]:
    return [[VALUES[name] for name in row] for row in GRIDS[symbol.name]]


def times(left, right):
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)] for row in left
    ]


def value(node: Expression) -> float:
    import math

    match node:
        case Number():
            return int(node.value.p) / int(node.value.q)
        case Symbol(name):
            return VALUES[name]
        case Negate(inner):
            return -value(inner)
        case Sum(terms):
            return sum(term.sign * value(term.value) for term in terms)
        case Product(factors):
            return math.prod(map(value, factors))
        case Quotient(top, bottom):
            return value(top) / value(bottom)
        case Call("sqrt", (inner,)):
            return math.sqrt(value(inner))
        case Call("softmax", (own, *units)):
            return math.exp(value(own)) / sum(math.exp(value(unit)) for unit in units)
        case Call("tanh", (inner,)):
            return math.tanh(value(inner))
    raise AssertionError(node)


def plain(node: Expression) -> list[list[float]]:
    matrix = entries(node, GRIDS)
    assert isinstance(matrix, Matrix)
    return [[value(entry) for entry in row] for row in matrix.rows]


CASES = [
    (Sum((Term(1, Product((W, X))), Term(1, B))), lambda: [[z[0] + b[0]] for z, b in zip(times(array(W), array(X)), array(B), strict=True)]),
    (Sum((Term(1, A), Term(-1, B))), lambda: [[a[0] - b[0]] for a, b in zip(array(A), array(B), strict=True)]),
    (Product((Transpose(W), A)), lambda: times([list(column) for column in zip(*array(W), strict=True)], array(A))),
    (Product((A, Transpose(X))), lambda: times(array(A), [[row[0] for row in array(X)]])),
    (Product((W, V, A)), lambda: times(times(array(W), array(V)), array(A))),
    (Product((S, W)), lambda: [[1.5 * w for w in row] for row in array(W)]),
    (Entrywise((A, Sum((Term(1, ONE), Term(-1, A))))), lambda: [[a[0] * (1 - a[0])] for a in array(A)]),
    (Negate(W), lambda: [[-w for w in row] for row in array(W)]),
    (Call("tanh", (A,)), lambda: [[__import__("math").tanh(a[0])] for a in array(A)]),
    (Call("softmax", (X,)), lambda: [[__import__("math").exp(x[0]) / sum(__import__("math").exp(o[0]) for o in array(X))] for x in array(X)]),
    (Matrix(((S,), (ONE,))), lambda: [[1.5], [1.0]]),
    (Quotient(A, S), lambda: [[a[0] / 1.5] for a in array(A)]),
    (Quotient(W, Sum((Term(1, Call("sqrt", (Entrywise((W, W)),))), Term(1, S)))), lambda: [[w / (abs(w) + 1.5) for w in row] for row in array(W)]),
]  # fmt: skip


@pytest.mark.parametrize(("node", "expected"), CASES, ids=[text(node) for node, _ in CASES])
def test_entries_are_those_of_matrix_algebra(node: Expression, expected) -> None:
    for row, other in zip(plain(node), expected(), strict=True):
        assert row == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize(
    "node",
    [
        Product((W, A)),
        Sum((Term(1, A), Term(1, X))),
        Entrywise((W, V)),
        Product((X, X)),
        Quotient(A, X),
        Quotient(S, A),
        Power(A, parse_number("2")),
    ],
    ids=text,
)
def test_shapes_that_do_not_fit_are_refused(node: Expression) -> None:
    with pytest.raises(InternalError):
        entries(node, GRIDS)


def test_a_formula_without_matrices_stays_as_it_is() -> None:
    assert entries(parse_expression("2*s + 1"), GRIDS) == parse_expression("2*s + 1")


@pytest.mark.parametrize(
    "node",
    [
        A, Sum((Term(1, A), Term(-1, B))), Negate(Sum((Term(1, A), Term(-1, B)))), Product((S, W)), Entrywise((A, B)),
        Entrywise((A, Sum((Term(1, ONE), Term(-1, A))))), Call("tanh", (A,)), Sum((Term(1, W), Term(-1, Product((S, W))))),
        Product((Quotient(ONE, parse_number("2")), Sum((Term(1, A), Term(1, B))))),
    ],
    ids=text,
)  # fmt: skip
def test_what_is_alike_in_every_entry_is_lifted_back(node: Expression) -> None:
    matrix = entries(node, GRIDS)
    assert isinstance(matrix, Matrix)
    assert lifted(matrix, GRIDS) == node


def test_squares_and_halves_are_lifted() -> None:
    own = [Symbol(name) for (name,) in GRIDS[A.name]]
    squares = Matrix(tuple((Power(entry, parse_number("2")),) for entry in own))
    assert lifted(squares, GRIDS) == Entrywise((A, A))
    halves = Matrix(tuple((Quotient(entry, parse_number("2")),) for entry in own))
    assert lifted(halves, GRIDS) == Product((Quotient(ONE, parse_number("2")), A))


QUOTIENTS = [
    Quotient(A, Sum((Term(1, ONE), Term(-1, Power(S, parse_number("2")))))),
    Sum((Term(1, W), Term(-1, Quotient(Product((S, W)), Sum((Term(1, Call("sqrt", (W,))), Term(1, S))))))),
    Quotient(A, Call("sqrt", (B,))),
]


@pytest.mark.parametrize("node", QUOTIENTS, ids=text)
def test_quotients_are_lifted_where_they_are_wanted(node: Expression) -> None:
    matrix = entries(node, GRIDS)
    assert isinstance(matrix, Matrix)
    assert lifted(matrix, GRIDS, quotients=True) == node
    assert lifted(matrix, GRIDS) == matrix


@pytest.mark.parametrize(
    "unlike", ["a_1_1/b_1_1; a_2_1/b_2_1", "a_1_1 - b_1_1; a_2_1 + b_2_1", "2*a_1_1; 3*a_2_1", "a_1_1; b_2_1"]
)
def test_what_is_not_alike_stays_a_matrix(unlike: str) -> None:
    matrix = Matrix(tuple((parse_expression(row),) for row in unlike.split("; ")))
    assert lifted(matrix, GRIDS) == matrix


def test_a_matrix_is_a_node_like_others() -> None:
    matrix = written_out(GRIDS[A.name])
    assert symbols(matrix) == tuple(name for (name,) in GRIDS[A.name])
    assert shape(transposed(matrix)) == (1, 2)
    put = substitute(matrix, {GRIDS[A.name][0][0]: parse_number("-0.5")})
    assert MathTex().tex(put) == r"\begin{pmatrix}-0.5\\a_{2,1}\end{pmatrix}"
    assert each(put, lambda _: ONE) == Matrix(((ONE,), (ONE,)))
    assert text(Product((Transpose(W), A))) == "Wᵀ*a"
    assert text(Entrywise((A, matrix))) == "a ∘ [a_1_1; a_2_1]"
    assert MathTex().tex(Entrywise((Product((Transpose(W), A)), X))) == r"(W^{\top} a) \circ x"
    assert MathTex().tex(Product((parse_number("0.5"), put))) == r"0.5 \cdot \begin{pmatrix}-0.5\\a_{2,1}\end{pmatrix}"


def test_a_matrix_too_wide_for_a_page_is_printed_smaller() -> None:
    row = tuple(parse_number(f"0.{place}2345") for place in range(1, 9))
    tex = MathTex().tex(Matrix((row,)))
    assert tex.startswith(r"\left(\begin{smallmatrix}0.12345&")
    assert width(Matrix((row,))) < width(Matrix((row[:7],))) + 9
    longer = tuple(parse_number(f"0.{place}23456789") for place in range(1, 9))
    assert r"&\scriptscriptstyle 0.223456789" in MathTex().tex(Matrix((longer,)))
