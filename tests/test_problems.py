"""The worked problems of this repository against numbers and derivatives found by other hands."""

from __future__ import annotations

import gc
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import PROBLEMS, solved

from solver.data import as_json, values
from solver.document import chains
from solver.expression import Call, Derivative, Expression, substitute, symbols
from solver.names import Local, Total
from solver.pipeline import work, write
from solver.source import Source
from solver.symbolic import are_equal
from solver.verify import scalars

IDS = [path.stem for path in PROBLEMS]

STEP_2_1_1 = {
    "h_in": "0.355", "h_out": "0.588", "y_in": "0.494", "y_out": "0.621", "E": "0.0160", "dE/dw_h": "-0.0248",
    "w_h_new": "0.3362", "dE/dw_1": "-0.00168", "w_1_new": "0.25042", "dE/dw_2": "-0.00370", "w_2_new": "0.30093",
}  # fmt: skip

# One of each kind of page; the numbers of the others are held by tests/examples.
GOLDEN = ["sigmoid", "network-2-1-1", "network-3-2-1", "network-3-2-1-stated", "linear-regression-squared-error"]
GOLDEN += ["perceptron-and-threshold-1", "softmax-regression", "adam-two-steps"]
GOLDEN += ["network-2-2-2-adam-matrix"]


@pytest.mark.parametrize("id", GOLDEN)
def test_the_document_is_as_it_was_read_and_approved(id: str, golden) -> None:
    worked = solved(id)
    golden(f"{id}.json", as_json(worked.document, worked.solution))


@pytest.mark.parametrize("path", [path for path in PROBLEMS if path.stem in GOLDEN], ids=lambda path: path.stem)
def test_what_was_worked_is_freed_when_it_is_dropped(path: Path) -> None:
    """The collector is asked seldom, see `collect_seldom`: circles would stay until then, with all that they hold."""
    source = Source(path.stem, "", path.name, path.read_bytes())
    assert write(work(source), ["markdown", "latex"]).texts  # what is made once for all problems is made
    gc.collect()
    gc.disable()
    try:
        assert write(work(source), ["markdown", "latex"]).texts
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize(("name", "shown"), STEP_2_1_1.items())
def test_the_2_1_1_network_prints_the_mended_numbers(name: str, shown: str) -> None:
    assert values(solved("network-2-1-1").solution)[name]["shown"] == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("w_h1_new", "w_h1 + 0.0392"), ("w_11_new", "w_11 + 0.0262*w_h1"), ("dE/dw_11", "-0.0291*w_h1"), ("E", "0.138"),
     ("w_21_new", "w_21 + 0.0262*w_h1*x_2"), ("b_3_new", "b_3 + 0.118"), ("h_1_out", "0.332")],
)  # fmt: skip
def test_from_the_stated_outputs_the_answers_stay_expressions(name: str, shown: str) -> None:
    assert values(solved("network-3-2-1-stated").solution)[name]["shown"] == shown


def test_the_sigmoid_is_derived_line_by_line_as_in_the_note() -> None:
    markdown = write(solved("sigmoid"), ["markdown"]).texts["markdown"]
    lines = [
        r"\frac{d}{dx}\left[f(x)\right]",
        r"\frac{d}{dx}\left[\frac{1}{1 + e^{-x}}\right]",
        r"\frac{d}{dx}\left[(1 + e^{-x})^{-1}\right]",
        r"\frac{(1 + e^{-x}) \cdot 0 - 1 \cdot (-e^{-x})}{(1 + e^{-x})^{2}}",
        r"\frac{e^{-x}}{(1 + e^{-x})^{2}}",
        r"\frac{1 - 1 + e^{-x}}{(1 + e^{-x})^{2}}",
        r"\frac{1 + e^{-x}}{(1 + e^{-x})^{2}} - \frac{1}{(1 + e^{-x})^{2}}",
        r"\frac{1}{1 + e^{-x}} - \frac{1}{(1 + e^{-x})^{2}}",
        r"\frac{1}{1 + e^{-x}}\left(1 - \frac{1}{1 + e^{-x}}\right)",
        r"f(x)\,(1 - f(x))",
    ]
    found = [re.split(r" && | \\\\", line.partition("&= ")[2])[0] for line in markdown.splitlines() if "&=" in line]
    assert found == lines
    assert r"\partial" not in markdown


