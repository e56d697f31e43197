"""What an optimizer works for the weights and biases of a layered network, in matrices, and their new values.

Each line lays out definitions that exist entry by entry. A weight that stands in two places, and one that is updated
without the rest of its matrix, are left to lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from solver.document import Block, Chain, Math, Paragraph, Section, sentence
from solver.entries import each, written_out
from solver.expression import ZERO, Expression, Matrix, Number, Product, Sum, Symbol, rebuild
from solver.goals import Update
from solver.layerpages import LayerPages
from solver.matrices import LayerNames
from solver.names import Total
from solver.training import PLAIN, Turn
from solver.updates import kept_names, worked_names


@dataclass(frozen=True, slots=True)
class LayerUpdates:
    """Lays out the updates of a problem whose layers stand in matrices."""

    pages: LayerPages

    @property
    def words(self) -> Mapping[str, str]:
        return self.pages.words

    def sections(self, goal: Update, turn: Turn) -> Iterator[Section]:
        """The new values that stand in matrices; where an optimizer works more than these, a section a layer."""
        level, brief = self.pages.backward.level, self.pages.backward.brief
        opening: tuple[Block, ...] = () if brief else (self.pages.backward.reduced(goal),)
        layers = [(names.layer.number, tuple(self.new_values(names, goal, turn))) for names in self.pages.names(PLAIN)]
        if not goal.optimizer.steps:
            layers = [(0, tuple(block for _, blocks in layers for block in blocks))]
        for number, blocks in layers:
            if blocks:
                title = sentence(self.words["new values of layer" if number else "new values"], number=str(number))
                key = f"update layer {number}" if number else "update"
                yield Section(level, title, (*opening, *blocks), key)
                opening = ()

    def new_values(self, names: LayerNames, goal: Update, turn: Turn) -> Iterator[Block]:
        """What the optimizer works for the parameters of a layer, and their new values, where these are matrices."""
        pages = self.pages
        for letter, matrix in zip("Wb", names.parameters, strict=False):
            if not pages.is_whole(matrix, goal.of) or not self.is_derived(matrix, goal, turn):
                continue
            worked = self.optimized(matrix, goal, turn)
            new = pages.matrices.named(letter, names.layer.number, pages.each(matrix, turn.new))
            lines = [self.line(left) for left in (*worked.values(), new)]
            chains = [chain for chain in lines if chain is not None]
            if len(chains) == len(lines):
                pages.worked.update(name for row in pages.matrices.grids[new.name] for name in row)
                yield from self.said(worked, chains, goal)
            else:
                for left in worked.values():
                    del pages.matrices.grids[left.name]

    def is_derived(self, matrix: Symbol, goal: Update, turn: Turn) -> bool:
        """Whether the gradient stands on the page before the updates; else the section of each parameter works it."""
        loss, by = turn.scope.name(goal.minimise), (turn.scope.name(name) for name in self.pages.entries(matrix))
        return len(turn.passes) > 1 or all(Total(loss, name) in self.pages.worked for name in by)

    def said(self, worked: Mapping[str, Symbol], chains: Sequence[Chain], goal: Update) -> Iterator[Block]:
        """The lines of a matrix, with what they say in words when it is said for the first time."""
        backward = self.pages.backward
        if worked and not backward.brief:
            yield from backward.kept_by({letter: Math(matrix) for letter, matrix in worked.items()}, goal)
            yield from chains[:-1]
            yield Paragraph(sentence(self.words["take the steps"]))
            yield chains[-1]
        else:
            yield from chains

    def optimized(self, matrix: Symbol, goal: Update, turn: Turn) -> dict[str, Symbol]:
        """What an optimizer works for a matrix, by its letter; its values after the update before are named as well."""
        found: dict[str, Symbol] = {}
        for place, worked in enumerate(worked_names(goal, self.pages.entries(matrix)[0], turn.step)):
            for step in (turn.step - 1, turn.step) if turn.step > 1 else (turn.step,):
                own = {name: worked_names(goal, name, step)[place] for name in self.pages.entries(matrix)}
                grid = self.pages.each(matrix, own.__getitem__)
                found[worked.base] = self.pages.matrices.optimized(worked.base, matrix, grid)
        return found

    def line(self, left: Symbol) -> Chain | None:
        """The line of a matrix whose entries have one formula."""
        formula = self.pages.defined(left, quotients=True)
        if formula is None or isinstance(formula, Matrix):
            return None
        return self.pages.line(left, _from_zero(formula, written_out(self.pages.matrices.grids[left.name])))

    def kept(self, goals: Sequence[Update], turn: Turn) -> Iterator[Symbol]:
        """What an optimizer has kept of the parameters before an update, as far as it stands in matrices."""
        for names, goal in product(self.pages.names(PLAIN), goals):
            for matrix in names.parameters:
                if not self.pages.is_whole(matrix, goal.of):
                    continue
                for place, kept in enumerate(kept_names(goal, self.pages.entries(matrix)[0])):
                    own = {name: kept_names(goal, name)[place] for name in self.pages.entries(matrix)}
                    last = {name: other.marked(step=turn.number - 1) for name, other in own.items()}
                    yield self.pages.matrices.optimized(kept.base, matrix, self.pages.each(matrix, last.__getitem__))


def _from_zero(formula: Expression, shape: Matrix) -> Expression:
    """What an optimizer keeps begins at zero: a matrix of zeros, in a sum by itself or with a number before it."""
    match formula:
        case Number() if formula == ZERO:
            return each(shape, lambda _: ZERO)
        case Sum() | Product():
            return rebuild(formula, lambda part: _from_zero(part, shape))
        case _:
            return formula
