"""Kind `network`: units or layers become net inputs and outputs, the loss over them, and what is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from solver.diagnostics import Fault, ProblemError
from solver.expression import Number, Product, Sum, Symbol, walk
from solver.goals import Goal, Update
from solver.graph import Definition, Graph
from solver.kinds import layers, units
from solver.kinds.find import (
    LEARNING_RATE,
    ComputationSpec,
    RateText,
    asked,
    learning_rate,
    optimized,
    training,
    unknown_names,
    update_faults,
)
from solver.kinds.loss import ERROR, loss_definitions, loss_faults
from solver.kinds.wiring import Wiring, definitions, groups
from solver.losses import LOSSES
from solver.names import Name, QuantityName
from solver.problem import Group, Head, Problem, Role
from solver.spec import Section

MAX_MATRIX = 10
"""Rows and columns that a matrix on a page has at most; each is written out whole, so that it can be checked."""
BIASES, THRESHOLD = ("b", "bias", "theta"), "theta"


LossName: Any = Literal[tuple(LOSSES)]


class NetworkSection(Section):
    """What every network has: the loss over its outputs, and its learning rate."""

    loss: LossName | None = None
    learning_rate: RateText = None


class UnitsNetwork(units.UnitsSection, NetworkSection):
    """A network by its units."""


class LayersNetwork(layers.LayersSection, NetworkSection):
    """A network by its layers."""


class UnitsSpec(ComputationSpec):
    """A problem given by a network, unit by unit."""

    network: UnitsNetwork


class LayersSpec(ComputationSpec):
    """A problem given by a network, layer by layer."""

    network: LayersNetwork


NetworkSpec = UnitsSpec | LayersSpec


def expand(spec: NetworkSpec, head: Head) -> Problem:
    """Definitions for each unit's net input and output, E for the loss, and the goals.

    Raises ProblemError with every fault of the spec.
    """
    faults: list[Fault] = []
    wiring = _wiring(spec, faults)
    if head.matrix:
        head = replace(head, method="backprop")
        faults.extend(_matrix_faults(spec))
    if wiring is None:
        raise ProblemError(faults)
    given = _given(spec, wiring, faults)
    found = [*definitions(wiring)]
    parts = [*groups(wiring)]
    if spec.network.loss:
        samples = {name for sample in spec.samples or () for name in sample}
        faults.extend(_target_faults(spec, wiring, given, samples))
        faults.extend(loss_faults(LOSSES[spec.network.loss], wiring, given, spec.samples or ()))
        known = {name: number for name, number in given.items() if name not in samples}
        losses = list(loss_definitions(LOSSES[spec.network.loss], wiring.outputs, wiring.targets, known))
        found.extend(losses)
        parts.append(Group(tuple(d.name for d in losses if isinstance(d.name, Name)), loss=spec.network.loss))
    rate, given = _learning_rate(spec, given, faults)
    defined = {definition.name for definition in found}
    made = [name.text for name in dict.fromkeys(wiring.called.values()) if name in defined]
    if made:
        message = f"{' and '.join(made)} {'is' if len(made) == 1 else 'are'} made by the network itself"
        raise ProblemError([*faults, Fault("S305", message, ("network",), "choose another name")])
    stated = {name: number for name, number in given.items() if name in defined}
    graph = Graph(
        {name: number for name, number in given.items() if name not in defined},
        tuple(_with_value(definition, stated) for definition in found),
    )
    names = (*graph.by_name, *graph.unknowns)
    known_names = dict.fromkeys([*graph.givens, *wiring.parameters, *(n for n in names if isinstance(n, Name))])
    goals: list[Goal] = [*asked(spec.find, known_names, faults, wiring.called)]
    for update in _update(spec, wiring, known_names, rate, faults):
        used = {name for definition in found for name in (definition.name, *definition.reads)}
        faults.extend(update_faults(update, spec, defined))
        known_names[update.rate] = None
        chosen, settings = optimized(update, spec, used, faults)
        goals.append(chosen)
        graph = Graph({**graph.givens, **settings}, graph.definitions)
    run = training(spec, known_names, defined, faults)
    if faults:
        raise ProblemError(faults)
    targets: set[Name] = {*wiring.targets.values()} if spec.network.loss else set()
    named = (*graph.givens, *stated, *(name for sample in (spec.samples or ())[:1] for name in sample))
    role = _Roles(rate, targets, frozenset(wiring.parameters), wiring, defined)
    roles = {name: role.of(name) for name in named}
    head = replace(head, notation={**wiring.notation, **head.notation})
    return Problem(
        head, graph, tuple(goals), roles, tuple(parts), training=run, again=spec.find.again,
        layers=wiring.layers, targets=tuple(wiring.targets[unit.name] for unit in wiring.outputs))  # fmt: skip


def _wiring(spec: NetworkSpec, faults: list[Fault]) -> Wiring | None:
    has_loss = spec.network.loss is not None
    match spec:
        case UnitsSpec():
            return units.wire(spec.network, spec.given, has_loss, faults)
        case LayersSpec():
            return layers.wire(spec.network, faults)


def _given(spec: NetworkSpec, wiring: Wiring, faults: list[Fault]) -> dict[Name, Number]:
    """The author's givens and the numbers that stand in the network itself."""
    for name in spec.given:
        if name in wiring.given:
            message = f"{name.text} is given and stands in the network"
            faults.append(Fault("S305", message, ("given", name.text), "keep one of the two", at_key=True))
    return {**spec.given, **wiring.given}


