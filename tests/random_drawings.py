"""Networks for the tests of drawings, and the drawings of a document."""

from __future__ import annotations

import random

from solver.document import Document, Figure, Section

SIZES = [
    (2, 1, 1), (3, 2, 1), (2, 2, 2), (1, 1), (5, 8, 8, 4), (5, 8, 8, 4), (1, 8, 1), (5, 1, 4), (2, 2, 2, 2), (4, 3, 3),
    *((random.Random(seed).randint(1, 5), *random.Random(seed + 50).choices(range(1, 9), k=2), 1 + seed % 4) for seed in range(10)),
]  # fmt: skip
"""Inputs and units of twenty networks, the largest of them 5-8-8-4."""


def network(sizes: tuple[int, ...], seed: int, find: str = "value: [E]") -> str:
    """A network of units with random numbers; now and then an input skips a layer, a threshold is subtracted."""
    dice = random.Random(seed)
    given = {f"x_{i}": f"{dice.uniform(-20, 20):.2f}" for i in range(1, sizes[0] + 1)}
    units: dict[str, str] = {}
    below = list(given)
    for layer, size in enumerate(sizes[1:], start=1):
        letter = "o" if layer == len(sizes) - 1 else f"h{layer}"
        names = [f"{letter}_{j}" for j in range(1, size + 1)]
        for unit, name in enumerate(names, start=1):
            read = [*below, *(["x_1"] if layer > 1 and dice.random() < 0.2 else [])]
            weights = [f"w_{layer}{unit}{place}" for place in range(1, len(read) + 1)]
            bias = f"b_{layer}{unit}"
            given |= {weight: f"{dice.uniform(-2, 2):.{dice.randint(1, 4)}f}" for weight in (*weights, bias)}
            terms = [dice.choice((f"{w}*{x}", f"{x}*{w}")) for w, x in zip(weights, read, strict=True)]
            units[name] = " + ".join(dice.sample(terms, len(terms))) + dice.choice((f" + {bias}", f" - {bias}", ""))
        below = names
    given |= {name: f"{dice.random():.2f}" for name in below} | {"eta": "0.5"}
    given = {name: value for name, value in given.items() if name in " ".join((*units.values(), *below, "eta"))}
    return "\n".join([
        "title: A random network",
        f"given: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}",
        f"rounding: {{digits: {dice.randint(2, 5)}}}",
        f"network: {{activation: {dice.choice(('sigmoid', 'tanh'))}, loss: half_squared_error, units: {{",
        *(f"  {unit}: {formula}," for unit, formula in units.items()),
        "}}",
        f"find: {{{find}}}",
    ]) + "\n"  # fmt: skip


def figures(document: Document) -> list[Figure]:
    found: list[Figure] = []

    def collect(blocks) -> None:
        for block in blocks:
            if isinstance(block, Figure):
                found.append(block)
            elif isinstance(block, Section):
                collect(block.blocks)

    collect(document.blocks)
    return found


LOGISTIC = """title: T
given: {x: 2, y: 1, w: 0.5, b: 0.1, unused: 3, eta: 0.1}
define:
  z: w*x + b
  a: sigmoid(z)
  L: -(y*ln(a) + (1 - y)*ln(1 - a)) + 0.01*w^2
find: {update: {of: [w, b], minimise: L, rate: eta}}
"""
