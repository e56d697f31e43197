"""What can be wrong with a derivation before it is worked: names, variables, keys that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from solver.diagnostics import Fault, Path
from solver.expression import Call, Expression, Symbol, symbols, walk
from solver.functions import FUNCTIONS
from solver.graph import Written, order_faults
from solver.kinds.formulas import function_faults
from solver.names import Name
from solver.problem import FunctionDefinition

if TYPE_CHECKING:
    from solver.kinds.derivation import ChainSection, FunctionsSection


def derivative_faults(section: FunctionsSection, functions: Sequence[FunctionDefinition]) -> Iterator[Fault]:
    """Everything wrong with functions, the variables they are differentiated by, and the author's lines."""
    single = len(functions) == 1
    for place, (written, function) in enumerate(zip(section.function, functions, strict=True)):
        path: Path = ("derive", "function") if single else ("derive", "function", place)
        if function.name.text in FUNCTIONS:
            yield Fault("S305", f"{function.name.text} is a function of the table already", path, "call yours f")
        yield from function_faults(written.text, function.formula, path)
        yield from _name_faults(function.formula, function.variables, path)
        for by in section.by:
            if by not in function.variables:
                names = " and ".join(variable.text for variable in function.variables)
                hint = f"write {function.variables[0].text}" if len(function.variables) == 1 else f"one of {names}"
                yield Fault("S306", f"{function.name.text} is a function of {names}", ("derive", "by"), hint)
    variables = functions[0].variables
    for place, formula in enumerate(section.rewrite):
        path = ("derive", "rewrite", place)
        yield from function_faults(formula.text, formula.expression, path)
        yield from _name_faults(formula.expression, variables, path)
    own = {function.name.text: len(function.variables) for function in functions}
    for place, step in enumerate(section.steps):
        path = ("derive", "steps", place, "to")
        yield from function_faults(step.to.text, step.to.expression, path, own=own)
    for place, term in enumerate(section.in_terms_of):
        path = ("derive", "in_terms_of") if len(section.in_terms_of) == 1 else ("derive", "in_terms_of", place)
        for side in (term.left, term.right):
            if side is not None:
                yield from function_faults(term.text, side, path, own=own)
        if isinstance(term.left, Symbol) and term.left.name in variables:
            yield Fault("S305", f"{term.left.name.text} is the variable already", path, "choose another name")
    if len(section.by) * len(functions) > 1:
        for key in ("steps", "rewrite", "rule"):
            if getattr(section, key):
                message = f"{key} belongs to one derivative of one function"
                yield Fault(
                    "S203", message, ("derive", key), "leave it out, or write a problem of its own", at_key=True
                )


def _name_faults(node: Expression, variables: Sequence[Name], path: Path) -> Iterator[Fault]:
    read = [name for name in symbols(node) if isinstance(name, Name)]
    if read and not any(variable in read for variable in variables):
        names = " or ".join(variable.text for variable in variables)
        yield Fault("S306", f"the formula does not depend on {names}", path, "check the variable's name")


def definition_faults(section: ChainSection, general: tuple[str, ...]) -> Iterator[Fault]:
    """Unknown functions, definitions out of order, derivatives of what is not defined."""
    for name, formula in section.definitions.items():
        path = ("derive", "definitions", name.text)
        yield from function_faults(formula.text, formula.expression, path, own=general)
    for place, function in enumerate(section.functions):
        if function.text in FUNCTIONS:
            message = f"{function.text} is a function of the table already"
            yield Fault("S305", message, ("derive", "functions", place), "leave it out, or call yours g")
    yield from order_faults(
        [Written(n, f.text, f.expression, ("derive", "definitions", n.text)) for n, f in section.definitions.items()]
    )
    known = {*section.definitions}
    for formula in section.definitions.values():
        known.update(name for name in symbols(formula.expression) if isinstance(name, Name))
    calls = {
        part.function for f in section.definitions.values() for part in walk(f.expression) if isinstance(part, Call)
    }
    for place, one in enumerate(section.derivatives):
        for key, name in (("of", one.of), ("by", one.by)):
            if name not in known:
                message = f"{name.text} is not defined"
                yield Fault("S306", message, ("derive", "derivatives", place, key), "check the name")
        if one.of not in section.definitions and one.of in known:
            message = f"{one.of.text} has no definition to differentiate"
            yield Fault("S306", message, ("derive", "derivatives", place, "of"), "choose a defined quantity")
        if one.call is not None and (one.call in known or one.call.text in calls):
            message = f"{one.call.text} is a name of this problem already"
            yield Fault("S305", message, ("derive", "derivatives", place, "call"), "choose another name")
