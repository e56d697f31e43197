"""A reader's numbers beside a fraction: 1 - e^-1000 is 1 and a ball for what is missing, whose sign is known.

At 10,000 bits a ball around 1000*Phi(1000) still holds 1000. Kept as two parts, the small one has digits of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

SHARE = fmpq(1, 2**48)
"""The two parts are kept apart where the small one is less than this share of the fraction."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """`near` + `off`: a fraction other than zero, and what a number is beside it. Made by `beside` alone."""

    near: fmpq
    off: arb

    def __add__(self, other: fmpq | arb | Beside | int) -> fmpq | arb | Beside:
        return plus(self, other)

    def __sub__(self, other: fmpq | arb | Beside | int) -> fmpq | arb | Beside:
        return plus(self, -other)

    def __mul__(self, other: fmpq | arb | Beside | int) -> fmpq | arb | Beside:
        near, off = split(other)
        return beside(self.near * near, self.off * near + self.near * off + self.off * off)

    def __truediv__(self, other: fmpq | arb | Beside | int) -> fmpq | arb | Beside:
        return self * over(fmpq(other) if isinstance(other, int) else other)

    def __rtruediv__(self, other: fmpq | arb | int) -> fmpq | arb | Beside:
        return over(self) * other

    def __rsub__(self, other: fmpq | arb | int) -> fmpq | arb | Beside:
        return plus(-self, other)

    def __pow__(self, exponent: int) -> fmpq | arb | Beside:
        return self * self if exponent == 2 else ball(self) ** exponent

    def __neg__(self) -> Beside:
        return Beside(-self.near, -self.off)

    def __lt__(self, other: fmpq | arb | Beside | int) -> bool:
        return bool(_signed(self - other) < 0)

    def __gt__(self, other: fmpq | arb | Beside | int) -> bool:
        return bool(_signed(self - other) > 0)

    def __eq__(self, other: object) -> bool:
        return False

    def contains(self, number: int) -> bool:
        """Whether it may be a number: never zero, which is too far from the fraction."""
        return bool(number) and bool(ball(self).contains(number))

    def is_finite(self) -> bool:
        return bool(self.off.is_finite())

    __radd__, __rmul__ = __add__, __mul__


def _signed(value: fmpq | arb | Beside) -> fmpq | arb:
    return value.near if isinstance(value, Beside) else value


def split(value: fmpq | arb | Beside | int) -> tuple[fmpq, arb]:
    """The two parts of a number, one of them zero where it is a fraction or a ball."""
    if isinstance(value, Beside):
        return value.near, value.off
    return (fmpq(0), value) if isinstance(value, arb) else (fmpq(value), arb(0))


def beside(near: fmpq, off: arb) -> fmpq | arb | Beside:
    """The number near + off."""
    if off == 0:
        return near
    return Beside(near, off) if abs(off) < abs(near) * SHARE else near + off


def ball(value: fmpq | arb | Beside) -> arb:
    """One ball that holds the number."""
    return value.near + value.off if isinstance(value, Beside) else arb(value)


def plus(left: fmpq | arb | Beside | int, right: fmpq | arb | Beside | int) -> fmpq | arb | Beside:
    """The sum; a small ball added to a fraction does not vanish in it."""
    (near, off), (other, more) = split(left), split(right)
    return beside(near + other, off + more)


def over(value: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """One over a number: 1/(q + r) - 1/q = -r/(q^2 + q*r)"""
    if not isinstance(value, Beside):
        return 1 / value
    return beside(1 / value.near, -value.off / (value.near**2 + value.near * value.off))


def sigmoid(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """1 - e^-u/(1 + e^-u) above zero, e^u/(1 + e^u) below."""
    e = (-abs(ball(u))).exp()
    return beside(fmpq(1), -e / (1 + e)) if u > 0 else e / (1 + e)


def erf(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """1 - erfc(u), for u above zero; erf(-u) = -erf(u)"""
    return -erf(-u) if u < 0 else beside(fmpq(1), -ball(u).erfc())


def erfc(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """2 - erfc(-u) below zero"""
    return beside(fmpq(2), -(-ball(u)).erfc()) if u < 0 else ball(u).erfc()


def tanh(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """1 - 2*sigmoid(-2*u), for u above zero; tanh(-u) = -tanh(u)"""
    return -tanh(-u) if u < 0 else plus(1, -2 * ball(sigmoid(-2 * u)))


def softplus(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """u + ln(1 + e^-u) above zero"""
    small = (-abs(ball(u))).exp().log1p()
    return plus(u, small) if u > 0 else small


def gelu(u: fmpq | arb | Beside) -> fmpq | arb | Beside:
    """The number times what the bell curve has on its left."""
    return plus(0, erfc(-ball(u) / arb(2).sqrt())) * (u / 2)
