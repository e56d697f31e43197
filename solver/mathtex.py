"""Expression -> TeX that MathJax, KaTeX and pdflatex all read; brackets are decided from the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import assert_never

from solver.entries import Grids
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
from solver.functions import FUNCTIONS
from solver.mathnotation import parts_of, scripted
from solver.measure import WIDEST_SMALL, is_small, is_tall, matrix_width, stands_behind
from solver.names import Name, Prime, QuantityName, Second, Total, parse_name
from solver.precedence import ATOM, POWER, PRODUCT, SUM, is_matrix, is_numeric, level, starts_negative
from solver.rows import Piece, broken

FUNCTION_WORDS = {"ln": r"\ln", "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "tanh": r"\tanh", "log2": r"\log_2",
                  "log10": r"\log_{10}", "max": r"\max", "min": r"\min"}  # fmt: skip
CDOT = r" \cdot "
CIRC = r" \circ "
SIGNS: Mapping[str, str] = {"·": CDOT, "∘": CIRC}
"""What stands before a factor."""
COLUMNS, ROWS, TALL_ROWS, BREAK = "&", r"\\", r"\\[1ex]", r",\allowbreak "
"""Inside a matrix, without spaces: those of a table and of the lines of a display stand between spaces."""


@dataclass(frozen=True, slots=True)
class MathTex:
    """Prints expressions; `notation` is the author's own TeX for a name.

    `totals` are the total derivatives that are printed with d, because the local one with ∂ stands beside them, and
    `matrices` the names that stand for vectors and matrices.
    The formats of one document print the same nodes: what is printed once is kept, by the identity of the node.
    """

    notation: Mapping[Name, str] = field(default_factory=dict)
    totals: frozenset[Total] = frozenset()
    matrices: Grids = field(default_factory=dict)
    printed: dict[int, tuple[Expression, str]] = field(default_factory=dict, compare=False, repr=False)
    named: dict[QuantityName, str] = field(default_factory=dict, compare=False, repr=False)

    def tex(self, node: Expression) -> str:
        """The expression as TeX, without delimiters."""
        known = self.printed.get(id(node))
        if known is None:
            known = self.printed[id(node)] = (node, self._tex(node, SUM, leading=True))
        return known[1]

    def factor(self, node: Expression) -> str:
        """The expression as it stands in front of something else: a sum in brackets."""
        return self._tex(node, POWER, leading=True)

    def rows(self, node: Expression, limit: float) -> list[str]:
        """The expression in rows that a page has room for: broken before a sign, a long product before a factor."""
        found = broken(node, limit)
        if len(found) == 1:
            ((piece, *others),) = found
            return [self.tex(node if others or piece.mark else piece.node)]  # a matrix alone may be printed small
        rows = ["".join(self._piece(piece, first=piece is found[0][0]) for piece in row) for row in found]
        return [rows[0], *(row.lstrip() for row in rows[1:])]

    def _piece(self, piece: Piece, first: bool) -> str:
        """A term or factor as it stands in its row, with the sign before it."""
        if piece.mark in SIGNS:
            least = PRODUCT if isinstance(piece.node, Quotient | Number) else POWER
            return SIGNS[piece.mark] + self._tex(piece.node, least, leading=False)
        least = POWER if piece.bracketed else PRODUCT
        shown = self._tex(piece.node, least, leading=first and not piece.mark)
        return shown if not piece.mark else f"-{shown}" if first else f" {piece.mark} {shown}"

    def name(self, name: QuantityName) -> str:
        """A quantity: `h_{1,\\text{in}}`, or a derivative as a fraction."""
        known = self.named.get(name)
        if known is None:
            known = self.named[name] = self._name(name)
        return known

    def _name(self, name: QuantityName) -> str:
        match name:
            case Name():
                return self.plain_name(name)
            case Prime(of, by):
                return f"{self.name(of)}'({self.name(by)})"
            case Second(of, by, then):
                both = rf"\partial {self.name(then)} \partial {self.name(by)}"
                below = rf"\partial {self.name(by)}^{{2}}" if by == then else both
                return rf"\frac{{\partial^{{2}} {self.name(of)}}}{{{below}}}"
            case Total() if name in self.totals:
                return rf"\frac{{d{self.name(name.of)}}}{{d{self.name(name.by)}}}"
            case _:
                return rf"\frac{{\partial {self.name(name.of)}}}{{\partial {self.name(name.by)}}}"

    def plain_name(self, name: Name) -> str:
        """A quantity that is no derivative: the author's notation, with the tag and the marks of a training run."""
        own = self.notation.get(name)
        return own if own and name.plain is name else parts_of(name, self.notation).tex()

    def _is_raised(self, node: Expression) -> bool:
        """Whether a name carries a mark above it, of which a power would seem to be a part."""
        if not (isinstance(node, Symbol) and isinstance(node.name, Name)):
            return False
        own = self.notation.get(node.name.plain)
        return bool(node.name.sample or node.name.step or (own and scripted(own).above))

    def _tex(self, node: Expression, least: int, leading: bool) -> str:
        bracketed = level(node) < least or (starts_negative(node) and not leading)
        if not bracketed:
            return self._open(node, leading)
        shown = self._open(node, leading=True)
        return rf"\left({shown}\right)" if is_tall(node) else f"({shown})"

    def _open(self, node: Expression, leading: bool) -> str:
        match node:
            case Number():
                return _number(node.text)
            case Constant():
                return r"\pi"
            case Symbol(name):
                return self.name(name)
            case Negate(operand):
                return "-" + self._tex(operand, PRODUCT, leading=False)
            case Sum():
                return self._sum(node, leading)
            case Product(factors):
                return self._product(factors, leading)
            case Quotient(numerator, denominator):
                return rf"\frac{{{self.tex(numerator)}}}{{{self.tex(denominator)}}}"
            case Power(Call("exp"), exponent):  # e^{-x} is a power already
                return rf"\left({self.tex(node.base)}\right)^{{{self.tex(exponent)}}}"
            case Power(base, exponent) if _is_derivative(base) or self._is_raised(base):
                return rf"\left({self.tex(base)}\right)^{{{self.tex(exponent)}}}"
            case Power(base, exponent):
                return f"{self._tex(base, ATOM, leading=False)}^{{{self.tex(exponent)}}}"
            case Call():
                return self._call(node)
            case Derivative():
                return self._derivative(node)
            case Matrix(rows):
                return self._matrix(node, rows)
            case Transpose(operand):
                shown = self._tex(operand, ATOM, leading=False)
                return rf"\left({shown}\right)^{{\top}}" if _is_derivative(operand) else rf"{shown}^{{\top}}"
            case Entrywise(factors):
                return CIRC.join(self._tex(factor, POWER, leading=False) for factor in factors)
            case _:
                assert_never(node)

    def _matrix(self, matrix: Matrix, rows: tuple[tuple[Expression, ...], ...]) -> str:
        """A matrix, as small as it must be for a page; a long row so that it can be broken after each comma."""
        if matrix.listed:
            return f"({BREAK.join(map(self.tex, rows[0]))})"
        below = TALL_ROWS if any(map(is_tall, children(matrix))) else ROWS
        size = r"\scriptscriptstyle " if matrix_width(matrix) > WIDEST_SMALL else ""
        inside = below.join(COLUMNS.join(size + self.tex(entry) for entry in row) for row in rows)
        if is_small(matrix):
            return rf"\left(\begin{{smallmatrix}}{inside}\end{{smallmatrix}}\right)"
        return rf"\begin{{pmatrix}}{inside}\end{{pmatrix}}"

    def _sum(self, node: Sum, leading: bool) -> str:
        first, *rest = node.terms
        shown = self._tex(first.value, PRODUCT, leading=leading and first.sign > 0)
        parts = [shown if first.sign > 0 else f"-{shown}"]
        parts.extend((" + " if t.sign > 0 else " - ") + self._tex(t.value, PRODUCT, leading=False) for t in rest)
        return "".join(parts)

    def _product(self, factors: tuple[Expression, ...], leading: bool) -> str:
        least = [PRODUCT if isinstance(factor, Quotient | Number | Derivative) else POWER for factor in factors]
        shown = [
            self._tex(factor, least[place], leading=leading and place == 0) for place, factor in enumerate(factors)
        ]
        numeric = sum(is_numeric(factor) for factor in factors) > 1 and not any(map(is_matrix, factors))
        if numeric and isinstance(factors[0], Number) and all(isinstance(f, Constant) for f in factors[1:]):
            return " ".join(shown)  # 2π
        if numeric:  # numbers put in: no factor hides behind another
            return CDOT.join(shown)
        parts = shown[:1]
        for place, (left, right) in enumerate(pairwise(factors)):
            sign = _between(left, right)
            within = place > 0 and isinstance(left, Number)  # 2(x + 1) and 2 x, but y*1*(x + 1)
            parts.extend([CDOT if within else sign, shown[place + 1]])
        return "".join(parts)

    def _call(self, node: Call) -> str:
        inside = ", ".join(self.tex(argument) for argument in node.arguments)
        if node.label and node.label not in FUNCTION_WORDS:
            return rf"\operatorname{{{node.label}}}{_round(inside, node)}"
        match node.function:
            case "exp":
                return f"e^{{{inside}}}"
            case "sqrt":
                return rf"\sqrt{{{inside}}}"
            case "abs":
                return rf"\left|{inside}\right|"
            case "softmax" if (
                len(node.arguments) > 1
            ):  # the share of its first argument among the others, by that one's place
                own, *units = node.arguments
                inside = ", ".join(self.tex(unit) for unit in units)
                word = rf"\operatorname{{{FUNCTIONS['softmax'].word}}}"
                return f"{word}_{{{units.index(own) + 1}}}{_round(inside, node)}"
            case word if word in FUNCTION_WORDS:
                return FUNCTION_WORDS[word] + _round(inside, node)
            case word if word not in FUNCTIONS:  # the author's own: f, s_1, and the derivative g' of a general g
                primes = len(word) - len(word.rstrip("'"))
                return self.name(parse_name(word.rstrip("'"))) + "'" * primes + _round(inside, node)
            case word:
                shown = FUNCTIONS[word].word if word in FUNCTIONS else word
                return rf"\operatorname{{{shown}}}{_round(inside, node)}"

    def _derivative(self, node: Derivative) -> str:
        operand, by = node.operand, node.by
        mark = r"\partial " if node.partial else "d"
        shown = self.tex(operand)
        if stands_behind(node):
            return rf"\frac{{{mark.strip()}}}{{{mark}{self.name(by)}}}\left[{shown}\right]"
        if not isinstance(operand, Symbol | Call):
            shown = f"({shown})"
        return rf"\frac{{{mark}{shown}}}{{{mark}{self.name(by)}}}"


