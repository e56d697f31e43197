"""Numbers that lie too near to a fraction for any ball to tell: the fraction, and a ball that holds what is left.

1 - e^-1000 needs 1,443 bits before a ball around it leaves 1 out, and 1000*Phi(1000) more than 721,000. Written as an
*unevaluated sum*, fraction + rest, the rest keeps its own leading digits, so that its sign is known at once. (Dekker, A
floating-point technique for extending the available precision, Numerische Mathematik 18 (1971), does the same with two
machine numbers.) No bound is guessed: what is left comes from identities such as sigmoid(u) = 1 - 1/(1 + e^u), and from
the mean value theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flint import arb, fmpq

from solver.expression import Expression
from solver.functions import FUNCTIONS, F, Function, U, formula_of
from solver.names import QuantityName

FAR = 40
"""Beyond this an exponential counts as small beside 1."""
SMALL = fmpq(1, 2**32)
"""What is left is kept apart from its fraction where it is less than this share of it; else one ball holds both."""
MAX_HEIGHT = 100_000

Real = fmpq | arb
"""What stands beside a `Near` in a sum or product."""


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """fraction + rest: a ball for what is left, which is small beside the fraction where that is not zero.

    It is built by `joined` alone, and is never known to be exact.
    """

    fraction: fmpq
    rest: arb

    def __neg__(self) -> Near:
        return Near(-self.fraction, -self.rest)

    def __abs__(self) -> Near:
        return Near(abs(self.fraction), self.rest if self.fraction > 0 else -self.rest) if self.fraction else Near(
            self.fraction, abs(self.rest)
        )  # fmt: skip

    def __add__(self, other: Real | Near | int) -> Real | Near:
        fraction, rest = parts(other)
        return joined(self.fraction + fraction, self.rest + rest)

    __radd__ = __add__

    def __sub__(self, other: Real | Near | int) -> Real | Near:
        return self + (-other)

    def __rsub__(self, other: Real | int) -> Real | Near:
        return -self + other

    def __mul__(self, other: Real | Near | int) -> Real | Near:
        """(q + r)*(p + s) = q*p + (q*s + r*(p + s))"""
        fraction, rest = parts(other)
        return joined(self.fraction * fraction, self.fraction * rest + self.rest * (fraction + rest))

    __rmul__ = __mul__

    def __truediv__(self, other: Real | Near | int) -> Real | Near:
        return self * (1 / (other if isinstance(other, Near | arb) else fmpq(other)))

    def __rtruediv__(self, other: Real | int) -> Real | Near:
        """1/(q + r) = 1/q - r/(q*(q + r))"""
        if self.fraction == 0:
            return joined(fmpq(0), 1 / self.rest) * other
        return joined(1 / self.fraction, -self.rest / (self.fraction * ball(self))) * other

    def __pow__(self, exponent: int) -> Real | Near:
        if exponent < 0:
            return 1 / self**-exponent
        if self.fraction == 0 or self.fraction.height_bits() * exponent > MAX_HEIGHT:
            return joined(fmpq(0), whole_power(ball(self), exponent))
        power: Real | Near = fmpq(1)
        for _ in range(exponent):
            power = self * power
        return power

    def __gt__(self, other: Real | Near | int) -> bool:
        return bool(_leading(self - other) > 0)

    def __lt__(self, other: Real | Near | int) -> bool:
        return bool(_leading(self - other) < 0)

    def __ge__(self, other: Real | Near | int) -> bool:
        return self > other

    def __le__(self, other: Real | Near | int) -> bool:
        return self < other

    def __eq__(self, other: object) -> bool:
        return False

    def contains(self, number: Real | Near | int) -> bool:
        """Whether a number may be this one."""
        difference = _leading(self - number)
        return bool(difference == 0 if isinstance(difference, fmpq) else difference.contains(0))

    def is_finite(self) -> bool:
        return bool(self.rest.is_finite())


def whole_power(base: arb, exponent: int) -> arb:
    """base^exponent; by squaring where the ball holds zero, of which FLINT takes no power."""
    if exponent <= 0 or not base.contains(0):
        return base**exponent
    half = whole_power(base, exponent // 2) if exponent > 1 else arb(1)
    return half * half * (base if exponent % 2 else arb(1))


def _leading(value: Real | Near) -> Real:
    """What has the sign of a value."""
    return value if not isinstance(value, Near) else value.fraction if value.fraction else value.rest


def parts(value: Real | Near | int) -> tuple[fmpq, arb]:
    """The fraction and what is left."""
    match value:
        case Near(fraction, rest):
            return fraction, rest
        case arb():
            return fmpq(0), value
        case _:
            return fmpq(value), arb(0)


def ball(value: Real | Near | int) -> arb:
    """One ball for the whole number."""
    return arb(value.fraction) + value.rest if isinstance(value, Near) else arb(value)


def below(value: Real | Near) -> int | None:
    """The whole number next below; None where it is open which, as at a whole number itself."""
    whole = ball(value).floor().unique_fmpz()
    if whole is not None and not ball(value).contains(arb(whole)):
        return int(whole)
    fraction, rest = parts(value)
    if fraction.q != 1 or not (rest > 0 or rest < 0) or not abs(rest) < 1:
        return None
    return int(fraction.p) - (1 if rest < 0 else 0)


def between(left: Real | Near, right: Real | Near) -> Real | Near:
    """Everything from one number to the other."""
    (fraction, rest), (other, more) = parts(left), parts(right)
    if fraction == other:
        return joined(fraction, rest.union(more))
    return Near(fmpq(0), ball(left).union(ball(right)))


def joined(fraction: fmpq, rest: arb) -> Real | Near:
    """fraction + rest: the fraction alone, a ball alone, or the two side by side."""
    if rest == 0:
        return fraction
    if fraction == 0 or abs(rest) < abs(fraction) * SMALL:
        return Near(fraction, rest)
    return Near(fmpq(0), fraction + rest)


Evaluate = Callable[[Expression, Mapping[QuantityName, Real | Near]], Real | Near]
"""Works a formula of the functions table at values."""


def near_value(function: Function, values: list[Real | Near], own: int, evaluate: Evaluate) -> Real | Near:
    """A function at values, none of them outside its domain; `own` is the place of a softmax among its units."""
    if function.name == "softmax":
        return _softmax(values[1:], own, evaluate)
    first = values[0]
    if function.name in SATURATED and (first > FAR or first < -FAR):
        return SATURATED[function.name](*values)
    whole = [ball(value) for value in values]
    anchor, rest = parts(first)
    exact = function.exact(anchor) if len(values) == 1 and (anchor != 0 or abs(rest) < SMALL) else None
    if exact is not None:
        return _slope(function, whole[0].union(arb(anchor)), evaluate) * rest + exact
    return joined(fmpq(0), function.ball(*whole))


def _slope(function: Function, between: arb, evaluate: Evaluate) -> Real | Near:
    """The derivative of a function at every place of a ball: by the mean value theorem f(q + r) = f(q) + f'(x)*r."""
    return evaluate(
        formula_of(function.derivative), {U: Near(fmpq(0), between), F: Near(fmpq(0), function.ball(between))}
    )


