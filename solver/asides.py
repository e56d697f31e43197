"""Lines with reasons -> the same with a paragraph below where a reason is long: many comparisons, or a wide one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from solver.cases import in_words, since
from solver.document import Block, Chain, Comparison, Link, Section
from solver.measure import PAGE, width
from solver.rows import GAP, broken

MOST, LEAST_ROOM = 3, 14
"""Comparisons that stand beside a line; the digits that its members are broken to leave for them."""


def many_below(blocks: Iterable[Block], words: Mapping[str, str]) -> Iterator[Block]:
    """The blocks with comparisons that have no room beside a line in a paragraph below it."""
    for block in blocks:
        match block:
            case Section():
                yield replace(block, blocks=tuple(many_below(block.blocks, words)))
            case Chain():
                below = [_without_room(block, link, words) for link in block.links]
                if not any(below):
                    yield block
                    continue
                links = zip(block.links, below, strict=True)
                yield replace(block, links=tuple(replace(link, reason=()) if long else link for link, long in links))
                yield from (in_words(long, words) for long in below if long)
            case _:
                yield block


def _without_room(chain: Chain, link: Link, words: Mapping[str, str]) -> tuple[Comparison, ...]:
    """The comparisons of a reason, where they are too many or one of them is too wide to stand beside the line."""
    found = tuple(part for part in link.reason if isinstance(part, Comparison))
    if not found or link.reason != since(found, words):
        return ()
    return found if len(found) > MOST or max(map(_width, found)) > _beside(chain) else ()


def _width(comparison: Comparison) -> float:
    return sum(width(member) + GAP for member in comparison.members) - GAP


def _beside(chain: Chain) -> float:
    """The digits beside the widest row of a chain, its members broken so that there are a few."""
    room = PAGE - width(chain.left) - GAP
    rows = [row for link in chain.links for row in broken(link.member, max(room - GAP - LEAST_ROOM, 1))]
    return room - max(sum(width(piece.node) + GAP for piece in row) for row in rows)
