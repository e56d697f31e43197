"""The losses table: one row each with its formula in the target `t` and the output `o`, and its source."""

from __future__ import annotations

from dataclasses import dataclass

BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one output; over several outputs it is summed, or averaged where `averaged` says so."""

    name: str
    word: str
    formula: str
    source: str
    averaged: bool = False


ROWS = (
    Loss("half_squared_error", "half the squared error", "1/2*(t - o)^2", f"{BISHOP}, 5.2"),
    Loss("squared_error", "squared error", "(t - o)^2", f"{BISHOP}, 1.1"),
    Loss("mean_squared_error", "mean squared error", "(t - o)^2", f"{BISHOP}, 1.1", averaged=True),
    Loss("absolute_error", "absolute error", "abs(t - o)", f"{BISHOP}, 1.5.5"),
    Loss("binary_cross_entropy", "binary cross-entropy", "-(t*ln(o) + (1 - t)*ln(1 - o))", f"{BISHOP}, 4.3.2"),
)  # fmt: skip

LOSSES = {row.name: row for row in ROWS}
