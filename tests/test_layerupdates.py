"""Optimizers in matrices: against the scalar layout, against loops over plain floats, and read back with faults in them."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conftest import PROBLEMS, work_text
from test_layerpages import full, lines
from test_readback import corrupt, difference, names_of
from test_slides import lay, over_the_edge, pdflatex

from solver.data import values
from solver.document import Chain
from solver.mathtext import text
from solver.optimizers import OPTIMIZERS
from solver.pipeline import Worked, Written, read_back, write

LAYERS = (
    ("tanh", [["0.3", "-0.5"], ["0.8", "0.2"]], ["0.1", "-0.2"]),
    ("sigmoid", [["0.7", "-0.4"], ["0.6", "0.9"]], ["0.2", "0.35"]),
)
SAMPLES = (((1.0, -0.5), (1.0, 0.0)), ((0.4, 2.0), (0.2, 0.9)), ((-1.5, 0.7), (0.0, 0.6)))
RATE, DECAY = 0.04, 0.03
SETTINGS: dict[str, dict[str, str]] = {
    "sgd": {}, "momentum": {"momentum": "0.8", "dampening": "0.1"}, "nesterov": {"momentum": "0.8"},
    "adagrad": {"epsilon": "1e-8"}, "rmsprop": {"rho": "0.9"}, "adam": {"beta_2": "0.99"}, "adamw": {"beta_2": "0.99"},
}  # fmt: skip
FORMATS = ["markdown", "latex", "beamer", "json"]
Rows = list[list[float]]


def spec(
    optimizer: str, steps: int, biases: bool = True, mode: str = "online", decay: bool = False, reduce: str = "mean",
    matrix: bool = True, top: str = "", show: str = "", settings: str = "",
) -> str:  # fmt: skip
    """A 2-2-2 network trained by so many updates."""
    count = 2 if mode == "batch" else min(steps, len(SAMPLES))
    epochs = steps if mode == "batch" else -(-steps // count)
    told = {"name": optimizer, **SETTINGS[optimizer], "weight_decay": DECAY if decay else 0}
    numbers = settings or ", ".join(f"{key}: {value}" for key, value in told.items())
    samples = (f"{{x_1: {x[0]}, x_2: {x[1]}, y_1: {y[0]}, y_2: {y[1]}}}" for x, y in SAMPLES[:count])
    layers = []
    for kind, weights, own in LAYERS:
        rows = ", ".join(f"[{', '.join(row)}]" for row in weights)
        layers.append(f"    - {{activation: {kind}, weights: [{rows}]{f', biases: [{own[0]}, {own[1]}]' * biases}}}")
    return "\n".join([
        "title: T", "figure: none", "notation: matrix" if matrix else "method: backprop", *([top] if top else []),
        f"samples: [{', '.join(samples)}]", "network:", "  inputs: [1, 1]", "  layers:", *layers,
        "  targets: [1, 0]", "  loss: half_squared_error", f"  learning_rate: {RATE}",
        f"train: {{epochs: {epochs}, mode: {mode}, reduce: {reduce}, optimizer: {{{numbers}}}{show}}}",
        "find: {update: all}",
    ]) + "\n"  # fmt: skip


def worked_in_matrices(text: str) -> tuple[Worked, Written]:
    """A spec whose updates all stand in matrices, in every format that is read back."""
    worked = work_text(text)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, FORMATS)
    assert not written.diagnostics, written.diagnostics
    assert not [
        chain.left for chain in lines(worked) if re.match(r"(g|m|v|s|mhat|vhat)_[wb]\d_\d|[wb]\d_.*_new", left(chain))
    ]
    return worked, written


def left(chain: Chain) -> str:
    return chain.left.name.text


def times(rows: Rows, column: list[float]) -> list[float]:
    return [sum(w * a for w, a in zip(row, column, strict=True)) for row in rows]


def gradients(
    layers: list[tuple[Rows, list[float]]], x: tuple[float, ...], y: tuple[float, ...]
) -> list[tuple[Rows, list[float]]]:
    """dE/dW and dE/db of each layer for one sample, by loops over arrays."""
    (first, a), (second, b) = layers
    hidden = [math.tanh(z + own) for z, own in zip(times(first, list(x)), a, strict=True)]
    output = [1 / (1 + math.exp(-z - own)) for z, own in zip(times(second, hidden), b, strict=True)]
    delta = [(o - t) * o * (1 - o) for o, t in zip(output, y, strict=True)]
    back = [sum(second[i][j] * delta[i] for i in range(2)) * (1 - hidden[j] ** 2) for j in range(2)]
    return [([[d * v for v in x] for d in back], back), ([[d * h for h in hidden] for d in delta], delta)]


def reference(optimizer: str, steps: int, biases: bool, mode: str, decay: float, reduce: str) -> dict[str, float]:
    """The new parameters after each update and what the optimizer keeps, as torch.optim states it."""
    layers = [
        ([[float(w) for w in row] for row in weights], [float(b) if biases else 0.0 for b in own])
        for _, weights, own in LAYERS
    ]
    states: dict[str, dict[str, float]] = {}
    found: dict[str, float] = {}
    for k in range(1, steps + 1):
        used = SAMPLES[:2] if mode == "batch" else [SAMPLES[(k - 1) % len(SAMPLES)]]
        each = [gradients(layers, x, y) for x, y in used]
        share = len(used) if reduce == "mean" else 1
        mark = f"@{k}" if steps > 1 else ""
        for n, (weights, own) in enumerate(layers, start=1):
            places = [("w", i, j) for i in range(2) for j in range(2)] + (
                [("b", i, -1) for i in range(2)] if biases else []
            )
            for letter, i, j in places:
                slopes = [own_layer[n - 1][0][i][j] if letter == "w" else own_layer[n - 1][1][i] for own_layer in each]
                name = f"w{n}_{i + 1}_{j + 1}" if letter == "w" else f"b{n}_{i + 1}"
                old = weights[i][j] if letter == "w" else own[i]
                state = states.setdefault(name, {})
                new = step_of(optimizer, old, sum(slopes) / share, state, k, decay)
                found[f"{name}_new{mark}"] = new
                found |= {f"{kept}_{name}{mark}": value for kept, value in state.items()}
                if letter == "w":
                    weights[i][j] = new
                else:
                    own[i] = new
    return found


def step_of(name: str, w: float, g: float, state: dict[str, float], k: int, decay: float) -> float:
    """One step with the settings of `SETTINGS`; what is kept stands in the state by the letter of the page."""
    if name == "adamw":
        w -= RATE * decay * w
    else:
        g += decay * w
    if name == "momentum":
        state["v"] = g if k == 1 else 0.8 * state["v"] + 0.9 * g
        return w - RATE * state["v"]
    if name == "nesterov":
        state["v"] = g if k == 1 else 0.8 * state["v"] + g
        return w - RATE * (g + 0.8 * state["v"])
    if name == "adagrad":
        state["s"] = state.get("s", 0.0) + g * g
        return w - RATE * g / (math.sqrt(state["s"]) + 1e-8)
    if name == "rmsprop":
        state["v"] = 0.9 * state.get("v", 0.0) + 0.1 * g * g
        return w - RATE * g / (math.sqrt(state["v"]) + 1e-8)
    if name in ("adam", "adamw"):
        state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * g
        state["v"] = 0.99 * state.get("v", 0.0) + 0.01 * g * g
        state["mhat"], state["vhat"] = state["m"] / (1 - 0.9**k), state["v"] / (1 - 0.99**k)
        return w - RATE * state["mhat"] / (math.sqrt(state["vhat"]) + 1e-8)
    return w - RATE * g


@pytest.mark.parametrize("mode", ["online", "batch"])
@pytest.mark.parametrize("biases", [True, False], ids=["biases", "none"])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_stands_in_matrices_with_the_values_of_the_scalars(
    optimizer: str, steps: int, biases: bool, mode: str
) -> None:
    text = spec(optimizer, steps, biases, mode)
    worked, _ = worked_in_matrices(text)
    ours = values(worked.solution)
    scalar = work_text(spec(optimizer, steps, biases, mode, matrix=False))
    assert ours == values(scalar.solution)
    expected = reference(optimizer, steps, biases, mode, 0.0, "mean")
    assert len(expected) >= steps * (12 if biases else 8)
    for name, value in expected.items():
        assert float(ours[name]["value"]) == pytest.approx(value, rel=1e-12, abs=1e-18), name
    for n, letter in ((1, "W"), (2, "W"), *(((1, "b"), (2, "b")) if biases else ())):
        mark = f"@{steps}" if steps > 1 else ""
        chain = next(chain for chain in lines(worked) if left(chain) == f"{letter}{n}_new_matrix{mark}")
        shown = [entry.text for row in chain.links[-1].member.rows for entry in row]
        names = [name for row in worked.document.matrices[chain.left.name] for name in row]
        assert shown == [ours[name.text]["shown"] for name in names]


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weight_decay_and_both_ways_to_reduce_a_batch(optimizer: str, reduce: str) -> None:
    worked, _ = worked_in_matrices(spec(optimizer, 2, mode="batch", decay=True, reduce=reduce))
    ours = values(worked.solution)
    assert ours == values(work_text(spec(optimizer, 2, mode="batch", decay=True, reduce=reduce, matrix=False)).solution)
    for name, value in reference(optimizer, 2, True, "batch", DECAY, reduce).items():
        assert float(ours[name]["value"]) == pytest.approx(value, rel=1e-12, abs=1e-18), name
    found = {left(chain) for chain in lines(worked)}
    assert ("g_W1_matrix@1" in found) == (optimizer != "adamw")


@cache
def course() -> tuple[Worked, str]:
    """The page of the course with four digits, so that no two entries of a step are printed alike."""
    (path,) = (path for path in PROBLEMS if path.stem == "network-2-2-2-adam-matrix")
    worked = work_text(path.read_text(encoding="utf-8") + "rounding: {digits: 4}\n")
    return worked, write(worked, ["latex"]).texts["latex"]


M, V, HAT_M, HAT_V = (
    rf"{{{letter}_{{\boldsymbol{{W}}^{{(1)}}}}^{{[1]}}}}"
    for letter in (r"\boldsymbol{M}", r"\boldsymbol{V}", r"\hat{\boldsymbol{M}}", r"\hat{\boldsymbol{V}}")
)
G = r"\frac{\partial {E^{[1]}}}{\partial {\boldsymbol{W}^{(1)}}}"
ZEROS = r"\begin{pmatrix}0&0\\0&0\end{pmatrix}"
SQUARED = r"\begin{pmatrix}0.00043857&0.00087714\\0.00049771&0.00099543\end{pmatrix}"
KEPT = r"\begin{pmatrix}0.00004386&0.00008771\\0.00004977&0.00009954\end{pmatrix}"
STEP = r"\begin{pmatrix}0.0004386&0.0008771\\0.0004977&0.0009954\end{pmatrix}"
ROOT = (
    r"\begin{pmatrix}1.923 \times 10^{-7}&7.694 \times 10^{-7}\\2.477 \times 10^{-7}&9.909 \times 10^{-7}\end{pmatrix}"
)
NEW = r"\begin{pmatrix}0.1400&0.1900\\0.2400&0.2900\end{pmatrix}"

FALSE = [
    # what is changed on the page of Adam in matrices, and what a reader says of it
    ("an entry of a mean", f"&= {KEPT}", f"&= {KEPT.replace('0.00008771', '0.00008772')}", "differ"),
    ("two entries swapped", f"&= {NEW}", f"&= {NEW.replace('0.1400&0.1900', '0.1900&0.1400')}", "differ"),
    ("a transposed result", f"&= {NEW}", r"&= \begin{pmatrix}0.1400&0.2400\\0.1900&0.2900\end{pmatrix}", "differ"),
    ("the sign of the step", rf"{{\boldsymbol{{W}}^{{(1)}}}} - \frac{{\eta {HAT_M}", rf"{{\boldsymbol{{W}}^{{(1)}}}} + \frac{{\eta {HAT_M}", "not the formula"),
    ("the sign with numbers", r"0.25&0.3\end{pmatrix} - \frac{0.01", r"0.25&0.3\end{pmatrix} + \frac{0.01", "not the formula"),
    ("no square", rf"(1 - \beta_2)\left({G} \circ {G}\right)", rf"(1 - \beta_2) \cdot {G}", "not the formula"),
    ("no square of the numbers", rf"\left({SQUARED} \circ {SQUARED}\right)", SQUARED, "not the formula"),
    ("rows by columns for a square", rf"\left({SQUARED} \circ {SQUARED}\right)", rf"{SQUARED} {SQUARED}", "not the formula"),
    ("a power of a matrix", rf"\left({G} \circ {G}\right)", rf"\left({G}\right)^{{2}}", "^ of matrices"),
    ("another matrix squared", rf"{SQUARED} \circ {SQUARED}", rf"{SQUARED} \circ {SQUARED.replace('0.00043857', '0.00043858')}", "not the formula"),
    ("no root", rf"{{\sqrt{{{HAT_V}}} + \epsilon}}", rf"{{{HAT_V} + \epsilon}}", "not the formula"),
    ("no root of the numbers", rf"{{\sqrt{{{ROOT}}} + 10^{{-8}}}}", rf"{{{ROOT} + 10^{{-8}}}}", "not the formula"),
    ("epsilon under the root", rf"\sqrt{{{HAT_V}}} + \epsilon", rf"\sqrt{{{HAT_V} + \epsilon}}", "not the formula"),
    ("the mean not mended", rf"\sqrt{{{HAT_V}}} + \epsilon", rf"\sqrt{{{V}}} + \epsilon", "not the formula"),
    ("top and bottom changed", rf"\frac{{\eta {HAT_M}}}{{\sqrt{{{HAT_V}}} + \epsilon}}", rf"\frac{{\sqrt{{{HAT_V}}} + \epsilon}}{{\eta {HAT_M}}}", "not the formula"),
    ("a number over a matrix", rf"\frac{{\eta {HAT_M}}}{{\sqrt{{{HAT_V}}} + \epsilon}}", rf"\frac{{\eta}}{{\sqrt{{{HAT_V}}} + \epsilon}}", "/ of matrices"),
    ("another power of beta", rf"\frac{{{M}}}{{1 - \beta_1^{{1}}}}", rf"\frac{{{M}}}{{1 - \beta_1^{{2}}}}", "not the formula"),
    ("another power of the number", rf"\frac{{{KEPT}}}{{1 - 0.9^{{1}}}}", rf"\frac{{{KEPT}}}{{1 - 0.9^{{2}}}}", "not the formula"),
    ("a part worked out wrongly", rf"\frac{{{KEPT}}}{{0.1}}", rf"\frac{{{KEPT}}}{{0.2}}", "a part gives"),
    ("the wrong mean", rf"\frac{{{V}}}{{1 - \beta_2^{{1}}}}", rf"\frac{{{M}}}{{1 - \beta_2^{{1}}}}", "not the formula"),
    ("it does not begin at zero", rf"\beta_1 {ZEROS}", rf"\beta_1 {ZEROS.replace('0&0', '0&1', 1)}", "not the formula"),
    ("zeros of another shape", rf"\beta_1 {ZEROS}", r"\beta_1 \begin{pmatrix}0\\0\end{pmatrix}", "different shapes"),
    ("a root of another shape", rf"\sqrt{{{ROOT}}}", r"\sqrt{\begin{pmatrix}1.923 \times 10^{-7}\\2.477 \times 10^{-7}\end{pmatrix}}", "different shapes"),
    ("= where nothing is equal", rf"&\approx \frac{{{KEPT}}}", rf"&= \frac{{{KEPT}}}", "differ"),
    ("≈ where all is equal", rf"&= {NEW}", rf"&\approx {NEW}", "all entries are the same"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "finding"), [case[1:] for case in FALSE], ids=[case[0] for case in FALSE])
def test_a_false_line_of_an_optimizer_is_named_with_what_is_wrong(before: str, after: str, finding: str) -> None:
    worked, text = course()
    assert before in text
    faults = read_back(text.replace(before, after, 1), "latex", worked.solution, names_of(worked))
    assert any(finding in fault for fault in faults), faults


def test_300_random_corruptions_of_pages_of_optimizers_are_noticed() -> None:
    """At least 98 %: digits, signs and operands, inside matrices and beside them."""
    dice = random.Random(13)
    pages = [worked_in_matrices(spec(name, 2, decay=name == "adamw")) for name in OPTIMIZERS if name != "sgd"]
    missed: Counter[str] = Counter()
    seen = []
    for place in range(300):
        worked, written = dice.choice(pages)
        kind = ("digit", "sign", "operand")[place % 3]
        text = corrupt(written.texts["latex"], kind, dice)
        if not read_back(text, "latex", worked.solution, names_of(worked)):
            missed[kind] += 1
            seen.append(difference(written.texts["latex"], text))
    assert sum(missed.values()) <= 6, (missed, seen)


@pytest.mark.parametrize("optimizer", [name for name, row in OPTIMIZERS.items() if row.steps])
def test_what_an_optimizer_has_kept_is_shown_in_matrices(optimizer: str) -> None:
    """Where updates are left out, the page takes over what is kept, as matrices, and goes on from them."""
    worked, written = worked_in_matrices(spec(optimizer, 120, mode="batch", show=", show: [1, 90]"))
    text = written.texts["markdown"]
    (line,) = (line for line in text.splitlines() if line.startswith("The optimizer has kept"))
    kept = [
        letter
        for letter in "mvs"
        if any(name.text == f"{letter}_w1_1_1@89" for name in worked.solution.full.graph.names())
    ]
    assert line.count("pmatrix") == 2 * 4 * len(kept)
    assert f"{kept[-1]}_W2_matrix@90" in {left(chain) for chain in lines(worked)}
    entry = re.search(r"pmatrix\}-?[0-9.]+", line)
    other = entry[0][:-1] + str((int(entry[0][-1]) + 5) % 10)
    wrong = text.replace(line, line.replace(entry[0], other, 1))
    assert read_back(wrong, "markdown", worked.solution, names_of(worked))


def test_what_begins_at_zero_is_a_matrix_of_zeros_and_leaves_no_trace_where_it_is_worked_out() -> None:
    worked, _ = worked_in_matrices(spec("rmsprop", 1))
    chain = next(chain for chain in lines(worked) if left(chain) == "v_W1_matrix")
    shown = [text(link.member) for link in chain.links]
    assert shown[0] == "rho*[0, 0; 0, 0] + (1 - rho)*(dE/dW1_matrix ∘ dE/dW1_matrix)"
    assert shown[1].startswith("0.9*[0, 0; 0, 0] + (1 - 0.9)*([")
    assert len(shown) == 3


def test_the_page_says_once_that_roots_are_taken_entry_by_entry() -> None:
    said = "So are roots and quotients of matrices"
    for name in OPTIMIZERS:
        _, written = worked_in_matrices(spec(name, 2))
        assert written.texts["markdown"].count(said) == (name in ("adagrad", "rmsprop", "adam", "adamw"))


def test_the_layers_of_an_optimizer_have_sections_of_their_own() -> None:
    _, written = worked_in_matrices(spec("adam", 1))
    titles = re.findall(r"^#+ (New values.*)$", written.texts["markdown"], re.MULTILINE)
    assert titles == ["New values of layer 1", "New values of layer 2"]
    _, written = worked_in_matrices(spec("sgd", 1))
    assert re.findall(r"^#+ (New values.*)$", written.texts["markdown"], re.MULTILINE) == ["New values"]


@pytest.mark.parametrize(
    "change",
    [
        ("biases: [0.1, -0.2]", "bias: 0.1"),
        ("[[0.3, -0.5], [0.8, 0.2]]", "[[u, -0.5], [u, 0.2]]"),
        ("update: all", "update: [w1_1_1, w2_1_1, w2_1_2, w2_2_1, w2_2_2]"),
    ],
    ids=["a shared bias", "a weight in two places", "a part of a matrix"],
)
def test_what_is_no_matrix_keeps_lines_of_its_own(change: tuple[str, str]) -> None:
    top = "given: {u: 0.3}" if "u" in change[1] and "update" not in change[1] else ""
    worked = work_text(spec("adam", 2, top=top).replace(*change))
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, FORMATS)
    assert not written.diagnostics, written.diagnostics
    found = {left(chain) for chain in lines(worked)}
    assert ("vhat_W2_matrix@2" in found) == ("update" not in change[1])  # its gradient stands in no matrix there
    assert any(re.fullmatch(r"vhat_(b1|w1_1_1|u)@2", name) for name in found)


@pytest.mark.parametrize(
    "top",
    ["rounding: {digits: 4, carry: rounded}", "rounding: {digits: 2, mode: half_even}\ndetail: full", "detail: short"],
)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_way_to_round_and_to_tell(optimizer: str, top: str) -> None:
    worked_in_matrices(spec(optimizer, 2, decay=True, top=top))


EDGES = [("latex", sizes) for sizes in ((2, 2, 2), (4, 5, 1), (5, 8, 8, 4))] + [
    ("beamer", (2, 2, 2)),
    ("beamer", (2, 4, 3)),
]


@pytest.mark.parametrize(("form", "sizes"), EDGES, ids=str)
@pytest.mark.parametrize("optimizer", ["adamw", "nesterov", "adagrad"])
def test_nothing_of_an_optimizer_runs_over_the_edge(
    optimizer: str, form: str, sizes: tuple[int, ...], tmp_path: Path
) -> None:
    train = f"train: {{epochs: 2, optimizer: {{name: {optimizer}, weight_decay: 0.01}}}}\n"
    worked = work_text(full(sizes)[1].replace("find:", f"{train}find:"))
    assert not worked.diagnostics, worked.diagnostics
    made = write(worked, [form])
    assert not made.diagnostics, made.diagnostics
    lay(tmp_path, dict(made.outputs[form].files))
    assert over_the_edge(pdflatex(tmp_path, "problem-handout.tex" if form == "beamer" else "problem.tex")) == []


def test_numbers_that_no_page_has_room_for_are_left_out() -> None:
    """The squares of eight by eight gradients: the formula and the result stand, as for any wide matrix."""
    train = "train: {optimizer: adam}\n"
    worked = work_text(full((5, 8, 8, 4))[1].replace("find:", f"{train}find:"))
    roles = {left(chain): [link.role for link in chain.links] for chain in lines(worked)}
    assert roles["v_W2_matrix"] == ["formula", "result"]
    assert "numbers" in roles["m_W2_matrix"]


@pytest.mark.parametrize("optimizer", [name for name, row in OPTIMIZERS.items() if row.steps])
def test_what_is_worked_for_a_weight_has_the_weight_below_it_as_the_page_prints_it(optimizer: str) -> None:
    written = write(work_text(spec(optimizer, 2, decay=True, matrix=False)), ["markdown"])
    assert not written.diagnostics, written.diagnostics
    (letter, *_) = OPTIMIZERS[optimizer].steps
    assert f"{{{letter}_{{w^{{(1)}}_{{11}}}}^{{[2]}}}}" in written.texts["markdown"]
    assert f"{{{letter}_{{b^{{(2)}}_{{1}}}}^{{[2]}}}}" in written.texts["markdown"]
    assert "w1,1,1" not in written.texts["markdown"]


def test_the_notation_of_an_author_stands_below_what_is_worked_unless_that_has_one_of_its_own() -> None:
    text = (
        "title: T\nnotation: {w: '\\omega', b: '\\beta', mhat_b: 'c'}\ngiven: {x: 2, w: 0.5, b: 1, eta: 0.1}\n"
        "define: {L: (w*x - b)^2}\ntrain: {optimizer: adam}\nfind: {update: {of: [w, b], minimise: L, rate: eta}}\n"
    )
    page = write(work_text(text), ["markdown"]).texts["markdown"]
    assert r"\hat{m}_{\omega}" in page
    assert r"m_{\beta}" in page
    assert r"\hat{m}_{\beta}" not in page
