"""A formula with functions worked by cases -> which case applies at its values, why, and the derivative it leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flint import arb, fmpq

from solver.board import Board
from solver.calculus import derivative
from solver.document import Comparison, Inline, Math, Order, Paragraph, listed, sentence
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
    reads,
    rebuild,
    walk,
)
from solver.functions import FUNCTIONS, Undecided, formula_of, sign_of
from solver.names import QuantityName
from solver.rounding import Relation, Rounding, show
from solver.tidy import rational, tidy, written

MAX_GUARD = 12
"""Guard digits tried until two printed numbers show which is larger."""

Valued = tuple[Expression, "fmpq | arb"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A call worked by cases, the formula it is at its values, and the comparisons that say so.

    `kink` holds where the derivative does not exist and the one of this case is taken by convention. `tied` are the
    arguments that are equal where the derivative does not depend on which of them is taken.
    """

    call: Call
    branch: Expression
    comparisons: tuple[Comparison, ...]
    kink: bool = False
    tied: tuple[Expression, ...] = ()

    @property
    def jumps(self) -> bool:
        """Whether the value itself is taken by convention: that of a step at zero."""
        cases = FUNCTIONS[self.call.function].cases
        sides = (rational(cases.of(1)), rational(cases.of(-1))) if self.kink and cases else (None, None)
        return None not in sides and sides[0] != sides[1]

    def at_jump(self, words: Mapping[str, str]) -> tuple[Inline, ...]:
        """What is taken for the value where the function jumps."""
        return sentence(
            words["jump"],
            comparisons=listed([(comparison,) for comparison in self.comparisons]),
            function=FUNCTIONS[self.call.function].word,
            value=Math(self.branch),
        )

    def at_kink(self, words: Mapping[str, str]) -> tuple[Inline, ...]:
        """What is taken where the derivative does not exist."""
        row = FUNCTIONS[self.call.function]
        compared = listed([(comparison,) for comparison in self.comparisons])
        if row.cases is None:
            return sentence(words["tie"], comparisons=compared, function=row.word)
        taken = Math(row.filled(formula_of(row.cases.slope), self.call))
        return sentence(words["kink"], comparisons=compared, function=row.word, value=taken)


def decide(board: Board, call: Call, rounding: Rounding, by: QuantityName | None = None) -> Decision | None:
    """The case of one call; None where the function has none or an unknown leaves it open.

    With `by` it is the case that the derivative by that name depends on.
    """
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
            best = row.chosen([value for _, value in known])
            if by is None:
                return _choice(board, call, known, best, rounding)
            return _choice_by(board, call, known, best, rounding, by)
    except Undecided:
        pass
    return None


def worked_cases(board: Board, formula: Expression, rounding: Rounding) -> tuple[Decision, ...]:
    """The cases by which the value of a formula is worked, in reading order; at a kink, where all are equal, none."""
    found = (decide(board, part, rounding) for part in walk(formula) if isinstance(part, Call))
    return tuple(dict.fromkeys(case for case in found if case is not None and (case.jumps or not case.kink)))


def decisions(board: Board, formula: Expression, by: QuantityName, rounding: Rounding) -> tuple[Decision, ...]:
    """The cases that decide the derivative of a formula by a name; inside a case only what it is worked from."""
    if not reads(formula, by):
        return ()
    found = decide(board, formula, rounding, by) if isinstance(formula, Call) else None
    inner = (found.tied or (found.branch,)) if found else children(formula)
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


def of_value(found: Sequence[Decision], words: Mapping[str, str]) -> tuple[Inline, ...]:
    """The reasons of a value: since this and that, then what is taken where a function jumps."""
    compared = dict.fromkeys(
        comparison for decision in found if not decision.kink for comparison in decision.comparisons
    )
    jumps = [decision.at_jump(words) for decision in found if decision.jumps]
    return listed([since(tuple(compared), words), *jumps] if compared else jumps)


def since(compared: Sequence[Comparison], words: Mapping[str, str]) -> tuple[Inline, ...]:
    """Since h_in = 0.4 > 0."""
    return sentence(words["since"], comparisons=listed([(comparison,) for comparison in compared]))


def in_words(comparisons: Iterable[Comparison], words: Mapping[str, str]) -> Paragraph:
    """Here z_1 = 0.4 > 0, z_2 = -1 < 0."""
    return Paragraph(sentence(words["cases"], comparisons=listed([(comparison,) for comparison in comparisons])))


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
    """The argument that is the largest (or smallest), compared with those it is equal to, or else with all others."""
    rivals = [rival for place, rival in enumerate(known) if place != best]
    ties = [rival for rival in rivals if rival[1] == known[best][1]]
    return Decision(call, known[best][0], _rivals(board, known[best], ties or rivals, rounding), kink=bool(ties))


def _choice_by(
    board: Board, call: Call, known: Sequence[Valued], best: int, rounding: Rounding, by: QuantityName
) -> Decision:
    """The choice that a derivative by a name depends on: a tie only where the arguments in it have other slopes.

    Where the name does not stand in the largest argument, those in which it does are compared with it.
    """
    own = known[best]
    rivals = [rival for place, rival in enumerate(known) if place != best]
    ties = [rival for rival in rivals if rival[1] == own[1]]
    if ties and _slopes_differ(board, [own, *ties], rounding, by):
        return Decision(call, own[0], _rivals(board, own, ties, rounding), kink=True)
    lower = [rival for rival in rivals if rival not in ties and (reads(own[0], by) or reads(rival[0], by))]
    tied = tuple(argument for argument, _ in (own, *ties)) if ties else ()
    return Decision(call, own[0], _rivals(board, own, lower, rounding), tied=tied)


def _slopes_differ(board: Board, tied: Sequence[Valued], rounding: Rounding, by: QuantityName) -> bool:
    """Whether the derivative by a name depends on which of several equal arguments is taken."""
    slopes = [_number(board, derivative(argument, by)) for argument, _ in tied]
    kinks = (case.kink for argument, _ in tied for case in decisions(board, argument, by, rounding))
    return any(not isinstance(slope, fmpq) or slope != slopes[0] for slope in slopes) or any(kinks)


def _rivals(board: Board, best: Valued, rivals: Sequence[Valued], rounding: Rounding) -> tuple[Comparison, ...]:
    """The chosen argument beside each of its rivals; of several the names alone, for their values stand in the line."""
    return tuple(_compared(board, best, rival, rounding, len(rivals) > 1) for rival in rivals)


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
