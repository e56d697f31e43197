"""A drawing as every format prints it: strokes, shapes and labels at whole coordinates; y grows downwards.

One unit is a CSS pixel on a page and three quarters of a point on paper. A label is `TEXT` units high.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from solver.expression import Expression, Number, Symbol, walk
from solver.mathtext import text
from solver.names import Local, Name, Total
from solver.rounding import Relation

Point = tuple[float, float]
StrokeStyle = Literal["edge", "faint", "highlight", "axis", "grid", "curve", "second-curve"]
ShapeStyle = Literal["input", "unit", "loss", "faint", "highlight", "point"]
LabelStyle = Literal["name", "word", "value", "faint", "highlight"]
Anchor = Literal["start", "middle", "end"]

TEXT = 14
LETTER = 7.5
"""A letter is reckoned this wide, more than it is in the fonts of a page or of LaTeX: no label outgrows its room."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a label says: words, then a formula: `left`, or `left relation right`."""

    words: str = ""
    left: Expression | None = None
    relation: Relation | None = None
    right: Expression | None = None
    style: LabelStyle = "value"


@dataclass(frozen=True, slots=True)
class Label:
    """A content at a point: its middle, or its start or end by `anchor`."""

    x: int
    y: int
    content: Content
    anchor: Anchor = "middle"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One or more lines from point to point that belong together: an edge is broken where its label stands."""

    lines: tuple[tuple[Point, ...], ...]
    style: StrokeStyle = "edge"


@dataclass(frozen=True, slots=True)
class Shape:
    """An ellipse, or a box where it is not `round`, around its middle."""

    x: int
    y: int
    width: int
    height: int
    style: ShapeStyle = "unit"
    round: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Strokes below shapes below labels, on a sheet of `width` times `height`."""

    width: int
    height: int
    strokes: tuple[Stroke, ...] = ()
    shapes: tuple[Shape, ...] = ()
    labels: tuple[Label, ...] = ()


def content_width(content: Content, notation: Mapping[Name, str]) -> int:
    """How wide a label is at most."""
    letters = float(len(content.words))
    for side in (content.left, content.right):
        letters += _letters(side, notation) if side is not None else 0
    return ceil((letters + (2 if content.relation else 0)) * LETTER)


def _letters(node: Expression, notation: Mapping[Name, str]) -> float:
    match node:
        case Symbol(Name() | Local() | Total() as name):
            return _name_letters(name, notation)
        case _:
            powers = sum(isinstance(part, Number) and "e" in part.text.lower() for part in walk(node))
            return len(text(node)) + 4 * powers  # 2.5e-7 is printed as 2.5 × 10^-7


def _name_letters(name: Name | Local | Total, notation: Mapping[Name, str]) -> float:
    """Indices are smaller than what they stand at."""
    if not isinstance(name, Name):
        return 3 + _name_letters(name.of, notation) + _name_letters(name.by, notation)
    shown = re.sub(r"\\[A-Za-z]+|.", _visible, notation[name]) if name in notation else name.text
    return 1 + 0.75 * (len(shown) - 1)


def _visible(match: re.Match[str]) -> str:
    """A letter for each that a piece of TeX prints."""
    return "" if match[0] in "{}_^ " or match[0] in (r"\text", r"\mathit", r"\mathrm") else "x"
