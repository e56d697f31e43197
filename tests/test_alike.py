"""Of many parameters one of each kind is worked in full, and the others stand in tables that the reader checks."""

from __future__ import annotations

import re

import pytest
from conftest import page_from, work_text

from solver.optimizers import OPTIMIZERS
from solver.pipeline import printer, reading, write
from solver.readback.claims import false_lines

HEAD = "title: T\ngiven: {eta: 0.2}\n"
LAYERS = """network:
  inputs: [-1.5, 1.4, 1.1]
  layers:
    - {activation: sigmoid, weights: [[-0.4, 0.1, -0.1], [0.3, 0.5, -0.7], [-0.8, 0.6, -0.1], [0.5, -0.9, -0.1]], biases: [0.4, -0.5, 0.8, 0.7]}
    - {activation: sigmoid, weights: [[-0.8, -0.9, 0.1, 0.8], [-0.2, -0.5, -0.1, -0.8]], biases: [-0.5, -0.1]}
  targets: [0.5, 0.2]
  loss: half_squared_error
"""
ALL = "find: {update: all}\n"
SAMPLES = (
    "samples: [{x_1: 1, x_2: 0.5, x_3: -1, y_1: 0.2, y_2: 0.9}, {x_1: -0.4, x_2: 0.3, x_3: 2, y_1: 0.6, y_2: 0.1}]\n"
)
WEIGHTS = [
    *(f"w1_{unit}_{source}" for unit in range(1, 5) for source in range(1, 4)),
    *(f"w2_{unit}_{source}" for unit in range(1, 3) for source in range(1, 5)),
]
UNITS = """network:
  activation: tanh
  loss: half_squared_error
  units:
    h_1: u_11*x_1 + u_12*x_2 + c_1
    h_2: u_21*x_1 + u_22*x_2 + c_2
    h_3: u_31*x_1 + u_32*x_2 + c_3
    h_4: u_41*x_1 + u_42*x_2 + c_4
    y: v_1*h_1 + v_2*h_2 + v_3*h_3 + v_4*h_4 + d
"""
GIVEN = {f"u_{unit}{source}": f"0.{unit}{source}" for unit in range(1, 5) for source in (1, 2)}
GIVEN |= {f"c_{unit}": f"-0.{unit}" for unit in range(1, 5)} | {f"v_{unit}": f"0.{9 - unit}" for unit in range(1, 5)}
GIVEN |= {"d": "0.1", "x_1": "1", "x_2": "-2", "y": "0.4", "eta": "0.5"}
UNITS_HEAD = f"title: T\ngiven: {{{', '.join(f'{name}: {value}' for name, value in GIVEN.items())}}}\n"

CLASSES, FEATURES = range(1, 4), range(1, 7)
SCORES = {f"w_{k}{i}": f"{(-1) ** (k + i) * 0.1 * (k + i):.1f}" for k in CLASSES for i in FEATURES}
SCORES |= {f"b_{k}": f"0.{k}" for k in CLASSES}
REGRESSION = "".join(
    (
        "title: T\ngiven: {eta: 0.1, y_1: 0, y_2: 1, y_3: 0, ",
        ", ".join(f"x_{i}: {1 - 0.4 * i:.1f}" for i in FEATURES),
        ", ", ", ".join(f"{name}: {value}" for name, value in SCORES.items()), "}\ndefine:\n",
        *(f"  z_{k}: {' + '.join(f'w_{k}{i}*x_{i}' for i in FEATURES)} + b_{k}\n" for k in CLASSES),
        *(f"  p_{k}: softmax(z_{k}, z_1, z_2, z_3)\n" for k in CLASSES),
        "  L: -(y_1*ln(p_1) + y_2*ln(p_2) + y_3*ln(p_3))\n",
        f"find: {{update: {{of: [{', '.join(SCORES)}], minimise: L, rate: eta}}}}\n",
    )
)  # fmt: skip
DECAYED = "{name: sgd, weight_decay: 0.1}"


def headings(text: str, beginning: str) -> int:
    return len(re.findall(rf"^#+ {beginning}", text, re.MULTILINE))


def rows(text: str, left: str) -> int:
    """The cells of tables that begin with this."""
    return len(re.findall(rf"\| \${left}", text))


@pytest.mark.parametrize("detail", ["", "detail: short\n"])
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, DECAYED])
def test_every_optimizer_has_its_tables(optimizer: str, detail: str) -> None:
    text = page_from(HEAD + detail + LAYERS + ALL + f"train: {{optimizer: {optimizer}}}\n")
    assert headings(text, "Likewise for the others") == 3  # of the output biases there are two, so none is left
    assert rows(text, r"\{w_\{[0-9]+,\\text\{new\}") == 18
    assert rows(text, r"\\frac\{\\partial E") == 7 + 11 + 3


@pytest.mark.parametrize("mode", ["online", "batch"])
@pytest.mark.parametrize("optimizer", ["nesterov", "adagrad", "adamw", DECAYED])
def test_several_updates_have_their_tables(optimizer: str, mode: str) -> None:
    epochs = 1 if mode == "online" else 2
    train = f"train: {{epochs: {epochs}, mode: {mode}, optimizer: {optimizer}}}\n"
    text = page_from(HEAD + SAMPLES + LAYERS + ALL + train)
    assert headings(text, "Likewise for the others") == (6 if mode == "online" else 9)


