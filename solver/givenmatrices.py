"""The matrices in the list of givens: weights and biases of layers as matrices, those too wide for a page as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from solver.board import Board
from solver.document import Inline, Math, sentence
from solver.entries import Grid, shape, transposed
from solver.expression import Expression, Matrix, Symbol, Transpose
from solver.matrices import MANY_WEIGHTS, WIDEST, Matrices, column, is_shared
from solver.names import Name, QuantityName
from solver.problem import Layer, Problem, Role


@dataclass(frozen=True, slots=True)
class GivenMatrix:
    """A matrix in the list of givens, and the names whose values it tells.

    One that makes an item of its own has an `opening`.
    """

    role: Role
    math: Math
    told: frozenset[QuantityName]
    opening: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenMatrices:
    """Lays out the given matrices of a layered network on its board."""

    problem: Problem
    board: Board
    matrices: Matrices
    words: Mapping[str, str]

    def found(self) -> Iterator[GivenMatrix]:
        """Those of many weights; few are given one by one. An entry that the author named stands with that name."""
        count = sum(len(row) for layer in self.problem.layers for row in layer.weights)
        matrix = self.problem.head.matrix
        if not matrix and count <= MANY_WEIGHTS:
            return
        for layer in self.problem.layers:
            yield from self.weights(layer)
            if not is_shared(layer):
                yield from self.vector("bias", "b", layer.number, layer.biases)
        for role, letter, names in self.samples():
            if matrix or len(names) > WIDEST:
                yield from self.vector(role, letter, 0, names)

    def samples(self) -> Iterator[tuple[Role, str, tuple[Name, ...]]]:
        """What comes in, and what should come out."""
        yield "input", "x", self.problem.layers[0].inputs
        yield "target", "y", self.problem.targets

    def weights(self, layer: Layer) -> Iterator[GivenMatrix]:
        """A matrix, or where a page has no room for it, a row for each unit."""
        n, grid = layer.number, layer.weights
        if not self.are_all("weight", grid):
            return
        usual = [[usual_name("w", n, i, j) for j, _ in enumerate(row, 1)] for i, row in enumerate(grid, 1)]
        whole = self.matrices.named("W", n, grid)
        if max(len(grid), len(grid[0])) <= WIDEST:
            yield self.given("weight", whole, grid, usual)
            return
        for i, (row, names, unit) in enumerate(zip(grid, usual, layer.net_inputs, strict=True), 1):
            opening = sentence(self.words["weights into"], unit=Math(Symbol(unit)))
            if self.problem.head.matrix:
                opening = sentence(self.words["row of"], number=str(i), matrix=Math(whole))
            yield self.given("weight", self.matrices.row("w", n, i, row), (row,), [names], opening)

    def vector(self, role: Role, letter: str, layer: int, names: Sequence[Name]) -> Iterator[GivenMatrix]:
        """A column; a long one is a row, transposed."""
        grid = column(names)
        if self.are_all(role, grid):
            usual = [[usual_name(letter, layer, i)] for i, _ in enumerate(names, 1)]
            yield self.given(role, self.matrices.named(letter, layer, grid), grid, usual)

    def given(
        self, role: Role, matrix: Symbol, grid: Grid, usual: Sequence[Sequence[Name]], opening: tuple[Inline, ...] = ()
    ) -> GivenMatrix:
        """An entry with its usual name is told by its value; one that the author named stands with that name."""
        pairs = zip(chain(*grid), chain(*usual), strict=True)
        told = frozenset(name for name, own in pairs if name == own)
        shown = Matrix(tuple(tuple(self.entry(name, told) for name in row) for row in grid))
        return GivenMatrix(role, Math(matrix, "=", as_it_fits(shown, alone=bool(opening))), told, opening)

    def entry(self, name: QuantityName, told: frozenset[QuantityName]) -> Expression:
        return self.board.shown(name).expression if name in told else Symbol(name)

    def are_all(self, role: Role, grid: Grid) -> bool:
        """Whether no entry has another role; a weight may be an input of the problem too."""
        roles = self.problem.roles
        return {roles[name] for name in chain(*grid) if isinstance(name, Name) and name in roles} <= {role}


def usual_name(letter: str, layer: int, *place: int) -> Name:
    """The name that an entry has where its author gave it none: w1_23."""
    return Name(f"{letter}{layer or ''}", tuple(map(str, place)))


def as_it_fits(matrix: Matrix, alone: bool) -> Expression:
    """The matrix as it is; what is too long for a page, or a row `alone`, with commas, so that it can be broken."""
    height, width = shape(matrix)
    if max(height, width) <= WIDEST and not alone:
        return matrix
    if width == 1:
        return Transpose(replace(transposed(matrix), listed=True))
    return replace(matrix, listed=True)
