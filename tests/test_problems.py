"""The worked problems of this repository against numbers and derivatives found by other hands."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from conftest import PROBLEMS, solved

from solver.data import as_json, values
from solver.document import chains
from solver.expression import Call, walk
from solver.names import Name
from solver.pipeline import write
from solver.rounding import round_exact
from solver.symbolic import are_equal

IDS = [path.stem for path in PROBLEMS]

STEP_2_1_1 = {
    "h_in": "0.355", "h_out": "0.588", "y_in": "0.494", "y_out": "0.621", "E": "0.0160", "dE/dw_h": "-0.0248",
    "w_h_new": "0.3362", "dE/dw_1": "-0.00168", "w_1_new": "0.25042", "dE/dw_2": "-0.00370", "w_2_new": "0.30093",
}  # fmt: skip

# Han, Kamber and Pei, Data Mining (3rd edition), Tables 9.1 to 9.3; the last digit of each is the book's.
EXAMPLE_9_1 = {
    "h_1_in": "-0.7", "h_1_out": "0.332", "h_2_in": "0.1", "h_2_out": "0.525", "y_in": "-0.105", "y_out": "0.474",
    "w_h1_new": "-0.261", "w_h2_new": "-0.138", "w_11_new": "0.192", "w_12_new": "-0.306", "w_21_new": "0.4",
    "w_22_new": "0.1", "w_31_new": "-0.508", "w_32_new": "0.194", "b_3_new": "0.218", "b_2_new": "0.194",
    "b_1_new": "-0.408",
}  # fmt: skip

# The same example to 12 digits, recomputed from the book's givens by a program of its own.
EXAMPLE_9_1_RECOMPUTED = {
    "h_1_out": "0.331812227832", "h_2_out": "0.524979187479", "y_in": "-0.104539505845", "y_out": "0.473888898824",
    "w_h1_new": "-0.260828846342", "w_h2_new": "-0.138025067507", "w_11_new": "0.192147894231",
    "w_12_new": "-0.305887876558", "w_31_new": "-0.507852105769", "w_32_new": "0.194112123442",
    "b_3_new": "0.218052170393", "b_2_new": "0.194112123442", "b_1_new": "-0.407852105769",
}  # fmt: skip


@pytest.mark.parametrize("id", IDS)
def test_the_document_is_as_it_was_read_and_approved(id: str, golden) -> None:
    worked = solved(id)
    golden(f"{id}.json", as_json(worked.document, worked.solution))


@pytest.mark.parametrize(("name", "shown"), STEP_2_1_1.items())
def test_the_2_1_1_network_prints_the_mended_numbers(name: str, shown: str) -> None:
    assert values(solved("network-2-1-1").solution)[name]["shown"] == shown


@pytest.mark.parametrize(("name", "published"), EXAMPLE_9_1.items())
def test_example_9_1_has_the_published_numbers(name: str, published: str) -> None:
    value = values(solved("network-3-2-1").solution)[name]["value"]
    places = len(published.partition(".")[2])
    from fractions import Fraction

    from flint import fmpq

    exact = Fraction(value) * 10**places
    assert round_exact(fmpq(exact.numerator, exact.denominator), "half_up") == Fraction(published) * 10**places


@pytest.mark.parametrize(("name", "recomputed"), EXAMPLE_9_1_RECOMPUTED.items())
def test_example_9_1_agrees_to_12_digits(name: str, recomputed: str) -> None:
    assert float(values(solved("network-3-2-1").solution)[name]["value"]) == pytest.approx(float(recomputed), rel=1e-11)


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
    outputs = {
        unit.output: Call(unit.activation, (definition.expression.arguments))
        for unit in (group.unit for group in solution.problem.groups if group.unit)
        for definition in [solution.full.graph.by_name[unit.output]]
    }
    checked = 0
    for chain in chains(solved(id).document.blocks):
        symbolic = [link.member for link in chain.links if link.role in ("formula", "rule")]
        for before, after in pairwise(symbolic):
            assert are_equal(*(_spelled(side, outputs, derived) for side in (before, after))), (before, after)
            checked += 1
    assert checked


def _spelled(node, outputs, derived):
    """A unit's output in a derivative of its activation stands for the activation: y_out is sigmoid(y_in) there."""
    from solver.expression import Derivative, Symbol, substitute

    node = derived.meaning.spelled_out(node) if derived else node
    if isinstance(node, Derivative):
        return node
    names = {part.name for part in walk(node) if isinstance(part, Symbol) and isinstance(part.name, Name)}
    return substitute(node, {name: outputs[name] for name in names & outputs.keys()}) if _is_slope(node) else node


def _is_slope(node) -> bool:
    from solver.mathtext import text

    return bool(re.fullmatch(r"(\w+_out)\*\(1 - \1\)", text(node)))


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
