"""A function with a kink -> its formula on either side, each differentiated, and the slopes where the sides meet."""

from __future__ import annotations

from solver.derivations.derived import Case, Kink, Working, proven
from solver.derivations.fraction import TooLarge, constant_of, inverse, is_constant, lowest, negative, times
from solver.derivations.lines import ruled
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.proof import compare
from solver.derivations.rules import reads
from solver.derivations.step import Step
from solver.derivations.written import write
from solver.diagnostics import Path, ProblemError
from solver.expression import ZERO, Call, Derivative, Expression, Sum, Term, rebuild, substitute, symbols, walk
from solver.functions import FUNCTIONS
from solver.names import Name
from solver.problem import FunctionDefinition, StepDetail
from solver.tidy import rational, tidy


def kinks_of(function: FunctionDefinition, by: Name, detail: StepDetail, origin: Path) -> tuple[Kink, ...]:
    """The one kink of a formula in which one function with cases reads the variable, linearly; else nothing."""
    calls = list(dict.fromkeys(part for part in walk(function.formula) if _has_cases(part) and reads(part, by)))
    if len(calls) != 1:
        return ()
    call = calls[0]
    assert isinstance(call, Call)
    above, below, switch = _sides(call)
    found = zero_of(switch, by)
    if found is None:
        return ()
    point, rises = found
    if not rises:
        above, below = below, above
    sides = []
    for side in (above, below):
        formula = tidy(_replaced(function.formula, call, side))
        steps = [Step("by definition", None, Derivative(formula, by, partial=False))]
        steps.extend(ruled(Derivative(formula, by, partial=False), detail, origin))
        working, faults = proven(Working(Derivative(formula, by, partial=False), tuple(steps)), Meaning())
        if faults:
            raise ProblemError(faults)
        sides.append(Case(formula, Working(working.left, working.steps[1:])))
    upper, lower = sides
    slopes = tuple(_at(case.working.result, by, point) for case in (lower, upper))
    values = [_at(case.formula, by, point) for case in (lower, upper)]
    jumps = compare(values[0], values[1], Meaning()).outcome != "equal"
    return (Kink(point, upper, lower, (slopes[0], slopes[1]), jumps, rational(point)),)


def _has_cases(node: Expression) -> bool:
    if not isinstance(node, Call) or node.function not in FUNCTIONS:
        return False
    row = FUNCTIONS[node.function]
    return row.cases is not None or (row.chosen is not None and len(node.arguments) == 2)


def _sides(call: Call) -> tuple[Expression, Expression, Expression]:
    """The function above and below, and what is positive above."""
    row = FUNCTIONS[call.function]
    if row.cases is not None:
        return row.filled(row.cases.of(1), call), row.filled(row.cases.of(-1), call), call.arguments[0]
    first, second = call.arguments
    ahead = (first, second) if call.function == "max" else (second, first)
    return first, second, Sum((Term(1, ahead[0]), Term(-1, ahead[1])))


def zero_of(node: Expression, by: Name) -> tuple[Expression, bool] | None:
    """Where a linear expression with numbers is zero, and whether it rises there."""
    space = Space()
    try:
        start, slope = space.convert(substitute(node, {by: ZERO}), Derivative(node, by))
        if not is_constant(slope) or slope.top.is_zero():
            return None
        rises = constant_of(slope) > 0
        return write(lowest(times(negative(start), inverse(slope))), "expand", space), bool(rises)
    except TooLarge:
        return None


def _at(node: Expression, by: Name, point: Expression) -> Expression:
    """The value of a side at the kink, as simple as it gets."""
    if by not in symbols(node):
        return node
    put = substitute(node, {by: point})
    space = Space()
    try:
        (value,) = space.convert(put)
        return write(value, "expand", space)
    except TooLarge:
        return put


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    return new if node == old else rebuild(node, lambda part: _replaced(part, old, new))
