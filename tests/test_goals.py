from __future__ import annotations

import pytest

from solver.chainrule import paths
from solver.diagnostics import ProblemError
from solver.goals import Differentiate, Update, lengthen
from solver.graph import Definition, Graph, InternalError
from solver.mathtext import text
from solver.names import Name, Total
from solver.parse import parse_expression


def graph(**formulas: str) -> Graph:
    return Graph({}, tuple(Definition(Name(name), parse_expression(formula)) for name, formula in formulas.items()))


def test_a_gradient_is_a_product_along_its_path() -> None:
    longer = lengthen(graph(z="w*x", a="sigmoid(z)", L="(a - y)^2"), [Differentiate(Name("L"), (Name("w"),))])
    assert text(longer.by_name[Total(Name("L"), Name("w"))].expression) == "∂L/∂a*∂a/∂z*∂z/∂w"


def test_several_paths_are_added() -> None:
    longer = lengthen(graph(a="w*x", b="w + 1", L="a*b"), [Differentiate(Name("L"), (Name("w"),))])
    assert text(longer.by_name[Total(Name("L"), Name("w"))].expression) == "∂L/∂a*∂a/∂w + ∂L/∂b*∂b/∂w"


def test_a_direct_and_an_indirect_way_are_kept_apart() -> None:
    longer = lengthen(graph(a="w*x", L="a^2 + w^2"), [Differentiate(Name("L"), (Name("w"),))])
    assert text(longer.by_name[Total(Name("L"), Name("w"))].expression) == "∂L/∂a*∂a/∂w + ∂L/∂w"


def test_an_update_needs_the_derivative() -> None:
    longer = lengthen(graph(L="w^2"), [Update((Name("w"),), Name("L"), Name("eta"))])
    assert longer.definitions[-1].name == Total(Name("L"), Name("w"))


def test_what_does_not_depend_is_refused() -> None:
    with pytest.raises(ProblemError, match="L does not depend on q"):
        lengthen(graph(L="w^2"), [Differentiate(Name("L"), (Name("q"),))])


def test_too_many_paths_are_refused_at_once() -> None:
    layers = {"a0": "w", "b0": "w"}
    for layer in range(1, 40):
        layers |= {f"{unit}{layer}": f"a{layer - 1} + b{layer - 1}" for unit in "ab"}
    with pytest.raises(ProblemError, match="more than 64 paths"):
        lengthen(graph(**layers), [Differentiate(Name("a39"), (Name("w"),))], "paths")
    assert list(paths(graph(**layers), Name("a39"), Name("nothing"))) == []


def test_a_name_is_defined_once_and_before_its_use() -> None:
    definition = Definition(Name("a"), parse_expression("1"))
    with pytest.raises(InternalError, match="defined twice"):
        Graph({}, (definition, definition))
    with pytest.raises(InternalError):
        Graph({}, (Definition(Name("b"), parse_expression("a")), definition))
