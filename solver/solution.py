"""A solved problem: the lengthened graph with its values, or the lines of a derivation."""

from __future__ import annotations

from dataclasses import dataclass, fields

from solver.carry import Carried, carry_rounded
from solver.contradictions import refuse_contradictions
from solver.derivations import derive_all
from solver.derivations.derived import Derived
from solver.diagnostics import Fault, ProblemError, nearest
from solver.graph import Graph
from solver.problem import Problem
from solver.rounding import Rounding
from solver.training import Run, unrolled
from solver.values import Values, evaluate_graph


@dataclass(frozen=True, slots=True)
class Solution:
    """What is known before a word is written.

    `full` holds the true values, `carried` the rounded ones where those are carried on; `run` says which names belong
    to which pass; `derived` holds the lines of a derivation, None for other kinds.
    """

    problem: Problem
    full: Values
    run: Run
    carried: Carried | None = None
    derived: Derived | None = None


def solve(problem: Problem) -> Solution:
    """Goals make the graph longer, then every name gets its value.

    Raises ProblemError where a goal cannot be met, a value does not exist or a stated value is contradicted.
    """
    graph, run = unrolled(problem)
    rounding = problem.head.rounding
    _refuse_unknown_digits(graph, rounding)
    full = evaluate_graph(graph)
    refuse_contradictions(full)
    carried = carry_rounded(graph, rounding) if rounding.carry == "rounded" else None
    return Solution(problem, full, run, carried, derive_all(problem.derivation) if problem.derivation else None)


def _refuse_unknown_digits(graph: Graph, rounding: Rounding) -> None:
    """Digits may be asked for what the problem works out; a misspelt key of `rounding` is found here."""
    if not rounding.own:
        return
    known = list(dict.fromkeys(name.stem for name in graph.by_name))
    keys = [*known, *(field.name for field in fields(rounding) if field.name != "own")]
    faults = [
        Fault("S306", f"{text} is no value of this problem", ("rounding", text), nearest(text, keys), at_key=True)
        for text in rounding.own
        if text not in known
    ]
    if faults:
        raise ProblemError(faults)
