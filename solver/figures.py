"""Solution -> its drawings, with the values that the page prints, among the sections of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.board import Board
from solver.document import Block, BulletList, Math, Paragraph, Section, Text, Trail, sentence
from solver.expression import Symbol
from solver.graphdrawing import GraphArtist, graph_artist
from solver.networkdrawing import NetworkArtist, network_artist
from solver.solution import Solution
from solver.training import Turn

AFTER = ("again", "losses", "summary")
"""Sections about the whole run: the drawing of the gradients stands before them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Draws one problem, or nothing where it has nothing to draw: of a run its first update on the page."""

    artist: NetworkArtist | GraphArtist | None
    words: Mapping[str, str]
    turn: Turn
    is_plain: bool

    @staticmethod
    def of(solution: Solution, board: Board, words: Mapping[str, str]) -> Figures:
        problem, run = solution.problem, solution.run
        turn = next((turn for turn in run.turns if turn.number in run.shown), run.turns[0])
        if not problem.head.figure:
            return Figures(None, words, turn, run.is_plain)
        make = network_artist if any(group.unit for group in problem.groups) else graph_artist
        return Figures(make(problem, board, words, turn), words, turn, run.is_plain)

    def among(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """The sections that follow the givens, the drawings among them."""
        if self.artist is None:
            yield from blocks
            return
        title = (Text(self.words["the network" if isinstance(self.artist, NetworkArtist) else "the graph"]),)
        yield Section(1, title, (self.artist.forward(),), "drawing")
        gradients = tuple(self.gradients(1 if self.is_plain else 2))
        for block in blocks:
            key = block.key if isinstance(block, Section) else ""
            if self.is_plain and key in AFTER:
                yield from gradients
                gradients = ()
            found = self.with_ways(block)
            if key == f"turn {self.turn.number}" and isinstance(found, Section):
                found, gradients = replace(found, blocks=(*found.blocks, *gradients)), ()
            yield found
        yield from gradients

    def gradients(self, level: int) -> Iterator[Section]:
        """The gradients of the update that is drawn."""
        figure = self.artist.gradients() if self.artist else None
        if figure and self.artist and self.artist.loss:
            key = "drawn gradients" if isinstance(self.artist, NetworkArtist) else "drawn graph gradients"
            said = sentence(self.words[key], loss=Math(Symbol(self.artist.loss)))
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
