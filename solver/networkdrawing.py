"""A network -> its drawings: the forward pass, the gradients, the way from the loss to a parameter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.abridge import Abridged, LeftOut, abridge
from solver.artist import SMALL, Artist
from solver.board import Board
from solver.connections import Connection, Network, network_of
from solver.document import Figure, Inline, Math, Text, Trail, listed, sentence
from solver.drawing import Content
from solver.expression import Expression, Symbol, symbols
from solver.functions import FUNCTIONS
from solver.layout import Edge, Node, lay_out
from solver.names import Name, QuantityName
from solver.phrases import counted
from solver.problem import Problem, Unit
from solver.training import Turn


def network_artist(problem: Problem, board: Board, words: Mapping[str, str], turn: Turn) -> NetworkArtist | None:
    """What draws the network of a problem; None where it has none."""
    whole = network_of(problem)
    return NetworkArtist(problem.head.notation, board, words, turn, whole, abridge(whole)) if whole else None


@dataclass(frozen=True, slots=True)
class NetworkArtist(Artist):
    """Draws one network; `whole` is the network unabridged."""

    whole: Network
    abridged: Abridged

    @property
    def loss(self) -> Name | None:
        return self.whole.loss

    @property
    def network(self) -> Network:
        return self.abridged.network

    def forward(self) -> Figure:
        """Givens on the edges and above the units, the values of the forward pass below."""
        nodes = [
            *(self.input_node(name) for name in self.network.inputs),
            *(self.unit_node(unit) for unit in self.network.units),
            *self.loss_node(),
        ]
        edges = [self.edge(connection) for connection in self.network.connections]
        edges += [Edge(unit, self.network.loss, self.target(unit)) for unit in self.into_loss()]
        return Figure(lay_out(self.with_left_out(nodes), edges, self.notation), tuple(self.told()))

    def caption(self, loss: Math, on_page: Collection[QuantityName]) -> tuple[Inline, ...]:
        """What the drawing of the gradients shows, and where."""
        labels, network = dict(self.found_gradients(on_page)), self.network
        kinds = {
            "on the edge": [name for c in network.connections for name in _parameters(c.weight)],
            "above the unit": [name for bias in network.biases for name in _parameters(bias.value)],
            "below the unit": [name for unit in network.units for name in (unit.output, unit.net_input)],
        }
        *places, last = (self.words[key] for key, names in kinds.items() if not labels.keys().isdisjoint(names))
        if places:
            last = self.words["or"].format(first=", ".join(places), last=last)
        return sentence(self.words["drawn gradients" if len(labels) > 1 else "drawn gradient"], loss=loss, places=last)

    def gradients(self, on_page: Collection[QuantityName]) -> Figure | None:
        """The derivatives of the loss that the page works out, each where its parameter stands."""
        labels = dict(self.found_gradients(on_page))
        edges = []
        for c in self.network.connections:
            label = next((labels[name] for name in _parameters(c.weight) if name in labels), None)
            edges.append(Edge(c.source, c.target, label, "edge" if label else "faint"))
        edges += [Edge(unit, self.network.loss, style="faint") for unit in self.into_loss()]
        nodes = [Node(name, 0, (self.name(name),), style="input") for name in self.network.inputs]
        shown = [edge.label for edge in edges if edge.label]
        for unit in self.network.units:
            biases = [
                name for bias in self.network.biases if bias.unit == unit.name for name in _parameters(bias.value)
            ]
            above = tuple(labels[name] for name in biases if name in labels)
            below = tuple(labels[name] for name in (unit.output, unit.net_input) if name in labels)
            shown += [*above, *below]
            nodes.append(
                Node(
                    unit.name,
                    self.network.layer[unit.name],
                    (Content(left=Symbol(unit.name), style="name"),),
                    above,
                    below,
                )
            )
        if loss := self.network.loss:
            nodes += [replace(node, below=(), inside=(self.derived(loss),)) for node in self.loss_node()]
        if not shown:
            return None
        told = sentence(self.words["drawn gradients aloud"], gradients=listed([self.said(label) for label in shown]))
        return Figure(lay_out(self.with_left_out(nodes), edges, self.notation), told)

    def parameters(self) -> Iterator[Name]:
        """Every name beside a source or in a bias."""
        for term in (*(c.weight for c in self.network.connections), *(bias.value for bias in self.network.biases)):
            yield from _parameters(term)

    def found_gradients(self, on_page: Collection[QuantityName]) -> Iterator[tuple[Name, Content]]:
        """The parameters, outputs and net inputs by which the page has a derivative of the loss, with its value."""
        units = [name for unit in self.network.units for name in (unit.net_input, unit.output)]
        for name in dict.fromkeys((*units, *self.parameters())):
            if self.loss and (total := self.total(self.loss, name)) in on_page:
                yield name, self.valued(total)

    def ways(self, ways: Sequence[Trail]) -> Figure | None:
        """The network, small, with ways from the loss to a parameter; None where a part of one is not drawn."""
        owner: dict[QuantityName, Name] = {}
        for unit in self.network.units:
            owner |= {self.scope(name): unit.name for name in (unit.net_input, unit.output)}
        owner |= {self.scope(name): self.network.loss for name in self.network.losses if self.network.loss}
        on_way: set[object] = set()
        pairs: set[tuple[object, object]] = set()
        ends: set[tuple[Name, Name]] = set()
        plain = {self.scope.name(name): name for name in self.parameters()}
        for way in ways:
            *steps, parameter = way.names
            if parameter not in plain or any(name not in owner for name in steps):
                return None
            nodes = [owner[name] for name in steps]
            on_way.update(nodes)
            pairs.update(zip(nodes[1:], nodes, strict=False))
            ends.add((nodes[-1], plain[parameter]))
        edges, found = [], set()
        for c in self.network.connections:
            end = next(((c.target, name) for name in _parameters(c.weight) if (c.target, name) in ends), None)
            found.add(end)
            marked = end or (c.source, c.target) in pairs
            edges.append(Edge(c.source, c.target, self.marked(end), "highlight" if marked else "faint"))
        loss = self.network.loss
        edges += [Edge(u, loss, style="highlight" if (u, loss) in pairs else "faint") for u in self.into_loss()]
        drawn = [Node(name, 0, (self.name(name),), style="faint") for name in self.network.inputs]
        for unit in self.network.units:
            biases = [
                name for bias in self.network.biases if bias.unit == unit.name for name in _parameters(bias.value)
            ]
            above = [(unit.name, name) for name in dict.fromkeys(biases) if (unit.name, name) in ends]
            found.update(above)
            labels = tuple(label for end in above if (label := self.marked(end)))
            node = Node(
                unit.name,
                self.network.layer[unit.name],
                (Content(left=Symbol(unit.name), style="name"),),
                labels,
                pin="highlight",
            )
            drawn.append(replace(node, style="highlight" if unit.name in on_way else "faint"))
        drawn += [replace(node, below=(), style="highlight") for node in self.loss_node()]
        if not ends <= found:
            return None
        told = sentence(self.words["drawn ways"], ways=listed([(way,) for way in ways]))
        return Figure(lay_out(self.with_left_out(drawn), edges, self.notation, SMALL), told)

    def marked(self, end: tuple[Name, Name] | None) -> Content | None:
        """The parameter at the end of a way."""
        return Content(left=Symbol(self.scope(end[1])), style="highlight") if end else None

    def with_left_out(self, nodes: Sequence[Node]) -> list[Node]:
        """The nodes, and in their columns the words for what is left out."""
        found = list(nodes)
        for left_out in self.abridged.left_out:
            _insert(found, left_out, self.left_out(left_out))
        return found

    def input_node(self, name: Name) -> Node:
        return Node(name, 0, (self.name(name),), below=self.known(name), style="input")

    def unit_node(self, unit: Unit) -> Node:
        above = [self.weight(bias.value, bias.subtracted) for bias in self.network.biases if bias.unit == unit.name]
        below = (*self.known(unit.net_input), *self.known(unit.output))
        inside = (Content(left=Symbol(unit.name), style="name"), Content(FUNCTIONS[unit.activation].word, style="word"))
        return Node(unit.name, self.network.layer[unit.name], inside, tuple(above), below)

    def loss_node(self) -> Iterator[Node]:
        loss = self.network.loss
        if loss:
            column = 1 + max(self.network.layer.values())
            yield Node(loss, column, (self.name(loss),), below=self.known(loss), style="loss")

    def into_loss(self) -> tuple[Name, ...]:
        return self.network.outputs if self.network.loss else ()

    def target(self, unit: Name) -> Content | None:
        target = self.network.targets.get(unit)
        return replace(self.equality(target), words=self.words["drawn target"]) if target else None

    def edge(self, connection: Connection) -> Edge:
        label = self.weight(connection.weight, connection.subtracted) if connection.weight is not None else None
        if label is None and connection.subtracted:
            label = Content(self.words["drawn minus"])
        return Edge(connection.source, connection.target, label)

    def weight(self, value: Expression, subtracted: bool) -> Content:
        content = (
            self.equality(value.name)
            if isinstance(value, Symbol)
            else Content(left=self.scope.expression(value, symbols(value)))
        )
        return replace(content, words=self.words["drawn minus"]) if subtracted else content

    def told(self) -> Iterator[Inline]:
        """What the drawing of the forward pass shows, in words."""
        network = self.network
        inputs = listed([self.said(self.equality(name)) for name in network.inputs])
        yield from sentence(self.words["drawn network"], inputs=inputs)
        for unit in network.units:
            into = [self.told_edge(c) for c in network.connections if c.target == unit.name]
            biases = [self.weight(bias.value, bias.subtracted) for bias in network.biases if bias.unit == unit.name]
            values = (*self.known(unit.net_input), *self.known(unit.output))
            yield from sentence(
                self.words["drawn output" if unit.is_output else "drawn unit"],
                unit=Math(Symbol(unit.name)),
                activation=FUNCTIONS[unit.activation].word,
                parts=listed([
                    *into,
                    *(sentence(self.words["drawn bias"], bias=self.said(bias)) for bias in biases),
                    *map(self.said, values),
                ]),
            )  # fmt: skip
        if network.loss:
            targets = [self.said(self.target(unit)) for unit in network.outputs if unit in network.targets]
            loss = self.said(self.equality(network.loss))
            key = "drawn loss" if targets else "drawn loss alone"
            yield from sentence(self.words[key], loss=loss, targets=listed(targets))
        for left_out in self.abridged.left_out:
            yield Text(f" {self.left_out(left_out)}.")

    def left_out(self, left_out: LeftOut) -> str:
        """How much is not drawn."""
        return self.words[f"drawn more {left_out.what}"].replace("{count}", counted(left_out.count, self.words))

    def told_edge(self, connection: Connection) -> tuple[Inline, ...]:
        key = "drawn edge" if connection.weight is not None or connection.subtracted else "drawn bare edge"
        weight = self.said(self.edge(connection).label)
        return sentence(self.words[key], source=Math(Symbol(self.scope(connection.source))), weight=weight)


def _parameters(value: Expression | None) -> Iterator[Name]:
    """The names in what stands beside a source, or in a bias."""
    if value is not None:
        yield from (name for name in symbols(value) if isinstance(name, Name))


def _insert(nodes: list[Node], left_out: LeftOut, words: str) -> None:
    """The words for what is left out, at their place in a column."""
    node = Node(left_out, left_out.column, (Content(words, style="faint"),), shown=False)
    before = [place for place, other in enumerate(nodes) if other.column == left_out.column][: left_out.place]
    nodes.insert(before[-1] + 1 if before else 0, node)
