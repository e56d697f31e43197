"""The derivative of a formula as a reader finds it: value and slope carried along together, by rules of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb, fmpq

from solver.readback import numbers
from solver.readback.beside import ball
from solver.readback.numbers import Number, Terms, Unreadable
from solver.readback.tex import Grid, Literal, Named, Node, Operator, Tree

ZERO, ONE = fmpq(0), fmpq(1)
Dual = tuple[Number, Number]
"""A value and its derivative."""


def slope(tree: Tree, by: str, value_of: Callable[[str], Terms]) -> Number:
    """The derivative of a formula by a name, at the values of its names. Raises Unreadable where it has none."""
    return _dual(tree, by, value_of)[1]


def slopes_of(word: str, values: list[Number]) -> list[Number]:
    """The derivative of a function by each of its arguments; at a kink the one that is taught."""
    if word in ("max", "min"):
        best = numbers.call(word, values)
        first = next(place for place, value in enumerate(values) if not numbers.differ(value, best))
        return [ONE if place == first else ZERO for place in range(len(values))]
    if word == "softmax":
        _, *units = values
        share = numbers.call(word, values)  # its own argument counts twice: above the line and below it
        return [share, *(-share * numbers.call(word, [unit, *units]) for unit in units)]
    if word not in SLOPES:
        raise Unreadable(f"the derivative of {word} is not known")
    found = SLOPES[word](*values)
    return list(found) if isinstance(found, tuple) else [found]


def _dual(tree: Tree, by: str, value_of: Callable[[str], Terms]) -> Dual:
    match tree:
        case Literal(value):
            return value, ZERO
        case Named(name):
            return numbers.number(value_of(name)), ONE if name == by else ZERO
        case Operator():
            raise Unreadable("a derivative to be taken")
        case Grid():
            raise Unreadable("a matrix where a number is needed")
        case Node(operation, parts):
            return _combined(operation, [_dual(part, by, value_of) for part in parts])


def _combined(operation: str, parts: list[Dual]) -> Dual:
    first, *rest = parts or [(arb.pi(), ZERO)]
    match operation:
        case "pi":
            return first
        case "-":
            return -first[0], -first[1]
        case "+":
            return sum((value for value, _ in parts), ZERO), sum((moved for _, moved in parts), ZERO)
        case "*":
            value, moved = first
            for other, other_moved in rest:
                value, moved = value * other, moved * other + value * other_moved
            return value, moved
        case "/":
            (top, top_moved), (bottom, bottom_moved) = parts
            if bottom == 0:
                raise Unreadable("division by zero")
            return top / bottom, (top_moved * bottom - top * bottom_moved) / bottom**2
        case "^":
            return _power(*parts)
        case word:
            values = [value for value, _ in parts]
            pairs = zip(slopes_of(word, values), parts, strict=False)
            return numbers.call(word, values), sum((by_part * moved for by_part, (_, moved) in pairs), ZERO)


def _power(base: Dual, exponent: Dual) -> Dual:
    (value, moved), (power, power_moved) = base, exponent
    raised = numbers.number(numbers.power(numbers.plain(value), numbers.plain(power)))
    slope: Number = ZERO
    if moved != 0:
        lower = numbers.number(numbers.power(numbers.plain(value), numbers.plain(power - 1)))
        slope = power * lower * moved
    if power_moved != 0:
        slope = slope + raised * ball(value).log() * power_moved
    return raised, slope


def _by_side(above: int, below: int) -> Callable[[Number], Number]:
    """One slope above zero, another below; at zero itself 0."""
    return lambda u: fmpq({1: above, -1: below, 0: 0}[numbers.side(u)])


def _elu(u: Number, a: Number = numbers.ALPHA) -> tuple[Number, Number]:
    return (ONE, ZERO) if numbers.side(u) > 0 else (a * ball(u).exp(), ball(u).exp() - 1) if u != 0 else (a, ZERO)


def _leaky(u: Number, a: Number = numbers.LEAK) -> tuple[Number, Number]:
    return (ONE, ZERO) if numbers.side(u) > 0 else (a, u)


def _bell(u: Number) -> arb:
    """2/sqrt(pi)*e^(-u^2), the slope of erf."""
    return 2 / arb.pi().sqrt() * (-(ball(u) ** 2)).exp()


def _steady(u: Number) -> Number:
    return numbers.call("sigmoid", [u])


SLOPES: Mapping[str, Callable[..., Number | tuple[Number, ...]]] = {
    "exp": lambda u: ball(u).exp(),
    "ln": lambda u: 1 / ball(u),
    "log_2": lambda u: 1 / (ball(u) * arb(2).log()),
    "log_{10}": lambda u: 1 / (ball(u) * arb(10).log()),
    "sqrt": lambda u: 1 / (2 * ball(u).sqrt()),
    "sin": lambda u: ball(u).cos(),
    "cos": lambda u: -ball(u).sin(),
    "tan": lambda u: 1 / ball(u).cos() ** 2,
    "erf": _bell,
    "erfc": lambda u: -_bell(u),
    "abs": _by_side(1, -1),
    "sign": _by_side(0, 0),
    "step": _by_side(0, 0),
    "relu": _by_side(1, 0),
    "leakyrelu": _leaky,
    "elu": _elu,
    "linear": lambda _: ONE,
    "tanh": lambda u: 1 / ball(u).cosh() ** 2,
    "sigmoid": lambda u: _steady(u) * _steady(-u),
    "softplus": _steady,
    "swish": lambda u: _steady(u) * (1 + u * _steady(-u)),
    "gelu": lambda u: (-ball(u) / arb(2).sqrt()).erfc() / 2 + u * (-(ball(u) ** 2) / 2).exp() / (2 * arb.pi()).sqrt(),
}
"""By the word that is printed, in lower case."""
