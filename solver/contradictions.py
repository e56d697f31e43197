"""Values -> what the author states of them, against what their formulas give."""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, fmpq

from solver.diagnostics import Fault, ProblemError
from solver.evaluate import Impossible
from solver.graph import Definition
from solver.near import ball
from solver.polynomial import NotPolynomial, Polynomial
from solver.rounding import places_of
from solver.values import Values


def refuse_contradictions(values: Values) -> None:
    """Raises ProblemError for each stated value that the formula of its quantity contradicts."""
    stated = [definition for definition in values.graph.definitions if definition.stated is not None]
    faults = [fault for definition in stated for fault in _disagreement(definition, values)]
    if faults:
        raise ProblemError(faults)


def _disagreement(definition: Definition, values: Values) -> Iterator[Fault]:
    """A stated value may differ from the computed one by half a unit of its last digit."""
    stated = definition.stated
    if stated is None:
        return
    try:
        computed = values.of(definition.expression)
    except (NotPolynomial, Impossible):
        return
    if isinstance(computed, Polynomial):
        return
    half_unit = fmpq(0) if "/" in stated.text else fmpq(1, 2) * fmpq(10) ** -places_of(stated)
    if abs(ball(computed) - arb(stated.value)) > arb(half_unit):
        shown = ball(computed).str(max(places_of(stated), 3) + 4, radius=False)
        name = definition.name.stem
        message = f"{name} is stated as {stated.text}, but its formula gives {shown}"
        yield Fault("S403", message, ("given", name), f"state a value that rounds correctly, or leave {name} out")
