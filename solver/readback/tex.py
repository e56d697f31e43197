"""TeX of a formula -> what a reader makes of it: a small tree, evaluated with the values known so far."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import chain, pairwise

from flint import arb, fmpq

from solver.frozen import frozen
from solver.readback import numbers
from solver.readback.lookup import Names
from solver.readback.numbers import FUNCTIONS, Number, Terms, Unreadable

SKIPPED = re.compile(
    r"\s+|\{\}|\\left(?![a-z|]|\(\\begin\{smallmatrix)|\\right(?![a-z|])"
    r"|\\,|\\allowbreak(?![a-z])|\\quad(?![a-z])|\\!|\\scriptscriptstyle(?![a-z])"
)
LITERAL = re.compile(r"(?P<digits>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:\s*\\times\s*10\^\{(?P<exponent>-?[0-9]+)\})?")
PLAIN_POWER = re.compile(r"10\^\{(?P<exponent>-?[0-9]+)\}")
FACTOR = re.compile(r"[A-Za-z0-9.(]|\\(?!cdot|circ|end|right|scriptscriptstyle|times|[gl]e(?![a-z])|\\)")
WORD = re.compile(r"\\operatorname\{([A-Za-z0-9]+)\}|\\(ln|sin|cos|tanh|tan|max|min|log_2|log_\{10\})(?![a-z])")
MATRICES = {
    r"\begin{pmatrix}": r"\end{pmatrix}",
    r"\left(\begin{smallmatrix}": r"\end{smallmatrix}\right)",
}
"""How matrices open and close."""
TRANSPOSED = r"^{\top}"
PLACE = re.compile(r"_\{(?P<place>[0-9]+)\}")
GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
OPERATOR = re.compile(rf"\{{\\partial|\{{d\}}\{{d(?:[^{{}}]|{GROUP})*\}}\s*(?:\\left)?\[")
"""What makes a fraction a derivative to be taken: d/dx[...]; d/2 and d/(d x) are fractions of a quantity d."""


@frozen
class Literal:
    """A printed number: its value and the place of its last digit."""

    value: fmpq
    last_place: int


@frozen
class Named:
    name: str


@frozen
class Node:
    """An operation: + * / ^ - (negation), or the word of a function."""

    operation: str
    parts: tuple[Tree, ...]


@frozen
class Operator:
    """The derivative of `operand` by a name, still to be taken; it has no value for a reader."""

    operand: Tree
    by: str


@frozen
class Grid:
    """A matrix written out, row by row; what it says is read entry by entry."""

    rows: tuple[tuple[Tree, ...], ...]


Tree = Literal | Named | Node | Operator | Grid


def read_formula(text: str, names: frozenset[str]) -> Tree:
    """The tree of a formula. Raises Unreadable with what stands in the way.

    The formats of a problem print the same formulas: each is read once.
    """
    known = Names.of(names)
    tree = known.trees.get(text)
    if tree is None:
        tree = known.trees[text] = Named(text) if text in names else _Reader(text, known).whole()
    return tree


def evaluate(tree: Tree, value_of: Callable[[str], Terms]) -> Terms:
    """The value of a tree; names are looked up by `value_of`."""
    match tree:
        case Literal():
            return numbers.plain(tree.value)
        case Named(name):
            return value_of(name)
        case Operator():
            raise Unreadable("a derivative to be taken")
        case Grid():
            raise Unreadable("a matrix where a number is needed")
        case Node("cases", parts):
            return _of_cases(parts, value_of)
        case Node("*", parts) if any(_is_log(part) for part in parts):
            return _product_with_log(parts, value_of)
        case Node("softmax", (own, *units)):  # the own unit is one of the others: one ball for both
            values = [evaluate(unit, value_of) for unit in units]
            return _operate("softmax", [values[units.index(own)], *values])
        case Node(operation, parts):
            return _operate(operation, [evaluate(part, value_of) for part in parts])


HOLDS: Mapping[str, Callable[[Number, Number], bool]] = {
    ">": operator.gt, "<": operator.lt, r"\ge": operator.ge, r"\le": operator.le,
}  # fmt: skip


def _of_cases(parts: tuple[Tree, ...], value_of: Callable[[str], Terms]) -> Terms:
    """The member whose condition holds."""
    for member, condition in zip(parts[::2], parts[1::2], strict=True):
        if isinstance(condition, Node):
            relations = condition.operation.split()
            ends = [numbers.number(evaluate(side, value_of)) for side in condition.parts]
            if all(HOLDS[relation](*pair) for relation, pair in zip(relations, pairwise(ends), strict=True)):
                return evaluate(member, value_of)
    raise Unreadable("no case applies")


def _is_log(tree: Tree) -> bool:
    return isinstance(tree, Node) and tree.operation in ("ln", "log_2", "log_{10}")


def _product_with_log(factors: tuple[Tree, ...], value_of: Callable[[str], Terms]) -> Terms:
    """0*ln(0) is taken as 0; a logarithm of zero has no value anywhere else."""
    product, logs_of_zero = numbers.plain(fmpq(1)), 0
    for factor in factors:
        if isinstance(factor, Node) and _is_log(factor) and evaluate(factor.parts[0], value_of) == {(): fmpq(0)}:
            logs_of_zero += 1
        else:
            product = numbers.product(product, evaluate(factor, value_of))
    if logs_of_zero and product != {(): fmpq(0)}:
        raise Unreadable("the logarithm of zero")
    return product


def _operate(operation: str, values: list[Terms]) -> Terms:
    match operation:
        case "+":
            return numbers.total(values)
        case "*":
            return reduce(numbers.product, values)
        case "/":
            return numbers.quotient(*values)
        case "^":
            return numbers.power(*values)
        case "-":
            return numbers.product(numbers.plain(fmpq(-1)), values[0])
        case "pi":
            return numbers.plain(arb.pi())
        case "linear":
            return values[0]
        case word if word in FUNCTIONS:
            return numbers.plain(numbers.call(word, [numbers.number(value) for value in values]))
        case word:
            raise Unreadable(f"the function {word} is not known")


def is_numeric(tree: Tree) -> bool:
    """Whether a tree holds numbers alone."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case Literal():
                pass
            case Named() | Operator():
                return False
            case Node(_, parts):
                waiting.extend(parts)
            case Grid(rows):
                waiting.extend(chain.from_iterable(rows))
    return True


