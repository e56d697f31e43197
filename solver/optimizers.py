"""The optimizers table: one row each with its settings and the formulas of an update, as PyTorch defines them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PYTORCH = "PyTorch documentation, torch.optim"
ROBBINS = "Robbins and Monro, A Stochastic Approximation Method (1951)"
POLYAK = "Polyak, Some methods of speeding up the convergence of iteration methods (1964)"
SUTSKEVER = "Sutskever et al., On the importance of initialization and momentum in deep learning (2013)"
DUCHI = "Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011)"
HINTON = "Hinton, Neural Networks for Machine Learning, lecture 6e (2012)"
KINGMA = "Kingma and Ba, Adam: A Method for Stochastic Optimization (2015)"
LOSHCHILOV = "Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019)"


@dataclass(frozen=True, slots=True)
class Setting:
    """A number an optimizer takes: the symbol that stands for it in formulas, and its value unless told.

    None is negative; what is left of an average from one update to the next is `below_one`.
    """

    symbol: str
    default: str
    below_one: bool = False


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How a parameter is updated.

    `steps` are the quantities worked for each parameter before the update, each with its formula in `w` (the
    parameter), `g` (its gradient), `eta`, `k` (the number of the update), the settings' symbols and the quantities
    above; one with `_old` behind it is its value after the update before, 0 at the start. `first` replaces formulas in
    the first update. `new` is the formula of the new value. `decay` adds lambda*w to the gradient where weight decay
    is asked; without it the formulas hold the decay themselves.
    """

    name: str
    word: str
    source: str
    new: str = "w - eta*g"
    settings: Mapping[str, Setting] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)
    decay: bool = True
    usual_decay: str = "0"

    @property
    def decay_setting(self) -> Setting:
        """Weight decay, which every optimizer takes."""
        return Setting("lambda", self.usual_decay)


MOMENTUM = Setting("mu", "0.9")
EPSILON = Setting("epsilon", "1e-8")
MOMENTS = {"beta_1": Setting("beta_1", "0.9", True), "beta_2": Setting("beta_2", "0.999", True), "epsilon": EPSILON}
MOMENT_STEPS = {
    "m": "beta_1*m_old + (1 - beta_1)*g",
    "v": "beta_2*v_old + (1 - beta_2)*g^2",
    "mhat": "m/(1 - beta_1^k)",
    "vhat": "v/(1 - beta_2^k)",
}

ROWS = (
    Optimizer("sgd", "gradient descent", ROBBINS),
    Optimizer(
        "momentum", "gradient descent with momentum", f"{POLYAK}; {PYTORCH}.SGD",
        new="w - eta*v",
        settings={"momentum": MOMENTUM, "dampening": Setting("tau", "0")},
        steps={"v": "mu*v_old + (1 - tau)*g"},
        first={"v": "g"},
    ),
    Optimizer(
        "nesterov", "gradient descent with Nesterov momentum", f"{SUTSKEVER}; {PYTORCH}.SGD",
        new="w - eta*(g + mu*v)",
        settings={"momentum": MOMENTUM},
        steps={"v": "mu*v_old + g"},
        first={"v": "g"},
    ),
    Optimizer(
        "adagrad", "Adagrad", f"{DUCHI}; {PYTORCH}.Adagrad",
        new="w - eta*g/(sqrt(s) + epsilon)",
        settings={"epsilon": Setting("epsilon", "1e-10")},
        steps={"s": "s_old + g^2"},
    ),
    Optimizer(
        "rmsprop", "RMSprop", f"{HINTON}; {PYTORCH}.RMSprop",
        new="w - eta*g/(sqrt(v) + epsilon)",
        settings={"rho": Setting("rho", "0.99", True), "epsilon": EPSILON},
        steps={"v": "rho*v_old + (1 - rho)*g^2"},
    ),
    Optimizer(
        "adam", "Adam", f"{KINGMA}; {PYTORCH}.Adam",
        new="w - eta*mhat/(sqrt(vhat) + epsilon)", settings=MOMENTS, steps=MOMENT_STEPS,
    ),
    Optimizer(
        "adamw", "AdamW", f"{LOSHCHILOV}; {PYTORCH}.AdamW",
        new="w - eta*(mhat/(sqrt(vhat) + epsilon) + lambda*w)", settings=MOMENTS, steps=MOMENT_STEPS,
        decay=False, usual_decay="0.01",
    ),
)  # fmt: skip

OPTIMIZERS = {row.name: row for row in ROWS}