def _target_faults(
    spec: NetworkSpec, wiring: Wiring, given: Mapping[Name, Number], samples: set[Name]
) -> Iterator[Fault]:
    """A target that is nowhere given, unless the author named it: then it stays a symbol."""
    if isinstance(spec, LayersSpec) and spec.network.targets:
        return
    named = spec.network.target if isinstance(spec, UnitsSpec) else {}
    for unit in wiring.outputs:
        target = wiring.targets[unit.name]
        if target not in given and target not in samples and unit.name not in named:
            message = f"the target of output unit {unit.name.text} is not given"
            if unit.layer:
                yield Fault("S202", message, ("network",), "add targets: [...] under network")
            else:
                yield Fault("S202", message, ("given",), f"add {target.text}: 1, or network: target: {{...}}")


def _matrix_faults(spec: NetworkSpec) -> Iterator[Fault]:
    """What vectors and matrices cannot lay out: the chain rule along each path, layers wider than a page."""
    if spec.method == "paths":
        message = "vectors and matrices go back by deltas: notation: matrix and method: paths exclude each other"
        yield Fault("S201", message, ("method",), "keep one of them", at_key=True)
    for place, layer in enumerate(spec.network.layers if isinstance(spec, LayersSpec) else ()):
        widest = max(len(layer.weights), len(layer.weights[0]))
        if widest > MAX_MATRIX:
            message = f"layer {place + 1}: a page has no room for a matrix of {widest} rows or columns"
            hint = f"notation: matrix takes layers of at most {MAX_MATRIX} units; leave it out"
            yield Fault("S309", message, ("network", "layers", place, "weights"), hint)


def _with_value(definition: Definition, stated: Mapping[Name, Number]) -> Definition:
    name = definition.name
    return replace(definition, stated=stated[name]) if isinstance(name, Name) and name in stated else definition


def _learning_rate(
    spec: NetworkSpec, given: Mapping[Name, Number], faults: list[Fault]
) -> tuple[Name, dict[Name, Number]]:
    """That of the update, or else that of the network."""
    if spec.find.update and spec.find.update.rate is not None:
        return learning_rate(spec.find.update.rate, given, ("find", "update", "rate"), faults)
    return learning_rate(spec.network.learning_rate, given, ("network", "learning_rate"), faults)


def _update(
    spec: NetworkSpec, wiring: Wiring, known: Mapping[Name, None], rate: Name, faults: list[Fault]
) -> Iterator[Update]:
    update, path = spec.find.update, ("find", "update")
    if update is None:
        return
    if spec.network.loss is None and update.minimise is None:
        faults.append(Fault("S202", "an update needs a loss", ("network",), "add loss: half_squared_error"))
        return
    if rate == LEARNING_RATE and rate not in known and spec.network.learning_rate is None and update.rate is None:
        faults.append(Fault("S202", "the learning rate eta is not given", ("given",), "add eta: 0.1 under given"))
    names = tuple(n for n in wiring.parameters if n != rate) if update.of == [Name("all")] else tuple(update.of)
    faults.extend(unknown_names(names, known, (*path, "of"), ("all",), wiring.called))
    if update.minimise:
        faults.extend(unknown_names([update.minimise], known, (*path, "minimise")))
    yield Update(names, update.minimise or ERROR, rate, (*path, "of"))


@dataclass(frozen=True)
class _Roles:
    """What the givens of a network are for."""

    rate: Name
    targets: Collection[Name]
    parameters: Collection[Name]
    wiring: Wiring
    defined: Collection[QuantityName]

    @cached_property
    def factors(self) -> Collection[Name]:
        """The names that stand beside another in a product: a parameter there is the weight of an input or a unit."""
        found: set[Name] = set()
        for part in (part for node in self.wiring.net_inputs.values() for part in walk(node)):
            if isinstance(part, Product):
                names = [factor.name for factor in part.factors if isinstance(factor, Symbol)]
                found.update(name for name in names if isinstance(name, Name) and len(names) > 1)
        return found

    @cached_property
    def subtracted(self) -> Collection[Name]:
        """The names that a net input subtracts as they are."""
        terms = (term for node in self.wiring.net_inputs.values() if isinstance(node, Sum) for term in node.terms)
        values = (term.value for term in terms if term.sign < 0)
        return {value.name for value in values if isinstance(value, Symbol) and isinstance(value.name, Name)}

    def of(self, name: Name) -> Role:
        if name == self.rate:
            return "learning rate"
        if name in self.targets and name not in self.wiring.inputs:
            return "target"
        if name in self.parameters:
            if name.base.startswith("w"):
                return "weight"
            if (letters := name.base.rstrip("0123456789")) in BIASES:
                return "threshold" if letters == THRESHOLD and name in self.subtracted else "bias"
            return "weight" if name in self.factors else "parameter"
        if name.tag or name in self.defined:
            return "stated"
        return "input" if name in self.wiring.inputs else "value"
