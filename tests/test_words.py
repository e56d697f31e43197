"""What a page says in words: what its letters, indices and settings stand for, before they are used and once."""

from __future__ import annotations

import re

import pytest
from conftest import page_from, page_of

LAYERS = """title: T
network:
  inputs: [1, 0.5]
  layers:
    - {activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]]}
    - {activation: sigmoid, weights: [[0.5, 0.6]], biases: [0.1]}
  targets: [1]
  loss: half_squared_error
  learning_rate: 0.5
find: {update: all}
"""
GRAPH = "title: T\ngiven: {x: 3, y: 2, eta: 0.1}\ndefine: {L: FORMULA}\nfind: {update: {of: [x, y], minimise: L, rate: eta}}\n"


def test_what_the_indices_of_a_layered_network_mean_is_said_by_one_weight() -> None:
    said = (
        "${w^{(1)}_{12}}$ is the weight from $x_2$ to unit 1 of layer 1; ${z^{(1)}_{1}}$ is the net input of that unit, "
        "${a^{(1)}_{1}}$ its output."
    )
    page = page_from(LAYERS)
    assert page.count(said) == 1
    assert page.index(said) < page.index("## Forward pass")
    assert "is the weight from" not in page_from(LAYERS + "notation: matrix\n")
    assert "is the weight from" not in page_of("network-2-2-2")


@pytest.mark.parametrize(
    ("id", "net_input"), [("network-2-2-2", r"o_{1,\text{in}}"), ("network-2-2-2-1", r"{z^{(3)}_{1}}")]
)
def test_a_delta_is_introduced_with_the_first_net_input(id: str, net_input: str) -> None:
    page = page_of(id)
    said = f"The derivative of $E$ with respect to the net input of a unit, as ${net_input}$, is the delta of the unit."
    assert page.count(said) == page.count("delta of the unit") == 1


def test_only_derivatives_of_the_loss_are_called_deltas() -> None:
    spec = (
        "title: T\nmethod: backprop\ngiven: {x: 0.5, w: 0.3, v: 0.7, y: 1}\n"
        "network: {activation: sigmoid, loss: half_squared_error, units: {h: w*x, y: v*h}}\n"
        "find: {gradient: {of: OF, by: [w]}}\n"
    )
    assert "is the delta of the unit" in page_from(spec.replace("OF", "E"))
    assert "is the delta of the unit" not in page_from(spec.replace("OF", "y_in"))


def test_gradients_are_said_to_be_worked_before_any_parameter_changes() -> None:
    page = page_of("network-2-1-1")
    assert page.count("; all gradients are worked before any parameter changes.") == 1
    alone = page_from(
        "title: T\ngiven: {x: 3, eta: 0.1}\ndefine: {L: x^2}\nfind: {update: {of: [x], minimise: L, rate: eta}}\n"
    )
    assert "all gradients" not in alone


def test_what_the_settings_of_adam_are_is_said_before_its_quantities_are_worked() -> None:
    page = page_of("network-2-2-2-adam")
    said = (
        r"${m_{w_5}^{[1]}}$ is a running mean of the gradient, which keeps the share $\beta_1$ of what it was, and "
        r"${v_{w_5}^{[1]}}$ one of its square, which keeps $\beta_2$."
    )
    assert page.count(said) == 1
    assert (
        page.index("To reduce $E$")
        < page.index(said)
        < page.index("= w_5 - \\frac{\\eta")
        < page.index(r"{m_{w_5}^{[1]}} &=")
    )
    assert page.count(r"$\epsilon$ guards against a division by zero.") == 1
    assert "guards against a division" not in page_of("adam-two-steps").split("## Given")[1]  # its epsilon is 0


def test_a_setting_of_zero_is_said_as_a_number() -> None:
    spec = GRAPH.replace("FORMULA", "x^2 + y^2") + "train: {epochs: 2, optimizer: {name: momentum, momentum: 0}}\n"
    assert "from then on $0$ times what was kept plus the new gradient" in page_from(spec)


def test_what_momentum_keeps_of_a_parameter_carries_that_parameter_below() -> None:
    page = page_of("network-2-2-2-momentum")
    assert r"{v_{w_5}^{[2]}} = \mu {v_{w_5}^{[1]}} + " in page
    assert "v_{w,5}" not in page


def test_a_page_calls_the_loss_by_one_word() -> None:
    for id in ("network-2-2-1-xor", "network-2-2-2-momentum", "network-2-2-3-softmax"):
        given = page_of(id).split("## Given")[1]
        assert re.search("^- Loss: ", given, re.M)
        assert re.search("^###+ The loss$", given, re.M)
        assert "error" not in given.split("\nSource:")[0].replace("squared error", "").lower()


