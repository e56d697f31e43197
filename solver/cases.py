"""A formula with functions worked by cases -> which case applies at its values, why, and the derivative it leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from solver.board import Board
from solver.document import Comparison, Inline, Math, Order, listed, sentence
from solver.evaluate import Impossible
from solver.expression import (
    ONE,
    ZERO,
    Call,
    Expression,
    Number,
    Product,
    Sum,
    Symbol,
    children,
    rebuild,
    symbols,
    walk,
)
from solver.functions import FUNCTIONS, Undecided, formula_of, sign_of
from solver.names import QuantityName
from solver.rounding import Relation, Rounding, show
from solver.tidy import tidy, written

MAX_GUARD = 12
"""Guard digits tried until two printed numbers show which is larger."""

Valued = tuple[Expression, "fmpq | arb"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A call worked by cases, the formula it is at its values, and the comparisons that say so.

    `kink` holds where the derivative does not exist and the one of this case is taken by convention.
    """

    call: Call
    branch: Expression
    comparisons: tuple[Comparison, ...]
    kink: bool = False

    def at_kink(self, words: Mapping[str, str]) -> tuple[Inline, ...]:
        """What is taken where the derivative does not exist."""
        row = FUNCTIONS[self.call.function]
        compared = listed([(comparison,) for comparison in self.comparisons])
        if row.cases is None:
            return sentence(words["tie"], comparisons=compared, function=row.word)
        taken = Math(row.filled(formula_of(row.cases.slope), self.call))
        return sentence(words["kink"], comparisons=compared, function=row.word, value=taken)


def decide(board: Board, call: Call, rounding: Rounding) -> Decision | None:
    """The case of one call; None where the function has none or an unknown leaves it open."""
    row = FUNCTIONS[call.function]
    if row.cases is None and row.chosen is None:
        return None
    arguments = row.arguments(call)
    values = [_number(board, argument) for argument in arguments]
    known = [(argument, value) for argument, value in zip(arguments, values, strict=True) if value is not None]
    try:
        if row.cases and values[0] is not None:
            sign = sign_of(values[0])
            smooth = row.cases.smooth != "" and values[1] == fmpq(row.cases.smooth)
            compared = _compared(board, known[0], (ZERO, fmpq(0)), rounding)
            return Decision(call, row.filled(row.cases.of(sign), call), (compared,), sign == 0 and not smooth)
        if row.chosen and len(known) == len(arguments):
            return _choice(board, call, known, row.chosen([value for _, value in known]), rounding)
    except Undecided:
        pass
    return None


def worked_cases(board: Board, formula: Expression, rounding: Rounding) -> tuple[Decision, ...]:
    """The cases by which the value of a formula is worked, in reading order; none at a kink, where all are equal."""
    found = (decide(board, part, rounding) for part in walk(formula) if isinstance(part, Call))
    return tuple(dict.fromkeys(decision for decision in found if decision is not None and not decision.kink))


def decisions(board: Board, formula: Expression, by: QuantityName, rounding: Rounding) -> tuple[Decision, ...]:
    """The cases that decide the derivative of a formula by a name; inside a case only what it is worked from."""
    if by not in symbols(formula):
        return ()
    found = decide(board, formula, rounding) if isinstance(formula, Call) else None
    inner = (found.branch,) if found else children(formula)
    deeper = (decision for part in inner for decision in decisions(board, part, by, rounding))
    return tuple(dict.fromkeys((*((found,) if found else ()), *deeper)))


def decided(board: Board, slope: Expression, found: Sequence[Decision]) -> Expression:
    """A derivative with the steps and signs that those cases decide put in as numbers."""
    calls = [decision.call for decision in found]
    partials = [partial for call in calls for _, partial in FUNCTIONS[call.function].local(call, ZERO)]
    switches = {tidy(part) for partial in partials for part in walk(partial) if _is_switch(part)}
    chosen = [call for call in calls if FUNCTIONS[call.function].chosen]
    switches |= {tidy(partial) for call in chosen for _, partial in FUNCTIONS[call.function].local(call, ZERO)}
    return _switched(board, slope, switches)


