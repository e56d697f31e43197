"""A drawing as every format prints it: strokes, shapes and labels at whole coordinates; y grows downwards.

One unit is a CSS pixel on a page and three quarters of a point on paper. A label is `TEXT` units high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solver.expression import Expression
from solver.rounding import Relation

Point = tuple[float, float]
StrokeStyle = Literal["edge", "faint", "highlight", "axis", "grid", "curve", "second-curve"]
ShapeStyle = Literal["input", "unit", "loss", "faint", "highlight", "point"]
LabelStyle = Literal["name", "word", "value", "faint", "highlight"]
Anchor = Literal["start", "middle", "end"]

TEXT = 14


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
