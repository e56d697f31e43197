"""A second route to "these two values are one": both are sent into a prime field, where exact arithmetic is cheap.

Powers of e become powers of a generator, so that every law of sums, products and exponents holds for the images; what
else is no fraction (pi, erf(0.7), ln(3)) becomes a number drawn by its name. Two values that are one by these laws have
one image; two that are not have one with a chance of their degree in 2^126 (Schwartz, Fast probabilistic algorithms for
verification of polynomial identities, Journal of the ACM 27 (1980)), and two draws are made. It shares the tree with
`forms.py`, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from flint import arb, arb_series, ctx, fmpq, fmpz

from solver.diagnostics import InternalError
from solver.expression import (
    ONE,
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
    Term,
    Transpose,
    symbols,
)
from solver.functions import FUNCTIONS, formula_of
from solver.graph import Graph
from solver.names import Name, QuantityName
from solver.polynomial import Value
from solver.series import LENGTH, evaluate_series

PRIME = 2**127 - 2_721
ORDER = (PRIME - 1) // 2
"""A prime whose half is a prime too: its squares have that order, so a fraction is an exponent like a whole number."""
GENERATOR, MAX_POWER, BITS = 4, 4_096, 512
FORMULAS: Mapping[str, str] = {
    "sigmoid": "exp(u)/(1 + exp(u))", "tanh": "(exp(2*u) - 1)/(exp(2*u) + 1)", "softplus": "ln(1 + exp(u))",
    "swish": "u*exp(u)/(1 + exp(u))", "gelu": "u - u/2*erfc(u/sqrt(2))", "erf": "1 - erfc(u)", "linear": "u",
    "log2": "ln(u)/ln(2)", "log10": "ln(u)/ln(10)", "tan": "sin(u)/cos(u)",
}  # fmt: skip
"""Written otherwise than in the table of functions, where that can be."""

Image = fmpq | int
"""A fraction is kept as it is."""


class Unknown(ArithmeticError):
    """A value has no image: a case that stays open, a division by zero in the field."""


@dataclass(slots=True)
class Images:
    """The images of a graph's values in one draw; `near` tells where the values lie, for their signs."""

    graph: Graph
    fixed: Mapping[QuantityName, object] | None
    near: Mapping[QuantityName, Value]
    draw: int
    known: dict[QuantityName, Image] = field(default_factory=dict)

    def agree(self, left: Expression, right: Expression) -> bool:
        """Whether two values have one image. Raises Unknown."""
        for node in (left, right):
            self.work_out(node)
        return _residue(self.of(left)) == _residue(self.of(right))

    def work_out(self, node: Expression) -> None:
        waiting, needed = [*symbols(node)], set[QuantityName]()
        while waiting:
            name = waiting.pop()
            if name not in needed and name in self.graph.by_name and not (self.fixed and name in self.fixed):
                needed.add(name)
                waiting.extend(self.graph.by_name[name].reads)
        for name in self.graph.by_name if needed else ():
            if name in needed and name not in self.known:
                self.known[name] = self.of(self.formula(name))

    def formula(self, name: QuantityName) -> Expression:
        """What a name stands for: a number, its formula, or itself."""
        if self.fixed is not None and name in self.fixed:
            value = self.fixed[name]
            return Number("", value) if isinstance(value, fmpq) else Symbol(name)
        if isinstance(name, Name) and name in self.graph.givens:
            return self.graph.givens[name]
        definition = self.graph.by_name.get(name)
        return Symbol(name) if definition is None else definition.stated or definition.expression

    def of(self, node: Expression) -> Image:
        match node:
            case Number():
                return node.value
            case Constant():
                return self.drawn("pi")
            case Symbol(name):
                meant = self.formula(name)
                return self.known[name] if name in self.known else self.drawn(name) if meant == node else self.of(meant)
            case Negate(operand):
                return _times(self.of(operand), fmpq(-1))
            case Sum(terms):
                total: Image = fmpq(0)
                for term in terms:
                    total = _plus(total, _times(self.of(term.value), fmpq(term.sign)))
                return total
            case Product(factors):
                product: Image = fmpq(1)
                for factor in factors:
                    product = _times(product, self.of(factor))
                return product
            case Quotient(numerator, denominator):
                return _times(self.of(numerator), _inverse(self.of(denominator)))
            case Power(base, exponent):
                return self.power(base, self.of(exponent))
            case Call():
                return self.call(node)
            case Derivative() | Matrix() | Transpose() | Entrywise():
                raise InternalError(f"{type(node).__name__} has no value")
            case _:
                assert_never(node)

    def ball(self, node: Expression) -> arb:
        """Where a value lies, for its sign."""
        with ctx.workprec(BITS):
            known = {name: arb_series([_number(self.near.get(name))], LENGTH) for name in symbols(node)}
            return evaluate_series(node, known)[0]

    def power(self, base: Expression, exponent: Image) -> Image:
        value = self.of(base)
        if isinstance(exponent, fmpq) and exponent.q == 1 and abs(exponent) <= MAX_POWER:
            raised = pow(_residue(value if exponent >= 0 else _inverse(value)), abs(int(exponent.p)), PRIME)
            return value ** int(exponent.p) if isinstance(value, fmpq) and abs(exponent) < 64 else raised
        return self.drawn("^", _residue(value), _residue(exponent))

    def call(self, node: Call) -> Image:
        row = FUNCTIONS[node.function]
        arguments = row.arguments(node)
        if row.cases or row.chosen:
            balls = [self.ball(argument) for argument in arguments]
            if row.chosen:
                return self.of(arguments[_first(balls, largest=row.name == "max")])
            assert row.cases is not None
            return self.of(row.filled(row.cases.of(_side(balls[0])), node))
        if row.name in FORMULAS:
            return self.of(row.filled(formula_of(FORMULAS[row.name]), node))
        if row.spells is not None:
            own, *units = arguments
            rest = tuple(Term(1, Call("exp", (Sum((Term(1, unit), Term(-1, own))),))) for unit in units)
            return self.of(Quotient(ONE, Sum(rest)))
        value = self.of(arguments[0])
        exact = row.exact(value) if isinstance(value, fmpq) else None
        if exact is not None:
            return exact
        match row.name:
            case "exp":
                return self.exponential(arguments[0])
            case "ln":
                return self.logarithm(arguments[0])
            case "softplus":
                return self.softplus(value)
            case "sqrt":
                root = pow(_residue(value), (ORDER + 1) // 2, PRIME)
                is_square = pow(root, 2, PRIME) == _residue(value)
                return root if is_square else self.drawn("sqrt", _residue(value))
            case name:
                size = min(_residue(value), PRIME - _residue(value))
                turned = size != _residue(value)
                if name == "erfc":  # erfc(-u) = 2 - erfc(u)
                    own_image = self.drawn(name, size)
                    return _plus(_times(own_image, fmpq(-1)), fmpq(2)) if turned else own_image
                sign = -1 if turned and name == "sin" else 1
                return _times(self.drawn(name, size), fmpq(sign))

    def exponential(self, node: Expression) -> Image:
        """e^(a + b) = e^a*e^b and e^(ln(a)) = a, as far as the formula shows it."""
        value = self.of(node)
        if isinstance(value, fmpq):
            return pow(GENERATOR, _exponent(value * (self.draw + 1)), PRIME)
        match node:
            case Symbol(name) if (meant := self.formula(name)) != node:
                return self.exponential(meant)
            case Negate(operand):
                return _inverse(self.exponential(operand))
            case Sum(terms):
                product: Image = fmpq(1)
                for term in terms:
                    part = self.exponential(term.value)
                    product = _times(product, part if term.sign > 0 else _inverse(part))
                return product
            case Product((first, second)) if isinstance(whole := self.of(first), fmpq) and whole.q == 1:
                return pow(_residue(self.exponential(second)), int(whole.p), PRIME)
            case Call("ln", (argument,)):
                return self.of(argument)
            case Call("softplus", (argument,)):
                return _plus(self.exponential(argument), fmpq(1))
            case _:
                size = min(_residue(value), PRIME - _residue(value))
                power = pow(GENERATOR, self.drawn("exp", size) % ORDER, PRIME)
                return power if size == _residue(value) else _inverse(power)

    def logarithm(self, node: Expression) -> Image:
        """ln(a*b) = ln(a) + ln(b) and ln(e^a) = a, as far as the formula shows it."""
        match node:
            case Symbol(name) if (meant := self.formula(name)) != node:
                return self.logarithm(meant)
            case Call("exp", (argument,)):
                return self.of(argument)
            case Call(function) if function in ("sigmoid", "softmax") and (
                spelled := FUNCTIONS[function].spelled(node)
            ):
                return self.logarithm(spelled)
            case Quotient(numerator, denominator):
                return _plus(self.logarithm(numerator), _times(self.logarithm(denominator), fmpq(-1)))
            case Product(factors):
                total: Image = fmpq(0)
                for factor in factors:
                    total = _plus(total, self.logarithm(factor))
                return total
            case Power(base, exponent):
                return _times(self.of(exponent), self.logarithm(base))
            case Sum((Term(1, one), Term(1, Call("exp", (argument,))))) if self.of(one) == 1:
                return self.softplus(self.of(argument))
        value = self.of(node)
        if isinstance(value, fmpq) and value.height_bits() <= 64 and value != 0:
            found: Image = fmpq(0)
            for part, sign in ((value.p, 1), (value.q, -1)):
                for prime, power in fmpz(abs(part)).factor():
                    found = _plus(found, _times(self.drawn("ln", int(prime)), fmpq(sign * int(power))))
            return found
        return self.drawn("ln", min(_residue(value), PRIME - _residue(value)))

    def softplus(self, value: Image) -> Image:
        """ln(1 + e^u) = u/2 + ln(e^(u/2) + e^(-u/2)), the last of which is even."""
        size = min(_residue(value), PRIME - _residue(value))
        return _plus(_times(value, fmpq(1, 2)), self.drawn("softplus", size))

    def drawn(self, *words: object) -> int:
        """A number that depends on the words and the draw alone."""
        digest = hashlib.sha256(repr((self.draw, *words)).encode()).digest()
        return int.from_bytes(digest, "big") % PRIME


def _number(value: Value | None) -> fmpq | arb:
    if isinstance(value, fmpq | arb):
        return value
    raise Unknown("which case applies to an unknown")


def _side(value: arb) -> int:
    if value.contains(0) and value != 0:
        raise Unknown("which case applies")
    return int(value > 0) - int(value < 0)


def _first(balls: list[arb], largest: bool) -> int:
    """The place of the largest or smallest; of equal ones the first."""
    best = 0
    for place, ball in enumerate(balls):
        if _side(ball - balls[best]) * (1 if largest else -1) > 0:
            best = place
    return best


def _residue(value: Image) -> int:
    if isinstance(value, int):
        return value
    if int(value.q) % PRIME == 0:
        raise Unknown("a division by zero")
    return int(value.p) * pow(int(value.q), -1, PRIME) % PRIME


def _exponent(value: fmpq) -> int:
    return int(value.p) * pow(int(value.q), -1, ORDER) % ORDER


def _plus(left: Image, right: Image) -> Image:
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left + right
    return (_residue(left) + _residue(right)) % PRIME


def _times(left: Image, right: Image) -> Image:
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left * right
    return _residue(left) * _residue(right) % PRIME


def _inverse(value: Image) -> Image:
    if value == 0:
        raise Unknown("a division by zero")
    return 1 / value if isinstance(value, fmpq) else pow(value, -1, PRIME)