def _switched(board: Board, node: Expression, switches: Collection[Expression]) -> Expression:
    """An expression with the numbers of these steps and signs in their place; of max and min with 0 or 1, not 1 - 0."""
    value = _number(board, node) if _has_switch(node) and tidy(node) in switches else None
    return written(value) if isinstance(value, fmpq) else rebuild(node, lambda part: _switched(board, part, switches))


def because(found: Sequence[Decision], words: Mapping[str, str]) -> tuple[Inline, ...]:
    """The reasons of a line: since this and that, then what is taken at each kink."""
    compared = dict.fromkeys(
        comparison for decision in found if not decision.kink for comparison in decision.comparisons
    )
    kinks = [decision.at_kink(words) for decision in found if decision.kink]
    return listed([since(tuple(compared), words), *kinks] if compared else kinks)


def since(compared: Sequence[Comparison], words: Mapping[str, str]) -> tuple[Inline, ...]:
    """Since h_in = 0.4 > 0."""
    return sentence(words["since"], comparisons=listed([(comparison,) for comparison in compared]))


def _is_switch(node: Expression) -> bool:
    return isinstance(node, Call) and node.function in ("step", "sign")


def _has_switch(node: Expression) -> bool:
    """Whether a node is a step or a sign, 1 less one, or a product of these."""
    match node:
        case Sum(terms):
            return all(_is_switch(term.value) or term.value == ONE for term in terms)
        case Product(factors):
            return all(map(_has_switch, factors))
        case _:
            return _is_switch(node)


def _number(board: Board, node: Expression) -> fmpq | arb | None:
    try:
        value = board.value(node)
    except Impossible:
        return None
    return value if isinstance(value, fmpq | arb) else None


def _choice(board: Board, call: Call, known: Sequence[Valued], best: int, rounding: Rounding) -> Decision:
    """The argument that is the largest (or smallest), compared with those it is equal to, or else with all others.

    Of more than two the names alone are compared: their values stand side by side in the line above.
    """
    rivals = [rival for place, rival in enumerate(known) if place != best]
    ties = [rival for rival in rivals if rival[1] == known[best][1]]
    comparisons = tuple(_compared(board, known[best], rival, rounding, len(known) > 2) for rival in ties or rivals)
    return Decision(call, known[best][0], comparisons, kink=bool(ties))


def _compared(board: Board, first: Valued, second: Valued, rounding: Rounding, brief: bool = False) -> Comparison:
    """first = 0.4 > 0.3 = second, a plain number on the right; with as many digits as show which is larger."""
    if isinstance(first[0], Number) and not isinstance(second[0], Number):
        first, second = second, first
    (left, a), (right, b) = first, second
    sign: Order | Relation = ">" if a > b else "<" if a < b else "="
    for extra in range(0 if brief else MAX_GUARD + 1):
        low, high = _shown(board, left, rounding, extra), _shown(board, right, rounding, extra)
        if {">": low.value > high.value, "<": low.value < high.value}.get(sign, low.value == high.value):
            break
    else:
        return Comparison((left, right), (sign,))
    members: list[Expression] = [left]
    relations: list[Order | Relation] = []
    if not isinstance(left, Number):
        members.append(low)
        relations.append(board.relation(left, low))
    if sign != "=" or isinstance(left, Number):
        members.append(high)
        relations.append(sign)
    if not isinstance(right, Number):
        members.append(right)
        relations.append(board.relation(high, right))
    return Comparison(tuple(members), tuple(relations))


def _shown(board: Board, node: Expression, rounding: Rounding, extra: int) -> Number:
    if isinstance(node, Number):
        return node
    printed = board.shown(node.name, extra).expression if isinstance(node, Symbol) else None
    return printed if isinstance(printed, Number) else show(board.number(node), rounding, extra)
