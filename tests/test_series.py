from __future__ import annotations

import pytest
from flint import arb, fmpq

from solver.diagnostics import ProblemError
from solver.graph import Definition, Graph
from solver.names import Name, parse_name
from solver.parse import parse_expression, parse_number
from solver.problem import Head, Problem
from solver.routes import SecondRoute
from solver.series import BITS, decided, value_at
from solver.training import PLAIN, Pass, Run, Turn
from solver.values import evaluate_graph


def graph(givens: dict[str, str], stated: dict[str, str] | None = None, **formulas: str) -> Graph:
    stated = stated or {}
    definitions = tuple(
        Definition(parse_name(name), parse_expression(text), (), parse_number(stated[name]) if name in stated else None)
        for name, text in formulas.items()
    )
    return Graph({parse_name(name): parse_number(number) for name, number in givens.items()}, definitions)


def forward(graph: Graph, seed: Name) -> dict[Name, tuple[arb, arb]]:
    """Each quantity of a graph with its derivative by one of its givens, by the second route."""
    run = Run((Turn(1, (Pass(0, PLAIN),), PLAIN),))
    route = SecondRoute(graph, Problem(Head("p", "P"), graph), run, evaluate_graph(graph).at(0))

    def work() -> dict[Name, tuple[arb, arb]]:
        assert list(route.walk({})) == []
        slopes = {name: route.sweep(name, route.region(name, {seed}), {seed: fmpq(1)}) for name in graph.by_name}
        return {name: (route.known[name][0], slope) for name, slope in slopes.items()}

    return decided(work, BITS)


@pytest.mark.parametrize(
    ("x", "formula", "slope"), [("0.1", "max(0, 1 - 10*x)", 0), ("0.3", "relu(x - 0.1 - 0.2)", 0), ("0.7", "abs(x - 0.7)", 0), ("0.7", "min(x, 0.7)", 1)],
)  # fmt: skip
def test_a_tie_of_decimals_is_a_tie(x: str, formula: str, slope: int) -> None:
    """0.1 is no exact ball: the second route still stands at the kink, and takes what is taught."""
    found = forward(graph({"x": x}, L=formula), Name("x"))[Name("L")]
    assert found[1].overlaps(arb(slope))


def test_a_side_that_stays_open_takes_more_bits() -> None:
    found = forward(graph({"x": "300"}, a="sigmoid(x)", L="relu(1 - a)"), Name("x"))[Name("L")]
    assert found[0].overlaps(arb("5.148200222412013e-131") * (1 + arb("0 +/- 1e-14")))
    assert found[1] < 0


def test_a_side_that_nothing_tells_is_an_error_of_the_problem() -> None:
    definition = Definition(Name("L"), parse_expression("relu(x)"))
    with pytest.raises(ProblemError, match="no precision decides the side of a kink"):
        value_at(definition, {Name("x"): arb("0 +/- 0.1")})
    assert value_at(definition, {Name("x"): fmpq(2)}) == 2


def test_stated_shares_stand_in_the_jacobian_of_a_softmax() -> None:
    shares = graph(
        {"z_1": "1", "z_2": "0.5"},
        {"p_1": "0.6", "p_2": "0.4"},
        p_1="softmax(z_1, z_1, z_2)",
        p_2="softmax(z_2, z_1, z_2)",
    )
    found = forward(shares, parse_name("z_1"))
    assert found[parse_name("p_1")][1].overlaps(arb(fmpq(24, 100)))
    assert found[parse_name("p_2")][1].overlaps(arb(fmpq(-24, 100)))
