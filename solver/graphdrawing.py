"""A computation -> its graph: a circle for each quantity, an arrow from each name that a definition reads."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.artist import SMALL, Artist
from solver.board import Board
from solver.document import Figure, Inline, Math, Trail, listed, sentence
from solver.drawing import Content, ShapeStyle
from solver.expression import Call, Expression, Power, Product, Quotient, Sum, Symbol, substitute, symbols, walk
from solver.functions import FUNCTIONS
from solver.identity import are_identical
from solver.layout import Edge, Node, lay_out
from solver.losses import ROWS
from solver.names import Name, QuantityName, Total
from solver.parse import parse_expression
from solver.problem import Problem
from solver.training import Turn

MOST = 24
"""Quantities of a graph that is still drawn."""


def graph_artist(problem: Problem, board: Board, words: Mapping[str, str], turn: Turn) -> GraphArtist | None:
    """What draws the definitions of a problem; None where there are none, or too many to be read in a drawing."""
    graph = problem.graph
    definitions = [name for group in problem.groups for name in group.names]
    reads = {name: tuple(_names(graph.by_name[name].expression)) for name in definitions}
    as_read = dict.fromkeys([*(read for name in definitions for read in reads[name]), *definitions])
    in_order = iter(definitions)  # a loss that reads p_2 alone does not put it above p_1
    names = tuple(next(in_order) if name in reads else name for name in as_read)
    if not definitions or not any(reads.values()) or len(names) > MOST:
        return None
    return GraphArtist(problem.head.notation, board, words, turn, names, reads, _columns(names, reads))


@dataclass(frozen=True, slots=True)
class GraphArtist(Artist):
    """Draws one graph: its quantities, what each definition reads, and the column of each."""

    names: tuple[Name, ...]
    reads: Mapping[Name, tuple[Name, ...]]
    columns: Mapping[Name, int]

    @property
    def loss(self) -> Name | None:
        """What the page differentiates, where that is one quantity."""
        found = {name.of.plain for name in self.board.values.graph.by_name if isinstance(name, Total)}
        loss = found & {*self.names}
        return loss.pop() if len(loss) == 1 else None

    def forward(self) -> Figure:
        """Each quantity with what makes it and its value."""
        nodes = []
        for name in self.names:
            called = self.called(name)
            nodes.append(self.node(name, (*called, *self.known(name)), *(() if called else self.operation(name))))
        edges = [Edge(read, name) for name, reads in self.reads.items() for read in reads]
        return Figure(lay_out(nodes, edges, self.notation, arrow=True), tuple(self.told()))

    def found_gradients(self, on_page: Collection[QuantityName]) -> dict[Name, tuple[Content, ...]]:
        """The derivatives that the page works out, by their quantities."""
        totals = {name: self.total(self.loss, name) for name in self.names} if self.loss else {}
        found = {name: self.valued(total) for name, total in totals.items() if total in on_page}
        return {name: (label,) if label.relation else () for name, label in found.items()}

    def caption(self, loss: Math, on_page: Collection[QuantityName]) -> tuple[Inline, ...]:
        """What the drawing of the gradients shows."""
        several = len(self.found_gradients(on_page)) > 1
        return sentence(self.words["drawn graph gradients" if several else "drawn graph gradient"], loss=loss)

    def gradients(self, on_page: Collection[QuantityName]) -> Figure | None:
        """The derivatives that the page works out, each below its quantity."""
        labels = self.found_gradients(on_page)
        if not labels:
            return None
        nodes = [self.node(name, labels.get(name, ())) for name in self.names]
        if loss := self.loss:
            nodes = [replace(node, inside=(self.derived(loss),)) if node.key == loss else node for node in nodes]
        edges = [Edge(read, name) for name, reads in self.reads.items() for read in reads]
        gradients = listed([self.said(label) for found in labels.values() for label in found])
        told = sentence(self.words["drawn graph gradients aloud"], gradients=gradients)
        return Figure(lay_out(nodes, edges, self.notation, arrow=True), told)

    def ways(self, ways: Sequence[Trail]) -> Figure | None:
        """The graph, small, with ways from one quantity to another."""
        plain = {self.scope.name(name): name for name in self.names}
        trails = [[plain.get(name) for name in way.names] for way in ways]
        on_way = {name for trail in trails for name in trail}
        pairs = {pair for trail in trails for pair in itertools.pairwise(trail)}
        if None in on_way:
            return None
        nodes = [
            Node(name, self.columns[name], (self.name(name),), style="highlight" if name in on_way else "faint")
            for name in self.names
        ]
        edges = [
            Edge(read, name, style="highlight" if (name, read) in pairs else "faint")
            for name, reads in self.reads.items()
            for read in reads
        ]
        told = sentence(self.words["drawn graph ways"], ways=listed([(way,) for way in ways]))
        return Figure(lay_out(nodes, edges, self.notation, SMALL), told)

    def node(self, name: Name, below: tuple[Content, ...], *inside: Content) -> Node:
        style: ShapeStyle = "loss" if name == self.loss else "unit" if name in self.reads else "input"
        return Node(name, self.columns[name], (self.name(name), *inside), (), below, style)

    @property
    def losses(self) -> frozenset[Name]:
        """The loss, and what is added up in it."""
        if self.loss is None:
            return frozenset()
        match self.definition(self.loss):
            case Sum(terms) if all(isinstance(term.value, Symbol) for term in terms):
                return frozenset({self.loss, *self.reads[self.loss]} & self.reads.keys())
            case _:
                return frozenset({self.loss})

    def definition(self, name: Name) -> Expression | None:
        found = self.board.values.graph.by_name.get(self.scope(name))
        return found.expression if found else None

    def operation(self, name: Name) -> tuple[Content, ...]:
        """What a definition does last; nothing for a given, and of a loss what may be taken for its name."""
        match self.definition(name):
            case None:
                return ()
            case Power() | Product() | Quotient() if name in self.losses:
                return ()
            case definition:
                return _word(_operation(definition, self.words))

    def called(self, name: Name) -> tuple[Content, ...]:
        """What a loss is called."""
        definition = self.definition(name) if name in self.losses else None
        return _word(loss_word(definition) if definition else "")

    def told(self) -> Iterator[Inline]:
        """What the drawing shows, in words."""
        givens = [self.said(self.equality(name)) for name in self.names if name not in self.reads]
        yield from sentence(self.words["drawn graph"], givens=listed(givens))
        for name, reads in self.reads.items():
            sources = listed([(Math(Symbol(self.scope(read))),) for read in reads])
            value = self.said(self.equality(name))
            yield from sentence(self.words["drawn definition"], sources=sources, value=value)


def loss_word(definition: Expression) -> str:
    """What a formula in an output and a target is called; nothing where it is no loss of the table."""
    names = list(dict.fromkeys(_names(definition)))
    if len(names) != 2:
        return ""
    for row in ROWS:
        formula = parse_expression(row.formula)
        for output, target in (names, names[::-1]):
            put = substitute(formula, {Name("o"): Symbol(output), Name("t"): Symbol(target)})
            if not row.pairwise and are_identical(put, definition):
                return row.word
    return ""


def _word(word: str) -> tuple[Content, ...]:
    return (Content(word, style="word"),) if word else ()


def _names(node: Expression) -> Iterator[Name]:
    yield from (name for name in symbols(node) if isinstance(name, Name))


def _operation(node: Expression, words: Mapping[str, str]) -> str:
    match node:
        case Call(function):
            return FUNCTIONS[function].word
        case Sum() | Product() if any(isinstance(part, Power | Quotient | Call) for part in walk(node)):
            return ""  # x^2 + y^2 is no sum of what its arrows bring
        case Sum():
            return words["drawn sum"]
        case Product():
            return words["drawn product"]
        case Quotient():
            return words["drawn quotient"]
        case Power():
            return words["drawn power"]
        case _:
            return ""


def _columns(names: Sequence[Name], reads: Mapping[Name, tuple[Name, ...]]) -> dict[Name, int]:
    """A definition one column behind the last that it reads; a given right before the first that reads it."""
    column: dict[Name, int] = {}
    for name, read in reads.items():
        column[name] = 1 + max((column.get(other, 0) for other in read), default=0)
    for name in names:
        if name not in reads:
            column[name] = min(column[other] for other, read in reads.items() if name in read) - 1
    return column
