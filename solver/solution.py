"""A solved problem: the lengthened graph with its values, or the lines of a derivation."""

from __future__ import annotations

from dataclasses import dataclass

from solver.derivation import Step, steps
from solver.evaluate import Values, evaluate_graph, refuse_contradictions
from solver.goals import lengthen
from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Solution:
    """What is known before a word is written; `steps` are the lines of a derivation, empty for other kinds."""

    problem: Problem
    values: Values
    steps: tuple[Step, ...] = ()


def solve(problem: Problem) -> Solution:
    """Goals make the graph longer, then every name gets its value.

    Raises ProblemError where a goal cannot be met, a value does not exist or a stated value is contradicted.
    """
    values = evaluate_graph(lengthen(problem.graph, problem.goals))
    refuse_contradictions(values)
    return Solution(problem, values, steps(problem.derivation) if problem.derivation else ())
