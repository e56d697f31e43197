"""Why a derivative is made from those nearer to the loss: what the page says, and that a false reason is noticed."""

from __future__ import annotations

import re
from functools import cache

import pytest
from conftest import solved, work_text
from flint import fmpq

from solver.mathtex import MathTex
from solver.pipeline import Worked, read_back, write
from solver.readback.reasons import Reader
from solver.readback.tex import read_formula

OUTPUTS = """title: Two outputs
method: backprop
given: {x: 0.5, w: 0.3, v_1: 0.7, v_2: -0.2, b: 0.1, o_1: 1, o_2: 0, eta: 0.5}
network:
  activation: {h: sigmoid, o_1: linear, o_2: sigmoid}
  loss: half_squared_error
  units: {h: w*x, o_1: v_1*h + b, o_2: v_2*h + b}
find: {update: all}
"""
PATHS = """title: Two layers
method: paths
given: {x: 0.5, w: 0.3, v: 0.7, y: 1, eta: 0.5}
network: {activation: {h: sigmoid, y: linear}, loss: half_squared_error, units: {h: w*x, y: v*h}}
find: {update: all}
"""
WIDE = "title: Wide\nmethod: backprop\ngiven: {x: 2, a: 3, b: 5, c: 7}\ndefine: {u: x^2, p: a*u, q: b*u, r: c*u, L: p*q*r}\n"


@cache
def written(spec: str) -> tuple[Worked, str]:
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    page = write(worked, ["latex"])
    assert not page.diagnostics, page.diagnostics
    return worked, page.texts["latex"]


SAID = [
    (OUTPUTS, r"\frac{\partial E_1}{\partial o_{1,\text{out}}} &&\quad \text{since only }E_1\text{ contains }o_{1,\text{out}}"),
    (OUTPUTS, r"&&\quad \text{since }o_{1,\text{out}} = o_{1,\text{in}}"),
    (OUTPUTS, r"\text{since }\frac{\partial o_{1,\text{in}}}{\partial v_1} = h_{\text{out}}"),
    (OUTPUTS, r"\text{since }\frac{\partial o_{1,\text{in}}}{\partial b} = 1\text{, }\frac{\partial o_{2,\text{in}}}{\partial b} = 1"),
    (OUTPUTS, r"\text{since }\frac{\partial o_{1,\text{in}}}{\partial h_{\text{out}}} = v_1\text{, }\frac{\partial o_{2,\text{in}}}{\partial h_{\text{out}}} = v_2"),
    (PATHS, r"&= 1 &&\quad \text{since }y_{\text{out}} = y_{\text{in}}"),
]  # fmt: skip


def unwrapped(text: str) -> str:
    """The page with each reason in one row."""
    return text.replace("\\text{, } \\\\\n", "\\text{, }").replace("\\text{, }   & &&\\quad ", "\\text{, }")


@pytest.mark.parametrize(("spec", "line"), SAID)
def test_a_local_derivative_that_stands_unnamed_in_a_formula_is_told_beside_it(spec: str, line: str) -> None:
    assert line in unwrapped(written(spec)[1])


def test_of_many_local_derivatives_the_first_is_told() -> None:
    _, text = written(WIDE + "find: {gradient: {of: L, by: [u]}}\n")
    assert r"\text{since }\frac{\partial p}{\partial u} = a\text{, and likewise for the others}" in unwrapped(text)


FALSE = [
    (OUTPUTS, r"\text{since only }E_1\text", r"\text{since only }E_2\text", "another derivative"),
    (OUTPUTS, r"\text{ contains }o_{1,\text{out}}", r"\text{ contains }h_{\text{out}}", "another derivative"),
    (OUTPUTS, r"since }o_{1,\text{out}} = o_{1,\text{in}}", r"since }o_{1,\text{out}} = o_{2,\text{in}}", "by its formula"),
    (OUTPUTS, r"since }o_{1,\text{out}} = o_{1,\text{in}}", r"since }o_{2,\text{out}} = o_{2,\text{in}}", "by its formula"),
    (OUTPUTS, r"{\partial v_1} = h_{\text{out}}", r"{\partial v_1} = x", "is another"),
    (OUTPUTS, r"{\partial b} = 1\text", r"{\partial b} = 2\text", "is another"),
    (OUTPUTS, r"{\partial b} = 1\text", r"{\partial v_1} = 1\text", "no local derivative of this line"),
    (OUTPUTS, r"{\partial h_{\text{out}}} = v_1\text", r"{\partial h_{\text{out}}} = v_2\text", "is another"),
    (OUTPUTS, r"{\partial h_{\text{out}}} = v_1\text", r"{\partial h_{\text{out}}} \approx v_1\text", "no local derivative"),
    (OUTPUTS, r"\text{since }\frac{\partial o_{1,\text{in}}}{\partial v_1} = h_{\text{out}}", r"\text{since }\frac{\partial h_{\text{in}}}{\partial w} = x", "no local derivative of this line"),
    (PATHS, r"since }y_{\text{out}} = y_{\text{in}}", r"since }y_{\text{out}} = h_{\text{out}}", "by its formula"),
    (PATHS, r"since }y_{\text{out}} = y_{\text{in}}", r"since }h_{\text{out}} = h_{\text{in}}", "by its formula"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "before", "after", "finding"), FALSE)
