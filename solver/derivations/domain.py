"""A formula -> where it has a value: conditions on its variable, as simple as they get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from solver.derivations.fraction import Fraction, TooLarge
from solver.derivations.normal import Space
from solver.derivations.roots import zero_of
from solver.derivations.written import write
from solver.expression import (
    ZERO,
    Call,
    Expression,
    Power,
    Quotient,
    Sum,
    Symbol,
    integer,
    substitute,
    symbols,
    walk,
)
from solver.functions import FUNCTIONS
from solver.mathtext import text
from solver.names import Name, QuantityName
from solver.tidy import rational

Relation = Literal[">", "<", "≥", "≤", "≠"]
TURNED: dict[Relation, Relation] = {">": "<", "≥": "≤", "≠": "≠", "<": ">", "≤": "≥"}


@dataclass(frozen=True, slots=True)
class Bound:
    """left relation right."""

    left: Expression
    relation: Relation
    right: Expression


def domain(formula: Expression, by: Sequence[Name], not_negative: Sequence[Name] = ()) -> tuple[Bound, ...]:
    """The conditions under which a formula has a value; none where it has one everywhere.

    A condition that is linear in one of the variables, with a number before it, is solved for that variable. Names that
    are known to be `not_negative` are taken for squares.
    """
    squares: dict[QuantityName, Expression] = {name: Power(Symbol(name), integer(2)) for name in not_negative}
    found: dict[str, Bound] = {}
    for node, relation in _needed(formula):
        one = bound(node, relation, by) if bound(substitute(node, squares), relation, by) is not None else None
        if one is not None:
            found.setdefault(f"{text(one.left)} {one.relation} {text(one.right)}", one)
    bounds = list(found.values())
    strict = {text(one.left): one for one in bounds if one.relation in (">", "<") and one.right == ZERO}
    return tuple(
        one for one in bounds
        if one is strict.get(text(one.left), one) or one.relation in (">", "<") or one.right != ZERO
    )  # fmt: skip


def roots_in(formula: Expression, by: Sequence[Name]) -> tuple[Expression, ...]:
    """What stands under a square root, depends on a variable and may be zero."""
    found = (part.arguments[0] for part in walk(formula) if isinstance(part, Call) and part.function == "sqrt")
    return tuple(dict.fromkeys(node for node in found if _moves(node, by) and not _is_positive(node)))


def factor_of_root(formula: Expression, inside: Expression) -> Expression | None:
    """What a square root is multiplied by: b in a + b*sqrt(u); None where the formula has another form."""
    space = Space()
    try:
        value, radicand = space.convert(formula, inside)
    except TooLarge:
        return None
    own = [place for place, atom in enumerate(space.atoms) if atom.radicand is not None and atom.root == 2
           and atom.radicand.key == radicand.key]  # fmt: skip
    used = [space.atoms[place] for place in space.names(value)]
    hidden = any(atom.kind != "symbol" and atom.radicand is None and atom.argument is not None
                 and own and own[0] in space.names(atom.argument) for atom in used)  # fmt: skip
    if len(own) != 1 or hidden or value.bottom.degrees()[own[0]] or value.top.degrees()[own[0]] != 1:
        return None
    return write(Fraction(value.top.derivative(own[0]), value.bottom), "expand", space)


def _moves(node: Expression, by: Sequence[Name]) -> bool:
    read = symbols(node)
    return any(name in read for name in by)


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
            case Call("tan", (argument,)):
                yield Call("cos", (argument,)), "≠"
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


def _is_not_negative(node: Expression) -> bool:
    """Whether a root of a formula is known to have a value: |x|, x^2 - 2*x + 1."""
    match node:
        case Call("abs" | "relu" | "sqrt" | "exp"):
            return True
        case Sum(terms):
            if all(term.sign > 0 and _is_not_negative(term.value) for term in terms):
                return True
    space = Space()
    try:
        (value,) = space.convert(node)
    except TooLarge:
        return False
    number, factors = (value.top * value.bottom).factor()
    return bool(number > 0) and all(count % 2 == 0 or space.is_positive(factor) for factor, count in factors)


def bound(node: Expression, relation: Relation, by: Sequence[Name]) -> Bound | None:
    """The condition, solved for a variable in which it is linear; None where it always holds."""
    if _is_positive(node) or (rational(node) or 0) > 0 or (relation == "≥" and _is_not_negative(node)):
        return None
    for name in by:
        found = zero_of(node, name) if name in symbols(node) else None
        if found is not None:
            point, rises = found
            return Bound(Symbol(name), relation if rises else TURNED[relation], point)
    return Bound(node, relation, ZERO) if symbols(node) else None
