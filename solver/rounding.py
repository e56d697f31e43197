"""Exact and enclosed numbers -> the digits that are printed, each decided, and "=" or "≈".

A number arrives as an *enclosure*: a function from working bits to an exact fraction or to a ball that holds the true
value. Balls are narrowed until the digit is decided; a digit that stays undecided is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from flint import arb, ctx, fmpq

from solver.expression import Number
from solver.names import QuantityName
from solver.near import Near, ball, below

Enclosure = Callable[[int], "fmpq | arb | Near"]
Mode = Literal["half_up", "half_even"]
Carry = Literal["full", "rounded"]
Relation = Literal["=", "≈"]

FIRST_BITS = 128
LAST_BITS = 8_192
APART = 2 * LAST_BITS
"""Asked for so many bits, an enclosure keeps what lies too near to a fraction for a ball apart from it: a `Near`."""
PROVEN = 2 * APART
"""Asked for so many, it gives the fraction that the number is proven to be, where there is a proof."""

SMALLEST_DECIMAL = fmpq(1, 10**5)
"""Inexact numbers nearer to zero than this are printed as 2.5e-6: five zeros after the point are not counted."""
LARGEST_DECIMAL = fmpq(10**8)
"""Numbers from here on are printed as 1.25e8."""
UPDATE_PLACES = 12
"""An update's result shows the step's decimals up to this many; a smaller step no longer changes what is read."""
MAGNITUDE = 2**21
"""Binary exponents beyond this are refused: what is printed is reckoned with exactly, and this is 600,000 digits."""
LONGEST = 2**13
"""Bits of a number that is written out with all its digits; Python writes at most 4,300 digits, and no page so many."""
HALF = fmpq(1, 2)


class UndecidedError(ArithmeticError):
    """No precision up to LAST_BITS decides the question."""


class RangeError(ArithmeticError):
    """A number too large or too small to print."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """How numbers are shown: `digits` decimals and at least as many significant digits, ties by `mode`.

    `carry` says whether the exact value or the printed one is carried on; `own` holds the digits of single quantities
    by the text of their name.
    """

    digits: int = 3
    mode: Mode = "half_up"
    carry: Carry = "full"
    own: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: QuantityName) -> Rounding:
        """The rounding of one quantity."""
        digits = self.own.get(name.stem, self.digits) if self.own else self.digits
        return self if digits == self.digits else replace(self, digits=digits)


def precisions() -> Iterator[int]:
    """The working precisions tried in turn, in bits; in the end numbers apart from fractions, and proven ones."""
    bits = FIRST_BITS
    while bits <= PROVEN:
        yield bits
        bits *= 2


def nearest(number: Enclosure, places: int, mode: Mode) -> int:
    """The integer n for which n / 10^places is the number correctly rounded.

    Raises UndecidedError where no precision tells the two neighbours apart.
    """
    scale = _ten(places)
    for bits in precisions():
        with ctx.workprec(bits):
            value = number(bits)
            if isinstance(value, fmpq):
                return round_exact(value * scale, mode)
            if not value.is_finite():
                raise RangeError("the number is not finite")
            # A ball is never known to sit on a tie, so one that is decided is decided in either mode.
            whole = below(value * scale + HALF)
            if whole is not None:
                return whole
    raise UndecidedError(f"digit {places} after the point")


def round_exact(value: fmpq, mode: Mode) -> int:
    """An exact fraction to the nearest integer; a tie goes away from zero (half_up) or to the even one."""
    doubled = abs(value) * 2
    whole, tie = int((doubled + 1).floor()) // 2, doubled.q == 1 and int(doubled.p) % 2 == 1
    if tie and mode == "half_even" and whole % 2 == 1:
        whole -= 1
    return -whole if value < 0 else whole


def show(number: Enclosure, rounding: Rounding, extra: int = 0) -> Number:
    """The number as it is printed: exact where it has no more than `digits` decimals, else correctly rounded to
    `digits` decimals and never fewer than `digits` significant digits. `extra` asks for that many guard digits more.
    """
    digits = rounding.digits + extra
    size = _size(number)
    value = number(FIRST_BITS if size else PROVEN)
    if isinstance(value, fmpq) and size < LARGEST_DECIMAL and (value * _ten(digits)).q == 1:
        return decimal(value)
    if size < SMALLEST_DECIMAL or size >= LARGEST_DECIMAL:
        return scientific(number, digits, rounding.mode)
    places = digits
    while size * _ten(places) < _ten(digits - 1) - HALF:
        places += 1
    whole = nearest(number, places, rounding.mode)
    while abs(whole) < 10 ** (digits - 1):
        places += 1
        whole = nearest(number, places, rounding.mode)
    shown = at_places(whole, places)
    return decimal(shown.value) if _is_exactly(number, shown.value) else shown


def show_places(number: Enclosure, places: int, mode: Mode) -> Number:
    """The number rounded to a fixed count of decimals."""
    return at_places(nearest(number, places, mode), places)


def show_step(number: Enclosure, rounding: Rounding, extra: int = 0) -> Number:
    """The step of an update: at least `digits` decimals and two significant digits."""
    size = _size(number)
    places = rounding.digits
    while places <= UPDATE_PLACES and size * _ten(places) < 10 - HALF:
        places += 1
    if size and places > UPDATE_PLACES:
        return scientific(number, 2 + extra, rounding.mode)
    value = number(FIRST_BITS if size else PROVEN)
    if isinstance(value, fmpq) and (value * _ten(places)).q == 1:
        return decimal(value)
    places += extra
    return at_places(nearest(number, places, rounding.mode), places)


def scientific(number: Enclosure, digits: int, mode: Mode) -> Number:
    """The number as mantissa and power of ten, correctly rounded to `digits` significant digits: `2.50e-6`."""
    digits = max(digits, 1)
    size = _size(number)
    places = digits - 1 - decimal_exponent(size)
    whole = nearest(number, places, mode)
    if abs(whole) >= 10**digits:
        places -= 1
        whole = nearest(number, places, mode)
    exponent = digits - 1 - places
    mantissa = at_places(whole, digits - 1)
    return Number(f"{mantissa.text}e{exponent}", mantissa.value * _ten(exponent))


def significant(number: Enclosure, digits: int) -> str:
    """A decimal string of `digits` significant digits for data; shorter where the value is exact."""
    value = number(FIRST_BITS)
    if not isinstance(value, fmpq) and value.contains(0):
        value = _size(number) and value
    if isinstance(value, fmpq):
        if value == 0:
            return "0"
        size, places = abs(value), digits - 1 - decimal_exponent(abs(value))
        if (value * _ten(places)).q == 1 and fmpq(1, 10**15) < size < 10**15:
            return decimal(value).text
    shown = scientific(number, digits, "half_even")
    if _is_exactly(number, shown.value) and fmpq(1, 10**15) < abs(shown.value) < 10**15:
        return decimal(shown.value).text
    text = shown.text
    mantissa, _, exponent = text.partition("e")
    if -5 <= int(exponent) < digits:
        sign, figures = ("-" if mantissa.startswith("-") else ""), mantissa.lstrip("-").replace(".", "")
        point = 1 + int(exponent)
        if point <= 0:
            return f"{sign}0.{'0' * -point}{figures}"
        return f"{sign}{figures[:point]}.{figures[point:]}".rstrip(".")
    return text


def decimal(value: fmpq) -> Number:
    """An exact decimal fraction with all its digits."""
    places = 0
    while (value * _ten(places)).q != 1:
        places += 1
    return at_places(int((value * _ten(places)).p), places)


def written(value: fmpq) -> Number:
    """An exact decimal fraction as a page writes one of its size: 0.02, but 1e-300."""
    if value == 0 or SMALLEST_DECIMAL <= abs(value) < LARGEST_DECIMAL:
        return decimal(value)
    exponent = decimal_exponent(abs(value))
    return Number(f"{decimal(value / _ten(exponent)).text}e{exponent}", value)


def at_places(whole: int, places: int) -> Number:
    """n / 10^places written with `places` decimals; zero has no sign. Raises RangeError for thousands of digits."""
    if whole.bit_length() - min(places, 0) * 4 > LONGEST:
        raise RangeError("the number is out of range")
    value = fmpq(whole) / _ten(places)
    if places <= 0:
        return Number(str(whole * 10**-places), value)
    figures = str(abs(whole)).rjust(places + 1, "0")
    return Number(f"{'-' if whole < 0 else ''}{figures[:-places]}.{figures[-places:]}", value)


def places_of(number: Number) -> int:
    """The place of a printed number's last digit: decimals counted positive, tens and hundreds negative."""
    mantissa, _, exponent = number.text.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)


