"""Worked examples that others published: every number of theirs against ours.

A file of tests/examples is a problem of this repository with the numbers of its source: `is` names our value (or a
difference, a product or the negation of such), `published` is what the source prints, `recomputed` the value to 12
digits by another program, `verdict` how the two compare. Where the source is wrong, ours is not the published number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from pathlib import Path

import pytest
import yaml
from conftest import solved
from flint import fmpq

from solver.data import values
from solver.rounding import round_exact

FILES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
AS_PUBLISHED = ("exact", "rounded")
NOT_AS_PUBLISHED = ("truncated", "last_digit", "rounded_intermediates", "propagated_error", "SLIP")


@dataclass(frozen=True)
class Published:
    """One number of a published example."""

    problem: str
    key: str
    ours: str
    recomputed: str
    printed: str = ""
    verdict: str = ""


def published() -> Iterator[Published]:
    for file in FILES:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert data["problem"] == file.stem
        for key, row in data["numbers"].items():
            yield Published(
                file.stem, key, row["is"], row["recomputed"], row.get("published", ""), row.get("verdict", "")
            )


ALL = tuple(published())
PRINTED = tuple(number for number in ALL if number.printed)


@cache
def shown(problem: str) -> dict[str, Fraction]:
    return {name: Fraction(value["value"]) for name, value in values(solved(problem).solution).items()}


def ours(number: Published) -> Fraction:
    """Our value: the names in `is`, with " - " between them, " * " between factors, or "-" in front."""
    known = shown(number.problem)
    negated = number.ours.startswith("-")
    first, *others = (prod(known[name] for name in part.split(" * ")) for part in number.ours.lstrip("-").split(" - "))
    return (-first if negated else first) - sum(others)


def places(printed: str) -> int:
    return len(printed.partition(".")[2])


def rounded(value: Fraction, digits: int) -> set[Fraction]:
    """A value rounded to so many decimals: ties go up or to the even digit."""
    scaled = value * 10**digits
    found = (round_exact(fmpq(scaled.numerator, scaled.denominator), mode) for mode in ("half_up", "half_even"))
    return {Fraction(whole, 10**digits) for whole in found}


def label(number: Published) -> str:
    return f"{number.problem}: {number.key}"


@pytest.mark.parametrize("number", ALL, ids=label)
def test_every_recomputed_number_is_ours_to_12_digits(number: Published) -> None:
    theirs = Fraction(number.recomputed)
    assert abs(ours(number) - theirs) <= abs(theirs) * Fraction(1, 10**11)


@pytest.mark.parametrize("number", PRINTED, ids=label)
def test_every_published_number_is_ours_or_is_known_to_be_wrong(number: Published) -> None:
    value, printed = ours(number), Fraction(number.printed)
    assert number.verdict in (*AS_PUBLISHED, *NOT_AS_PUBLISHED)
    assert (printed in rounded(value, places(number.printed))) == (number.verdict in AS_PUBLISHED)
    match number.verdict:
        case "exact":
            assert value == printed
        case "truncated":
            scaled = abs(value) * 10 ** places(number.printed)
            assert int(scaled) == abs(printed) * 10 ** places(number.printed)
        case "last_digit":
            assert abs(value - printed) < Fraction(2, 10 ** places(number.printed))
        case _:
            pass


def test_no_number_is_left_out() -> None:
    assert (len(FILES), len(ALL), len(PRINTED)) == (38, 628, 627)


DIFFERENT = tuple(n for n in PRINTED if n.verdict in NOT_AS_PUBLISHED)
TOLD_TOGETHER = {
    "logistic-regression-three-rows": "changes {z} of the third sample and the last weights in their fourth decimal",
    "softmax-regression": "which are 0.0986 and 0.197, and for that by the last weight 0.484, which is 0.485",
}
"""Where one sentence tells of several numbers, or of a derivative and of the step made from it."""


@pytest.mark.parametrize("problem", sorted({number.problem for number in DIFFERENT}))
def test_a_number_of_a_source_that_is_not_ours_is_noted_on_the_page(problem: str) -> None:
    statement = solved(problem).solution.problem.head.statement
    if problem in TOLD_TOGETHER:
        assert TOLD_TOGETHER[problem] in statement
        return
    for number in DIFFERENT:
        if number.problem == problem:
            assert re.search(rf"(?<![\d.]){re.escape(number.printed)}(?!\d)", statement), number.printed
