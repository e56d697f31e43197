"""Runs whose numbers grow without end or shrink to nothing: fractions of thousands of digits, errors of 1e-500."""

from __future__ import annotations

import pytest
from conftest import page_from, work_text, works

from solver.data import values
from solver.pipeline import printer, read_back, write

QUARTIC = "x^4 - 3*x^2 + x"
BELOW_TWO = """title: T
given: {x: START, eta: RATE}
define: {f: FORMULA}
train: {epochs: UPDATES}
find: {update: {of: [x], minimise: f, rate: eta}}
"""
HIMMELBLAU = """title: T
given: {x: 1, y: 1, eta: 0.01}
define: {f: (x^2 + y - 11)^2 + (x + y^2 - 7)^2}
train: {epochs: 9}
find: {update: {of: [x, y], minimise: f, rate: eta}}
"""
XOR = """title: T
given: {eta: 0.1}
network:
  inputs: [x_1, x_2]
  layers:
    - {activation: relu, weights: [[0.6, 0.4], [0.5, 0.7]], biases: [0.1, -0.2]}
    - {activation: linear, weights: [[0.3, -0.4]], biases: [0.05]}
  loss: half_squared_error
samples: [{x_1: 0, x_2: 0, y_1: 0}, {x_1: 0, x_2: 1, y_1: 1}, {x_1: 1, x_2: 0, y_1: 1}, {x_1: 1, x_2: 1, y_1: 0}]
train: {epochs: 3}
find: {update: all}
"""
ONE_BY_ONE = """title: T
given: {x: 0.5, w_1: 0.6, b_1: 0.1, w_2: 0.7, b_2: -0.2, y: 0.9, eta: 0.1}
network: {activation: {h: relu, y: linear}, loss: half_squared_error, units: {h: w_1*x + b_1, y: w_2*h + b_2}}
train: {epochs: 12}
find: {update: all}
"""
LINE = """title: T
given: {w: 0, b: 0, eta: 0.1}
define: {p: w*x + b, L: 1/2*(p - y)^2}
samples: [{x: 1, y: 2.1}, {x: 2, y: 3.9}, {x: 3, y: 5.3}]
train: {mode: batch, epochs: UPDATES}
find: {update: {of: [w, b], minimise: L, rate: eta}}
"""
TWINS = """title: T
given: {x: 0.5, y: 0.5, eta: 0.1}
define: {d: x - y, f: x^4 - 3*x^2 + x + y^4 - 3*y^2 + y + d^2}
train: {epochs: UPDATES}
find: {update: {of: [x, y], minimise: f, rate: eta}}
"""


def of_one(start: str, rate: str, formula: str, updates: int) -> str:
    text = BELOW_TWO.replace("START", start).replace("RATE", rate)
    return text.replace("FORMULA", formula).replace("UPDATES", str(updates))


@pytest.mark.parametrize("spec", [XOR, ONE_BY_ONE, HIMMELBLAU], ids=["xor", "one by one", "himmelblau"])
def test_fractions_may_grow_from_update_to_update(spec: str) -> None:
    written = write(works(spec), ["markdown", "latex", "json"])
    assert written.diagnostics == ()


@pytest.mark.parametrize("updates", [8, 9, 10, 40])
def test_a_fraction_that_has_grown_goes_on_with_its_digits(updates: int) -> None:
    spec = of_one("0.5", "0.1", QUARTIC, updates)
    page_from(spec)
    x = 0.5
    for _ in range(updates):
        x -= 0.1 * (4 * x**3 - 6 * x + 1)
    assert float(values(works(spec).solution)[f"x_new@{updates}"]["value"]) == pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("updates", [6, 10])
def test_two_long_fractions_that_are_one_are_proven_to_be(updates: int) -> None:
    text = page_from(TWINS.replace("UPDATES", str(updates)))
    difference = next(line for line in text.splitlines() if line.startswith(f"{{d^{{[{updates}]}}}}"))
    assert difference.endswith("= 0")


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (of_one("3", "0.1", QUARTIC, 8), "f@7 is 3.41e+554"),
        (of_one("3", "0.1", QUARTIC, 200), "f in update 7 is 3.41e+554"),
        (of_one("5", "3", "(x - 3)^2", 2000), "f in update 221 is 1.41e+308"),
        (LINE.replace("UPDATES", "900").replace("eta: 0.1", "eta: 5"), "L in update"),
    ],
)
def test_a_run_that_diverges_says_where_and_what_helps(spec: str, place: str) -> None:
    (fault,) = work_text(spec).diagnostics
    assert fault.code == "S401"
    assert place in fault.message
    assert fault.message.startswith("the run diverges: ")
    assert fault.hint == "take a smaller learning rate"


@pytest.mark.parametrize(
    ("spec", "said", "other"),
    [
        (of_one("5", "0.13", "(x - 3)^2", 400), r"1.77 \times 10^{-104}", r"1.78 \times 10^{-104}"),
        (of_one("5", "0.13", "(x - 3)^2", 2000), r"6.17 \times 10^{-523}", r"6.16 \times 10^{-523}"),
        (of_one("0.5", "0.1", QUARTIC, 100), r"-1.29 \times 10^{-113}", r"-1.29 \times 10^{-112}"),
        (LINE.replace("UPDATES", "1200"), r"{w^{[1200]}} \approx 1.600", r"{w^{[1200]}} \approx 1.601"),
    ],
)
def test_a_run_that_has_converged_is_written_and_read(spec: str, said: str, other: str) -> None:
    worked = works(spec)
    written = write(worked, ["markdown", "latex"])
    assert written.diagnostics == ()
    text = written.texts["markdown"]
    assert said in text
    assert "0000000000" not in text
    assert read_back(text.replace(said, other), "markdown", worked.solution, printer(worked.document, worked.solution))


@pytest.mark.parametrize("formula", ["(x - 3)^2", "(x - 3)^2 + 10", "(x - 3)^2 + 1"])
def test_a_loss_that_no_longer_changes_is_plotted(formula: str) -> None:
    text = page_from(of_one("5", "0.5", formula, 300))
    assert "Loss before the update" in text
