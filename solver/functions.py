"""The functions table: one row each with value, local derivative, printed form, domain and source."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

GOODFELLOW = "Goodfellow, Bengio and Courville, Deep Learning (2016)"
DLMF = "NIST Digital Library of Mathematical Functions"


class Undecided(ArithmeticError):
    """The ball is too wide to tell which case applies; the caller evaluates again with more bits."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one variable.

    `ball` maps a ball to a ball that holds every value; `exact` maps a fraction to a fraction where the value is
    rational by a known rule, else None. `derivative` is a formula in `u`, the argument, and `f`, the function's own
    value. `formula` spells the function out in `u` the way it is written on the board, where that helps. `domain`
    says what the argument must be, `word` is the name in running text, `activation` whether a unit may carry it.
    """

    name: str
    word: str
    ball: Callable[[arb], arb]
    derivative: str
    source: str
    exact: Callable[[fmpq], fmpq | None] = lambda u: None
    formula: str = ""
    domain: str = ""
    activation: bool = False


def _at(point: int, value: int) -> Callable[[fmpq], fmpq | None]:
    return lambda u: fmpq(value) if u == point else None


def _root(u: fmpq) -> fmpq | None:
    top, bottom = math.isqrt(int(u.p)), math.isqrt(int(u.q))
    return fmpq(top, bottom) if top * top == u.p and bottom * bottom == u.q else None


def _by_sign(u: arb, negative: int, positive: int) -> arb:
    if u > 0:
        return arb(positive)
    if u < 0:
        return arb(negative)
    raise Undecided("the sign of an argument")


def _sigmoid(u: arb) -> arb:
    return 1 / (1 + (-u).exp()) if u > 0 else 1 - 1 / (1 + u.exp()) if u > -1 else u.exp() / (1 + u.exp())


ROWS = (
    Function("exp", "exp", arb.exp, "f", f"{DLMF}, 4.2", exact=_at(0, 1)),
    Function("ln", "ln", arb.log, "1/u", f"{DLMF}, 4.2", exact=_at(1, 0), domain="positive"),
    Function(
        "log2", "log2", lambda u: u.log() / arb(2).log(), "1/(u*ln(2))", f"{DLMF}, 4.2",
        exact=_at(1, 0), domain="positive",
    ),
    Function(
        "log10", "log10", lambda u: u.log() / arb(10).log(), "1/(u*ln(10))", f"{DLMF}, 4.2",
        exact=_at(1, 0), domain="positive",
    ),
    Function("sqrt", "sqrt", arb.sqrt, "1/(2*f)", f"{DLMF}, 4.2", exact=_root, domain="not negative"),
    Function("sin", "sin", arb.sin, "cos(u)", f"{DLMF}, 4.20", exact=_at(0, 0)),
    Function("cos", "cos", arb.cos, "-sin(u)", f"{DLMF}, 4.20", exact=_at(0, 1)),
    Function("tan", "tan", arb.tan, "1 + f^2", f"{DLMF}, 4.20", exact=_at(0, 0)),
    Function("erf", "erf", arb.erf, "2/sqrt(pi)*exp(-u^2)", f"{DLMF}, 7.2", exact=_at(0, 0)),
    Function("abs", "abs", abs, "sign(u)", "convention abs'(0) = 0", exact=abs),
    Function(
        "sign", "sign", lambda u: _by_sign(u, -1, 1), "0", "derivative of abs",
        exact=lambda u: fmpq((u > 0) - (u < 0)),
    ),
    Function(
        "step", "Step", lambda u: _by_sign(u, 0, 1), "0", "Heaviside step with step(0) = 0",
        exact=lambda u: fmpq(int(u > 0)), activation=True,
    ),
    Function("linear", "Linear", lambda u: u, "1", f"{GOODFELLOW}, 6.2.2", exact=lambda u: u, activation=True),
    Function(
        "sigmoid", "Sigmoid", _sigmoid, "f*(1 - f)", f"{GOODFELLOW}, 3.10",
        exact=lambda u: fmpq(1, 2) if u == 0 else None, formula="1/(1 + exp(-u))", activation=True,
    ),
    Function(
        "tanh", "tanh", arb.tanh, "1 - f^2", f"{GOODFELLOW}, 6.3.2",
        exact=_at(0, 0), formula="(exp(u) - exp(-u))/(exp(u) + exp(-u))", activation=True,
    ),
    Function(
        "relu", "ReLU", lambda u: u.max(arb(0)), "step(u)", f"{GOODFELLOW}, 6.3, with relu'(0) = 0",
        exact=lambda u: max(u, fmpq(0)), activation=True,
    ),
    Function(
        "softplus", "Softplus", lambda u: (1 + u.exp()).log() if u < 0 else u + (1 + (-u).exp()).log(), "sigmoid(u)",
        f"{GOODFELLOW}, 3.10", formula="ln(1 + exp(u))", activation=True,
    ),
)  # fmt: skip

FUNCTIONS = {row.name: row for row in ROWS}
ACTIVATIONS = tuple(row.name for row in ROWS if row.activation)
