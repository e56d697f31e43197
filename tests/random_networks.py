"""Random layered networks as specs, and the same networks in plain floating point, written apart from solver."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "gelu")
LOSSES = ("half_squared_error", "squared_error", "mean_squared_error", "cross_entropy", "hinge", "multiclass_hinge")


@dataclass(frozen=True)
class Network:
    """Sizes from the inputs to the outputs, an activation a layer, numbers of two decimals."""

    activations: tuple[str, ...]
    weights: tuple[tuple[tuple[float, ...], ...], ...]
    biases: tuple[tuple[float, ...], ...]
    inputs: tuple[float, ...]
    targets: tuple[float, ...]
    loss: str

    def spec(self, method: str = "", update: str = "all", more: str = "") -> str:
        layers = [
            f"    - {{activation: {name}, weights: {[list(row) for row in weights]}, biases: {list(biases)}}}"
            for name, weights, biases in zip(self.activations, self.weights, self.biases, strict=True)
        ]
        lines = [
            "title: A random network", "given: {eta: 0.1}", *([f"method: {method}"] if method else []), more,
            "network:", f"  inputs: {list(self.inputs)}", "  layers:", *layers,
            f"  targets: {list(self.targets)}", f"  loss: {self.loss}", f"find: {{update: {update}}}",
        ]  # fmt: skip
        return "\n".join(line for line in lines if line) + "\n"

    def error(self, weights: tuple[tuple[tuple[float, ...], ...], ...], biases: tuple[tuple[float, ...], ...]) -> float:
        values = list(self.inputs)
        for name, rows, own in zip(self.activations, weights, biases, strict=True):
            sums = [sum(w * v for w, v in zip(row, values, strict=True)) + b for row, b in zip(rows, own, strict=True)]
            values = softmax(sums) if name == "softmax" else [activate(name, z) for z in sums]
        return lost(self.loss, self.targets, values)


def activate(name: str, z: float) -> float:
    return {
        "linear": lambda: z,
        "sigmoid": lambda: 1 / (1 + math.exp(-z)),
        "tanh": lambda: math.tanh(z),
        "relu": lambda: max(z, 0.0),
        "leaky_relu": lambda: z if z > 0 else 0.01 * z,
        "elu": lambda: z if z > 0 else math.expm1(z),
        "softplus": lambda: math.log1p(math.exp(z)),
        "swish": lambda: z / (1 + math.exp(-z)),
        "gelu": lambda: z / 2 * (1 + math.erf(z / math.sqrt(2))),
    }[name]()


def softmax(sums: list[float]) -> list[float]:
    powers = [math.exp(z - max(sums)) for z in sums]
    return [power / sum(powers) for power in powers]


def lost(loss: str, targets: tuple[float, ...], outputs: list[float]) -> float:
    pairs = list(zip(targets, outputs, strict=True))
    match loss:
        case "half_squared_error":
            return sum((t - o) ** 2 for t, o in pairs) / 2
        case "squared_error":
            return sum((t - o) ** 2 for t, o in pairs)
        case "mean_squared_error":
            return sum((t - o) ** 2 for t, o in pairs) / len(pairs)
        case "cross_entropy":
            return -sum(t * math.log(o) for t, o in pairs)
        case "hinge":
            return sum(max(0.0, 1 - t * o) for t, o in pairs)
        case _:
            right = outputs[targets.index(1)]
            return sum(max(0.0, 1 + o - right) for t, o in pairs if t != 1)


def network(dice: random.Random, sizes: tuple[int, ...]) -> Network:
    """A network of these sizes whose loss fits its outputs."""
    loss = dice.choice([name for name in LOSSES if sizes[-1] > 1 or name not in ("cross_entropy", "multiclass_hinge")])
    inner = [dice.choice(ACTIVATIONS) for _ in sizes[1:]]
    inner[-1] = {"cross_entropy": "softmax", "hinge": "linear", "multiclass_hinge": "linear"}.get(loss, inner[-1])
    hot = dice.randrange(sizes[-1])
    targets = {
        "cross_entropy": [float(place == hot) for place in range(sizes[-1])],
        "multiclass_hinge": [float(place == hot) for place in range(sizes[-1])],
        "hinge": [dice.choice((1.0, -1.0)) for _ in range(sizes[-1])],
    }.get(loss) or [number(dice) for _ in range(sizes[-1])]
    return Network(
        tuple(inner),
        tuple(
            tuple(tuple(number(dice) for _ in range(below)) for _ in range(above)) for below, above in pairwise(sizes)
        ),
        tuple(tuple(number(dice) for _ in range(above)) for above in sizes[1:]),
        tuple(number(dice) for _ in range(sizes[0])),
        tuple(targets),
        loss,
    )


def number(dice: random.Random) -> float:
    """Two decimals, and not zero, so that nothing sits on a kink by chance."""
    return round(dice.choice((-1, 1)) * dice.uniform(0.05, 1.2), 2)
