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
    EquationLine,
    Equations,
    Figure,
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
from solver.room import (
    BETWEEN,
    MORE_WORDS,
    RESERVE,
    SLIDE,
    Room,
    chain_width,
    fits_beside,
    length,
    narrow,
    rows,
    scale,
    total,
)
from solver.rounding import Relation
from solver.steps import restated
from solver.tables import parts_of

WORDS = re.compile(r"\s*\S{1,60}\s*")
SYMBOLIC = ("formula", "rule")
"""Members that a slide may end with and the next begin with; numbers stay with their formula and their result."""


def without_answers(document: Document, asked: Sequence[Section]) -> Document:
    """The problem as it is set: statement, what is given, the sections that ask, source. Nothing of the solution."""
    blocks: list[Block] = []
    for block in document.blocks:
        if not isinstance(block, Section):
            blocks.append(block)
        elif block.key == "given":
            given = tuple(inner for inner in block.blocks if not isinstance(inner, Paragraph))
            blocks.extend([replace(block, blocks=given)] if given else [])
            blocks.extend(asked)
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
    """Words and the displays they lead to; words at the end, and a list, go with what is before them."""
    idea: list[Block] = []
    shown = False
    for place, block in enumerate(blocks):
        is_words = isinstance(block, Paragraph | BulletList)
        leads = any(not isinstance(later, Paragraph | BulletList) for later in blocks[place:])
        if isinstance(block, Paragraph) and shown and leads:
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
    """A section on as many slides as it needs, a figure beside the work where both fit."""
    figure = next((block for block in section.blocks if isinstance(block, Figure)), None)
    rest = tuple(block for block in section.blocks if block is not figure)
    for count in range(len(rest), 0, -1):
        if figure is not None and fits_beside(figure, room) and stands_beside(rest[:count], room):
            yield replace(section, blocks=(*rest[:count], figure))
            if rest[count:]:
                yield from _frames(replace(section, blocks=rest[count:]), room)
            return
    yield from _one_by_one(section, room)


def stands_beside(blocks: Sequence[Block], room: Room) -> bool:
    """Whether blocks fit beside a figure as they are."""
    column = narrow(room)
    whole = list(_pieces(blocks, column)) == list(blocks) and all(scale(block, column) == 1 for block in blocks)
    return whole and _fits(blocks, column)


def _one_by_one(section: Section, room: Room) -> Iterator[Section]:
    """The blocks below each other; words that lead to a display stay with it."""
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


def _fits(blocks: Sequence[Block], room: Room) -> bool:
    only_words = all(isinstance(block, Paragraph | BulletList) for block in blocks)
    return total(blocks, room) <= room.rows + (MORE_WORDS if only_words else 0.0)


def _pieces(blocks: Iterable[Block], room: Room) -> Iterator[Block]:
    """The blocks, those that are too wide or too high taken apart; a display leaves room for the words before it."""
    lead = 0.0
    for block in blocks:
        below = replace(room, rows=room.rows - lead) if lead < room.rows / 2 else room
        lead = lead + rows(block, room) if isinstance(block, Paragraph | BulletList) else 0.0
        match block:
            case SideBySide(chains):
                yield from _side_by_side(chains, below, room)
            case Chain():
                yield from _chain(block, below)
            case Paragraph(parts):
                yield from (Paragraph(part) for part in _text(parts, room))
            case BulletList(items):
                yield from _list(items, room)
            case Table():
                yield from parts_of(block, room)
            case Equations(equations):
                yield from _equations(equations, room)
            case _:
                yield block


def _side_by_side(chains: Sequence[Chain], first: Room, room: Room) -> Iterator[Block]:
    """As many chains in a row as it has room for; the first row has less where words lead to it."""
    row: list[Chain] = []
    for chain in chains:
        if row and sum(chain_width(other) + BETWEEN for other in (*row, chain)) - BETWEEN > room.width - RESERVE:
            yield from _row(row, first)
            row, first = [], room
        row.append(chain)
    yield from _row(row, first)


