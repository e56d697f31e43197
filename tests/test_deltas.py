from __future__ import annotations

import pytest
from conftest import page_from, solved, work_text

from solver.document import chains
from solver.names import Total
from solver.pipeline import write

CHAIN = "title: T\nmethod: backprop\ngiven: {x: 2, w: 0.5, b: 0.1, y: 1, eta: 0.1}\n"
NEURON = "network: {activation: sigmoid, loss: binary_cross_entropy, units: {y: w*x + b}}\nfind: {update: all}\n"


def test_the_terms_that_cancel_are_shown_before_output_minus_target() -> None:
    assert (
        r"   &= \left(\frac{1 - y}{1 - y_{\text{out}}} - \frac{y}{y_{\text{out}}}\right)"
        r"y_{\text{out}}(1 - y_{\text{out}}) \\"
        "\n"
        r"   &= (1 - y)y_{\text{out}} - y(1 - y_{\text{out}}) \\"
        "\n"
        r"   &= y_{\text{out}} - y \\"
        "\n"
    ) in page_from(CHAIN + NEURON)


def test_the_derivative_of_the_loss_spells_out_its_rule() -> None:
    found = page_from(CHAIN + NEURON.replace("binary_cross_entropy", "half_squared_error"))
    assert r"   &= \frac{1}{2} \cdot 2 \cdot (y - y_{\text{out}}) \cdot (-1) \\" in found


def test_branches_are_spoken_of_only_where_there_are_any() -> None:
    several = "what comes back from each is added"
    assert several not in page_from(CHAIN + NEURON)
    branched = NEURON.replace("{y: w*x + b}", "{h: w*x, p: h + b, q: b*h}").replace(
        "binary_cross_entropy", "squared_error"
    )
    assert several in page_from(CHAIN.replace("y: 1", "p: 1, q: 0") + branched)


def test_how_the_sweep_goes_is_said_once_in_a_run() -> None:
    assert page_from(CHAIN + NEURON + "train: {epochs: 3}\n").count("Go back from") == 1
    assert page_from(CHAIN + "detail: full\n" + NEURON + "train: {epochs: 3}\n").count("Go back from") == 1


def test_what_an_optimizer_keeps_is_said_once() -> None:
    found = page_from(CHAIN + NEURON + "train: {epochs: 2, optimizer: adam}\n")
    assert found.count("is a running mean of the gradient") == 1
    assert "Adam works" not in found


def test_every_unit_with_cases_says_its_derivative_by_the_case_that_applies() -> None:
    worked = solved("network-2-2-2-1")
    written = write(worked, ["markdown"])
    assert not written.diagnostics
    text = written.texts["markdown"]
    assert "Step" not in text
    for unit in (1, 2):
        z = rf"{{z^{{(1)}}_{{{unit}}}}}"
        assert rf"\text{{since }}{z} = 1 > 0" in text[text.index("## Backward pass") :]


def test_what_comes_back_to_the_outputs_of_a_softmax_is_worked_before_the_delta_that_reads_it() -> None:
    found = write(solved("softmax-regression"), ["markdown"]).texts["markdown"]
    titles = [line for line in found.splitlines() if line.startswith("### Back")]
    assert titles[0] == "### Back to the outputs of the softmax"
    last = found.index(r"\frac{\partial E}{\partial {a^{(1)}_{3}}} = ")
    assert last < found.index(r"\frac{\partial E}{\partial {z^{(1)}_{1}}} &= ")


DIRECT = "title: T\nmethod: backprop\ngiven: {x: 2, y: 1, w: 0.5, b: 0, eta: 0.1}\ndefine:\n  a: w*x + b\n  q: a^2\n  r: a*w\n  L: LOSS\nfind: {update: {of: [w, b], minimise: L, rate: eta}}\n"


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("q + w^2", r"$w$ stands in the formula of $a$ and in $L$ itself: $\frac{dL}{dw}$ is the derivative along all paths, $\frac{\partial L}{\partial w}$ the derivative of $L$ alone. To what comes back to $a$, times the local derivative of $a$ with respect to $w$, the derivative of $L$ alone is added:"),
        ("q + w*x", r"$w$ stands in the formula of $a$ and in $L$ itself. To what comes back to $a$, times"),
        ("q*r + w^2", r"$w$ stands in the formulas of $a$, $r$, and in $L$ itself: $\frac{dL}{dw}$ is the derivative along all paths, $\frac{\partial L}{\partial w}$ the derivative of $L$ alone. What comes back to each of them,"),
        ("q*r", r"$w$ stands in the formulas of $a$, $r$. What comes back to each of them,"),
        ("q + a^2*w", r"Where a quantity is read by several others, what comes back from each is added. $\frac{dL}{da}$ is the derivative along all paths, $\frac{\partial L}{\partial a}$ the derivative of $L$ alone."),
        ("q + a*y", "Where a quantity is read by several others, what comes back from each is added.\n"),
        ("q", "each derivative is worked out from those nearer to $L$.\n"),
    ],
)  # fmt: skip
def test_what_stands_in_the_loss_itself_too_is_said_to_do_so(loss: str, told: str) -> None:
    assert told in page_from(DIRECT.replace("LOSS", loss))


