"""Solution -> its drawings, with the values that the page prints, among the sections of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flint import fmpq

from solver.board import Board
from solver.document import Block, BulletList, Figure, Inline, Math, Paragraph, Section, Text, Trail, sentence
from solver.drawing import Content
from solver.expression import Symbol
from solver.goals import Update
from solver.graphdrawing import GraphArtist, graph_artist
from solver.names import Name, QuantityName
from solver.networkdrawing import NetworkArtist, network_artist
from solver.phrases import counted
from solver.plots import plot
from solver.rounding import written
from solver.solution import Solution
from solver.training import Turn

AFTER = ("again", "losses", "summary")
"""Sections about the whole run: the drawing of the gradients stands before them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Draws one problem, or nothing where it has nothing to draw: of a run its first update on the page."""

    artist: NetworkArtist | GraphArtist | None
    solution: Solution
    board: Board
    words: Mapping[str, str]
    turn: Turn
    on_page: Collection[QuantityName] = ()
    """The quantities of which the page says something."""

    @staticmethod
    def of(
        solution: Solution, board: Board, words: Mapping[str, str], on_page: Collection[QuantityName] = ()
    ) -> Figures:
        problem, run = solution.problem, solution.run
        turn = next((turn for turn in run.turns if turn.number in run.shown), run.turns[0])
        if not problem.head.figure:
            return Figures(None, solution, board, words, turn, on_page)
        make = network_artist if any(group.unit for group in problem.groups) else graph_artist
        return Figures(make(problem, board, words, turn), solution, board, words, turn, on_page)

    @property
    def is_plain(self) -> bool:
        return self.solution.run.is_plain

    def among(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """The sections that follow the givens, the drawings among them."""
        if self.artist is None:
            yield from blocks
            return
        yield from self.drawing(self.artist)
        gradients = tuple(self.gradients(1 if self.is_plain else 2))
        for block in blocks:
            key = block.key if isinstance(block, Section) else ""
            if self.is_plain and key in AFTER:
                yield from gradients
                gradients = ()
            found = self.with_ways(block)
            if key == "losses" and isinstance(found, Section):
                found = replace(found, blocks=(*found.blocks, *self.losses()))
            if key == f"turn {self.turn.number}" and isinstance(found, Section):
                found, gradients = replace(found, blocks=(*found.blocks, *gradients)), ()
            yield found
        yield from gradients

    def set(self) -> Iterator[Section]:
        """The drawing beside a problem without its solution: names and what is given, nothing that is computed."""
        if self.artist is not None:
            yield from self.drawing(replace(self.artist, only_given=True))

    def drawing(self, artist: NetworkArtist | GraphArtist) -> Iterator[Section]:
        """The network or the graph; of a run it says which of its passes is drawn."""
        title: tuple[Inline, ...] = (
            Text(self.words["the network" if isinstance(artist, NetworkArtist) else "the graph"]),
        )
        figure = artist.forward()
        if which := tuple(self.which_pass(artist)):
            title, told = (*title, Text(", "), *which), sentence(self.words["drawn pass"], which=which)
            figure = replace(figure, alternative=(*figure.alternative, *told))
        yield Section(1, title, (figure,), "drawing")

    def which_pass(self, artist: NetworkArtist | GraphArtist) -> Iterator[Inline]:
        """The sample and the update that the values of a drawing are of, where there are several."""
        sample, run = self.turn.passes[0].sample, self.solution.run
        updates = run.updates > 1 and not artist.only_given
        if sample or updates:
            key = "sample in update" if sample and updates else "the sample" if sample else "the update"
            yield from sentence(self.words[key], sample=str(sample), update=counted(self.turn.number, self.words))

    def losses(self) -> Iterator[Figure]:
        """The loss of each update that the table above it shows."""
        run = self.solution.run
        turns = run.compared
        for goal in self.solution.problem.goals:
            if isinstance(goal, Update):
                printed = [self.board.shown(turn.scope.name(goal.minimise)) for turn in turns]
                values = [one.value for one in printed]
                series = [(t.number, value) for t, value in zip(turns, values, strict=True) if isinstance(value, fmpq)]
                unbroken = len(turns) > 2 and turns[-1].number - turns[0].number == len(turns) - 1
                if len(series) == len(turns) and (unbroken or len(turns) > 3):  # three points far apart show nothing
                    yield self.plot(goal.minimise, series)

    def plot(self, loss: Name, series: Sequence[tuple[int, fmpq]]) -> Figure:
        """The plot; what comes after the last update is no further update."""
        words, run, notation = self.words, self.solution.run, self.solution.problem.head.notation
        after = run.again in run.compared
        (first, begun), (last, ended) = series[0], series[-1]
        told = sentence(
            words["drawn losses and after" if after else "drawn losses"],
            first=counted(first, words),
            last=counted(min(last, run.updates), words),
            begun=Math(written(begun)),
            ended=Math(written(ended)),
        )

        def number(update: int) -> str:
            return counted(update, words) if update <= run.updates or not after else ""

        across = Content(words["drawn updates and after" if after else "update"])
        up = Content(words["loss before"])
        return Figure(plot(series, across, up, notation, number, words["drawn by powers"]), told)

    def gradients(self, level: int) -> Iterator[Section]:
        """The gradients of the update that is drawn."""
        figure = self.artist.gradients(self.on_page) if self.artist else None
        if figure and self.artist and self.artist.loss:
            loss = Math(Symbol(self.artist.gradient_scope.name(self.artist.loss)))
            said = (*self.artist.of_which_sample(), *self.artist.caption(loss, self.on_page))
            yield Section(level, (Text(self.words["the gradients"]),), (Paragraph(said), figure), "gradients")

    def with_ways(self, block: Block) -> Block:
        """A section, and those in it, with a drawing after the sentence that names a way, or the list of several."""
        if not isinstance(block, Section) or self.artist is None:
            return block
        inside: list[Block] = []
        for part in block.blocks:
            inside.append(self.with_ways(part))
            ways = tuple(_ways(part))
            figure = self.artist.ways(ways) if ways else None
            if figure:
                inside.append(figure)
        return replace(block, blocks=tuple(inside))


def _ways(block: Block) -> Iterator[Trail]:
    match block:
        case Paragraph(parts):
            yield from (part for part in parts if isinstance(part, Trail))
        case BulletList(items):
            yield from (part for item in items for part in item if isinstance(part, Trail))
        case _:
            pass
