"""How far two expressions of one shape lie apart: a line's formula, and the same with printed numbers put in.

sigmoid(1 - r) and sigmoid(1) cannot be told apart where r is below any ball around them, but their difference is that
of the arguments times a slope between them: the mean value theorem, applied down the tree until the numbers are met.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce

from solver.expression import Call, Expression, Negate, Power, Product, Quotient, Sum, Symbol
from solver.functions import FUNCTIONS
from solver.names import Name, QuantityName
from solver.near import Near, Real, between
from solver.tidy import rational

Work = Callable[[Expression, Mapping[QuantityName, "Real | Near"]], "Real | Near"]
"""The value of an expression, some of its names taken from what is handed in."""
OWN, MAX_POWER = Name("own"), 64


def apart(left: Expression, right: Expression, work: Work) -> Real | Near:
    """left - right: part by part where the two have one shape, else from their values."""
    distance = partial(apart, work=work)

    def value(node: Expression) -> Real | Near:
        return work(node, {})

    match left, right:
        case Negate(one), Negate(other):
            return -distance(one, other)
        case Sum(terms), Sum(others) if [term.sign for term in terms] == [term.sign for term in others]:
            pairs = zip(terms, others, strict=True)
            return reduce(operator.add, [distance(one.value, other.value) * one.sign for one, other in pairs])
        case Product(factors), Product(others) if len(factors) == len(others):
            return _of_product([(value(a), value(b), distance(a, b)) for a, b in zip(factors, others, strict=True)])
        case Quotient(top, bottom), Quotient(other, under):
            return (distance(top, other) - distance(bottom, under) * (value(other) / value(under))) / value(bottom)
        case Power(base, exponent), Power(other, same) if exponent == same and _is_product(exponent):
            pair = (value(base), value(other), distance(base, other))
            return _of_product([pair] * int(rational(exponent) or 0))
        case Call(function, arguments), Call(again, others) if function == again and len(arguments) == len(others):
            return _of_call(left, right, work)
        case _:
            return value(left) - value(right)


def _of_product(factors: Sequence[tuple[Real | Near, Real | Near, Real | Near]]) -> Real | Near:
    """a*b - c*d = (a - c)*b + c*(b - d), from one factor to the next; each with its distance."""
    value, other, distance = factors[0]
    for factor, its_other, its_distance in factors[1:]:
        distance = distance * factor + its_distance * other
        value, other = value * factor, other * its_other
    return distance


def _of_call(left: Call, right: Call, work: Work) -> Real | Near:
    """f(a) - f(b) = f'(x)*(a - b) for an x between the two; of several arguments a slope for each.

    The mean value theorem holds along the way from one to the other, for every slope is enclosed over all of the box
    that holds the way; where a kink may lie in it, the slope stays undecided.
    """
    row = FUNCTIONS[left.function]
    pairs = list(zip(row.arguments(left), row.arguments(right), strict=True))
    inside: dict[QuantityName, Real | Near] = {
        Name(f"u{pairs.index(pair)}"): between(*(work(side, {}) for side in pair)) for pair in pairs
    }
    call = Call(left.function, tuple(Symbol(Name(f"u{pairs.index(pair)}")) for pair in pairs))
    inside[OWN] = work(call, inside)
    distances: dict[QuantityName, Real | Near] = {
        Name(f"u{place}"): apart(*pair, work) for place, pair in enumerate(pairs)
    }
    slopes = [
        (work(slope, inside), distances[argument.name])
        for argument, slope in row.local(call, Symbol(OWN))
        if isinstance(argument, Symbol)
    ]
    return reduce(operator.add, [slope * distance for slope, distance in slopes])


def _is_product(exponent: Expression) -> bool:
    """Whether a power is that many factors."""
    value = rational(exponent)
    return value is not None and value.q == 1 and 0 < value <= MAX_POWER