def test_the_slope_of_a_step_is_shown_to_be_zero_before_nothing_comes_back() -> None:
    found = page_from(CHAIN + NEURON.replace("sigmoid", "step").replace("binary_cross_entropy", "squared_error"))
    assert r"&= 0 && \text{since }y_{\text{in}} = 1.1 > 0" in found
    assert (
        r"\frac{\partial E}{\partial y_{\text{in}}} &= "
        r"\frac{\partial E}{\partial y_{\text{out}}} \cdot \frac{\partial y_{\text{out}}}{\partial y_{\text{in}}} \\"
    ) in found


def test_a_way_with_a_slope_of_zero_is_a_term_of_its_own() -> None:
    define = "define: {s: step(w*x - 1), L: (y - s)^2 + w^2}\nfind: {gradient: {of: L, by: [w]}}\n"
    found = page_from(CHAIN.replace("b: 0.1, ", "").replace(", eta: 0.1", "") + define)
    assert r"\frac{\partial L}{\partial s} \cdot \frac{\partial s}{\partial w} + \frac{\partial L}{\partial w}" in found
    assert "Step has no derivative there" in found


def test_output_minus_target_is_shown_behind_a_softmax_without_being_asked_for() -> None:
    softmax = (
        "title: T\nnetwork: {inputs: [1.2, 0.5], layers: [{activation: softmax, weights: [[0.5, 0.1], [0.3, -0.4]]}], "
        "targets: [0, 1], loss: LOSS, learning_rate: 0.1}\nfind: {update: all}\n"
    )
    assert r"&= {a^{(1)}_{1}} - y_1 && \text{since }y_1 + y_2 = 1" in page_from(
        softmax.replace("LOSS", "cross_entropy")
    )
    assert "It is reached along 2 paths" in page_from(softmax.replace("LOSS", "half_squared_error"))


@pytest.mark.parametrize("method", ["paths", "backprop"])
def test_a_product_too_long_to_read_stands_for_itself(method: str) -> None:
    found = page_from(
        f"title: T\nmethod: {method}\nnetwork: {{inputs: [x_1, x_2], activation: {{h: sigmoid, g: tanh, y: linear}}, "
        "loss: half_squared_error, target: {y: t}, learning_rate: eta, "
        "units: {h: w_1*x_1 + w_2*x_2 - theta, g: w_1*h + v*x_2, y: v*h + u*g + x_1}}\nfind: {update: [w_1, v, theta]}\n"
    )
    gradient = {
        "paths": r"\frac{\partial E}{\partial \theta}",
        "backprop": r"-\frac{\partial E}{\partial h_{\text{in}}}",
    }[method]
    assert rf"| $\theta$ | $\theta$ | ${gradient}$ |" in found
    assert max(len(line) for line in found.splitlines() if not line.startswith("<")) < 600
    assert " 1 v" not in found


ASKED = """title: T
method: backprop
given: {x: 1.5, w: 0.4, v: -0.7, b: 0.2, y: 1}
network: {activation: tanh, loss: half_squared_error, units: {h: w*x + b, y: v*h}}
find: {gradient: {of: E, by: [w, h_out, v]}}
"""
TWO_GOALS = """title: T
method: backprop
given: {x_1: 1.5, w_1: 0.4, v: -0.7, b: 0.2, y: 1, eta: 0.1}
network: {activation: sigmoid, loss: half_squared_error, units: {h: w_1*x_1 + b, y: v*h}}
find: {gradient: {of: E, by: [w_1, x_1]}, update: [v, b, w_1]}
"""
RECURRENT = """title: T
method: backprop
given: {x_1: 1, x_2: 0.5, x_3: -1, u: 0.5, w: 0.8, v: 1.2, b: 0.1, h_0: 0.2, y: 0.7, eta: 0.1}
define:
  h_1: tanh(u*x_1 + w*h_0 + b)
  h_2: tanh(u*x_2 + w*h_1 + b)
  h_3: tanh(u*x_3 + w*h_2 + b)
  o: v*h_3
  L: 1/2*(y - o)^2
find: {gradient: {of: L, by: [u, h_2]}, update: {of: [u, w, v, b, h_0], minimise: L, rate: eta}}
"""


def read_before_found(spec: str) -> list[tuple[str, str]]:
    """The derivatives that a line of the page reads before the line in which they are found, and that line."""
    worked = work_text(spec)
    graph = worked.solution.full.graph
    order = {
        chain.left.name: place for place, chain in enumerate(chains(worked.document.blocks)) if chain.number is None
    }
    return [
        (read.text, name.text)
        for name, place in order.items()
        if name in graph.by_name
        for read in graph.by_name[name].reads
        if isinstance(read, Total) and order.get(read, -1) > place
    ]


