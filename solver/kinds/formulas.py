"""What the kinds ask of an author's formulas: known functions, the right number of arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from solver.diagnostics import Fault, Path, nearest
from solver.expression import Call, Expression, Symbol, walk
from solver.functions import FUNCTIONS, Function
from solver.mathtext import text
from solver.parse import locate

HINTS = {
    "log": "write ln for the natural logarithm, or log2, log10",
    "e": "write exp(x)",
    "Sigmoid": "write sigmoid(x)",
    "sum": "write x_1 + x_2 + x_3, or sum(i=1..3, x_[i])",
}
ARGUMENTS = {
    "max": "write max(0, 1 - z)",
    "min": "write min(1, z)",
    "leaky_relu": "write leaky_relu(z), or leaky_relu(z, 0.1) for another leak than 0.01",
    "elu": "write elu(z), or elu(z, 1.5) for another alpha than 1",
    "softmax": "write the unit's own argument first and then those of all units: softmax(z_1, z_1, z_2)",
}
"""How a function is written, by its name."""
COUNTS = ("no", "one", "two")


def function_faults(written: str, node: Expression, path: Path, own: Collection[str] = ()) -> Iterator[Fault]:
    """Each call of something that is no function of the table, or with the wrong number of arguments, or none.

    `own` holds the names of functions the author defined, each with the number of its arguments where that is not one.
    """
    for part in walk(node):
        if isinstance(part, Symbol) and part.name.text in FUNCTIONS and part.name.text not in own:
            word, hint = part.name.text, ARGUMENTS.get(part.name.text, f"write {part.name.text}(x)")
            yield Fault("S301", f"the function {word} stands without its argument", path, hint, locate(written, word))
        if not isinstance(part, Call):
            continue
        offset = locate(written, part.function)
        if part.function not in FUNCTIONS and part.function not in own:
            hint = HINTS.get(part.function) or nearest(part.function, FUNCTIONS)
            yield Fault("S302", f"unknown function {part.function!r}", path, hint, offset)
        elif part.function not in FUNCTIONS:
            wanted = own[part.function] if isinstance(own, Mapping) else 1
            if len(part.arguments) != wanted:
                counted = "one argument" if wanted == 1 else f"{wanted} arguments"
                message = f"{part.function} takes {counted}, not {len(part.arguments)}"
                shown = ", ".join("xyzuvw"[:wanted]) if wanted <= 6 else "..."
                yield Fault("S301", message, path, f"write {part.function}({shown})", offset)
        else:
            yield from _argument_faults(FUNCTIONS[part.function], part, path, offset)


def _argument_faults(row: Function, call: Call, path: Path, offset: int) -> Iterator[Fault]:
    """Too few or too many arguments; a softmax of something that is not among its units."""
    count = len(call.arguments)
    if count < row.least or (row.most is not None and count > row.most):
        message = f"{row.name} takes {_counted(row)}, not {count}"
        yield Fault("S301", message, path, ARGUMENTS.get(row.name, f"write {row.name}(z)"), offset)
    elif row.name == "softmax" and call.arguments[0] not in call.arguments[1:]:
        message = f"softmax of {text(call.arguments[0])}, which is not among its units"
        yield Fault("S301", message, path, ARGUMENTS["softmax"], offset)


def _counted(row: Function) -> str:
    if row.most is None:
        return f"{COUNTS[row.least]} or more arguments"
    if row.most > row.least:
        return f"{COUNTS[row.least]} or {COUNTS[row.most]} arguments"
    return "one argument"