def test_a_falsified_cell_of_an_optimizer_is_refused() -> None:
    worked = work_text(HEAD + LAYERS + ALL + "train: {optimizer: adam}\n")
    text = write(worked, ["markdown"]).texts["markdown"]
    known = reading(worked.solution, printer(worked.document, worked.solution))
    assert false_lines(text, "markdown", *known) == ()
    cells = [cell for cell in re.findall(r"\| (\$.+?\$)(?= \|)", text) if re.match(r"\$(m|v|\\hat|\{w_\{)", cell)]
    assert len(cells) > 80
    for cell in cells[::9]:
        digit = re.search(r"(\d)(?=(?: \\times 10\^\{-\d+\})?\$$)", cell)
        assert digit, cell
        false = f"{cell[: digit.start()]}{(int(digit[0]) + 3) % 10}{cell[digit.end() :]}"
        assert false_lines(text.replace(cell, false, 1), "markdown", *known), false


@pytest.mark.parametrize("form", ["latex", "beamer", "revealjs", "fragments"])
def test_the_tables_are_read_back_in_other_formats(form: str) -> None:
    worked = work_text(HEAD + LAYERS + ALL + "train: {optimizer: momentum}\n")
    assert not write(worked, [form]).diagnostics


@pytest.mark.parametrize(("method", "most"), [("paths", 1_100), ("backprop", 800)])
def test_many_paths_have_tables_as_well(method: str, most: int) -> None:
    text = page_from(f"{HEAD}method: {method}\n{LAYERS}{ALL}")
    assert headings(text, "Likewise for the others") == 3
    assert len(text.splitlines()) < most


def test_full_detail_works_each() -> None:
    text = page_from(f"{HEAD}detail: full\n{LAYERS}{ALL}")
    assert headings(text, "Likewise for the others") == 0
    assert headings(text, "Similarly for") == 25


@pytest.mark.parametrize("method", ["paths", "backprop"])
def test_units_written_one_by_one_have_tables(method: str) -> None:
    text = page_from(f"{UNITS_HEAD}method: {method}\n{UNITS}{ALL}")
    assert headings(text, "Likewise for the others") == 3
    assert headings(text, r"Similarly for \$d\$") == 1


@pytest.mark.parametrize(
    ("further", "updates"),
    [("", 1), ("method: paths\n", 1), ("train: {epochs: 2, optimizer: adam}\n", 2)],
)
def test_definitions_are_alike_where_their_gradients_have_one_form(further: str, updates: int) -> None:
    text = page_from(REGRESSION + further)
    assert headings(text, "Likewise for the others") == 2 * updates
    assert headings(text, "(New value of|Similarly for)") == 2 * updates


@pytest.mark.parametrize("method", ["", "method: paths\n"])
def test_many_gradients_have_tables(method: str) -> None:
    text = page_from(f"{HEAD}{method}{LAYERS}find: {{gradient: {{of: E, by: [{', '.join(WEIGHTS)}]}}}}\n")
    assert headings(text, "Gradient ") == 2
    assert headings(text, "Likewise for the others") == 2
    assert rows(text, r"\\frac\{\\partial E") == 18


def test_gradients_in_a_table_are_not_worked_again_for_the_updates() -> None:
    text = page_from(
        f"{HEAD}{LAYERS}find: {{gradient: {{of: E, by: [{', '.join(WEIGHTS)}, a1_2, x_1]}}, update: all}}\n"
    )
    found = re.findall(r"\$?\\frac\{\\partial E\}\{\\partial \{w\^\{\(1\)\}_\{12\}\}\} &?= ", text)
    assert len(found) == 1
    assert text.count("## Backward pass") == 1


def test_the_samples_of_a_batch_have_tables() -> None:
    text = page_from(HEAD + SAMPLES + LAYERS + ALL + "train: {epochs: 2, mode: batch}\n")
    assert len(text.splitlines()) < 2_100
    assert headings(text, "Gradient ") == 5  # those of the first sample, one of each kind and both output biases
    assert headings(text, "Gradients") == 3


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_later_update_begins_with_what_the_tables_of_wide_layers_give(optimizer: str) -> None:
    weights = [[(1 + (3 * unit + source) % 9) / 10 for source in range(2)] for unit in range(13)]
    back = [-(1 + unit % 9) / 10 for unit in range(13)]
    layers = (
        "network:\n  inputs: [1, -2]\n  layers:\n"
        f"    - {{activation: sigmoid, weights: {weights}}}\n"
        f"    - {{activation: sigmoid, weights: [{back}]}}\n"
        "  targets: [0.4]\n  loss: half_squared_error\n"
    )
    text = page_from(HEAD + layers + ALL + f"train: {{epochs: 2, optimizer: {optimizer}}}\n")
    assert headings(text, "Update") == 2
    assert "more are worked the same way; they stand" in text  # of the summary alone
