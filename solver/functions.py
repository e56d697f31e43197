"""The functions table: one row each with value, local derivative, printed form, domain and source."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, Literal

from flint import arb, fmpq

from solver.expression import (
    ONE,
    ZERO,
    Call,
    Expression,
    Negate,
    Product,
    Quotient,
    Sum,
    Term,
    substitute,
)
from solver.names import Name
from solver.parse import parse_expression

GOODFELLOW = "Goodfellow, Bengio and Courville, Deep Learning (2016)"
DLMF = "NIST Digital Library of Mathematical Functions"
U, A, F = Name("u"), Name("a"), Name("f")

Ball = Callable[..., arb]
Exact = Callable[..., "fmpq | None"]
Partials = Callable[[Sequence[Expression], Expression], Iterator[tuple[int, Expression]]]


class Undecided(ArithmeticError):
    """The ball is too wide to tell which case applies; the caller evaluates again with more bits."""


@dataclass(frozen=True, slots=True)
class Cases:
    """What a function is above, below and at zero of its argument, as formulas in `u` and `a`.

    The derivative of a case is the derivative there; at zero that is the convention taught, and a kink is said on the
    page with the `slope` that is taken. `smooth` is the parameter with which there is no kink: elu with alpha 1.
    """

    above: str
    below: str
    at: str
    slope: str = "0"
    smooth: str = ""

    def of(self, sign: int) -> Expression:
        return formula_of(self.above if sign > 0 else self.below if sign < 0 else self.at)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one argument, of one and an optional parameter, or of several.

    `ball` maps balls to a ball that holds every value; `exact` maps fractions to a fraction where the value is
    rational by a known rule, else None. Formulas are written in `u`, the argument, `a`, the parameter, and `f`, the
    function's own value: `derivative` by the argument, `by_parameter` by the parameter, `formula` what the function is
    spelled out on the board, where that helps. `default` is the parameter where it is left out. A function with
    `cases` or one that is `chosen` among its arguments is worked by the case that applies. `partials` yields the
    place of an argument with the derivative by it, for functions of several arguments, and `spells` spells those out.
    `domain` says what the argument must be, `word` is the name in running text, `activation` whether a unit may carry
    it; `least` and `most` count the arguments.
    """

    name: str
    word: str
    ball: Ball
    derivative: str
    source: str
    exact: Exact = lambda *_: None
    formula: str = ""
    domain: Literal["", "positive", "not negative"] = ""
    activation: bool = False
    default: str = ""
    by_parameter: str = ""
    cases: Cases | None = None
    chosen: Callable[[Sequence[Any]], int] | None = None
    partials: Partials | None = None
    spells: Callable[[Sequence[Expression]], Expression] | None = None
    least: int = 1
    most: int | None = 1

    def arguments(self, call: Call) -> tuple[Expression, ...]:
        """The arguments of a call of this function, the parameter that is left out among them."""
        left_out = self.default and len(call.arguments) == 1
        return (*call.arguments, formula_of(self.default)) if left_out else call.arguments

    def local(self, call: Call, own: Expression) -> Iterator[tuple[Expression, Expression]]:
        """Each argument with the derivative of the function by it; `own` stands for the function's value."""
        arguments = self.arguments(call)
        if self.partials:
            yield from ((arguments[place], partial) for place, partial in self.partials(arguments, own))
            return
        for argument, derivative in zip(arguments, (self.derivative, self.by_parameter), strict=False):
            yield argument, self.filled(formula_of(derivative), call, own)

    def spelled(self, call: Call) -> Expression | None:
        """The call as its formula; None where the word says it all."""
        if self.spells:
            return self.spells(call.arguments)
        return self.filled(formula_of(self.formula), call) if self.formula else None

    def filled(self, formula: Expression, call: Call, own: Expression = ZERO) -> Expression:
        """A formula in `u`, `a` and `f` with the arguments of a call in their places."""
        return substitute(formula, {F: own, **dict(zip((U, A), self.arguments(call), strict=False))})


@lru_cache(maxsize=256)
def formula_of(text: str) -> Expression:
    """A formula of this table as a tree."""
    return parse_expression(text)


def sign_of(u: Any) -> int:
    """1, -1 or 0. Raises Undecided where a ball holds zero and more."""
    if u > 0:
        return 1
    if u < 0:
        return -1
    if u == 0:
        return 0
    raise Undecided("the sign of an argument")


def _at(point: int, value: int) -> Callable[[fmpq], fmpq | None]:
    return lambda u: fmpq(value) if u == point else None


