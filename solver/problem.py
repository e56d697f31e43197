"""A problem as every kind hands it on: what is given, what is computed, what is asked, how it is to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from solver.diagnostics import Path
from solver.expression import Expression, Number
from solver.goals import Goal, Method
from solver.graph import Graph
from solver.names import Name
from solver.rounding import Rounding

Detail = Literal["", "full", "short"]
"""How much of the work is written out; "" decides by the size of the problem."""

Role = Literal["input", "weight", "bias", "parameter", "target", "learning rate", "value", "stated"]
"""What a given is for; decides its place and its words in the list of givens."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the author says about a problem, whatever its kind; `matrix` asks for vectors and matrices."""

    id: str
    title: str
    chapter: str = ""
    statement: str = ""
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notation: Mapping[Name, str] = field(default_factory=dict)
    rounding: Rounding = field(default_factory=Rounding)
    detail: Detail = ""
    language: str = "en"
    figure: bool = True
    method: Method = ""
    matrix: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a network: its net input and its output are definitions, `activation` a row of the functions table.

    `layer` counts the layers of a layered network from 1; 0 where the units are written one by one.
    """

    name: Name
    activation: str
    is_output: bool
    net_input: Name
    output: Name
    layer: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Definitions that are worked under one heading: a unit, a softmax, the loss, or the author's own definitions."""

    names: tuple[Name, ...]
    unit: Unit | None = None
    loss: str = ""
    softmax: bool = False


@dataclass(frozen=True, slots=True)
class Training:
    """A training run: the samples, in which order they are used, and the updates worked on the page.

    `samples` holds the givens of each sample; with none the problem's own givens are the one sample. Online one sample
    makes an update, in a batch all of them, their losses and gradients reduced by mean or sum. `show` picks the updates
    worked on the page, counted from 1; with none the first is worked in full and as many others as a page holds.
    """

    samples: tuple[Mapping[Name, Number], ...] = ()
    epochs: int = 1
    mode: Literal["online", "batch"] = "online"
    reduce: Literal["mean", "sum"] = "mean"
    show: tuple[int, ...] = ()
    origin: Path = ()

    @property
    def updates(self) -> int:
        """How often the parameters are updated."""
        return self.epochs * (1 if self.mode == "batch" else max(len(self.samples), 1))


@dataclass(frozen=True, slots=True)
class AuthorStep:
    """A line of a derivation in the author's own form."""

    to: Expression
    because: str
    origin: Path


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derivative of `function(variable) = formula`, line by line.

    `rewrite` is the formula in other forms, shown before the rule; `rule` the rule the author opens with, or "";
    `in_terms_of_function` asks to end with the derivative in terms of the function itself.
    """

    function: Name
    variable: Name
    formula: Expression
    rewrite: tuple[Expression, ...] = ()
    rule: str = ""
    steps: tuple[AuthorStep, ...] = ()
    in_terms_of_function: bool = False
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A graph with what is asked of it, or a derivation; `roles` and `groups` say how it is laid out.

    `again` asks for the forward pass once more with the updated parameters.
    """

    head: Head
    graph: Graph
    goals: tuple[Goal, ...] = ()
    roles: Mapping[Name, Role] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    derivation: Derivation | None = None
    training: Training | None = None
    again: bool = False
