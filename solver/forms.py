"""Sums of products of powers: c*e^q*atom^k*..., times powers of such sums. What is zero in them is zero for good.

An exponential of a fraction is a power of the one atom e; so e^0.3*e^0.2 and e^0.5 are one. Other atoms are ln(2),
erf(0.7), what is not given. A form whose terms all cancel is zero, whatever its atoms are. A form left with terms in
powers of e alone is not: for distinct fractions q_i and c_i other than zero, c_1*e^q_1 + ... + c_n*e^q_n is not zero
(Lindemann-Weierstrass; Baker, Transcendental Number Theory (1975), theorem 1.4).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq, fmpz

Atom = tuple[Any, ...]
Monomial = frozenset[tuple[Atom, fmpq]]
Terms = Mapping[Monomial, fmpq]
Frozen = frozenset[tuple[Monomial, fmpq]]

E: Atom = ("e",)
UNIT: Monomial = frozenset()
ONE = fmpq(1)
MAX_TERMS, MAX_POWER = 600, 64
"""A form longer than this is given up."""


class TooLong(ArithmeticError):
    """A form that is not followed any further."""


@dataclass(frozen=True, slots=True)
class Form:
    """The sum of `terms`, times each of `factors` to its power; a factor begins with the term 1."""

    terms: Terms
    factors: Mapping[Frozen, int] = field(default_factory=dict)

    def key(self) -> Hashable:
        return frozenset(self.terms.items()), frozenset(self.factors.items())


def number(value: fmpq) -> Form:
    return Form({UNIT: value} if value != 0 else {})


def atom(name: Atom, power: fmpq = ONE) -> Form:
    return Form({frozenset({(name, power)}): fmpq(1)})


def add(left: Form, right: Form) -> Form:
    """The sum, over the factors that both have."""
    shared = {
        factor: min(left.factors.get(factor, 0), right.factors.get(factor, 0))
        for factor in {*left.factors, *right.factors}
    }
    sides = [
        _spread(form, {f: form.factors.get(f, 0) - power for f, power in shared.items()}) for form in (left, right)
    ]
    return Form(_sum(*sides), {factor: power for factor, power in shared.items() if power})


def multiply(left: Form, right: Form) -> Form:
    powers = {f: left.factors.get(f, 0) + right.factors.get(f, 0) for f in {*left.factors, *right.factors}}
    return Form(_product(left.terms, right.terms), {factor: power for factor, power in powers.items() if power})


def negate(form: Form) -> Form:
    return multiply(form, number(fmpq(-1)))


def invert(form: Form) -> Form:
    """One over a form that is known not to be zero."""
    if not form.terms:
        raise TooLong("one over zero")
    value, monomial, factor = _led(form.terms)
    powers = {f: -power for f, power in form.factors.items()}
    if factor is not None:
        powers[factor] = powers.get(factor, 0) - 1
    over = frozenset((name, -power) for name, power in monomial)
    return Form({over: 1 / value}, {f: power for f, power in powers.items() if power})


def raise_to(form: Form, exponent: int) -> Form:
    if abs(exponent) > MAX_POWER:
        raise TooLong("a high power")
    base, power = (form, exponent) if exponent >= 0 else (invert(form), -exponent)
    found = number(fmpq(1))
    for _ in range(power):
        found = multiply(found, base)
    return found


def exponential(form: Form) -> Form:
    """e^(a + b) = e^a*e^b, e^(k*ln(P)) = P^k; what is left is a power of an atom."""
    found = number(fmpq(1))
    for monomial, value in form.terms.items():
        if not form.factors and monomial == UNIT:
            part = atom(E, value)
        elif not form.factors and (logarithm := _only(monomial, "ln")) and value.q == 1 and abs(value) <= MAX_POWER:
            _, inside = logarithm
            if isinstance(inside, frozenset):
                part = Form({UNIT: fmpq(1)}, {inside: int(value.p)})
            else:
                part = number(fmpq(inside) ** int(value.p))
        else:
            part = atom(("exp", Form({monomial: fmpq(1)}, form.factors).key()), value)
        found = multiply(found, part)
    return found


def logarithm(form: Form) -> Form:
    """ln(a*b^k) = ln|a| + k*ln|b| of a form that is known to be positive."""
    if not form.terms:
        raise TooLong("the logarithm of zero")
    value, monomial, factor = _led(form.terms)
    found = _logarithm_of(abs(value))
    powers = {**form.factors}
    if factor is not None:
        powers[factor] = powers.get(factor, 0) + 1
    for own, power in monomial:
        match own:
            case ("e",):
                part = number(power)
            case ("exp", (terms, factors)):
                part = multiply(Form(dict(terms), dict(factors)), number(power))
            case _:
                part = multiply(atom(("ln", own)), number(power))
        found = add(found, part)
    for own_factor, times in powers.items():
        name: Atom = ("ln", own_factor) if _is_positive(own_factor) else ("ln||", own_factor)
        found = add(found, multiply(atom(name), number(fmpq(times))))
    return found


def root(form: Form) -> Form:
    """The square root, where it is a product of powers; else an atom whose square it is not known to be."""
    if len(form.terms) == 1 and all(power % 2 == 0 and _is_positive(f) for f, power in form.factors.items()):
        ((monomial, value),) = form.terms.items()
        top, bottom = math.isqrt(max(int(value.p), 0)), math.isqrt(int(value.q))
        if top * top == value.p and bottom * bottom == value.q and all(_is_power_of_e(own) for own, _ in monomial):
            halved = frozenset((own, power / 2) for own, power in monomial)
            return Form({halved: fmpq(top, bottom)}, {f: power // 2 for f, power in form.factors.items()})
    return atom(("sqrt", form.key()))


def rational(form: Form) -> fmpq | None:
    """The fraction that a form is identically; None where it is none, or not known to be."""
    over = {f: -power for f, power in form.factors.items() if power < 0}
    top = _spread(form, {f: max(power, 0) for f, power in form.factors.items()})
    bottom = _spread(number(fmpq(1)), over)
    if not top:
        return fmpq(0)
    lead = next(iter(bottom))
    value = top.get(lead, fmpq(0)) / bottom[lead]
    return value if not _sum(top, {m: -value * c for m, c in bottom.items()}) else None


def is_zero(form: Form) -> bool | None:
    """Whether a form is zero; None where it is open."""
    if not form.terms:
        return True
    if _in_e_alone(form.terms):
        return False
    return _logarithms_vanish(form.terms)


def leads_negative(form: Form) -> bool:
    """Whether the first term has a minus: of x and -x one has."""
    return bool(form.terms) and form.terms[_lead(form.terms)] < 0


def _logarithms_vanish(terms: Terms) -> bool | None:
    """d + k_1*ln|P_1| + ... = 0 exactly where P_1^2k_1*... = e^-2d, which is a matter of powers of e."""
    scale = math.lcm(*(int(value.q) for monomial, value in terms.items() if monomial != UNIT))
    product = number(fmpq(1))
    for monomial, value in terms.items():
        if monomial == UNIT:
            product = multiply(product, atom(E, 2 * value * scale))
            continue
        found, power = _only(monomial, "ln") or _only(monomial, "ln||"), value * scale
        if found is None or abs(power) > MAX_POWER:
            return None
        _, inside = found
        if isinstance(inside, frozenset):
            part = Form({UNIT: fmpq(1)}, {inside: 2 * int(power.p)})
        elif isinstance(inside, int):
            part = number(fmpq(inside) ** (2 * int(power.p)))
        else:
            return None
        product = multiply(product, part)
    difference = add(product, number(fmpq(-1)))
    return is_zero(Form(difference.terms)) if not difference.terms or _in_e_alone(difference.terms) else None


def _in_e_alone(terms: Terms) -> bool:
    return all(own == E for monomial in terms for own, _ in monomial)


def _is_power_of_e(own: Atom) -> bool:
    return own[0] in ("e", "exp")


def _is_positive(factor: Frozen) -> bool:
    """Whether a sum is positive for certain: one of positive numbers times powers of e."""
    return all(value > 0 and all(_is_power_of_e(own) for own, _ in monomial) for monomial, value in factor)


def _only(monomial: Monomial, word: str) -> Atom | None:
    """The atom that a monomial is, where it is one with this word."""
    if len(monomial) != 1:
        return None
    ((own, power),) = monomial
    return own if own[0] == word and power == 1 else None


def _logarithm_of(value: fmpq) -> Form:
    """ln(12) = 2*ln(2) + ln(3)"""
    if value.height_bits() > 64:
        return atom(("ln", str(value)))
    found = number(fmpq(0))
    for part, sign in ((value.p, 1), (value.q, -1)):
        for prime, power in fmpz(part).factor():
            found = add(found, multiply(atom(("ln", int(prime))), number(fmpq(sign * int(power)))))
    return found


def _led(terms: Terms) -> tuple[fmpq, Monomial, Frozen | None]:
    """A sum as number * powers of e * (1 + ...); None for a sum of one term, of which all stands in front."""
    lead = _lead(terms)
    if len(terms) == 1:
        return terms[lead], lead, None
    front = frozenset((own, power) for own, power in lead if _is_power_of_e(own))
    over = frozenset((own, -power) for own, power in front)
    value = terms[lead]
    return value, front, frozenset((_joined(m, over), c / value) for m, c in terms.items())


def _lead(terms: Terms) -> Monomial:
    """The first term in an order that stays the same when all terms are multiplied by one power of atoms."""
    atoms = sorted({own for monomial in terms for own, _ in monomial}, key=repr)
    return min(terms, key=lambda monomial: [dict(monomial).get(own, fmpq(0)) for own in atoms])


def _spread(form: Form, factors: Mapping[Frozen, int]) -> Terms:
    """The terms of a form multiplied by factors."""
    terms = form.terms
    for factor, power in factors.items():
        if power > MAX_POWER:
            raise TooLong("a high power")
        for _ in range(power):
            terms = _product(terms, dict(factor))
    return terms


def _sum(left: Terms, right: Terms) -> Terms:
    return _gathered([*left.items(), *right.items()])


def _product(left: Terms, right: Terms) -> Terms:
    if len(left) * len(right) > MAX_TERMS * MAX_TERMS:
        raise TooLong("a long product")
    return _gathered((_joined(m, n), a * b) for m, a in left.items() for n, b in right.items())


def _gathered(terms: Iterable[tuple[Monomial, fmpq]]) -> Terms:
    found: dict[Monomial, fmpq] = {}
    for monomial, value in terms:
        found[monomial] = found[monomial] + value if monomial in found else value
    found = {monomial: value for monomial, value in found.items() if value != 0}
    if len(found) > MAX_TERMS:
        raise TooLong("a long sum")
    return found


def _joined(first: Monomial, second: Monomial) -> Monomial:
    if not first or not second:
        return first or second
    powers = dict(first)
    for own, power in second:
        powers[own] = powers.get(own, fmpq(0)) + power
    return frozenset((own, power) for own, power in powers.items() if power != 0)
