"""A layered network in vectors and matrices: the pass forward, deltas back, gradients and updates, layer by layer.

Each line lays out definitions that exist entry by entry. Where no matrix says the same (a weight that stands in two
places, a parameter that is not updated, an activation that is stated) the entries are left to lines of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from solver.backward import Backward
from solver.document import Block, Chain, Inline, Math, Paragraph, Section, Text, listed, sentence
from solver.entries import Grid, lifted
from solver.expression import (
    ONE,
    ZERO,
    Call,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Product,
    Sum,
    Symbol,
    Term,
    Transpose,
    substitute,
    symbols,
)
from solver.goals import Update
from solver.layercases import LayerCases
from solver.lines import Member
from solver.losses import LOSSES
from solver.matrices import LayerNames, Matrices, column, layer_names
from solver.matrixlines import MatrixLines
from solver.names import Local, Name, QuantityName, Total
from solver.problem import Problem
from solver.training import Pass, Scope, Turn

Above = tuple[LayerNames, Symbol]
"""The layer that a delta comes back from, and its delta."""


@dataclass(slots=True)
class LayerPages:
    """Lays out the layers of a problem; `worked` are the derivatives that stand in a matrix on the page."""

    problem: Problem
    backward: Backward
    matrices: Matrices
    worked: set[QuantityName] = field(default_factory=set)

    @property
    def words(self) -> Mapping[str, str]:
        return self.backward.words

    @property
    def lines(self) -> MatrixLines:
        return MatrixLines(self.backward.board, self.matrices, self.words["too small"])

    @property
    def cases(self) -> LayerCases:
        return LayerCases(self.backward, self.matrices.grids)

    def names(self, scope: Scope) -> tuple[LayerNames, ...]:
        """What each layer is called in a pass, and the targets."""
        self.matrices.named("y", 0, column(self.problem.targets, scope))
        return layer_names(self.problem, self.matrices, scope)

    def forward(self, one: Pass, level: int, brief: bool) -> Mapping[int, Section | None]:
        """A section for each layer by its number; None for one whose values are no matrices."""
        return {names.layer.number: self.layer(names, one.scope, level, brief) for names in self.names(one.scope)}

    def layer(self, names: LayerNames, scope: Scope, level: int, brief: bool) -> Section | None:
        """z = W x + b and a = f(z)."""
        layer = names.layer
        weighted: Expression = Product((names.weights, names.inputs))
        if layer.biases:
            shared = Matrix(tuple((Symbol(scope.name(name)),) for name in layer.biases))
            weighted = Sum((Term(1, weighted), Term(1, names.biases or shared)))
        arguments = (names.net_input,) if layer.parameter is None else (names.net_input, layer.parameter)
        net_input = self.line(names.net_input, weighted, brief=brief)
        output = self.line(names.output, Call(layer.activation, arguments), brief=brief)
        if net_input is None or output is None:
            return None
        said = self.cases.before(Call(layer.activation, arguments))
        blocks = (net_input, *said, output, *self.cases.of_values(self.entries(names.output)))
        return Section(level, self.title(layer.number), blocks, f"layer {layer.number}")

    def title(self, number: int) -> tuple[Inline, ...]:
        key = "output layer" if number == len(self.problem.layers) else "layer"
        return sentence(self.words[key], number=str(number))

    def line(
        self,
        left: Symbol,
        formula: Expression,
        *forms: Member,
        form: int | None = None,
        brief: bool | None = None,
        reason: tuple[Inline, ...] = (),
    ) -> Chain | None:
        """The line of a matrix with the forms that its formula takes; None where it does not say what its entries are.

        The formula is that of each entry's definition, or the `form` it had before.
        """
        if not self.lines.can_stand(left, formula, form):
            return None
        return self.lines.chain(
            left, (Member("formula", formula, reason=reason), *forms), self.backward.brief if brief is None else brief
        )

    def defined(self, left: Symbol, quotients: bool = False) -> Expression | None:
        """One formula for a matrix, made of the definitions of its entries; None where one of them has none."""
        grid, graph = self.matrices.grids[left.name], self.backward.graph
        if any(name not in graph.by_name for row in grid for name in row):
            return None
        rows = tuple(tuple(self.spelled(graph.by_name[name].expression) for name in row) for row in grid)
        return lifted(Matrix(rows), self.matrices.grids, quotients)

    def spelled(self, node: Expression) -> Expression:
        """A formula with the local derivatives in it that stand in no matrix replaced by theirs."""
        inside = {name for grid in self.matrices.grids.values() for row in grid for name in row}
        local = [name for name in symbols(node) if isinstance(name, Local) and name not in inside and not self.rounds]
        found: dict[QuantityName, Expression] = {name: self.backward.graph.by_name[name].expression for name in local}
        return _signed(substitute(node, found)) if found else node

    def gradients(self, of: Name, by: Sequence[Name], one: Pass) -> Section | None:
        """The deltas from the last layer back, and the gradients that follow; None where no matrix can say them."""
        loss, level = one.scope.name(of), self.backward.level
        before, told = {*self.worked}, {*self.backward.said}
        deltas: list[Above] = []
        sections: list[Section] = []
        for names in reversed(self.names(one.scope)):
            grid = tuple((Total(loss, one.scope.name(name)),) for name in names.layer.net_inputs)
            known = [name in self.backward.graph.by_name for row in grid for name in row]
            if not any(known):
                break
            delta = self.matrices.named("delta", names.layer.number, grid)
            worked = self.delta(loss, names, delta, deltas[-1] if deltas else None) if all(known) else None
            if worked is None:
                self.worked &= before  # what the layers above would have shown is on no page
                self.backward.said &= told
                return None
            deltas.append((names, delta))
            blocks = (*worked, *self.parameters(loss, names, delta, [one.scope.name(name) for name in by]))
            number = names.layer.number
            sections.append(Section(level + 1, self.title(number), blocks, f"delta {number}"))
        if not sections:
            return None
        parts: dict[str, tuple[Inline, ...]] = {
            "deltas": listed([Math(delta) for _, delta in deltas]),
            "net_inputs": listed([Math(names.net_input) for names, _ in deltas]),
        }
        opening = sentence(self.words["layer deltas"], loss=Math(Symbol(loss)), **parts)
        said = (Paragraph(opening),) if self.backward.is_new(f"layer deltas of {of.text}") else ()
        return Section(level, (Text(self.words["backward"]),), (*said, *sections), "backward")

    def delta(self, loss: Name, names: LayerNames, delta: Symbol, above: Above | None) -> tuple[Block, ...] | None:
        """What comes back to a layer, the slope of its activation there, and the delta that the two make."""
        blocks: list[Block | None] = []
        back: Expression = self.matrices.total(loss, names.output) if above is None or self.rounds else ZERO
        weighted = Product((Transpose(above[0].weights), above[1])) if above else None
        if isinstance(back, Symbol):
            blocks.extend(self.unnamed_slopes(back))
            blocks.extend(self.comes_back(above) if above else ())
            blocks.extend(() if weighted else self.before(back))
            blocks.append(self.line(back, weighted) if weighted else self.worked_line(back, self.of_loss()))
            blocks.extend(() if weighted else self.cases.of_loss(loss, self.entries(names.output)))
        elif weighted:
            back = weighted
        slopes = self.slopes(names)
        entrywise = slopes is not None and names.layer.activation != "softmax"
        if slopes is not None:
            blocks.extend(self.once("layer slopes", slopes=slopes) if entrywise else ())
            blocks.extend(self.before(slopes))
            blocks.append(self.worked_line(slopes, self.backward.of_activation(names.layer.activation)))
            blocks.extend(self.cases.of_slopes(self.entries(names.output)))
        formula = _through(names.layer.activation, slopes, back)
        blocks.extend(self.once("layer chain", delta=delta, loss=Symbol(loss)) if entrywise else ())
        blocks.extend(self.comes_back(above) if above else ())
        if above is None:
            blocks.append(self.last_delta(delta, formula))
        else:
            blocks.append(self.line(delta, formula) if formula else None)
        found = tuple(block for block in blocks if block is not None)
        return found if len(found) == len(blocks) else None

    def once(self, key: str, **parts: Expression) -> Iterator[Paragraph]:
        """What a line of matrices says of its entries, before the first such line of the page."""
        if not self.backward.brief and self.backward.is_new(key):
            yield Paragraph(sentence(self.words[key], **{at: Math(part) for at, part in parts.items()}))

    def comes_back(self, above: Above) -> Iterator[Paragraph]:
        names, delta = above
        return self.once("layer back", weights=names.weights, transposed=Transpose(names.weights), delta=delta)

    @property
    def rounds(self) -> bool:
        """Whether rounded values are carried on: then each that a line goes on from stands on the page."""
        return bool(self.backward.board.carried)

    def unnamed_slopes(self, left: Symbol) -> Iterator[Block]:
        """Where rounded values are carried on, the local derivatives that stand in a formula, each on its own line."""
        for row in self.matrices.grids[left.name] if self.rounds else ():
            for name in row:
                definition = self.backward.graph.by_name.get(name)
                for local in definition.reads if definition else ():
                    if isinstance(local, Local):
                        yield self.backward.line(self.backward.graph.by_name[local])

    def before(self, left: Symbol) -> Iterator[Paragraph]:
        """What is said of the functions in a line before it."""
        formula = self.defined(left)
        return self.cases.before(formula) if formula is not None else iter(())

    def worked_line(self, left: Symbol, reason: tuple[Inline, ...] = ()) -> Chain | None:
        formula = self.defined(left)
        return None if formula is None else self.line(left, formula, reason=reason)

    def of_loss(self) -> tuple[Inline, ...]:
        """Beside the derivative of the loss by the outputs, said once: which loss it is of."""
        loss = next((group.loss for group in self.problem.groups if group.loss), "")
        new = loss and not self.backward.brief and self.backward.is_new("slope of loss")
        return sentence(self.words["slope of loss"], loss=LOSSES[loss].word) if new else ()

    def slopes(self, names: LayerNames) -> Symbol | None:
        """The slope of a layer's activation at each net input; of a softmax the derivatives of all by all."""
        activation, (z, a) = names.layer.activation, (names.net_input, names.output)
        net_inputs, outputs = (self.entries(matrix) for matrix in (z, a))
        if activation == "softmax":
            grid = tuple(tuple(Local(output, net_input) for net_input in net_inputs) for output in outputs)
        else:
            grid = tuple((Local(*pair),) for pair in zip(outputs, net_inputs, strict=True))
        if any(name not in self.backward.graph.by_name for row in grid for name in row):
            return None
        return (
            self.matrices.jacobian(a, z, grid) if activation == "softmax" else self.matrices.slopes(activation, z, grid)
        )

    def entries(self, matrix: Symbol) -> tuple[Name, ...]:
        return tuple(name for row in self.matrices.grids[matrix.name] for name in row if isinstance(name, Name))

    def last_delta(self, delta: Symbol, formula: Expression | None) -> Chain | None:
        """The delta of the outputs; where loss and activation fit together, with the forms that lead to a - y.

        What is carried rounded does not lead there: the forms are then left out.
        """
        row = self.matrices.grids[delta.name]
        definitions = [self.backward.graph.by_name[name] for line in row for name in line]
        first, result = definitions[0], self.defined(delta)
        if result is None or formula is None or not first.forms or self.rounds:
            formula = result if formula is None or first.forms else formula
            return None if formula is None else self.line(delta, formula)
        forms: list[Member] = []
        for place in range(1, len(first.forms)):
            whole = lifted(Matrix(tuple((d.forms[place],) for d in definitions)), self.matrices.grids)
            if place > 1 or first.since is None:
                forms.append(Member("rule", whole, same=True))
        if first.since is None:
            forms.append(Member("rule", result, same=True))
        else:
            reason = sentence(self.words["since one"], sum=Math(first.since, "=", ONE))
            forms.append(Member("since", result, same=True, reason=reason))
        return self.line(delta, formula, *forms, form=0)

    def parameters(self, loss: Name, names: LayerNames, delta: Symbol, by: Sequence[Name]) -> Iterator[Block]:
        """The gradients of a layer's weights and biases that are asked for as a whole."""
        wanted = {*by}
        if self.is_whole(names.weights, wanted):
            gradient = self.matrices.total(loss, names.weights)
            yield from self.once("layer weights", inputs=names.inputs, transposed=Transpose(names.inputs), delta=delta)
            yield from self.keep(gradient, self.line(gradient, Product((delta, Transpose(names.inputs)))))
        if names.biases is not None and self.is_whole(names.biases, wanted):
            gradient = self.matrices.total(loss, names.biases)
            yield from self.once("layer biases", delta=delta)
            yield from self.keep(gradient, self.line(gradient, delta))
        elif names.shared in wanted:
            total = Total(loss, names.shared)
            yield Paragraph(sentence(self.words["shared bias"], bias=Math(Symbol(names.shared))))
            yield self.backward.line(self.backward.graph.by_name[total])
            self.worked.add(total)

    def is_whole(self, matrix: Symbol, wanted: Collection[Name]) -> bool:
        """Whether all entries of a matrix are wanted, and none of them stands in it twice."""
        inside = self.entries(matrix)
        return {*wanted}.issuperset(inside) and len({*inside}) == len(inside)

    def keep(self, left: Symbol, chain: Chain | None) -> Iterator[Chain]:
        """A line that stands on the page, so that its entries need no lines of their own."""
        if chain is not None:
            self.worked.update(name for row in self.matrices.grids[left.name] for name in row)
            yield chain

    def reduced(self, of: Name, by: Sequence[Name], turn: Turn) -> Iterator[Block]:
        """The gradients of a batch, from those of its samples."""
        loss, by = turn.scope.name(of), [turn.scope.name(name) for name in by]
        for names in self.names(turn.scope):
            for matrix in (matrix for matrix in names.parameters if self.is_whole(matrix, by)):
                gradient = self.matrices.total(loss, matrix)
                yield from self.keep(gradient, self.worked_line(gradient))

    def each(self, matrix: Symbol, change: Callable[[Name], Name]) -> Grid:
        rows = self.matrices.grids[matrix.name]
        return tuple(tuple(change(name) for name in row if isinstance(name, Name)) for row in rows)

    def as_they_are(self, scope: Scope, wanted: Sequence[Name]) -> tuple[list[Symbol], list[Name]]:
        """The weights and biases that are wanted as a whole; and what is left."""
        found: list[Symbol] = []
        left = dict.fromkeys(wanted)
        for names in self.names(scope):
            for matrix in names.parameters:
                inside = self.entries(matrix)
                if left.keys() >= {*inside}:
                    found.append(matrix)
                    left = {name: None for name in left if name not in inside}
        return found, list(left)

    def restated(self, matrix: Symbol) -> Chain:
        """A matrix that is what another was."""
        formula = self.defined(matrix)
        assert formula is not None
        return self.lines.chain(matrix, (Member("formula", formula),), brief=True)

    def value(self, matrix: Symbol) -> Math:
        relation, result = self.lines.given(matrix)
        return Math(matrix, relation, result)

    def summed_up(self, goals: Sequence[Update], last: Turn, again: Turn | None) -> tuple[tuple[Inline, ...], ...]:
        """The new values, where all stand in matrices: as the last update made them or the pass after reads them."""
        new = {last.new(name) for goal in goals for name in goal.of}
        if not new <= self.worked:
            after = [again.scope.name(name) for goal in goals for name in goal.of] if again else []
            matrices, rest = self.as_they_are(again.scope, after) if again else ([], [])
            return () if rest else tuple((self.value(matrix),) for matrix in matrices)
        found = [name for name, grid in self.matrices.grids.items() if all(new.issuperset(row) for row in grid)]
        return tuple((self.value(Symbol(name)),) for name in found)


def _signed(node: Expression) -> Expression:
    """A sum with the signs of its terms before them: (-a) + (-b) -> -a - b."""
    if not isinstance(node, Sum):
        return node
    return Sum(
        tuple(Term(-term.sign, term.value.operand) if isinstance(term.value, Negate) else term for term in node.terms)
    )


def _through(activation: str, slopes: Symbol | None, back: Expression) -> Expression | None:
    """What comes back to the outputs of a layer, taken on to its net inputs."""
    if activation == "linear":
        return back
    if slopes is None:
        return None
    return Product((Transpose(slopes), back)) if activation == "softmax" else Entrywise((back, slopes))
