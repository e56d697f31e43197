from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from fixtures_reader import cases
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from solver.rounding import (
    Enclosure,
    RangeError,
    Rounding,
    UndecidedError,
    nearest,
    places_of,
    relation,
    round_exact,
    show,
    show_step,
    significant,
)


def exactly(value: fmpq) -> Enclosure:
    return lambda bits: value


def ball(compute) -> Enclosure:
    def at(bits: int) -> arb:
        with ctx.workprec(bits):
            return compute()

    return at


def fraction(text: str) -> fmpq:
    if "/" in text:
        top, bottom = text.split("/")
        return fmpq(int(top), int(bottom))
    return fmpq(*Decimal(text).as_integer_ratio())


@pytest.mark.parametrize(("case", "expected"), cases("numbers.txt"))
def test_how_a_number_is_printed(case: str, expected: str) -> None:
    value, digits = case.split()
    assert show(exactly(fraction(value)), Rounding(int(digits))).text == expected


@given(st.decimals(-1000, 1000, places=5), st.integers(0, 4))
def test_exact_rounding_agrees_with_the_decimal_module(value: Decimal, places: int) -> None:
    scaled = fmpq(*value.as_integer_ratio()) * fmpq(10) ** places
    unit = Decimal(1).scaleb(-places)
    assert round_exact(scaled, "half_up") == int(value.quantize(unit, ROUND_HALF_UP).scaleb(places))
    assert round_exact(scaled, "half_even") == int(value.quantize(unit, ROUND_HALF_EVEN).scaleb(places))


@given(st.fractions(-100, 100), st.integers(1, 6))
def test_a_printed_number_is_within_half_a_unit_and_has_its_digits(value, digits: int) -> None:
    exact = fmpq(value.numerator, value.denominator)
    printed = show(exactly(exact), Rounding(digits))
    assert abs(printed.value - exact) * 2 <= fmpq(10) ** -places_of(printed)
    assert not printed.text.startswith("-0.0") or float(printed.text) != 0
    if printed.value != exact:
        assert places_of(printed) >= digits
        assert len(printed.text.split("e")[0].lstrip("-0.").replace(".", "")) >= digits


def test_tiny_differences_keep_their_digits() -> None:
    assert show(ball(lambda: 1 - 1 / (1 + arb(-30).exp())), Rounding(3)).text == "9.36e-14"
    assert show(ball(lambda: 1 - 1 / (1 + arb(-400).exp())), Rounding(3)).text == "1.92e-174"
    assert show(ball(lambda: 1 / (1 + arb(-40).exp())), Rounding(3)).text == "1.000"


def test_a_digit_that_cannot_be_decided_is_an_error() -> None:
    with pytest.raises(UndecidedError):
        nearest(ball(lambda: arb(2).sqrt() ** 2 / 16), 2, "half_up")
    with pytest.raises(UndecidedError):
        show(ball(lambda: arb(2).sqrt() ** 2 - 2), Rounding(3))


def test_numbers_beyond_reason_are_refused() -> None:
    with pytest.raises(RangeError):
        show(ball(lambda: arb(10**7).exp()), Rounding(3))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.0061896", "0.0062"), ("0.00042", "0.00042"), ("0.1", "0.1"), ("0.12345", "0.123"), ("0.000000000000123", "1.2e-13"),
     ("0", "0"), ("0.0095", "0.010"), ("0.0094", "0.0094"), ("0.0999999", "0.100")],
)  # fmt: skip
def test_the_step_of_an_update(value: str, expected: str) -> None:
    assert show_step(exactly(fraction(value)), Rounding(3)).text == expected


def test_equal_or_approximately() -> None:
    assert relation(exactly(fmpq(1, 2)), exactly(fmpq(2, 4))) == "="
    assert relation(exactly(fmpq(1, 2)), ball(lambda: arb(0.5).exp() - 1)) == "≈"
    with pytest.raises(UndecidedError):
        relation(exactly(fmpq(2)), ball(lambda: arb(2).sqrt() ** 2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.5", "0.5"), ("1/3", "0.333333333333333"), ("-2/3", "-0.666666666666667"), ("20/3", "6.66666666666667"),
     ("0.000001/3", "3.33333333333333e-7"), ("12345.678", "12345.678"), ("0", "0"), ("1", "1")],
)  # fmt: skip
def test_fifteen_significant_digits(value: str, expected: str) -> None:
    exact = fraction("0.000001") / 3 if value == "0.000001/3" else fraction(value)
    assert significant(exactly(exact), 15) == expected
