"""Document -> Document: slides with one idea each, and the problem without its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flint import fmpq

from solver.document import (
    Block,
    BulletList,
    Chain,
    Document,
    Emphasis,
    Inline,
    Link,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
)
from solver.expression import Expression
from solver.polynomial import Polynomial
from solver.room import GAP, SLIDE, Room, chain_rows, chain_width, length, link_rows, row_height, rows, total
from solver.rounding import Relation
from solver.steps import restated

WORDS = re.compile(r"\s*\S{1,60}\s*")
CARRIED_OVER = ("formula", "rule", "numbers")
"""Members that may open the next slide of a chain: what is worked out needs what it comes from."""


def without_answers(document: Document, asked: Section) -> Document:
    """The problem as it is set: statement, what is given, what is asked, source. Nothing of the solution."""
    blocks: list[Block] = []
    for block in document.blocks:
        if not isinstance(block, Section):
            blocks.append(block)
        elif block.key == "given":
            given = tuple(inner for inner in block.blocks if not isinstance(inner, Paragraph))
            blocks.extend([replace(block, blocks=given)] if given else [])
            blocks.append(asked)
    return replace(document, blocks=tuple(blocks))


def slides(document: Document, room: Room = SLIDE) -> Document:
    """The same lines on slides: every block of the result is a section, and each section is a slide.

    One idea a slide: words and the displays they lead to. A display that is too high is split, and what goes on begins
    with its left side again; values put in a numbered equation begin with that equation.
    """
    frames: list[Section] = []
    numbered: dict[Expression, Chain] = {}
    opening = Section(1, (Text(document.title),), (), "statement")
    closing = Section(1, (Text(document.title),), (), "source")
    for block in document.blocks:
        if isinstance(block, Section):
            frames.extend(_section(block, room, numbered))
        elif frames:
            closing = replace(closing, blocks=(*closing.blocks, block))
        else:
            opening = replace(opening, blocks=(*opening.blocks, block))
    frames = [*_frames(opening, room), *frames]
    if closing.blocks:
        frames = _closed(frames, closing, room)
    return replace(document, blocks=tuple(frames))


def _section(section: Section, room: Room, numbered: dict[Expression, Chain]) -> Iterator[Section]:
    """The slides of a section: its own ideas one by one, then those of the sections in it."""
    own = [block for block in section.blocks if not isinstance(block, Section)]
    for idea in _ideas(own):
        blocks = tuple(_restated(block, numbered) for block in idea)
        yield from _frames(Section(1, section.title, blocks, section.key), room)
    for inner in section.blocks:
        if isinstance(inner, Section):
            yield from _section(inner, room, numbered)


def _closed(frames: list[Section], closing: Section, room: Room) -> list[Section]:
    """The source below the statement where there is room for it, else on a slide of its own."""
    first = frames[0]
    together = replace(first, blocks=(*first.blocks, *closing.blocks))
    if first.key == "statement" and len(frames) > 1 and frames[1].key != "statement" and _fits(together.blocks, room):
        return [together, *frames[1:]]
    return [*frames, *_frames(closing, room)]


def _ideas(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Words and the displays they lead to; words at the end go with what is before them."""
    idea: list[Block] = []
    shown = False
    for place, block in enumerate(blocks):
        is_words = isinstance(block, Paragraph | BulletList)
        leads = any(not isinstance(later, Paragraph | BulletList) for later in blocks[place:])
        if is_words and shown and leads:
            yield tuple(idea)
            idea, shown = [], False
        idea.append(block)
        shown = shown or not is_words
    if idea:
        yield tuple(idea)


def _restated(block: Block, numbered: dict[Expression, Chain]) -> Block:
    match block:
        case Chain():
            return restated(block, numbered)
        case SideBySide(chains):
            return SideBySide(tuple(restated(chain, numbered) for chain in chains))
        case _:
            return block


def _frames(section: Section, room: Room) -> Iterator[Section]:
    """A section on as many slides as it needs; words that lead to a display stay with it."""
    frame: list[Block] = []
    for block in _pieces(section.blocks, room):
        if frame and not _fits((*frame, block), room):
            lead: list[Block] = []
            while frame and isinstance(frame[-1], Paragraph) and not isinstance(block, Paragraph | BulletList):
                lead.insert(0, frame.pop())
            if not (frame and _fits((*lead, block), room)):
                frame, lead = [*frame, *lead], []
            yield replace(section, blocks=tuple(frame))
            frame = lead
        frame.append(block)
    if frame or not section.blocks:
        yield replace(section, blocks=tuple(frame))


def _fits(blocks: Iterable[Block], room: Room) -> bool:
    return total(blocks, room) <= room.rows


