"""CHECKS: run on every solution before a word is written; each computes by another route and raises on a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, fmpq

from solver.derivation import Step
from solver.diagnostics import Fault, ProblemError
from solver.evaluate import evaluate_graph
from solver.expression import Number
from solver.goals import Update
from solver.graph import Definition, Graph
from solver.names import Local, Name, QuantityName, Total
from solver.polynomial import Value
from solver.series import forward
from solver.solution import Solution

POINTS = (fmpq(3, 7), fmpq(-5, 11), fmpq(17, 13))
"""Unknowns are given values from here, shifted by their place, so that no two of them are alike."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check yields a fault for each thing in a solution that its own computation contradicts."""

    name: str
    run: Callable[[Solution], Iterator[Fault]]


def verify(solution: Solution) -> None:
    """Every check on a solution. Raises ProblemError with all that they find."""
    faults = [fault for check in CHECKS for fault in check.run(solution)]
    if faults:
        raise ProblemError(faults)


def values_agree(solution: Solution) -> Iterator[Fault]:
    """Values, total derivatives and updates against forward mode over power series, at several points per unknown."""
    graph = solution.values.graph
    unknowns = graph.unknowns()
    totals = [d.name for d in graph.definitions if isinstance(d.name, Total)]
    seeds = list(dict.fromkeys(total.by for total in totals)) or [Name("")]
    for point in POINTS if unknowns else POINTS[:1]:
        assigned = {name: point + fmpq(place, 19) for place, name in enumerate(unknowns)}
        ours = _at_point(solution, assigned)
        routes = {seed: forward(graph, seed, assigned) for seed in seeds}
        other = {name: value for name, (value, _) in routes[seeds[0]].items()}
        other |= {total: routes[total.by][total.of][1] for total in totals}
        for goal in solution.problem.goals:
            if isinstance(goal, Update):
                steps = {name: other[goal.rate] * other[Total(goal.minimise, name)] for name in goal.of}
                other |= {name.tagged("new"): other[name] - step for name, step in steps.items()}
        for definition in graph.definitions:
            if not isinstance(definition.name, Local):
                yield from _difference(definition, ours[definition.name], other[definition.name])


def _at_point(solution: Solution, assigned: dict[QuantityName, fmpq]) -> dict[QuantityName, Value]:
    values = solution.values
    if not assigned:
        return dict(values.at(0))
    given = {name: Number(str(value), value) for name, value in assigned.items() if isinstance(name, Name)}
    graph = Graph({**values.graph.givens, **given}, values.graph.definitions)
    return dict(evaluate_graph(graph).at(0))


def _difference(definition: Definition, ours: Value, other: arb) -> Iterator[Fault]:
    assert isinstance(ours, fmpq | arb)
    if not (other.is_finite() and other.overlaps(arb(ours))):
        shown = f"{arb(ours).str(12)} against {other.str(12)}"
        yield Fault("S501", f"two computations of {definition.name.text} differ: {shown}", definition.origin)


def steps_hold(solution: Solution) -> Iterator[Fault]:
    """Each line of a derivation against the one before it, decided by sympy."""
    derivation = solution.problem.derivation
    if derivation is None:
        return
    from solver.symbolic import are_equal

    functions = {derivation.function.text: (derivation.variable, derivation.formula)}
    for before, after in pairwise(solution.steps):
        if not are_equal(before.after, after.after, functions):
            yield _false_step(after)


def _false_step(step: Step) -> Fault:
    return Fault("S502", "this line is not equal to the line before it", step.origin, "check its signs and factors")


CHECKS = (
    Check("values and derivatives by two routes", values_agree),
    Check("each line of a derivation equals the one before", steps_hold),
)
