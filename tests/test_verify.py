from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import solved, work_text
from flint import fmpq

from solver.diagnostics import ProblemError
from solver.document import Chain, Document, Link, Section, SideBySide
from solver.expression import Number, Product, Symbol
from solver.graph import Definition, Graph
from solver.names import Local, Total, parse_name
from solver.parse import parse_expression
from solver.solution import Solution
from solver.values import Values, evaluate_graph
from solver.verify import CHECKS, DOCUMENT_CHECKS, verify, verify_document


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
    (working,) = solution.derived.workings
    place = next(i for i, step in enumerate(working.steps) if step.because == "split the fraction")
    slip = parse_expression("(1 + exp(-x))/(1 + exp(-x))^2*1/(1 + exp(-x))^2")
    steps = list(working.steps)
    steps[place] = replace(steps[place], after=slip)
    wrong = replace(solution.derived, workings=(replace(working, steps=tuple(steps)),))
    with pytest.raises(ProblemError) as error:
        verify(replace(solution, derived=wrong))
    assert error.value.faults[0].path == ("derive", "steps", 1, "to")
    assert error.value.faults[0].code == "S502"


def carried_solution() -> Solution:
    spec = "title: T\nrounding: {carry: rounded}\ngiven: {x: 0.5, w: 0.3, y: 1, eta: 0.1}\n"
    spec += "network: {activation: sigmoid, loss: squared_error, units: {y: w*x}}\nfind: {update: [w]}\n"
    return work_text(spec).solution


@pytest.mark.parametrize("name", [Y_OUT, Local(E, Y_OUT), Total(E, parse_name("w")), parse_name("w_new")])
def test_a_wrong_carried_value_is_refused(name) -> None:
    solution = carried_solution()
    assert refusals(solution, CARRIED) == []
    printed = dict(solution.carried.printed)
    (number,) = printed[name].numbers.values()
    wrong = Number(number.text, number.value + fmpq(1, 1000))
    printed[name] = replace(printed[name], numbers={(): wrong})
    changed_solution = replace(solution, carried=replace(solution.carried, printed=printed))
    assert any(name.text in message for message in refusals(changed_solution, CARRIED))


def with_link(document: Document, place: int, change) -> Document:
    """A document in which one link of its first chain with enough of them is changed."""

    def block(node):
        nonlocal done
        if isinstance(node, Section):
            return replace(node, blocks=tuple(block(inner) for inner in node.blocks))
        if isinstance(node, SideBySide):
            return replace(node, chains=tuple(block(inner) for inner in node.chains))
        if isinstance(node, Chain) and not done and any(change(link) for link in node.links[place:]):
            done = True
            return replace(
                node, links=tuple((i >= place and change(link)) or link for i, link in enumerate(node.links))
            )
        return node

    done = False
    return replace(document, blocks=tuple(block(node) for node in document.blocks))


def test_a_wrong_form_of_a_formula_is_refused() -> None:
    worked = solved("network-2-1-1")

    def slip(link: Link) -> Link | None:
        return (
            replace(link, member=parse_expression("y - y_out"))
            if link.role == "rule" and link.member == parse_expression("y_out - y")
            else None
        )

    document = with_link(worked.document, 1, slip)
    (row,) = (row for row in DOCUMENT_CHECKS if row.name == "two forms of one formula")
    assert list(row.run(worked.document, worked.solution)) == []
    assert "two forms of one formula differ" in next(row.run(document, worked.solution)).message


@pytest.mark.parametrize(("before", "after"), [("≈", "="), ("=", "≈")])
def test_a_wrong_relation_is_refused(before: str, after: str) -> None:
    worked = solved("network-2-1-1")
    document = with_link(
        worked.document,
        1,
        lambda link: replace(link, relation=after) if link.relation == before and link.role == "result" else None,
    )
    (row,) = (row for row in DOCUMENT_CHECKS if row.name == "each relation of each line")
    assert list(row.run(worked.document, worked.solution)) == []
    fault = next(row.run(document, worked.solution))
    assert (fault.code, fault.path[0]) == ("S503", "network")
    with pytest.raises(ProblemError):
        verify_document(document, worked.solution)


def test_every_check_has_a_wrong_solution_above() -> None:
    assert {VALUES, CARRIED, STEPS} == {check.name for check in CHECKS}
