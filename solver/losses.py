"""The losses table: one row each with its formula in target `t` and output `o`, what fits it, and its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import fmpq

BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"


@dataclass(frozen=True, slots=True)
class Targets:
    """What the targets of one example may be, in words and as a rule on all of them in the order of the outputs."""

    words: str
    allow: Callable[[Sequence[fmpq]], bool]


ANY = Targets("any numbers", lambda targets: True)
FROM_0_TO_1 = Targets("numbers from 0 to 1", lambda targets: all(0 <= target <= 1 for target in targets))
SIGNS = Targets("1 or -1 each", lambda targets: all(abs(target) == 1 for target in targets))
SHARES = Targets(
    "numbers from 0 to 1 that add up to 1",
    lambda targets: FROM_0_TO_1.allow(targets) and sum(targets, fmpq(0)) == 1,
)
ONE_HOT = Targets(
    "1 for the right class and 0 for every other",
    lambda targets: sorted(targets) == [*[fmpq(0)] * (len(targets) - 1), fmpq(1)],
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one output; over several outputs it is summed, or averaged where `averaged` says so.

    `outputs` are the activations that fit its output units, all where it is empty; `outputs_are` says what such an
    output is. `targets` says what the targets may be. A `pairwise` loss has a term for each wrong class, in its output
    `o` and the output `c` of the right class; it needs two outputs or more.
    """

    name: str
    word: str
    formula: str
    source: str
    averaged: bool = False
    outputs: tuple[str, ...] = ()
    outputs_are: str = "any numbers"
    targets: Targets = ANY
    pairwise: bool = False

    def fits(self, activation: str) -> bool:
        """Whether an output unit with this activation may carry the loss."""
        return not self.outputs or activation in self.outputs


ROWS = (
    Loss("half_squared_error", "half the squared error", "1/2*(t - o)^2", f"{BISHOP}, 5.2"),
    Loss("squared_error", "squared error", "(t - o)^2", f"{BISHOP}, 1.1"),
    Loss("mean_squared_error", "mean squared error", "(t - o)^2", f"{BISHOP}, 1.1", averaged=True),
    Loss("absolute_error", "absolute error", "abs(t - o)", f"{BISHOP}, 1.5.5"),
    Loss(
        "binary_cross_entropy", "binary cross-entropy", "-(t*ln(o) + (1 - t)*ln(1 - o))", f"{BISHOP}, 4.3.2",
        outputs=("sigmoid",), outputs_are="probabilities between 0 and 1", targets=FROM_0_TO_1,
    ),
    Loss(
        "cross_entropy", "cross-entropy", "-t*ln(o)", f"{BISHOP}, 4.3.4",
        outputs=("softmax",), outputs_are="probabilities that add up to 1", targets=SHARES,
    ),
    Loss("hinge", "hinge loss", "max(0, 1 - t*o)", f"{BISHOP}, 7.1.2", targets=SIGNS),
    Loss(
        "multiclass_hinge", "multiclass hinge loss", "max(0, 1 + o - c)",
        "Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition (1999)",
        targets=ONE_HOT, pairwise=True,
    ),
)  # fmt: skip

LOSSES = {row.name: row for row in ROWS}
