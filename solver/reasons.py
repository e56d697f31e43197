"""A derivative made from those nearer to the loss -> why: the local derivatives that stand in its formula unnamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from solver.calculus import local_derivative
from solver.document import Inline, Math, listed, sentence
from solver.expression import Call, Expression, Symbol
from solver.graph import Definition, Graph
from solver.names import Local, Name, Total

MOST = 2
"""So many local derivatives are named beside a line; of more the first."""


def why_from_nearer(graph: Graph, definition: Definition, words: Mapping[str, str]) -> tuple[Inline, ...]:
    """The reason of dE/dh_out = dE/dy_in*w_2: since dy_in/dh_out = w_2; nothing where each factor is named."""
    match definition.name, definition.expression:
        case Total(of, by), Symbol(Local(part, _)) if part != of:
            return sentence(words["since only"], part=Math(Symbol(part)), quantity=Math(Symbol(by)))
        case Total(), _:
            found = list(_unnamed(graph, definition, definition.name))
        case _:
            found = []
    if len(found) > MOST:
        return sentence(words["since likewise"], first=found[0])
    return sentence(words["since"], comparisons=listed(found)) if found else ()


def why_linear(formula: Expression, of: Name, words: Mapping[str, str]) -> tuple[Inline, ...]:
    """The reason of dy_out/dy_in = 1 of a linear unit: since y_out = y_in."""
    match formula:
        case Call("linear", (Symbol() as argument,)):
            return sentence(words["since"], comparisons=Math(Symbol(of), "=", argument))
        case _:
            return ()


def _unnamed(graph: Graph, definition: Definition, total: Total) -> Iterator[Math]:
    """The local derivatives that the formula holds by what they are, in the order of its terms."""
    reads = {*definition.reads}
    for read in definition.reads:
        if not isinstance(read, Total) or read.of != total.of or Local(read.by, total.by) in reads:
            continue
        above = graph.by_name.get(read.by)
        if above is None or total.by not in above.reads:
            continue
        match above.expression:
            case Call("linear", (argument,)):
                yield Math(Symbol(read.by), "=", argument)
            case formula:
                local = Symbol(Local(read.by, total.by))
                yield Math(local, "=", local_derivative(read.by, formula, total.by))