SLIPS = {
    "network-2-1-1": [
        "0.587", "0.58 ", "0.491", "b_1)}{\\partial w_h", "-0.024 ", "-0.0016 ", "-0.004223", "-0.003716", "_{10}", "_{20}",
        "\\frac{\\partial h_{\\text{out}}}{\\partial w_h}", "0.25 - 0.25 \\cdot 0.004223", "old",
    ],
    "network-3-2-1": ["b_1)}{\\partial w_{h1}", "0.221", "w_{h1\\text{out}}", "-0.224", "-0.225"],
    "network-3-2-1-stated": ["0.474 \\cdot (-0.474)", "-0.224", "0.221", "0.249 \\cdot 0.332 \\cdot 0.22", "= ()"],
    "sigmoid": [r"\frac{1 + e^{-x}}{(1 + e^{-x})^{2}} \cdot", r"\partial"],
}  # fmt: skip


@pytest.mark.parametrize(("id", "slip"), [(id, slip) for id, slips in SLIPS.items() for slip in slips])
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_no_slip_of_the_notes_is_repeated(id: str, slip: str, form: str) -> None:
    assert not re.search(re.escape(slip) + r"(?!\d)", write(solved(id), [form]).texts[form])


@pytest.mark.parametrize("id", [id for id in IDS if id == "sigmoid" or solved(id).solution.derived is None])
def test_sympy_proves_every_symbolic_line(id: str) -> None:
    """Each member that is a formula or a rule applied equals the one before it, derivatives taken by sympy."""
    solution = solved(id).solution
    derived = solution.derived
    calls = {d.name: d.expression for d in solution.full.graph.definitions if isinstance(d.expression, Call)}
    checked = 0
    for chain in chains(solved(id).document.blocks):
        symbolic = [link.member for link in chain.links if link.role in ("formula", "rule")]
        for before, after in pairwise(symbolic):
            if any(isinstance(name, Local | Total) for name in symbols(before)):
                continue  # a product of derivatives that are proven in lines of their own
            if isinstance(before, Derivative) and isinstance(before.operand, Call):  # its slope is in terms of itself
                alike = {n: c for n, c in calls.items() if _arguments(c) == _arguments(before.operand)}
                after = substitute(after, alike)
            sides = (derived.meaning.spelled_out(side) if derived else side for side in (before, after))
            for entries in zip(*(scalars(side, solved(id).document.matrices) for side in sides), strict=True):
                assert are_equal(*entries), (before, after)
                checked += 1
    differentiates = any(isinstance(name, Total) for name in solution.full.graph.by_name)
    assert checked or solved(id).document.matrices or not differentiates or solution.problem.head.detail == "short"


def _arguments(call: Call) -> tuple[str, frozenset[Expression]]:
    """What functions of the same quantities have in common: a softmax has its own argument first."""
    return call.function, frozenset(call.arguments)


def test_json_has_the_shape_of_the_contract() -> None:
    worked = solved("network-2-1-1")
    data = json.loads(as_json(worked.document, worked.solution))
    assert list(data) == ["id", "title", "values", "document"]
    assert data["id"] == "network-2-1-1"
    assert data["values"]["x_1"] == {"value": "0.5", "shown": "0.5"}
    assert data["values"]["h_out"] == {"value": "0.587829538482511", "shown": "0.588"}
    assert json.loads(as_json(solved("sigmoid").document, solved("sigmoid").solution))["values"] == {
        "f'(x)": {"value": "f(x)*(1 - f(x))", "shown": "f(x)*(1 - f(x))"}
    }
