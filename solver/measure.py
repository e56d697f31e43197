"""Expression -> how wide it is printed, worked out from the tree as TeX lays it out.

A width is in digits of the type that the line is set in; `tests/test_measure.py` holds it against LaTeX's own.
"""

from __future__ import annotations

from itertools import pairwise
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
    walk,
)
from solver.functions import FUNCTIONS
from solver.mathnotation import GREEK
from solver.names import TAGS, Local, Name, Prime, QuantityName, Total
from solver.precedence import ATOM, POWER, PRODUCT, is_matrix, is_numeric, level, starts_negative

DISPLAY, TEXT, SCRIPT = range(3)
SIZES = (1.0, 1.0, 0.78)
"""TeX's styles, and how large a digit is in each: a fraction of a display holds text, one in a text holds scripts."""
SIGN, DOT, THIN, MINUS, COMMA, PARTIAL = 2.5, 1.5, 0.35, 1.6, 0.95, 1.1
"""A sign between terms, a point between factors, the space beside a function, a minus in front, a comma, a ∂."""
PAGE = 74
"""Digits of mathematics that a line of a page has room for."""
BAR, ROOT, TALL_ROOT, TOP, TIMES = 0.5, 1.8, 2.3, 1.6, 4.5
"""What a fraction is wider than its parts, a root than what is in it, one that has grown; a transposition; `× 10`."""
BRACKETS, TALL, HIGHEST = 1.6, 3.4, 3.6
"""A pair of brackets, one that has grown, one around a matrix."""
COLUMN = 1.85
"""Between the columns of a matrix."""
SMALL, TINY, SMALL_BRACKETS, SMALL_COLUMN = 0.78, 0.675, 2.2, 0.55
"""The size of what stands in a matrix that is printed small, and smaller still; brackets and columns of both."""
NARROW, BROAD = frozenset("bcefgijlrstvyz"), frozenset("mwMW")  # letters, by their width
RAISED = 2.2
"""The number of a layer in brackets, raised."""
OF_MATRIX = {"W": 4.0, "b": 2.9}
"""The index of what an optimizer works for a matrix: that matrix, small, with the number of its layer raised."""
WIDEST_MATRIX, WIDEST_SMALL = 58, 86
"""Digits of a matrix that a page has room for, and at seven tenths of the size; a wider one is printed smaller."""

KEPT = 10_000
_measured: dict[tuple[int, int], tuple[Expression, float]] = {}


def width(node: Expression, style: int = DISPLAY) -> float:
    """How wide an expression is printed, in digits.

    A formula is measured for every format and every size that is tried: the last ones are kept, by their identity.
    """
    known = _measured.get((id(node), style))
    if known is None:
        if len(_measured) >= KEPT:
            _measured.clear()
        known = _measured[id(node), style] = (node, _width(node, style))
    return known[1]


