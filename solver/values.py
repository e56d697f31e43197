"""Graph -> the values of its names, at any working precision."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import proxy

from flint import arb, ctx, fmpq

from solver.closedform import ClosedForms
from solver.diagnostics import Fault, ProblemError
from solver.distance import apart
from solver.evaluate import Impossible, evaluate
from solver.expression import Expression, Symbol
from solver.functions import Undecided
from solver.graph import Definition, Graph
from solver.names import Name, QuantityName
from solver.near import Near, ball
from solver.polynomial import (
    Coefficient,
    Monomial,
    NotPolynomial,
    Polynomial,
    Value,
    coefficient,
    terms_of,
)
from solver.rounding import APART, LAST_BITS, PROVEN, Enclosure, precisions

GROWN, MAX_CARRIED = 4, 1_000_000
"""A fraction that has grown to so many times the bits that are worked with goes on as a ball; where numbers are kept
apart from fractions, one of so many bits."""
OVERFLOW = fmpq(10) ** 308
"""Beyond this no number of double precision goes (IEEE 754-2019, table 3.5)."""
ZERO = fmpq(0)
APART_BITS, ENOUGH_BITS = 512, 64
"""The bits that are worked with where numbers are kept apart from fractions, and those that tell a number from zero."""


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
    if not isinstance(value, Near):
        return value
    with ctx.workprec(APART_BITS):
        return ball(value)


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