def _sigmoid(u: Real | Near) -> Real | Near:
    """sigmoid(u) = 1 - 1/(1 + e^u)"""
    e = ball(u).exp()
    return joined(fmpq(1), -1 / (1 + e)) if u > 0 else joined(fmpq(0), e / (1 + e))


def _tanh(u: Real | Near) -> Real | Near:
    """tanh(u) = 1 - 2/(1 + e^(2u)), and it is odd."""
    return joined(fmpq(1), -2 / (1 + (2 * ball(u)).exp())) if u > 0 else -_tanh(-u)


def _erf(u: Real | Near) -> Real | Near:
    """erf(u) = 1 - erfc(u), and it is odd (DLMF 7.2.2, 7.4.1)."""
    return joined(fmpq(1), -ball(u).erfc()) if u > 0 else -_erf(-u)


def _erfc(u: Real | Near) -> Real | Near:
    """erfc(u) = 2 - erfc(-u) (DLMF 7.4.2)"""
    return joined(fmpq(0), ball(u).erfc()) if u > 0 else joined(fmpq(2), -ball(-u).erfc())


def _softplus(u: Real | Near) -> Real | Near:
    """ln(1 + e^u) = u + ln(1 + e^-u)"""
    small = (-abs(ball(u))).exp().log1p()
    return Near(fmpq(0), small) + u if u > 0 else joined(fmpq(0), small)


def _gelu(u: Real | Near) -> Real | Near:
    """u/2*(1 + erf(u/sqrt(2))) = u - u/2*erfc(u/sqrt(2)) = u/2*erfc(-u/sqrt(2))"""
    half = ball(u) / 2 * (abs(ball(u)) / arb(2).sqrt()).erfc()
    return Near(fmpq(0), -half) + u if u > 0 else joined(fmpq(0), half)


def _softmax(units: list[Real | Near], own: int, evaluate: Evaluate) -> Real | Near:
    """1/(1 + e^(z_j - z_own) + ...): the own unit's part of the sum is exactly 1."""
    mine, exponential = units[own], FUNCTIONS["exp"]
    total: Real | Near = fmpq(1)
    for place, unit in enumerate(units):
        if place != own:
            away = unit - mine
            total = total + (fmpq(1) if away == 0 else near_value(exponential, [away], 0, evaluate))
    return 1 / total


SATURATED: Mapping[str, Callable[[Real | Near], Real | Near]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "erf": _erf,
    "erfc": _erfc,
    "softplus": _softplus,
    "swish": lambda u: _sigmoid(u) * u,
    "gelu": _gelu,
}
"""Functions that come near to a fraction, or to their argument, far from zero, by identities that hold everywhere."""
