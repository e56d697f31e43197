"""The values of a solution as they are printed, and what may stand next to what: reproducing, `=` or `≈`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import fmpq

from solver.evaluate import NotPolynomial, Values
from solver.expression import (
    Expression,
    Negate,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Term,
    integer,
    substitute,
    symbols,
)
from solver.graph import Definition
from solver.names import Name, QuantityName
from solver.polynomial import Monomial, Polynomial
from solver.rounding import (
    Enclosure,
    Relation,
    Rounding,
    UndecidedError,
    decimal,
    nearest,
    places_of,
    relation,
    show,
    show_places,
    show_step,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A value as printed: its expression, and the printed coefficient of each monomial; a number has only ()."""

    expression: Expression
    numbers: Mapping[Monomial, Number]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is asked of the values while a solution is laid out; printed numbers are worked out once."""

    values: Values
    rounding: Rounding
    printed: dict[tuple[QuantityName, int], Printed] = field(default_factory=dict, compare=False, repr=False)

    def shown(self, name: QuantityName, extra: int = 0) -> Printed:
        """A quantity as printed: givens as their author wrote them, other values with `extra` guard digits."""
        key = (name, extra)
        if key not in self.printed:
            self.printed[key] = self._shown(name, extra)
        return self.printed[key]

    def _shown(self, name: QuantityName, extra: int) -> Printed:
        graph = self.values.graph
        definition = graph.by_name.get(name)
        number = graph.givens.get(name) if isinstance(name, Name) else None
        number = definition.stated if definition else number
        if number is not None:
            return _printed_number(number)
        if definition is not None and self.is_update(definition):
            return _printed_number(self._updated(definition, extra))
        return self.show(Symbol(name), extra)

    def is_update(self, definition: Definition) -> bool:
        """Whether a definition is the new value of a parameter and a number; updates have a rule of their own."""
        name = definition.name
        return isinstance(name, Name) and name.tag == "new" and self.is_number(Symbol(name))

    def is_number(self, node: Expression) -> bool:
        try:
            return not isinstance(self.values.of(node), Polynomial)
        except NotPolynomial:
            return False

    def is_opaque(self, name: QuantityName) -> bool:
        """Whether a value stays unknown as a whole, because an unknown stands inside a function or divisor."""
        value = self.values.of(Symbol(name))
        return isinstance(value, Polynomial) and ((name, 1),) in value.terms

    def number(self, node: Expression) -> Enclosure:
        """The enclosure of an expression without unknowns."""
        return self.values.coefficients(node)[()]

    def show(self, node: Expression, extra: int = 0) -> Printed:
        """The value of an expression as printed; with unknowns in it, each coefficient as printed."""
        coefficients = self.values.coefficients(node)
        return _printed({monomial: show(c, self.rounding, extra) for monomial, c in coefficients.items()})

    def put_in(self, node: Expression, extra: int = 0) -> Expression:
        """The numbers put in for the names; what is unknown stays."""
        return substitute(node, {name: self.shown(name, extra).expression for name in symbols(node)})

    def reproduces(self, member: Expression, result: Printed) -> bool:
        """Whether a member, evaluated as it is printed and rounded, gives the printed result."""
        try:
            coefficients = self.values.coefficients(member)
        except NotPolynomial:
            return False
        if {*coefficients} != {*result.numbers}:
            return False
        return all(self._rounds_to(coefficients[m], number) for m, number in result.numbers.items())

    def _rounds_to(self, number: Enclosure, printed: Number) -> bool:
        places = places_of(printed)
        places = max(places, self.rounding.digits) if places >= 0 else places
        return fmpq(nearest(number, places, self.rounding.mode)) / fmpq(10) ** places == printed.value

    def relation(self, left: Expression, right: Expression) -> Relation:
        """`=` exactly where two members are, as printed, the same number or the same expression in the unknowns."""
        try:
            first, second = self.values.coefficients(left), self.values.coefficients(right)
        except NotPolynomial:
            return "=" if self.is_exact(left) else "≈"
        if {*first} != {*second}:
            return "≈"
        try:
            return "=" if all(relation(first[m], second[m]) == "=" for m in first) else "≈"
        except UndecidedError:
            from solver.symbolic import are_equal

            if are_equal(left, right, {}):
                return "="
            raise

    def is_exact(self, node: Expression, extra: int = 0) -> bool:
        """Whether the printed values of all quantities in a node are their values."""
        return all(self._is_exact(name, extra) for name in symbols(node))

    def _is_exact(self, name: QuantityName, extra: int) -> bool:
        value, printed = self.values.of(Symbol(name)), self.shown(name, extra).numbers
        return isinstance(value, Polynomial) or (isinstance(value, fmpq) and printed[()].value == value)

    def _updated(self, definition: Definition, extra: int) -> Number:
        """The new value of a parameter, with the decimals that its step shows."""
        match definition.expression:
            case Sum((_, step)):
                places = max(places_of(show_step(self.number(step.value), self.rounding)), self.rounding.digits) + extra
            case _:
                places = self.rounding.digits + extra
        number = self.number(Symbol(definition.name))
        value = number(0)
        if isinstance(value, fmpq) and (value * fmpq(10) ** places).q == 1:
            return decimal(value)
        return show_places(number, places, self.rounding.mode)


def _printed_number(number: Number) -> Printed:
    return Printed(number, {(): number})


def _printed(numbers: Mapping[Monomial, Number]) -> Printed:
    """The sum of the monomials, plain numbers last, each sign in front of its term."""
    if set(numbers) == {()}:
        return _printed_number(numbers[()])
    terms = [_term(monomial, number) for monomial, number in sorted(numbers.items(), key=lambda item: item[0] == ())]
    if len(terms) > 1:
        return Printed(Sum(tuple(terms)), numbers)
    return Printed(terms[0].value if terms[0].sign > 0 else Negate(terms[0].value), numbers)


def _term(monomial: Monomial, number: Number) -> Term:
    sign = -1 if number.value < 0 else 1
    factors: list[Expression] = []
    if abs(number.value) != 1 or not monomial:
        factors.append(Number(number.text.lstrip("-"), abs(number.value)))
    factors.extend(Symbol(name) if power == 1 else Power(Symbol(name), integer(power)) for name, power in monomial)
    return Term(sign, factors[0] if len(factors) == 1 else Product(tuple(factors)))