def _width(node: Expression, style: int) -> float:
    size = SIZES[style]
    match node:
        case Quotient(numerator, denominator):
            inner = min(style + 1, SCRIPT)
            return max(_width(numerator, inner), _width(denominator, inner)) + BAR
        case Sum(terms):
            sign = SIGN if style < SCRIPT else MINUS * size
            whole = sum(width(term.value, style) + sign + _brackets(term.value, PRODUCT) for term in terms) - sign
            return whole + (MINUS * size if terms[0].sign < 0 else 0.0)
        case Product(factors):
            numeric = sum(is_numeric(factor) for factor in factors) > 1
            between = sum(
                DOT if numeric or (place and isinstance(left, Number)) else _between(left, right)
                for place, (left, right) in enumerate(pairwise(factors))
            )
            bounds = [PRODUCT if isinstance(factor, Quotient | Number | Derivative) else POWER for factor in factors]
            brackets = sum(map(_brackets, factors, bounds))  # the first stands in none for its sign: the product does
            brackets -= BRACKETS if starts_negative(factors[0]) and level(factors[0]) >= bounds[0] else 0.0
            return between + brackets + sum(_width(factor, style) for factor in factors)
        case Power(base, exponent):
            grown = is_derivative(base) or (isinstance(base, Call) and base.function == "exp") or _is_raised(base)
            tall = TALL if grown else _brackets(base, ATOM)
            return _width(base, style) + tall + _width(exponent, SCRIPT) + 0.1
        case Negate(operand):
            return _width(operand, style) + MINUS * size + _brackets(operand, PRODUCT)
        case Call():
            return _call(node, style)
        case Derivative(operand, by):
            if stands_behind(node):
                return PARTIAL + _name(by, min(style + 1, SCRIPT)) + BAR + TALL + _width(operand, style)
            above = _width(operand, TEXT) + (0.0 if isinstance(operand, Symbol | Call) else BRACKETS)
            return PARTIAL + max(above, _name(by, TEXT)) + BAR
        case Symbol(name):
            return _name(name, style)
        case Number(text):
            return _number(text, style)
        case Constant():
            return 1.2 * size
        case Matrix((row,), listed=True):
            return BRACKETS + sum(_width(entry, style) + COMMA for entry in row) - COMMA
        case Matrix():
            return _matrix(node)
        case Transpose(operand):
            return _width(operand, style) + TOP + _brackets(operand, ATOM)
        case Entrywise(factors):
            return sum(_width(factor, style) + SIGN + _brackets(factor, POWER) for factor in factors) - SIGN
        case _:
            assert_never(node)


def _call(node: Call, style: int) -> float:
    word = node.label or node.function
    arguments = node.arguments
    if node.function == "exp" and not node.label:
        return 1.0 * SIZES[style] + _width(arguments[0], SCRIPT)
    shares = node.function == "softmax" and len(arguments) > 1
    if shares:  # its first argument is printed as an index
        arguments = arguments[1:]
    inside = sum(_width(argument, style) + COMMA for argument in arguments) - COMMA
    if word == "sqrt":
        return inside + (TALL_ROOT if any(map(is_tall, arguments)) else ROOT)
    if word == "abs":
        return inside + 1.2
    own = (len(arguments) == 1 and isinstance(arguments[0], Matrix)) * BRACKETS
    tall = TALL if any(map(is_tall, arguments)) else BRACKETS
    word = FUNCTIONS[word].word if word in FUNCTIONS and not node.label else word
    letters = sum(1.5 if letter.isupper() else 1.0 for letter in word) + (SIZES[SCRIPT] if shares else 0.0)
    return letters * SIZES[style] + inside + tall - own + THIN


def _between(left: Expression, right: Expression) -> float:
    """What stands between two factors; see mathtex."""
    if is_matrix(left) or is_matrix(right):
        return DOT if isinstance(left, Number | Quotient) else 0.0
    if isinstance(right, Number | Quotient) or is_derivative(left) or is_derivative(right) or starts_negative(right):
        return DOT
    return THIN


def _brackets(node: Expression, least: int) -> float:
    if level(node) >= least and not starts_negative(node):
        return 0.0
    return TALL if is_tall(node) else BRACKETS


def _name(name: QuantityName, style: int) -> float:
    size = SIZES[style]
    match name:
        case Name():
            return _symbol(name) * size
        case Prime(of, by):
            return _name(of, style) + _name(by, style) + (0.6 + BRACKETS) * size
        case Local(of, by) | Total(of, by):
            inner = min(style + 1, SCRIPT)
            return max(_name(of, inner), _name(by, inner)) + PARTIAL + BAR
        case _:
            inner = min(style + 1, SCRIPT)
            below = _name(name.by, inner) + _name(name.then, inner) + 2 * PARTIAL
            return max(_name(name.of, inner) + PARTIAL + 1, below) + BAR