def _root(u: fmpq) -> fmpq | None:
    top, bottom = math.isqrt(int(u.p)), math.isqrt(int(u.q))
    return fmpq(top, bottom) if top * top == u.p and bottom * bottom == u.q else None


def _sigmoid(u: arb) -> arb:
    return 1 / (1 + (-u).exp()) if u > 0 else 1 - 1 / (1 + u.exp()) if u > -1 else u.exp() / (1 + u.exp())


def _leaky(u: arb, a: arb) -> arb:
    """Either branch where the sign of the argument is open."""
    return u if u > 0 else a * u if u < 0 else u.union(a * u)


def _elu(u: arb, a: arb) -> arb:
    return u if u > 0 else a * u.expm1() if u < 0 else u.union(a * u.expm1())


def _gelu(u: arb) -> arb:
    """z/2*(1 + erf(z/sqrt(2))); with erfc no digits are lost far below zero."""
    return u / 2 * (-u / arb(2).sqrt()).erfc()


def _softmax(own: arb, *units: arb) -> arb:
    """exp(own)/(exp(z_1) + ...), the fraction cancelled by exp(own), so that nothing grows; one unit alone has 1."""
    return arb(1) if len(units) == 1 else 1 / sum(((unit - own).exp() for unit in units), arb(0))


def _equal_shares(own: fmpq, *units: fmpq) -> fmpq | None:
    return fmpq(1, len(units)) if all(unit == own for unit in units) else None


def _first(beats: Callable[[fmpq | arb, fmpq | arb], bool]) -> Callable[[Sequence[fmpq | arb]], int]:
    """The place of the largest (or smallest) value; of equal ones the first. Raises Undecided."""

    def place(values: Sequence[fmpq | arb]) -> int:
        best = 0
        for place in range(1, len(values)):
            if beats(values[place], values[best]):
                best = place
            elif not (beats(values[best], values[place]) or values[best] == values[place]):
                raise Undecided("which of two arguments is larger")
        return best

    return place


def _chosen(sign: int) -> Partials:
    """d max(u_1, ...)/d u_i = 1 where u_i is the first of the largest, else 0: a product of steps, one a rival."""

    def partials(arguments: Sequence[Expression], _: Expression) -> Iterator[tuple[int, Expression]]:
        for place, argument in enumerate(arguments):
            steps: list[Expression] = []
            for other, rival in enumerate(arguments):
                if other == place:
                    continue
                first, second = (argument, rival) if (other < place) == (sign > 0) else (rival, argument)
                lead = first if second == ZERO else Sum((Term(1, first), Term(-1, second)))
                ahead = Call("step", (lead,))
                steps.append(ahead if other < place else Sum((Term(1, ONE), Term(-1, ahead))))
            yield place, Product(tuple(steps)) if len(steps) > 1 else steps[0]

    return partials


def _shares(arguments: Sequence[Expression], own: Expression) -> Iterator[tuple[int, Expression]]:
    """p*(1 - p) by the unit's own argument, -p*p_j by that of another unit j."""
    first, *units = arguments
    mine = units.index(first)
    for place, unit in enumerate(units):
        if place == mine:
            yield place + 1, Product((own, Sum((Term(1, ONE), Term(-1, own)))))
        else:
            yield place + 1, Negate(Product((own, Call("softmax", (unit, *units)))))


def _fraction_of_exponentials(arguments: Sequence[Expression]) -> Expression:
    own, *units = (Call("exp", (argument,)) for argument in arguments)
    return Quotient(own, Sum(tuple(Term(1, unit) for unit in units)) if len(units) > 1 else units[0])


