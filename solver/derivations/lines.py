"""d/dx of a formula -> the lines that take it: the rule that opens, rules for what is left, tidied, like terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver.derivations.rules import apply_rule, substeps, taken_whole
from solver.derivations.simplify import WAYS, collect
from solver.derivations.step import Step
from solver.diagnostics import Path
from solver.expression import (
    ONE,
    Call,
    Derivative,
    Expression,
    Negate,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    reads,
    rebuild,
    walk,
)
from solver.names import Name, QuantityName
from solver.problem import StepDetail
from solver.tidy import rational, tidy, written

TIDYING = ("tidy", *WAYS, "collect")
"""The rules that change no more than how a line is written."""
RULE_OF = {"power alone": "power", "exponential alone": "exponential", "known": "chain", "power of both": "exponential"}
"""The name an author knows a rule by, where its row in the phrases says more."""


AT_SIGHT = ("constant", "identity", "sum", "constant factor")
"""The rules that a line which opens with another one takes along unnamed."""


def ruled(taken: Expression, detail: StepDetail, origin: Path) -> Iterator[Step]:
    """One line a rule; what anyone takes at sight is taken along. With sub-steps every derivative inside is listed.

    A sum of derivatives, which the sum rule has given, begins with those of its terms that are taken at sight.
    """
    state: Expression = taken
    if not isinstance(taken, Derivative):
        state = taken_whole(taken) if detail == "substeps" else _settled(taken)
        if detail == "substeps":
            yield Step("parts", taken, state, substeps(taken), origin=origin)
        elif state != taken:
            (rule, function), *others = _along(taken, ("identity", "sum"))
            yield Step(rule, taken, state, substeps(taken), function, origin=origin, along=tuple(others))
    while (first := _first(state)) is not None:
        applied = apply_rule(first)
        if detail == "substeps":
            opened = _put(state, first, applied.after)
            yield Step(applied.rule, state, opened, substeps(applied.after), applied.function, origin=origin)
            after = _flat(taken_whole(opened))
            if after != opened:
                yield Step("parts", opened, after, origin=origin)
        else:
            after = _put(state, first, _settled(applied.after))
            along = tuple(one for one in _along(applied.after, AT_SIGHT) if one != (applied.rule, applied.function))
            inside = substeps(applied.after)
            yield Step(applied.rule, state, after, inside, applied.function, origin=origin, along=along)
        state = after
    yield from _tidied(state, origin)


def _tidied(state: Expression, origin: Path) -> Iterator[Step]:
    """Neutral parts dropped, then like factors, what cancels and like terms, a line each; the rest in a last one."""
    tidied = tidy(state)
    whole = collect(tidied)
    stages: list[tuple[str, Expression]] = [("tidy", tidied)]
    for way in WAYS:
        stages.append((way, collect(stages[-1][1], (way,))))
    for rule, after in (*stages, ("collect", whole)):
        if after != state:
            yield Step(rule, state, after, origin=origin)
        state = after


def opening_rule(node: Expression, by: Name) -> str:
    """The rule that opens, by the name an author knows it by."""
    rule = apply_rule(Derivative(node, by)).rule
    return RULE_OF.get(rule, rule)


def opened_by(node: Expression, rule: str) -> Expression | None:
    """The formula written so that a rule can open: 1/h -> h^(-1) for the power rule, g/h -> g*h^(-1)."""
    match rule, node:
        case "power" | "chain", Quotient(top, bottom) if top == ONE:
            return Power(bottom, written(-ONE.value))
        case "power" | "chain", Quotient(top, Power(base, exponent)) if top == ONE and rational(exponent):
            return Power(base, tidy(Negate(exponent)))
        case "power", Call("sqrt", (argument,)):
            return Power(argument, Quotient(ONE, written(ONE.value * 2)))
        case "product", Quotient(top, bottom):
            return Product((top, Power(bottom, written(-ONE.value))))
        case "product", Power(base, exponent) if rational(exponent) == 2:
            return Product((base, base))
        case "quotient", Power(base, exponent) if (value := rational(exponent)) is not None and value < 0:
            return Quotient(ONE, base if value == -1 else Power(base, written(-value)))
        case _:
            return None


def _first(node: Expression) -> Derivative | None:
    return next((part for part in walk(node) if isinstance(part, Derivative)), None)


def _put(node: Expression, old: Expression, new: Expression) -> Expression:
    return _flat(_replaced(node, old, new))


def _replaced(node: Expression, old: Expression, new: Expression) -> Expression:
    return new if node == old else rebuild(node, lambda part: _replaced(part, old, new))


def _flat(node: Expression) -> Expression:
    """A product in a product is one product."""
    node = rebuild(node, _flat)
    if isinstance(node, Product):
        parts = tuple(
            p for factor in node.factors for p in (factor.factors if isinstance(factor, Product) else (factor,))
        )
        return Product(parts)
    return node


def _settled(node: Expression) -> Expression:
    """The derivatives that anyone takes at sight are taken."""
    if isinstance(node, Derivative):
        return taken_whole(node) if _is_simple(node.operand, node.by) else node
    return rebuild(node, _settled)


def _along(node: Expression, unnamed: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The rules that take what is taken at sight, each once, that of a constant last; some go unnamed."""
    found: dict[tuple[str, str], None] = {}
    pending = [part for part in walk(node) if isinstance(part, Derivative)]
    while pending:
        part = pending.pop(0)
        if _is_simple(part.operand, part.by):
            applied = apply_rule(part)
            found[applied.rule, applied.function] = None
            pending.extend(inner for inner in walk(applied.after) if isinstance(inner, Derivative))
    return tuple(sorted((rule for rule in found if rule[0] not in unnamed), key=lambda rule: rule[0] == "constant"))


def _is_simple(node: Expression, by: QuantityName) -> bool:
    """Constants, the variable, its powers, e^(kx), known functions of the variable, and sums and multiples of these."""
    if not reads(node, by):
        return True
    match node:
        case Symbol():
            return True
        case Negate(operand):
            return _is_simple(operand, by)
        case Sum(terms):
            return all(_is_simple(term.value, by) for term in terms)
        case Product(factors):
            moving = [factor for factor in factors if reads(factor, by)]
            return len(moving) == 1 and _is_simple(moving[0], by)
        case Quotient(numerator, denominator):
            return not reads(denominator, by) and _is_simple(numerator, by)
        case Power(Symbol(), exponent):
            return not reads(exponent, by)
        case Call("exp", (argument,)):
            return _is_multiple(argument)
        case Call(_, arguments):
            return arguments == (Symbol(by),)
        case _:
            return False


def _is_multiple(node: Expression) -> bool:
    match node:
        case Symbol():
            return True
        case Negate(operand):
            return _is_multiple(operand)
        case Product((front, Symbol())):
            return rational(front) is not None
        case _:
            return False


def differentiated(node: Expression) -> Expression | None:
    """What is differentiated: a formula, or a sum term by term."""
    match node:
        case Derivative(operand):
            return operand
        case Sum(terms):
            parts = [(term.sign, differentiated(term.value)) for term in terms]
            return Sum(tuple(Term(sign, part) for sign, part in parts if part is not None))
        case _:
            return None
