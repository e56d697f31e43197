from __future__ import annotations

from fractions import Fraction

import pytest
from conftest import work_text

from solver.data import values
from solver.document import Section, Table
from solver.mathtext import text
from solver.pipeline import read_back, write

SPEC = """title: T
given: {x_1: 0.5, x_2: 1.1, w_1: 0.25, w_2: 0.3, w_h: 0.33, b_1: -0.1, b_2: 0.3, y: 0.8, eta: 0.25}
ROUNDING
network:
  activation: sigmoid
  loss: half_squared_error
  units:
    h: w_1*x_1 + w_2*x_2 + b_1
    y: h*w_h + b_2
find: {update: [w_h, w_1, w_2]}
"""


def worked(rounding: str):
    found = work_text(SPEC.replace("ROUNDING", f"rounding: {{{rounding}}}"))
    assert not found.diagnostics, found.diagnostics
    return found


def test_rounded_values_are_carried_on() -> None:
    """By hand: each value from the printed ones before it, rounded to three decimals."""
    shown = {name: value["shown"] for name, value in values(worked("carry: rounded").solution).items()}
    h_out, y_out = Fraction("0.588"), Fraction("0.621")
    assert (shown["h_out"], shown["y_out"]) == ("0.588", "0.621")
    assert shown["y_in"] == "0.494"
    assert Fraction(shown["∂h_out/∂h_in"]) == Fraction("0.242")
    assert abs(h_out * (1 - h_out) - Fraction("0.242")) < Fraction(1, 2000)
    product = (y_out - Fraction("0.8")) * Fraction("0.235") * h_out
    assert shown["dE/dw_h"] == "-0.0247"
    assert abs(product - Fraction("-0.0247")) < Fraction(1, 20000)
    assert values(worked("carry: rounded").solution)["h_out"]["value"] == "0.588"


def test_the_page_says_so_once_and_ends_with_the_drift() -> None:
    found = worked("carry: rounded")
    markdown = write(found, ["markdown"]).texts["markdown"]
    assert markdown.count("the rounded value is carried on") == 1
    section = found.document.blocks[-1]
    assert isinstance(section, Section)
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert len(table.header) == 4
    rows = {text(row[0][0].left): [text(cell[0].left) for cell in row[1:]] for row in table.rows}
    assert rows["h_out"] == ["0.58783", "0.588", "0.00017"]
    assert rows["dE/dw_h"] == ["-0.024758", "-0.0247", "0.000058"]
    assert "h_in" not in rows  # exact, so nothing drifted
    for full, carried, difference in rows.values():
        assert Fraction(carried) - Fraction(full) == Fraction(difference)


def test_full_values_are_carried_unless_asked() -> None:
    assert "carried on" not in write(worked("digits: 3"), ["markdown"]).texts["markdown"]
    assert values(worked("carry: full").solution)["dE/dw_h"]["shown"] == "-0.0248"


@pytest.mark.parametrize(
    ("name", "digits", "expected"),
    [("E", 5, "0.016013"), ("h_out", 6, "0.587830"), ("dE/dw_h", 2, "-0.025"), ("w_h_new", 5, "0.33619")],
)
def test_a_quantity_has_digits_of_its_own(name: str, digits: int, expected: str) -> None:
    found = worked(f"digits: 3, {name}: {digits}")
    shown = values(found.solution)
    assert shown[name]["shown"] == expected
    assert shown["y_out"]["shown"] == "0.621"
    assert not write(found, ["markdown", "latex"]).diagnostics


