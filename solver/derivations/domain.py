"""A formula -> where it has a value: conditions on its variable, as simple as they get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from solver.derivations.fraction import TooLarge
from solver.derivations.kinks import zero_of
from solver.derivations.normal import Space
from solver.expression import ZERO, Call, Expression, Power, Quotient, Symbol, symbols, walk
from solver.functions import FUNCTIONS
from solver.mathtext import text
from solver.names import Name
from solver.tidy import rational

Relation = Literal[">", "<", "≥", "≤", "≠"]
TURNED: dict[Relation, Relation] = {">": "<", "≥": "≤", "≠": "≠", "<": ">", "≤": "≥"}


@dataclass(frozen=True, slots=True)
class Bound:
    """left relation right."""

    left: Expression
    relation: Relation
    right: Expression


def domain(formula: Expression, by: Name) -> tuple[Bound, ...]:
    """The conditions under which a formula has a value; none where it has one everywhere."""
    found: dict[str, Bound] = {}
    for node, relation in _needed(formula):
        bound = _bound(node, relation, by)
        if bound is not None:
            found.setdefault(f"{text(bound.left)} {bound.relation} {text(bound.right)}", bound)
    bounds = list(found.values())
    strict = {text(bound.left): bound for bound in bounds if bound.relation in (">", "<") and bound.right == ZERO}
    return tuple(
        bound for bound in bounds
        if bound is strict.get(text(bound.left), bound) or bound.relation in (">", "<") or bound.right != ZERO
    )  # fmt: skip


def roots_in(formula: Expression, by: Name) -> tuple[Expression, ...]:
    """What stands under a square root and depends on the variable: there the slope grows without bound."""
    found = (part.arguments[0] for part in walk(formula) if isinstance(part, Call) and part.function == "sqrt")
    return tuple(dict.fromkeys(node for node in found if by in symbols(node) and not _is_positive(node)))


def _needed(formula: Expression) -> Iterator[tuple[Expression, Relation]]:
    for part in walk(formula):
        match part:
            case Quotient(_, bottom):
                yield bottom, "≠"
            case Power(base, exponent):
                value = rational(exponent)
                if value is None or value.q != 1:
                    yield base, ">"
                elif value < 0:
                    yield base, "≠"
            case Call(function, (argument, *_)) if function in FUNCTIONS:
                domain_ = FUNCTIONS[function].domain
                if domain_:
                    yield argument, ">" if domain_ == "positive" else "≥"
            case _:
                pass


def _is_positive(node: Expression) -> bool:
    space = Space()
    try:
        (value,) = space.convert(node)
    except TooLarge:
        return False
    return space.is_positive(value.top) and space.is_positive(value.bottom)


def _bound(node: Expression, relation: Relation, by: Name) -> Bound | None:
    if _is_positive(node) or (rational(node) or 0) > 0:
        return None
    found = zero_of(node, by) if by in symbols(node) else None
    if found is None:
        return Bound(node, relation, ZERO) if symbols(node) else None
    point, rises = found
    return Bound(Symbol(by), relation if rises else TURNED[relation], point)
