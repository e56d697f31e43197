"""What the reader of a written derivation is given: the names on the page, its functions, points to read it at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import ctx, fmpq

from solver.derivation_numbers import quotient_names, step_of
from solver.derivations.proof import POINTS, value_at
from solver.expression import Expression, symbols
from solver.mathtex import MathTex
from solver.names import Name, QuantityName
from solver.problem import ChainRule, Derivation, names_of
from solver.readback.taken import Function
from solver.solution import Solution

COUNT = 3
BITS = 128


@dataclass(frozen=True, slots=True)
class Reading:
    """Names as they are printed, functions of the page, and values for the names that have none."""

    names: frozenset[str]
    functions: tuple[Function, ...]
    points: tuple[tuple[tuple[str, fmpq], ...], ...]


def reading_of(solution: Solution, math: MathTex) -> Reading:
    """The names, functions and points of a derivation's page."""
    derivation, derived = solution.problem.derivation, solution.derived
    assert derivation is not None
    assert derived is not None
    names: set[QuantityName] = {*names_of(derivation)}
    if isinstance(derivation, Derivation):
        names |= {step_of(derivation), *quotient_names(derivation, derived)}
    names |= {working.name for working in derived.workings if working.name is not None}
    for working in derived.workings:
        names |= {name for step in working.steps for name in symbols(step.after)}
    functions: list[Function] = []
    if isinstance(derivation, Derivation):
        for function in derivation.functions:
            variables = tuple(math.name(variable) for variable in function.variables)
            functions.append(Function(math.name(function.name), variables, math.tex(function.call)))
    if isinstance(derivation, ChainRule):
        functions.extend(Function(word) for word in derivation.functions)
    shown = {math.name(name) for name in names}
    for own in functions:
        shown |= {f"{own.head}{primes}{bracket}" for primes in ("", "'", "''") for bracket in ("(", r"\left(")}
        shown |= {own.whole} if own.whole else set()
    return Reading(frozenset(shown), tuple(functions), tuple(_points(solution, names, math)))


def _points(solution: Solution, names: set[QuantityName], math: MathTex) -> Iterator[tuple[tuple[str, fmpq], ...]]:
    """Points at which most lines have a value, one value for each name that stands for nothing else."""
    derived = solution.derived
    assert derived is not None
    own = {name for name, _ in derived.results} | {*derived.meaning.values}
    if isinstance(solution.problem.derivation, Derivation):
        own |= {function.name for function in solution.problem.derivation.functions}
        own |= {*solution.problem.derivation.vectors, step_of(solution.problem.derivation)}
        own |= {*quotient_names(solution.problem.derivation, derived)}
    if isinstance(solution.problem.derivation, ChainRule):
        own |= {name for name in names if isinstance(name, Name) and name.text in solution.problem.derivation.functions}
    free = sorted((n for n in names if isinstance(n, Name) and n not in own), key=lambda n: n.text)
    lines: list[Expression] = [
        derived.meaning.concrete(derived.meaning.spelled_out(node)) for _, node in derived.results
    ]
    found = 0
    for place in range(len(POINTS)):
        known: dict[QuantityName, fmpq] = {name: POINTS[(place + 5 * at) % len(POINTS)] for at, name in enumerate(free)}
        with ctx.workprec(BITS):
            finite = all(value_at(line, known).is_finite() for line in lines if known.keys() >= {*symbols(line)})
        if finite:
            found += 1
            yield tuple((math.name(name), value) for name, value in known.items() if isinstance(name, Name))
        if found == COUNT:
            return
    if not found:  # a domain that holds none of the points: the page is read for its form alone
        yield tuple((math.name(name), POINTS[at]) for at, name in enumerate(free))