@pytest.mark.parametrize("mode", ["half_up", "half_even"])
def test_ties_go_by_the_declared_mode(mode: str) -> None:
    found = work_text(
        f"title: T\nrounding: {{digits: 2, mode: {mode}}}\ngiven: {{x: 0.5}}\ndefine: {{a: x/4, b: 0.75*x, c: -x/4}}\n"
    )
    shown = {name: value["shown"] for name, value in values(found.solution).items()}
    assert (shown["a"], shown["b"], shown["c"]) == (
        ("0.13", "0.38", "-0.13") if mode == "half_up" else ("0.12", "0.38", "-0.12")
    )


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("sigmoid(40)", "1.000"),
        ("sigmoid(-40)", "4.25e-18"),
        ("1 - sigmoid(30)", "9.36e-14"),
        ("1e-12*3", "3.00e-12"),
        ("exp(20)", "4.85e8"),
        ("2.5e-6*1", "2.50e-6"),
    ],
)
def test_saturated_and_tiny_values_keep_their_significant_digits(formula: str, shown: str) -> None:
    found = work_text(f"title: T\ngiven: {{x: 1}}\ndefine: {{a: {formula}}}\n")
    assert not found.diagnostics, found.diagnostics
    assert values(found.solution)["a"]["shown"] == shown
    written = write(found, ["latex"])
    assert not written.diagnostics, written.diagnostics
    if "e" in shown:
        mantissa, _, exponent = shown.partition("e")
        assert rf"{mantissa} \times 10^{{{exponent}}}" in written.texts["latex"]


def test_a_line_of_a_saturated_unit_says_why_it_has_no_numbers() -> None:
    spec = "title: T\ngiven: {x: 1, w: 60, y: 0, eta: 1}\nnetwork: {activation: tanh, loss: squared_error, units: {y: w*x}}\nfind: {update: [w]}\n"
    written = write(work_text(spec), ["markdown"])
    assert not written.diagnostics
    assert "numbers put in would need too many digits" in written.texts["markdown"]


def test_what_has_no_numbers_need_not_be_small() -> None:
    spec = "title: T\ngiven: {x: 100, w: 0.6, y: 1}\nnetwork: {activation: sigmoid, loss: binary_cross_entropy, units: {y: w*x}}\nfind: {gradient: {of: E, by: [w]}}\n"
    page = write(work_text(spec), ["markdown"]).texts["markdown"]
    assert r"&\approx -1.000 && \text{numbers put in would" in page
    assert "smaller than" not in page


@pytest.mark.parametrize(("x", "told"), [("0.5", False), ("1/3", True)])
def test_a_table_of_the_drift_is_promised_and_printed_where_something_drifts(x: str, told: bool) -> None:
    spec = f"title: T\ngiven: {{x: {x}}}\ndefine: {{a: 2*x, b: a + 0.1}}\nrounding: {{digits: 4, carry: rounded}}\n"
    page = write(work_text(spec), ["markdown"]).texts["markdown"]
    assert "the rounded value is carried on." in page
    assert ("The table at the end shows how far" in page) is told
    assert ("## What rounding changed" in page) is told


def test_no_number_stands_twice_in_a_row_with_and_without_a_zero_at_its_end() -> None:
    spec = "title: T\ngiven: {x: 0.8, w: 0.7, v: 1.3, y: 0, eta: 0.5}\nnetwork: {activation: sigmoid, loss: half_squared_error, units: {h: w*x, y: v*h}}\nfind: {update: all}\nrounding: {digits: 2, carry: rounded}\n"
    page = write(work_text(spec), ["markdown"]).texts["markdown"]
    assert "   &= 0.70 - 0 \\\\\n   &= 0.7\n" in page


@pytest.mark.parametrize("method", ["paths", "backprop"])
def test_the_derivative_of_a_part_of_the_loss_is_carried_and_in_the_table_of_the_drift(method: str) -> None:
    found = work_text(
        f"title: T\nmethod: {method}\nrounding: {{carry: rounded}}\n"
        "given: {x: 0.5, w: 0.3, v_1: 0.7, v_2: -0.2, b: 0.1, o_1: 1, o_2: 0, eta: 0.5}\n"
        "network: {activation: sigmoid, loss: half_squared_error, units: {h: w*x, o_1: v_1*h + b, o_2: v_2*h + b}}\n"
        "find: {gradient: {of: E, by: [o_1_out]}, update: all}\n"
    )
    text = write(found, ["markdown"]).texts["markdown"]
    assert r"| $\frac{\partial E}{\partial o_{1,\text{out}}}$ |" in text
    result = "\\frac{\\partial E}{\\partial o_{1,\\text{out}}} = -0.383\n"
    assert (result in text) == (method == "paths")
    for false in (result.replace("0.383", "0.384"), result.replace("-", "")) if method == "paths" else ():
        assert read_back(text.replace(result, false, 1), "markdown", found.solution, found.math)
