"""What a derivation comes to: chains of proven lines, the cases of a kinked function, equations, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from textwrap import shorten

from flint import fmpq

from solver.derivations.meaning import Meaning
from solver.derivations.mend import mended
from solver.derivations.proof import Verdict, compare
from solver.derivations.roots import approximate
from solver.derivations.step import Proof, Step
from solver.diagnostics import Fault
from solver.entries import Grids
from solver.expression import Expression, Number, Symbol, substitute
from solver.mathtext import text
from solver.names import Name, QuantityName

AUTHORS = ("author", "rewritten", "rewritten otherwise", "in terms of")
"""Rules whose lines the author of a problem answers for."""


@dataclass(frozen=True, slots=True)
class Working:
    """left = step = step ...; `name` is the quantity that is found."""

    left: Expression
    steps: tuple[Step, ...]
    name: QuantityName | None = None

    @property
    def result(self) -> Expression:
        return self.steps[-1].after


@dataclass(frozen=True, slots=True)
class EquationStep:
    """An equation that follows from the one before it; `operand` is what was done with on both sides.

    `because` holds the author's own words.
    """

    rule: str
    left: Expression
    right: Expression
    operand: Expression | None = None
    proof: Proof | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A function and its derivative on the interval from `low` to `high`; None where it has no end."""

    low: Expression | None
    high: Expression | None
    formula: Expression
    working: Working


@dataclass(frozen=True, slots=True)
class Kink:
    """The point at which a function changes from one formula to another.

    `slopes` are the derivatives from the left and from the right, None where their formulas have no value there;
    `jumps` says that the values there differ too.
    """

    point: Expression
    slopes: tuple[Expression, Expression] | None
    jumps: bool

    @property
    def is_smooth(self) -> bool:
        return not self.jumps and self.slopes is not None and compare(*self.slopes, Meaning()).outcome == "equal"


@dataclass(frozen=True, slots=True)
class VectorLine:
    """A vector or matrix and what it equals, entry by entry; each formula with the rule that gives it."""

    left: Symbol
    stages: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """The lines of a derivation and what they come to; `grids` are the vectors and matrices that it names."""

    meaning: Meaning
    workings: tuple[Working, ...] = ()
    equations: tuple[EquationStep, ...] = ()
    pieces: tuple[Piece, ...] = ()
    kinks: tuple[Kink, ...] = ()
    results: tuple[tuple[QuantityName, Expression], ...] = field(default=())
    lines: tuple[VectorLine, ...] = ()
    grids: Grids = field(default_factory=dict)

    def with_lines(self, lines: tuple[VectorLine, ...], grids: Grids) -> Derived:
        """The same with lines of vectors and matrices."""
        return replace(self, lines=lines, grids=grids)

    def breaks(self, example: Mapping[Name, Number]) -> list[fmpq]:
        """The points between the pieces as fractions, or near them, with numbers for the names in them."""
        points = [piece.low for piece in self.pieces if piece.low is not None]
        known: dict[QuantityName, Expression] = dict(example.items())
        places = (approximate(substitute(point, known)) for point in points)
        return [place for place in places if place is not None]

    @property
    def all_workings(self) -> tuple[Working, ...]:
        """Every chain, those of the cases among them."""
        return (*self.workings, *(piece.working for piece in self.pieces))


def proven(working: Working, meaning: Meaning) -> tuple[Working, list[Fault]]:
    """Each line compared with the last true line before it; how it is known to hold is kept with it."""
    steps, faults = [working.steps[0]], []
    for step in working.steps[1:]:
        before = steps[-1].after
        verdict = compare(before, step.after, meaning)
        if verdict.holds:
            steps.append(replace(step, before=before, proof=verdict.proof))
        else:
            faults.append(fault_of(before, step, verdict, meaning))
    return replace(working, steps=tuple(steps)), faults


def faults_of(working: Working, meaning: Meaning) -> list[Fault]:
    """What is wrong with lines that should have been proven."""
    return [
        fault_of(before.after, after, verdict, meaning)
        for before, after in pairwise(working.steps)
        if not (verdict := compare(before.after, after.after, meaning)).holds
    ]


def fault_of(before: Expression, step: Step, verdict: Verdict, meaning: Meaning) -> Fault:
    """The two sides, where they differ, and the one change with which the line holds."""
    if step.rule not in AUTHORS:
        message = f"a line that solver derived could not be proven: {shorten(text(step.after), 80)}"
        return Fault("S501", message, step.origin, "give the derivation in steps: of your own")
    if verdict.outcome != "different" or verdict.difference is None:
        message = "this line could neither be proven equal to the line before it nor compared at enough points"
        return Fault("S504", message, step.origin, "add a step in between, or write the same in a simpler form")
    sides = f"{shorten(text(before), 120)} is not {shorten(text(step.after), 120)}"
    what = (
        "this form is not the function" if step.rule == "rewritten" else "this line is not equal to the line before it"
    )
    message = f"{what}: {sides}; {verdict.difference.text}"
    mend = mended(before, step.after, meaning)
    return Fault("S502", message, step.origin, mend.sentence if mend else "check its signs and factors")