@pytest.mark.parametrize("spec", [ASKED, TWO_GOALS, RECURRENT])
def test_nothing_is_used_before_it_is_found(spec: str) -> None:
    assert read_before_found(spec) == []
    assert page_from(spec).count("## Backward pass") == 1


def test_what_is_asked_for_keeps_its_place_in_the_backward_pass() -> None:
    text = page_from(ASKED)
    assert r"Already found: $\frac{\partial E}{\partial h_{\text{out}}} \approx 0.815$." in text
    assert text.index(r"\frac{\partial E}{\partial h_{\text{out}}} &=") < text.index("## Gradient")


@pytest.mark.parametrize("detail", ["", "detail: short\n", "detail: full\n"])
@pytest.mark.parametrize("spec", [ASKED, TWO_GOALS, RECURRENT])
def test_no_derivative_is_worked_twice(spec: str, detail: str) -> None:
    worked = work_text(detail + spec)
    found = [chain.left for chain in chains(worked.document.blocks) if chain.links[-1].role != "formula"]
    assert len(found) == len({*found})


def test_each_sample_of_a_batch_has_one_backward_pass() -> None:
    samples = "samples: [{x_1: 1.5, y: 1}, {x_1: -1, y: 0}]\ntrain: {mode: batch}\n"
    text = page_from(TWO_GOALS.replace("x_1: 1.5, ", "").replace("y: 1, ", "") + samples)
    assert text.count("# Backward pass") == 2


def test_a_derivative_without_a_path_is_worked_once() -> None:
    text = page_from(
        "title: T\ngiven: {x: -1, y: 2, eta: 0.001}\ndefine: {f: (1 - x)^2 + 100*(y - x^2)^2}\n"
        "find: {gradient: {of: f, by: [x, y]}, update: {of: [x, y], minimise: f, rate: eta}}\n"
    )
    assert text.count("&= 396") == 1
    assert r"Already found: $\frac{\partial f}{\partial x} = 396$." in text


@pytest.mark.parametrize("method", ["paths", "backprop"])
def test_a_derivative_without_a_path_needs_no_way_back(method: str) -> None:
    text = page_from(
        f"title: T\nmethod: {method}\ngiven: {{x: 2, y: 3}}\ndefine: {{f: x^2*y}}\nfind: {{gradient: {{of: f, by: [x, y]}}}}\n"
    )
    assert text.count(r"\frac{\partial f}{\partial x} &= ") == 1


def test_how_a_derivative_is_made_is_said_once_and_then_what_differs() -> None:
    text = page_from(TWO_GOALS)
    assert text.count("Its gradient is what comes back to") == 1
    assert r"$b$ stands in the formula of $h_{\text{in}}$:" in text


LAYERED = """title: T
given: {eta: 0.1}
notation: matrix
network:
  inputs: [0.5, -1]
  layers:
    - {activation: tanh, weights: [[0.1, 0.7], [-0.4, 0.3]], biases: [0.1, 0.2]}
    - {activation: sigmoid, weights: [[0.2, -0.5], [0.6, 0.4]]}
  targets: [1, 0]
  loss: half_squared_error
"""


def test_a_delta_that_stands_in_a_vector_is_not_worked_again() -> None:
    text = page_from(LAYERED + "find: {gradient: {of: E, by: [z1_1]}, update: all}\n")
    assert text.count("## Backward pass") == 1
    assert r"Already found: $\frac{\partial E}{\partial {z^{(1)}_{1}}} \approx" in text


def test_deltas_of_some_units_of_a_layer_stand_in_no_vector() -> None:
    assert "### Back through" in page_from(LAYERED + "find: {gradient: {of: E, by: [w2_1_2, a2_1]}}\n")


def test_what_the_steps_to_a_shortcut_read_is_found_before_them_though_it_is_asked_for() -> None:
    page = page_from(
        "title: T\nmethod: backprop\nnetwork:\n  inputs: [1, 2]\n"
        "  layers: [{activation: softmax, weights: [[0.2, -0.5], [-0.3, 0.7]]}]\n"
        "  targets: [0, 1]\n  loss: cross_entropy\nfind: {gradient: {of: E, by: [a1_1, a1_2, w1_1_1]}}\n"
    )
    steps = page.index(r"\frac{\partial E}{\partial {z^{(1)}_{1}}} &= \frac{\partial E}{\partial {a^{(1)}_{1}}}")
    for found in ("{a^{(1)}_{1}}", "{a^{(1)}_{2}}"):
        assert page.index(r"\frac{\partial E}{\partial " + found + "} &= ") < steps
