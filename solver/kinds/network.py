"""Kind `network`: units with the net input as the notes write it; each becomes a net input and an output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from solver.diagnostics import Fault, Path, ProblemError, nearest
from solver.expression import (
    Call,
    Expression,
    Number,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    substitute,
    symbols,
)
from solver.functions import ACTIVATIONS
from solver.goals import Goal, Update
from solver.graph import Definition, Graph, Written, order_faults
from solver.kinds.find import FindSection, asked, unknown_names
from solver.kinds.formulas import function_faults
from solver.losses import LOSSES, Loss
from solver.names import Name, QuantityName
from solver.parse import locate, parse_expression, parse_number
from solver.problem import Group, Head, Problem, Role, Unit
from solver.spec import Formula, FormulaText, NameText, NumberText, Section, Spec, parsed_by, read_name

EVERY_UNIT = "*"
ERROR = Name("E")
LEARNING_RATE = Name("eta")
BIASES = ("b", "bias", "theta")


def _for_every_unit(value: Any) -> Any:
    return {EVERY_UNIT: value} if isinstance(value, str) else value


def _rate(text: str) -> Name | Number:
    return read_name(text) if text[:1].isalpha() else parse_number(text)


ActivationName = Literal[ACTIVATIONS]  # type: ignore[valid-type]
RateText = Annotated[Any, PlainValidator(parsed_by(_rate, "S203")), WithJsonSchema({"type": ["string", "number"]})]


class NetworkSection(Section):
    """The network: what each unit computes, and the loss over its outputs."""

    units: Annotated[dict[NameText, FormulaText], Field(min_length=1)]
    activation: Annotated[dict[str, ActivationName], BeforeValidator(_for_every_unit)]
    loss: Literal[tuple(LOSSES)] | None = None  # type: ignore[valid-type]
    inputs: list[NameText] | None = None
    target: dict[NameText, NameText] = {}
    learning_rate: RateText = None


class NetworkSpec(Spec):
    """A problem given by a network of units."""

    given: dict[NameText, NumberText] = {}
    network: NetworkSection
    find: FindSection = FindSection()


def expand(spec: NetworkSpec, head: Head) -> Problem:
    """Definitions u_in and u_out for each unit, E for the loss, and the goals.

    Raises ProblemError with every fault of the spec.
    """
    network = spec.network
    faults = [*_unit_faults(spec), *_activation_faults(network)]
    if faults:
        raise ProblemError(faults)
    units = _units(network)
    groups = [Group((unit.net_input, unit.output), unit) for unit in units]
    definitions = [definition for unit in units for definition in _unit_definitions(unit, units, network)]
    if network.loss:
        targets = dict(_targets(spec, units, faults))
        losses = tuple(_loss_definitions(LOSSES[network.loss], targets))
        definitions.extend(losses)
        groups.append(Group(tuple(d.name for d in losses if isinstance(d.name, Name)), loss=network.loss))
    else:
        targets = {}
    rate, givens = _learning_rate(spec)
    defined = {definition.name for definition in definitions}
    stated: dict[Name, Number] = {name: number for name, number in spec.given.items() if name in defined}
    givens = {name: number for name, number in givens.items() if name not in defined}
    graph = Graph(givens, tuple(_with_value(definition, stated) for definition in definitions))
    parameters = _parameters(spec, units)
    known = dict.fromkeys(
        [
            *givens,
            *parameters,
            *(name for name in (*graph.by_name, *graph.unknowns()) if isinstance(name, Name)),
        ]
    )
    goals = [*asked(spec.find, known, faults), *_update(spec, parameters, known, rate, faults)]
    if faults:
        raise ProblemError(faults)
    roles = {name: _role(name, spec, units, parameters, targets, rate) for name in (*givens, *stated)}
    return Problem(head, graph, tuple(goals), roles, tuple(groups))


def _unit_faults(spec: NetworkSpec) -> Iterator[Fault]:
    units = spec.network.units
    written = [Written(n, f.text, f.expression, ("network", "units", n.text)) for n, f in units.items()]
    for name, formula in units.items():
        path = ("network", "units", name.text)
        if name.tag:
            yield Fault("S203", f"a unit is named without _{name.tag}", path, "h defines h_in and h_out", at_key=True)
        if name in (spec.network.inputs or ()):
            yield Fault("S305", f"{name.text} is an input and a unit", path, "rename one of the two", at_key=True)
        yield from function_faults(formula.text, formula.expression, path)
        yield from _made_names(formula, path, spec.network)
    yield from order_faults(written)
    if isinstance(spec.network.learning_rate, Number) and LEARNING_RATE in spec.given:
        yield Fault(
            "S305", "the learning rate is given twice", ("network", "learning_rate"), "keep it or the given eta"
        )
    outputs = _outputs(units)
    for name in spec.given:
        if name in units and name not in outputs:
            message = f"{name.text} is given and is a unit"
            yield Fault(
                "S305",
                message,
                ("given", name.text),
                f"to state its value, give {name.text}_out",
                at_key=True,
            )
    for name, target in spec.network.target.items():
        if target.base == ERROR.base:
            yield Fault(
                "S305", f"{target.text} is the name of the error", ("network", "target", name.text), "rename it"
            )
        if name not in outputs:
            hint = nearest(name.text, [unit.text for unit in outputs])
            yield Fault("S306", f"{name.text} is no output unit", ("network", "target", name.text), hint, at_key=True)


def _made_names(formula: Formula, path: Path, network: NetworkSection) -> Iterator[Fault]:
    """Names that the network makes itself and a formula may not read: a unit's h_in and h_out, the error E."""
    for name in symbols(formula.expression):
        assert isinstance(name, Name)
        offset = locate(formula.text, name.text)
        if name.tag and name.tagged("") in network.units:
            hint = f"write {name.tagged('').text}: read by another unit it means its output"
            yield Fault("S305", f"{name.text} is made from unit {name.tagged('').text}", path, hint, offset)
        elif network.loss and name.base == ERROR.base and all(part.isdigit() for part in name.index):
            yield Fault("S305", f"{name.text} is the name of the error", path, "rename the parameter", offset)


