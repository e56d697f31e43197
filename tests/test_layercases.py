"""Which case each entry of a layer is of, what is taken at kinks, and what its functions are: on pages of matrices."""

from __future__ import annotations

import pytest
from conftest import work_text
from test_layerpages import page
from test_readback import names_of

from solver.pipeline import read_back, write


def test_what_is_taken_at_a_kink_is_said() -> None:
    _, text = page(first="relu", weights="[[0.2, 0.5], [0.2, -0.4]]", biases="biases: [0, 0]")
    assert "ReLU has no derivative there" in text


KINKED = """title: T
notation: matrix
network:
  inputs: [1, 2]
  layers:
    - {activation: FIRST, weights: [[2, -1], [1, 1], [-1, 0]], biases: [0, 0, 0]}
    - {activation: linear, weights: [[0.5, 0.25, 1], [-0.5, 1, 1]], biases: [0.25, 0]}
  targets: [1, -1]
  loss: LOSS
  learning_rate: 0.1
find: {update: all}
"""


def kinked(first: str, loss: str = "hinge", spec: str = KINKED):
    worked = work_text(spec.replace("FIRST", first).replace("LOSS", loss))
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    return worked, written.texts["latex"]


HERE = r"Here ${z^{(1)}_{1}} = 0$, ${z^{(1)}_{2}} = 3 > 0$, ${z^{(1)}_{3}} = -1 < 0$."
APART = r"Here ${z^{(1)}_{2}} = 3 > 0$, ${z^{(1)}_{3}} = -1 < 0$."


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("relu", ("ReLU leaves a positive argument as it is and makes 0 of any other.", HERE, APART, r"${z^{(1)}_{1}} = 0$: ReLU has no derivative there; $0$ is taken.", "Step is 1 for a positive argument and 0 for any other.")),
        ("leaky_relu", ("LeakyReLU leaves a positive argument as it is.", HERE, APART, r"= 0.01 \cdot (-1) &&\quad \text{since }{z^{(1)}_{3}} = -1 < 0")),
        ("elu", ("ELU leaves a positive argument as it is.", HERE, r"= e^{-1} - 1 &&\quad \text{since }{z^{(1)}_{3}} = -1 < 0")),
        ("step", ("Step is 1 for a positive argument and 0 for any other.", APART, r"${z^{(1)}_{1}} = 0$: $\operatorname{Step}(0) = 0$ is taken there.", "Step has no derivative there")),
    ],
)  # fmt: skip
def test_each_entry_of_a_layer_says_which_case_it_is_of(first: str, told: tuple[str, ...]) -> None:
    worked, text = kinked(first)
    for words in told:
        assert words in text
    assert text.count("Step is 1 for") == 1
    faults = [
        (" = 3 > 0$", " = 3 < 0$"), (" = 3 > 0$", " = 2 > 0$"), (" = -1 < 0$", " = 1 < 0$"),
        (r"\operatorname{Step}(0) = 0$", r"\operatorname{Step}(0) = 1$"),
    ]  # fmt: skip
    for before, after in faults[: 3 if first != "step" else 4]:
        assert before in text
        assert read_back(text.replace(before, after, 1), "latex", worked.solution, names_of(worked)), after


def test_the_cases_of_a_hinge_and_its_margin_are_told() -> None:
    worked, text = kinked("relu")
    assert "Here $1 - y_2 {a^{(2)}_{2}} = 4 > 0$." in text
    margin = "$1 - y_1 {a^{(2)}_{1}} = 0$: max has no derivative there; that of the first is taken."
    assert margin in text
    for before, after in ((margin, margin.replace("= 0", "= 1")), ("= 4 > 0$", "= 5 > 0$"), ("= 4 > 0$", "= 4 < 0$")):
        changed = text.replace(before, after)
        assert changed != text
        assert read_back(changed, "latex", worked.solution, names_of(worked)), after


