"""A problem as every kind hands it on: what is given, what is computed, what is asked, how it is to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from solver.diagnostics import Path
from solver.expression import Expression
from solver.goals import Goal
from solver.graph import Graph
from solver.names import Name
from solver.rounding import Rounding

Role = Literal["input", "weight", "bias", "parameter", "target", "learning rate", "value", "stated"]
"""What a given is for; decides its place and its words in the list of givens."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the author says about a problem, whatever its kind."""

    id: str
    title: str
    chapter: str = ""
    statement: str = ""
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notation: Mapping[Name, str] = field(default_factory=dict)
    rounding: Rounding = field(default_factory=Rounding)
    detail: Literal["full", "short"] = "full"
    language: str = "en"
    figure: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a network: its net input and its output are definitions, `activation` a row of the functions table."""

    name: Name
    activation: str
    is_output: bool

    @property
    def net_input(self) -> Name:
        return self.name.tagged("in")

    @property
    def output(self) -> Name:
        return self.name.tagged("out")


@dataclass(frozen=True, slots=True)
class Group:
    """Definitions that are worked under one heading: a unit, the loss, or the author's own definitions."""

    names: tuple[Name, ...]
    unit: Unit | None = None
    loss: str = ""


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
    """A graph with what is asked of it, or a derivation; `roles` and `groups` say how it is laid out."""

    head: Head
    graph: Graph
    goals: tuple[Goal, ...] = ()
    roles: Mapping[Name, Role] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    derivation: Derivation | None = None