def _activation_faults(network: NetworkSection) -> Iterator[Fault]:
    path: Path = ("network", "activation")
    if EVERY_UNIT in network.activation:
        return
    names = [name.text for name in network.units]
    for name in network.activation:
        if name not in names:
            yield Fault("S306", f"{name} is no unit", (*path, name), nearest(name, names), at_key=True)
    for name in names:
        if name not in network.activation:
            yield Fault("S202", f"the activation of unit {name} is missing", path, f"add {name}: linear")


def _outputs(units: Mapping[Name, Any]) -> tuple[Name, ...]:
    """The units that no other reads."""
    read = {name for formula in units.values() for name in symbols(formula.expression)}
    return tuple(name for name in units if name not in read)


def _units(network: NetworkSection) -> tuple[Unit, ...]:
    outputs = _outputs(network.units)
    every = network.activation.get(EVERY_UNIT)
    return tuple(Unit(name, every or network.activation[name.text], name in outputs) for name in network.units)


def _unit_definitions(unit: Unit, units: tuple[Unit, ...], network: NetworkSection) -> Iterator[Definition]:
    outputs: dict[QuantityName, Expression] = {other.name: Symbol(other.output) for other in units}
    origin = ("network", "units", unit.name.text)
    yield Definition(unit.net_input, substitute(network.units[unit.name].expression, outputs), origin)
    yield Definition(unit.output, Call(unit.activation, (Symbol(unit.net_input),)), origin)


def _targets(spec: NetworkSpec, units: tuple[Unit, ...], faults: list[Fault]) -> Iterator[tuple[Unit, Name]]:
    for unit in units:
        if unit.is_output:
            target = spec.network.target.get(unit.name, unit.name)
            if target not in spec.given and unit.name not in spec.network.target:
                message = f"the target of output unit {unit.name.text} is not given"
                faults.append(Fault("S202", message, ("given",), f"add {target.text}: 1, or network: target: {{...}}"))
            yield unit, target