def _between(left: Expression, right: Expression) -> str:
    """A product sign between numbers, derivatives and before a bare number; nothing between symbols or matrices."""
    if is_matrix(left) or is_matrix(right):
        return CDOT if isinstance(left, Number | Quotient) else " "
    if isinstance(right, Number | Quotient) and (is_numeric(right) or isinstance(left, Quotient)):
        return CDOT
    if _is_derivative(left) or _is_derivative(right) or starts_negative(right):
        return CDOT
    if isinstance(left, Number | Symbol | Power) and isinstance(right, Symbol | Power):
        return " "
    return r"\," if isinstance(left, Call) or isinstance(right, Call) else ""


def _is_derivative(node: Expression) -> bool:
    return isinstance(node, Derivative) or (isinstance(node, Symbol) and not isinstance(node.name, Name))


def _round(inside: str, node: Call) -> str:
    if len(node.arguments) == 1 and isinstance(node.arguments[0], Matrix):
        return inside  # it has brackets of its own
    return rf"\left({inside}\right)" if any(is_tall(argument) for argument in node.arguments) else f"({inside})"


def _number(text: str) -> str:
    sign, size = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    if "/" in size:
        top, bottom = (part.strip() for part in size.split("/"))
        return rf"{sign}\frac{{{_number(top)}}}{{{_number(bottom)}}}"
    mantissa, _, exponent = size.lower().partition("e")
    if not exponent:
        return text.removeprefix("+")
    power = f"10^{{{int(exponent)}}}"
    return f"{sign}{power}" if mantissa == "1" else rf"{sign}{mantissa} \times {power}"
