"""Vectors and matrices on the page: against the scalar layout, against arrays, and read back with faults in them."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest
from conftest import solved, work_text
from random_specs import layered_specs
from test_readback import corrupt, difference, names_of
from test_render import compile_latex

from solver.data import values
from solver.document import Chain, Section, chains
from solver.expression import Matrix
from solver.names import Name
from solver.pipeline import Worked, Written, read_back, write

SIZES = ((2, 2, 2), (3, 2, 2), (2, 3, 2, 2))
LARGEST = (5, 8, 8, 4)


def pages(specs: list[str]) -> list[tuple[Worked, Written]]:
    worked = [work_text(spec) for spec in specs]
    return [(one, write(one, ["latex"])) for one in worked]


@cache
def small() -> list[tuple[Worked, Written]]:
    return pages([spec for place, sizes in enumerate(SIZES) for spec in layered_specs(12, sizes, seed=place + 1)])


@cache
def large() -> list[tuple[Worked, Written]]:
    return pages(layered_specs(16, LARGEST))


@pytest.mark.parametrize("of", [small, large])
def test_random_networks_are_worked_in_matrices_and_every_line_holds(of) -> None:
    refused = [d.message for worked, written in of() for d in (*worked.diagnostics, *written.diagnostics)]
    assert refused == []
    for worked, written in of():
        assert any(isinstance(chain.left.name, Name) and chain.left.name.tag == "matrix" for chain in lines(worked))
        assert r"\begin{pmatrix}" in written.texts["latex"]


def lines(worked: Worked) -> list[Chain]:
    return list(chains(worked.document.blocks))


@pytest.mark.parametrize("place", range(8))
def test_the_values_are_those_of_the_scalar_layout(place: int) -> None:
    """The names, the values and what is printed for each: a layout changes none of them."""
    in_matrices, scalar = (work_text(layered_specs(8, LARGEST, matrix=matrix)[place]) for matrix in (True, False))
    assert values(in_matrices.solution) == values(scalar.solution)


@pytest.mark.parametrize("of", [small, large])
def test_every_entry_reproduces_as_it_is_printed(of) -> None:
    """Each member with numbers in it, entry by entry: evaluated as printed it rounds to the printed entry."""
    checked = 0
    for worked, _ in of():
        digits = worked.solution.problem.head.rounding.digits
        for chain in lines(worked):
            result = chain.links[-1]
            if not isinstance(result.member, Matrix) or result.role != "result" or result.reason:
                continue
            shown = [entry for row in result.member.rows for entry in row]
            for link in chain.links[:-1]:
                for value, entry in zip(
                    link.entries if link.role in ("numbers", "worked") else (), shown, strict=False
                ):
                    unit = 10.0 ** -last_place(entry.text, digits)
                    assert abs(number(value) - number(entry.value)) <= 0.5 * unit * (1 + 1e-6), (
                        chain.left,
                        link.member,
                    )
                    checked += 1
    assert checked > 1_000


def last_place(text: str, digits: int) -> int:
    mantissa, _, exponent = text.partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return max(places, digits) if places >= 0 else places


def number(value) -> float:
    return int(value.p) / int(value.q) if hasattr(value, "q") else float(value.mid())


def test_one_step_agrees_with_plain_arrays() -> None:
    """Forward, deltas, gradients and updates of the 3-2-2 problem by loops over arrays, and those that are printed."""
    x, y, eta = [1.0, 4.0, 5.0], [0.1, 0.05], 0.01
    layers = [([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], [0.5, 0.5]), ([[0.7, 0.9], [0.8, 0.1]], [0.5, 0.5])]
    outputs = [x]
    for weights, biases in layers:
        z = [
            sum(w * a for w, a in zip(row, outputs[-1], strict=True)) + b
            for row, b in zip(weights, biases, strict=True)
        ]
        outputs.append([1 / (1 + math.exp(-net)) for net in z])
    delta = [(a - t) * a * (1 - a) for a, t in zip(outputs[-1], y, strict=True)]
    expected: dict[str, list[list[float]]] = {}
    for place in (1, 0):
        weights, biases = layers[place]
        expected[f"delta{place + 1}_matrix"] = [[d] for d in delta]
        expected[f"W{place + 1}_new_matrix"] = [
            [w - eta * d * a for w, a in zip(row, outputs[place], strict=True)]
            for row, d in zip(weights, delta, strict=True)
        ]
        expected[f"b{place + 1}_new_matrix"] = [[b - eta * d] for b, d in zip(biases, delta, strict=True)]
        back = [sum(row[i] * d for row, d in zip(weights, delta, strict=True)) for i in range(len(weights[0]))]
        delta = [s * a * (1 - a) for s, a in zip(back, outputs[place], strict=True)]
    shown = {chain.left.name.text: chain.links[-1].member for chain in lines(solved("network-3-2-2-matrix"))}
    for name, rows in expected.items():
        printed = [[entry.text for entry in row] for row in shown[name].rows]
        for own, row in zip(printed, rows, strict=True):
            for text, value in zip(own, row, strict=True):
                assert abs(float(text) - value) <= 0.5 * 10 ** -last_place(text, 0) * (1 + 1e-9), name


# pythonandml, dlbook, "Numerical example": recomputed by a program of its own; its weights stand in columns.
EXAMPLE_3_2_2 = {
    "a1_1": "0.986613082172", "a1_2": "0.99503319835", "z2_1": "2.08615903604", "z2_2": "1.38879378557",
    "a2_1": "0.88955061397", "a2_2": "0.800399608067", "dE/dz2_1": "0.0775735998122", "dE/dz2_2": "0.11988389802",
    "dE/dz1_1": "0.0019839118724", "dE/dz1_2": "0.00040428932133", "dE/dw1_1_2": "0.00793564748961",
    "dE/dw1_2_3": "0.00202144660665", "dE/dw2_1_2": "0.0771883071286", "dE/dw2_2_1": "0.118279022128",
    "w1_1_1_new": "0.0999801608813", "w1_2_1_new": "0.199995957107", "w1_1_3_new": "0.499900804406",
    "w2_1_1_new": "0.699234648716", "w2_2_2_new": "0.0988071154152", "b1_2_new": "0.499995957107",
    "b2_1_new": "0.499224264002",
}  # fmt: skip


@pytest.mark.parametrize(("name", "recomputed"), EXAMPLE_3_2_2.items())
def test_the_3_2_2_example_agrees_to_11_digits(name: str, recomputed: str) -> None:
    value = values(solved("network-3-2-2-matrix").solution)[name]["value"]
    assert float(value) == pytest.approx(float(recomputed), rel=2e-11)


def test_300_random_corruptions_of_matrix_pages_are_noticed() -> None:
    """At least 98 %: digits, signs and operands, inside matrices and beside them."""
    dice = random.Random(7)
    missed: Counter[str] = Counter()
    seen = []
    for place in range(300):
        worked, written = dice.choice(small())
        kind = ("digit", "sign", "operand")[place % 3]
        text = corrupt(written.texts["latex"], kind, dice)
        if not read_back(text, "latex", worked.solution, names_of(worked)):
            missed[kind] += 1
            seen.append(difference(written.texts["latex"], text))
    assert sum(missed.values()) <= 6, (missed, seen)


FALSE = [
    # what is changed on the page of the 3-2-2 network, and what a reader says of it
    (r"&= \begin{pmatrix}4.3\\5.3\end{pmatrix}", r"&= \begin{pmatrix}4.3\\5.4\end{pmatrix}", "differ"),
    (r"&= \begin{pmatrix}4.3\\5.3\end{pmatrix}", r"&\approx \begin{pmatrix}4.3\\5.3\end{pmatrix}", "all entries are the same"),
    (r"&= \begin{pmatrix}4.3\\5.3\end{pmatrix}", r"&= \begin{pmatrix}4.3&5.3\end{pmatrix}", "different shapes"),
    (r"&= \begin{pmatrix}4.3\\5.3\end{pmatrix}", r"&= \begin{pmatrix}4.3\end{pmatrix}", "different shapes"),
    (r"&= \begin{pmatrix}4.3\\5.3\end{pmatrix}", r"&= \begin{pmatrix}5.3\\4.3\end{pmatrix}", "differ"),
    (r"\begin{pmatrix}1\\4\\5\end{pmatrix} + ", r"\begin{pmatrix}1\\4\end{pmatrix} + ", "do not fit"),
    (r"\begin{pmatrix}3.8\\4.8\end{pmatrix} + ", r"\begin{pmatrix}3.8\\4.7\end{pmatrix} + ", "a part gives 4.8"),
    (r"{\boldsymbol{W}^{(1)}} \boldsymbol{x} + ", r"{\boldsymbol{W}^{(1)}} \boldsymbol{y} + ", "do not fit"),
    (r"\operatorname{Sigmoid}\begin{pmatrix}4.3\\", r"\operatorname{Sigmoid}\begin{pmatrix}4.4\\", "not the formula with the printed values"),
    (r"({\boldsymbol{W}^{(2)}}^{\top} {\boldsymbol{\delta}^{(2)}}) \circ", r"({\boldsymbol{W}^{(2)}} {\boldsymbol{\delta}^{(2)}}) \circ", "member"),
    (r"({\boldsymbol{W}^{(2)}}^{\top} {\boldsymbol{\delta}^{(2)}}) \circ", r"{\boldsymbol{W}^{(2)}}^{\top} {\boldsymbol{\delta}^{(2)}} \circ", "two sorts of product"),
    (r"&= {\boldsymbol{\delta}^{(2)}} {\boldsymbol{a}^{(1)}}^{\top}", r"&= {\boldsymbol{\delta}^{(2)}} {\boldsymbol{a}^{(1)}}", "do not fit"),
    (r"&= {\boldsymbol{\delta}^{(2)}} {\boldsymbol{a}^{(1)}}^{\top}", r"&= {\boldsymbol{\delta}^{(2)}} \circ {\boldsymbol{a}^{(1)}}", "different shapes"),
    (r"{\boldsymbol{a}^{(2)}} \circ (1 - {\boldsymbol{a}^{(2)}})", r"{\boldsymbol{a}^{(2)}} \circ (1 + {\boldsymbol{a}^{(2)}})", "not the formula"),
    (r"E_1 &= ", r"E_1 &= \begin{pmatrix}1\end{pmatrix} ", "a matrix in a line of numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "finding"), FALSE)
def test_a_false_matrix_is_named_with_what_is_wrong(before: str, after: str, finding: str) -> None:
    worked = solved("network-3-2-2-matrix")
    text = write(worked, ["latex"]).texts["latex"]
    assert before in text
    faults = read_back(text.replace(before, after), "latex", worked.solution, names_of(worked))
    assert any(finding in fault for fault in faults), faults


SPEC = """title: T
notation: matrix
{top}network:
  inputs: [0.5, -0.2]
  layers:
    - {{activation: {first}, weights: {weights}, {biases}}}
    - {{activation: {last}, weights: [[0.7, 0.9], [0.8, -0.1]], biases: [0.35, 0.1]}}
  targets: [1, 0]
  loss: {loss}
  learning_rate: 0.1