def relation(left: Enclosure, right: Enclosure) -> Relation:
    """`=` exactly where the two are the same number, else `≈`.

    Raises UndecidedError where no precision separates them and neither is known exactly.
    """
    for bits in precisions():
        with ctx.workprec(bits):
            difference = left(bits) - right(bits)
            if isinstance(difference, fmpq):
                return "=" if difference == 0 else "≈"
            if not difference.contains(0):
                return "≈"
    raise UndecidedError("whether two members of a line are the same number")


def _is_exactly(number: Enclosure, value: fmpq) -> bool:
    """Whether a number that is no fraction by the way it is reckoned is proven to be one all the same."""
    if isinstance(number(FIRST_BITS), fmpq):
        return False
    try:
        return relation(number, lambda _: value) == "="
    except UndecidedError:
        return False


def decimal_exponent(size: fmpq) -> int:
    """The exponent of the leading decimal digit of a positive number."""
    exponent = int((size.p.bit_length() - size.q.bit_length()) * 0.30103) - 1
    while _ten(exponent + 1) <= size:
        exponent += 1
    while _ten(exponent) > size:
        exponent -= 1
    return exponent


def _size(number: Enclosure) -> fmpq:
    """The absolute value, near enough to count digits by; zero only where the number is exactly zero."""
    for bits in precisions():
        value = number(bits)
        if isinstance(value, fmpq):
            return abs(value)
        if not value.contains(0):
            size = abs(ball(value))
            _refuse_extremes(size)
            return size.mid().fmpq()
    raise UndecidedError("whether it is zero: no proof was found that it is, and no digit of it either")


@lru_cache(maxsize=4_096)
def _ten(exponent: int) -> fmpq:
    return fmpq(10) ** exponent


def _refuse_extremes(value: arb) -> None:
    mantissa, exponent = value.mid().man_exp()
    if abs(int(exponent) + int(mantissa).bit_length()) > MAGNITUDE:
        raise RangeError("the number is out of range")
