"""Document -> its sections and steps, each with a name that stays the same whatever else of the spec is edited.

A section is named after what is worked in it (`given`, `forward`, `unit-h`, `error`, `update-w_h`, `summary`), a step
after the quantity on the left of its chain: `h_in`, `E`, `dE-dw_h` for a total derivative, `local-dy_in-dw_h` for a
local one. Where a quantity has several chains the last has the plain name; one that holds nothing but the formula is
its `-rule`, any other is named after its section as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from solver.document import (
    Block,
    BulletList,
    Chain,
    Document,
    Figure,
    Inline,
    Math,
    Paragraph,
    Section,
    SideBySide,
    Table,
    Text,
    chains,
)
from solver.expression import Call, Expression, Symbol
from solver.mathtext import text
from solver.names import Local, QuantityName

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
SPELLED = {"∂": "d", "/": "-", "@": "-k", "[": "-s", "]": "", "'": "-prime"}


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a document that can stand alone: a section without its heading, or a chain and what leads to it.

    `section` is the name of the section that a chain stands in.
    """

    name: str
    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]
    section: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A step before it is named: the chain it works, and the section it stands in."""

    chain: Chain
    section: str
    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]


def sections(document: Document) -> tuple[Step, ...]:
    """Every section, those in others too, and as `statement` and `source` what stands before and after them all."""
    return _named(document)[0]


def steps(document: Document) -> tuple[Step, ...]:
    """Every chain with the words that lead to it; values put in a numbered equation begin with that equation."""
    return _named(document)[1]


def readings(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pieces that together are the page: its sections; and their steps, where they have some."""
    whole, parts = _named(document)
    page: list[str] = []
    for section in whole:
        inside = [step.name for step in parts if step.section == section.name]
        leaf = not any(isinstance(block, Section) for block in section.blocks)
        table = any(isinstance(block, Table) for block in section.blocks)
        page.extend(inside if inside and not table else [section.name] if leaf else [])
    return tuple(step.name for step in _covering(whole)), tuple(page)


def _covering(whole: Sequence[Step]) -> Iterator[Step]:
    """Sections that hold all of a document once: the innermost, or one that has displays beside the sections in it."""
    place = 0
    while place < len(whole):
        blocks = whole[place].blocks
        inner = len(list(_nested(blocks)))
        displays = any(not isinstance(block, Section | Paragraph | BulletList) for block in blocks)
        taken = displays or not inner
        if taken:
            yield whole[place]
        place += 1 + inner if taken else 1


def _named(document: Document) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    taken: set[str] = set()
    whole = [replace(step, name=_free(step.name, taken)) for step in _sections(document)]
    order = {id(chain): place for place, chain in enumerate(chains(document.blocks))}
    found = sorted((step for section in whole for step in _chains(section)), key=lambda step: order[id(step.chain)])
    last = {slug(step.chain.left): place for place, step in enumerate(found)}
    parts = []
    for place, step in enumerate(found):
        name = slug(step.chain.left)
        if last[name] != place:
            only_formula = all(link.role == "formula" for link in step.chain.links)
            name = f"{name}-rule" if only_formula else f"{step.section}-{name}"
        parts.append(Step(_free(name, taken), step.title, step.blocks, step.section))
    return tuple(whole), tuple(parts)


def _sections(document: Document) -> Iterator[Step]:
    first = next((n for n, block in enumerate(document.blocks) if isinstance(block, Section)), len(document.blocks))
    around = [block for block in document.blocks[first:] if not isinstance(block, Section)]
    if document.blocks[:first]:
        yield Step("statement", (Text(document.title),), document.blocks[:first])
    yield from _nested(document.blocks[first:])
    if around:
        yield Step("source", (Text(document.title),), tuple(around))


def _nested(blocks: Iterable[Block]) -> Iterator[Step]:
    for block in blocks:
        if isinstance(block, Section):
            yield Step(_slug(block.key or _words(block.title)), block.title, block.blocks)
            yield from _nested(block.blocks)


def _chains(section: Step) -> Iterator[_Found]:
    """The chains that stand in a section itself, each with the words before it."""
    words: list[Block] = []
    numbered: dict[Expression, Chain] = {}
    for block in section.blocks:
        if isinstance(block, Paragraph | BulletList):
            words.append(block)
            continue
        if isinstance(block, Figure):  # the words before it lead to the chain after it
            continue
        row = (block,) if isinstance(block, Chain) else block.chains if isinstance(block, SideBySide) else ()
        for chain in row:
            whole = restated(chain, numbered)
            yield _Found(chain, section.name, section.title, (*words, whole))
            words = []
        words = []


def restated(chain: Chain, numbered: dict[Expression, Chain]) -> Chain:
    """A chain whose formula stands in a numbered equation above, with that formula in front; `numbered` learns."""
    if chain.number is not None:
        numbered[chain.left] = chain
        return chain
    above = numbered.get(chain.left)
    if above is None or chain.links[0].role == "formula":
        return chain
    return replace(chain, links=(*above.links, *chain.links), number=above.number)


def slug(left: Expression) -> str:
    """The left side of a chain as part of a file's name."""
    match left:
        case Symbol(name):
            return _quantity(name)
        case Call(function):
            return _slug(function)
        case _:
            return _slug(text(left))


def _quantity(name: QuantityName) -> str:
    return ("local-" if isinstance(name, Local) else "") + _slug(re.sub(r"\(.*\)$", "", name.text))


def _slug(words: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", "".join(SPELLED.get(mark, mark) for mark in words)).strip("-_")
    return f"{plain}-step" if plain.lower() in RESERVED or not plain else plain


def _words(title: Iterable[Inline]) -> str:
    parts = (
        part.text.lower() if isinstance(part, Text) else text(part.left) if isinstance(part, Math) else ""
        for part in title
    )
    return "".join(parts)


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first of name-2, name-3, ... that no other has; capitals make no difference on some disks."""
    free, count = name, 1
    while free.lower() in taken:
        count += 1
        free = f"{name}-{count}"
    taken.add(free.lower())
    return free
