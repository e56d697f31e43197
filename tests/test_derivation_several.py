"""Several derivatives: Jacobians, Hessians, gradients in vector form, and the chain rule along definitions."""

from __future__ import annotations

import random
import re

import pytest
from conftest import page_of, solved, work_text, works
from random_derivations import agrees_with_sympy, of_two, random_of_two

from solver.derivations.derived import Working, proven
from solver.derivations.find import derive_functions
from solver.derivations.meaning import Meaning
from solver.derivations.step import Step
from solver.derivations.vectorform import vector_form
from solver.expression import Entrywise, Expression, Matrix, Negate
from solver.mathtext import text
from solver.names import Name, Second, Total, parse_name
from solver.parse import parse_expression
from solver.pipeline import printer, read_back, write

JACOBIAN = "title: T\nderive: {function: ['f(x, y) = x^2*y', 'g(x, y) = sin(x)*h'], by: [x, y], example: {h: 2}}\n"


def test_every_function_of_a_jacobian_and_every_second_derivative_is_checked_with_numbers() -> None:
    pages = [
        write(works(spec), ["markdown"]).texts["markdown"] for spec in (JACOBIAN, SEVERAL.replace("  steps:\n", ""))
    ]
    heads = [[line for line in page.splitlines() if line.startswith(r"| $x$ | $y$ |")] for page in pages]
    assert [head.count(r"\partial") for head in heads[0]] == [4, 4]
    assert [head.count(r"\partial") for head in heads[1]] == [4, 4 + 2 + 2 + 2]
    assert r"\frac{g(x + k, y) - g(x - k, y)}{2 k}" in pages[0]  # h is a name of the problem
    assert r"\frac{f(x + h, y) - 2\,f(x, y) + f(x - h, y)}{h^{2}}" in pages[1]


def test_a_digit_or_a_quotient_that_is_changed_is_noticed_by_the_reader() -> None:
    worked = works(JACOBIAN)
    page = write(worked, ["markdown"]).texts["markdown"]
    math = printer(worked.document, worked.solution)
    assert read_back(page, "markdown", worked.solution, math) == ()
    (digits,) = re.findall(r"\$-1\$ \| \$0.5\$ \| \$(1\.0806\d)\$", page)
    for before, after in ((digits, "1.08070"), (r"f(x + k, y)", r"f(x + k, x)"), (r"D_{21} &", r"D_{22} &")):
        assert page.count(before) >= 1
        assert read_back(page.replace(before, after, 1), "markdown", worked.solution, math)


def test_100_random_jacobians_and_60_random_hessians_are_sympys() -> None:
    """Every entry against sympy's, and no line that is neither proven nor marked."""
    dice, by_points, lines = random.Random(8), 0, 0
    asked = [of_two(random_of_two(dice, 2), random_of_two(dice, 2), shape="jacobian") for _ in range(100)]
    asked += [of_two(random_of_two(dice, 2), shape="hessian") for _ in range(60)]
    for one in asked:
        formulas = {function.name: function.formula for function in one.functions}
        derived = derive_functions(one)
        assert len(derived.workings) == (4 if one.shape == "jacobian" else 6)
        for working in derived.workings:
            name = working.name
            by = (name.by, name.then) if isinstance(name, Second) else (name.by,)
            assert all(step.proof is not None for step in working.steps[1:])
            lines += len(working.steps) - 1
            by_points += sum(not step.proof.is_proof for step in working.steps[1:])
            assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formulas[name.of], by), text(
                working.result
            )
    assert lines > 1_500
    assert by_points < lines / 20


SEVERAL = """title: T
derive:
  function: f(x, y) = x^2*y + y^3
  by: [x, y]
  find: hessian
  steps:
"""


def test_lines_of_the_authors_stand_in_the_derivative_they_name() -> None:
    lines = "    - {by: x, to: y*x*2}\n    - {by: y, to: x*x + 3*y^2}\n    - {by: [x, y], to: x + x}\n"
    worked = works(SEVERAL + lines)
    ends = {
        w.name.text: text(w.steps[-1].after) for w in worked.solution.derived.workings if w.steps[-1].rule == "author"
    }
    assert ends == {"df/dx": "y*x*2", "df/dy": "x*x + 3*y^2", "d2f/dxdy": "x + x"}
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


@pytest.mark.parametrize(
    "line", ["{by: x, to: y*x*3}", "{by: y, to: x*x + 3*y}", "{by: [x, y], to: x}", "{by: [y, y], to: 6}"]
)
def test_a_false_line_of_one_of_several_derivatives_is_refused(line: str) -> None:
    worked = work_text(SEVERAL + "    - {by: x, to: 2*x*y}\n    - " + line + "\n")
    assert [(d.code, d.place.line) for d in worked.diagnostics] == [("S502", 8)]


