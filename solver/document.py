"""The worked solution as a tree of blocks: what is said, in which order, with no output format in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from solver.drawing import Drawing
from solver.entries import Grids
from solver.expression import Expression
from solver.names import Name
from solver.polynomial import Value
from solver.rounding import Relation

MemberRole = Literal["formula", "rule", "since", "numbers", "spelled", "worked", "result"]
"""What a member is: the formula, a rule applied to it, what it is by the fact that the reason names, numbers put in, a
function spelled out, parts worked out, the result."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Hyperlink:
    """A web address that begins with http:// or https://; nothing else becomes a link."""

    address: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in running text: `left`, or `left relation right` where a relation stands, and what follows from it."""

    left: Expression
    relation: Relation | None = None
    right: Expression | None = None
    further: tuple[tuple[Relation, Expression], ...] = ()


Order = Literal["<", ">", "≤", "≥"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Why a case applies: h_in = 0.4 > 0, the members with the relation before each but the first."""

    members: tuple[Expression, ...]
    relations: tuple[Relation | Order, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """The way from the loss to a parameter: E -> y_out -> y_in -> w_h."""

    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Where something holds: x > 0, x ≠ 1."""

    left: Expression
    relation: Literal[">", "<", "≥", "≤", "≠"]
    right: Expression


Inline = Text | Strong | Emphasis | Code | Hyperlink | Math | Comparison | Trail | Condition


@dataclass(frozen=True, slots=True)
class Link:
    """A further member of a chain and what it claims: its relation to the member before it, and its value.

    `value` is what the member is, evaluated exactly as printed; None where it cannot be (a derivative still to be
    taken, an unknown inside a function), and for a matrix, which has a value for each of its `entries`, row by row.
    `reason` says why the member follows. `proof` is how a line of a derivation is known to equal the one before: proven
    by `algebra` or `sympy`, or `checked at n points`.
    """

    relation: Relation
    member: Expression
    role: MemberRole
    reason: tuple[Inline, ...] = ()
    value: Value | None = None
    proof: str = ""
    entries: tuple[Value | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """left = member = member ≈ ..., a member a line; `number` makes it an equation that can be cited.

    In a `brief` chain members share a line where there is room.
    """

    left: Expression
    links: tuple[Link, ...]
    number: int | None = None
    brief: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Short chains that may share a line where there is room."""

    chains: tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing between the lines; `alternative` says in words what it shows, to those who cannot see it."""

    drawing: Drawing
    alternative: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class EquationLine:
    """An equation that follows from the one before it, and why."""

    left: Expression
    right: Expression
    reason: tuple[Inline, ...] = ()
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Equations:
    """Equations under each other, each with a left side of its own."""

    lines: tuple[EquationLine, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """left = one expression or another, each where its condition holds."""

    left: Expression
    cases: tuple[tuple[Expression, Condition | Comparison], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """symbol = matrix = matrix, equal entry by entry.

    `symbol` says what it is: the gradient, Jacobian or Hessian of `of`.
    """

    symbol: Literal["gradient", "jacobian", "hessian"]
    of: Name
    stages: tuple[tuple[tuple[Expression, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a heading; level 1 stands right under the document's title.

    `key` says what is worked in it, whatever the words of its title: it names the section's own file.
    """

    level: int
    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]
    key: str = ""


Block = Paragraph | BulletList | Chain | SideBySide | Table | Figure | Equations | Cases | Matrix | Section


@dataclass(frozen=True, slots=True)
class Document:
    """A worked solution. `notation` is the author's own TeX for a name, kept as data.

    `matrices` holds the vectors and matrices that the page names, each with the names of its entries.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    notation: Mapping[Name, str]
    language: str = "en"
    matrices: Grids = field(default_factory=dict)


def chains(blocks: Iterable[Block]) -> Iterator[Chain]:
    """Every chain of a document, in reading order."""
    for block in blocks:
        match block:
            case Chain():
                yield block
            case SideBySide(row):
                yield from row
            case Section(blocks=inner):
                yield from chains(inner)
            case _:
                pass


def lefts(blocks: Iterable[Block]) -> Iterator[Expression]:
    """What is said of something: the left side of every chain, and of every equality in words and tables."""
    for block in blocks:
        match block:
            case Chain(left) | Cases(left):
                yield left
            case SideBySide(row):
                yield from (chain.left for chain in row)
            case Section(blocks=inner):
                yield from lefts(inner)
            case Paragraph(parts):
                yield from _lefts(parts)
            case BulletList(items):
                yield from (left for parts in items for left in _lefts(parts))
            case Table(rows=rows):
                yield from (left for row in rows for parts in row for left in _lefts(parts))
            case _:
                pass


def _lefts(parts: Iterable[Inline]) -> Iterator[Expression]:
    return (part.left for part in parts if isinstance(part, Math) and part.relation)


def sentence(template: str, **parts: Inline | tuple[Inline, ...] | str) -> tuple[Inline, ...]:
    """A phrase with its `{name}` places filled."""
    found: list[Inline] = []
    for place, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        filling = piece if place % 2 == 0 else parts[piece]
        if isinstance(filling, str):
            if filling:
                found.append(Text(filling))
        elif isinstance(filling, tuple):
            found.extend(filling)
        else:
            found.append(filling)
    return tuple(found)


def listed(parts: Iterable[Inline | tuple[Inline, ...]]) -> tuple[Inline, ...]:
    """The parts with commas between them."""
    found: list[Inline] = []
    for part in parts:
        found.extend((Text(", "),) if found else ())
        found.extend(part if isinstance(part, tuple) else (part,))
    return tuple(found)
