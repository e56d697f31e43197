"""Random problems for the property tests: networks and graphs as YAML, from a seeded generator."""

from __future__ import annotations

import random
from itertools import pairwise

ACTIVATIONS = ("sigmoid", "tanh", "relu")
ALL_ACTIVATIONS = (*ACTIVATIONS, "linear", "leaky_relu", "elu", "softplus", "swish", "gelu", "step")


def number(dice: random.Random) -> str:
    """A given of two decimals; now and then zero, one, negative or large."""
    kind = dice.random()
    if kind < 0.06:
        return dice.choice(("0", "1", "-1", "2"))
    if kind < 0.12:
        return f"{dice.uniform(-30, 30):.2f}"
    return f"{dice.uniform(-2, 2):.2f}"


def rounding(dice: random.Random) -> str:
    mode = dice.choice(("half_up", "half_even"))
    return f"rounding: {{digits: {dice.randint(1, 6)}, carry: {dice.choice(('full', 'rounded'))}, mode: {mode}}}"


def network(dice: random.Random) -> str:
    """1 to 4 inputs, 1 to 3 hidden units, 1 to 3 outputs, every weight and bias updated or some of them."""
    inputs = [f"x_{i}" for i in range(1, dice.randint(1, 4) + 1)]
    hidden = [f"h_{i}" for i in range(1, dice.randint(1, 3) + 1)]
    outputs = [f"o_{i}" for i in range(1, dice.randint(1, 3) + 1)]
    given = {name: number(dice) for name in inputs}
    units: dict[str, str] = {}
    for layer, below in ((hidden, inputs), (outputs, hidden)):
        for unit in layer:
            weights = [f"w_{name[0]}{name[2]}{unit[0]}{unit[2]}" for name in below]
            given |= {weight: number(dice) for weight in weights}
            terms = [
                f"{weight}*{name}" if dice.random() < 0.5 else f"{name}*{weight}"
                for weight, name in zip(weights, below, strict=True)
            ]
            if dice.random() < 0.8:
                given[f"b_{unit[0]}{unit[2]}"] = number(dice)
                terms.append(f"b_{unit[0]}{unit[2]}")
            units[unit] = " + ".join(terms)
    given |= {name: number(dice) for name in outputs}
    given["eta"] = dice.choice(("0.5", "0.1", "0.25", "0.01", "1"))
    parameters = [name for name in given if name[0] in "wb"]
    chosen = dice.sample(parameters, min(len(parameters), dice.randint(1, 4)))
    kinds = {unit: dice.choice(ACTIVATIONS) for unit in units}
    return "\n".join([
        "title: A random network",
        f"given: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}",
        rounding(dice),
        "network:",
        f"  activation: {{{', '.join(f'{unit}: {kind}' for unit, kind in kinds.items())}}}",
        f"  loss: {dice.choice(('half_squared_error', 'squared_error', 'mean_squared_error'))}",
        "  units:",
        *(f"    {unit}: {formula}" for unit, formula in units.items()),
        f"find: {{update: [{', '.join(chosen)}]}}",
    ]) + "\n"  # fmt: skip


def graph(dice: random.Random) -> str:
    """A neuron, its loss and a little more, as definitions."""
    given = {name: number(dice) for name in ("x", "y", "w", "b")} | {"eta": dice.choice(("0.1", "0.5"))}
    activation = dice.choice(ACTIVATIONS)
    loss = dice.choice(
        ("(a - y)^2", "1/2*(y - a)^2 + 0.05*w^2", "(a - y)^2/3", "sqrt((a - y)^2 + 1)", "exp(-(a - y)^2)")
    )
    z = dice.choice(("w*x + b", "w*x - b", "(w + b)*x", "w*x/4 + b", "b - w*x*0.5"))
    return "\n".join([
        "title: A random graph",
        f"given: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}",
        rounding(dice),
        "define:",
        f"  z: {z}",
        f"  a: {activation}(z)",
        f"  L: {loss}",
        "find: {gradient: {of: L, by: [w, b]}, update: {of: [w, b], minimise: L, rate: eta}}",
    ]) + "\n"  # fmt: skip


