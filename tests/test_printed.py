"""How a value is printed: numbers, and polynomials in what stays unknown."""

from __future__ import annotations

import pytest
from conftest import work_text

from solver.data import values


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("(0.3*x - 1)^2/2", "0.045*x^2 - 0.3*x + 0.5"),
        ("1 - 2*x + x^3", "x^3 - 2*x + 1"),
        ("2*x*y^2 - x*y^3 - x*y", "-x*y^3 + 2*x*y^2 - x*y"),
        ("x - 0.2*y^2 + 3", "x - 0.2*y^2 + 3"),
        ("0.5 + x", "x + 0.5"),
    ],
)
def test_unknowns_stand_by_falling_powers(formula: str, shown: str) -> None:
    worked = work_text(f"title: T\ndefine:\n  f: {formula}\n")
    assert not worked.diagnostics, worked.diagnostics
    assert values(worked.solution)["f"]["shown"] == shown
