"""A problem as every kind hands it on: what is given, what is computed, what is asked, how it is to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flint import fmpq

from solver.diagnostics import Path
from solver.expression import Call, Expression, Number, Symbol, symbols
from solver.goals import Goal, Method
from solver.graph import Graph
from solver.names import Name, QuantityName, parse_name
from solver.rounding import Rounding

Detail = Literal["", "full", "short"]
"""How much of the work is written out; "" decides by the size of the problem."""

Role = Literal["input", "weight", "bias", "threshold", "parameter", "target", "learning rate", "value", "stated"]
"""What a given is for; decides its place and its words in the list of givens."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the author says about a problem, whatever its kind; `matrix` asks for vectors and matrices.

    `order` is its place in its chapter from 1 on; 0 leaves it to the name of its file.
    """

    id: str
    title: str
    chapter: str = ""
    order: int = 0
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
class Layer:
    """A layer of a network by layers: what its units read, a row of weights a unit, its biases, if it has any.

    A bias that all units share stands once for each of them. `parameter` is that of the activation, where it has one.
    """

    number: int
    inputs: tuple[Name, ...]
    weights: tuple[tuple[Name, ...], ...]
    biases: tuple[Name, ...]
    net_inputs: tuple[Name, ...]
    outputs: tuple[Name, ...]
    activation: str
    parameter: Number | None = None


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
    """A line of a derivation in the author's own form.

    Of several derivatives `of` and `by` name the one that it belongs to; a second derivative is `by` two names.
    """

    to: Expression
    because: str
    origin: Path
    of: Name | None = None
    by: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The formula of the function `of` in another form."""

    of: Name
    form: Expression
    origin: Path


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """`f(x, y) = formula`."""

    name: Name
    variables: tuple[Name, ...]
    formula: Expression
    origin: Path = ()

    @property
    def call(self) -> Call:
        """The function as it is printed: f(x, y)."""
        return Call(self.name.text, tuple(Symbol(variable) for variable in self.variables))


@dataclass(frozen=True, slots=True)
class Named:
    """A formula and what is written for it: `p` for sigmoid(z), `f(x)` for the function's own formula."""

    shown: Expression
    formula: Expression
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class PlotRange:
    """Where a function and its derivative are drawn."""

    start: fmpq
    stop: fmpq


FinalForm = Literal["", "factor", "expand", "single fraction"]
StepDetail = Literal["rules", "substeps"]
MatrixShape = Literal["gradient", "jacobian", "hessian"]
Shape = Literal[""] | MatrixShape
Rows = tuple[tuple[Name, ...], ...]
"""The entries of a vector or matrix by their names, row by row."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """Derivatives of functions, line by line: f'(x), a gradient, a Jacobian, a Hessian.

    `rewrite` holds formulas in other forms, shown before the rule; `rule` the rule the author opens with, or "";
    `terms` is what the derivative is to be written with at the end, `form` its final form, `checked` the points of the
    numerical check, `example` the numbers that stand for further names there and in the plot. The names in
    `not_negative` stand for numbers that are zero or more.
    """

    functions: tuple[FunctionDefinition, ...]
    by: tuple[Name, ...]
    shape: Shape = ""
    rewrite: tuple[Rewriting, ...] = ()
    rule: str = ""
    steps: tuple[AuthorStep, ...] = ()
    terms: tuple[Named, ...] = ()
    form: FinalForm = ""
    detail: StepDetail = "rules"
    vectors: Mapping[Name, Rows] = field(default_factory=dict)
    plot: PlotRange | None = None
    checked: tuple[Number, ...] = ()
    example: Mapping[Name, Number] = field(default_factory=dict)
    not_negative: tuple[Name, ...] = ()
    origin: Path = ()

    @property
    def function(self) -> Name:
        return self.functions[0].name

    @property
    def is_steered(self) -> bool:
        """Whether the author says how the derivative is taken."""
        return bool(self.steps or self.rewrite or self.rule)

    def own_steps(self, of: Name, by: tuple[Name, ...]) -> tuple[AuthorStep, ...]:
        """The author's lines of one derivative; a line that names none belongs to the only one."""
        return tuple(step for step in self.steps if (step.of or self.function) == of and (step.by or self.by[:1]) == by)

    @property
    def variable(self) -> Name:
        return self.by[0]

    @property
    def formula(self) -> Expression:
        return self.functions[0].formula


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """An equation that is solved for one of its names, step by step; `steps` are other forms of the solution."""

    left: Expression
    right: Expression
    unknown: Name
    origin: Path = ()
    steps: tuple[AuthorStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Substitution:
    """Formulas put into another, one after the other, then the author's own lines and a final form."""

    name: Name
    formula: Expression
    inserted: tuple[tuple[Name, Expression], ...]
    steps: tuple[AuthorStep, ...] = ()
    form: FinalForm = ""
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class ChainRule:
    """Derivatives along definitions, each written with those already found: the delta rule, backpropagation.

    `functions` are functions of which only a name is given; `derivatives` are taken in order, those with a `short`
    name (a delta) are used by that name from there on. `groups` are those by all entries of a vector or matrix.
    """

    definitions: tuple[tuple[Name, Expression], ...]
    functions: tuple[str, ...]
    derivatives: tuple[Asked, ...]
    origin: Path = ()
    vectors: Mapping[Name, Rows] = field(default_factory=dict)
    groups: tuple[AskedVector, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The derivative of one quantity by another; `short` is the name it goes by afterwards."""

    of: Name
    by: Name
    short: Name | None = None
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class AskedVector:
    """The derivatives of a quantity by each entry of the vector `by`; together they are the vector `short`."""

    of: Name
    by: Name
    short: Name | None = None
    origin: Path = ()


AnyDerivation = Derivation | Rearrangement | Substitution | ChainRule


def names_of(derivation: AnyDerivation) -> set[QuantityName]:
    """The names that a derivation speaks of."""
    own: set[QuantityName]
    match derivation:
        case Derivation():
            formulas = [f.formula for f in derivation.functions] + [term.formula for term in derivation.terms]
            own = {*derivation.by, *(f.name for f in derivation.functions), *derivation.vectors}
            own |= {term.shown.name for term in derivation.terms if isinstance(term.shown, Symbol)}
        case Rearrangement(left, right, unknown):
            formulas, own = [left, right], {unknown}
        case Substitution(name, formula, inserted):
            formulas, own = [formula, *(put for _, put in inserted)], {name, *(put for put, _ in inserted)}
        case ChainRule(definitions, functions, derivatives):
            formulas = [formula for _, formula in definitions]
            own = {*(name for name, _ in definitions), *(parse_name(word) for word in functions)}
            own |= {one.short for one in derivatives if one.short is not None}
    return {*own, *(name for formula in formulas for name in symbols(formula))}


@dataclass(frozen=True, slots=True)
class Problem:
    """A graph with what is asked of it, or a derivation; `roles`, `groups` and `layers` say how it is laid out.

    `targets` are those of the last layer, unit by unit. `again` asks for the forward pass once more with the updated
    parameters.
    """

    head: Head
    graph: Graph
    goals: tuple[Goal, ...] = ()
    roles: Mapping[Name, Role] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    derivation: AnyDerivation | None = None
    training: Training | None = None
    again: bool = False
    layers: tuple[Layer, ...] = ()
    targets: tuple[Name, ...] = ()
