"""Problem -> its drawing: the network or the graph of definitions, with the values that the page prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.abridge import Abridged, LeftOut, abridge
from solver.board import Board
from solver.connections import Bias, Connection, Network, network_of
from solver.document import Figure, Inline, Math, Text, sentence
from solver.drawing import Content, content_width
from solver.expression import Expression, Symbol
from solver.functions import FUNCTIONS
from solver.layout import Edge, Node, lay_out
from solver.names import Name, QuantityName
from solver.problem import Problem, Unit

LONGEST = 190
"""A label with its value may be this wide; else it is the name alone."""


@dataclass(frozen=True, slots=True)
class Artist:
    """Draws one problem; what it prints for a quantity is what the page prints."""

    problem: Problem
    board: Board
    words: Mapping[str, str]

    @property
    def notation(self) -> Mapping[Name, str]:
        return self.problem.head.notation

    def forward(self) -> Figure | None:
        """The network with its givens and the values of the forward pass; None where there is no network."""
        whole = network_of(self.problem)
        if whole is None:
            return None
        abridged = abridge(whole)
        network = abridged.network
        nodes = [
            *(self.input_node(name) for name in network.inputs),
            *(self.unit_node(unit, network) for unit in network.units),
            *self.loss_node(network),
        ]
        for left_out in abridged.left_out:
            _insert(nodes, left_out, self.left_out(left_out))
        edges = [self.edge(connection) for connection in network.connections]
        edges += [Edge(unit, network.loss, self.target(unit, network)) for unit in self.into_loss(network)]
        return Figure(lay_out(nodes, edges, self.notation), tuple(self.told(abridged)))

    def input_node(self, name: Name) -> Node:
        return Node(name, 0, (self.name(name),), below=self.known(name), style="input")

    def unit_node(self, unit: Unit, network: Network) -> Node:
        above = [self.weight(bias.value, bias.subtracted) for bias in network.biases if bias.unit == unit.name]
        below = (*self.known(unit.net_input), *self.known(unit.output))
        inside = (self.name(unit.name), Content(FUNCTIONS[unit.activation].word, style="word"))
        return Node(unit.name, network.layer[unit.name], inside, tuple(above), below)

    def loss_node(self, network: Network) -> Iterator[Node]:
        if network.loss:
            column = 1 + max(network.layer.values())
            yield Node(network.loss, column, (self.name(network.loss),), below=self.known(network.loss), style="loss")

    def into_loss(self, network: Network) -> tuple[Name, ...]:
        return network.outputs if network.loss else ()

    def target(self, unit: Name, network: Network) -> Content | None:
        target = network.targets.get(unit)
        return replace(self.equality(target), words=self.words["drawn target"]) if target else None

    def edge(self, connection: Connection) -> Edge:
        label = self.weight(connection.weight, connection.subtracted) if connection.weight is not None else None
        if label is None and connection.subtracted:
            label = Content(self.words["drawn minus"])
        return Edge(connection.source, connection.target, label)

    def weight(self, value: Expression, subtracted: bool) -> Content:
        content = self.equality(value.name) if isinstance(value, Symbol) else Content(left=value)
        return replace(content, words=self.words["drawn minus"]) if subtracted else content

    def name(self, name: Name) -> Content:
        return Content(left=Symbol(name), style="name")

    def known(self, name: QuantityName) -> tuple[Content, ...]:
        """The equality of a quantity and its value, where it has one that fits."""
        content = self.equality(name)
        return (content,) if content.relation else ()

    def equality(self, name: QuantityName) -> Content:
        """A quantity and its value as the page prints them; the quantity alone where it has none, or a long one."""
        printed = self.board.shown(name).expression
        alone = Content(left=Symbol(name))
        if printed == Symbol(name):
            return alone
        content = Content("", Symbol(name), self.board.relation(Symbol(name), printed), printed)
        return content if content_width(content, self.notation) <= LONGEST else alone

    def told(self, abridged: Abridged) -> Iterator[Inline]:
        """What the drawing shows, in words."""
        network = abridged.network
        inputs = _listed([self.said(self.equality(name)) for name in network.inputs])
        yield from sentence(self.words["drawn network"], inputs=inputs)
        for unit in network.units:
            into = [self.told_edge(c) for c in network.connections if c.target == unit.name]
            biases = [self.told_bias(bias) for bias in network.biases if bias.unit == unit.name]
            values = [self.said(content) for content in (*self.known(unit.net_input), *self.known(unit.output))]
            yield from sentence(
                self.words["drawn output" if unit.is_output else "drawn unit"],
                unit=Math(Symbol(unit.name)),
                activation=FUNCTIONS[unit.activation].word,
                parts=_listed([*into, *biases, *values]),
            )
        if network.loss:
            targets = [self.said(self.target(unit, network)) for unit in network.outputs if unit in network.targets]
            yield from sentence(
                self.words["drawn loss"], loss=self.said(self.equality(network.loss)), targets=_listed(targets)
            )
        for left_out in abridged.left_out:
            yield Text(f" {self.left_out(left_out)}.")

    def left_out(self, left_out: LeftOut) -> str:
        """How much is not drawn."""
        return self.words[f"drawn more {left_out.what}"].replace("{count}", str(left_out.count))

    def told_edge(self, connection: Connection) -> tuple[Inline, ...]:
        key = "drawn edge" if connection.weight is not None or connection.subtracted else "drawn bare edge"
        weight = self.said(self.edge(connection).label)
        return sentence(self.words[key], source=Math(Symbol(connection.source)), weight=weight)

    def told_bias(self, bias: Bias) -> tuple[Inline, ...]:
        return sentence(self.words["drawn bias"], bias=self.said(self.weight(bias.value, bias.subtracted)))

    def said(self, content: Content | None) -> tuple[Inline, ...]:
        """A label as running text."""
        if content is None:
            return ()
        words: tuple[Inline, ...] = (Text(content.words),) if content.words else ()
        if content.left is None:
            return words
        return (*words, Math(content.left, content.relation, content.right))


def figures(problem: Problem, board: Board, words: Mapping[str, str]) -> Iterator[Figure]:
    """The drawing of a problem, where it has one."""
    found = Artist(problem, board, words).forward() if problem.head.figure else None
    if found:
        yield found


def _insert(nodes: list[Node], left_out: LeftOut, words: str) -> None:
    """The words for what is left out, at their place in a column."""
    node = Node(left_out, left_out.column, (Content(words, style="faint"),), shown=False)
    before = [place for place, other in enumerate(nodes) if other.column == left_out.column][: left_out.place]
    nodes.insert(before[-1] + 1 if before else 0, node)


def _listed(parts: Sequence[tuple[Inline, ...]]) -> tuple[Inline, ...]:
    found: list[Inline] = []
    for place, part in enumerate(parts):
        found.extend((*((Text(", "),) if place else ()), *part))
    return tuple(found)
