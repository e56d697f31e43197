"""A value -> what is printed for it: a number, or an expression whose coefficients are printed numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flint import fmpq

from solver.expression import Expression, Negate, Number, Power, Product, Sum, Symbol, Term, integer
from solver.frozen import frozen
from solver.graph import Definition
from solver.names import Name, QuantityName
from solver.polynomial import Monomial, Polynomial, Value, add, multiply
from solver.rounding import (
    UPDATE_PLACES,
    Enclosure,
    Rounding,
    decimal,
    nearest,
    places_of,
    show,
    show_places,
    show_step,
)

Coefficients = Callable[[Expression], Mapping[Monomial, Enclosure]]
"""Gives each monomial of an expression's value with an enclosure of its coefficient; a number has only ()."""


@frozen
class Printed:
    """A value as printed: its expression, the printed coefficient of each monomial, and how it was rounded."""

    expression: Expression
    numbers: Mapping[Monomial, Number]
    rounding: Rounding

    @property
    def value(self) -> Value:
        """Exactly what is printed."""
        total: Value = fmpq(0)
        for monomial, number in self.numbers.items():
            total = add(total, multiply(number.value, Polynomial({monomial: fmpq(1)}) if monomial else fmpq(1)))
        return total

    def is_rounded_from(self, coefficients: Mapping[Monomial, Enclosure]) -> bool:
        """Whether another value, rounded to the same places, prints the same."""
        if {*coefficients} != {*self.numbers}:
            return False
        return all(self._rounds_to(coefficients[monomial], number) for monomial, number in self.numbers.items())

    def _rounds_to(self, enclosure: Enclosure, number: Number) -> bool:
        places = places_of(number)
        places = max(places, self.rounding.digits) if places >= 0 else places
        return fmpq(nearest(enclosure, places, self.rounding.mode)) / fmpq(10) ** places == number.value


def print_number(number: Number, rounding: Rounding) -> Printed:
    """A number that is printed as its author wrote it."""
    return Printed(number, {(): number}, rounding)


def print_value(coefficients: Mapping[Monomial, Enclosure], rounding: Rounding, extra: int = 0) -> Printed:
    """A value with each coefficient printed to the digits of `rounding` and `extra` guard digits."""
    numbers = {monomial: show(enclosure, rounding, extra) for monomial, enclosure in coefficients.items()}
    if set(numbers) == {()}:
        return print_number(numbers[()], rounding)
    terms = [_term(monomial, numbers[monomial]) for monomial in _in_order(numbers)]
    if len(terms) > 1:
        return Printed(Sum(tuple(terms)), numbers, rounding)
    return Printed(terms[0].value if terms[0].sign > 0 else Negate(terms[0].value), numbers, rounding)


def is_update(definition: Definition, coefficients: Mapping[Monomial, Enclosure]) -> bool:
    """Whether a definition is the new value of a parameter and a number: such a number shows its step's decimals."""
    return isinstance(definition.name, Name) and definition.name.tag == "new" and set(coefficients) == {()}


def print_definition(
    definition: Definition,
    coefficients_of: Coefficients,
    shown: Callable[[QuantityName, int], Printed],
    value: Expression,
    rounding: Rounding,
    extra: int = 0,
) -> Printed:
    """The value of a definition as printed; `value` is the expression that has it: the name, or the formula.

    `shown` tells how a name before it is printed: what is the same as another is printed the same, and so is a
    parameter whose step is zero.
    """
    if isinstance(definition.expression, Symbol):
        return shown(definition.expression.name, extra)
    coefficients = coefficients_of(value)
    if not is_update(definition, coefficients):
        return print_value(coefficients, rounding, extra)
    places, enclosure = rounding.digits, coefficients[()]
    match definition.expression:
        case Sum((Term(_, Symbol(old)), term)):
            step = show_step(coefficients_of(term.value)[()], rounding)
            if step.value == 0:
                return shown(old, extra)
            places = max(places_of(step), places) if places_of(step) <= UPDATE_PLACES else places
    exact = enclosure(0)
    if isinstance(exact, fmpq) and (exact * fmpq(10) ** (places + extra)).q == 1:
        return print_number(decimal(exact), rounding)
    return print_number(show_places(enclosure, places + extra, rounding.mode), rounding)


def _in_order(monomials: Iterable[Monomial]) -> list[Monomial]:
    """By falling powers where all hold the same names, w^2, w, 1; else as they come, the number last: w + 0.0392."""
    found = sorted(monomials, key=lambda monomial: monomial == ())
    if len({tuple(name for name, _ in monomial) for monomial in found if monomial}) > 1:
        return found
    return sorted(found, key=lambda monomial: -sum(power for _, power in monomial))


def _term(monomial: Monomial, number: Number) -> Term:
    sign = -1 if number.value < 0 else 1
    factors: list[Expression] = []
    if abs(number.value) != 1 or not monomial:
        factors.append(Number(number.text.lstrip("-"), abs(number.value)))
    factors.extend(Symbol(name) if power == 1 else Power(Symbol(name), integer(power)) for name, power in monomial)
    return Term(sign, factors[0] if len(factors) == 1 else Product(tuple(factors)))