def test_an_absolute_error_of_zero_is_told() -> None:
    _, text = kinked("relu", "absolute_error")
    assert "sign is 1 for a positive argument, -1 for a negative one and 0 for 0." in text
    assert "$y_1 - {a^{(2)}_{1}} = 0$: abs has no derivative there; $0$ is taken." in text
    assert "Here $y_2 - {a^{(2)}_{2}} = -4 < 0$." in text


MANY_CLASSES = """title: T
notation: matrix
network:
  inputs: [1, 2]
  layers:
    - {activation: linear, weights: [[0.5, 0.25], [0.5, 0], [1, 0.5]]}
  targets: [0, 0, 1]
  loss: multiclass_hinge
  learning_rate: 0.1
find: {update: all}
"""


def test_a_multiclass_hinge_tells_its_right_class_and_its_tie() -> None:
    _, text = kinked("", spec=MANY_CLASSES)
    assert "The right class is the one whose target is 1, here that of ${a^{(1)}_{3}}$." in text
    assert "$1 + {a^{(1)}_{1}} - {a^{(1)}_{3}} = 0$: max has no derivative there; that of the first is taken." in text
    assert r"-\operatorname{Step}(1 + {a^{(1)}_{1}} - {a^{(1)}_{3}}) - \operatorname{Step}(1 + {a^{(1)}_{2}}" in text


def test_a_number_beside_a_vector_is_told_where_one_stands() -> None:
    beside = "A number before a vector stands for each entry"
    assert beside not in page(first="softplus", last="linear")[1]
    _, text = page(first="relu", last="tanh")
    assert text.count(beside) == 1
    assert text.index(beside) < text.index(r"1 - {\boldsymbol{a}^{(2)}} \circ")


@pytest.mark.parametrize(
    ("activation", "written_out"),
    [
        ("sigmoid", r"\frac{1}{1 + e^{-0.09}}"), ("tanh", r"\frac{e^{0.09} - e^{-0.09}}{e^{0.09} + e^{-0.09}}"),
        ("gelu", r"\operatorname{erf}\left(\frac{0.09}{\sqrt{2}}\right)"), ("softplus", r"\ln(1 + e^{0.09})"),
    ],
)  # fmt: skip
def test_the_function_of_a_layer_is_written_out_for_one_entry(activation: str, written_out: str) -> None:
    _, text = page(first=activation)
    assert text.count("written out:") == (1 if activation == "sigmoid" else 2)
    assert written_out in text[: text.index("Backward pass")]


def test_a_softmax_layer_is_written_out_for_one_entry() -> None:
    _, text = page(last="softmax", loss="cross_entropy")
    assert "One entry, with Softmax written out:" in text
    assert r"\operatorname{Softmax}_{1}({z^{(2)}_{1}}, {z^{(2)}_{2}})" in text


def test_the_slope_of_a_step_is_printed_once_and_checked() -> None:
    worked, text = kinked("step")
    zeros = r"\operatorname{Step}'({\boldsymbol{z}^{(1)}}) &= \begin{pmatrix}0\\0\\0\end{pmatrix}"
    assert zeros in text
    assert (
        rf"\begin{{pmatrix}}0\\0\\0\end{{pmatrix}} \\{chr(10)} &=" not in text[text.index(zeros) :][: len(zeros) + 90]
    )
    changed = text.replace(zeros, zeros.replace(r"}0\\0", r"}1\\0"))
    faults = read_back(changed, "latex", worked.solution, names_of(worked))
    assert any("the derivative is 0" in fault for fault in faults), faults


@pytest.mark.parametrize("top", ["", "notation: matrix\n"])
def test_the_function_in_the_derivative_of_gelu_is_explained(top: str) -> None:
    worked = work_text(
        f"title: T\n{top}network: {{inputs: [1, 2], layers: [{{activation: gelu, weights: [[0.3, 0.1]]}}], "
        "targets: [1], loss: squared_error, learning_rate: 0.1}\nfind: {update: all}\n"
    )
    assert "GELU (in its derivative, erfc is 1 - erf)" in write(worked, ["markdown"]).texts["markdown"]
