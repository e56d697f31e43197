"""Quotients and functions of unknowns, of which no polynomial tells: compared where each unknown is a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import fmpq

from solver.readback import numbers
from solver.readback.numbers import Number, Terms, Unreadable
from solver.readback.tex import Tree, evaluate

STARTS = (fmpq(3, 7), fmpq(17, 13))
"""Each unknown has a number of its own, from here on."""


@dataclass(slots=True)
class Point:
    """The values of a page's quantities where its unknowns have these numbers."""

    given: Mapping[str, Terms]
    formulas: Mapping[str, Tree]
    start: fmpq
    values: dict[str, Number] = field(default_factory=dict)
    working: set[str] = field(default_factory=set)

    def number(self, tree: Tree) -> Number:
        """Raises Unreadable where there is none: a logarithm of a negative number, a derivative to be taken."""
        return numbers.number(evaluate(tree, self.value))

    def value(self, name: str) -> Terms:
        if name not in self.values:
            found = self.by_formula(name)
            self.values[name] = self.start + fmpq(len(self.values), 19) if found is None else found
        return numbers.plain(self.values[name])

    def by_formula(self, name: str) -> Number | None:
        """What is given, or what the formula gives; None for an unknown, and for what no formula tells a reader."""
        if name in self.given:
            return numbers.number(self.given[name])
        if name not in self.formulas or name in self.working:
            return None
        self.working.add(name)
        try:
            return self.number(self.formulas[name])
        except Unreadable:
            return None
        finally:
            self.working.discard(name)


def points(given: Mapping[str, Terms], formulas: Mapping[str, Tree]) -> tuple[Point, ...]:
    """Where the members of a page are compared; each keeps what it has worked."""
    return tuple(Point(given, formulas, start) for start in STARTS)


def differ(places: tuple[Point, ...], before: Tree, after: Tree) -> bool | None:
    """Whether two trees are known to be two at one of the points; None where they have a value at none."""
    verdict: bool | None = None
    for point in places:
        try:
            apart = numbers.differ(point.number(before), point.number(after))
        except Unreadable:
            continue
        if apart:
            return True
        verdict = False
    return verdict
