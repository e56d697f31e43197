"""Values as a reader has them: fractions, balls, numbers beside a fraction, polynomials; what is claimed of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from flint import arb, fmpq

from solver.readback import beside
from solver.readback.beside import Beside, plus
from solver.readback.beside import ball as ball

MAX_TERMS = 2_000
MAX_HEIGHT = 30_000
"""A fraction of more bits goes on as a ball: no number on a page is so long."""
PLAIN = frozenset({()})
"""The one term of a number without unknowns."""

Number = fmpq | arb | Beside
Terms = Mapping[tuple[str, ...], Number]
"""Each product of unknowns (sorted, repeated for powers) with its coefficient; () is the plain number."""


class Unreadable(ValueError):
    """A text has no value for a reader: a derivative to be taken, an unknown inside a function, a name not known."""


def plain(value: Number) -> Terms:
    return {(): value}


def carried_on(terms: Terms) -> Terms:
    """A value as the formulas that read it take it: a fraction that has grown too long as a ball around it."""
    if all(not isinstance(value, fmpq) or value.height_bits() <= MAX_HEIGHT for value in terms.values()):
        return terms
    return {key: ball(value) if isinstance(value, fmpq) else value for key, value in terms.items()}


def read(text: str) -> Terms:
    """A value handed on as text: a fraction p/q, or a decimal with its radius."""
    if any(mark in text for mark in "[.e"):
        return plain(arb(text))
    top, _, bottom = text.partition("/")
    return plain(fmpq(int(top), int(bottom or 1)))


def written(text: str) -> fmpq:
    """A number as an author writes it: -0.30, .5, 1e-3, 3/4."""
    top, _, bottom = text.partition("/")
    if bottom:
        return written(top) / written(bottom)
    digits, _, exponent = top.strip().lower().partition("e")
    size = decimal(digits.lstrip("+-"), int(exponent or 0))
    return -size if digits.startswith("-") else size


def decimal(digits: str, exponent: int = 0) -> fmpq:
    """The value of a decimal number."""
    whole, _, decimals = digits.partition(".")
    power = exponent - len(decimals)
    value = int(whole + decimals)
    return fmpq(value, 10**-power) if power < 0 else fmpq(value * 10**power)


def number(terms: Terms) -> Number:
    """The value of terms without unknowns."""
    if any(terms_key for terms_key in terms):
        raise Unreadable("an unknown stands where a number is needed")
    return terms.get((), fmpq(0))


def total(parts: list[Terms]) -> Terms:
    if all(part.keys() == PLAIN for part in parts):
        return plain(reduce(plus, (part[()] for part in parts)))
    found: dict[tuple[str, ...], Number] = {}
    for part in parts:
        for unknowns, value in part.items():
            found[unknowns] = plus(found[unknowns], value) if unknowns in found else value
    return _lean(found)


def product(left: Terms, right: Terms) -> Terms:
    """The product; an exact zero times anything is an exact zero. Unreadable where it would have too many terms."""
    if left.keys() == PLAIN == right.keys():  # numbers alone, as in most lines
        a, b = left[()], right[()]
        return plain(fmpq(0) if _is_nothing(a) or _is_nothing(b) else a * b)
    if len(left) * len(right) > MAX_TERMS:
        raise Unreadable("too many unknowns in a product")
    found: dict[tuple[str, ...], Number] = {}
    for first, a in left.items():
        for second, b in right.items():
            unknowns = tuple(sorted(first + second))
            value = fmpq(0) if _is_nothing(a) or _is_nothing(b) else a * b
            found[unknowns] = plus(found[unknowns], value) if unknowns in found else value
    return _lean(found)


def _is_nothing(value: Number) -> bool:
    return isinstance(value, fmpq) and value == 0


def _lean(terms: Terms) -> Terms:
    return {key: value for key, value in terms.items() if not _is_nothing(value)} or {(): fmpq(0)}


def quotient(left: Terms, right: Terms) -> Terms:
    divisor = number(right)
    if isinstance(divisor, fmpq) and divisor == 0:
        raise Unreadable("division by zero")
    return product(left, plain(beside.over(divisor)))


def power(base: Terms, exponent: Terms) -> Terms:
    value = number(exponent)
    if isinstance(value, fmpq) and value.q == 1 and abs(value) < 1000:
        found = plain(fmpq(1))
        for _ in range(abs(int(value.p))):
            found = product(found, base)
        return found if value >= 0 else quotient(plain(fmpq(1)), found)
    return plain(ball(number(base)) ** ball(value))


def side(u: Number) -> int:
    """1, -1 or 0. Unreadable where a ball leaves it open."""
    if u > 0:
        return 1
    if u < 0 or u == 0:
        return -1 if u < 0 else 0
    raise Unreadable("a sign that cannot be told")


FAR = 32
"""From here on what a function is beside a fraction is kept apart from it."""


def _far(near: Callable[..., Number], whole: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """A function by one way far from zero, by another elsewhere."""
    return lambda u: near(u) if abs(ball(u)) > FAR else whole(ball(u))


def _steady(u: arb) -> arb:
    """1/(1 + e^-u) without loss of digits on either side."""
    return 1 / (1 + (-u).exp()) if not u < 0 else u.exp() / (1 + u.exp())


_sigmoid = _far(beside.sigmoid, _steady)


def _exp(u: Number) -> Number:
    """1 + (e^u - 1), where e^u is near to 1."""
    return plus(1, ball(u).expm1()) if abs(ball(u)) < 1 else ball(u).exp()


def _ln(u: Number) -> Number:
    """ln(1 + r) of a number beside 1."""
    return u.off.log1p() if isinstance(u, Beside) and u.near == 1 else ball(u).log()


ALPHA, LEAK = fmpq(1), fmpq(1, 100)


def _elu(u: Number, a: Number = ALPHA) -> Number:
    return u if side(u) > 0 else fmpq(0) if side(u) == 0 else plus(_exp(u), -1) * a


def _leaky(u: Number, a: Number = LEAK) -> Number:
    return u if side(u) > 0 else a * u


def _largest(*values: Number) -> Number:
    best = values[0]
    for value in values[1:]:
        best = value if side(value - best) > 0 else best
    return best


def _softmax(own: Number, *units: Number) -> Number:
    """The share of one of several; equal shares are fractions."""
    if all(isinstance(unit, fmpq) and unit == own for unit in units):
        return fmpq(1, len(units))
    total: Number = fmpq(1)  # the own unit's part
    mine = units.index(own)
    for place, unit in enumerate(units):
        total = total if place == mine else plus(total, _exp(unit - own))
    return beside.over(total)


def _bell_times(u: arb) -> arb:
    return u / 2 * (-u / arb(2).sqrt()).erfc()


FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "exp": lambda u: fmpq(1) if isinstance(u, fmpq) and u == 0 else _exp(u),
    "ln": lambda u: fmpq(0) if isinstance(u, fmpq) and u == 1 else _ln(u),
    "log_2": lambda u: _ln(u) / arb(2).log(),
    "log_{10}": lambda u: _ln(u) / arb(10).log(),
    "sqrt": lambda u: ball(u).sqrt(),
    "sin": lambda u: ball(u).sin(),
    "cos": lambda u: ball(u).cos(),
    "tan": lambda u: ball(u).tan(),
    "erf": _far(beside.erf, arb.erf),
    "abs": lambda u: -u if side(u) < 0 else u,
    "tanh": lambda u: fmpq(0) if isinstance(u, fmpq) and u == 0 else _far(beside.tanh, arb.tanh)(u),
    "sigmoid": lambda u: fmpq(1, 2) if isinstance(u, fmpq) and u == 0 else _sigmoid(u),
    "relu": lambda u: u if side(u) > 0 else fmpq(0),
    "softplus": _far(beside.softplus, lambda u: (1 + u.exp()).log() if not u > 0 else u + (1 + (-u).exp()).log()),
    "step": lambda u: fmpq(int(side(u) > 0)),
    "sign": lambda u: fmpq(side(u)),
    "linear": lambda u: u,
    "erfc": lambda u: fmpq(1) if isinstance(u, fmpq) and u == 0 else _far(beside.erfc, arb.erfc)(u),
    "leakyrelu": _leaky,
    "elu": _elu,
    "swish": lambda u: fmpq(0) if isinstance(u, fmpq) and u == 0 else u * _sigmoid(u),
    "gelu": lambda u: fmpq(0) if isinstance(u, fmpq) and u == 0 else _far(beside.gelu, _bell_times)(u),
    "max": _largest,
    "min": lambda *values: -_largest(*(-value for value in values)),
    "softmax": _softmax,
}
"""By the word that is printed, in lower case."""
ARGUMENTS: Mapping[str, tuple[int, int]] = {
    "leakyrelu": (1, 2), "elu": (1, 2), "max": (2, 1_000), "min": (2, 1_000), "softmax": (2, 1_000),
}  # fmt: skip
"""How many arguments a function takes at least and at most; one, where it is not named here."""


def call(word: str, values: list[Number]) -> Number:
    """A function at values. Unreadable where it has no value there, or is given too few or too many."""
    least, most = ARGUMENTS.get(word, (1, 1))
    if not least <= len(values) <= most:
        raise Unreadable(f"{word} of {len(values)} arguments")
    value = FUNCTIONS[word](*values)
    if not isinstance(value, fmpq) and not value.is_finite():
        raise Unreadable(f"{word} has no value here")
    return value


def places(text: str, exponent: int = 0) -> int:
    """The place of the last printed digit, counted after the point; negative before it."""
    return len(text.partition(".")[2]) - exponent


def rounds_to(value: Number, shown: fmpq, last_place: int, mode: str) -> bool:
    """Whether a printed number is a value correctly rounded to its last place."""
    unit = fmpq(10) ** -last_place
    if not isinstance(value, fmpq):
        away = (value - shown) / unit
        return bool(-fmpq(1, 2) < away < fmpq(1, 2))
    distance = abs((value - shown) / unit)
    if distance != fmpq(1, 2):
        return distance < fmpq(1, 2)
    if mode == "half_even":
        return int((shown / unit).p) % 2 == 0
    return abs(shown) > abs(value)


def within_half_a_unit(value: Number, shown: fmpq, last_place: int) -> bool:
    """Whether an author may have rounded a value to a number with this last place; a tie goes either way."""
    away = (value - shown) / fmpq(10) ** -last_place
    if isinstance(away, fmpq):
        return bool(abs(away) <= fmpq(1, 2))
    return bool(-fmpq(1, 2) < away < fmpq(1, 2))


def differ(left: Number, right: Number) -> bool | None:
    """Whether two values are different numbers; None where balls leave it open."""
    difference = left - right
    if isinstance(difference, fmpq):
        return bool(difference != 0)
    return None if difference.contains(0) else True


def digits_of(value: Number) -> str:
    """A number as a fault tells it."""
    return ball(value).str(12, radius=False)