ROWS = (
    Function("exp", "exp", arb.exp, "f", f"{DLMF}, 4.2", exact=_at(0, 1)),
    Function("ln", "ln", arb.log, "1/u", f"{DLMF}, 4.2", exact=_at(1, 0), domain="positive"),
    Function(
        "log2", "log2", lambda u: u.log() / arb(2).log(), "1/(u*ln(2))", f"{DLMF}, 4.2",
        exact=_at(1, 0), domain="positive",
    ),
    Function(
        "log10", "log10", lambda u: u.log() / arb(10).log(), "1/(u*ln(10))", f"{DLMF}, 4.2",
        exact=_at(1, 0), domain="positive",
    ),
    Function("sqrt", "sqrt", arb.sqrt, "1/(2*f)", f"{DLMF}, 4.2", exact=_root, domain="not negative"),
    Function("sin", "sin", arb.sin, "cos(u)", f"{DLMF}, 4.20", exact=_at(0, 0)),
    Function("cos", "cos", arb.cos, "-sin(u)", f"{DLMF}, 4.20", exact=_at(0, 1)),
    Function("tan", "tan", arb.tan, "1 + f^2", f"{DLMF}, 4.20", exact=_at(0, 0)),
    Function("erf", "erf", arb.erf, "2/sqrt(pi)*exp(-u^2)", f"{DLMF}, 7.2", exact=_at(0, 0)),
    Function("erfc", "erfc", arb.erfc, "-2/sqrt(pi)*exp(-u^2)", f"{DLMF}, 7.2", exact=_at(0, 1)),
    Function("abs", "abs", abs, "sign(u)", "convention abs'(0) = 0", cases=Cases("u", "-u", "0")),
    Function("sign", "sign", lambda u: arb(sign_of(u)), "0", "derivative of abs", cases=Cases("1", "-1", "0")),
    Function(
        "step", "Step", lambda u: arb(sign_of(u) > 0), "0", "Heaviside step with step(0) = 0 and step' = 0",
        cases=Cases("1", "0", "0"), activation=True,
    ),
    Function(
        "max", "max", lambda *u: reduce(arb.max, u), "", "a tie takes the first",
        chosen=_first(lambda a, b: a > b), partials=_chosen(1), least=2, most=None,
    ),
    Function(
        "min", "min", lambda *u: reduce(arb.min, u), "", "a tie takes the first",
        chosen=_first(lambda a, b: a < b), partials=_chosen(-1), least=2, most=None,
    ),
    Function("linear", "Linear", lambda u: u, "1", f"{GOODFELLOW}, 6.2.2", exact=lambda u: u, activation=True),
    Function(
        "sigmoid", "Sigmoid", _sigmoid, "f*(1 - f)", f"{GOODFELLOW}, 3.10",
        exact=lambda u: fmpq(1, 2) if u == 0 else None, formula="1/(1 + exp(-u))", activation=True,
    ),
    Function(
        "tanh", "tanh", arb.tanh, "1 - f^2", f"{GOODFELLOW}, 6.3.2",
        exact=_at(0, 0), formula="(exp(u) - exp(-u))/(exp(u) + exp(-u))", activation=True,
    ),
    Function(
        "relu", "ReLU", lambda u: u.max(arb(0)), "step(u)", f"{GOODFELLOW}, 6.3, with relu'(0) = 0",
        cases=Cases("u", "0", "0"), activation=True,
    ),
    Function(
        "leaky_relu", "LeakyReLU", _leaky, "step(u) + a*(1 - step(u))",
        "Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013)",
        default="0.01", by_parameter="u*(1 - step(u))", cases=Cases("u", "a*u", "a*u", slope="a", smooth="1"), most=2,
        activation=True,
    ),
    Function(
        "elu", "ELU", _elu, "step(u) + (f + a)*(1 - step(u))",
        "Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network Learning by ELUs (2016)",
        default="1", by_parameter="(exp(u) - 1)*(1 - step(u))",
        cases=Cases("u", "a*(exp(u) - 1)", "a*(exp(u) - 1)", slope="a", smooth="1"), most=2, activation=True,
    ),
    Function(
        "softplus", "Softplus", lambda u: u.exp().log1p() if u < 0 else u + (-u).exp().log1p(), "sigmoid(u)",
        f"{GOODFELLOW}, 3.10", formula="ln(1 + exp(u))", activation=True,
    ),
    Function(
        "swish", "Swish", lambda u: u * _sigmoid(u), "f + sigmoid(u)*(1 - f)",
        "Ramachandran, Zoph and Le, Searching for Activation Functions (2017)",
        exact=_at(0, 0), formula="u/(1 + exp(-u))", activation=True,
    ),
    Function(
        "gelu", "GELU", _gelu, "1/2*erfc(-u/sqrt(2)) + u*exp(-u^2/2)/sqrt(2*pi)",
        "Hendrycks and Gimpel, Gaussian Error Linear Units (2016)",
        exact=_at(0, 0), formula="u/2*(1 + erf(u/sqrt(2)))", activation=True,
    ),
    Function(
        "softmax", "Softmax", _softmax, "", f"{GOODFELLOW}, 6.2.2.3", exact=_equal_shares, partials=_shares,
        spells=_fraction_of_exponentials, least=2, most=None,
    ),
)  # fmt: skip

FUNCTIONS = {row.name: row for row in ROWS}
ACTIVATIONS = tuple(row.name for row in ROWS if row.activation)