class _Reader:
    def __init__(self, text: str, names: Names) -> None:
        self.text, self.position, self.skipped = text, 0, -1
        self.names = names

    def whole(self) -> Tree:
        tree = self.sum()
        self.skip()
        if self.position < len(self.text):
            raise Unreadable(f"{self.text[self.position : self.position + 20]!r} is left over")
        return tree

    def skip(self) -> None:
        if self.position == self.skipped:
            return
        while match := SKIPPED.match(self.text, self.position):
            self.position = match.end()
        self.skipped = self.position

    def take(self, *marks: str) -> str:
        self.skip()
        for mark in marks:
            if self.text.startswith(mark, self.position):
                self.position += len(mark)
                return mark
        return ""

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise Unreadable(f"{mark!r} is missing before {self.text[self.position : self.position + 20]!r}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.skip()
        found = pattern.match(self.text, self.position)
        if found and found.end() > found.start():
            self.position = found.end()
            return found
        return None

    def sum(self) -> Tree:
        terms = [self.signed(self.take("-"))]
        while mark := self.take("+", "-"):
            self.skip()
            if self.text.startswith(("+", "-"), self.position):
                raise Unreadable("two signs in a row")
            terms.append(self.signed("-" if mark == "-" else ""))
        return terms[0] if len(terms) == 1 else Node("+", tuple(terms))

    def signed(self, minus: str) -> Tree:
        term = self.product()
        return Node("-", (term,)) if minus else term

    def product(self) -> Tree:
        factors = [self.power()]
        if self.take(r"\circ"):
            factors.append(self.power())
            while self.take(r"\circ"):
                factors.append(self.power())
            if self.begins_factor() or self.take(r"\cdot"):
                raise Unreadable("two sorts of product without brackets")
            return Node("circ", tuple(factors))
        while True:
            if self.take(r"\cdot"):
                factors.append(self.power())
            elif self.begins_factor():
                if isinstance(factors[-1], Literal) and self.text[self.position].isdigit():
                    raise Unreadable("two numbers side by side")
                factors.append(self.power())
            elif self.take(r"\circ"):
                raise Unreadable("two sorts of product without brackets")
            else:
                return factors[0] if len(factors) == 1 else Node("*", tuple(factors))

    def begins_factor(self) -> bool:
        self.skip()
        return FACTOR.match(self.text, self.position) is not None or bool(self.names.at(self.text, self.position))

    def power(self) -> Tree:
        base = self.base()
        if self.take(TRANSPOSED):
            return Node("transpose", (base,))
        if self.take("^"):
            return Node("^", (base, self.group()))
        return base

    def group(self) -> Tree:
        self.expect("{")
        tree = self.sum()
        self.expect("}")
        return tree

    def base(self) -> Tree:
        if self.take(r"\begin{cases}"):
            return self.cases()
        self.skip()
        if name := self.names.at(self.text, self.position):
            self.position += len(name)
            return self.own_call(name) if name.endswith("(") else Named(name)
        if found := self.match(PLAIN_POWER):
            exponent = int(found["exponent"])
            return Literal(fmpq(10) ** exponent, -exponent)
        if found := self.match(LITERAL):
            return _literal(found["digits"], int(found["exponent"] or 0))
        if found := self.match(WORD):
            return self.call((found[1] or found[2]).lower())
        if self.take("("):
            row = [self.sum()]
            while self.take(","):
                row.append(self.sum())
            self.expect(")")
            return row[0] if len(row) == 1 else Grid((tuple(row),))
        if opening := self.take(*MATRICES):
            return self.matrix(MATRICES[opening])
        if self.take(r"\left|"):
            tree = self.sum()
            self.expect(r"\right|")
            return Node("abs", (tree,))
        if self.take("e^"):
            return Node("exp", (self.group(),))
        if self.take(r"\sqrt"):
            return Node("sqrt", (self.group(),))
        if self.take(r"\pi"):
            return Node("pi", ())
        if self.take(r"\frac"):
            return self.fraction()
        raise Unreadable(f"{self.text[self.position : self.position + 20]!r} cannot be read")

    def matrix(self, closing: str) -> Tree:
        """The entries of a matrix, row by row, up to where it closes."""
        rows = [[self.sum()]]
        while mark := self.take("&", r"\\[1ex]", r"\\"):
            if mark == "&":
                rows[-1].append(self.sum())
            else:
                rows.append([self.sum()])
        self.expect(closing)
        return Grid(tuple(map(tuple, rows)))

    def call(self, word: str) -> Tree:
        """word(a, b, ...); Softmax_2(z_1, z_2) is the share of the second."""
        if opening := self.take(*MATRICES):  # a vector brings its own brackets
            return Node(word, (self.matrix(MATRICES[opening]),))
        place = self.match(PLACE) if word == "softmax" else None
        self.expect("(")
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.expect(")")
        if word == "softmax" and (place is not None or len(arguments) > 1):
            if place is None or not 1 <= int(place["place"]) <= len(arguments):
                raise Unreadable("a softmax without the place of its unit")
            arguments.insert(0, arguments[int(place["place"]) - 1])
        return Node(word, tuple(arguments))

    def own_call(self, head: str) -> Tree:
        """f(a, b) of a function that the page defines."""
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.expect(")")
        return Node("call", (Named(head.removesuffix("(").removesuffix(r"\left")), *arguments))

    def cases(self) -> Tree:
        """Members with their conditions, one after the other: member, relation as its own node, member, ..."""
        parts: list[Tree] = []
        while not self.take(r"\end{cases}"):
            parts.append(self.sum())
            self.expect("&")
            left = self.sum()
            relation = self.take(*HOLDS)
            if not relation:
                raise Unreadable("a case without a condition")
            relations, sides = [relation], [left, self.sum()]
            while relation := self.take("<", r"\le"):  # from one end to the other: 0 < x < 1
                relations.append(relation)
                sides.append(self.sum())
            if len(sides) > 2 and relations[0] not in ("<", r"\le"):
                raise Unreadable("an interval in no order")
            parts.append(Node(" ".join(relations), tuple(sides)))
            self.take(r"\\[4pt]")
        return Node("cases", tuple(parts))

    def fraction(self) -> Tree:
        self.skip()
        if OPERATOR.match(self.text, self.position):
            self.take(r"{\partial", "{d}")
            return self.derivative()
        top = self.group()
        return Node("/", (top, self.group()))

    def derivative(self) -> Tree:
        """∂(operand)/∂x, or ∂/∂x[operand]."""
        operand: Tree | None = None
        if self.text[self.position - 1] != "}" and not self.take("}"):
            operand = self.sum()
            self.expect("}")
        self.expect("{")
        if not self.take(r"\partial", "d"):
            raise Unreadable("a derivative without a variable")
        by = self.base()
        self.expect("}")
        if operand is None:
            self.expect("[")
            operand = self.sum()
            self.expect("]")
        if not isinstance(by, Named):
            raise Unreadable("a derivative by something that is no name")
        return Operator(operand, by.name)


def _literal(digits: str, exponent: int) -> Literal:
    return Literal(numbers.decimal(digits, exponent), numbers.places(digits, exponent))
