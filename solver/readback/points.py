"""Quotients and functions of unknowns, of which no polynomial tells: compared where each unknown is a number."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import fmpq

from solver.readback import numbers
from solver.readback.known import Known
from solver.readback.numbers import Number, Terms, Unreadable
from solver.readback.tex import Tree, evaluate

STARTS = (fmpq(3, 7), fmpq(17, 13))
"""Each unknown has a number of its own, from here on."""


@dataclass(slots=True)
class Point:
    """The values of a page's quantities where its unknowns have these numbers."""

    known: Known
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
        if name in self.known.given:
            return numbers.number(self.known.given[name])
        if name not in self.known.formulas or name in self.working:
            return None
        self.working.add(name)
        try:
            return self.number(self.known.formulas[name])
        except Unreadable:
            return None
        finally:
            self.working.discard(name)


def differ(known: Known, before: Tree, after: Tree) -> bool | None:
    """Whether two trees are known to be two at one of the points; None where they have a value at none."""
    verdict: bool | None = None
    for start in STARTS:
        point = Point(known, start)
        try:
            apart = numbers.differ(point.number(before), point.number(after))
        except Unreadable:
            continue
        if apart:
            return True
        verdict = False
    return verdict
