"""Training runs against loops in plain floating point, written from PyTorch's documentation apart from solver."""

from __future__ import annotations

import math

import pytest
from conftest import solved, work_text, works

from solver.data import values
from solver.descent import KEPT, RULES
from solver.optimizers import OPTIMIZERS
from solver.pipeline import printer, read_back, write

SAMPLES = [(1.0, 2.0), (2.0, 4.0), (3.0, 5.0)]
SPEC = """title: A line through three points
given: {w: 0.5, b: 1, eta: 0.1}
samples: [{x: 1, y: 2}, {x: 2, y: 4}, {x: 3, y: 5}]
define: {p: w*x + b, L: (p - y)^2}
find: {update: {of: [w, b], minimise: L, rate: eta}, again: true}
train: TRAIN
"""


def found(spec: str) -> dict[str, float]:
    worked = work_text(spec)
    assert not worked.diagnostics, (spec, worked.diagnostics)
    return {name: float(value["value"]) for name, value in values(worked.solution).items()}


def train(text: str) -> dict[str, float]:
    return found(SPEC.replace("TRAIN", text))


def gradient(w: float, b: float, x: float, y: float) -> tuple[float, float]:
    return 2 * (w * x + b - y) * x, 2 * (w * x + b - y)


@pytest.mark.parametrize("reduce", ["mean", "sum"])
def test_a_batch_adds_or_averages_its_samples(reduce: str) -> None:
    ours = train(f"{{epochs: 3, mode: batch, reduce: {reduce}}}")
    w, b = 0.5, 1.0
    share = 3 if reduce == "mean" else 1
    for step in range(1, 4):
        losses = [(w * x + b - y) ** 2 for x, y in SAMPLES]
        slopes = [gradient(w, b, x, y) for x, y in SAMPLES]
        for place, loss in enumerate(losses, start=1):
            assert ours[f"L[{place}]@{step}"] == pytest.approx(loss, rel=1e-12)
            assert ours[f"dL/dw[{place}]@{step}"] == pytest.approx(slopes[place - 1][0], rel=1e-12)
        assert ours[f"L@{step}"] == pytest.approx(sum(losses) / share, rel=1e-12)
        dw, db = (sum(slope[at] for slope in slopes) / share for at in (0, 1))
        assert (ours[f"dL/dw@{step}"], ours[f"dL/db@{step}"]) == pytest.approx((dw, db), rel=1e-12)
        w, b = w - 0.1 * dw, b - 0.1 * db
        assert (ours[f"w_new@{step}"], ours[f"b_new@{step}"]) == pytest.approx((w, b), rel=1e-12)
    assert ours["L@4"] == pytest.approx(sum((w * x + b - y) ** 2 for x, y in SAMPLES) / share, rel=1e-12)


def test_online_takes_one_sample_after_the_other() -> None:
    ours = train("{epochs: 2, mode: online}")
    w, b = 0.5, 1.0
    for step in range(1, 7):
        sample = (step - 1) % 3 + 1
        x, y = SAMPLES[sample - 1]
        assert ours[f"L[{sample}]@{step}"] == pytest.approx((w * x + b - y) ** 2, rel=1e-11)
        dw, db = gradient(w, b, x, y)
        w, b = w - 0.1 * dw, b - 0.1 * db
        assert (ours[f"w_new@{step}"], ours[f"b_new@{step}"]) == pytest.approx((w, b), rel=1e-12)


def test_one_batch_has_no_mark_of_an_update() -> None:
    ours = train("{mode: batch}")
    assert {"L[1]", "L[3]", "L", "dL/dw", "dL/dw[2]", "w_new", "L@2", "w@2"} <= ours.keys()


def step_of(name: str, w: float, g: float, state: dict[str, float], k: int, decay: float) -> float:
    """One step as torch.optim states it, with the settings of `SETTINGS`."""
    eta, eps = 0.1, 1e-8
    if name == "adamw":
        w -= eta * decay * w
    else:
        g += decay * w
    if name == "momentum":
        state["b"] = g if k == 1 else 0.8 * state["b"] + (1 - 0.1) * g
        return w - eta * state["b"]
    if name == "nesterov":
        state["b"] = g if k == 1 else 0.8 * state["b"] + g
        return w - eta * (g + 0.8 * state["b"])
    if name == "adagrad":
        state["s"] = state.get("s", 0.0) + g * g
        return w - eta * g / (math.sqrt(state["s"]) + eps)
    if name == "rmsprop":
        state["s"] = 0.9 * state.get("s", 0.0) + 0.1 * g * g
        return w - eta * g / (math.sqrt(state["s"]) + eps)
    if name in ("adam", "adamw"):
        state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * g
        state["v"] = 0.99 * state.get("v", 0.0) + 0.01 * g * g
        first, second = state["m"] / (1 - 0.9**k), state["v"] / (1 - 0.99**k)
        return w - eta * first / (math.sqrt(second) + eps)
    return w - eta * g


