"""Problem -> its drawings, with the values that the page prints, and where they stand among the blocks of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.board import Board
from solver.document import Block, BulletList, Math, Paragraph, Section, Trail, sentence
from solver.expression import Symbol
from solver.graphdrawing import GraphArtist, graph_artist
from solver.networkdrawing import NetworkArtist, network_artist
from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Figures:
    """Draws one problem, or nothing where it has nothing to draw."""

    artist: NetworkArtist | GraphArtist | None
    words: Mapping[str, str]

    @staticmethod
    def of(problem: Problem, board: Board, words: Mapping[str, str]) -> Figures:
        if not problem.head.figure:
            return Figures(None, words)
        artist = network_artist(problem, board, words) if any(group.unit for group in problem.groups) else None
        return Figures(artist or graph_artist(problem, board, words), words)

    def forward(self) -> Iterator[Block]:
        """What stands after the givens: the network with the values of the forward pass."""
        if self.artist:
            yield self.artist.forward()

    def backward(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """The sections of gradients and updates, each with its way through the network; the gradients in the last."""
        if self.artist is None:
            yield from blocks
            return
        sections = [self.with_ways(block) for block in blocks]
        gradients = self.artist.gradients()
        if gradients and isinstance(sections[-1], Section):
            key = "drawn gradients" if isinstance(self.artist, NetworkArtist) else "drawn graph gradients"
            said = Paragraph(sentence(self.words[key], loss=Math(Symbol(self.artist.loss)) if self.artist.loss else ""))
            sections[-1] = replace(sections[-1], blocks=(*sections[-1].blocks, said, gradients))
        yield from sections

    def with_ways(self, block: Block) -> Block:
        """A section with a drawing after the sentence that names a way, or the list of several."""
        if not isinstance(block, Section) or self.artist is None:
            return block
        inside: list[Block] = []
        for part in block.blocks:
            inside.append(part)
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
