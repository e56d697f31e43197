"""Goals make the graph longer: derivatives are definitions like any others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from solver.chainrule import FEW_PATHS, MAX_PATHS, Backprop, IsOne, along_paths, path_counts
from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import Number
from solver.graph import Definition, Graph
from solver.names import Name
from solver.optimizers import OPTIMIZERS, Optimizer
from solver.shortcuts import ends_in_softmax

MANY = 16
"""More parameters than this are not each worked in full; their derivatives are then taken from the loss back."""

NAMED = 6
"""Names that a fault lists; of more it says how many."""

Method = Literal["", "paths", "backprop"]
"""How derivatives are taken: along each path, or from the loss back; "" decides by the number of paths."""


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Work out these names."""

    names: tuple[Name, ...]
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class Differentiate:
    """The gradient of `of` with respect to each name in `by`, along every path."""

    of: Name
    by: tuple[Name, ...]
    origin: Path = ()


@dataclass(frozen=True, slots=True)
class Update:
    """One step for each name in `of`, down the gradient of `minimise`: w_new = w - rate * d(minimise)/dw.

    `optimizer` is the rule that makes the step of the gradient, `settings` its numbers by the symbol that stands for
    them in its formulas; the symbols are givens of the graph.
    """

    of: tuple[Name, ...]
    minimise: Name
    rate: Name
    origin: Path = ()
    optimizer: Optimizer = OPTIMIZERS["sgd"]
    settings: Mapping[str, Number] = field(default_factory=dict)


Goal = Evaluate | Differentiate | Update


def lengthen(graph: Graph, goals: Sequence[Goal], method: Method = "", is_one: IsOne = lambda targets: False) -> Graph:
    """The graph with the derivatives that every goal asks for, in the order they are worked.

    `is_one` tells whether targets are known to add up to one. Raises ProblemError where
    a derivative is asked by a name that the quantity does not depend on, or where the chain rule would run along more
    than MAX_PATHS paths.
    """
    faults: list[Fault] = []
    places: dict[Name, dict[Name, Path]] = {}
    for goal in goals:
        if isinstance(goal, Update):
            faults.extend(_refused(graph, goal))
        for of, by in derived_by([goal]).items():
            found = list(_independent(graph, of, by, goal.origin))
            faults.extend(found)
            for name in by if not found else ():
                places.setdefault(of, {}).setdefault(name, goal.origin)
    added = [d for of, origins in places.items() for d in _derivatives(graph, of, origins, method, is_one, faults)]
    if faults:
        raise ProblemError(faults)
    return graph.extended(added)


def derived_by(goals: Iterable[Goal]) -> Mapping[Name, tuple[Name, ...]]:
    """Each quantity that is derived, with all names that goals derive it by: they are worked together."""
    found: dict[Name, tuple[Name, ...]] = {}
    for goal in goals:
        match goal:
            case Differentiate(of, by) | Update(by, of):
                found[of] = tuple(dict.fromkeys((*found.get(of, ()), *by)))
            case Evaluate():
                pass
    return found


def chosen_method(graph: Graph, of: Name, by: Sequence[Name], method: Method) -> Method:
    """The method asked for; else along each path where the paths and the parameters are few.

    Behind a softmax the deltas are shown to be output minus target, which no single path is.
    """
    if method or len(by) > MANY or ends_in_softmax(graph):
        return method or "backprop"
    counts = path_counts(graph, of)
    return "paths" if max((counts.get(name, 0) for name in by), default=0) <= FEW_PATHS else "backprop"


def _derivatives(
    graph: Graph, of: Name, origins: Mapping[Name, Path], method: Method, is_one: IsOne, faults: list[Fault]
) -> Iterator[Definition]:
    """The derivatives of a quantity by these names; `origins` says where each was asked for first."""
    by = tuple(origins)
    if chosen_method(graph, of, by, method) == "backprop":
        yield from Backprop(graph, of, by, origins[by[0]], is_one).definitions()
        return
    found = tuple(_too_many(graph, of, by, origins[by[0]]))
    faults.extend(found)
    for name, origin in origins.items() if not found else ():
        yield from along_paths(graph, of, name, origin)


def _too_many(graph: Graph, of: Name, by: Sequence[Name], origin: Path) -> Iterator[Fault]:
    """One fault for all names to which more paths lead than a page has room for."""
    counts = path_counts(graph, of)
    many = [name.text for name in by if counts[name] > MAX_PATHS]
    if many:
        others = f" and {len(many) - NAMED} more names" if len(many) > NAMED else ""
        message = f"{of.text} depends on {', '.join(many[:NAMED])}{others} along more than {MAX_PATHS} paths"
        hint = "write method: backprop, which goes from the loss back through each unit once"
        yield Fault("S404", message, origin, hint)


def _independent(graph: Graph, of: Name, by: Sequence[Name], origin: Path) -> Iterator[Fault]:
    """A fault for each name that a quantity cannot be derived by."""
    counts = path_counts(graph, of)
    for name in by:
        if name == of:
            yield Fault("S306", f"the derivative of {of.text} by itself is 1", origin, "ask for another name")
        elif name not in counts:
            message = f"{of.text} does not depend on {name.text}"
            yield Fault("S306", message, origin, "remove it from the goal")


def _refused(graph: Graph, goal: Update) -> Iterator[Fault]:
    """A fault for each name whose new value would take a name that is taken."""
    taken = {name.tagged("") for name in graph.names() if isinstance(name, Name) and name.tag == "new"}
    for name in goal.of:
        if name in taken:
            reason = f"{name.tagged('new').text} stands for another quantity"
            yield Fault("S305", f"{name.text} cannot be updated: {reason}", goal.origin, "rename it")