def test_a_false_reason_is_named(spec: str, before: str, after: str, finding: str) -> None:
    worked, text = written(spec)
    assert before in text
    assert read_back(text, "latex", worked.solution, MathTex()) == ()
    assert any(finding in line for line in read_back(text.replace(before, after), "latex", worked.solution, MathTex()))


def test_a_part_that_is_not_the_only_one_is_noticed() -> None:
    worked, text = written(OUTPUTS)
    both = text.replace(r"(o_2 - o_{2,\text{out}})^{2}", r"(o_2 - o_{2,\text{out}} + 0 \cdot o_{1,\text{out}})^{2}")
    assert both != text
    found = read_back(both, "latex", worked.solution, MathTex())
    assert any("is not the only one that contains" in line for line in found)


def test_the_derivative_of_an_activation_says_so_once_a_page() -> None:
    _, text = written(OUTPUTS.replace("linear", "sigmoid"))
    line = r"&= o_{1,\text{out}}(1 - o_{1,\text{out}}) &&\quad \text{derivative of the Sigmoid function}"
    assert line in text
    assert text.count("derivative of the Sigmoid") == 1


ACT = ", written Act"


@pytest.mark.parametrize(
    ("id", "said"),
    [("network-2-1-1", True), ("network-1-1-1-relu", True), ("network-3-2-2-matrix", False), ("adam-two-steps", False)],
)
def test_act_is_introduced_where_it_is_used(id: str, said: bool) -> None:
    text = write(solved(id), ["markdown"]).texts["markdown"]
    assert (ACT in text) == (r"\operatorname{Act}" in text) == said
    if said:
        assert text.index(ACT) < text.index(r"\operatorname{Act}")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (OUTPUTS, True),
        (PATHS, True),
        (PATHS.replace("y: 1,", "t: 1,").replace("network: {", "network: {target: {y: t}, "), False),
        (PATHS.replace("y: 1, ", "").replace("find:", "samples: [{y: 1}, {y: 0}]\nfind:"), True),
    ],
)
def test_what_the_letter_of_an_output_unit_stands_for_is_said_where_it_has_two_meanings(spec: str, said: bool) -> None:
    assert bool(re.search(r"n formulas the letter of an output unit alone, as \$", written(spec)[1])) == said


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (OUTPUTS, "half the squared error, summed over the outputs"),
        (OUTPUTS.replace("half_squared", "mean_squared"), "mean squared error, the mean over the outputs"),
        (PATHS, "Loss: half the squared error\n"),
    ],
)
def test_of_several_outputs_the_loss_says_how_it_is_made_of_theirs(spec: str, said: str) -> None:
    assert said in written(spec)[1]


MATRICES = [
    ("A prime marks the derivative", r"\operatorname{Sigmoid}'("),
    ("By the chain rule an entry of", r"{\boldsymbol{\delta}^{(2)}} &="),
    ("A weight stands in one net input", r"\frac{\partial E}{\partial {\boldsymbol{W}^{(2)}}} &="),
    ("A bias is added to its net input", r"\frac{\partial E}{\partial {\boldsymbol{b}^{(2)}}} &="),
    ("with rows and columns exchanged", r"({\boldsymbol{W}^{(2)}}^{\top} {\boldsymbol{\delta}^{(2)}}) \circ"),
]


@pytest.mark.parametrize(("words", "line"), MATRICES)
def test_what_a_line_of_matrices_says_of_its_entries_stands_once_before_the_first(words: str, line: str) -> None:
    text = write(solved("network-3-2-2-matrix"), ["markdown"]).texts["markdown"]
    assert text.count(words) == 1
    assert text.index(words) < text.index(line)


def test_a_softmax_is_not_said_to_be_written_act() -> None:
    spec = (
        "title: T\ngiven: {x: 1, w: 0.5, v: 0.2, u: -0.3, eta: 0.1, p: 1, q: 0}\n"
        "network: {activation: {h: sigmoid, p: softmax, q: softmax}, loss: cross_entropy, units: {h: w*x, p: v*h, q: u*h}}\n"
        "find: {update: all}\n"
    )
    text = written(spec)[1]
    assert "of $h$: Sigmoid, written Act\n" in text
    assert "of $p$, $q$: Softmax\n" in text


def test_a_reason_on_a_page_that_works_quantities_out_from_each_other_is_read() -> None:
    names = frozenset({"a", "b", "c"})
    formulas = {"a": read_formula("b + c", names), "b": read_formula("a c", names)}
    reader = Reader(names, lambda name: {(name,): fmpq(1)}, "half_up", formulas)
    assert reader.depends("a", "c")
    assert not reader.depends("c", "a")
