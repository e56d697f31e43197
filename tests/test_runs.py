from __future__ import annotations

import pytest
from conftest import page_from, solved, work_text, works
from random_drawings import figures

from solver.data import plain, values
from solver.pipeline import printer, read_back, write

LINE = """title: T
given: {w: 0, b: 0, eta: 0.1}
define: {p: w*x + b, L: 1/2*(p - y)^2}
samples: [{x: 1, y: 0.1}, {x: 2, y: 3}]
train: {TRAIN}
find: {update: {of: [w, b], minimise: L, rate: eta}FIND}
"""
STATED = """title: T
given: {x_1: 0.5, x_2: 1.1, w_1: 0.25, w_2: 0.3, w_h: 0.33, b_1: -0.1, b_2: 0.3, y: 0.8, eta: 0.25, h_out: VALUE}
network:
  activation: sigmoid
  loss: half_squared_error
  units: {h: w_1*x_1 + w_2*x_2 + b_1, y: h*w_h + b_2}
"""


def line(train: str, find: str = "") -> str:
    return LINE.replace("{TRAIN}", f"{{{train}}}").replace("FIND", find)


def test_the_loss_of_one_sample_is_not_compared_with_that_of_all() -> None:
    spec = line("mode: online, epochs: 2", ", again: true")
    text = page_from(spec)
    assert "Before, " not in text
    assert "### All samples" in text
    assert "The batch" not in text
    assert "afterwards" not in text
    plotted = figures(works(spec).document)[-1]
    assert len(plotted.drawing.shapes) == 4
    assert plain(plotted.alternative).startswith("The loss from update 1 to 4: ")


def test_the_loss_of_a_batch_is_compared_with_that_after_it() -> None:
    text = page_from(line("mode: batch, epochs: 2", ", again: true"))
    assert r"Before, ${L^{[1]}} \approx 2.253$; now, ${L^{[3]}} \approx " in text
    assert "### The batch" in text.partition("## Forward pass with the new values")[2]
    assert "| afterwards | " in text


@pytest.mark.parametrize(
    "find",
    [
        "find: {update: all, again: true}",
        "find: {update: all}\ntrain: {epochs: 2}",
        "find: {update: all, again: true}\ntrain: {epochs: 100}",
        "find: {update: all}\ntrain: {epochs: 3, show: [2]}",
    ],
)
def test_what_is_stated_holds_in_the_first_pass_alone(find: str) -> None:
    worked = works(STATED.replace("VALUE", "0.588") + find)
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()
    found = values(worked.solution)
    first, later = ((found.get(f"h_out@{step}") or found["h_out"])["value"] for step in (1, 2))
    assert first == "0.588"
    assert later.startswith("0.5883")


def test_another_stated_value_than_that_of_the_page_is_noticed() -> None:
    worked = works(STATED.replace("VALUE", "0.588") + "find: {update: all}\ntrain: {epochs: 2}")
    text = write(worked, ["markdown"]).texts["markdown"]
    said = r"Stated value: ${h_{\text{out}}^{[1]}} = 0.588$"
    assert said in text
    wrong = text.replace(said, said.replace("588", "589"))
    assert read_back(wrong, "markdown", worked.solution, printer(worked.document, worked.solution))


def test_a_wrong_statement_is_told_by_the_name_that_its_author_wrote() -> None:
    (fault,) = work_text(STATED.replace("VALUE", "0.589") + "find: {update: all}\ntrain: {epochs: 2}").diagnostics
    assert fault.code == "S403"
    assert fault.message == "h_out is stated as 0.589, but its formula gives 0.5878295"
    assert fault.hint == "state a value that rounds correctly, or leave h_out out"
    assert (fault.place.line, fault.place.column) != (1, 1)


def test_the_forward_pass_after_stated_values_alone_stays_an_expression() -> None:
    from pathlib import Path

    source = Path(__file__).parents[1] / "problems/3-backpropagation/network-3-2-1-stated.yaml"
    text = page_from(source.read_text(encoding="utf-8").replace("update: all", "update: all\n  again: true"))
    assert r"now, ${E^{[2]}} = 0.5 \left({y_{\text{out}}^{[2]}}\right)^{2}" in text


@pytest.mark.parametrize(
    ("train", "find", "items"),
    [
        ("mode: online, epochs: 2", ", value: [p]", [r"p^{\langle 2\rangle[4]}"]),
        ("mode: batch, epochs: 200", ", value: [p]", [r"p^{\langle 1\rangle[200]}", r"p^{\langle 2\rangle[200]}"]),
        ("mode: batch, epochs: 9, show: [1, 4]", ", value: [p]", [r"p^{\langle 1\rangle[4]}", r"p^{\langle 2\rangle[4]}"]),
        ("mode: batch", ", value: [p], again: true", [r"p^{\langle 1\rangle[2]}", r"p^{\langle 2\rangle[2]}"]),
    ],
)  # fmt: skip
def test_a_run_ends_with_the_values_that_were_asked(train: str, find: str, items: list[str]) -> None:
    summary = page_from(line(train, find)).partition("## Summary")[2]
    listed = [row for row in summary.splitlines() if row.startswith("- ")]
    assert [row.split("}}")[0].removeprefix("- ${") + "}" for row in listed] == items


def test_the_table_of_losses_says_what_it_leaves_out() -> None:
    said = "The table shows 13 of the 200 updates; the others are left out."
    assert said in page_from(line("mode: batch, epochs: 200"))
    assert "left out" not in page_from(line("mode: batch, epochs: 50"))
    assert (
        "shows 13 of the 10,000 updates" in write(solved("network-2-2-2-10000-updates"), ["markdown"]).texts["markdown"]
    )


@pytest.mark.parametrize(("dampening", "kept"), [("0.3", "a part of the new gradient."), ("0", "the new gradient.")])
def test_what_momentum_keeps_is_told_as_its_formula_has_it(dampening: str, kept: str) -> None:
    text = page_from(line(f"mode: batch, epochs: 2, optimizer: {{name: momentum, dampening: {dampening}}}"))
    assert f"from then on $\\mu$ times what was kept plus {kept}" in text