def _row(chains: Sequence[Chain], room: Room) -> Iterator[Block]:
    if len(chains) > 1 and _fits((SideBySide(tuple(chains)),), room):
        yield SideBySide(tuple(chains))
        return
    for chain in chains:
        yield from _chain(chain, room)


def _chain(chain: Chain, room: Room) -> Iterator[Chain]:
    """A chain in parts that fit: each further part begins with the left side and the formula it goes on from.

    What is too high even so stays together, to be set smaller.
    """
    whole, part = chain, list[Link]()
    again = 0
    for link in whole.links:
        if part and not _fits((Chain(chain.left, (*part, link)),), room):
            ends = [place for place in range(again, len(part)) if part[place].role in SYMBOLIC]
            if ends:
                yield replace(chain, links=tuple(part[: ends[-1] + 1]))
                first = replace(part[ends[-1]], relation=_relation(whole, part[ends[-1]]), reason=())
                part, again = [first, *part[ends[-1] + 1 :]], 1
                chain = replace(chain, number=None)
            alone = len(part) == again == 1 and _may_open(chain, link)
            if alone and not _fits((Chain(chain.left, (*part, link)),), room):
                part, again = [], 0
                link = replace(link, relation=_relation(chain, link))
        part.append(link)
    yield replace(chain, links=tuple(part))


def _equations(equations: Sequence[EquationLine], room: Room) -> Iterator[Equations]:
    """Equations in parts that are not too high; each further part begins with the equation it goes on from."""
    part: list[EquationLine] = []
    for line in equations:
        if len(part) > 1 and total((Equations((*part, line)),), room) > room.rows:
            yield Equations(tuple(part))
            part = [replace(part[-1], reason=())]
        part.append(line)
    yield Equations(tuple(part))


def _may_open(chain: Chain, link: Link) -> bool:
    """Whether a slide may begin with numbers: where they are put in the one form that the slide before showed."""
    return link.role == "numbers" and sum(other.role in SYMBOLIC for other in chain.links) == 1


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


def stacked(document: Document) -> Document:
    """The same document with chains below each other, for formats that have no columns."""
    return replace(document, blocks=tuple(_stacked(document.blocks)))


def _stacked(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Section(blocks=inner):
                yield replace(block, blocks=tuple(_stacked(inner)))
            case SideBySide(chains):
                yield from chains
            case _:
                yield block


def described(document: Document) -> Document:
    """The same document with each figure in words, for formats that cannot draw it."""
    return replace(document, blocks=tuple(_described(document.blocks)))


def _described(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        match block:
            case Section(blocks=inner):
                yield replace(block, blocks=tuple(_described(inner)))
            case Figure(alternative=alternative):
                yield Paragraph((Emphasis(alternative),))
            case _:
                yield block


def tables_alone(document: Document) -> Document:
    """The same document with each table and figure of a section in a section of its own, in their order."""
    return replace(document, blocks=tuple(_tables_alone(document.blocks)))


def _tables_alone(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if not isinstance(block, Section):
            yield block
            continue
        together: list[Block] = []
        for own in _tables_alone(block.blocks):
            if not isinstance(own, Table | Figure):
                together.append(own)
                continue
            if together:
                yield replace(block, blocks=tuple(together))
            yield replace(block, blocks=(own,))
            together = []
        if together:
            yield replace(block, blocks=tuple(together))


def figures_alone(document: Document) -> Document:
    """The same document with each figure of a section in a section of its own, before the rest."""
    return replace(document, blocks=tuple(_figures_alone(document.blocks)))


def _figures_alone(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Section):
            rest = tuple(_figures_alone(own for own in block.blocks if not isinstance(own, Figure)))
            yield from (replace(block, blocks=(own,)) for own in block.blocks if isinstance(own, Figure))
            yield from (replace(block, blocks=rest),) if rest else ()
        else:
            yield block
