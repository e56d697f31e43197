"""Names in the place of targets, and outputs that are the same whatever the weights."""

from __future__ import annotations

import pytest
from conftest import work_text, works

from solver.data import values
from solver.pipeline import write

LAYER = """
title: Named targets
given: {{eta: 0.1{given}}}
network:
  inputs: {inputs}
  layers:
    - {{activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]]}}
    - {{activation: {activation}, weights: [[0.5, -0.6], [0.7, 0.8]]}}
  targets: {targets}
  loss: {loss}
find: {{update: all}}
"""


def layer(
    targets: str, given: str = "", inputs: str = "[1, 2]", outputs: tuple[str, str] = ("linear", "squared_error")
):
    return LAYER.format(targets=targets, given=given, inputs=inputs, activation=outputs[0], loss=outputs[1])


def test_a_named_target_is_that_given() -> None:
    named = values(works(layer("[t, 0]", given=", t: 1")).solution)
    plain = values(works(layer("[1, 0]")).solution)
    assert named["w1_1_1_new"] == plain["w1_1_1_new"]
    assert "t" in named
    assert "y_1" not in named


@pytest.mark.parametrize(
    "outputs", [("linear", "squared_error"), ("softmax", "cross_entropy"), ("linear", "multiclass_hinge")]
)
def test_a_target_that_is_not_given_stays_a_symbol(outputs: tuple[str, str]) -> None:
    worked = works(layer("[y_1, y_2]", outputs=outputs))
    written = write(worked, ["markdown", "latex"])
    assert not written.diagnostics
    assert "they stay symbols: $y_1$, $y_2$" in written.texts["markdown"]


def test_inputs_may_be_the_targets() -> None:
    worked = works(layer("[x_1, x_2]", given=", x_1: 1, x_2: 2", inputs="[x_1, x_2]"))
    page = write(worked, ["markdown"]).texts["markdown"]
    assert "- Inputs: $x_1 = 1$, $x_2 = 2$" in page
    assert values(worked.solution)["w1_1_1_new"] == values(works(layer("[1, 2]")).solution)["w1_1_1_new"]


@pytest.mark.parametrize("method", ["method: paths", "method: backprop", "notation: matrix"])
@pytest.mark.parametrize("loss", ["half_squared_error", "cross_entropy"])
def test_the_softmax_of_one_unit_is_one_and_its_derivative_zero(method: str, loss: str) -> None:
    spec = LAYER.replace(", [0.7, 0.8]]", "]").format(
        targets="[1]", given="", inputs="[1, 2]", activation="softmax", loss=loss
    )
    worked = works(f"{spec}{method}\n")
    assert not write(worked, ["markdown", "latex"]).diagnostics
    found = values(worked.solution)
    assert found["a2_1"]["value"] == "1"
    assert found["dE/dw1_1_1"]["value"] == "0"


def test_a_target_has_no_name_that_the_network_makes() -> None:
    (fault,) = work_text(layer("[a1_1, 0]")).diagnostics
    assert fault.code == "S305"
