"""The vectors and matrices of a layered network: the name of each, how it is printed, and the names of its entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from solver.entries import Grid, Grids
from solver.expression import Symbol
from solver.functions import FUNCTIONS
from solver.mathnotation import GREEK as GREEK_LETTERS
from solver.mathnotation import Scripted, scripted
from solver.names import Local, Name, Prime, QuantityName, Total
from solver.problem import Layer, Problem
from solver.training import PLAIN, Scope

TAG = "matrix"
"""Marks the name of a vector or matrix; no author writes such a tag, so none of them is taken."""
MANY_WEIGHTS, WIDEST = 4, 10
"""More weights than this are given as matrices; rows and columns up to which a matrix is given as one."""


@dataclass(slots=True)
class Matrices:
    """Every vector and matrix that a page has named so far, by its name, and the TeX of those names."""

    grids: dict[QuantityName, Grid] = field(default_factory=dict)
    notation: dict[Name, str] = field(default_factory=dict)

    def named(self, letter: str, layer: int, grid: Grid) -> Symbol:
        """The matrix of these entries, with their marks: W^{(1)}, and once it is updated W^{(1)}_new."""
        new = ("new",) if any(isinstance(name, Name) and name.tag == "new" for row in grid for name in row) else ()
        plain = Name(letter + (str(layer) if layer else ""), new, TAG)
        raised, lowered = f"^{{({layer})}}" if layer else "", r"_{\text{new}}" if new else ""
        shown = rf"\boldsymbol{{{GREEK.get(letter, letter)}}}{raised}{lowered}"
        self.notation[plain] = f"{{{shown}}}" if raised else shown
        return self.keep(self.marked(plain, grid), grid)

    def row(self, letter: str, layer: int, number: int, names: Sequence[QuantityName]) -> Symbol:
        """A row of a matrix that is too wide for a page: w^{(1)}_2, the weights into unit 2."""
        plain = Name(f"{letter}{layer}", (str(number),), TAG)
        self.notation[plain] = rf"{{\boldsymbol{{{letter}}}^{{({layer})}}_{{{number}}}}}"
        return self.keep(self.marked(plain, (tuple(names),)), (tuple(names),))

    def take(self, grids: Grids, notation: Mapping[Name, str]) -> None:
        """The vectors and matrices of an author, printed bold."""
        for name, grid in grids.items():
            self.keep(name, grid)
            for own in (name,) if isinstance(name, Name) else (name.by,):
                self.notation[own] = bold(own, notation.get(Name(own.base, own.index), ""))

    def optimized(self, letter: str, matrix: Symbol, grid: Grid) -> Symbol:
        """What an optimizer works for each entry of a matrix, with the matrix as its index: V of W, v of b."""
        assert isinstance(matrix.name, Name)
        plain = Name(letter, (matrix.name.base,), TAG)
        own = scripted(self.notation[matrix.name.plain])
        below = own.symbol + "".join(f"^{{{part}}}" for part in own.above)
        bare = letter.removesuffix("hat")
        shown = rf"\boldsymbol{{{bare.upper() if matrix.name.base.startswith('W') else bare}}}"
        self.notation[plain] = (shown if bare == letter else rf"\hat{{{shown}}}") + f"_{{{below}}}"
        return self.keep(self.marked(plain, grid), grid)

    @staticmethod
    def marked(plain: Name, grid: Grid) -> Name:
        """A name with the marks that the entries have."""
        names = [name if isinstance(name, Name) else name.of for row in grid for name in row]
        return plain.marked(max(name.sample for name in names), max(name.step for name in names))

    def keep(self, name: QuantityName, grid: Grid) -> Symbol:
        self.grids[name] = grid
        return Symbol(name)

    def total(self, of: Name, by: Symbol) -> Symbol:
        """The derivatives of a quantity by each entry of a matrix, in its shape."""
        assert isinstance(by.name, Name)
        return self.keep(Total(of, by.name), derivatives(of, self.grids[by.name]))

    def jacobian(self, of: Symbol, by: Symbol, grid: Grid) -> Symbol:
        """The derivative of each entry of a vector by each entry of another."""
        assert isinstance(of.name, Name)
        assert isinstance(by.name, Name)
        return self.keep(Local(of.name, by.name), grid)

    def slopes(self, activation: str, net_input: Symbol, grid: Grid) -> Symbol:
        """σ'(z): the derivative of an activation at each entry of a vector."""
        assert isinstance(net_input.name, Name)
        function = Name(activation, (), TAG)
        self.notation[function] = rf"\operatorname{{{FUNCTIONS[activation].word}}}"
        return self.keep(Prime(function, net_input.name), grid)


GREEK = {"delta": r"\delta"}


def bold(name: Name, own: str = "") -> str:
    """The TeX of a vector or matrix that an author named; `own` is the author's notation for the name."""
    letters = name.base.rstrip("0123456789")
    below = [part for part in (name.base[len(letters) :], *name.index) if part]
    letter = rf"\{letters}" if letters in GREEK_LETTERS else letters
    parts = scripted(own) if own else Scripted(letter, tuple(rf"\text{{{p}}}" if len(p) > 3 else p for p in below))
    shown = replace(parts, symbol=rf"\boldsymbol{{{parts.symbol}}}").tex()
    return f"{{{shown}}}" if parts.above else shown


@dataclass(frozen=True, slots=True)
class LayerNames:
    """The vectors and matrices of one layer in one pass.

    `biases` is None where the layer has none, or one for several units: then it is `shared`.
    """

    layer: Layer
    inputs: Symbol
    weights: Symbol
    biases: Symbol | None
    net_input: Symbol
    output: Symbol
    shared: Name | None = None

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """Weights and biases, as far as they are matrices."""
        return (self.weights,) if self.biases is None else (self.weights, self.biases)


def layer_names(problem: Problem, matrices: Matrices, scope: Scope = PLAIN) -> tuple[LayerNames, ...]:
    """The names of each layer, the first layer first."""
    found = []
    for layer in problem.layers:
        n = layer.number
        below = ("a", n - 1) if n > 1 else ("x", 0)
        found.append(
            LayerNames(
                layer,
                matrices.named(*below, column(layer.inputs, scope)),
                matrices.named("W", n, scoped(layer.weights, scope)),
                None if is_shared(layer) else matrices.named("b", n, column(layer.biases, scope)),
                matrices.named("z", n, column(layer.net_inputs, scope)),
                matrices.named("a", n, column(layer.outputs, scope)),
                scope.name(layer.biases[0]) if layer.biases and is_shared(layer) else None,
            )
        )
    return tuple(found)


def is_shared(layer: Layer) -> bool:
    """Whether a layer has no vector of biases: none at all, or one bias for several units."""
    return not layer.biases or len({*layer.biases}) < len(layer.biases)


def column(names: Sequence[Name], scope: Scope = PLAIN) -> Grid:
    return tuple((scope.name(name),) for name in names)


def scoped(rows: Sequence[Sequence[Name]], scope: Scope) -> Grid:
    return tuple(tuple(scope.name(name) for name in row) for row in rows)


def derivatives(of: Name, grid: Grid) -> Grid:
    return tuple(tuple(Total(of, name) for name in row if isinstance(name, Name)) for row in grid)
