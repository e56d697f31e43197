from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import solved
from flint import fmpq

from solver.diagnostics import ProblemError
from solver.evaluate import Values, evaluate_graph
from solver.expression import Product, Symbol
from solver.graph import Definition, Graph
from solver.names import Local, Total, parse_name
from solver.parse import parse_expression
from solver.solution import Solution
from solver.verify import CHECKS, verify


def changed(id: str, name, expression) -> Solution:
    """A solution in which one definition is another; the values are those of the changed graph."""
    solution = solved(id).solution
    graph = solution.full.graph
    definitions = tuple(
        Definition(d.name, expression, d.origin, d.stated) if d.name == name else d for d in graph.definitions
    )
    return replace(solution, full=evaluate_graph(Graph(graph.givens, definitions)))


def refusals(solution: Solution, check: str) -> list[str]:
    (row,) = (row for row in CHECKS if row.name == check)
    return [fault.message for fault in row.run(solution)]


VALUES, CARRIED, STEPS = (check.name for check in CHECKS)
Y_OUT, Y_IN, E, W_H = (parse_name(text) for text in ("y_out", "y_in", "E", "w_h"))


def test_every_check_passes_on_the_problems_of_this_repository() -> None:
    for id in ("network-2-1-1", "network-3-2-1", "network-3-2-1-stated", "sigmoid"):
        verify(solved(id).solution)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (Local(Y_OUT, Y_IN), "y_out*(1 + y_out)"),
        (Local(E, Y_OUT), "y - y_out"),
        (Local(Y_IN, W_H), "b_2"),
        (parse_name("w_h_new"), "w_h + eta*0.0248"),
    ],
)
def test_a_wrong_derivative_or_update_is_refused(name, wrong: str) -> None:
    messages = refusals(changed("network-2-1-1", name, parse_expression(wrong)), VALUES)
    assert messages
    assert all("two computations of" in message for message in messages)


def test_a_path_left_out_is_refused() -> None:
    solution = changed("network-2-1-1", Total(E, W_H), Product((Symbol(Local(E, Y_OUT)), Symbol(Local(Y_OUT, Y_IN)))))
    assert refusals(solution, VALUES)


def test_a_wrong_symbolic_gradient_is_refused() -> None:
    name = Local(parse_name("y_in"), parse_name("h_1_out"))
    assert refusals(changed("network-3-2-1-stated", name, Symbol(parse_name("w_h2"))), VALUES)


def test_a_wrong_value_is_refused() -> None:
    solution = solved("network-2-1-1").solution
    values = dict(solution.full.at(0))
    values[parse_name("h_out")] = fmpq(587, 1000)
    wrong = replace(
        solution, full=Values(solution.full.graph, solution.full.least, cache={solution.full.least: values})
    )
    assert any("h_out" in message for message in refusals(wrong, VALUES))


def test_a_false_step_is_refused_at_its_own_line() -> None:
    solution = solved("sigmoid").solution
    place = next(i for i, step in enumerate(solution.steps) if step.because == "split the fraction")
    slip = parse_expression("(1 + exp(-x))/(1 + exp(-x))^2*1/(1 + exp(-x))^2")
    steps = list(solution.steps)
    steps[place] = replace(steps[place], after=slip)
    with pytest.raises(ProblemError) as error:
        verify(replace(solution, steps=tuple(steps)))
    assert error.value.faults[0].path == ("derive", "steps", 1, "to")
    assert error.value.faults[0].code == "S502"


def test_every_check_has_a_wrong_solution_above() -> None:
    assert {VALUES, CARRIED, STEPS} == {check.name for check in CHECKS}
