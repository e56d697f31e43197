"""Problem and its solution -> the problem sheet: statement, what is given, what is asked, and nothing of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from solver.board import Board
from solver.document import BulletList, Document, Inline, Math, Section, Text, listed, sentence
from solver.expression import Symbol
from solver.figures import Figures
from solver.goals import Differentiate, Evaluate, Goal, Update
from solver.names import Prime, QuantityName, Total
from solver.phrases import PHRASES
from solver.problem import AnyDerivation, ChainRule, Derivation, Problem, Rearrangement, Substitution
from solver.solution import Solution
from solver.transforms import without_answers


def problem_sheet(document: Document, solution: Solution) -> Document:
    """The document of a solution without the solution; its drawing shows what is given."""
    problem = solution.problem
    drawn: tuple[Section, ...] = ()
    if solution.derived is None:
        drawn = tuple(Figures.of(solution, Board.of(solution), PHRASES[problem.head.language]).set())
    return without_answers(document, (*drawn, asked(problem)))


def asked(problem: Problem) -> Section:
    """What is to be found, one goal a line."""
    words = PHRASES[problem.head.language]
    if problem.derivation:
        items = [_derived(problem.derivation, words)]
    else:
        items = [item for goal in problem.goals for item in _goal(goal, words)]
        defined = [name for group in problem.groups for name in group.names]
        items = items or [sentence(words["find values"], names=_listed(defined[-1:]))]
    return Section(1, (Text(words["asked"]),), (BulletList(tuple(items)),), "asked")


def _goal(goal: Goal, words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    match goal:
        case Evaluate():
            yield sentence(words["find values"], names=_listed(goal.names))
        case Differentiate():
            yield sentence(words["find gradient"], names=_listed(Total(goal.of, name) for name in goal.by))
        case Update():
            loss = Math(Symbol(goal.minimise))
            yield sentence(words["find update"], names=_listed(goal.of), loss=loss)


def _derived(derivation: AnyDerivation, words: Mapping[str, str]) -> tuple[Inline, ...]:
    """What a derivation leads to."""
    match derivation:
        case Derivation(shape=shape) if shape:
            names = [Total(function.name, by) for function in derivation.functions for by in derivation.by]
            return sentence(words["find gradient"], names=_listed(names))
        case Derivation():
            own = derivation.functions[0].call
            ends = [term.shown for term in derivation.terms]
            key = "find derivative in terms of" if own in ends else "find derivative"
            prime = Math(Symbol(Prime(derivation.function, derivation.variable)))
            return sentence(words[key], derivative=prime, function=Math(own))
        case Rearrangement(unknown=name) | Substitution(name=name):
            return sentence(words["find values"], names=_listed([name]))
        case ChainRule(derivatives=derivatives):
            names = [Total(one.of, one.by) for one in derivatives]
            return sentence(words["find gradient"], names=_listed(names))


def _listed(names: Iterable[QuantityName]) -> tuple[Inline, ...]:
    return listed(Math(Symbol(name)) for name in names)
