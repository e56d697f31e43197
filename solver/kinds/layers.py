"""Networks by layers: weights of shape (n_out, n_in), as in W x + b; each entry becomes a named weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from solver.diagnostics import Fault, counted
from solver.expression import Expression, Number, Product, Sum, Symbol, Term
from solver.kinds.wiring import Activation, ActivationText, Wiring
from solver.names import Name
from solver.parse import parse_number
from solver.problem import Layer, Unit
from solver.spec import Section, parsed_by, read_name

MAX_UNITS = 256


def _entry(text: str) -> Name | Number:
    return read_name(text) if text[:1].isalpha() else parse_number(text)


EntryText = Annotated[Any, PlainValidator(parsed_by(_entry, "S203")), WithJsonSchema({"type": ["number", "string"]})]
"""A number, or a name: one that is given, is shared between places, or stays a symbol."""
ARE = (" is", " are")
Row = Annotated[list[EntryText], Field(min_length=1, max_length=MAX_UNITS)]


def _rows(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(entry, str) for entry in value):
        hint = f"for one unit: weights: [[{', '.join(value)}]]"
        raise PydanticCustomError("S203", "weights are rows, one for each unit of the layer", {"hint": hint})
    return value


def _of_all_units(value: Any) -> Any:
    if isinstance(value, list | dict):
        hint = "write the network by units: activation: {h_1: tanh, h_2: elu} gives each its own"
        raise PydanticCustomError("S203", "a layer has one activation, that of all its units", {"hint": hint})
    return value


class LayerSection(Section):
    """A layer: the weights of each unit in a row, a bias for each unit or one for all of them, or none."""

    weights: Annotated[list[Row], Field(min_length=1, max_length=MAX_UNITS), BeforeValidator(_rows)]
    activation: Annotated[ActivationText, BeforeValidator(_of_all_units)] = Activation("linear")
    biases: Row | None = None
    bias: EntryText = None


class LayersSection(Section):
    """A network by its layers."""

    layers: Annotated[list[LayerSection], Field(min_length=1, max_length=16)]
    inputs: Annotated[list[EntryText], Field(min_length=1)] | None = None
    targets: Annotated[list[EntryText], Field(min_length=1)] | None = None


def wire(section: LayersSection, faults: list[Fault]) -> Wiring | None:
    """The network's wiring; None where the shapes do not fit."""
    found = list(_shape_faults(section))
    faults.extend(found)
    if found:
        return None
    return _Wirer(section).wiring()


