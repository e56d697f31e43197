"""Far from zero: every activation and loss at z = ±1000, value, local derivative and a gradient through it."""

from __future__ import annotations

import json

import pytest
from conftest import work_text
from mpmath import mp, mpf

from solver.functions import ACTIVATIONS
from solver.losses import LOSSES
from solver.pipeline import write


def sigmoid(z: mpf) -> mpf:
    return 1 / (1 + mp.exp(-z))


def bell(z: mpf) -> mpf:
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


ORACLES = {
    "linear": (lambda z: z, lambda z: mpf(1)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (mp.tanh, lambda z: mp.sech(z) ** 2),
    "relu": (lambda z: max(z, mpf(0)), lambda z: mpf(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: mpf(1) if z > 0 else mpf(1) / 100),
    "elu": (lambda z: z if z > 0 else mp.expm1(z), lambda z: mpf(1) if z > 0 else mp.exp(z)),
    "softplus": (lambda z: mp.log1p(mp.exp(-abs(z))) + max(z, 0), sigmoid),
    "swish": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
    "gelu": (
        lambda z: z / 2 * mp.erfc(-z / mp.sqrt(2)),
        lambda z: mp.erfc(-z / mp.sqrt(2)) / 2 + z * bell(z),
    ),
    "step": (lambda z: mpf(z > 0), lambda z: mpf(0)),
}
"""Value and derivative by mpmath, in which nothing of the solver stands."""

NETWORK = """title: Far from zero
given: {{x: 2, w: {half}, v: 0.5, b: 0.1, y: 0.8, eta: 0.25}}
network:
  activation: {{h: {activation}, y: {output}}}
  loss: half_squared_error
  units:
    h: w*x
    y: h*v + b
find: {{update: [w, v]}}
"""
DEFINED = """title: Far from zero
given: {{z: {z}, c: 2}}
define: {{a: {activation}(z), L: c*a + a^2}}
find: {{value: [L], gradient: {{of: L, by: [z, c]}}}}
"""


def values(spec: str) -> dict[str, str]:
    """The values of a page that is written and read back in both markups."""
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ("markdown", "latex", "json"))
    assert not written.diagnostics, written.diagnostics
    return {name: value["value"] for name, value in json.loads(written.texts["json"])["values"].items()}


def near(shown: str, value: mpf) -> bool:
    """Whether a decimal of 15 digits is a value's."""
    with mp.workdps(60):
        value = +value
        return bool(mp.mpf(shown) == value or abs(mp.mpf(shown) / value - 1) < mp.mpf(10) ** -14)


@pytest.mark.parametrize("z", [1000, -1000, 120, -120])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_hidden_unit_far_from_zero_is_worked(activation: str, z: int) -> None:
    value, slope = ORACLES[activation]
    found = values(NETWORK.format(half=z // 2, activation=activation, output="linear"))
    with mp.workdps(60):
        h, slope_there = value(mpf(z)), slope(mpf(z))
        out = h / 2 + mpf("0.1")
        gradient = -(mpf("0.8") - out) * slope_there
        assert near(found["h_out"], h)
        assert near(found["∂h_out/∂h_in"], slope_there)
        assert near(found["E"], (mpf("0.8") - out) ** 2 / 2)
        assert near(found["dE/dw"], gradient)
        assert near(found["w_new"], mpf(z) / 2 - gradient / 4)


@pytest.mark.parametrize("z", [1000, -1000])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_output_through_a_sigmoid_and_an_output_unit_far_from_zero_are_worked(activation: str, z: int) -> None:
    value, slope = ORACLES[activation]
    through = values(
        NETWORK.format(half=z // 2, activation=activation, output="sigmoid").replace("v: 0.5", "v: 0.0005")
    )
    with mp.workdps(60):
        y = sigmoid(value(mpf(z)) * mpf("0.0005") + mpf("0.1"))
        gradient = -(mpf("0.8") - y) * y * (1 - y) * mpf("0.0005") * slope(mpf(z)) * 2
        assert near(through["y_out"], y)
        assert near(through["dE/dw"], gradient)
    out = values(
        NETWORK.format(half=z // 2, activation="linear", output=activation).replace("v: 0.5, b: 0.1", "v: 1, b: 0")
    )
    with mp.workdps(60):
        y, slope_there = value(mpf(z)), slope(mpf(z))
        assert near(out["y_out"], y)
        assert near(out["dE/dv"], -(mpf("0.8") - y) * slope_there * z)


@pytest.mark.parametrize("z", [1000, -1000])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_definition_far_from_zero_is_worked(activation: str, z: int) -> None:
    value, slope = ORACLES[activation]
    found = values(DEFINED.format(z=z, activation=activation))
    with mp.workdps(1000):
        a = value(mpf(z))
        assert near(found["L"], 2 * a + a * a)
        assert near(found["dL/dz"], (2 + 2 * a) * slope(mpf(z)))
        assert near(found["dL/dc"], a)


LOSSES_FAR = {
    "half_squared_error": ("linear", "[1, 0]", lambda a, b: ((1 - a) ** 2 + b**2) / 2, lambda a, b: a - 1),
    "squared_error": ("linear", "[1, 0]", lambda a, b: (1 - a) ** 2 + b**2, lambda a, b: 2 * (a - 1)),
    "mean_squared_error": ("linear", "[1, 0]", lambda a, b: ((1 - a) ** 2 + b**2) / 2, lambda a, b: a - 1),
    "absolute_error": ("linear", "[1, 0]", lambda a, b: abs(1 - a) + abs(b), lambda a, b: mp.sign(a - 1)),
    "binary_cross_entropy": (
        "sigmoid", "[1, 0]",
        lambda a, b: mp.log1p(mp.exp(-abs(a))) + max(-a, 0) + mp.log(2), lambda a, b: -sigmoid(-a),
    ),
    "cross_entropy": (
        "softmax", "[1, 0]", lambda a, b: mp.log1p(mp.exp(-abs(a))) + max(-a, 0), lambda a, b: -sigmoid(-a),
    ),
    "hinge": ("linear", "[1, -1]", lambda a, b: max(0, 1 - a) + 1, lambda a, b: mpf(-1) if a < 1 else mpf(0)),
    "multiclass_hinge": (
        "linear", "[1, 0]", lambda a, b: max(0, 1 + b - a), lambda a, b: mpf(-1) if a < 1 else mpf(0),
    ),
}  # fmt: skip
LAYERED = """title: Far from zero
network:
  inputs: [1]
  layers:
    - {{activation: {activation}, weights: [[{z}], [0]]}}
  targets: {targets}
  loss: {loss}
  learning_rate: 0.5
find: {{update: [w1_1_1]}}
"""


@pytest.mark.parametrize("z", [1000, -1000])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_far_from_zero_is_worked(loss: str, z: int) -> None:
    activation, targets, value, slope = LOSSES_FAR[loss]
    found = values(LAYERED.format(activation=activation, z=z, targets=targets, loss=loss))
    with mp.workdps(500):
        assert near(found["E"], value(mpf(z), mpf(0)))
        assert near(found["dE/dw1_1_1"], slope(mpf(z), mpf(0)))


FAR = ("sigmoid", "tanh", "softplus", "swish", "elu")


@pytest.mark.parametrize("z", [10_000, -10_000, 100_000, -100_000])
@pytest.mark.parametrize("activation", FAR)
def test_what_no_precision_in_use_tells_from_a_fraction_is_told_all_the_same(activation: str, z: int) -> None:
    value, slope = ORACLES[activation]
    found = values(DEFINED.format(z=z, activation=activation))
    with mp.workdps(60):
        assert near(found["a"], value(mpf(z)))
        assert near(found["∂a/∂z"], slope(mpf(z)))


def test_a_tie_goes_where_the_rest_beside_it_says() -> None:
    """1000 - 0.25*0.5*499.3 is a tie of three decimals; the true step is smaller than that by 1e-217146."""
    found = work_text(
        NETWORK.format(half=500, activation="gelu", output="linear").replace("x: 2, w: 500", "x: 1, w: 1000")
    )
    data = json.loads(write(found, ("json",)).texts["json"])["values"]
    assert data["w_new"]["shown"] == "937.587"


def test_what_is_too_small_to_reckon_with_is_refused() -> None:
    found = work_text(DEFINED.format(z=-100_000, activation="gelu"))
    assert [(one.code, one.message) for one in found.diagnostics] == [
        ("S401", "a is too large or too small to be printed")
    ]


@pytest.mark.parametrize("method", ["paths", "backprop"])
@pytest.mark.parametrize(("z", "y"), [(1000, 0), (181, 0), (1000, "0.25"), (-1000, 1), (10_000, 0)])
def test_the_cross_entropy_of_a_unit_that_is_sure_of_the_wrong_class_is_worked(z: int, y: object, method: str) -> None:
    found = values(
        f"title: Sure\nmethod: {method}\ngiven: {{x: 1, w: {z}, b: 0, y: {y}, eta: 0.1}}\n"
        "network: {activation: sigmoid, loss: binary_cross_entropy, units: {y: w*x + b}}\nfind: {update: all}\n"
    )
    target = mpf(y)
    with mp.workdps(60):
        loss = target * mp.log1p(mp.exp(-abs(z))) + (1 - target) * mp.log1p(mp.exp(-abs(z)))
        loss += (1 - target) * z if z > 0 else -target * z
        assert near(found["E"], loss)
        slope = (1 - target) - mp.exp(-z) if z > 0 else -target + mp.exp(z)
        assert near(found["dE/dw"], slope)


def test_the_logarithm_of_what_a_saturated_function_leaves_is_worked() -> None:
    found = values(
        "title: Left\ngiven: {z: 150}\n"
        'define: {L: -ln(1 - sigmoid(z)), M: -ln(1 - tanh(z)), N: "-ln(1 - softmax(z, z, 0))", K: L + M + N}\n'
        "find: {value: [K, L, M, N], gradient: {of: K, by: [z]}}\n"
    )
    with mp.workdps(200):
        assert near(found["L"], mp.log1p(mp.exp(150)))
        assert near(found["M"], -mp.log(1 - mp.tanh(150)))
        assert near(found["N"], mp.log1p(mp.exp(150)))
        assert near(found["dK/dz"], 2 * sigmoid(mpf(150)) + 1 + mp.tanh(150))