SETTINGS = {
    "sgd": "", "momentum": "momentum: 0.8, dampening: 0.1", "nesterov": "momentum: 0.8", "adagrad": "epsilon: 1e-8",
    "rmsprop": "rho: 0.9", "adam": "beta_2: 0.99", "adamw": "beta_2: 0.99",
}  # fmt: skip


@pytest.mark.parametrize("decay", ["0", "0.05"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_steps_as_pytorch_defines_it(name: str, decay: str) -> None:
    settings = ", ".join(part for part in (f"name: {name}", SETTINGS[name], f"weight_decay: {decay}") if part)
    ours = train(f"{{epochs: 4, mode: batch, optimizer: {{{settings}}}}}")
    w, b = 0.5, 1.0
    states: dict[str, dict[str, float]] = {"w": {}, "b": {}}
    for k in range(1, 5):
        slopes = [gradient(w, b, x, y) for x, y in SAMPLES]
        dw, db = (sum(slope[at] for slope in slopes) / 3 for at in (0, 1))
        w = step_of(name, w, dw, states["w"], k, float(decay))
        b = step_of(name, b, db, states["b"], k, float(decay))
        assert (ours[f"w_new@{k}"], ours[f"b_new@{k}"]) == pytest.approx((w, b), rel=1e-9), (name, k)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_of_one_update_starts_from_nothing(name: str) -> None:
    """Its names carry no mark of an update: what the optimizer keeps after it is not what it had before."""
    settings = ", ".join(part for part in (f"name: {name}", SETTINGS[name], "weight_decay: 0.05") if part)
    text = SPEC.replace("TRAIN", f"{{mode: batch, optimizer: {{{settings}}}}}")
    ours = found(text)
    slopes = [gradient(0.5, 1.0, x, y) for x, y in SAMPLES]
    dw, db = (sum(slope[at] for slope in slopes) / 3 for at in (0, 1))
    expected = (step_of(name, 0.5, dw, {}, 1, 0.05), step_of(name, 1.0, db, {}, 1, 0.05))
    assert (ours["w_new"], ours["b_new"]) == pytest.approx(expected, rel=1e-12)
    worked = work_text(text)
    written = write(worked, ["markdown"])
    assert not written.diagnostics, written.diagnostics
    row = next(line for line in written.texts["markdown"].splitlines() if line.startswith("| $w$"))
    name, old, slope, new = (cell.strip(" $") for cell in row.strip("|").split("|"))
    for cell in (old, slope, new):  # a cell that is not the value of its column is noticed
        wrong = row.replace(f"${cell}$", f"${cell}1$", 1)
        altered = written.texts["markdown"].replace(row, wrong)
        math = printer(worked.document, worked.solution)
        assert any(name in fault for fault in read_back(altered, "markdown", worked.solution, math)), wrong


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_written_and_read_back(name: str) -> None:
    worked = work_text(SPEC.replace("TRAIN", f"{{epochs: 2, mode: batch, optimizer: {name}}}"))
    written = write(worked, ["markdown", "latex"])
    assert not written.diagnostics, written.diagnostics
    assert OPTIMIZERS[name].word in written.outputs["markdown"].text


@pytest.mark.parametrize("decay", ["0", "0.05"])
@pytest.mark.parametrize("samples", ["", "samples: [{x: 1, y: 2}, {x: 2, y: 4}]"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_single_step_of_every_optimizer_is_worked_and_written(name: str, samples: str, decay: str) -> None:
    """One update has no mark, so that its moments are not those of an update before it."""
    settings = ", ".join(part for part in (f"name: {name}", SETTINGS[name], f"weight_decay: {decay}") if part)
    spec = f"""title: One step
given: {{w: 0.5, eta: 0.1{"" if samples else ", x: 1, y: 2"}}}
{samples}
define: {{p: sigmoid(w*x), L: (p - y)^2}}
find: {{update: {{of: [w], minimise: L, rate: eta}}}}
train: {{mode: batch, optimizer: {{{settings}}}}}
"""
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["markdown", "latex"])
    assert not written.diagnostics, written.diagnostics
    rows = [(1.0, 2.0), (2.0, 4.0)] if samples else [(1.0, 2.0)]
    outputs = [(1 / (1 + math.exp(-0.5 * x)), x, y) for x, y in rows]
    slope = sum(2 * (p - y) * p * (1 - p) * x for p, x, y in outputs) / len(rows)
    new = float(values(worked.solution)["w_new"]["value"])
    assert new == pytest.approx(step_of(name, 0.5, slope, {}, 1, float(decay)), rel=1e-9)
    wrong = written.outputs["markdown"].text.replace("| $w$ | $0.5$ | $-", "| $w$ | $0.5$ | $-1")
    assert read_back(wrong, "markdown", worked.solution, printer(worked.document, worked.solution))


RIDGE = """title: Ridge regression
given: {x: 2, y: 3, w: 0.5, lambda: 0.2, eta: 0.1}
define: {p: w*x, L: FORMULA}
find: {update: {of: [w], minimise: L, rate: eta}}
"""


def test_a_lambda_in_the_loss_is_no_weight_decay() -> None:
    gradient = 2 * (1 - 3) * 2 + 0.2 * 0.5
    assert found(RIDGE.replace("FORMULA", "(p - y)^2 + lambda/2*w^2"))["w_new"] == pytest.approx(0.5 - 0.1 * gradient)


def test_a_lambda_that_is_not_used_is_weight_decay() -> None:
    gradient = 2 * (1 - 3) * 2 + 0.2 * 0.5
    ours = found(RIDGE.replace("FORMULA", "(p - y)^2"))
    assert ours["g_w"] == pytest.approx(gradient)
    assert ours["w_new"] == pytest.approx(0.5 - 0.1 * gradient)


def test_the_second_route_knows_every_optimizer() -> None:
    assert RULES.keys() == KEPT.keys() == OPTIMIZERS.keys()
    for name, row in OPTIMIZERS.items():
        kept = [letter for letter in row.steps if f"{letter}_old" in " ".join(row.steps.values())]
        assert {*kept} == {*KEPT[name]}


@pytest.mark.parametrize(("optimizer", "updates"), [("sgd", 300), ("adam", 150), ("momentum", 150)])
def test_a_long_run_goes_on_where_updates_are_left_out(optimizer: str, updates: int) -> None:
    text = f"{{epochs: {updates}, mode: batch, optimizer: {optimizer}, show: [1, {updates // 2}]}}"
    ours = train(text)
    w, b = 0.5, 1.0
    states: dict[str, dict[str, float]] = {"w": {}, "b": {}}
    for k in range(1, updates + 1):
        slopes = [gradient(w, b, x, y) for x, y in SAMPLES]
        dw, db = (sum(slope[at] for slope in slopes) / 3 for at in (0, 1))
        if optimizer == "sgd":
            w, b = w - 0.1 * dw, b - 0.1 * db
        else:
            w, b = (usual(optimizer, value, slope, states[n], k) for value, slope, n in ((w, dw, "w"), (b, db, "b")))
        if f"w_new@{k}" in ours:
            assert (ours[f"w_new@{k}"], ours[f"b_new@{k}"]) == pytest.approx((w, b), rel=1e-7)
    assert {f"w_new@{k}" for k in (1, updates // 2, updates)} <= ours.keys()
    assert f"L@{updates + 1}" in ours
    written = write(work_text(SPEC.replace("TRAIN", text)), ["markdown", "latex"])
    assert not written.diagnostics, written.diagnostics
    assert f"After {updates // 2 - 1} updates the parameters are" in written.outputs["markdown"].text


def usual(name: str, w: float, g: float, state: dict[str, float], k: int) -> float:
    """Adam and momentum with their usual settings."""
    if name == "momentum":
        state["b"] = g if k == 1 else 0.9 * state["b"] + g
        return w - 0.1 * state["b"]
    state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * g
    state["v"] = 0.999 * state.get("v", 0.0) + 0.001 * g * g
    return w - 0.1 * (state["m"] / (1 - 0.9**k)) / (math.sqrt(state["v"] / (1 - 0.999**k)) + 1e-8)


def test_a_wrong_update_of_an_optimizer_is_refused(monkeypatch) -> None:
    from dataclasses import replace

    from solver import optimizers

    wrong = replace(OPTIMIZERS["adam"], steps={**OPTIMIZERS["adam"].steps, "mhat": "m/(1 - beta_1)"})
    monkeypatch.setitem(optimizers.OPTIMIZERS, "adam", wrong)
    worked = work_text(SPEC.replace("TRAIN", "{epochs: 2, mode: batch, optimizer: adam}"))
    assert any("two computations of w_new@2 differ" in diagnostic.message for diagnostic in worked.diagnostics)


def test_numbers_that_are_exact_in_disguise_are_told() -> None:
    """The net input of the second update is 0.8, whatever the output of the first."""
    spec = """title: T
given: {w_1: 0.5, w_2: 0.3, b: 0.1, eta: 0.1}
samples: [{x_1: 1, x_2: 3, y: 1}, {x_1: 2, x_2: -1, y: 0}]
network: {activation: sigmoid, loss: binary_cross_entropy, units: {y: w_1*x_1 + w_2*x_2 + b}}
find: {update: all}
train: {epochs: 1}
"""
    assert found(spec)["y_in[2]@2"] == pytest.approx(0.8, rel=1e-14)


def test_the_forward_pass_again_uses_the_new_parameters() -> None:
    ours = found(
        "title: T\ngiven: {x: 2, y: 1, w_1: 0.5, b_1: 0, w_2: 1.5, b_2: 0, eta: 0.1}\n"
        "network: {activation: {h: relu, y: linear}, loss: half_squared_error, units: {h: w_1*x + b_1, y: w_2*h + b_2},"
        " inputs: [x]}\nfind: {update: all, again: true}\n"
    )
    assert ours["h_out@2"] == 0.625
    assert ours["y_out@2"] == 0.85625
    assert ours["E@2"] == pytest.approx(0.01033203125, rel=1e-14)


def test_of_a_long_run_tenths_and_powers_of_ten_are_told() -> None:
    from solver.training import _kept

    assert _kept(60, ()) == tuple(range(1, 61))
    assert _kept(300, ()) == (1, 2, 10, 30, 60, 90, 100, 120, 150, 180, 210, 240, 270, 300)
    assert _kept(10_000, (1, 17)) == (1, 10, 17, 100, *range(1000, 10_001, 1000))


def test_a_count_has_the_mark_of_its_language() -> None:
    from solver.phrases import ENGLISH, counted

    text = write(solved("network-2-2-2-10000-updates"), ["markdown"]).texts["markdown"]
    assert "Run: 10,000 updates" in text
    assert "## Update 10,000" in text
    assert "After 9,999 updates" in text
    assert "| 10,000 | " in text
    assert counted(12345678, {**ENGLISH, "thousands": "\N{THIN SPACE}"}) == "12\N{THIN SPACE}345\N{THIN SPACE}678"
    assert counted(999, ENGLISH) == "999"


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("network-2-2-2", r"A raised \[2\] marks the values after the update."),
        ("network-2-2-1-xor", r"A raised \[3\] marks the values after update 2, the last."),
        ("network-2-2-2-10000-updates", r"A raised \[10001\] marks the values after update 10,000, the last."),
    ],
)
def test_what_a_raised_number_marks_after_the_updates_is_said_before_it_is_used(id: str, said: str) -> None:
    text = write(solved(id), ["markdown"]).texts["markdown"]
    mark = said.split("[")[1].split("\\")[0]
    again = text.index("## Forward pass with the new values")
    assert again < text.index(said) < text.index(f"^{{[{mark}]}}", again)
    assert f"^{{[{mark}]}}" not in text[:again]


SYMBOLIC = """
title: A run with a symbol
given: {{w: 0.5{given}}}
samples: [{{x: 1, y: 2}}, {{x: 2, y: 4}}]
define: {{p: w*x + b, L: (p - y)^2}}
find: {{update: {{of: [w, b], minimise: L, rate: {rate}}}}}
train: {{epochs: 2, optimizer: {optimizer}}}
"""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("given", "rate"), [(", eta: 0.1", "eta"), (", b: 1", "alpha")])
def test_a_run_with_a_symbol_ends_with_formulas(optimizer: str, given: str, rate: str) -> None:
    worked = works(SYMBOLIC.format(given=given, rate=rate, optimizer=optimizer))
    assert not write(worked, ["markdown", "latex"]).diagnostics


def test_a_wrong_formula_of_a_last_value_is_refused() -> None:
    worked = works(SYMBOLIC.format(given=", eta: 0.1", rate="eta", optimizer="adam"))
    page = write(worked, ["markdown"]).texts["markdown"]
    head, summary = page.split("## Summary")
    notation = printer(worked.document, worked.solution)
    assert not read_back(page, "markdown", worked.solution, notation)
    for wrong in (summary.replace("} - ", "} + "), summary.replace("v}_w^{[4]}", "v}_w^{[3]}")):
        assert wrong != summary
        assert read_back(f"{head}## Summary{wrong}", "markdown", worked.solution, notation)


def test_the_rate_of_an_update_may_be_a_number() -> None:
    number = works(SYMBOLIC.format(given=", b: 1", rate="0.1", optimizer="adam"))
    name = works(SYMBOLIC.format(given=", b: 1, eta: 0.1", rate="eta", optimizer="adam"))
    assert values(number.solution) == values(name.solution)
    assert "Learning rate: $\\eta = 0.1$" in write(number, ["markdown"]).texts["markdown"]


def test_a_learning_rate_may_be_computed_where_there_is_one_update() -> None:
    spec = "title: R\ngiven: {w: 2, x: 1, y: 1, r: 0.2}\ndefine: {eta: r/2, L: (w*x - y)^2}\n"
    worked = works(f"{spec}find: {{update: {{of: w, minimise: L, rate: eta}}}}\n")
    assert values(worked.solution)["w_new"]["value"] == "1.8"
