"""Expression -> how high it is printed, worked out from the tree as TeX lays it out (The TeXbook, appendix G).

Extents are in the height of the type (1 em); `tests/test_measure.py` holds them against LaTeX's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from solver.expression import (
    Call,
    Constant,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
    children,
)
from solver.measure import DISPLAY, SCRIPT, is_small, is_tall, stands_behind
from solver.names import TAGS, Name, Prime, QuantityName
from solver.precedence import PRODUCT, level, starts_negative

SIZES = (1.0, 1.0, 0.73)
"""How high type is in TeX's styles."""
ROW, STRUT = 0.89, (0.87, 0.375)
"""Rows of an em; how far a line of words reaches above and below where it stands."""
AXIS, RULE, ROOT, MATRIX_ROW, SMALL_ROW, ONE_ROW = 0.25, 0.12, 0.2, 1.25, 0.75, 0.8
"""Where the bar of a fraction stands, the least room beside it, what a root adds; rows of a matrix, small or
not, and how far the brackets of a single row reach."""
STEP, STEPS = 0.65, (1.4, 4.0)
"""What the sign of a root may be higher than it need be, and the heights between which it comes in steps."""
ABOVE, BELOW, RAISED = (0.677, 0.394, 0.394), (0.686, 0.345, 0.345), 0.413
"""By style, how far numerator and denominator are moved from the line; how far an exponent is."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far something reaches above and below the line it stands on."""

    above: float
    below: float

    def __or__(self, other: Extent) -> Extent:
        return Extent(max(self.above, other.above), max(self.below, other.below))

    def __mul__(self, size: float) -> Extent:
        return Extent(self.above * size, self.below * size)

    @property
    def around(self) -> Extent:
        """Brackets that grow with what is in them, as far up as down from the axis."""
        half = max(self.above - AXIS, self.below + AXIS)
        return Extent(half + AXIS, half - AXIS)


PLAIN, BRACKETS, LOW = Extent(0.66, 0.0), Extent(0.75, 0.25), Extent(0.7, 0.25)
HIGH, BOTH, DEEP = Extent(0.97, 0.2), Extent(1.08, 0.3), Extent(1.08, 0.49)
"""A number or a letter, brackets, what has an index, what has marks above it, what has both, and where the index has
marks above it."""


def height(node: Expression, style: int = DISPLAY) -> float:
    """How many rows of plain mathematics an expression is high; never less than one."""
    found = _extent(node, style) | Extent(*STRUT)
    return 1.0 + ROW * (found.above + found.below - sum(STRUT))


def _extent(node: Expression, style: int) -> Extent:
    size = SIZES[style]
    match node:
        case Number(text):
            return _fraction(PLAIN, PLAIN, style) if "/" in text else (HIGH if "e" in text.lower() else PLAIN) * size
        case Constant():
            return PLAIN * size
        case Symbol(name):
            return _name(name, style)
        case Quotient(numerator, denominator):
            return _fraction(_inside(numerator, style), _inside(denominator, style), style, sized=True)
        case Power(base, exponent):
            return _raised(_bracketed(base, style) if is_tall(base) else PLAIN, exponent) | _extent(base, style)
        case Call("exp", (exponent,)):
            return _raised(PLAIN * size, exponent)
        case Call(arguments=arguments):
            found = BRACKETS * size
            for argument in arguments:
                found |= _bracketed(argument, style) if is_tall(argument) else _extent(argument, style)
            return _root(found) if node.function == "sqrt" else found
        case Derivative(operand, by):
            if stands_behind(node):
                own = _fraction(_sized(PLAIN, style), _inside(Symbol(by), style), style, sized=True)
                return own | _bracketed(operand, style)
            above = _inside(operand, style) | _sized(BRACKETS, style)
            return _fraction(above, _inside(Symbol(by), style), style, sized=True)
        case Matrix(listed=True):
            return PLAIN * size
        case Matrix(rows):
            per = SMALL_ROW if is_small(node) else MATRIX_ROW
            half = sum(max(per, 1.3 * per * any(map(is_tall, row))) for row in rows) / 2 + 0.05
            half = half if is_small(node) else max(half, ONE_ROW)
            return Extent(half + AXIS, half - AXIS)
        case Transpose(operand):
            return _extent(operand, style) | HIGH
        case Sum() | Product() | Negate() | Entrywise():
            found = PLAIN * size
            for part in children(node):
                loose = level(part) <= PRODUCT and not isinstance(part, Number | Quotient | Derivative)
                found |= _bracketed(part, style) if loose or starts_negative(part) else _extent(part, style)
            return found
        case _:
            assert_never(node)


def _inside(node: Expression, style: int) -> Extent:
    return _extent(node, min(style + 1, SCRIPT))


def _sized(extent: Extent, style: int) -> Extent:
    return extent * SIZES[min(style + 1, SCRIPT)]


def _bracketed(node: Expression, style: int) -> Extent:
    inside = _extent(node, style)
    return inside.around if is_tall(node) else inside | BRACKETS * SIZES[style]


def _fraction(above: Extent, below: Extent, style: int, sized: bool = False) -> Extent:
    """One above the other; what is not yet `sized` is in the type of the line."""
    if not sized:
        above, below = _sized(above, style), _sized(below, style)
    up = max(ABOVE[style], AXIS + RULE + above.below)
    down = max(BELOW[style], RULE - AXIS + below.above)
    return Extent(up + above.above, down + below.below)


def _root(inside: Extent) -> Extent:
    in_steps = STEPS[0] < inside.above + inside.below < STEPS[1]
    return Extent(inside.above + ROOT + STEP * in_steps, inside.below)


def _raised(base: Extent, exponent: Expression) -> Extent:
    above = _extent(exponent, SCRIPT)
    up = max(RAISED, base.above - 0.33, 0.11 + above.below)
    return base | Extent(up + above.above, 0.0)


def _name(name: QuantityName, style: int) -> Extent:
    match name:
        case Name():
            if name.index and name.tag and name.tag not in TAGS and name.index != ("new",):
                return DEEP * SIZES[style]
            marked = name.sample or name.step or name.base[-1].isdigit()
            lowered = name.index or name.tag in TAGS
            return ((BOTH if lowered else HIGH) if marked else LOW) * SIZES[style]
        case Prime():
            return BRACKETS * SIZES[style]
        case _:
            inner = min(style + 1, SCRIPT)
            return _fraction(_name(name.of, inner) | _sized(LOW, style), _name(name.by, inner), style, sized=True)
