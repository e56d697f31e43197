"""Kind `define`: any computation as named definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from solver.diagnostics import Fault, ProblemError
from solver.expression import Number, symbols
from solver.goals import Goal, Update
from solver.graph import Definition, Graph, Written, order_faults
from solver.kinds.find import (
    LEARNING_RATE,
    ComputationSpec,
    asked,
    learning_rate,
    optimized,
    training,
    unknown_names,
    update_faults,
)
from solver.kinds.formulas import function_faults
from solver.names import Name
from solver.problem import Group, Head, Problem, Role
from solver.spec import FormulaText, NameText


class GraphSpec(ComputationSpec):
    """A problem given by definitions, worked from top to bottom."""

    define: Annotated[dict[NameText, FormulaText], Field(min_length=1)]


def expand(spec: GraphSpec, head: Head) -> Problem:
    """The definitions as they are, and the goals. Raises ProblemError with every fault of the spec."""
    faults = list(_definition_faults(spec))
    definitions = tuple(
        Definition(name, formula.expression, ("define", name.text)) for name, formula in spec.define.items()
    )
    read = [name for definition in definitions for name in symbols(definition.expression) if isinstance(name, Name)]
    known = dict.fromkeys([*spec.given, *spec.define, *read])
    goals = [*asked(spec.find, known, faults)]
    given = dict(spec.given)
    for update in _update(spec, known, given, faults):
        faults.extend(update_faults(update, spec, spec.define))
        known[update.rate] = None
        chosen, settings = optimized(update, spec, {*spec.define, *read}, faults)
        goals.append(chosen)
        given |= settings
    run = training(spec, known, spec.define, faults)
    if faults:
        raise ProblemError(faults)
    named = (*given, *(name for sample in (spec.samples or ())[:1] for name in sample))
    roles = {name: _role(name, goals) for name in named}
    group = Group(tuple(spec.define))
    return Problem(head, Graph(given, definitions), tuple(goals), roles, (group,), training=run, again=spec.find.again)


def _definition_faults(spec: GraphSpec) -> Iterator[Fault]:
    written = [Written(n, f.text, f.expression, ("define", n.text)) for n, f in spec.define.items()]
    for name, formula in spec.define.items():
        path = ("define", name.text)
        if name in spec.given:
            yield Fault("S305", f"{name.text} is given and defined", path, "keep one of the two", at_key=True)
        yield from function_faults(formula.text, formula.expression, path)
    yield from order_faults(written)


def _update(
    spec: GraphSpec, known: Mapping[Name, None], given: dict[Name, Number], faults: list[Fault]
) -> Iterator[Update]:
    """The update asked for; where its rate is a number, it is `given` as eta."""
    update, path = spec.find.update, ("find", "update")
    if update is None:
        return
    faults.extend(unknown_names(update.of, known, (*path, "of")))
    for key, value in (("minimise", update.minimise), ("rate", update.rate)):
        if value is None:
            hint = "update: {of: [w], minimise: L, rate: eta}"
            faults.append(Fault("S202", f"the key {key!r} is missing", path, hint))
    if update.minimise is not None:
        faults.extend(unknown_names([update.minimise], known, (*path, "minimise")))
    if update.minimise is None or update.rate is None:
        return
    if isinstance(update.rate, Number) and LEARNING_RATE in known and LEARNING_RATE not in given:
        message = "eta is a name of the problem and stands for the learning rate"
        faults.append(Fault("S305", message, (*path, "rate"), "give the rate a name of its own: rate: alpha"))
    rate, with_rate = learning_rate(update.rate, given, (*path, "rate"), faults)
    given |= with_rate
    yield Update(tuple(update.of), update.minimise, rate, (*path, "of"))


def _role(name: Name, goals: list[Goal]) -> Role:
    for goal in goals:
        if isinstance(goal, Update):
            if name == goal.rate:
                return "learning rate"
            if name in goal.of:
                return "parameter"
    return "value"