def test_gradient_jacobian_and_hessian_are_stacked() -> None:
    worked = work_text("title: T\nderive: {function: 'f(x, y) = x^2*y + y^3', by: [x, y], find: hessian}\n")
    results = {name.text: text(node) for name, node in worked.solution.derived.results}
    assert results == {
        "df/dx": "2*x*y", "df/dy": "x^2 + 3*y^2", "d2f/dxdx": "2*y", "d2f/dxdy": "2*x", "d2f/dydx": "2*x",
        "d2f/dydy": "6*y",
    }  # fmt: skip
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


def test_first_derivatives_stand_above_the_second_ones_that_begin_with_them() -> None:
    page = write(solved("linear-regression"), ["markdown"]).texts["markdown"]
    assert page.index("## In the same way") < page.index("## The second derivative")


@pytest.mark.parametrize(
    ("id", "closing"),
    [
        ("logistic-regression", r"= (p - y)\boldsymbol{x}"),
        ("logistic-regression-batch", r"= \boldsymbol{X}^{\top} (\boldsymbol{p} - \boldsymbol{y})"),
        ("softmax-weights", r"= (\boldsymbol{p} - \boldsymbol{y}) \boldsymbol{x}^{\top}"),
    ],
)
def test_a_gradient_is_written_in_vector_form_and_its_closing_line_read_back(id: str, closing: str) -> None:
    worked = solved(id)
    page = write(worked, ["markdown"]).texts["markdown"]
    math = printer(worked.document, worked.solution)
    assert page.count(closing.replace("= ", "&= ")) == 1
    assert read_back(page, "markdown", worked.solution, math) == ()
    for before, after in ((" - ", " + "), ("{x}", "{w}"), ("{X}", "{p}"), (r"^{\top}", "")):
        false = closing.replace(before, after)
        if false != closing:
            assert read_back(page.replace(closing[2:], false[2:]), "markdown", worked.solution, math), false


def test_the_four_equations_are_stated_and_proven_in_matrix_form() -> None:
    worked = solved("four-equations-in-matrices")
    derived = worked.solution.derived
    math = printer(worked.document, worked.solution)
    said = [(math.tex(line.left), math.tex(line.stages[-1][1]), math.tex(line.stages[0][1])) for line in derived.lines]
    delta, delta_o = r"\boldsymbol{\delta}", r"\boldsymbol{\delta}_o"
    by = r"\frac{\partial E}{\partial \boldsymbol{%s}}"
    assert {(left, last) for left, last, _ in said} == {
        (r"\boldsymbol{z}", r"\boldsymbol{W} \boldsymbol{x} + \boldsymbol{b}"), (r"\boldsymbol{a}", r"g(\boldsymbol{z})"),
        (r"\boldsymbol{u}", r"\boldsymbol{V} \boldsymbol{a} + \boldsymbol{c}"), (r"\boldsymbol{o}", r"g(\boldsymbol{u})"),
        (delta_o, r"(\boldsymbol{o} - \boldsymbol{y}) \circ g'(\boldsymbol{u})"),
        (delta, rf"(\boldsymbol{{V}}^{{\top}} {delta_o}) \circ g'(\boldsymbol{{z}})"),
        (by % "o", r"\boldsymbol{o} - \boldsymbol{y}"), (by % "c", delta_o), (by % "b", delta),
        (by % "V", rf"{delta_o} \boldsymbol{{a}}^{{\top}}"), (by % "W", rf"{delta} \boldsymbol{{x}}^{{\top}}"),
    }  # fmt: skip
    assert (delta_o, rf"{by % 'o'} \circ g'(\boldsymbol{{u}})") in {(left, first) for left, _, first in said}
    page = write(worked, ["markdown"]).texts["markdown"]
    for line in (r"(\boldsymbol{V}^{\top} \boldsymbol{\delta}_o) \circ", r"\boldsymbol{\delta} \boldsymbol{x}^{\top}"):
        assert page.count(line) == 2  # where it is derived, and in the result
        false = page.replace(
            line, line.replace(r"^{\top}", "").replace("{x}", "{x}^{\\top}").replace("delta}", "delta}_o", 1)
        )
        assert read_back(false, "markdown", worked.solution, math)


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        ([["2*x_1*p"], ["2*x_2*p"]], "2*p*x"), ([["a_1*x_1"], ["a_2*x_2"]], None), ([["x_1 + a_1"], ["x_2 + a_2"]], "x + a"),
        ([["M_11*x_1 + M_12*x_2"], ["M_21*x_1 + M_22*x_2"]], "M*x"), ([["M_11*x_1 + M_12*x_2"], ["M_21*x_1 - M_22*x_2"]], None),
        ([["M_11*a_1 + M_21*a_2 - x_1"], ["M_12*a_1 + M_22*a_2 - x_2"]], ""), ([["x_1^2"], ["x_2*x_1"]], None),
        ([["x_1"], ["x_2 + 1"]], None), ([["x_1*a_1", "x_1*a_2"], ["x_2*a_1", "x_2*a_2"]], ""), ([["M_11", "M_12"], ["M_21", "M_22"]], "M"),
    ],
)  # fmt: skip
def test_a_form_of_matrices_is_found_where_there_is_one_and_none_where_there_is_none(
    wanted: list[list[str]], form: str | None
) -> None:
    grids = {parse_name(n): tuple(tuple(map(parse_name, row.split())) for row in rows) for n, rows in GRIDS.items()}
    matrix = Matrix(tuple(tuple(map(parse_expression, row)) for row in wanted))
    found = vector_form(matrix, grids, Meaning())
    if form is None:
        assert found is None or says_entrywise(found)
    else:
        assert found is not None
        assert not form or text(found) == form


