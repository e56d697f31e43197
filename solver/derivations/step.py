"""A step of a derivation as a record: the rule, what stood there, what stands now, the steps inside it, the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from solver.diagnostics import Path
from solver.expression import Expression


@dataclass(frozen=True, slots=True)
class Proof:
    """How a line is known to equal the one before: proven by exact algebra or by sympy, or checked at many points."""

    how: Literal["algebra", "sympy", "points"]
    points: int = 0

    @property
    def is_proof(self) -> bool:
        return self.how != "points"


@dataclass(frozen=True, slots=True)
class Step:
    """`before` becomes `after` by `rule`, a row of the phrases; `function` is the function whose derivative is used.

    `along` are the rules, each with its function, of what is taken at sight in the same line, and `on` is the form that
    the rule is applied to where it is not the one before. `substeps` are the derivatives taken inside it, `because` the
    author's own words, `origin` where the line stands in the spec; `proof` is there once the line has been compared
    with the one before it.
    """

    rule: str
    before: Expression | None
    after: Expression
    substeps: tuple[Step, ...] = ()
    function: str = ""
    because: str = ""
    origin: Path = ()
    proof: Proof | None = None
    along: tuple[tuple[str, str], ...] = ()
    on: Expression | None = None
