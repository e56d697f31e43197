"""Kind `define`: any computation as named definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from solver.diagnostics import Fault, ProblemError
from solver.expression import symbols
from solver.goals import Goal, Update
from solver.graph import Definition, Graph, Written, order_faults
from solver.kinds.find import ComputationSpec, FindSection, asked, optimized, training, unknown_names
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
    for update in _update(spec.find, known, faults):
        chosen, settings = optimized(update, spec, {*spec.define, *read}, faults)
        goals.append(chosen)
        given |= settings
    run = training(spec, known, faults)
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


def _update(find: FindSection, known: dict[Name, None], faults: list[Fault]) -> Iterator[Update]:
    update, path = find.update, ("find", "update")
    if update is None:
        return
    faults.extend(unknown_names(update.of, known, (*path, "of")))
    for key, name in (("minimise", update.minimise), ("rate", update.rate)):
        if name is None:
            faults.append(
                Fault("S202", f"the key {key!r} is missing", path, "update: {of: [w], minimise: L, rate: eta}")
            )
        elif key == "minimise":
            faults.extend(unknown_names([name], known, (*path, key)))
    if update.minimise is not None and update.rate is not None:
        yield Update(tuple(update.of), update.minimise, update.rate, (*path, "of"))


def _role(name: Name, goals: list[Goal]) -> Role:
    for goal in goals:
        if isinstance(goal, Update):
            if name == goal.rate:
                return "learning rate"
            if name in goal.of:
                return "parameter"
    return "value"
