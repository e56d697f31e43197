"""The loss over a network's outputs: E for one output; E_1, E_2, ... and E their sum, or mean, for several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.diagnostics import Fault, Path
from solver.expression import Expression, Number, Product, Quotient, Sum, Symbol, Term, integer, substitute
from solver.graph import Definition
from solver.kinds.wiring import Wiring
from solver.losses import Loss
from solver.names import Name
from solver.parse import parse_expression
from solver.problem import Unit

ERROR = Name("E")
TARGET, OUTPUT, RIGHT = Name("t"), Name("o"), Name("c")


def loss_definitions(
    loss: Loss, outputs: Sequence[Unit], targets: Mapping[Name, Name], known: Mapping[Name, Number]
) -> Iterator[Definition]:
    """The parts of the loss and their sum. `known` holds the targets that are the same for every sample."""
    origin = ("network", "loss")
    parts = list(_parts(loss, outputs, targets, known))
    if len(parts) == 1 and len(outputs) == 1:
        yield Definition(ERROR, parts[0], origin)
        return
    names = [Name("E", (str(place),)) for place in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield Definition(name, part, origin)
    total: Expression = Sum(tuple(Term(1, Symbol(name)) for name in names)) if len(names) > 1 else Symbol(names[0])
    yield Definition(ERROR, Quotient(total, integer(len(parts))) if loss.averaged else total, origin)


def _parts(
    loss: Loss, outputs: Sequence[Unit], targets: Mapping[Name, Name], known: Mapping[Name, Number]
) -> Iterator[Expression]:
    formula = parse_expression(loss.formula)
    hot = [known[targets[unit.name]].value == 1 for unit in outputs if targets[unit.name] in known]
    if loss.pairwise and len(hot) == len(outputs) and hot.count(True) == 1:
        right = Symbol(outputs[hot.index(True)].output)
        for unit, is_right in zip(outputs, hot, strict=True):
            if not is_right:
                yield substitute(formula, {OUTPUT: Symbol(unit.output), RIGHT: right})
        return
    for unit in outputs:
        target, output = Symbol(targets[unit.name]), Symbol(unit.output)
        put = substitute(formula, {TARGET: target, OUTPUT: output, RIGHT: _right_output(outputs, targets)})
        # Targets differ from sample to sample: the part of the right class is switched off by its own target.
        yield Product((Sum((Term(1, integer(1)), Term(-1, target))), put)) if loss.pairwise else put


def _right_output(outputs: Sequence[Unit], targets: Mapping[Name, Name]) -> Expression:
    """The output of the right class, picked by one-hot targets: t_1*o_1 + t_2*o_2 + ..."""
    terms = [Term(1, Product((Symbol(targets[unit.name]), Symbol(unit.output)))) for unit in outputs]
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0].value


def loss_faults(
    loss: Loss, wiring: Wiring, given: Mapping[Name, Number], samples: Sequence[Mapping[Name, Number]]
) -> Iterator[Fault]:
    """Where a loss does not fit the output layer, or the targets do not fit the loss."""
    path = ("network", "loss")
    for unit in wiring.outputs:
        if not loss.fits(unit.activation):
            message = f"{loss.name} needs {loss.outputs_are}, but output {unit.name.text} is {unit.activation}"
            hint = f"give the outputs the activation {' or '.join(loss.outputs)}, or take another loss"
            yield Fault("S308", message, path, hint)
            return
    if loss.pairwise and len(wiring.outputs) < 2:
        yield Fault("S308", f"{loss.name} needs two outputs or more", path, "take hinge for one output")
        return
    targets = [wiring.targets[unit.name] for unit in wiring.outputs]
    for place, sample in enumerate(samples or ({},)):
        known = {**given, **sample}
        values = [known[target].value for target in targets if target in known]
        if len(values) == len(targets) and not loss.targets.allow(values):
            shown = ", ".join(f"{target.text} = {known[target].text}" for target in targets)
            where = f"sample {place + 1}: " if samples else ""
            message = f"{where}the targets of {loss.name} are {loss.targets.words}, not {shown}"
            given_at: Path = ("network", "targets") if targets[0] in wiring.given else ("given", targets[0].text)
            yield Fault("S308", message, ("samples", place) if samples else given_at, "change the targets or the loss")
