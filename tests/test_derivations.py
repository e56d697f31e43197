"""Derivations: every result against sympy, random expressions, every line proven."""

from __future__ import annotations

import pytest
from conftest import PROBLEMS, solved
from hypothesis import HealthCheck, given, settings
from random_derivations import X, agrees_with_sympy, derivation, random_functions
from strategies import expressions

from solver.derivations.find import derive_functions
from solver.derivations.meaning import Meaning
from solver.derivations.proof import compare
from solver.derivations.rules import taken_whole
from solver.expression import Derivative, Expression
from solver.mathtext import text
from solver.names import Second
from solver.pipeline import write
from solver.problem import Derivation

DERIVED = [path.stem for path in PROBLEMS if solved(path.stem).solution.derived is not None]


@pytest.mark.parametrize("id", DERIVED)
def test_the_result_of_each_derivation_is_sympys(id: str) -> None:
    solution = solved(id).solution
    derivation, derived = solution.problem.derivation, solution.derived
    if not isinstance(derivation, Derivation):
        pytest.skip("no derivative of a function: tested with the forms and with the several derivatives")
    formulas = {function.name: function.formula for function in derivation.functions}
    for working in derived.workings:
        by = (working.name.by, working.name.then) if isinstance(working.name, Second) else (working.name.by,)
        assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formulas[working.name.of], by)


@pytest.mark.parametrize("id", DERIVED)
def test_every_line_of_the_chapter_is_proven(id: str) -> None:
    """Proven, not only checked at points: the author's own lines among them."""
    derived = solved(id).solution.derived
    for working in derived.all_workings:
        assert all(step.proof is not None and step.proof.is_proof for step in working.steps[1:]), id
    assert all(step.proof is not None and step.proof.is_proof for step in derived.equations)


@pytest.mark.parametrize("id", DERIVED)
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_each_page_is_read_back_without_a_false_line(id: str, form: str) -> None:
    assert write(solved(id), [form]).diagnostics == ()


RANDOM = random_functions(320)


def test_320_random_derivatives_are_sympys_and_no_line_is_left_unproven_and_unmarked() -> None:
    """Line by line as the page shows them; a line that is only checked says so in its proof."""
    by_points, lines = 0, 0
    for formula in RANDOM:
        derived = derive_functions(derivation(formula))
        (working,) = derived.workings
        for step in working.steps[1:]:
            assert step.proof is not None, text(formula)
            lines += 1
            by_points += not step.proof.is_proof
        assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formula, (X,)), text(formula)
    assert lines > 1_000
    assert by_points < lines / 50


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(expressions)
def test_the_two_routes_to_a_derivative_agree(node: Expression) -> None:
    """Rules on the tree against normal forms, which share no rule with them."""
    taken = Derivative(node, X, partial=False)
    assert compare(taken, taken_whole(taken), Meaning()).holds
