"""Forms of an expression and of an equation: normal forms, forms asked for, equations solved."""

from __future__ import annotations

from contextlib import suppress

import pytest
from conftest import solved, work_text
from hypothesis import HealthCheck, given, settings
from random_derivations import X
from strategies import expressions

from solver.derivations.equations import rearrange
from solver.derivations.meaning import Meaning
from solver.derivations.proof import are_one, compare
from solver.derivations.written import in_form
from solver.expression import Expression
from solver.mathtext import text
from solver.names import Name, Prime
from solver.parse import parse_equation, parse_expression
from solver.pipeline import write
from solver.problem import Rearrangement, Substitution


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(expressions)
def test_a_final_form_changes_nothing(node: Expression) -> None:
    from solver.derivations.fraction import TooLarge

    for form in ("factor", "expand", "single fraction"):
        with suppress(TooLarge):
            assert compare(node, in_form(node, form), Meaning()).holds


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [
        ("exp(x)*exp(y)", "exp(x + y)", True), ("4^x", "2^(2*x)", True), ("ln(sigmoid(x))", "-ln(1 + exp(-x))", True),
        ("tanh(x)", "2*sigmoid(2*x) - 1", True), ("sqrt(x)*sqrt(x)", "x", True), ("sin(x)^2 + cos(x)^2", "1", True),
        ("relu(x)", "x*step(x)", True), ("max(x, y)", "x + relu(y - x)", True), ("x^(n - 1)*x", "x^n", True),
        ("ln(x/(1 - x))", "-ln(1/x - 1)", True), ("ln(x/(1 - x))", "ln(1/x - 1)", False),
        ("exp(x)", "exp(-x)", False), ("ln(x^2)", "2*ln(x) + 1", False), ("sqrt(x^2)", "x", False), ("x/0", "x/0 + 1", False),
        ("(x - x)/(x - x)", "1", False),
    ],
)  # fmt: skip
def test_normal_forms_know_the_laws_of_exponents_and_logarithms(left: str, right: str, one: bool) -> None:
    assert are_one(parse_expression(left), parse_expression(right)) is one


@pytest.mark.parametrize(
    ("formula", "terms", "expected"),
    [
        ("1/(1 + exp(-x))", ["f(x)"], "f(x)*(1 - f(x))"),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", ["f(x)"], "1 - f(x)^2"),
        ("exp(-x^2/2)/sqrt(2*pi)", ["f(x)"], "-x*f(x)"),
        ("ln(1 + exp(x))", ["sigmoid(x)"], "sigmoid(x)"),
        ("2*sigmoid(2*x) - 1", ["f(x)"], "1 - f(x)^2"),
        ("-(y*ln(sigmoid(x)) + (1 - y)*ln(1 - sigmoid(x)))", ["p = sigmoid(x)"], "p - y"),
        ("1/(1 + exp(-3*x))", ["f(x)"], "3*f(x)*(1 - f(x))"),
        ("a^x", ["f(x)"], "f(x)*ln(a)"),
    ],
)  # fmt: skip
def test_a_derivative_is_brought_into_terms_of_the_function(formula: str, terms: list[str], expected: str) -> None:
    asked = ", ".join(f'"{term}"' for term in terms)
    spec = f"title: T\nderive:\n  function: f(x) = {formula}\n  by: x\n  in_terms_of: [{asked}]\n"
    worked = work_text(spec)
    assert worked.diagnostics == ()
    ((name, result),) = worked.solution.derived.results
    assert name == Prime(Name("f"), X)
    assert text(result) == expected
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


def test_the_partial_fractions_of_the_note_are_found_without_steps() -> None:
    worked = work_text("title: T\nderive: {function: f(x) = 1/(1 + exp(-x)), by: x, in_terms_of: f(x)}\n")
    (working,) = worked.solution.derived.workings
    assert [(step.rule, text(step.after)) for step in working.steps[-3:]] == [
        ("partial fractions", "1/(1 + exp(-x)) - 1/(1 + exp(-x))^2"),
        ("in terms of", "f(x) - f(x)^2"),
        ("factor out", "f(x)*(1 - f(x))"),
    ]


@pytest.mark.parametrize(
    ("equation", "unknown", "solution"),
    [
        ("z = w*x + b", "x", "(z - b)/w"), ("z = w*x + b", "b", "z - w*x"), ("E = 1/2*(y - o)^2", "y", "sqrt(E/(1/2)) + o"),
        ("p = 1/(1 + exp(-z))", "z", "-ln(1/p - 1)"), ("p = sigmoid(z)", "z", "-ln(1/p - 1)"), ("a*x + b = c*x + d", "x", "(d - b)/(a - c)"),
        ("y = (a + x)/(b - x)", "x", "(b*y - a)/(1 + y)"), ("y = a/x", "x", "a/y"), ("3*x - 4 = 2*(x + 1)", "x", "6"),
        ("ln(x)/2 = k", "x", "exp(k*2)"),
    ],
)  # fmt: skip
def test_equations_are_solved_step_by_step(equation: str, unknown: str, solution: str) -> None:
    left, right = parse_equation(equation)
    derived = rearrange(Rearrangement(left, right, Name(unknown)))
    ((name, result),) = derived.results
    assert name == Name(unknown)
    assert compare(result, parse_expression(solution), Meaning()).holds, text(result)
    assert all(step.proof is not None for step in derived.equations)
    worked = work_text(f"title: T\nderive: {{equation: '{equation}', solve_for: {unknown}}}\n")
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


@pytest.mark.parametrize(("equation", "unknown"), [("x + exp(x) = 1", "x"), ("x^2 + x = 1", "x"), ("x = x", "x")])
def test_an_equation_that_is_not_solved_step_by_step_is_said(equation: str, unknown: str) -> None:
    worked = work_text(f"title: T\nderive: {{equation: '{equation}', solve_for: {unknown}}}\n")
    assert [d.code for d in worked.diagnostics] == ["S505"]


def test_formulas_are_put_into_another() -> None:
    worked = work_text(
        "title: T\nderive: {formula: 'E = (y - p)^2', substitute: ['p = w*x + b', 'b = 0'], final_form: expand}\n"
    )
    assert isinstance(worked.solution.problem.derivation, Substitution)
    ((_, result),) = worked.solution.derived.results
    assert compare(result, parse_expression("y^2 - 2*w*x*y + w^2*x^2"), Meaning()).holds
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


def test_other_forms_of_a_solution_are_proven() -> None:
    derived = solved("logit").solution.derived
    assert [(step.rule, step.proof.how) for step in derived.equations[-2:]] == [("author", "algebra")] * 2
    assert text(dict(derived.results)[Name("z")]) == "ln(p/(1 - p))"
    wrong = "title: T\nderive: {equation: p = 1/(1 + exp(-z)), solve_for: z, steps: [{to: ln((1 - p)/p)}]}\n"
    assert [fault.code for fault in work_text(wrong).diagnostics] == ["S502"]
