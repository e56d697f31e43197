"""How much room blocks take, decided from the tree: rows of a slide, characters of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from solver.document import (
    Block,
    BulletList,
    Chain,
    Code,
    Emphasis,
    Hyperlink,
    Inline,
    Link,
    Math,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Trail,
)
from solver.expression import Symbol
from solver.mathtext import width
from solver.rows import broken, height

LINE, AROUND_DISPLAY, AROUND_TEXT = 0.35, 0.9, 0.45
"""Rows of space: between the lines of a display, around a display, after a paragraph."""
GAP = 3
"""Characters that a relation takes with the space around it, or the space between two chains."""
OTHER = 6.0
"""Rows that a block with no text of its own takes, such as a drawing."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a slide holds: `width` characters of mathematics and `text` characters of words in a line, `rows` rows."""

    width: int = 66
    text: int = 72
    rows: float = 14.0


SLIDE = Room()


def chain_width(chain: Chain) -> int:
    """The widest line of a chain with its left side and the reason beside it."""
    return width(chain.left) + GAP + max(width(link.member) for link in chain.links)


def chain_rows(chain: Chain, room: Room) -> float:
    """The height of a display with one chain in it."""
    return AROUND_DISPLAY + sum(link_rows(chain, link, room) for link in chain.links)


def link_rows(chain: Chain, link: Link, room: Room) -> float:
    """The height of one member of a chain, broken into as many lines as it needs."""
    lines = broken(link.member, room.width - width(chain.left) - GAP)
    tall = height(chain.left) if link is chain.links[0] else 1.0
    return sum(max(tall, *(height(piece.node) for piece in line)) + LINE for line in lines)


def rows(block: Block, room: Room) -> float:
    """The height of a block on a slide."""
    match block:
        case Paragraph(parts):
            return lines(parts, room) + AROUND_TEXT
        case BulletList(items):
            return sum(lines(item, room) + 0.2 for item in items) + AROUND_TEXT
        case Chain():
            return chain_rows(block, room)
        case SideBySide(chains):
            return max(chain_rows(chain, room) for chain in chains)
        case Table(_, body):
            return AROUND_DISPLAY + 1.5 + sum(max(1.2, row_height(row)) for row in body)
        case Section(blocks=blocks):
            return 1.5 + total(blocks, room)
        case _:
            return OTHER


def total(blocks: Iterable[Block], room: Room) -> float:
    """The height of blocks below each other."""
    return sum(rows(block, room) for block in blocks)


def row_height(cells: Sequence[Sequence[Inline]]) -> float:
    """The height of a table's row."""
    return max(inline_height(cell) for cell in cells)


def lines(parts: Sequence[Inline], room: Room) -> float:
    """The lines that running text needs, each as high as the highest formula in it."""
    return -(-length(parts) // room.text) * inline_height(parts)


def inline_height(parts: Sequence[Inline]) -> float:
    """1 for a line of words, more where a formula stands in it."""
    tall = any(isinstance(part, Math) and height(part.left) > 1.5 for part in parts)
    return 1.5 if tall else 1.15


def length(parts: Sequence[Inline]) -> int:
    """Roughly how many characters long running text is."""
    found = 0
    for part in parts:
        match part:
            case Text(text) | Code(text) | Hyperlink(text):
                found += len(text)
            case Strong(inner) | Emphasis(inner):
                found += length(inner)
            case Math(left, _, right):
                found += width(left) + (GAP + width(right) if right is not None else 0)
            case Trail(names):
                found += sum(width(Symbol(name)) + GAP for name in names)
    return found
