"""How much room blocks take, decided from the tree: rows of a slide, characters of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import assert_never

from solver import expression, measure
from solver.document import (
    Block,
    BulletList,
    Cases,
    Chain,
    Code,
    Comparison,
    Emphasis,
    Equations,
    Figure,
    Hyperlink,
    Inline,
    Link,
    Math,
    Matrix,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Trail,
)
from solver.expression import Symbol, Transpose
from solver.heights import height
from solver.measure import TEXT, width
from solver.rows import broken

MORE_WORDS = 0.8
"""Rows that a slide holds more of where nothing but words stands on it."""
LINE, LEADING, AFTER_WORDS, ITEM = 0.35, 0.15, 0.45, 0.15
"""Rows of space: between the lines of a display, of words, after a paragraph, between the items of a list."""
AROUND = (2.85, 1.8, 0.9)
"""Rows of space around a display in Beamer: where it is the first on a slide, below words, below another display."""
GAP, BETWEEN = 3, 4.5
"""Digits that a relation takes with the space around it, and the space between two chains."""
SMALLER, DENSER, LEAST_REASON = 0.85, 1.3, 14
"""Of the small words of a reason: their size, their number on the room of a formula's character, their least room."""
MORE_REASON = (20, 26, 32)
"""The room that reasons are left on a page where they would else be broken into many rows."""
LETTERS = 1.1
"""Letters on the room of a digit."""
TAG = 5
"""Characters of the number of an equation at the end of its line."""
SCALES = tuple(percent / 100 for percent in range(100, 20, -5))
"""How much smaller a display may become that cannot be broken into the room it has."""
BROKEN = 4
"""Characters that a line is shorter where a row of numbers is broken after a comma."""
COLUMN = 2.5
"""Characters of space beside a column of a table."""
POINTS = {"column": 5.45, "row": 12.3, "unit": 0.75}
"""Points of a digit's width, of a row's height and of a unit of a drawing, in the type of a slide."""
RESERVE = 1
"""Digits that a formula may be wider than it is reckoned."""
BESIDE, FIGURE, LEGIBLE = 0.56, 0.4, 0.5
"""The parts of a slide for the work beside a figure and for the figure, and how much smaller it may become for that."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a slide holds: `width` digits of mathematics and `text` characters of words in a line, `rows` rows.

    `around` is the space that a display takes beside its lines, as AROUND is. What a reason has no room for beside its
    line stands `below` it, in rows of its own; else it is small words in a box of their own.
    """

    width: int = 54
    text: int = 60
    rows: float = 13.8
    around: tuple[float, float, float] = AROUND
    below: bool = False


SLIDE = Room()
PAGE = Room(measure.PAGE, 100)
"""A line of a page, which is as high as it needs to be."""


def chain_width(chain: Chain) -> float:
    """The widest line of a chain, its left side included."""
    return width(chain.left) + GAP + max(width(link.member) for link in chain.links)


def limit(chain: Chain, room: Room, least: int = LEAST_REASON) -> float:
    """The characters that a member of a chain has beside the left side, its number and reasons of `least` so many."""
    reasons = GAP + least if any(link.reason for link in chain.links) else 0
    number = TAG if chain.number is not None else 0
    return max(room.width - width(chain.left) - GAP - max(reasons, number), 1)


def beside(chain: Chain, room: Room, least: int = LEAST_REASON) -> int:
    """The characters of mathematics that the reasons of a chain have the room of."""
    widest = min(_widest(chain, room, least), limit(chain, room, least))
    return int(room.width - width(chain.left) - GAP - widest - GAP - RESERVE)


def room_of_reasons(chain: Chain, room: Room) -> int:
    """How many characters to leave for the reasons of a chain, so that little is broken; of equal ones the least.

    A row that a member is broken into counts as much as two of a reason. Where a member cannot be broken to what is
    left beside them, reasons are not left more.
    """
    best, fewest = LEAST_REASON, _breaks(chain, room, LEAST_REASON)
    for least in MORE_REASON if fewest else ():
        if _widest(chain, room, least) > limit(chain, room, least):
            break
        breaks = _breaks(chain, room, least)
        if breaks < fewest:
            best, fewest = least, breaks
    return best


