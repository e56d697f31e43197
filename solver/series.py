"""A second route to every value and derivative: forward mode over truncated power series of balls.

Shares nothing with `evaluate` and `calculus` but the tree: a quantity is value + derivative*t, and FLINT's series
arithmetic carries the derivative along; no derivative of the functions table is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, assert_never

from flint import arb, arb_series, ctx, fmpq

from solver.diagnostics import Fault, InternalError, ProblemError
from solver.expression import (
    Call,
    Constant,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
    rebuild,
)
from solver.functions import FUNCTIONS, U, Undecided, formula_of
from solver.graph import Definition
from solver.names import QuantityName

LENGTH = 2
MAX_POWER = 4_096
BITS = 192
MORE_BITS, MOST_BITS = 8_192, 262_144
"""Where a side of a kink stays open, or whether a divisor is zero, the computation runs once more with these."""
NEGLIGIBLE = arb(2) ** -40
"""A ball around zero that is still open then and no wider than this stands for zero: a tie of decimals, say."""

T = TypeVar("T")


def _side(u: arb_series) -> int:
    """The sign of a value; at zero itself 0, where the taught convention holds."""
    if u[0] > 0 or u[0] < 0 or u[0] == 0:
        return int(u[0] > 0) - int(u[0] < 0)
    if ctx.prec >= MORE_BITS and abs(u[0]) < NEGLIGIBLE:
        return 0
    raise Undecided("the side of a kink")


def decided(work: Callable[[], T], bits: int) -> T:
    """What a computation gives at the first precision that tells every side. Raises ProblemError."""
    reason = ""
    for precision in (bits, MORE_BITS, MOST_BITS):
        try:
            with ctx.workprec(precision):
                return work()
        except Undecided as undecided:
            reason = str(undecided)
    raise ProblemError([Fault("S402", f"no precision decides {reason}")])


def _kinked(below: int, above: int, at_kink: int) -> Callable[[arb_series], arb_series]:
    """A function that is linear on each side of zero, with the taught derivative at zero itself."""
    slopes = {-1: below, 0: at_kink, 1: above}
    return lambda u: u * arb(slopes[_side(u)])


def _level(below: int, above: int, at_jump: int) -> Callable[[arb_series], arb_series]:
    levels = {-1: below, 0: at_jump, 1: above}
    return lambda u: arb_series([arb(levels[_side(u)])], LENGTH)


def _root_of_zero(u: arb_series) -> arb_series:
    """The root of zero is zero; its slope does not exist where the argument moves."""
    return _series(fmpq(0)) if u[1] == 0 else arb_series([arb(0), arb.nan()], LENGTH)


def _gelu(u: arb_series) -> arb_series:
    """From the complementary error function, which keeps its digits where 1 + erf loses them."""
    return u / 2 * (-u / arb(2).sqrt()).erfc()


def _apart_from_zero(u: arb_series) -> arb_series:
    """What is divided by, or of which a logarithm is taken: 1 - p of a saturated unit needs more bits to be told."""
    if ctx.prec < MOST_BITS and u[0].contains(0) and not u[0] == 0:
        raise Undecided("whether an argument is zero")
    return u


def _log(u: arb_series) -> arb_series:
    return _apart_from_zero(u).log()


def _extreme(sign: int) -> Callable[..., arb_series]:
    """The largest (or smallest) of several; where two are equal the first, with its derivative."""

    def value(*arguments: arb_series) -> arb_series:
        best = arguments[0]
        for other in arguments[1:]:
            if _side((other - best) * arb(sign)) > 0:
                best = other
        return best

    return value


def _softmax(own: arb_series, *units: arb_series) -> arb_series:
    return 1 / sum(((unit - own).exp() for unit in units), _series(fmpq(0)))


SERIES: Mapping[str, Callable[..., arb_series]] = {
    "exp": lambda u: u.exp(),
    "ln": _log,
    "log2": lambda u: _log(u) / arb(2).log(),
    "log10": lambda u: _log(u) / arb(10).log(),
    "sqrt": lambda u: u.sqrt() if u[0] != 0 else _root_of_zero(u),
    "sin": lambda u: u.sin(),
    "cos": lambda u: u.cos(),
    "tan": lambda u: u.tan(),
    "erf": lambda u: u.erf(),
    "erfc": lambda u: u.erfc(),
    "linear": lambda u: u,
    "abs": _kinked(-1, 1, 0),
    "relu": _kinked(0, 1, 0),
    "step": _level(0, 1, 0),
    "sign": _level(-1, 1, 0),
    "leaky_relu": lambda u, a: u if _side(u) > 0 else a * u,
    "elu": lambda u, a: u if _side(u) > 0 else a * (u.exp() - 1),
    "gelu": _gelu,
    "max": _extreme(1),
    "min": _extreme(-1),
    "softmax": _softmax,
}
"""Functions that are not spelled out by a formula in their row."""


def value_at(definition: Definition, known: Mapping[QuantityName, fmpq | arb], bits: int = BITS) -> arb:
    """The value of a definition's formula at known values."""
    series = {name: arb_series([known[name]], LENGTH) for name in definition.reads}
    return decided(lambda: evaluate_series(definition.expression, series)[0], bits)


