"""Problem -> what a drawing of its network connects: inputs, units in layers, weights, biases, outputs and targets.

Everything comes from the formulas: an edge goes from `u` to unit `v` where a term of v's net input reads u.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from solver.expression import Expression, Negate, Product, Sum, Symbol, Term, symbols
from solver.names import Name
from solver.problem import Problem, Unit

INPUT = "x"
"""The base of a name that is an input where nothing else says so: it is not given and stays a symbol."""


@dataclass(frozen=True, slots=True)
class Connection:
    """`source` is an input or a unit, `target` a unit; `weight` what stands beside the source in their term."""

    source: Name
    target: Name
    weight: Expression | None
    subtracted: bool = False


@dataclass(frozen=True, slots=True)
class Bias:
    """A term of a unit's net input that reads no input and no unit."""

    unit: Name
    value: Expression
    subtracted: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Units and inputs by their names; `layer` counts from the inputs, which are layer 0; `targets` by output unit."""

    inputs: tuple[Name, ...]
    units: tuple[Unit, ...]
    layer: Mapping[Name, int]
    connections: tuple[Connection, ...]
    biases: tuple[Bias, ...]
    loss: Name | None
    losses: tuple[Name, ...]
    targets: Mapping[Name, Name]

    @property
    def outputs(self) -> tuple[Name, ...]:
        return tuple(unit.name for unit in self.units if unit.is_output)


def network_of(problem: Problem) -> Network | None:
    """The network of a problem; None where it has none."""
    units = tuple(group.unit for group in problem.groups if group.unit)
    if not units:
        return None
    by_output = {unit.output: unit.name for unit in units}
    connections: list[Connection] = []
    biases: list[Bias] = []
    for unit in units:
        for term in _terms(problem.graph.by_name[unit.net_input].expression):
            sources = [name for name in _names(term.value) if name in by_output or _is_input(name, problem)]
            for source in sources:
                weight = _weight(term.value, source) if len(sources) == 1 else term.value
                connections.append(Connection(by_output.get(source, source), unit.name, weight, term.sign < 0))
            if not sources:
                biases.append(Bias(unit.name, term.value, term.sign < 0))
    read = dict.fromkeys(c.source for c in connections if c.source not in by_output.values())
    given = [name for name, role in problem.roles.items() if role == "input"]
    inputs = tuple(dict.fromkeys((*(name for name in given if name in read), *read)))
    losses = tuple(name for group in problem.groups if group.loss for name in group.names)
    return Network(
        inputs,
        units,
        _layers(units, connections),
        tuple(connections),
        tuple(biases),
        losses[-1] if losses else None,
        losses,
        _targets(problem, losses, by_output),
    )


def _names(node: Expression) -> Iterator[Name]:
    yield from (name for name in symbols(node) if isinstance(name, Name))


def _is_input(name: Name, problem: Problem) -> bool:
    role = problem.roles.get(name)
    return role == "input" or (role is None and name.base == INPUT)


def _terms(node: Expression) -> tuple[Term, ...]:
    match node:
        case Sum(terms):
            return tuple(Term(term.sign * sign, value) for term in terms for sign, value in [_signed(term.value)])
        case _:
            return (Term(*_signed(node)),)


def _signed(node: Expression) -> tuple[int, Expression]:
    return (-1, node.operand) if isinstance(node, Negate) else (1, node)


def _weight(term: Expression, source: Name) -> Expression | None:
    """What stands beside the source in a product; the whole term where it is no such product."""
    factors = term.factors if isinstance(term, Product) else (term,)
    others = tuple(factor for factor in factors if factor != Symbol(source))
    if len(others) != len(factors) - 1 or any(source in symbols(factor) for factor in others):
        return term
    return None if not others else others[0] if len(others) == 1 else Product(others)


def _layers(units: tuple[Unit, ...], connections: list[Connection]) -> dict[Name, int]:
    """Each unit one layer behind the last of its sources; the outputs together in the last layer."""
    layer: dict[Name, int] = {}
    for unit in units:
        before = (layer.get(c.source, 0) for c in connections if c.target == unit.name)
        layer[unit.name] = 1 + max(before, default=0)
    last = max(layer.values())
    return layer | {unit.name: last for unit in units if unit.is_output}


def _targets(problem: Problem, losses: tuple[Name, ...], by_output: Mapping[Name, Name]) -> dict[Name, Name]:
    """The target that stands with each output in a formula of the loss, in their order there."""
    found: dict[Name, Name] = {}
    for loss in losses:
        read = list(_names(problem.graph.by_name[loss].expression))
        outputs = [by_output[name] for name in read if name in by_output]
        targets = [name for name in read if name not in by_output and name not in losses]
        if len(outputs) == len(targets):
            found |= dict(zip(outputs, targets, strict=True))
    return found