def _breaks(chain: Chain, room: Room, least: int) -> int:
    """The rows that are more than one for each link, where reasons are left so many characters; a member's twice."""
    letters = int(beside(chain, room, least) * LETTERS)
    members = (len(broken(link.member, limit(chain, room, least))) for link in chain.links)
    reasons = (sum(1 for _ in wrapped(link.reason, letters)) for link in chain.links if link.reason)
    return sum(2 * (rows - 1) for rows in members) + sum(rows - 1 for rows in reasons)


def scale(block: Block, room: Room) -> float:
    """How large a display is set so that it fits a slide: 1 where it fits as it is."""
    return next((ratio for ratio in SCALES if _fits_alone(block, scaled(room, ratio))), SCALES[-1])


def scaled(room: Room, ratio: float) -> Room:
    """The room for what is set smaller by a ratio."""
    return replace(room, width=int(room.width / ratio), text=int(room.text / ratio), rows=room.rows / ratio)


def _fits_alone(block: Block, room: Room) -> bool:
    match block:
        case Chain():
            wide = _widest(block, room) <= limit(block, room)
        case SideBySide(chains):
            wide = sum(chain_width(chain) + BETWEEN for chain in chains) - BETWEEN <= room.width - RESERVE
        case Table():
            wide = table_width(block) <= room.width
        case Equations(equations):
            sides = max(width(line.left) for line in equations) + GAP + max(width(line.right) for line in equations)
            reasons = max((GAP + length(line.reason) for line in equations if line.reason), default=0)
            wide = sides + reasons <= room.width
        case Matrix(stages=stages):
            widths = [sum(max(map(width, column)) + GAP for column in zip(*stage, strict=True)) for stage in stages]
            wide = (sum(widths) if len(stages[0][0]) == 1 else max(widths)) + 2 * GAP <= room.width
        case _:
            return True
    return wide and total((block,), room) <= room.rows


def table_width(table: Table) -> float:
    """The widest cells of its columns, and the space between them."""
    return sum(max(map(length, column)) + COLUMN for column in zip(table.header, *table.rows, strict=True))


def _widest(chain: Chain, room: Room, least: int = LEAST_REASON) -> float:
    """The widest row of a chain's members, broken where they can be."""
    found = (broken(link.member, limit(chain, room, least)) for link in chain.links)
    return max(sum(width(piece.node) + GAP for piece in row) - GAP for rows in found for row in rows)


def chain_rows(chain: Chain, room: Room) -> float:
    """The height of the lines of a chain."""
    return sum(link_rows(chain, link, room) for link in chain.links)


