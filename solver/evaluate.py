"""Graph -> values: exact fractions where + - * / and whole powers allow, else balls that hold the true value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import assert_never
from weakref import proxy

from flint import arb, ctx, fmpq

from solver.closedform import ClosedForms
from solver.diagnostics import Fault, InternalError, ProblemError
from solver.distance import apart
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
)
from solver.functions import FUNCTIONS, A, Function, U, Undecided, sign_of
from solver.graph import Definition, Graph
from solver.names import Name, QuantityName
from solver.near import Near, ball, joined, near_value, whole_power
from solver.polynomial import (
    Coefficient,
    Monomial,
    NotPolynomial,
    Polynomial,
    Value,
    add,
    coefficient,
    is_zero,
    multiply,
    power,
    terms_of,
)
from solver.rounding import APART, LAST_BITS, PROVEN, Enclosure, precisions

MAX_POWER, MAX_HEIGHT, MAX_HEIGHT_APART = 4_096, 100_000, 20_000_000
"""Powers of fractions that are worked exactly, by the bits of what comes out."""
GROWN, MAX_CARRIED = 4, 1_000_000
"""A fraction that has grown to so many times the bits that are worked with goes on as a ball; where numbers are kept
apart from fractions, one of so many bits."""
OVERFLOW = fmpq(10) ** 308
"""Beyond this no number of double precision goes (IEEE 754-2019, table 3.5)."""
ZERO, MINUS_ONE = fmpq(0), fmpq(-1)
APART_BITS, ENOUGH_BITS = 512, 64
"""The bits that are worked with where numbers are kept apart from fractions, and those that tell a number from zero."""

OTHERWISE = "change the givens or the formula, so that"


class Impossible(ArithmeticError):
    """The value does not exist: a division by zero or an argument outside a domain; `hint` says what may help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class LogOfZero(Impossible):
    """A logarithm of an exact zero, which an exact zero in front of it makes zero."""


def evaluate(node: Expression, values: Mapping[QuantityName, Value], near: bool = False) -> Value:
    """The value of an expression at the current working precision; unknown names stay symbols.

    With `near`, what lies too near to a fraction for a ball is kept apart from it. Raises Impossible, NotPolynomial, or
    Undecided where more bits may decide.
    """
    match node:
        case Number():
            return node.value
        case Symbol(name):
            known = values.get(name)
            return Polynomial.unknown(name) if known is None else known
        case Sum(terms):
            total: Value | None = None  # from the first on: its bits beyond those worked with are kept in a difference
            for term in terms:
                value = evaluate(term.value, values, near)
                value = value if term.sign > 0 else multiply(MINUS_ONE, value)
                total = value if total is None else add(total, value)
            return ZERO if total is None else total
        case Product(factors):
            return _product(factors, values, near)
        case Negate(operand):
            return multiply(MINUS_ONE, evaluate(operand, values, near))
        case Quotient(numerator, denominator):
            return divide(evaluate(numerator, values, near), evaluate(denominator, values, near))
        case Power(base, exponent):
            return raise_to(evaluate(base, values, near), evaluate(exponent, values, near), near)
        case Call(function):
            row = FUNCTIONS[function]
            arguments = row.arguments(node)
            worked = [evaluate(argument, values, near) for argument in arguments]
            return apply(row, *worked, near=near, own=arguments.index(arguments[0], 1) - 1 if row.spells else 0)
        case Constant():
            return arb.pi()
        case Derivative() | Matrix() | Transpose() | Entrywise():
            raise InternalError(f"{type(node).__name__} has no value")
        case _:
            assert_never(node)