def evaluate_series(node: Expression, known: Mapping[QuantityName, arb_series]) -> arb_series:
    """The value and the derivative of an expression at the current working precision."""
    match node:
        case Number():
            return _series(node.value)
        case Constant():
            return arb_series([arb.pi()], LENGTH)
        case Symbol(name):
            return known[name]
        case Negate(operand):
            return -evaluate_series(operand, known)
        case Sum(terms):
            total = _series(fmpq(0))
            for term in terms:
                value = evaluate_series(term.value, known)
                total = total + value if term.sign > 0 else total - value
            return total
        case Product(factors):
            return _product([
                known[factor.name] if isinstance(factor, Symbol) else evaluate_series(factor, known)
                for factor in factors
            ])  # fmt: skip
        case Quotient(numerator, denominator):
            return evaluate_series(numerator, known) / _apart_from_zero(evaluate_series(denominator, known))
        case Power(base, exponent):
            return _power(evaluate_series(base, known), evaluate_series(exponent, known))
        case Call(function):
            arguments = FUNCTIONS[function].arguments(node)
            return _call(function, *(evaluate_series(argument, known) for argument in arguments))
        case Derivative() | Matrix() | Transpose() | Entrywise():
            raise InternalError(f"{type(node).__name__} has no value")
        case _:
            assert_never(node)


def _series(value: fmpq, moving: bool = False) -> arb_series:
    return arb_series([arb(value), arb(1 if moving else 0)], LENGTH)


def _power(base: arb_series, exponent: arb_series) -> arb_series:
    whole = exponent[0].unique_fmpz()
    if exponent[1] == 0 and whole is not None and exponent[0] == whole and abs(int(whole)) <= MAX_POWER:
        power = _series(fmpq(1))
        for _ in range(abs(int(whole))):
            power = power * base
        return power if whole >= 0 else 1 / power
    if base[0] == 0 and exponent[0] > 0:
        return _root_of_zero(base)
    return (exponent * base.log()).exp()


def _product(factors: Sequence[arb_series]) -> arb_series:
    """The product; a factor that is zero and stays zero makes it zero, whatever the others are: 0*ln(0)."""
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    if not (product[0].is_finite() and product[1].is_finite()) and any(f[0] == 0 and f[1] == 0 for f in factors):
        return _series(fmpq(0))
    return product


def _call(function: str, *arguments: arb_series) -> arb_series:
    if function in SERIES:
        return SERIES[function](*arguments)
    return evaluate_series(formula_of(FUNCTIONS[function].formula), {U: arguments[0]})


def stated_series(
    node: Expression, stated: fmpq, known: Mapping[QuantityName, arb_series], shares: Mapping[Expression, Expression]
) -> arb_series:
    """A stated value with the derivative its function has there; the row's own derivative in `f` and `u` is used.

    `shares` holds what is stated for the softmax of other units.
    """
    if not isinstance(node, Call):
        return arb_series([arb(stated), evaluate_series(node, known)[1]], LENGTH)

    slope = arb(0)
    for argument, partial in FUNCTIONS[node.function].local(node, Number("", stated)):
        slope += evaluate_series(_shared(partial, shares), known)[0] * evaluate_series(argument, known)[1]
    return arb_series([arb(stated), slope], LENGTH)


def _shared(node: Expression, shares: Mapping[Expression, Expression]) -> Expression:
    """An expression with what is stated for the softmax of other units put in."""
    return shares.get(node) or rebuild(node, lambda part: _shared(part, shares))
