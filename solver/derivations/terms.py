"""A derivative -> the same in terms of the function itself, or of other quantities: y' = y*(1 - y).

The exponential in the formula of the quantity is solved for and put into the derivative: with p = 1/(1 + t) is
t = (1 - p)/p. For a sigmoid that is the partial fractions in t which one does by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd

from flint import fmpq

from solver.derivations.fraction import (
    CONTEXT,
    Fraction,
    TooLarge,
    inverse,
    lowered,
    lowest,
    negative,
    plus,
    polynomial_form,
    times,
)
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.written import polynomial, write
from solver.expression import ONE, Expression, Power, Product, Quotient, rebuild, substitute
from solver.names import Name, QuantityName
from solver.tidy import tidy


@dataclass(frozen=True, slots=True)
class Target:
    """What a result is to be written with: `f(x)` or `p`, and the formula it stands for."""

    shown: Expression
    formula: Expression


@dataclass(frozen=True, slots=True)
class Found:
    """A result in terms of the targets: with their formulas written out, with their names, and factored."""

    spelled: Expression
    named: Expression
    factored: Expression
    is_polynomial: bool


def replaced(node: Expression, targets: Sequence[Target]) -> Expression:
    """Each formula of a target that stands literally in an expression, replaced by the target."""
    for target in targets:
        if node == target.formula:
            return target.shown
    return rebuild(node, lambda part: replaced(part, targets))


def in_terms(result: Expression, targets: Sequence[Target], meaning: Meaning, by: Name) -> Found | None:
    """The result with every target put in; None where a target does not help."""
    space = Space(meaning.spellings())
    try:
        value, *formulas = space.convert(result, *(target.formula for target in targets))
        places: dict[QuantityName, Target] = {}
        for place, target in enumerate(targets):
            name = Name("\0", (str(place),))
            places[name] = target
            own = space.symbol(name)
            found = _eliminated(space, [value, *formulas[place + 1 :]], formulas[place], own, by)
            if found is None:
                return None
            value, *formulas[place + 1 :] = found
    except (TooLarge, ZeroDivisionError):
        return None
    shown = {name: target.shown for name, target in places.items()}
    spelled = {name: target.formula for name, target in places.items()}
    expanded = write(value, "expand", space)
    return Found(
        tidy(_powers_inside(substitute(expanded, spelled))),
        tidy(substitute(expanded, shown)),
        tidy(substitute(_common_factor(value, space), shown)),
        not any(value.bottom.degrees()) and any(place_name in _names(value, space) for place_name in places),
    )


def _powers_inside(node: Expression) -> Expression:
    """(1/h)^2 -> 1/h^2"""
    match node:
        case Power(Quotient(top, bottom), exponent) if top == ONE:
            return Quotient(top, Power(_powers_inside(bottom), exponent))
        case _:
            return rebuild(node, _powers_inside)


def _names(value: Fraction, space: Space) -> set[QuantityName | None]:
    return {space.atoms[place].name for place in space.names(value)}


def _eliminated(
    space: Space, values: list[Fraction], formula: Fraction, own: Fraction, by: Name
) -> list[Fraction] | None:
    """The values with an atom of the formula expressed by the quantity itself; else their ratio to the quantity."""
    for place in sorted(space.names(formula), key=lambda p: (space.atoms[p].kind != "exp", p)):
        atom = space.atoms[place]
        moving = atom.name == by or (atom.argument is not None and space.reads(atom.argument, by))
        if not moving or atom.radicand is not None:
            continue
        power = reduce(gcd, (p for value in [formula, *values] for p in _powers(value, place)), 0)
        solved = _solved(formula, place, power, own)
        if solved is not None:
            return [_put_in(value, place, power, solved) for value in values]
    ratios = [lowest(times(value, inverse(formula))) for value in values]
    kept = [
        not any(space.atoms[place].kind in ("exp", "ln") and space.reads(space.atoms[place].argument or formula, by)
                for place in space.names(ratio) if space.atoms[place].kind in ("exp", "ln"))
        for ratio in ratios
    ]  # fmt: skip
    return [lowest(times(ratio, own)) for ratio in ratios] if all(kept) else None


def _powers(value: Fraction, place: int) -> Iterator[int]:
    for polynomial_ in (value.top, value.bottom):
        yield from (powers[place] for powers in polynomial_.to_dict())


def _solved(formula: Fraction, place: int, power: int, own: Fraction) -> Fraction | None:
    """t^k from own = (n0 + n1*t^k)/(d0 + d1*t^k); None where t^k stands in a higher power."""
    if not power or any(p not in (0, power) for p in _powers(formula, place)):
        return None
    parts: list[Fraction] = []
    for side in (formula.top, formula.bottom):
        terms: dict[int, dict[tuple[int, ...], fmpq]] = {0: {}, power: {}}
        for powers, coefficient in side.to_dict().items():
            terms[powers[place]][(*powers[:place], 0, *powers[place + 1 :])] = coefficient
        parts.extend(polynomial_form(CONTEXT.from_dict(terms[p])) for p in (0, power))
    n0, n1, d0, d1 = parts
    divisor = plus(n1, negative(times(own, d1)))
    return lowest(times(plus(times(own, d0), negative(n0)), inverse(divisor)))


def _put_in(value: Fraction, place: int, power: int, solved: Fraction) -> Fraction:
    top, bottom = (lowered(side, place, power, solved) for side in (value.top, value.bottom))
    return lowest(times(top, inverse(bottom)))


def _common_factor(value: Fraction, space: Space) -> Expression:
    """y - y^2 -> y*(1 - y): what all terms have in common in front, nothing else factored."""
    terms = value.top.to_dict()
    common = tuple(min(powers) for powers in zip(*terms, strict=True)) if terms else ()
    if len(terms) < 2 or not any(common):
        return write(value, "single fraction", space)
    whole = [int(coefficient.p) if coefficient.q == 1 else 1 for coefficient in terms.values()]
    front = CONTEXT.from_dict({common: fmpq(reduce(gcd, whole, 0))})
    rest = polynomial(value.top / front, space)
    bottom = write(polynomial_form(value.bottom), "factor", space)
    outside = polynomial(front, space)
    product = Product((*(outside.factors if isinstance(outside, Product) else (outside,)), rest))
    return product if not any(value.bottom.degrees()) else Quotient(product, bottom)
