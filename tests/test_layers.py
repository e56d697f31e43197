"""Networks by layers against plain floating point, finite differences, and the two methods against each other."""

from __future__ import annotations

import random
import re

import pytest
from conftest import solved, work_text
from random_networks import Network, network

from solver.data import values
from solver.pipeline import printer, read_back, reading, write
from solver.readback.claims import false_lines

SIZES = [
    (1, 1),
    (2, 1),
    (2, 2, 1),
    (3, 2, 2),
    (2, 3, 2),
    (1, 2, 2, 1),
    (2, 4, 3),
    (3, 3, 3, 2),
    (4, 5, 3),
    (5, 8, 8, 4),
]
STEP = 1e-6


def found(spec: str) -> dict[str, float]:
    worked = work_text(spec)
    assert not worked.diagnostics, (spec, worked.diagnostics)
    return {name: float(value["value"]) for name, value in values(worked.solution).items()}


def slope(net: Network, layer: int, row: int, column: int) -> float:
    """The central difference of the loss by a weight; by a bias where the column is -1."""

    def moved(step: float) -> float:
        weights = [[list(own) for own in rows] for rows in net.weights]
        biases = [list(own) for own in net.biases]
        if column < 0:
            biases[layer][row] += step
        else:
            weights[layer][row][column] += step
        return net.error(weights, biases)  # type: ignore[arg-type]

    return (moved(STEP) - moved(-STEP)) / (2 * STEP)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_gradients_agree_with_finite_differences(sizes: tuple[int, ...], seed: int) -> None:
    """Every weight and bias; the second route has compared them with a sweep forward already."""
    net = network(random.Random(f"{sizes}{seed}"), sizes)
    ours = found(net.spec())
    assert ours["E"] == pytest.approx(net.error(net.weights, net.biases), rel=1e-12, abs=1e-12)
    for layer, rows in enumerate(net.weights):
        for row, weights in enumerate(rows):
            for column in range(-1, len(weights)):
                name = f"b{layer + 1}_{row + 1}" if column < 0 else f"w{layer + 1}_{row + 1}_{column + 1}"
                theirs = slope(net, layer, row, column)
                assert ours[f"dE/d{name}"] == pytest.approx(theirs, rel=1e-4, abs=1e-7), (name, net)
                old = net.biases[layer][row] if column < 0 else weights[column]
                assert ours[f"{name}_new"] == pytest.approx(old - 0.1 * ours[f"dE/d{name}"], rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_both_methods_agree(seed: int) -> None:
    dice = random.Random(seed)
    net = network(dice, dice.choice([(2, 2, 2), (3, 2, 1), (2, 3, 2), (1, 2, 2, 2)]))
    paths, backprop = (found(net.spec(method)) for method in ("paths", "backprop"))
    shared = [name for name in paths if name.startswith("dE/d") and name in backprop]
    assert len(shared) >= sum(len(rows) * (len(rows[0]) + 1) for rows in net.weights)
    for name in shared:
        assert paths[name] == pytest.approx(backprop[name], rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("seed", range(6))
def test_random_layered_networks_are_written_and_read_back(seed: int) -> None:
    dice = random.Random(100 + seed)
    net = network(dice, dice.choice([(2, 2, 2), (3, 2, 1), (2, 3, 3), (2, 2, 2, 1)]))
    for detail in ("full", "short"):
        worked = work_text(net.spec(more=f"detail: {detail}"))
        assert not worked.diagnostics
        assert not write(worked, ["markdown", "latex"]).diagnostics


def test_the_largest_network_of_the_course_is_written_with_a_table_for_the_rest() -> None:
    """5-8-8-4: one weight of each kind in full, a table of the others, every line read back."""
    net = network(random.Random(5), (5, 8, 8, 4))
    worked = work_text(net.spec())
    written = write(worked, ["markdown"])
    assert not written.diagnostics
    text = written.outputs["markdown"].text
    assert text.count("## Likewise for the others") == 6  # weights and biases of three layers
    assert text.count("## Similarly for") + text.count("## New value of") == 6


def test_a_shared_bias_gathers_what_comes_from_every_unit() -> None:
    spec = """title: T
given: {eta: 0.5}
network:
  inputs: [0.05, 0.1]
  layers:
    - {activation: sigmoid, weights: [[0.15, 0.2], [0.25, 0.3]], bias: 0.35}
    - {activation: sigmoid, weights: [[0.4, 0.45], [0.5, 0.55]], bias: 0.6}
  targets: [0.01, 0.99]
  loss: half_squared_error
method: backprop
find: {update: all}
"""
    ours = found(spec)
    assert ours["dE/db2"] == pytest.approx(ours["dE/dz2_1"] + ours["dE/dz2_2"], rel=1e-13)
    assert ours["dE/db1"] == pytest.approx(ours["dE/dz1_1"] + ours["dE/dz1_2"], rel=1e-13)
    text = write(work_text(spec), ["markdown"]).outputs["markdown"].text
    assert "stands in the formulas of" in text
    assert "is added" in text


def test_names_in_the_weights_are_shared_or_stay_symbols() -> None:
    spec = """title: T
given: {w: 0.5, eta: 0.1}
network:
  inputs: [1, 2]
  layers: [{activation: linear, weights: [[w, w], [v, 1]]}]
  targets: [1, 0]
  loss: half_squared_error
find: {gradient: {of: E, by: [w, v]}}
"""
    shown = {name: value["shown"] for name, value in values(work_text(spec).solution).items()}
    assert shown["dE/dw"] == "1.5"  # (1.5 - 1)*(1 + 2)
    assert shown["dE/dv"] == "v + 2"


def test_softmax_with_cross_entropy_shows_how_p_minus_y_comes_about() -> None:
    spec = """title: T
given: {eta: 0.1}
network:
  inputs: [1, 2]
  layers: [{activation: softmax, weights: [[0.2, -0.5], [-0.3, 0.7], [0.5, -0.2]]}]
  targets: [0, 1, 0]
  loss: cross_entropy
find: {update: [w1_1_1]}
method: backprop
"""
    worked = work_text(spec)
    text = write(worked, ["markdown"]).outputs["markdown"].text
    assert r"&= {a^{(1)}_{1}} - y_1 && \text{since }y_1 + y_2 + y_3 = 1" in text
    assert r"&= {a^{(1)}_{1}}(y_1 + y_2 + y_3) - y_1" in text
    ours = {name: float(value["value"]) for name, value in values(worked.solution).items()}
    assert ours["dE/dz1_1"] == pytest.approx(ours["a1_1"] - 0, rel=1e-14)


def test_of_wide_layers_one_unit_is_worked_and_the_values_of_the_others_given() -> None:
    net = network(random.Random(9), (3, 14, 2))
    for detail, worked_units in (("short", 1), ("full", 14)):
        worked = work_text(net.spec(more=f"detail: {detail}\nfigure: none"))
        written = write(worked, ["markdown", "latex"])
        assert not written.diagnostics, written.diagnostics
        text = written.outputs["markdown"].text
        formulas = sum(text.count(rf"{{z^{{(1)}}_{{{unit}}}}} &= ") for unit in range(1, 15))
        assert formulas == worked_units
        assert ("13 more units are worked the same way" in text) == (detail == "short")
    spec = net.spec(more="detail: short\nfigure: none")
    worked = work_text(spec)
    text = write(worked, ["markdown"]).outputs["markdown"].text
    rows = text[text.index("13 more units") :].split("\n\n")[1].splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| 2 to 5", "| 6 to 9", "| 10 to 13", "| 14"]
    given = "".join(rows)
    assert given.count(r"\approx") + given.count(" = ") == 13
    cell = next(part for part in rows[2].split(" | ") if r"\approx" in part)
    false = text.replace(cell, cell.replace(r"\approx ", r"\approx 1"))
    assert read_back(false, "markdown", worked.solution, printer(worked.document, worked.solution))


WIDE = [(14, 3, 2), (3, 14, 2), (5, 20, 7, 3), (13, 13, 13, 13)]


@pytest.mark.parametrize("sizes", WIDE, ids=str)
def test_networks_with_wide_layers_are_drawn_written_and_read_back(sizes: tuple[int, ...]) -> None:
    """With the drawing: of gradients it shows only those that the page works."""
    net = network(random.Random(9), sizes)
    worked = work_text(net.spec(more="detail: short"))
    written = write(worked, ["markdown", "latex", "beamer"])
    assert not written.diagnostics, written.diagnostics[0]
    text = written.texts["markdown"]
    weights = sum(len(row) for rows in net.weights for row in rows)
    named = len(re.findall(r"\{w\^\{\([0-9]\)\}_\{[0-9,]+\}\} = -?[0-9.]", text[: text.index("## The network")]))
    assert named == 0  # a matrix, or a row for each unit
    given = re.findall(r"boldsymbol\{w\}\^\{\(\d\)\}_\{\d+\}\} = \((.*?)\)\$", text)
    matrices = re.findall(
        r"boldsymbol\{W\}\^\{\(\d\)\}\} = \\begin\{pmatrix\}(.*?)\\end", text[: text.index("## The network")]
    )
    count = sum(len(row.split(",")) for row in given)
    count += sum(len(row.split("&")) for matrix in matrices for row in matrix.split(r"\\"))
    assert count == weights


def test_a_long_row_of_weights_holds_the_numbers_of_the_author() -> None:
    """Each entry of each row changed alone is noticed, also of units that the page does not work."""
    net = network(random.Random(9), (12, 13, 1))
    worked = work_text(net.spec(more="detail: short\nfigure: none"))
    text = write(worked, ["markdown"]).texts["markdown"]
    math = printer(worked.document, worked.solution)
    known = reading(worked.solution, math)
    assert false_lines(text, "markdown", *known) == ()
    rows = list(re.finditer(r"boldsymbol\{w\}\^\{\(\d\)\}_\{\d+\}\} = \((.*?)\)\$", text))
    assert len(rows) == 13 + 1
    for row in rows:
        start, numbers_ = row.start(1), row[1].split(r",\allowbreak ")
        place = random.Random(start).randrange(len(numbers_))
        changed = [*numbers_[:place], "7.77", *numbers_[place + 1 :]]
        other = text[:start] + r",\allowbreak ".join(changed) + text[row.end(1) :]
        found = false_lines(other, "markdown", *known)
        assert any(f"gives it as {numbers_[place]}" in line for line in found), (row[0], found[:2])


def test_more_than_four_weights_of_layers_are_given_as_a_matrix_and_fewer_by_name() -> None:
    text = write(solved("softmax-regression"), ["markdown"]).texts["markdown"]
    assert r"Weights: ${\boldsymbol{W}^{(1)}} = \begin{pmatrix}0.2&-0.5\\-0.3&0.7\\0.5&-0.2\end{pmatrix}$" in text
    few = "title: T\nnetwork: {inputs: [1, 2], layers: [{activation: linear, weights: [[1, 2], [3, 4]]}]}\nfind: {value: [a1_1]}\n"
    assert (
        "Weights: ${w^{(1)}_{11}} = 1$, ${w^{(1)}_{12}} = 2$" in write(work_text(few), ["markdown"]).texts["markdown"]
    )


def test_what_multiplies_an_input_or_a_unit_is_a_weight_whatever_its_letter() -> None:
    roles = {name.text: role for name, role in solved("network-2-2-1-xor").solution.problem.roles.items()}
    assert [roles[name] for name in ("w_11", "v_1", "v_2", "b_2")] == ["weight", "weight", "weight", "bias"]
    spec = "title: T\ngiven: {x: 1, k: 2, theta: 1, c: 3}\nnetwork: {activation: linear, units: {y: k*x - theta + c}}\nfind: {value: [y_out]}\n"
    roles = {name.text: role for name, role in work_text(spec).solution.problem.roles.items()}
    assert [roles[name] for name in ("k", "theta", "c")] == ["weight", "threshold", "parameter"]


def test_a_theta_that_is_subtracted_is_a_threshold_and_one_that_is_added_a_bias() -> None:
    spec = "title: T\ngiven: {x: 1, w: 1, v: 1, theta_1: 0.8, theta_2: 0.3, b: 0.1, y: 1}\nnetwork: {activation: sigmoid, loss: squared_error, units: {h: w*x - theta_1, y: v*h + theta_2 - b}}\nfind: {value: [E]}\n"
    page = write(work_text(spec), ["markdown"]).texts["markdown"]
    assert "- Biases: $\\theta_2 = 0.3$, $b = 0.1$\n- Threshold: $\\theta_1 = 0.8$\n" in page
    both = write(work_text(spec.replace("+ theta_2 - b", "- theta_2 + b")), ["markdown"]).texts["markdown"]
    assert "- Bias: $b = 0.1$\n- Thresholds: $\\theta_1 = 0.8$, $\\theta_2 = 0.3$\n" in both


CLASSES = """title: T
method: backprop
network:
  inputs: [1, 2]
  layers:
    - {activation: linear, weights: [[0.5, 0.25], [0.5, 0]], biases: [0.1, 0.2]}
  targets: [0, 1]
  loss: multiclass_hinge
  learning_rate: 0.1
find: {update: all}
"""


def test_a_kind_of_two_has_no_table() -> None:
    hidden = "    - {activation: relu, weights: [[1, 2], [0, 1], [1, 0]], biases: [0, 0, 0]}\n"
    spec = (
        CLASSES.replace("layers:\n", f"layers:\n{hidden}").replace("0.25]", "0.25, 1]").replace("0.5, 0]", "0.5, 0, 1]")
    )
    text = write(work_text(spec), ["markdown"]).texts["markdown"]
    assert "## Similarly for ${b^{(2)}_{2}}$\n" in text
    assert "## Likewise for the others, ${b^{(1)}_{2}}$ to ${b^{(1)}_{3}}$\n" in text


def test_a_multiclass_hinge_tells_which_class_is_right() -> None:
    text = write(work_text(CLASSES), ["markdown"]).texts["markdown"]
    assert text.count("The right class is the one whose target is 1, here that of ${a^{(1)}_{2}}$.") == 1
    sampled = CLASSES.replace("  targets: [0, 1]\n", "").replace("inputs: [1, 2]", "inputs: [x_1, x_2]")
    samples = "samples: [{x_1: 1, x_2: 2, y_1: 1, y_2: 0}, {x_1: 2, x_2: 2, y_1: 0, y_2: 1}]\ntrain: {epochs: 1}\n"
    written = write(work_text(sampled + samples), ["markdown"])
    assert not written.diagnostics, written.diagnostics
    assert written.texts["markdown"].count("the part of the right class is 0 by its first factor") == 1
