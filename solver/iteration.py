"""Updates that no page shows: the same pass and update run over and over, at any working precision.

The definitions are those of one update, evaluated in balls; what a later update starts from is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flint import arb, ctx, fmpq

from solver.diagnostics import Fault, ProblemError
from solver.evaluate import Impossible, evaluate
from solver.expression import Symbol
from solver.goals import Update
from solver.graph import Definition, Graph
from solver.names import Name, QuantityName, Total
from solver.polynomial import NotPolynomial, Polynomial, Value
from solver.problem import Training
from solver.updates import COUNT, UpdateRule, kept_names
from solver.values import carried_on, refuse_divergence

Start = Mapping[Name, fmpq | arb]

MAX_HEIGHT = 512
"""A fraction of more bits goes on as a ball: over thousands of updates its digits would cost more than a ball's."""
SPARE, MOST_BITS = 32, 32_768
"""Bits that a run is given beside those that it is known to need, and the most that it is worked with."""


@dataclass(slots=True)
class Iteration:
    """A run from its first update on; `starts` are the updates before which the values are wanted."""

    once: Graph
    goals: Sequence[Update]
    training: Training
    starts: Sequence[int]
    found: Mapping[int, Start] = field(default_factory=dict)
    """Before each start its values, with so many bits `right`."""
    right: int = 0
    lost: int = SPARE
    """The bits that the run is known to lose, because balls widen from update to update."""

    def names(self) -> tuple[Name, ...]:
        """The parameters, then what the optimizer keeps of them."""
        parameters = [name for goal in self.goals for name in goal.of]
        kept = [name for goal in self.goals for parameter in goal.of for name in kept_names(goal, parameter)]
        return (*parameters, *kept)

    def at(self, number: int, name: Name, bits: int) -> fmpq | arb:
        """A value as it is before an update, at a working precision.

        Raises ProblemError where a value of the run does not exist or stays unknown.
        """
        if 2 * bits > self.right:
            self.narrow(bits)
        return self.found[number][name]

    def narrow(self, bits: int) -> None:
        """The run with so many bits that its values have twice as many as are asked for.

        Of a run that has converged a page prints differences of them, such as an error that is almost zero. It is
        worked with bits to spare, so that one run serves the next precision as well.
        """
        while self.right < min(2 * bits, MOST_BITS):
            worked = min(4 * bits + self.lost, MOST_BITS)
            with ctx.workprec(worked):
                self.found = self.run()
            right = min(_bits_right(value) for start in self.found.values() for value in start.values())
            self.lost = max(self.lost, worked - right + SPARE)
            self.right = right if worked < MOST_BITS else MOST_BITS

    def run(self) -> Mapping[int, Start]:
        values: dict[QuantityName, Value] = {name: given.value for name, given in self.once.givens.items()}
        found: dict[int, Start] = {}
        names = self.names()
        later = self.steps(first=False)
        for number in range(1, max(self.starts)):
            self.turn(number, values, self.steps(first=True) if number == 1 else later)
            if number + 1 in self.starts:
                found[number + 1] = {name: self.known(name, values) for name in names}
        return found

    def known(self, name: Name, values: Mapping[QuantityName, Value]) -> fmpq | arb:
        value = values[name]
        if isinstance(value, Polynomial):
            message = f"{name.text} stays a symbol, so a run of many updates cannot be worked"
            raise ProblemError([Fault("S401", message, self.training.origin, "give every value, or train less")])
        assert isinstance(value, fmpq | arb)
        return value

    def steps(self, first: bool) -> list[tuple[Definition, Name | None]]:
        """The definitions of an update, and for a new value the parameter that takes it."""
        found: list[tuple[Definition, Name | None]] = []
        for goal in self.goals:
            rule = UpdateRule(goal, first=first, count=Symbol(COUNT))
            for name in goal.of:
                for d in rule.definitions(name, name, Total(goal.minimise, name)):
                    found.append((d, name if d.name == name.tagged("new") else None))
        return found

    def turn(
        self, number: int, values: dict[QuantityName, Value], steps: Sequence[tuple[Definition, Name | None]]
    ) -> None:
        """One update: each of its samples forward and back, reduced where there are several, then the new values."""
        samples = self.training.samples or ({},)
        online = self.training.mode == "online"
        used = [samples[(number - 1) % len(samples)]] if online else samples
        totals = [Total(goal.minimise, name) for goal in self.goals for name in goal.of]
        sums: dict[Total, fmpq | arb] = {}
        for sample in used:
            values |= {name: given.value for name, given in sample.items()}
            for definition in self.once.definitions:
                values[definition.name] = self.worked(number, definition, values)
            for total in totals:
                slope = self.number(values[total])
                sums[total] = sums[total] + slope if total in sums else slope
        share = len(used) if self.training.reduce == "mean" else 1
        for total in totals:
            values[total] = carried_on(sums[total] / share, MAX_HEIGHT)
        values[COUNT] = fmpq(number)
        new: dict[QuantityName, Value] = {}
        for definition, parameter in steps:
            value = self.worked(number, definition, values)
            if parameter is None:
                values[definition.name] = value
            else:
                new[parameter] = value
        values |= new

    def worked(self, number: int, definition: Definition, values: Mapping[QuantityName, Value]) -> Value:
        stated = of_update(definition, number).stated
        if stated is not None:
            return stated.value
        try:
            value = carried_on(evaluate(definition.expression, values), MAX_HEIGHT)
            refuse_divergence(definition, value, f" in update {number}")
            return value
        except (Impossible, NotPolynomial) as reason:
            message = f"{definition.name.text} has no value during the run: {reason}"
            hint = reason.hint if isinstance(reason, Impossible) else "give every value, or train less"
            raise ProblemError([Fault("S401", message, definition.origin or self.training.origin, hint)]) from None

    def number(self, value: Value) -> fmpq | arb:
        if isinstance(value, Polynomial):
            message = "a run of many updates needs every value; a symbol stays in its gradient"
            raise ProblemError([Fault("S401", message, self.training.origin, "give every value, or train less")])
        assert isinstance(value, fmpq | arb)
        return value


def of_update(definition: Definition, number: int) -> Definition:
    """A definition as it holds in an update: what is stated, is stated of the parameters as they are given."""
    return definition if definition.stated is None or number == 1 else replace(definition, stated=None)


def _bits_right(value: fmpq | arb) -> int:
    """How many bits of a value are known: after the point, or from its first digit on."""
    if isinstance(value, fmpq) or value.is_exact():
        return MOST_BITS
    mantissa, exponent = value.rad().man_exp()
    return max(-int(exponent) - int(mantissa).bit_length(), int(value.rel_accuracy_bits()))