def _product(factors: tuple[Expression, ...], values: Mapping[QuantityName, Value], near: bool) -> Value:
    """The product; 0*ln(0) is 0, the limit of x*ln(x), as in the cross-entropy of a target 0."""
    product: Value | None = None
    missing: LogOfZero | None = None
    for factor in factors:
        try:
            known = values.get(factor.name) if isinstance(factor, Symbol) else None
            value = evaluate(factor, values, near) if known is None else known
        except LogOfZero as reason:
            missing = reason
        else:
            product = value if product is None else multiply(product, value)
    if missing and (product is None or not is_zero(product)):
        raise missing
    return fmpq(1) if product is None else product


def divide(left: Value, right: Value) -> Value:
    """The quotient; an exact zero divided by anything but zero is an exact zero. Raises like `evaluate`."""
    if is_zero(right):
        raise Impossible("division by zero", f"{OTHERWISE} the divisor is not 0")
    if isinstance(right, Polynomial):
        raise NotPolynomial
    if not isinstance(right, fmpq) and right.contains(0):
        raise Undecided("whether a divisor is zero")
    if is_zero(left):
        return fmpq(0)
    return left / right if not isinstance(left, Polynomial) else multiply(left, 1 / right)


def raise_to(base: Value, exponent: Value, near: bool = False) -> Value:
    """base^exponent: exact for whole exponents of exact bases, else through balls. Raises like `evaluate`."""
    if isinstance(exponent, Polynomial):
        raise NotPolynomial
    if isinstance(exponent, fmpq) and exponent.q == 1 and abs(exponent) <= MAX_POWER:
        whole = int(exponent.p)
        if isinstance(base, Polynomial):
            if whole < 0 or whole > MAX_POWER:
                raise NotPolynomial
            return power(base, whole)
        if whole < 0 and is_zero(base):
            raise Impossible(f"zero to the power {whole}", f"{OTHERWISE} the base is not 0")
        if isinstance(base, fmpq) and base.height_bits() * abs(whole) < (MAX_HEIGHT_APART if near else MAX_HEIGHT):
            return base**whole
        return finite(base**whole if isinstance(base, Near) else whole_power(arb(base), whole))
    if isinstance(base, Polynomial):
        raise NotPolynomial
    if exponent == fmpq(1, 2):
        return apply(FUNCTIONS["sqrt"], base, near=near)
    if is_zero(base) and exponent > 0:
        return fmpq(0)
    if base < 0 or is_zero(base):
        message = "a power with a base that is not positive and an exponent that is not whole"
        raise Impossible(message, f"{OTHERWISE} the base is positive")
    value = ball(base) ** ball(exponent)
    return finite(joined(ZERO, value) if near else value)


def apply(function: Function, *arguments: Value, near: bool = False, own: int = 0) -> Value:
    """A function of the table at values, its domain checked first. Raises like `evaluate`.

    Where a case applies, the value is that case's, and so as exact as its arguments; where it stays open, a ball over
    all of them. `own` is the place of a softmax among its units.
    """
    if function.name == "linear":
        return arguments[0]
    known = [argument for argument in arguments if not isinstance(argument, Polynomial)]
    if len(known) < len(arguments):
        raise NotPolynomial
    _refuse_outside(function, known[0])
    with suppress(Undecided):
        if function.chosen:
            return known[function.chosen(known)]
        if function.cases:
            return evaluate(function.cases.of(sign_of(known[0])), dict(zip((U, A), known, strict=False)), near)
    fractions = [argument for argument in known if isinstance(argument, fmpq)]
    exact = function.exact(*fractions) if len(fractions) == len(known) else None
    if exact is not None:
        return exact
    if near:
        return finite(near_value(function, known, own, _near))
    value = function.ball(*map(ball, known))
    finite(value)
    return fmpq(int(value.unique_fmpz() or 0)) if value.is_exact() and value.is_integer() else value


def _near(node: Expression, values: Mapping[QuantityName, Coefficient]) -> Coefficient:
    """The value of an expression without unknowns, kept apart from its fraction."""
    return coefficient(evaluate(node, values, near=True))