find: {find}
"""


def page(
    first="sigmoid", last="sigmoid", loss="half_squared_error", weights="[[0.1, 0.3], [0.2, -0.4]]",
    biases="biases: [0.1, 0.2]", find="{update: all}", top="", given="",
):  # fmt: skip
    spec = SPEC.format(first=first, last=last, loss=loss, weights=weights, biases=biases, find=find, top=top + given)
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    return worked, written.texts["latex"]


def test_softmax_with_cross_entropy_leads_to_a_minus_y() -> None:
    _, text = page(last="softmax", loss="cross_entropy")
    steps = [
        r"\left(\frac{\partial {\boldsymbol{a}^{(2)}}}{\partial {\boldsymbol{z}^{(2)}}}\right)^{\top} \frac{\partial E}{\partial {\boldsymbol{a}^{(2)}}}",
        r"(y_1 + y_2){\boldsymbol{a}^{(2)}} - \boldsymbol{y}",
        r"{\boldsymbol{a}^{(2)}} - \boldsymbol{y} &&\quad \text{since }y_1 + y_2 = 1",
    ]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)


def test_sigmoid_with_binary_cross_entropy_leads_to_a_minus_y() -> None:
    _, text = page(loss="binary_cross_entropy")
    start = text.index(
        r"{\boldsymbol{\delta}^{(2)}} &= \frac{\partial E}{\partial {\boldsymbol{a}^{(2)}}} \circ \operatorname{Sigmoid}'"
    )
    assert r"&= {\boldsymbol{a}^{(2)}} - \boldsymbol{y} \\" in text[start:]


@pytest.mark.parametrize("layers", [{"first": "step"}, {"last": "step"}, {"first": "step", "last": "step"}])
def test_the_slope_of_steps_is_a_vector_of_zeros(layers: dict[str, str]) -> None:
    _, text = page(**layers)
    number = 1 if "first" in layers else 2
    assert (
        rf"\operatorname{{Step}}'({{\boldsymbol{{z}}^{{({number})}}}}) &= \begin{{pmatrix}}0\\0\end{{pmatrix}}" in text
    )
    assert rf"{{\boldsymbol{{\delta}}^{{({number})}}}} &= " in text


def test_a_shared_bias_gathers_the_deltas() -> None:
    worked, text = page(biases="bias: 0.35")
    assert r"\begin{pmatrix}{b^{(1)}}\\{b^{(1)}}\end{pmatrix}" in text
    assert "is shared by the units of the layer" in text
    total = next(chain for chain in lines(worked) if chain.left.name.text == "dE/db1")
    assert total.links[0].member == worked.solution.full.graph.by_name[total.left.name].expression


def test_a_weight_in_two_places_and_a_part_of_a_matrix_keep_lines_of_their_own() -> None:
    worked, text = page(weights="[[u, v], [v, u]]", given="given: {u: 0.3, v: 0.5}\n")
    assert r"$u = 0.3$" in text
    assert {"u_new", "v_new", "W2_new_matrix"} <= {chain.left.name.text for chain in lines(worked)}
    assert "W1_new_matrix" not in {chain.left.name.text for chain in lines(worked)}
    worked, _ = page(find="{update: [w2_1_1, b1_1, b1_2]}")
    assert {"w2_1_1_new", "b1_new_matrix"} <= {chain.left.name.text for chain in lines(worked)}


def test_a_symbol_among_the_weights_stays_a_symbol() -> None:
    worked, _ = page(first="linear", last="linear", weights="[[0.1, w], [0.2, -0.4]]")
    assert "w" in values(worked.solution)["z1_1"]["shown"]


RUN = """samples: [{x_1: 1, x_2: 0, y_1: 1, y_2: 0}, {x_1: 0, x_2: 1, y_1: 0, y_2: 1}]
figure: none
"""


@pytest.mark.parametrize(
    ("train", "left"),
    [
        ("{epochs: 2, mode: batch}", "dE/dW1_matrix@2"),
        ("{epochs: 2, mode: online}", "W1_new_matrix@3"),
        ("{epochs: 2, mode: online, optimizer: {name: momentum}}", "v_W1_matrix@2"),
        ("{epochs: 2, mode: online, optimizer: {name: nesterov}}", "v_b2_matrix@2"),
        ("{epochs: 2, mode: online, optimizer: {name: adam}}", "mhat_W1_matrix@2"),
        ("{epochs: 50, mode: online}", "z2_matrix[2]@100"),
    ],
)
def test_training_runs_mark_vectors_with_sample_and_update(train: str, left: str, tmp_path) -> None:
    worked, text = page(top=f"{RUN}train: {train}\n", find="{update: all, again: true}")
    assert left in {chain.left.name.text for chain in lines(worked)}
    assert r"\boldsymbol{x}^{\langle 1\rangle}} = \begin{pmatrix}1\\0\end{pmatrix}" in text
    assert "Overfull" not in compile_latex(text, tmp_path)


def test_a_layered_network_of_many_weights_is_given_in_matrices_in_either_notation() -> None:
    scalar = SPEC.replace("notation: matrix\n", "").format(
        first="sigmoid", last="sigmoid", loss="half_squared_error", weights="[[0.1, 0.3], [0.2, -0.4]]",
        biases="biases: [0.1, 0.2]", find="{update: [w1_1_1]}", top="",
    )  # fmt: skip
    given = write(work_text(scalar), ["latex"]).texts["latex"]
    assert r"${w^{(1)}_{12}} = 0.3$" in given  # eight weights: a list of names
    wide = scalar.replace("inputs: [0.5, -0.2]", "inputs: [0.5, -0.2, 1]").replace(
        "[[0.1, 0.3], [0.2, -0.4]]", "[[0.1, 0.3, 1], [0.2, -0.4, 2]]"
    )
    worked = work_text(wide)
    given = write(worked, ["latex"]).texts["latex"]
    assert r"${\boldsymbol{W}^{(1)}} = \begin{pmatrix}0.1&0.3&1\\0.2&-0.4&2\end{pmatrix}$" in given
    changed = given.replace("0.2&-0.4&2", "0.2&-0.5&2")
    assert read_back(changed, "latex", worked.solution, names_of(worked))


@pytest.mark.parametrize("sizes", [*SIZES, LARGEST], ids=str)
def test_the_latex_of_matrices_has_no_overfull_line(sizes: tuple[int, ...], tmp_path) -> None:
    for place, spec in enumerate(full(sizes)):
        (tmp_path / str(place)).mkdir()
        log = compile_latex(write(work_text(spec), ["latex"]).texts["latex"], tmp_path / str(place))
        assert "Overfull" not in log, re.findall("Overfull.*", log)


def full(sizes: tuple[int, ...]) -> list[str]:
    """Two networks of exactly these sizes."""
    dice = random.Random(11)
    found = []
    for last, loss in (("softmax", "cross_entropy"), ("sigmoid", "half_squared_error")):
        rows = [
            [[f"{dice.uniform(-1, 1):.2f}" for _ in range(below)] for _ in range(units)]
            for below, units in pairwise(sizes)
        ]
        layers = [
            f"    - {{activation: {last if place == len(rows) - 1 else 'sigmoid'}, weights: [{', '.join(f'[{chr(44).join(row)}]' for row in matrix)}],"
            f" biases: [{', '.join('0.1' for _ in matrix)}]}}"
            for place, matrix in enumerate(rows)
        ]
        targets = ", ".join(["1", *["0"] * (sizes[-1] - 1)])
        inputs = ", ".join(f"{dice.uniform(-1, 1):.2f}" for _ in range(sizes[0]))
        found.append(
            "\n".join([
                "title: T", "notation: matrix", "figure: none", "network:", f"  inputs: [{inputs}]", "  layers:", *layers,
                f"  targets: [{targets}]", f"  loss: {loss}", "  learning_rate: 0.1", "find: {update: all}",
            ])
            + "\n"
        )  # fmt: skip
    return found


def test_slides_keep_the_lines_of_matrices() -> None:
    from solver.transforms import slides

    document = solved("network-3-2-2-matrix").document
    deck = slides(document)
    told = {str(link.member) for chain in chains(deck.blocks) for link in chain.links}
    assert all(str(link.member) in told for chain in chains(document.blocks) for link in chain.links)
    assert all(isinstance(frame, Section) for frame in deck.blocks)


def test_gradients_of_matrices_that_share_a_weight_are_worked_and_not_said_to_be_found() -> None:
    spec = SPEC.format(
        first="tanh", last="sigmoid", loss="squared_error", weights="[[k, 0.3], [0.2, 0.1]]", biases="biases: [0.1, 0.2]",
        find="{update: all}", top="given: {k: 0.1}\n",
    )  # fmt: skip
    text = write(work_text(spec.replace("[0.7, 0.9]", "[k, 0.9]")), ["markdown"]).texts["markdown"]
    assert "Already found" not in text
    assert r"\frac{\partial E}{\partial k} &= " in text