GRIDS = {"x": ["x_1", "x_2"], "a": ["a_1", "a_2"], "M": ["M_11 M_12", "M_21 M_22"]}


def says_entrywise(node: Expression) -> bool:
    return isinstance(node, Entrywise)


def test_the_delta_rule_and_the_four_equations() -> None:
    results = dict(solved("delta-rule").solution.derived.results)
    e = Name("E")
    assert text(results[Total(e, Name("h"))]) == "(o - y)*g'(h)"
    assert text(results[Total(e, Name("w", ("1",)))]) == "delta*x_1"
    four = {name.text: text(node) for name, node in solved("four-equations").solution.derived.results}
    assert four == {
        "dE/du_1": "(o_1 - y_1)*g'(u_1)", "dE/du_2": "(o_2 - y_2)*g'(u_2)",
        "dE/dz_1": "delta_o1*v_11*g'(z_1) + delta_o2*v_21*g'(z_1)", "dE/dc_1": "delta_o1", "dE/db_1": "delta_1",
        "dE/dv_11": "delta_o1*a_1", "dE/dw_11": "delta_1*x_1",
    }  # fmt: skip


def test_a_wrong_derivative_along_definitions_is_not_proven() -> None:
    """The check of the delta rule can fail: with another sign the line is refused."""
    solution = solved("delta-rule").solution
    working = next(w for w in solution.derived.workings if w.name == Total(Name("E"), Name("h")))
    steps = (*working.steps[:-1], Step("author", None, Negate(working.result)))
    _, faults = proven(Working(working.left, steps, working.name), solution.derived.meaning)
    assert [fault.code for fault in faults] == ["S502"]


def test_the_first_derivatives_stand_before_the_second_ones_made_from_them() -> None:
    page = write(solved("linear-regression"), ["markdown"]).texts["markdown"]
    assert page.index("In the same way") < page.index("The second derivative")
    assert "For $x_1 = 1$, $x_2 = 2$, $y = 1$." in page  # w_2 has a column of its own


def test_the_chain_rule_ends_with_all_that_was_asked() -> None:
    page = write(solved("delta-rule"), ["markdown"]).texts["markdown"]
    assert r"\delta x_2" in page.split("## Result")[1]
    assert r"\text{only }w_1 x_1\text{ depends on }w_1" in page


def test_a_hessian_has_its_gradient_before_it_and_says_that_mixed_derivatives_are_equal() -> None:
    page = page_of("linear-regression")
    assert page.index("In the same way") < page.index(r"\nabla E") < page.index("## The second derivative")
    assert page.count("are equal: the order in which") == 1


def test_a_sum_of_several_ways_says_which_they_are() -> None:
    page = page_of("four-equations")
    said = "$z_1$ reaches $E$ in more than one way, through $a_1$ and $u_1$ and through $a_1$ and $u_2$: the chain rule adds a term for each."
    assert page.count(said) == page.count("in more than one way") == 1
    assert page.index("derivative $\\frac{\\partial E}{\\partial z_1}$") < page.index(said)


def test_vectors_of_definitions_are_said_before_they_head_a_section_and_their_results_end_the_page() -> None:
    page = page_of("four-equations-in-matrices")
    definitions, result = page.split("## The derivative")[0], page.split("## Result")[1]
    for said in (
        r"\boldsymbol{u} &=",
        "$g$ of a vector is taken entry by entry.",
        r"In $\boldsymbol{V}^{\top}$ rows and columns are exchanged.",
        r"$\frac{\partial E}{\partial \boldsymbol{o}}$ are derivatives with respect to a",
    ):
        assert said in definitions
    assert result.count("$$") == 12
    assert page.index(r"\frac{\partial E}{\partial \boldsymbol{o}} &= \begin") < page.index(
        "the same, with the first factor"
    )
