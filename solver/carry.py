"""`carry: rounded`: every value is rounded as it is printed, and the printed value is carried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solver.diagnostics import Fault, ProblemError
from solver.evaluate import Impossible
from solver.expression import Symbol
from solver.graph import Graph
from solver.names import Name, QuantityName
from solver.polynomial import NotPolynomial, Polynomial, Value
from solver.printed import Printed, print_definition, print_number, print_value
from solver.rounding import FIRST_BITS, RangeError, Rounding, UndecidedError
from solver.values import Values


@dataclass(frozen=True, slots=True)
class Carried:
    """The values that are carried on, and how each is printed."""

    values: Values
    printed: Mapping[QuantityName, Printed]


def carry_rounded(graph: Graph, rounding: Rounding) -> Carried:
    """Each definition worked with the printed values of those before it.

    Raises ProblemError naming the definition that has no value with rounded numbers, or none that can be printed.
    """
    known: dict[QuantityName, Value] = {name: given.value for name, given in graph.givens.items()}
    values = Values(graph, FIRST_BITS, fixed=known)
    printed: dict[QuantityName, Printed] = {}

    def shown(name: QuantityName, _: int) -> Printed:
        given = graph.givens.get(name) if isinstance(name, Name) else None
        if given is not None:
            return print_number(given, rounding)
        return printed[name] if name in printed else print_value(values.coefficients(Symbol(name)), rounding)

    for definition in graph.definitions:
        name = definition.name
        try:
            if definition.stated is not None:
                found = print_number(definition.stated, rounding)
            else:
                formula = definition.expression
                found = print_definition(definition, values.coefficients, shown, formula, rounding.of(name))
        except NotPolynomial:
            known[name] = Polynomial.unknown(name)
            continue
        except Impossible as reason:
            message = f"{name.text} has no value when rounded numbers are carried: {reason}"
            hint = "ask for more digits, or for carry: full"
            raise ProblemError([Fault("S401", message, definition.origin, hint)]) from None
        except (UndecidedError, RangeError) as reason:
            raise ProblemError([Fault("S402", f"{name.text}: {reason}", definition.origin)]) from None
        printed[name], known[name] = found, found.value
    return Carried(values, printed)