def _loss_definitions(loss: Loss, targets: Mapping[Unit, Name]) -> Iterator[Definition]:
    """E for one output; E_1, E_2, ... and E their sum (or mean) for several."""
    formula, origin = parse_expression(loss.formula), ("network", "loss")
    parts = []
    for place, (unit, target) in enumerate(targets.items(), start=1):
        name = ERROR if len(targets) == 1 else Name("E", (str(place),))
        parts.append(name)
        replaced = substitute(formula, {Name("t"): Symbol(target), Name("o"): Symbol(unit.output)})
        yield Definition(name, replaced, origin)
    if len(parts) > 1:
        total: Expression = Sum(tuple(Term(1, Symbol(part)) for part in parts))
        yield Definition(ERROR, Quotient(total, integer(len(parts))) if loss.averaged else total, origin)


def _with_value(definition: Definition, stated: Mapping[Name, Number]) -> Definition:
    name = definition.name
    return replace(definition, stated=stated[name]) if isinstance(name, Name) and name in stated else definition


def _learning_rate(spec: NetworkSpec) -> tuple[Name, dict[Name, Number]]:
    """The learning rate's name, and the givens with it where the author wrote a number."""
    given: dict[Name, Number] = dict(spec.given)
    rate = spec.network.learning_rate
    if isinstance(rate, Number):
        return LEARNING_RATE, {**given, LEARNING_RATE: rate}
    return rate or LEARNING_RATE, given


def _parameters(spec: NetworkSpec, units: tuple[Unit, ...]) -> tuple[Name, ...]:
    """What a unit's formula uses beside inputs and other units, from the output back, in reading order."""
    by_name = {unit.name: unit for unit in units}
    depth = dict.fromkeys(by_name, 0)
    for name in reversed(by_name):
        for read in symbols(spec.network.units[name].expression):
            if isinstance(read, Name) and read in depth:
                depth[read] = max(depth[read], depth[name] + 1)
    ordered = sorted(by_name, key=lambda name: depth[name])
    read_names = [name for unit in ordered for name in symbols(spec.network.units[unit].expression)]
    return tuple(
        dict.fromkeys(
            name for name in read_names if isinstance(name, Name) and name not in by_name and not _is_input(name, spec)
        )
    )


def _is_input(name: Name, spec: NetworkSpec) -> bool:
    inputs = spec.network.inputs
    return name.base == "x" if inputs is None else name in inputs


def _update(
    spec: NetworkSpec,
    parameters: tuple[Name, ...],
    known: Mapping[Name, None],
    rate: Name,
    faults: list[Fault],
) -> Iterator[Goal]:
    update, path = spec.find.update, ("find", "update")
    if update is None:
        return
    if spec.network.loss is None and update.minimise is None:
        faults.append(Fault("S202", "an update needs a loss", ("network",), "add loss: half_squared_error"))
        return
    rate = update.rate or rate
    if rate == LEARNING_RATE and rate not in known and spec.network.learning_rate is None and update.rate is None:
        faults.append(Fault("S202", "the learning rate eta is not given", ("given",), "add eta: 0.1 under given"))
    names = tuple(n for n in parameters if n != rate) if update.of == [Name("all")] else tuple(update.of)
    faults.extend(unknown_names(names, known, (*path, "of")))
    if update.minimise:
        faults.extend(unknown_names([update.minimise], known, (*path, "minimise")))
    yield Update(names, update.minimise or ERROR, rate, (*path, "of"))


def _role(
    name: Name,
    spec: NetworkSpec,
    units: tuple[Unit, ...],
    parameters: tuple[Name, ...],
    targets: Mapping[Unit, Name],
    rate: Name,
) -> Role:
    if name == rate:
        return "learning rate"
    if name in targets.values():
        return "target"
    if name in parameters:
        return "weight" if name.base.startswith("w") else "bias" if name.base in BIASES else "parameter"
    if name.tag or any(name in (unit.net_input, unit.output) for unit in units):
        return "stated"
    return "input" if _is_input(name, spec) else "value"