def _refuse_outside(function: Function, argument: Coefficient) -> None:
    """Raises Impossible for an argument outside the domain, LogOfZero at its open end."""
    if {"": True, "positive": argument > 0, "not negative": argument >= 0}[function.domain]:
        return
    if not isinstance(argument, fmpq) and argument.contains(0):
        raise Undecided("the sign of an argument")
    short = isinstance(argument, fmpq) and argument.height_bits() <= ENOUGH_BITS
    shown = str(argument) if short else ball(argument).str(6, radius=False)
    message = f"{function.name} of {shown}, but its argument must be {function.domain}"
    raise (LogOfZero if is_zero(argument) else Impossible)(message, f"{OTHERWISE} it is {function.domain}")


def finite(value: Coefficient) -> Coefficient:
    """The value, where it is finite; Undecided where more bits may make it so."""
    if isinstance(value, fmpq) or value.is_finite():
        return value
    raise Undecided("whether a value is finite")


def carried_on(value: Value, height: int) -> Value:
    """The value that later formulas read: a fraction of more bits than `height` goes on as a ball around it.

    Repeated squares and products multiply the digits of a fraction, which soon are more than can be worked with. No
    printed number is so long; where two such fractions may be one, more bits carry both on exactly.
    """
    if isinstance(value, fmpq):
        return value if value.height_bits() <= height else arb(value)
    if isinstance(value, Polynomial):
        terms = {monomial: coefficient(carried_on(number, height)) for monomial, number in value.terms.items()}
        return Polynomial(terms)
    return value


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Values:
    """The value of each name of a graph, at any working precision. A name that stays a symbol has none.

    `least` is the precision at which every case of the graph is decided; less is never used. `fixed` holds values that
    are the same at every precision and stand in place of what the formulas give: rounded values that are carried on.
    """

    graph: Graph
    least: int
    fixed: Mapping[QuantityName, Value] | None = None
    cache: dict[int, dict[QuantityName, Value]] = field(default_factory=dict, compare=False, repr=False)
    forms: ClosedForms = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        weak = proxy(self)  # no circle: a solution is freed when it is dropped
        object.__setattr__(self, "forms", ClosedForms(self.graph, self.fixed, lambda node: weak._number(node)))

    def _number(self, node: Expression) -> fmpq | arb:
        value = self.of(node)
        if isinstance(value, Polynomial):
            raise Undecided("the sign of an unknown")
        assert isinstance(value, fmpq | arb)
        return value

    def at(self, bits: int) -> Mapping[QuantityName, Value]:
        if self.fixed is not None:
            return self.fixed
        bits = min(max(bits, self.least), APART)
        if bits not in self.cache:
            self.cache[bits] = _computed(self.graph, bits)
        return self.cache[bits]

    @property
    def finest(self) -> int:
        """The most bits that a ball of this graph was worked with, which is what its digits needed."""
        return max((bits for bits in self.cache if bits < APART), default=self.least)

    def of(self, node: Expression) -> Value:
        """The value of an expression, at the first precision that decides its cases and leaves some digits of it."""
        value, bits = self._decided(node)
        for more in precisions():
            if _has_digits(value):
                break
            if more == PROVEN and (proven := self.forms.rational(node)) is not None:
                return proven
            if more > bits:
                value = self._evaluate(node, more)
        return _whole(value)

    def coefficients(self, node: Expression) -> dict[Monomial, Enclosure]:
        """Each monomial of a value with an enclosure of its coefficient; a number has the one monomial ()."""
        value, decided = self._decided(node)
        first = terms_of(value)

        def enclosure(monomial: Monomial) -> Enclosure:
            known = first.get(monomial, ZERO)
            whole = coefficient(_whole(known))

            def at(bits: int) -> Coefficient:
                if isinstance(known, fmpq) or bits <= decided:
                    return known if bits >= APART else whole
                proven = self.forms.rational(node) if bits >= PROVEN and monomial == () else None
                return terms_of(self._evaluate(node, bits)).get(monomial, ZERO) if proven is None else proven

            return at

        return {monomial: enclosure(monomial) for monomial in first or ((),)}

    def same(self, left: Expression, right: Expression) -> bool | None:
        """Whether two expressions are proven to be one number, or two, though no ball tells; None where it is open."""
        values = self.at(APART)

        def value(node: Expression, put: Mapping[QuantityName, Coefficient]) -> Coefficient:
            return coefficient(evaluate(node, {**values, **put}, near=True))

        with ctx.workprec(APART_BITS), suppress(Undecided, NotPolynomial, Impossible):
            difference = apart(left, right, value)
            if isinstance(difference, fmpq) or not difference.contains(0):
                return bool(difference == 0)
        return self.forms.same(left, right)

    def _decided(self, node: Expression) -> tuple[Value, int]:
        """The value at the first precision at which nothing is left undecided, and that precision."""
        reason = ""
        for bits in precisions():
            if bits >= self.least:
                try:
                    return self._evaluate(node, bits), bits
                except Undecided as undecided:
                    reason = str(undecided)
        raise Impossible(f"no precision decides {reason}")

    def _evaluate(self, node: Expression, bits: int) -> Value:
        values = self.at(bits)
        if isinstance(node, Symbol) and node.name in values:
            return values[node.name]
        with ctx.workprec(_working(bits)):
            return evaluate(node, values, near=bits >= APART)


