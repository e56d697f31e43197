"""Updates that no page shows: the same pass and update run over and over, at any working precision.

The definitions are those of one update, evaluated in balls; what a later update starts from is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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

Start = Mapping[Name, fmpq | arb]


@dataclass(slots=True)
class Iteration:
    """A run from its first update on; `starts` are the updates before which the values are wanted."""

    once: Graph
    goals: Sequence[Update]
    training: Training
    starts: Sequence[int]
    found: dict[int, Mapping[int, Start]] = field(default_factory=dict)

    def names(self) -> tuple[Name, ...]:
        """The parameters, then what the optimizer keeps of them."""
        parameters = [name for goal in self.goals for name in goal.of]
        kept = [name for goal in self.goals for parameter in goal.of for name in kept_names(goal, parameter)]
        return (*parameters, *kept)

    def at(self, number: int, name: Name, bits: int) -> fmpq | arb:
        """A value as it is before an update, at a working precision.

        Raises ProblemError where a value of the run does not exist or stays unknown.
        """
        if bits not in self.found:
            with ctx.workprec(bits):
                self.found[bits] = self.run()
        return self.found[bits][number][name]

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
                values[definition.name] = self.worked(definition, values)
            for total in totals:
                slope = self.number(values[total])
                sums[total] = sums[total] + slope if total in sums else slope
        share = len(used) if self.training.reduce == "mean" else 1
        for total in totals:
            values[total] = sums[total] / share
        values[COUNT] = fmpq(number)
        new: dict[QuantityName, Value] = {}
        for definition, parameter in steps:
            value = self.worked(definition, values)
            if parameter is None:
                values[definition.name] = value
            else:
                new[parameter] = value
        values |= new

    def worked(self, definition: Definition, values: Mapping[QuantityName, Value]) -> Value:
        if definition.stated is not None:
            return definition.stated.value
        try:
            return _lean(evaluate(definition.expression, values))
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


def _lean(value: Value) -> Value:
    """An exact fraction that has grown longer than the working precision becomes a ball."""
    if isinstance(value, fmpq) and value.height_bits() > 4 * ctx.prec:
        return arb(value)
    return value
