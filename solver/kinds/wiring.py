"""What both ways of writing a network come to: units, their net inputs, their parameters, their targets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from solver.diagnostics import Path, nearest
from solver.expression import Call, Expression, Number, Symbol
from solver.functions import ACTIVATIONS
from solver.graph import Definition
from solver.names import Name
from solver.parse import ParseError, parse_number
from solver.problem import Group, Layer, Unit
from solver.spec import parsed_by

SOFTMAX = "softmax"
NAMES = (*ACTIVATIONS, SOFTMAX)
WITH_PARAMETER = ("leaky_relu", "elu")


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation as the author chose it, perhaps with its parameter: `leaky_relu(0.1)`."""

    name: str
    parameter: Number | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """A network before its loss: `net_inputs` are the formulas of the units' net inputs, in the order of the units.

    `given` holds the numbers that stand in the network itself, `parameters` what `update: all` updates, in that order,
    `targets` the name of each output unit's target, `called` the names that stand in places of a network by layers,
    by the usual name of each place.
    """

    units: tuple[Unit, ...]
    activations: Mapping[Name, Activation]
    net_inputs: Mapping[Name, Expression]
    inputs: tuple[Name, ...]
    parameters: tuple[Name, ...]
    targets: Mapping[Name, Name]
    origins: Mapping[Name, Path]
    given: Mapping[Name, Number] = field(default_factory=dict)
    notation: Mapping[Name, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    called: Mapping[Name, Name] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.is_output)


def read_activation(text: str) -> Activation:
    """`sigmoid`, or a name with its parameter: `leaky_relu(0.1)`. Raises ParseError."""
    match = re.fullmatch(r"\s*([A-Za-z0-9_]+)\s*(?:\(\s*([^()]*)\s*\))?\s*", text)
    name = match[1] if match else text
    if match is None or name not in NAMES:
        raise ParseError(f"{name!r} is no activation", 0, nearest(name, NAMES))
    if match[2] is None:
        return Activation(name)
    if name not in WITH_PARAMETER:
        raise ParseError(f"{name} takes no parameter", match.start(2), f"only {' and '.join(WITH_PARAMETER)} take one")
    return Activation(name, parse_number(match[2]))


ActivationText = Annotated[
    Any, PlainValidator(parsed_by(read_activation, "S203")), WithJsonSchema({"type": "string", "examples": list(NAMES)})
]


def definitions(wiring: Wiring) -> Iterator[Definition]:
    """Net input and output of each unit; those of a softmax after all the net inputs it goes over."""
    owner = {name: unit for unit in wiring.units for name in (unit.net_input, unit.output)}
    for group in groups(wiring):
        for name in group.names:
            yield _definition(name, owner[name], wiring)


def groups(wiring: Wiring) -> Iterator[Group]:
    """The units one by one; a softmax has a heading of its own after its units."""
    waiting: list[Unit] = []
    for place, unit in enumerate(wiring.units):
        if unit.activation != SOFTMAX:
            yield Group((unit.net_input, unit.output), unit)
            continue
        yield Group((unit.net_input,), unit)
        waiting.append(unit)
        following = wiring.units[place + 1] if place + 1 < len(wiring.units) else None
        if following is None or following.layer != unit.layer or following.activation != SOFTMAX:
            yield Group(tuple(one.output for one in waiting), softmax=True)
            waiting = []


def _definition(name: Name, unit: Unit, wiring: Wiring) -> Definition:
    origin = wiring.origins[unit.name]
    if name == unit.net_input:
        return Definition(name, wiring.net_inputs[unit.name], origin)
    own = Symbol(unit.net_input)
    activation = wiring.activations[unit.name]
    if unit.activation == SOFTMAX:
        others = tuple(Symbol(u.net_input) for u in wiring.units if u.activation == SOFTMAX and u.layer == unit.layer)
        return Definition(name, Call(SOFTMAX, (own, *others)), origin)
    arguments = (own,) if activation.parameter is None else (own, activation.parameter)
    return Definition(name, Call(unit.activation, arguments), origin)
