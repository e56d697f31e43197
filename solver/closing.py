"""What closes a page: the loss of each update of a run, and what the page has come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from solver.board import Board
from solver.document import Block, BulletList, Inline, Math, Paragraph, Section, Table, Text, sentence
from solver.excerpt import left_out
from solver.expression import Symbol
from solver.goals import Differentiate, Evaluate, Update
from solver.layerpages import LayerPages
from solver.names import QuantityName, Total
from solver.phrases import PHRASES, counted
from solver.problem import Problem
from solver.training import Run, Turn

ROWS, FEW_ROWS = 96, 6
"""Rows of a table up to which all stand on the page, and of more how many."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Lays out the last sections of a problem's page."""

    problem: Problem
    board: Board
    run: Run
    layers: LayerPages | None

    @property
    def words(self) -> Mapping[str, str]:
        return PHRASES[self.problem.head.language]

    @property
    def updates(self) -> tuple[Update, ...]:
        return tuple(goal for goal in self.problem.goals if isinstance(goal, Update))

    def losses(self) -> Section:
        """The loss of each update that is kept, before its parameters change."""
        rows: list[tuple[tuple[Inline, ...], ...]] = []
        for turn in self.run.compared:
            label = counted(turn.number, self.words) if turn.number <= self.run.updates else self.words["afterwards"]
            rows.append(((Text(label),), *((self.value(turn.scope.name(goal.minimise)),) for goal in self.updates)))
        header = ((Text(self.words["update"]),), (Text(self.words["loss before"]),))
        blocks: list[Block] = [Table(header, tuple(rows))]
        if len(self.run.turns) < self.run.updates:
            shown, updates = (counted(count, self.words) for count in (len(self.run.turns), self.run.updates))
            blocks.append(Paragraph(sentence(self.words["losses left out"], shown=shown, updates=updates)))
        return Section(1, (Text(self.words["losses"]),), tuple(blocks), "losses")

    def summary(self) -> Iterator[Section]:
        """What the page has come to: the updates, or else the values and derivatives that were asked for."""
        asked = tuple(self.asked())
        if self.updates:
            section = self.new_values()
            yield replace(section, blocks=(*section.blocks, BulletList(asked))) if asked else section
        elif asked:
            yield Section(1, sentence(self.words["summary"]), (BulletList(asked),), "summary")

    def asked(self) -> Iterator[tuple[Inline, ...]]:
        """Each value and each derivative that was asked for, where it is found among others; of a run the last ones
        that the page works.
        """
        worked = [turn for turn in self.run.turns if turn.number in self.run.shown][-1:]
        again = [self.run.again] if self.run.again else worked
        for goal in self.problem.goals:
            match goal:
                case Evaluate(names) if len(names) < len(self.problem.graph.definitions):
                    yield from self.last(again, names)
                case Differentiate(of, by):
                    for name in by:
                        yield from self.last(worked, [Total(of, name)])
                case _:
                    pass

    def last(self, turns: Iterable[Turn], names: Iterable[QuantityName]) -> Iterator[tuple[Inline, ...]]:
        """These quantities in each pass of a turn."""
        own = tuple(names)
        yield from ((self.value(one.scope(name)),) for turn in turns for one in turn.passes for name in own)

    def new_values(self) -> Section:
        """Old value, gradient and new value of each parameter; of a run the first and the last value.

        What stands in matrices is summed up by them.
        """
        words, last = self.words, self.run.turns[-1]
        if self.layers and (whole := self.layers.summed_up(self.updates, last, self.run.again)):
            return Section(1, sentence(words["summary"]), (BulletList(whole),), "summary")
        several = self.run.updates > 1
        keys = ("quantity", "old", "after run") if several else ("quantity", "old", "gradient", "new")
        body: list[tuple[tuple[Inline, ...], ...]] = []
        for goal in self.updates:
            for parameter in goal.of[: self.room(len(goal.of))]:
                old, new = self.shown(parameter), last.new(parameter)
                if several:
                    found = self.run.again.scope.name(parameter) if self.run.again else new  # as the page calls it
                    body.append(((Math(Symbol(parameter)),), (old,), (self.value(found),)))
                else:
                    total = Total(last.scope.name(goal.minimise), last.scope.name(parameter))
                    body.append(((Math(Symbol(parameter)),), (old,), (self.shown(total),), (self.shown(new),)))
        header = tuple((Text(words[key]),) for key in keys)
        left_out = sum(len(goal.of) - self.room(len(goal.of)) for goal in self.updates)
        blocks = (Table(header, tuple(body)), *self.left_out(left_out))
        return Section(1, sentence(words["summary"]), blocks, "summary")

    def room(self, count: int) -> int:
        """How many rows of a table stand on the page: a few of very many, or beside wide layers; all in full detail."""
        many = count > ROWS or left_out(self.problem)
        return min(count, FEW_ROWS) if many and self.problem.head.detail != "full" else count

    def left_out(self, count: int) -> Iterator[Block]:
        """Says how many rows a table leaves out."""
        if count:
            yield Paragraph(sentence(self.words["left out"], count=counted(count, self.words)))

    def shown(self, name: QuantityName) -> Math:
        return Math(self.board.shown(name).expression)

    def value(self, name: QuantityName) -> Math:
        """A quantity with its value; one that an unknown leaves open with its formula."""
        printed = self.board.shown(name).expression
        if printed == Symbol(name):
            definition = self.board.values.graph.by_name.get(name)
            return Math(printed, "=", definition.expression) if definition else Math(printed)
        return Math(Symbol(name), self.board.relation(Symbol(name), printed), printed)
