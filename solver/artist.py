"""What the drawings of every kind of problem have in common: labels with the values that the page prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solver.board import Board
from solver.document import Inline, Math, Text, sentence
from solver.drawing import Content
from solver.expression import Symbol, symbols
from solver.lettering import content_width
from solver.names import Local, Name, QuantityName, Total
from solver.training import Scope, Turn

LONGEST = 215
"""A label with its value may be this wide; else it is the name alone."""
SMALL = 13
"""The least radius of a circle in a drawing that shows a way alone."""


@dataclass(frozen=True, slots=True)
class Artist:
    """Makes labels; what it prints for a quantity is what the page prints.

    Of a training run it draws one update, `turn`: the values of its first pass, the gradients that it goes by. On a
    problem sheet it prints `only_given` values.
    """

    notation: Mapping[Name, str]
    board: Board
    words: Mapping[str, str]
    turn: Turn
    only_given: bool = field(default=False, kw_only=True)

    @property
    def scope(self) -> Scope:
        """The names of the pass that is drawn."""
        return self.turn.passes[0].scope

    @property
    def gradient_scope(self) -> Scope:
        """The names of the derivatives that the update goes by: of a batch the reduced ones."""
        return self.scope if len(self.turn.passes) == 1 else self.turn.scope

    def total(self, of: Name, by: Name) -> Total:
        """A derivative that the update goes by."""
        return Total(self.gradient_scope.name(of), self.gradient_scope.name(by))

    def name(self, name: Name) -> Content:
        """What stands in a circle."""
        return Content(left=Symbol(self.scope.name(name)), style="name")

    def derived(self, loss: Name) -> Content:
        """What stands in the circle of the loss beside its derivatives: of a batch it is the loss of all samples."""
        return Content(left=Symbol(self.gradient_scope.name(loss)), style="name")

    def known(self, name: QuantityName) -> tuple[Content, ...]:
        """The equality of a quantity and its value, where it has one that fits."""
        content = self.equality(name)
        return (content,) if content.relation else ()

    def of_which_sample(self) -> tuple[Inline, ...]:
        """Beside derivatives of the loss of a batch: the sample whose quantities are drawn."""
        if len(self.turn.passes) == 1:
            return ()
        return sentence(self.words["drawn of batch"], sample=str(self.turn.passes[0].sample))

    def equality(self, name: QuantityName) -> Content:
        """A quantity of the pass and its value as the page prints them; the quantity alone where that is too long."""
        return self.valued(self.scope(name))

    def valued(self, name: QuantityName) -> Content:
        """A quantity by the name that it has in the run, and its value; alone where it has none, or a long one."""
        printed = self.board.shown(name).expression
        alone = Content(left=Symbol(name))
        unknown = printed == Symbol(name) or any(isinstance(part, Local) for part in symbols(printed))
        if unknown or (self.only_given and name not in self.board.values.graph.givens):
            return alone
        content = Content("", Symbol(name), self.board.relation(Symbol(name), printed), printed)
        return content if content_width(content, self.notation) <= LONGEST else alone

    def said(self, content: Content | None) -> tuple[Inline, ...]:
        """A label as running text."""
        if content is None:
            return ()
        words: tuple[Inline, ...] = (Text(content.words),) if content.words else ()
        if content.left is None:
            return words
        return (*words, Math(content.left, content.relation, content.right))
