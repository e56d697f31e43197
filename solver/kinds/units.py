"""Networks unit by unit, with the net input as the notes write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from solver.diagnostics import Fault, Path, nearest
from solver.expression import Expression, Number, Symbol, substitute, symbols
from solver.graph import Written, order_faults
from solver.kinds.formulas import function_faults
from solver.kinds.wiring import SOFTMAX, Activation, ActivationText, Wiring
from solver.names import Name, QuantityName
from solver.parse import locate
from solver.problem import Unit
from solver.spec import Formula, FormulaText, NameText, Section

EVERY_UNIT = "*"
ERROR = Name("E")


def _for_every_unit(value: Any) -> Any:
    return {EVERY_UNIT: value} if isinstance(value, str) else value


class UnitsSection(Section):
    """A network by its units."""

    units: Annotated[dict[NameText, FormulaText], Field(min_length=1)]
    activation: Annotated[
        dict[str, ActivationText],
        BeforeValidator(_for_every_unit, json_schema_input_type=dict[str, ActivationText] | ActivationText),
    ]
    inputs: list[NameText] | None = None
    target: dict[NameText, NameText] = {}


def wire(section: UnitsSection, given: Mapping[Name, Number], has_loss: bool, faults: list[Fault]) -> Wiring | None:
    """The network's wiring; None where the units themselves are wrong."""
    found = [*_unit_faults(section, given, has_loss), *_activation_faults(section)]
    faults.extend(found)
    if found:
        return None
    outputs = _outputs(section.units)
    every = section.activation.get(EVERY_UNIT)
    activations: dict[Name, Activation] = {name: every or section.activation[name.text] for name in section.units}
    units = tuple(
        Unit(name, activations[name].name, name in outputs, name.tagged("in"), name.tagged("out"))
        for name in section.units
    )
    found = [*_softmax_faults(units)]
    faults.extend(found)
    if found:
        return None
    inside: dict[QuantityName, Expression] = {unit.name: Symbol(unit.output) for unit in units}
    net_inputs = {name: substitute(formula.expression, inside) for name, formula in section.units.items()}
    read = dict.fromkeys(name for f in section.units.values() for name in symbols(f.expression))
    inputs = tuple(name for name in read if isinstance(name, Name) and _is_input(name, section))
    return Wiring(
        units, activations, net_inputs, inputs, _parameters(section), _targets(section, units),
        {name: ("network", "units", name.text) for name in section.units},
    )  # fmt: skip


def _targets(section: UnitsSection, units: tuple[Unit, ...]) -> Mapping[Name, Name]:
    return {unit.name: section.target.get(unit.name, unit.name) for unit in units if unit.is_output}


def _unit_faults(section: UnitsSection, given: Mapping[Name, Number], has_loss: bool) -> Iterator[Fault]:
    units = section.units
    written = [Written(n, f.text, f.expression, ("network", "units", n.text)) for n, f in units.items()]
    for name, formula in units.items():
        path = ("network", "units", name.text)
        if name.tag:
            yield Fault("S203", f"a unit is named without _{name.tag}", path, "h defines h_in and h_out", at_key=True)
        if name in (section.inputs or ()):
            yield Fault("S305", f"{name.text} is an input and a unit", path, "rename one of the two", at_key=True)
        yield from function_faults(formula.text, formula.expression, path)
        yield from _made_names(formula, path, section, has_loss)
    yield from order_faults(written)
    outputs = _outputs(units)
    for name in given:
        if name in units and name not in outputs:
            message = f"{name.text} is given and is a unit"
            hint = f"to state its value, give {name.text}_out"
            yield Fault("S305", message, ("given", name.text), hint, at_key=True)
    read = dict.fromkeys(name for formula in units.values() for name in symbols(formula.expression))
    for place, name in enumerate(section.inputs or ()):
        if name not in read:
            hint = nearest(name.text, [other.text for other in read if other not in units])
            yield Fault("S306", f"no unit reads the input {name.text}", ("network", "inputs", place), hint)
    for name, target in section.target.items():
        path = ("network", "target", name.text)
        if target.base == ERROR.base:
            yield Fault("S305", f"{target.text} is the name of the error", path, "rename it")
        if name not in outputs:
            hint = nearest(name.text, [unit.text for unit in outputs])
            yield Fault("S306", f"{name.text} is no output unit", path, hint, at_key=True)


def _made_names(formula: Formula, path: Path, section: UnitsSection, has_loss: bool) -> Iterator[Fault]:
    """Names that the network makes itself and a formula may not read: a unit's h_in and h_out, the error E."""
    for name in symbols(formula.expression):
        assert isinstance(name, Name)
        offset = locate(formula.text, name.text)
        if name.tag and name.tagged("") in section.units:
            hint = f"write {name.tagged('').text}: read by another unit it means its output"
            yield Fault("S305", f"{name.text} is made from unit {name.tagged('').text}", path, hint, offset)
        elif has_loss and name.base == ERROR.base and all(part.isdigit() for part in name.index):
            yield Fault("S305", f"{name.text} is the name of the error", path, "rename the parameter", offset)


def _activation_faults(section: UnitsSection) -> Iterator[Fault]:
    path: Path = ("network", "activation")
    if EVERY_UNIT in section.activation:
        return
    names = [name.text for name in section.units]
    for name in section.activation:
        if name not in names:
            yield Fault("S306", f"{name} is no unit", (*path, name), nearest(name, names), at_key=True)
    for name in names:
        if name not in section.activation:
            yield Fault("S202", f"the activation of unit {name} is missing", path, f"add {name}: linear")


def _softmax_faults(units: tuple[Unit, ...]) -> Iterator[Fault]:
    """A softmax goes over the output units that carry it, which stand together at the end."""
    hidden = [unit for unit in units if unit.activation == SOFTMAX and not unit.is_output]
    for unit in hidden:
        message = f"softmax goes over the outputs, but unit {unit.name.text} is read by another"
        hint = f"give it another activation: {{{unit.name.text}: sigmoid, ...}}"
        yield Fault("S308", message, ("network", "activation", unit.name.text), hint)
    if hidden:
        return
    last = [unit.activation == SOFTMAX for unit in units]
    if any(last) and last != sorted(last):
        message = "the units of a softmax stand together after all others"
        yield Fault("S308", message, ("network", "units"), "move them to the end")


def _outputs(units: Mapping[Name, Any]) -> tuple[Name, ...]:
    """The units that no other reads."""
    read = {name for formula in units.values() for name in symbols(formula.expression)}
    return tuple(name for name in units if name not in read)


def _parameters(section: UnitsSection) -> tuple[Name, ...]:
    """What a unit's formula uses beside inputs and other units, from the output back, in reading order."""
    depth = dict.fromkeys(section.units, 0)
    for name in reversed(section.units):
        for read in symbols(section.units[name].expression):
            if isinstance(read, Name) and read in depth:
                depth[read] = max(depth[read], depth[name] + 1)
    ordered = sorted(section.units, key=lambda name: depth[name])
    read_names = [name for unit in ordered for name in symbols(section.units[unit].expression)]
    return tuple(
        dict.fromkeys(
            name
            for name in read_names
            if isinstance(name, Name) and name not in section.units and not _is_input(name, section)
        )
    )


def _is_input(name: Name, section: UnitsSection) -> bool:
    return name.base == "x" if section.inputs is None else name in section.inputs
