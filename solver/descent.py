"""A second route to updates: the optimizers as PyTorch's documentation states them, step by step in ball arithmetic.

Shares nothing with the formulas of `optimizers.py` but the names of optimizers and settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flint import arb

Settings = Mapping[str, arb]
ZERO = arb(0)


@dataclass(slots=True)
class State:
    """What an optimizer keeps of a parameter between updates."""

    count: int = 0
    first: arb = ZERO
    second: arb = ZERO


def updated(name: str, parameter: arb, gradient: arb, rate: arb, settings: Settings, state: State) -> arb:
    """The new value of a parameter; `state` is changed as the optimizer changes it."""
    state.count += 1
    decay = settings.get("lambda")
    if decay is not None and name == "adamw":
        parameter = parameter - rate * decay * parameter
    elif decay is not None:
        gradient = gradient + decay * parameter
    return parameter - rate * RULES[name](gradient, settings, state)


def _momentum(gradient: arb, settings: Settings, state: State) -> arb:
    fresh = gradient if state.count == 1 else settings["mu"] * state.first + (1 - settings["tau"]) * gradient
    state.first = fresh
    return fresh


def _nesterov(gradient: arb, settings: Settings, state: State) -> arb:
    state.first = gradient if state.count == 1 else settings["mu"] * state.first + gradient
    return gradient + settings["mu"] * state.first


def _adagrad(gradient: arb, settings: Settings, state: State) -> arb:
    state.second = state.second + gradient * gradient
    return gradient / (state.second.sqrt() + settings["epsilon"])


def _rmsprop(gradient: arb, settings: Settings, state: State) -> arb:
    state.second = settings["rho"] * state.second + (1 - settings["rho"]) * gradient * gradient
    return gradient / (state.second.sqrt() + settings["epsilon"])


def _adam(gradient: arb, settings: Settings, state: State) -> arb:
    one, two = settings["beta_1"], settings["beta_2"]
    state.first = one * state.first + (1 - one) * gradient
    state.second = two * state.second + (1 - two) * gradient * gradient
    first = state.first / (1 - one**state.count)
    second = state.second / (1 - two**state.count)
    return first / (second.sqrt() + settings["epsilon"])


KEPT: Mapping[str, Mapping[str, str]] = {
    "sgd": {},
    "momentum": {"v": "first"},
    "nesterov": {"v": "first"},
    "adagrad": {"s": "second"},
    "rmsprop": {"v": "second"},
    "adam": {"m": "first", "v": "second"},
    "adamw": {"m": "first", "v": "second"},
}
"""Where what an optimizer keeps stands in its state, by the letter it has on the page."""
RULES: Mapping[str, Callable[[arb, Settings, State], arb]] = {
    "sgd": lambda gradient, _, __: gradient,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
}
