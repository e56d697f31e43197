"""What the kinds ask of an author's formulas: known functions, the right number of arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from solver.diagnostics import Fault, Path, nearest
from solver.expression import Call, Expression, walk
from solver.functions import FUNCTIONS
from solver.parse import locate

HINTS = {
    "log": "write ln for the natural logarithm, or log2, log10",
    "e": "write exp(x)",
    "Sigmoid": "write sigmoid(x)",
}


def function_faults(text: str, node: Expression, path: Path, own: Collection[str] = ()) -> Iterator[Fault]:
    """Each call of something that is no function of the table, or with the wrong number of arguments.

    `own` holds the names of functions the author defined.
    """
    for part in walk(node):
        if not isinstance(part, Call):
            continue
        offset = locate(text, part.function)
        if part.function not in FUNCTIONS and part.function not in own:
            hint = HINTS.get(part.function) or nearest(part.function, FUNCTIONS)
            yield Fault("S302", f"unknown function {part.function!r}", path, hint, offset)
        elif len(part.arguments) != 1:
            yield Fault("S301", f"{part.function} takes one argument, not {len(part.arguments)}", path, "", offset)