def test_the_derivatives_of_a_softmax_say_what_they_are_of() -> None:
    page = page_of("softmax-regression")
    assert page.count(r"\text{derivative of the Softmax function}") == 1
    assert page.count(r"\text{the same, by another argument}") == 1


def test_in_vectors_the_derivatives_of_loss_and_activation_say_so_once() -> None:
    page = page_of("network-3-2-2-matrix")
    assert page.count(r"\text{derivative of half the squared error}") == 1
    assert page.count(r"\text{derivative of the Sigmoid}") == 1


def test_in_brief_it_is_said_once_why_the_derivative_by_a_bias_is_that_by_the_net_input() -> None:
    page = page_of("network-2-2-2-biases")
    assert page.count(r"&& \text{since }\frac{\partial o_{1,\text{in}}}{\partial b_{o1}} = 1 \\") == 1
    assert page.count(r"\text{since }\frac") == 1


def test_what_is_zero_at_first_sight_is_not_worked_out() -> None:
    page = page_of("softmax-regression")
    assert re.search(r"-0 \\cdot \\ln\(0\.\d+\) = 0$|-0 \\cdot \\ln\(0\.\d+\) \\\\\n +&= 0$", page, re.M)
    assert not re.search(r"-0 \\cdot \(", page)


@pytest.mark.parametrize(
    ("formula", "word"),
    [("x + 2*y", "sum"), ("x*y", "product"), ("x^2/2 + y", ""), ("3*x^2*y", ""), ("(x + y)^2", "power")],
)
def test_a_node_of_a_graph_says_what_is_done_with_what_its_arrows_bring(formula: str, word: str) -> None:
    drawn = page_from(GRAPH.replace("L: FORMULA", f"p: {formula}, L: p^2")).split("</svg>")[0]
    found = re.findall(r'<tspan class="words">(sum|product|power)</tspan>', drawn)
    assert found == ([word] if word else [])


def test_the_pass_with_the_new_values_stands_in_vectors_as_the_first() -> None:
    after = page_of("network-2-2-2-adam-matrix").split("## Forward pass with the new values")[1]
    assert r"{\boldsymbol{z}^{(1)[4]}} &= {\boldsymbol{W}^{(1)[4]}} \boldsymbol{x} +" in after
    assert "{z_1^{(1)[4]}} =" not in after


def test_a_run_is_summed_up_by_the_names_that_the_pass_with_the_new_values_has() -> None:
    summary = page_of("network-2-2-2-momentum").split("## Summary")[1]
    assert r"| $w_5$ | $0.4$ | ${w_5^{[4]}} \approx 0.395389$ |" in summary
    matrices = page_of("network-2-2-2-adam-matrix").split("## Summary")[1]
    assert (
        matrices.count(r"{\boldsymbol{W}^{(1)[4]}} \approx")
        == matrices.count(r"{\boldsymbol{W}^{(2)[4]}} \approx")
        == 1
    )
    assert "|" not in matrices


def test_what_only_the_steps_to_a_shortcut_read_is_left_out_once_they_were_shown() -> None:
    page = page_of("softmax-regression")
    slope = r"\frac{\partial {a^{(1)}_{%d}}}{\partial {z^{(1)}_{%d}}} &="
    assert [page.count(slope % (output, 1)) for output in (1, 2, 3)] == [1, 1, 1]
    assert all(slope % (output, place) not in page for output in (1, 2, 3) for place in (2, 3))
    assert page.count(r"\text{by the same steps}") == 2
    later = page_of("logistic-regression-three-rows").split("## Update 2")[1]
    assert r"\frac{\partial {p^" not in later
    assert r"\text{by the same steps}" in later


def test_in_full_detail_each_of_them_is_shown() -> None:
    spec = (
        "title: T\ndetail: full\nnetwork:\n  inputs: [1, 2]\n"
        "  layers: [{activation: softmax, weights: [[0.2, -0.5], [-0.3, 0.7]]}]\n"
        "  targets: [0, 1]\n  loss: cross_entropy\n  learning_rate: 0.1\nfind: {update: all}\n"
    )
    page = page_from(spec)
    slope = r"\frac{\partial {a^{(1)}_{%d}}}{\partial {z^{(1)}_{%d}}} &="
    assert all(page.count(slope % (output, place)) == 1 for output in (1, 2) for place in (1, 2))
