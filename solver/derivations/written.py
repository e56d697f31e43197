"""A normal form -> an expression again, in the form that is asked for: expanded, factored, a single fraction."""

from __future__ import annotations

from typing import Literal

from flint import fmpq, fmpq_mpoly

from solver.derivations.fraction import (
    CONTEXT,
    Fraction,
    constant,
    lowest,
    plus,
    times,
)
from solver.derivations.normal import Atom, Space
from solver.expression import (
    ONE,
    ZERO,
    Call,
    Constant,
    Expression,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
)
from solver.tidy import tidy, written

Form = Literal["factor", "expand", "single fraction"]


def in_form(node: Expression, form: Form, space: Space | None = None) -> Expression:
    """An expression in the form that is asked for. Raises TooLarge."""
    space = space or Space()
    (value,) = space.convert(node)
    return write(value, form, space)


def write(value: Fraction, form: Form, space: Space) -> Expression:
    """A normal form of a space as an expression."""
    value = lowest(value)
    if form == "factor":
        return tidy(_quotient(_factored(value.top, space), _factored(value.bottom, space)))
    if form == "single fraction":
        return tidy(_quotient(polynomial(value.top, space), _factored(value.bottom, space)))
    if value.top.is_zero():
        return ZERO
    bottom = _factored(value.bottom, space)
    terms = []
    for sign, part in _ordered(value.top, space):
        cancelled = lowest(Fraction(part, value.bottom))
        if cancelled.bottom == value.bottom:
            terms.append(Term(sign, _quotient(polynomial(part, space), bottom)))
        else:
            terms.append(Term(sign, _quotient(polynomial(cancelled.top, space), _factored(cancelled.bottom, space))))
    return tidy(Sum(tuple(terms)) if len(terms) > 1 or terms[0].sign < 0 else terms[0].value)


def _quotient(top: Expression, bottom: Expression) -> Expression:
    return top if bottom == ONE else Quotient(top, bottom)


def _factored(value: fmpq_mpoly, space: Space) -> Expression:
    """The polynomial as a product; a factor that would begin with a minus is turned round."""
    if value.is_zero():
        return ZERO
    number, parts = value.factor()
    monomials: fmpq_mpoly = CONTEXT.constant(1)
    factors: list[Expression] = []
    for part, count in parts:
        if len(part) == 1:
            monomials *= part ** int(count)
            continue
        _, first = _ordered(part, space)[0]
        begins_negative = part.to_dict()[next(iter(first.to_dict()))] < 0
        if count % 2 and (begins_negative or (number < 0 and len(part) == 2 and min(part.to_dict().values()) < 0)):
            part, number = -part, -number
        elif begins_negative:
            part = -part
        factor = polynomial(part, space)
        factors.append(factor if count == 1 else Power(factor, integer(int(count))))
    front = polynomial(monomials * abs(number), space)
    if front != ONE or not factors:
        factors = [*(front.factors if isinstance(front, Product) else (front,)), *factors]
    product: Expression = Product(tuple(factors)) if len(factors) > 1 else factors[0]
    return tidy(Sum((Term(-1, product),))) if number < 0 else product


def polynomial(value: fmpq_mpoly, space: Space) -> Expression:
    """The polynomial as a sum of terms."""
    if value.is_zero():
        return ZERO
    terms = tuple(Term(sign, monomial(part, space)) for sign, part in _ordered(value, space))
    return (
        terms[0].value if len(terms) == 1 and terms[0].sign > 0 else tidy(Sum(terms)) if len(terms) == 1 else Sum(terms)
    )


def _ordered(value: fmpq_mpoly, space: Space) -> list[tuple[int, fmpq_mpoly]]:
    """Terms without their signs: by falling powers, a positive one first where there is one; 1 before e^x."""
    found = []
    for powers, coefficient in value.to_dict().items():
        found.append((-1 if coefficient < 0 else 1, CONTEXT.from_dict({powers: abs(coefficient)})))
    if all(space.atoms[place].kind == "exp" for place, power in enumerate(value.degrees()) if power):
        found.reverse()
    if found[0][0] < 0 and any(sign > 0 for sign, _ in found):
        found.reverse() if found[-1][0] > 0 else found.sort(key=lambda item: -item[0])
    return found


def monomial(value: fmpq_mpoly, space: Space) -> Expression:
    """A positive number times powers of atoms; exponentials are put together: e^x * e^(-2y) -> e^(x - 2y)."""
    ((powers, coefficient),) = value.to_dict().items()
    above: list[Expression] = []
    below: list[Expression] = []
    exponent = constant(fmpq(0))
    for place, power in enumerate(powers):
        atom = space.atoms[place] if power else None
        if atom is None:
            continue
        if atom.kind == "exp" and atom.radicand is None and atom.argument is not None:
            base = _power_of_number(atom, power, space)
            if base is None:
                exponent = plus(exponent, times(constant(fmpq(power)), atom.argument))
            else:
                above.append(base)
        else:
            above.append(_atom_to(atom, power, space))
    if not exponent.top.is_zero():
        above.append(Call("exp", (write(lowest(exponent), "expand", space),)))
    top, bottom = fmpq(int(coefficient.p)), fmpq(int(coefficient.q))
    if top != 1 or not above:
        above.insert(0, written(top))
    if bottom != 1:
        below.insert(0, written(bottom))
    product: Expression = Product(tuple(above)) if len(above) > 1 else above[0]
    return Quotient(product, below[0]) if below else product


def _power_of_number(atom: Atom, power: int, space: Space) -> Expression | None:
    """2^x, which is held as e^(x*ln 2); x^n, which is held as e^(n*ln x)."""
    assert atom.argument is not None
    places = [place for place in space.names(atom.argument) if space.atoms[place].kind == "ln"]
    if len(places) != 1 or atom.argument.top.degrees()[places[0]] != 1:
        return None
    logarithm = space.atoms[places[0]]
    assert logarithm.argument is not None
    rest = lowest(Fraction(atom.argument.top.derivative(places[0]), atom.argument.bottom))
    if places[0] in space.names(rest):
        return None
    base = write(logarithm.argument, "expand", space)
    return Power(base, write(times(rest, constant(fmpq(power))), "expand", space))


def _atom_to(atom: Atom, power: int, space: Space) -> Expression:
    if atom.radicand is not None:
        base = write(atom.radicand, "expand", space)
        if atom.root == 2 and power == 1:
            return Call("sqrt", (base,))
        return Power(base, written(fmpq(power, atom.root)))
    node = _of_atom(atom, space)
    return node if power == 1 else Power(node, integer(power))


def _of_atom(atom: Atom, space: Space) -> Expression:
    if atom.kind == "symbol" and atom.name is not None:
        return Symbol(atom.name)
    if atom.argument is None:
        return Constant(atom.kind)
    return Call(atom.kind, (write(atom.argument, "expand", space),))