def link_rows(chain: Chain, link: Link, room: Room) -> float:
    """The height of one member of a chain, broken into as many lines as it needs."""
    lines = broken(link.member, limit(chain, room))
    tall = height(chain.left) if link is chain.links[0] else 1.0
    high = sum(max(tall, *(height(piece.node) for piece in line)) + LINE for line in lines)
    if not link.reason:
        return high
    if room.below:
        further = sum(1 for _ in wrapped(link.reason, int(beside(chain, room) * LETTERS))) - len(lines)
        return high + max(further, 0) * (1 + LINE)
    high_rows = -(-length(link.reason) // int(beside(chain, room) * DENSER)) * row_height((link.reason,))
    return max(high, high_rows * SMALLER + LINE)


def rows(block: Block, room: Room) -> float:
    """The height of a block on a slide, without the space around a display."""
    match block:
        case Paragraph(parts):
            return lines(parts, room) + AFTER_WORDS
        case BulletList(items):
            return sum(lines(item, room) + ITEM for item in items) + AFTER_WORDS
        case Chain():
            return chain_rows(block, room)
        case SideBySide(chains):
            return max(chain_rows(chain, room) for chain in chains)
        case Table(_, body):
            return 1.5 + sum(max(1.2, row_height(row)) for row in body)
        case Section(blocks=blocks):
            return 1.5 + total(blocks, room)
        case Equations(equations):
            return sum(max(height(line.left), height(line.right)) + LINE for line in equations)
        case Cases(_, cases):
            return sum(height(node) + LINE for node, _ in cases)
        case Matrix(stages=stages):
            high = [sum(max(map(height, row)) + LINE for row in stage) for stage in stages]
            return max(high) if len(stages[0][0]) == 1 else sum(high)
        case Figure(drawing):
            share = figure_share(block, room)
            return drawing.height * share * room.width * POINTS["column"] / drawing.width / POINTS["row"]
        case _:
            assert_never(block)


def figure_share(figure: Figure, room: Room) -> float:
    """How much of the width of a line a figure takes, so that it is no higher than a slide."""
    width, height = (size * POINTS["unit"] for size in (figure.drawing.width, figure.drawing.height))
    line, high = room.width * POINTS["column"], (room.rows - room.around[0]) * POINTS["row"]
    return min(1.0, width * min(1.0, high / height) / line)


def fits_beside(figure: Figure, room: Room) -> bool:
    """Whether a figure can still be read where it stands beside the work."""
    width, height = (size * POINTS["unit"] for size in (figure.drawing.width, figure.drawing.height))
    column, high = room.width * POINTS["column"] * FIGURE, (room.rows - room.around[0]) * POINTS["row"]
    return bool(width * LEGIBLE <= column and height * min(1.0, column / width) <= high)


def narrow(room: Room) -> Room:
    """The room beside a figure."""
    return replace(room, width=int(room.width * BESIDE), text=int(room.text * BESIDE))


def total(blocks: Iterable[Block], room: Room) -> float:
    """The height of blocks below each other."""
    first, below_words, below_display = room.around
    found, above = 0.0, first
    for block in blocks:
        words = isinstance(block, Paragraph | BulletList)
        found += rows(block, room) + (0.0 if words else above)
        above = below_words if words else below_display
    return found


def row_height(cells: Sequence[Sequence[Inline]]) -> float:
    """The height of a table's row."""
    return max(inline_height(cell) for cell in cells)


def lines(parts: Sequence[Inline], room: Room) -> float:
    """The lines that running text needs, each as high as the highest formula in it."""
    lost = BROKEN if any(isinstance(part, Math) and _is_broken(part) for part in parts) else 0
    return -(-length(parts) // (room.text - lost)) * inline_height(parts)


def _is_broken(formula: Math) -> bool:
    """Whether a formula of running text is a row of numbers, which is broken after a comma."""
    right = formula.right.operand if isinstance(formula.right, Transpose) else formula.right
    return isinstance(right, expression.Matrix) and right.listed


def inline_height(parts: Sequence[Inline]) -> float:
    """The rows of a line of words, more where a formula stands in it."""
    formulas = [
        node for part in parts if isinstance(part, Math) for node in (part.left, part.right) if node is not None
    ]
    return max([1.15, *(height(node, TEXT) + LEADING for node in formulas)])


def length(parts: Sequence[Inline]) -> int:
    """Roughly how many characters long running text is."""
    found = 0.0
    for part in parts:
        match part:
            case Text(text) | Code(text) | Hyperlink(text):
                found += len(text)
            case Strong(inner) | Emphasis(inner):
                found += length(inner)
            case Math(left, _, right, further):
                found += width(left, TEXT) + (GAP + width(right, TEXT) if right is not None else 0)
                found += sum(GAP + width(member, TEXT) for _, member in further)
            case Comparison(members):
                found += sum(width(member) + GAP for member in members)
            case Trail(names):
                found += sum(width(Symbol(name)) + GAP for name in names)
    return int(found) + 1


def wrapped(parts: Sequence[Inline], limit: int) -> Iterator[tuple[Inline, ...]]:
    """Running text in lines of so many characters, broken between words."""
    line: list[Inline] = []
    for word in _words(parts):
        if line and length((*line, *word)) > limit:
            yield tuple(line)
            line = []
        for part in word if line else _without_space(word):
            if line and isinstance(part, Text) and isinstance(line[-1], Text):
                line[-1] = Text(line[-1].text + part.text)
            else:
                line.append(part)
    if line:
        yield tuple(line)


def _without_space(word: Sequence[Inline]) -> Iterator[Inline]:
    """A word at the start of a line."""
    first, *rest = word
    if not isinstance(first, Text):
        yield first
    elif first.text.lstrip():
        yield Text(first.text.lstrip())
    yield from rest


def _words(parts: Iterable[Inline]) -> Iterator[tuple[Inline, ...]]:
    """The words, each with the space before it; what stands without one is part of it: a formula and its comma."""
    word: list[Inline] = []
    for is_text, run in groupby(parts, lambda part: isinstance(part, Text)):
        if not is_text:
            word.extend(run)
            continue
        joined = "".join(part.text for part in run if isinstance(part, Text))
        for piece in re.findall(r"\s*\S+|\s+$", joined):
            if word and piece[0].isspace():
                yield tuple(word)
                word = []
            word.append(Text(piece))
    if word:
        yield tuple(word)