def cases(dice: random.Random) -> str:
    """Every activation, functions of several arguments, losses worked by cases; now and then right at a kink."""
    given = {name: number(dice) for name in ("x_1", "x_2", "w_1", "w_2", "b", "v")}
    given |= {"y": dice.choice(("1", "-1")), "a": dice.choice(("0.1", "0.25", "1.5")), "eta": "0.1"}
    if dice.random() < 0.2:
        given |= {"w_2": "0", "b": "0", "w_1": "0"}
    hidden = dice.choice([*(f"{name}(z)" for name in ALL_ACTIVATIONS), "leaky_relu(z, a)", "elu(-z, a)", "elu(z, 0.5)"])
    output = dice.choice(
        ("h*v", "max(h, v, 0.5)", "min(z, h*v)", "softmax(h, z, h, v)", "abs(h) - v", "max(z, min(h, v))")
    )
    loss = dice.choice(
        ("max(0, 1 - y*o)", "abs(y - o)", "(y - o)^2", "1/2*(y - o)^2 + 0.1*abs(w_1)", "max(1 - y*o, 0)^2")
    )
    return "\n".join([
        "title: Functions worked by cases",
        f"given: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}",
        rounding(dice),
        "define:",
        "  z: w_1*x_1 + w_2*x_2 + b",
        f"  h: {hidden}",
        f"  o: {output}",
        f"  L: {loss}",
        "find: {gradient: {of: L, by: [w_1, b]}, update: {of: [w_2], minimise: L, rate: eta}}",
    ]) + "\n"  # fmt: skip


def case_specs(count: int, seed: int = 3) -> list[str]:
    """Problems with functions worked by cases, the same for the same seed; what does not depend is left out."""
    dice = random.Random(seed)
    return [cases(dice) for _ in range(count)]


def specs(count: int, seed: int = 1) -> list[str]:
    """Three networks to one graph, the same for the same seed."""
    dice = random.Random(seed)
    return [network(dice) if place % 4 else graph(dice) for place in range(count)]


def layered(dice: random.Random, largest: tuple[int, ...], matrix: bool) -> str:
    """A network by layers with sizes up to the largest; biases for each unit, one for a layer, or none."""
    sizes = [dice.randint(1, most) for most in largest]
    sizes[-1] = max(sizes[-1], 2)
    loss, last = dice.choice((
        ("half_squared_error", "sigmoid"), ("half_squared_error", "linear"), ("mean_squared_error", "tanh"),
        ("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"), ("half_squared_error", "softmax"),
    ))  # fmt: skip
    layers = []
    for place, (below, units) in enumerate(pairwise(sizes)):
        is_last = place == len(sizes) - 2
        rows = [f"[{', '.join(f'{dice.uniform(-1, 1):.2f}' for _ in range(below))}]" for _ in range(units)]
        kind = last if is_last else dice.choice((*ACTIVATIONS, "linear", "leaky_relu", "elu", "softplus", "swish"))
        parts = [f"activation: {kind}", f"weights: [{', '.join(rows)}]"]
        bias = dice.choice(("biases", "biases", "none", "none" if kind == "softmax" else "bias"))
        if bias == "biases":
            parts.append(f"biases: [{', '.join(f'{dice.uniform(-1, 1):.2f}' for _ in range(units))}]")
        elif bias == "bias":
            parts.append(f"bias: {dice.uniform(-1, 1):.2f}")
        layers.append(f"    - {{{', '.join(parts)}}}")
    one = dice.randrange(sizes[-1])
    targets = ["1" if unit == one else "0" for unit in range(sizes[-1])]
    if "cross" not in loss:
        targets = [f"{dice.uniform(0, 1):.2f}" for _ in targets]
    return "\n".join([
        "title: A random network by layers",
        *(["notation: matrix"] if matrix else ["method: backprop"]),
        rounding(dice).replace("digits: 1,", "digits: 2,"),
        f"detail: {dice.choice(('full', 'short'))}",
        "network:",
        f"  inputs: [{', '.join(f'{dice.uniform(-1, 1):.2f}' for _ in range(sizes[0]))}]",
        "  layers:",
        *layers,
        f"  targets: [{', '.join(targets)}]",
        f"  loss: {loss}",
        f"  learning_rate: {dice.choice(('0.5', '0.1', '0.25'))}",
        f"find: {{update: all, again: {dice.choice(('true', 'false'))}}}",
    ]) + "\n"  # fmt: skip


def layered_specs(count: int, largest: tuple[int, ...], seed: int = 5, matrix: bool = True) -> list[str]:
    """Networks by layers, the same for the same seed and the same numbers in either notation."""
    return [layered(random.Random(seed * 1000 + place), largest, matrix) for place in range(count)]