class _Wirer:
    """Names every weight, bias, unit and input as the design asks: w1_2_1 is layer 1, unit 2, from input 1."""

    def __init__(self, section: LayersSection) -> None:
        self.section = section
        self.given: dict[Name, Number] = {}
        self.notation: dict[Name, str] = {}
        self.called: dict[Name, Name] = {}
        count = len(section.layers[0].weights[0])
        self.inputs = [Name("x", (str(i),)) for i in range(1, count + 1)]
        for place, entry in enumerate(section.inputs or ()):
            self.inputs[place] = self.entry(entry, self.inputs[place])

    def entry(self, entry: Name | Number | None, name: Name) -> Name:
        """The name of a place in the spec: its own where a number stands there, else the name that stands there."""
        if isinstance(entry, Name):
            self.called[name] = entry
            return entry
        if entry is not None:
            self.given[name] = entry
        return name

    def wiring(self) -> Wiring:
        units: list[Unit] = []
        net_inputs: dict[Name, Expression] = {}
        activations: dict[Name, Activation] = {}
        parameters: list[list[Name]] = []
        origins = {}
        layers: list[Layer] = []
        below: Sequence[Name] = self.inputs
        count = len(self.section.layers)
        for place, layer in enumerate(self.section.layers, start=1):
            own: list[Name] = []
            shared = self.shared_bias(layer, place)
            rows: list[tuple[Name, ...]] = []
            biases: list[Name] = []
            inputs = [Symbol(name) for name in below]
            for row, weights in enumerate(layer.weights, start=1):
                unit = self.unit(place, row, layer.activation.name, place == count)
                units.append(unit)
                activations[unit.name] = layer.activation
                origins[unit.name] = ("network", "layers", place - 1)
                named = [self.weight(place, row, column, entry) for column, entry in enumerate(weights, start=1)]
                bias = shared or self.bias(layer, place, row)
                net_inputs[unit.name] = _weighted(named, inputs, bias)
                own.extend([*named, bias] if bias else named)
                rows.append(tuple(named))
                biases.extend([bias] if bias else [])
            parameters.append(own)
            here = units[-len(rows) :]
            net, out = tuple(unit.net_input for unit in here), tuple(unit.output for unit in here)
            layers.append(
                Layer(place, tuple(below), tuple(rows), tuple(biases), net, out, layer.activation.name,
                      layer.activation.parameter)
            )  # fmt: skip
            below = out
        ordered = dict.fromkeys(name for own in reversed(parameters) for name in own)
        targets = {unit.name: self.target(j) for j, unit in enumerate((u for u in units if u.is_output), start=1)}
        return Wiring(
            tuple(units), activations, net_inputs, tuple(self.inputs), tuple(ordered), targets, origins,
            self.given, self.notation, tuple(layers), {name: own for name, own in self.called.items() if name != own},
        )  # fmt: skip

    def unit(self, layer: int, row: int, activation: str, is_output: bool) -> Unit:
        index = (str(row),)
        net, out = Name(f"z{layer}", index), Name(f"a{layer}", index)
        for name, letter in ((net, "z"), (out, "a")):
            self.notation[name] = f"{{{letter}^{{({layer})}}_{{{row}}}}}"
        return Unit(out, activation, is_output, net, out, layer)

    def weight(self, layer: int, row: int, column: int, entry: Name | Number) -> Name:
        name = Name(f"w{layer}", (str(row), str(column)))
        below = f"{row}{column}" if row < 10 and column < 10 else f"{row},{column}"
        self.notation[name] = f"{{w^{{({layer})}}_{{{below}}}}}"
        return self.entry(entry, name)

    def bias(self, layer: LayerSection, place: int, row: int) -> Name | None:
        if layer.biases is None:
            return None
        name = Name(f"b{place}", (str(row),))
        self.notation[name] = f"{{b^{{({place})}}_{{{row}}}}}"
        return self.entry(layer.biases[row - 1], name)

    def shared_bias(self, layer: LayerSection, place: int) -> Name | None:
        if layer.bias is None:
            return None
        self.notation[Name(f"b{place}")] = f"{{b^{{({place})}}}}"
        return self.entry(layer.bias, Name(f"b{place}"))

    def target(self, output: int) -> Name:
        name = Name("y", (str(output),))
        return self.entry(self.section.targets[output - 1], name) if self.section.targets else name


def _weighted(weights: Sequence[Name], inputs: Sequence[Symbol], bias: Name | None) -> Expression:
    """w_1*x_1 + w_2*x_2 + b."""
    terms = [Term(1, Product((Symbol(w), x))) for w, x in zip(weights, inputs, strict=True)]
    if bias:
        terms.append(Term(1, Symbol(bias)))
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0].value


def _shape_faults(section: LayersSection) -> Iterator[Fault]:
    """Where shapes do not fit: the layer, the shape that is expected and the one that was found."""
    below, what = None if section.inputs is None else len(section.inputs), "the inputs are"
    for place, layer in enumerate(section.layers):
        path = ("network", "layers", place)
        rows, columns = len(layer.weights), [len(row) for row in layer.weights]
        expected = below if below is not None else columns[0]
        wrong = next((row for row, count in enumerate(columns) if count != expected), None)
        if wrong is not None:
            even = len(set(columns)) == 1
            shape = (
                f"shape ({rows}, {columns[0]})" if even else f"{counted(columns[wrong], 'number')} in row {wrong + 1}"
            )
            reason = f"{what} {below}" if below is not None else "each row has a weight for every input"
            message = f"layer {place + 1}: weights of shape ({rows}, {expected}) are expected, {shape} found"
            yield Fault("S307", message, (*path, "weights", wrong), f"{reason}: a row per unit, a column per input")
        if layer.biases is not None and len(layer.biases) != rows:
            message = f"layer {place + 1}: {counted(rows, 'bias', *ARE)} expected, {len(layer.biases)} found"
            yield Fault("S307", message, (*path, "biases"), "one bias for each unit, or bias: for all of them")
        if layer.biases is not None and layer.bias is not None:
            message = f"layer {place + 1}: biases and bias exclude each other"
            yield Fault("S201", message, (*path, "bias"), "keep one of them", at_key=True)
        below, what = rows, f"the units of layer {place + 1} are"
    if section.targets is not None and len(section.targets) != below:
        message = f"{counted(below or 0, 'target', *ARE)} expected, one for each output, {len(section.targets)} found"
        hint = f"layer {len(section.layers)} has {counted(below or 0, 'unit')}"
        yield Fault("S307", message, ("network", "targets"), hint)
