"""Formulas in an author's text are printed as mathematics; names that the problem does not have are refused."""

from __future__ import annotations

import pytest
from conftest import work_text

from solver.pipeline import write


@pytest.mark.parametrize(
    ("said", "printed"),
    [("{a}", "$a$"), ("{a*x + b*x}", "$a x + b x$"), ("{exp(-x)} and *so* on", "$e^{-x}$ and *so* on"),
     ("{{a*x}}", r"\{a\*x\}"), ("{1/(a*x)*b*x}", r"$\frac{1}{a x}b x$")],
)  # fmt: skip
def test_a_formula_in_braces_is_printed_as_mathematics(said: str, printed: str) -> None:
    spec = f"title: T\nstatement: '{said}'\ngiven: {{a: 2, b: 3, x: 1}}\ndefine: {{c: a*x + b}}\n"
    written = write(work_text(spec), ["markdown", "latex"])
    assert written.diagnostics == ()
    assert printed in written.texts["markdown"]


@pytest.mark.parametrize("said", ["{q}", "{a*q}", "{f(a)}", "{a*}", "{}"])
def test_a_formula_of_what_the_problem_does_not_have_is_refused(said: str) -> None:
    worked = work_text(f"title: T\nstatement: '{said}'\ngiven: {{a: 2}}\ndefine: {{c: 2*a}}\n")
    assert [d.code for d in write(worked, ["markdown"]).diagnostics or worked.diagnostics] == ["S306"]
