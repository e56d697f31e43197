"""Goals make the graph longer: derivatives and updates are definitions like any others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import assert_never

from solver.calculus import local_derivative
from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import Expression, Product, Sum, Symbol, Term, symbols
from solver.graph import Definition, Graph
from solver.names import Local, Name, Total

MAX_PATHS = 64
"""Paths written out for one derivative; a page with more is not read by anyone."""


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
    """One step of gradient descent for each name in `of`: w_new = w - rate * d(minimise)/dw."""

    of: tuple[Name, ...]
    minimise: Name
    rate: Name
    origin: Path = ()


Goal = Evaluate | Differentiate | Update


def lengthen(graph: Graph, goals: Sequence[Goal]) -> Graph:
    """The graph with the definitions that every goal asks for, in the order they are worked.

    Raises ProblemError where a derivative is asked by a name that the quantity does not depend on, or where the chain
    rule would run along more than MAX_PATHS paths.
    """
    faults: list[Fault] = []
    added = [definition for goal in goals for definition in _definitions(goal, graph, faults)]
    if faults:
        raise ProblemError(faults)
    return graph.extended(added)


def paths(graph: Graph, of: Name, by: Name) -> Iterator[tuple[Name, ...]]:
    """Every way from a quantity down to a name it depends on, first the one through what is read first."""
    dependent = {by}
    for definition in graph.definitions:
        if isinstance(definition.name, Name) and not dependent.isdisjoint(symbols(definition.expression)):
            dependent.add(definition.name)

    def ways(start: Name) -> Iterator[tuple[Name, ...]]:
        if start == by:
            yield (by,)
        elif start in dependent:
            for read in symbols(graph.by_name[start].expression):
                if isinstance(read, Name):
                    for rest in ways(read):
                        yield (start, *rest)

    return ways(of)


def links(path: Sequence[Name]) -> tuple[Local, ...]:
    """The local derivatives along a path, from the loss towards the parameter."""
    return tuple(Local(of, by) for of, by in pairwise(path))


def _definitions(goal: Goal, graph: Graph, faults: list[Fault]) -> Iterator[Definition]:
    match goal:
        case Evaluate():
            return
        case Differentiate(of, by):
            for name in by:
                yield from _gradient(graph, of, name, goal.origin, faults)
        case Update(of, minimise, rate):
            for name in of:
                new = name.tagged("new")
                if name.tag or new in graph.by_name or new in graph.givens:
                    reason = f"{new.text} stands for another quantity" if not name.tag else "it is no parameter"
                    faults.append(Fault("S305", f"{name.text} cannot be updated: {reason}", goal.origin, "rename it"))
                    continue
                yield from _gradient(graph, minimise, name, goal.origin, faults)
                step = Product((Symbol(rate), Symbol(Total(minimise, name))))
                yield Definition(new, Sum((Term(1, Symbol(name)), Term(-1, step))), goal.origin)
        case _:
            assert_never(goal)


def _gradient(graph: Graph, of: Name, by: Name, origin: Path, faults: list[Fault]) -> Iterator[Definition]:
    ways = []
    for way in paths(graph, of, by):
        ways.append(way)
        if len(ways) > MAX_PATHS:
            message = f"{of.text} depends on {by.text} along more than {MAX_PATHS} paths"
            faults.append(
                Fault("S404", message, origin, "ask for derivatives nearer to the loss, or split the problem")
            )
            return
    if of == by:
        faults.append(Fault("S306", f"the derivative of {of.text} by itself is 1", origin, "ask for another name"))
        return
    if not ways:
        faults.append(Fault("S306", f"{of.text} does not depend on {by.text}", origin, "remove it from the goal"))
        return
    for way in ways:
        for local in links(way):
            formula = graph.by_name[local.of].expression
            yield Definition(local, local_derivative(local.of, formula, local.by), origin)
    products: list[Expression] = []
    for way in ways:
        factors = tuple(Symbol(local) for local in links(way))
        products.append(factors[0] if len(factors) == 1 else Product(factors))
    total = products[0] if len(products) == 1 else Sum(tuple(Term(1, product) for product in products))
    yield Definition(Total(of, by), total, origin)