def _symbol(name: Name) -> float:
    """A quantity: its letter, and what is raised or lowered at it, one above the other."""
    base = name.base.rstrip("0123456789")
    letter = base[0]
    matrix = name.index[0].rstrip("0123456789") if name.index and name.tag and name.tag not in TAGS else ""
    letter = letter.upper() if matrix == "W" else letter
    wide = 1.9 if letter in BROAD else 1.65 if letter.isupper() else 0.95 if letter in NARROW else 1.25
    if len(base) > 1 and base not in GREEK and not base.endswith("hat"):
        wide = 1.1 * len(base)
    below = [part for part in (name.base[len(base) :], *name.index, name.tag if name.tag in TAGS else "") if part]
    lowered = SIZES[SCRIPT] * sum(len(part) for part in below) + 0.45 * max(len(below) - 1, 0)
    lowered = OF_MATRIX.get(matrix, lowered)
    marks = (len(str(name.sample)) + 1.6 if name.sample else 0.0) + (len(str(name.step)) + 1.2 if name.step else 0.0)
    raised = SIZES[SCRIPT] * marks + (RAISED if below[:1] == [name.base[len(base) :]] else 0.0)
    return wide + max(lowered, raised) + (0.1 if below or marks else 0.0)


def _is_raised(node: Expression) -> bool:
    """Whether a name carries a mark above it, so that it stands in brackets where it is raised to a power."""
    if not (isinstance(node, Symbol) and isinstance(node.name, Name)):
        return False
    return bool(node.name.sample or node.name.step or node.name.base[-1:].isdigit())


def _number(text: str, style: int) -> float:
    """A number as it is written; one with a `/` stands as a fraction."""
    if "/" in text:
        above, below = text.lstrip("-").split("/")
        inner = min(style + 1, SCRIPT)
        wide = max(_number(part.strip(), inner) for part in (above, below)) + BAR
        return wide + (MINUS * SIZES[style] if text.startswith("-") else 0.0)
    mantissa, _, power = text.lower().partition("e")
    wide = sum(MINUS if mark == "-" else 0.6 if mark == "." else 1.0 for mark in mantissa)
    if power:
        wide += (2.0 if mantissa in ("1", "-1") else TIMES) + SIZES[SCRIPT] * sum(1.6 if m == "-" else 1 for m in power)
    return wide * SIZES[style]


def is_small(matrix: Matrix) -> bool:
    """Whether a matrix is too wide for a page, so that it is printed smaller."""
    return matrix.small or matrix_width(matrix) > WIDEST_MATRIX


def matrix_width(matrix: Matrix) -> float:
    """The width of a matrix at its full size."""
    columns = _columns(matrix)
    return HIGHEST + sum(columns) + COLUMN * (len(columns) - 1)


def _matrix(matrix: Matrix) -> float:
    """The width of a matrix as small as it is printed."""
    full, columns = matrix_width(matrix), _columns(matrix)
    if not is_small(matrix):
        return full
    size = TINY if full > WIDEST_SMALL else SMALL
    return SMALL_BRACKETS + size * sum(columns) + SMALL_COLUMN * (len(columns) - 1)


def _columns(matrix: Matrix) -> list[float]:
    return [max(_width(entry, TEXT) for entry in column) for column in zip(*matrix.rows, strict=True)]


WIDE = 40
"""What is wider than this stands behind ∂/∂x in square brackets, and not inside the fraction."""


def stands_behind(node: Derivative) -> bool:
    """Whether what is to be differentiated stands behind d/dx, in square brackets, and not inside the fraction."""
    operand = node.operand
    return not node.partial or is_tall(operand) or starts_negative(operand) or width(operand) > WIDE


def is_tall(node: Expression) -> bool:
    """Whether brackets around a node must grow."""
    return any(
        isinstance(part, Quotient)
        or (isinstance(part, Matrix) and not part.listed)
        or (isinstance(part, Number) and "/" in part.text)
        or is_derivative(part)
        for part in walk(node)
    )


def is_derivative(node: Expression) -> bool:
    """Whether a node is printed as a derivative: one above the other."""
    return isinstance(node, Derivative) or (isinstance(node, Symbol) and not isinstance(node.name, Name))
