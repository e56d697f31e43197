"""A network too large to be read in one drawing -> the part of it that is drawn, and how much is left out where."""

from __future__ import annotations

from dataclasses import dataclass, replace

from solver.connections import Network
from solver.names import Name

ROWS = 8
"""Units of one layer that are drawn; of more, the first ones and the last."""
LAYERS = 5
"""Layers behind the inputs that are drawn; of more, the first ones and the last two."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`count` inputs, units or layers that are not drawn in a column, and the place they would take in it."""

    column: int
    place: int
    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Abridged:
    """The network that is drawn: `layer` gives the column of a unit."""

    network: Network
    left_out: tuple[LeftOut, ...] = ()


def abridge(network: Network) -> Abridged:
    """The network itself where it is small; else without the middle of long layers and of many layers."""
    layers: dict[int, list[Name]] = {0: list(network.inputs)}
    for unit in network.units:
        layers.setdefault(network.layer[unit.name], []).append(unit.name)
    last = max(layers)
    columns = {number: number for number in layers}
    left_out: list[LeftOut] = []
    if last > LAYERS:
        first = LAYERS - 2
        columns = {number: number for number in range(first + 1)} | {last - 1: first + 2, last: first + 3}
        left_out.append(LeftOut(first + 1, 0, last - first - 2, "layers"))
    kept: set[Name] = set()
    for number, column in columns.items():
        names = layers.get(number, [])
        if len(names) > ROWS:
            left_out.append(LeftOut(column, ROWS - 2, len(names) - ROWS + 1, "units" if number else "inputs"))
            names = [*names[: ROWS - 2], names[-1]]
        kept.update(names)
    if not left_out:
        return Abridged(network)
    part = replace(
        network,
        inputs=tuple(name for name in network.inputs if name in kept),
        units=tuple(unit for unit in network.units if unit.name in kept),
        layer={name: columns[number] for name, number in network.layer.items() if name in kept},
        connections=tuple(c for c in network.connections if c.source in kept and c.target in kept),
        biases=tuple(bias for bias in network.biases if bias.unit in kept),
    )
    return Abridged(part, tuple(left_out))
