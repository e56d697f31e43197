"""The second route through a whole solution: values by power series, derivatives by one sweep forward, updates anew.

All derivatives of one quantity are checked by a single sweep along a direction: when every quantity n that it is
derived by moves with speed v_n, the quantity itself must move with the sum of v_n times the derivative by n.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flint import arb, arb_series, fmpq

from solver.descent import KEPT, State, updated
from solver.expression import Call, Expression, Number, Symbol
from solver.goals import Update
from solver.graph import Definition, Graph
from solver.names import Local, Name, QuantityName, Total
from solver.near import ball
from solver.polynomial import Polynomial, Value
from solver.problem import Problem
from solver.series import BITS, LENGTH, decided, evaluate_series, stated_series
from solver.training import Run, Turn
from solver.updates import working_name

Difference = tuple[Definition, Value, arb]
"""A definition, its value by the first route and by the second."""


@dataclass(frozen=True, slots=True)
class _Update:
    """One update of a goal in a run: the loss of its turn, and the optimizer's numbers."""

    goal: Update
    turn: Turn
    loss: Name
    settings: Mapping[str, arb]


@dataclass(slots=True)
class SecondRoute:
    """Walks the definitions in order and works each anew from what was worked anew before it."""

    graph: Graph
    problem: Problem
    run: Run
    ours: Mapping[QuantityName, Value]
    known: dict[QuantityName, arb_series] = field(default_factory=dict)
    moved: set[Name] = field(default_factory=set)
    states: dict[Name, State] = field(default_factory=dict)

    def differences(self, assigned: Mapping[QuantityName, fmpq]) -> list[Difference]:
        """Where the two routes differ; unknowns take the values handed in."""
        return decided(lambda: list(self.walk(assigned)), BITS)

    def walk(self, assigned: Mapping[QuantityName, fmpq]) -> Iterator[Difference]:
        """The definitions one after the other, at the current working precision."""
        self.moved, self.states = set(), {}
        self.known = {name: _still(given.value) for name, given in self.graph.givens.items()}
        self.known |= {name: _still(value) for name, value in assigned.items()}
        # What an update that is left out hands on is taken over: the updates that are kept are worked anew.
        self.known |= {name: _still(self.first_route(name)) for name in self.graph.started}
        totals: dict[Name, list[Definition]] = {}
        for definition in self.graph.definitions:
            if isinstance(definition.name, Total):
                totals.setdefault(definition.name.of, []).append(definition)
        news = self.news()
        for definition in self.graph.definitions:
            name = definition.name
            if isinstance(name, Total):
                if name.of not in self.moved:
                    self.moved.add(name.of)
                    yield from self.swept(name.of, totals[name.of])
                self.known[name] = _still(arb(self.first_route(name)))
                continue
            other = self.worked(definition, news)
            ours = self.first_route(name)
            if other is not None and not (other.is_finite() and other.overlaps(arb(ours))):
                yield definition, ours, other
            self.known[name] = _still(other if other is not None and other.is_finite() else arb(ours))

    def first_route(self, name: QuantityName) -> fmpq | arb:
        value = self.ours[name]
        if isinstance(value, fmpq | arb):
            return value
        assert not isinstance(value, Polynomial)
        return ball(value)

    def shares(self) -> Mapping[Expression, Expression]:
        """What is stated for a softmax, by its formula."""
        stated = [d for d in self.graph.definitions if d.stated is not None and isinstance(d.expression, Call)]
        return {d.expression: Number("", d.stated.value) for d in stated if d.stated is not None}

    def news(self) -> dict[QuantityName, tuple[Name, _Update]]:
        """The new values, each with its parameter and the update that makes it."""
        found: dict[QuantityName, tuple[Name, _Update]] = {}
        for turn in self.run.turns:
            for goal in (goal for goal in self.problem.goals if isinstance(goal, Update)):
                settings = {symbol: arb(number.value) for symbol, number in goal.settings.items()}
                update = _Update(goal, turn, turn.scope.name(goal.minimise), settings)
                found |= {turn.new(name): (name, update) for name in goal.of}
        return found

    def worked(self, definition: Definition, news: Mapping[QuantityName, tuple[Name, _Update]]) -> arb | None:
        """The value of a definition from those before it; None where it is compared with nothing."""
        name = definition.name
        if isinstance(name, Local):
            above = self.graph.by_name[name.of]
            return None if above.stated is not None else self.slope(above, name.by)
        if definition.stated is not None:
            return arb(definition.stated.value)
        if name in news:
            return self.new_value(*news[name])
        return evaluate_series(definition.expression, self.known)[0]

    def slope(self, definition: Definition, by: Name) -> arb:
        known = {name: self.known[name] for name in definition.reads}
        known[by] = arb_series([self.known[by][0], 1], LENGTH)
        return evaluate_series(definition.expression, known)[1]

    def new_value(self, parameter: Name, update: _Update) -> arb:
        turn, optimizer = update.turn, update.goal.optimizer.name
        current = turn.scope.name(parameter)
        old, slope = self.known[current][0], self.known[Total(update.loss, current)][0]
        state = self.states.get(parameter)
        if state is None or state.count != turn.number - 1:
            state = self.states[parameter] = State(turn.number - 1)
            for letter, place in KEPT[optimizer].items() if turn.number > 1 else ():
                before = self.known.get(working_name(letter, parameter).marked(step=turn.number - 1))
                setattr(state, place, before[0] if before is not None else arb(0))
        return updated(optimizer, old, slope, self.known[update.goal.rate][0], update.settings, state)

    def swept(self, of: Name, totals: list[Definition]) -> Iterator[Difference]:
        """All derivatives of one quantity at once, and one by one where they do not fit together."""
        speeds = {d.name.by: _speed(place) for place, d in enumerate(totals) if isinstance(d.name, Total)}
        parts = [arb(self.first_route(d.name)) * speeds[d.name.by] for d in totals if isinstance(d.name, Total)]
        region = self.region(of, {*speeds})
        together = self.sweep(of, region, speeds)
        if together.is_finite() and together.overlaps(sum(parts, arb(0))):
            return
        for definition in totals:
            assert isinstance(definition.name, Total)
            alone = self.sweep(of, region, {definition.name.by: fmpq(1)})
            ours = self.first_route(definition.name)
            if not (alone.is_finite() and alone.overlaps(arb(ours))):
                yield definition, ours, alone

    def region(self, of: Name, by: set[Name]) -> list[Definition]:
        """The definitions that a quantity is made from, in their order."""
        found: set[QuantityName] = set()
        waiting: list[QuantityName] = [of]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.graph.by_name or not isinstance(name, Name):
                continue
            found.add(name)
            definition = self.graph.by_name[name]
            if not (name in by and isinstance(definition.expression, Symbol)):  # as an earlier update left it
                waiting.extend(definition.reads)
        return [self.graph.by_name[name] for name in self.graph.by_name if name in found]

    def sweep(self, of: Name, region: list[Definition], speeds: Mapping[Name, fmpq]) -> arb:
        """How fast a quantity moves when these quantities are moved with these speeds."""
        moving: set[QuantityName] = {*speeds}
        moved: dict[QuantityName, arb_series] = {
            name: arb_series([self.known[name][0], speed], LENGTH) for name, speed in speeds.items()
        }
        seen = {**self.known, **moved}
        for definition in region:
            if moving.isdisjoint(definition.reads):
                continue
            if definition.stated is not None:
                found = stated_series(definition.expression, definition.stated.value, seen, self.shares())
            else:
                found = evaluate_series(definition.expression, seen)
            own = moved.get(definition.name)
            seen[definition.name] = found + arb_series([0, own[1]], LENGTH) if own is not None else found
            moving.add(definition.name)
        return seen[of][1] if of in moving else arb(0)


def _still(value: fmpq | arb) -> arb_series:
    return arb_series([value], LENGTH)


def _speed(place: int) -> fmpq:
    """Speeds without a pattern, none of them zero, the same in every run."""
    return fmpq((place * 7919 + 104_729) % 9_973 + 1, 4_999)