def _working(bits: int) -> int:
    """The bits that are worked with: kept apart from its fraction, what is left needs few."""
    return APART_BITS if bits >= APART else bits


def _whole(value: Value) -> Value:
    """A number kept apart from its fraction as one ball."""
    with ctx.workprec(APART_BITS):
        return ball(value) if isinstance(value, Near) else value


def _has_digits(value: Value) -> bool:
    whole = _whole(value)
    return not isinstance(whole, arb) or whole.rel_accuracy_bits() >= ENOUGH_BITS


def evaluate_graph(graph: Graph) -> Values:
    """All values of a graph. Raises ProblemError naming the definition that has no value."""
    reason = ""
    for bits in precisions():
        try:
            return Values(graph, bits, cache={bits: _computed(graph, bits)})
        except Undecided as undecided:
            reason = str(undecided)
    raise ProblemError([Fault("S402", f"no precision decides {reason}")])


def _computed(graph: Graph, bits: int) -> dict[QuantityName, Value]:
    values: dict[QuantityName, Value] = {name: given.value for name, given in graph.givens.items()}
    near = bits >= APART
    height = MAX_CARRIED if near else GROWN * bits
    values |= {name: start(min(bits, LAST_BITS)) for name, start in graph.started.items()}
    with ctx.workprec(_working(bits)):
        for definition in graph.definitions:
            if definition.stated is not None:
                values[definition.name] = definition.stated.value
                continue
            try:
                value = carried_on(evaluate(definition.expression, values, near), height)
            except NotPolynomial:
                values[definition.name] = Polynomial.unknown(definition.name)
            except Impossible as reason:
                message = f"{definition.name.text} has no value: {reason}"
                raise ProblemError([Fault("S401", message, definition.origin, reason.hint)]) from None
            except Undecided as reason:
                raise Undecided(f"{reason}: {definition.name.text}") from None
            else:
                if isinstance(definition.name, Name) and definition.name.step:
                    refuse_divergence(definition, value)
                values[definition.name] = value
    return values


def refuse_divergence(definition: Definition, value: Value, where: str = "") -> None:
    """Raises ProblemError for a value of a run that no computer's number holds: each update makes it larger still."""
    if isinstance(value, Polynomial) or not abs(ball(value)) > OVERFLOW:
        return
    message = f"the run diverges: {definition.name.text}{where} is {ball(value).str(3, radius=False)}"
    raise ProblemError([Fault("S401", message, definition.origin, "take a smaller learning rate")])