def _pieces(blocks: Iterable[Block], room: Room) -> Iterator[Block]:
    """The blocks, those that are too wide or too high taken apart; a display leaves room for the words before it."""
    lead = 0.0
    for block in blocks:
        below = replace(room, rows=room.rows - lead) if lead < room.rows / 2 else room
        lead = lead + rows(block, room) if isinstance(block, Paragraph | BulletList) else 0.0
        match block:
            case SideBySide(chains):
                yield from _side_by_side(chains, below)
            case Chain():
                yield from _chain(block, below)
            case Paragraph(parts):
                yield from (Paragraph(part) for part in _text(parts, room))
            case BulletList(items):
                yield from _list(items, room)
            case Table():
                yield from _table(block, room)
            case _:
                yield block


def _side_by_side(chains: Sequence[Chain], room: Room) -> Iterator[Block]:
    """As many chains in a row as it has room for."""
    row: list[Chain] = []
    for chain in chains:
        if row and sum(chain_width(other) + GAP for other in (*row, chain)) > room.width:
            yield from _row(row, room)
            row = []
        row.append(chain)
    yield from _row(row, room)


def _row(chains: Sequence[Chain], room: Room) -> Iterator[Block]:
    if len(chains) > 1 and all(chain_rows(chain, room) <= room.rows for chain in chains):
        yield SideBySide(tuple(chains))
        return
    for chain in chains:
        yield from _chain(chain, room)


def _chain(chain: Chain, room: Room) -> Iterator[Chain]:
    """A chain in parts that fit: each further part begins with the left side and the member it goes on from."""
    links: list[Link] = []
    used = 1.0
    for link in chain.links:
        more = link_rows(chain, link, room)
        if links and used + more > room.rows:
            cut = next((n for n in range(len(links) - 1, 0, -1) if links[n].role in CARRIED_OVER), 0)
            if cut:
                yield Chain(chain.left, tuple(links[: cut + 1]), chain.number)
                first = Link(_relation(chain, links[cut]), links[cut].member, links[cut].role, (), links[cut].value)
                links = [first, *links[cut + 1 :]]
                used = 1.0 + sum(link_rows(chain, own, room) for own in links)
                chain = replace(chain, number=None)
        links.append(link)
        used += more
    yield Chain(chain.left, tuple(links), chain.number)


def _relation(chain: Chain, until: Link) -> Relation:
    """How a member of a chain stands to its left side."""
    before = chain.links[: chain.links.index(until) + 1]
    if all(link.relation == "=" for link in before):
        return "="
    first, value = before[0].value, until.value
    exact = isinstance(first, fmpq | Polynomial) and isinstance(value, fmpq | Polynomial)
    return "=" if before[0].relation == "=" and exact and first == value else "≈"


def _text(parts: tuple[Inline, ...], room: Room) -> Iterator[tuple[Inline, ...]]:
    """A paragraph too long for a slide, cut between words."""
    limit = int((room.rows - 2) * room.text / 1.5)
    if length(parts) <= limit:
        yield parts
        return
    piece: list[Inline] = []
    used = 0
    for part in _words(parts):
        if piece and used + length((part,)) > limit:
            yield tuple(piece)
            piece, used = [], 0
        piece.append(part)
        used += length((part,))
    if piece:
        yield tuple(piece)


def _words(parts: Iterable[Inline]) -> Iterator[Inline]:
    """Running text in pieces short enough to be cut between."""
    for part in parts:
        match part:
            case Text(text):
                yield from (Text(word) for word in WORDS.findall(text))
            case Strong(inner):
                yield from (Strong((word,)) for word in _words(inner))
            case Emphasis(inner):
                yield from (Emphasis((word,)) for word in _words(inner))
            case _:
                yield part


def _list(items: Sequence[tuple[Inline, ...]], room: Room) -> Iterator[BulletList]:
    """A list in parts that fit."""
    part: list[tuple[Inline, ...]] = []
    for item in (piece for whole in items for piece in _text(whole, room)):
        if part and not _fits((BulletList((*part, item)),), room):
            yield BulletList(tuple(part))
            part = []
        part.append(item)
    if part:
        yield BulletList(tuple(part))


def _table(table: Table, room: Room) -> Iterator[Table]:
    """A table in parts that fit, each with the header."""
    part: list[tuple[tuple[Inline, ...], ...]] = []
    used = rows(replace(table, rows=()), room)
    for row in table.rows:
        high = max(1.2, row_height(row))
        if part and used + high > room.rows:
            yield replace(table, rows=tuple(part))
            part, used = [], rows(replace(table, rows=()), room)
        part.append(row)
        used += high
    yield replace(table, rows=tuple(part))
