"""Drawings: what they connect, that they say what the page says, and that nothing in them touches anything else."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from html import unescape

import pytest
from conftest import PROBLEMS, needs, solved, work_text
from random_specs import specs
from test_render import compile_latex

from solver.connections import network_of
from solver.data import plain, values
from solver.derivation_reading import reading_of
from solver.document import Document, Figure, Math, Section, Text
from solver.drawing import Drawing
from solver.expression import Symbol
from solver.mathtext import text
from solver.names import Name
from solver.pipeline import Worked, printer, read_back, write
from solver.readback.drawings import labels
from solver.sheet import problem_sheet

SIZES = [
    (2, 1, 1), (3, 2, 1), (2, 2, 2), (1, 1), (5, 8, 8, 4), (5, 8, 8, 4), (1, 8, 1), (5, 1, 4), (2, 2, 2, 2), (4, 3, 3),
    *((random.Random(seed).randint(1, 5), *random.Random(seed + 50).choices(range(1, 9), k=2), 1 + seed % 4) for seed in range(10)),
]  # fmt: skip
"""Inputs and units of twenty networks, the largest of them 5-8-8-4."""


def network(sizes: tuple[int, ...], seed: int, find: str = "value: [E]") -> str:
    """A network of units with random numbers; now and then an input skips a layer, a threshold is subtracted."""
    dice = random.Random(seed)
    given = {f"x_{i}": f"{dice.uniform(-20, 20):.2f}" for i in range(1, sizes[0] + 1)}
    units: dict[str, str] = {}
    below = list(given)
    for layer, size in enumerate(sizes[1:], start=1):
        letter = "o" if layer == len(sizes) - 1 else f"h{layer}"
        names = [f"{letter}_{j}" for j in range(1, size + 1)]
        for unit, name in enumerate(names, start=1):
            read = [*below, *(["x_1"] if layer > 1 and dice.random() < 0.2 else [])]
            weights = [f"w_{layer}{unit}{place}" for place in range(1, len(read) + 1)]
            bias = f"b_{layer}{unit}"
            given |= {weight: f"{dice.uniform(-2, 2):.{dice.randint(1, 4)}f}" for weight in (*weights, bias)}
            terms = [dice.choice((f"{w}*{x}", f"{x}*{w}")) for w, x in zip(weights, read, strict=True)]
            units[name] = " + ".join(dice.sample(terms, len(terms))) + dice.choice((f" + {bias}", f" - {bias}", ""))
        below = names
    given |= {name: f"{dice.random():.2f}" for name in below} | {"eta": "0.5"}
    given = {name: value for name, value in given.items() if name in " ".join((*units.values(), *below, "eta"))}
    return "\n".join([
        "title: A random network",
        f"given: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}",
        f"rounding: {{digits: {dice.randint(2, 5)}}}",
        f"network: {{activation: {dice.choice(('sigmoid', 'tanh'))}, loss: half_squared_error, units: {{",
        *(f"  {unit}: {formula}," for unit, formula in units.items()),
        "}}",
        f"find: {{{find}}}",
    ]) + "\n"  # fmt: skip


def figures(document: Document) -> list[Figure]:
    found: list[Figure] = []

    def collect(blocks) -> None:
        for block in blocks:
            if isinstance(block, Figure):
                found.append(block)
            elif isinstance(block, Section):
                collect(block.blocks)

    collect(document.blocks)
    return found


def worked(spec: str) -> Worked:
    found = work_text(spec)
    assert not found.diagnostics, found.diagnostics
    return found


# What is connected with what.

CONNECTED = [
    ("w*x + b", ["x w"], ["b"]),
    ("x*w - b", ["x w"], ["minus b"]),
    ("b + x - w*x_2", ["x None", "x_2 minus w"], ["b"]),
    ("-w*x", ["x minus w"], []),
    ("2*w*x + b*c + 1", ["x 2*w"], ["b*c", "1"]),
    ("w*x*x_2", ["x w*x*x_2", "x_2 w*x*x_2"], []),
    ("w*x^2", ["x w*x^2"], []),
    ("w*x + v*x", ["x w", "x v"], []),
]


@pytest.mark.parametrize(("formula", "edges", "biases"), CONNECTED)
def test_an_edge_goes_from_what_a_term_reads(formula: str, edges: list[str], biases: list[str]) -> None:
    spec = f"title: T\ngiven: {{x: 1, x_2: 2}}\nnetwork: {{activation: linear, inputs: [x, x_2], units: {{h: {formula}, y: v*h}}}}\n"
    found = network_of(worked(spec).solution.problem)
    minus = {True: "minus ", False: ""}
    into = [c for c in found.connections if c.target.text == "h"]
    assert [f"{c.source.text} {minus[c.subtracted]}{text(c.weight) if c.weight else None}" for c in into] == edges
    assert [minus[b.subtracted] + text(b.value) for b in found.biases] == biases
    assert [(c.source.text, c.target.text) for c in found.connections][-1] == ("h", "y")
    assert {name.text: layer for name, layer in found.layer.items()} == {"h": 1, "y": 2}


def test_outputs_stand_in_the_last_layer_and_targets_with_their_outputs() -> None:
    spec = network((2, 2, 2), 1).replace("network: {", "network: {target: {o_1: t},").replace("o_1: ", "t: ", 1)
    found = network_of(worked(spec).solution.problem)
    assert {unit.text: target.text for unit, target in found.targets.items()} == {"o_1": "t", "o_2": "o_2"}
    assert {found.layer[name] for name in found.outputs} == {2}


# What is said.


def test_the_labels_are_what_the_page_prints_for_the_values() -> None:
    checked = 0
    for spec in [*specs(40, seed=5), *(network(sizes, seed) for seed, sizes in enumerate(SIZES[:6]))]:
        found = worked(spec)
        shown = values(found.solution)
        for figure in figures(found.document):
            for label in figure.drawing.labels:
                if label.content.relation:
                    assert isinstance(label.content.left, Symbol)
                    assert text(label.content.right) == shown[label.content.left.name.text]["shown"]
                    checked += 1
    assert checked > 1000


def test_every_weight_bias_input_and_value_of_a_network_has_a_label() -> None:
    found = worked(network((5, 8, 8, 4), 3))
    (figure,) = figures(found.document)
    said = {label.content.left.name.text for label in figure.drawing.labels if label.content.relation}
    assert said == {name for name in values(found.solution) if name != "eta" and not re.fullmatch("E_.", name)}


@pytest.mark.parametrize("spec", [path.stem for path in PROBLEMS] + [network((2, 3, 2), 9), *specs(12, seed=8)])
def test_page_and_paper_draw_the_same_labels_at_the_same_places(spec: str) -> None:
    found = solved(spec) if "\n" not in spec else worked(spec)
    texts = write(found, ["markdown", "latex"]).texts
    math, graph = printer(found.document, found.solution), found.solution.full.graph
    units = (group.unit.name for group in found.solution.problem.groups if group.unit)
    names = frozenset(math.name(name) for name in (*graph.givens, *graph.by_name, *graph.unknowns, *units))
    if found.solution.derived:
        names = reading_of(found.solution, math).names
    page, paper = (list(labels(texts[form], form, names)) for form in ("markdown", "latex"))
    assert page == paper
    places = re.findall(r"<text x=\"(\d+)\" y=\"(\d+)\"", texts["markdown"])
    nodes = re.findall(r"\\node\[[^\]]*\] at \((\d+),(\d+)\)", texts["latex"])
    assert [(x, str(int(y) - 5)) for x, y in places] == nodes
    assert bool(nodes) == bool(figures(found.document))


def test_the_alternative_says_every_equality_of_the_drawing() -> None:
    for spec in [network((2, 1, 1), 2), network((3, 2, 2), 4), *specs(8, seed=3)]:
        found = worked(spec)
        written = write(found, ["markdown"]).texts["markdown"]
        said = [unescape(match) for match in re.findall('role="img" aria-label="([^"]*)"', written)]
        for figure, alternative in zip(figures(found.document), said, strict=True):
            for label in figure.drawing.labels:
                if label.content.relation:
                    equality = f"{text(label.content.left)} {label.content.relation} {text(label.content.right)}"
                    assert equality in alternative


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_a_wrong_number_in_a_drawing_is_noticed(form: str) -> None:
    dice = random.Random(4)
    label = {"markdown": r"[=≈] (−?)([0-9.]+)(?:</tspan>)?</text>", "latex": r"\\node.*(?:=|approx) (-?)([0-9.]+)\$\};"}
    noticed = 0
    for seed, sizes in enumerate(SIZES[6:] + SIZES[:2]):
        found = worked(network(sizes, seed))
        written, math = write(found, [form]).texts[form], printer(found.document, found.solution)
        for match in dice.sample(list(re.finditer(label[form], written)), 3):
            number = match[2]
            at = match.start(2) + dice.choice([place for place, digit in enumerate(number) if digit.isdigit()])
            changed = written[:at] + str((int(written[at]) + 1) % 10) + written[at + 1 :]
            assert read_back(changed, form, found.solution, math), match[0]
            noticed += 1
    assert noticed == 48


def test_the_gradients_stand_on_the_edges_of_their_weights() -> None:
    found = worked(network((3, 2, 2), 4, "update: all"))
    drawn = figures(found.document)[-1].drawing
    said = {label.content.left.name.text for label in drawn.labels if label.content.relation}
    assert said == {name for name in values(found.solution) if name.startswith("dE/d")}
    only = worked(network((3, 2, 2), 4, "gradient: {of: E, by: [w_121]}"))
    drawn = figures(only.document)[-1].drawing
    assert [label.content.left.name.text for label in drawn.labels if label.content.relation] == ["dE/dw_121"]
    assert len([stroke for stroke in drawn.strokes if stroke.style == "edge"]) == 1


WAYS_MARKED = [
    ("w_111", {"E", "o_1", "o_2", "h1_1", "w_111"}),
    ("w_211", {"E", "o_1", "w_211"}),
    ("b_11", {"E", "o_1", "o_2", "h1_1", "b_11"}),
]


@pytest.mark.parametrize(("parameter", "marked"), WAYS_MARKED)
def test_the_way_to_a_parameter_is_marked(parameter: str, marked: set[str]) -> None:
    found = worked(network((2, 2, 2), 7, f"update: [{parameter}]"))
    drawn = figures(found.document)[1].drawing
    shapes = {(shape.x, shape.y) for shape in drawn.shapes if shape.style == "highlight"}
    names = {label.content.left.name.text for label in drawn.labels if (label.x, label.y) in shapes}
    names |= {label.content.left.name.text for label in drawn.labels if label.content.style == "highlight"}
    assert names == marked
    outputs = len(marked & {"o_1", "o_2"})
    hidden = 1 if "h1_1" in marked else 0
    assert len([stroke for stroke in drawn.strokes if stroke.style == "highlight"]) == outputs * (1 + hidden) + 1


def test_a_way_through_what_is_left_out_is_not_drawn() -> None:
    found = worked(network((2, 12, 1), 7, "update: [w_111, w_181]"))
    drawn = {block.key: figures_of(block) for block in found.document.blocks if isinstance(block, Section)}
    assert (len(drawn["update w_111"]), len(drawn["update w_181"])) == (1, 0)


def figures_of(section: Section) -> list[Figure]:
    return [block for block in section.blocks if isinstance(block, Figure)]


def test_a_large_network_is_abridged_and_says_so() -> None:
    found = worked(network((12, 40, 3), 1))
    (figure,) = figures(found.document)
    said = [label.content.words for label in figure.drawing.labels if label.content.style == "faint"]
    assert said == ["… 5 more inputs", "… 33 more units"]
    written = write(found, ["markdown"]).texts["markdown"]
    assert "… 5 more inputs. … 33 more units." in written
    deep = worked(network((2, *(2,) * 8, 1), 1))
    assert "… 4 more layers." in write(deep, ["markdown"]).texts["markdown"]


def test_a_long_value_leaves_the_name_alone() -> None:
    found = solved("network-3-2-1-stated")
    assert all(isinstance(figure.drawing, Drawing) for figure in figures(found.document))


LOGISTIC = """title: T
given: {x: 2, y: 1, w: 0.5, b: 0.1, unused: 3, eta: 0.1}
define:
  z: w*x + b
  a: sigmoid(z)
  L: -(y*ln(a) + (1 - y)*ln(1 - a)) + 0.01*w^2
find: {update: {of: [w, b], minimise: L, rate: eta}}
"""


def test_a_computation_is_drawn_as_its_graph() -> None:
    forward, way, _, gradients = figures(worked(LOGISTIC).document)
    names = [label.content.left.name.text for label in forward.drawing.labels if label.content.style == "name"]
    assert sorted(names) == ["L", "a", "b", "w", "x", "y", "z"]
    assert len(forward.drawing.strokes) == 7
    assert {label.content.words for label in forward.drawing.labels if label.content.words} == {"sum", "Sigmoid"}
    column = {
        label.content.left.name.text: label.x for label in forward.drawing.labels if label.content.style == "name"
    }
    assert column["w"] == column["x"] == column["b"] < column["z"] < column["a"] == column["y"] < column["L"]
    marked = [stroke for stroke in way.drawing.strokes if stroke.style == "highlight"]
    assert len(marked) == 4  # w -> L, and w -> z -> a -> L
    said = {label.content.left.name.text for label in gradients.drawing.labels if label.content.relation}
    assert said == {"dL/dw", "dL/db"}


def test_a_graph_too_large_to_read_is_not_drawn() -> None:
    lines = "".join(f"  a_{place}: a_{place - 1} + x\n" for place in range(1, 30))
    assert figures(worked(f"title: T\ngiven: {{x: 2, a_0: 1}}\ndefine:\n{lines}").document) == []


# What touches what: measured in a browser, and compiled by LaTeX.

MEASURE = """() => [...document.querySelectorAll('svg')].map(svg => {
    const box = e => { const b = e.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
    const labels = [...svg.querySelectorAll('text')].map(e => [e.textContent, ...box(e)]);
    const shapes = [...svg.querySelectorAll('ellipse, rect')].map(box);
    const lines = [...svg.querySelectorAll('path')].map(path => {
        const length = path.getTotalLength(), points = [];
        for (let at = 0; at <= length; at += 1.5) { const p = path.getPointAtLength(at); points.push([p.x, p.y]); }
        return points;
    });
    return {labels, shapes, lines, sheet: [0, 0, svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]};
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    program = needs("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def touching(seen: dict) -> Iterator[str]:
    """What a label touches that is not its own: a label, a line, the edge of a node, the end of the sheet."""

    def meet(one, other, slack=0.0) -> bool:
        return (
            one[0] < other[2] - slack
            and other[0] < one[2] - slack
            and one[1] < other[3] - slack
            and other[1] < one[3] - slack
        )

    for place, (what, *box) in enumerate(seen["labels"]):
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        for other, *other_box in seen["labels"][place + 1 :]:
            if meet(box, other_box):
                yield f"{what} and {other}"
        for shape in seen["shapes"]:
            inside = shape[0] < middle[0] < shape[2] and shape[1] < middle[1] < shape[3]
            if meet(box, shape) and not inside:
                yield f"{what} and a node"
            if inside and not (shape[0] <= box[0] and box[2] <= shape[2] and shape[1] <= box[1] and box[3] <= shape[3]):
                yield f"{what} and the edge of its node"
        for line in seen["lines"]:
            if any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in line):
                yield f"{what} and a line"
        x0, y0, x1, y1 = seen["sheet"]
        if box[0] < x0 or box[1] < y0 or box[2] > x1 or box[3] > y1:
            yield f"{what} and the end of the sheet"


def measured(browser, markdown: str) -> list[dict]:
    page = browser.new_page()
    page.set_content("".join(re.findall("<svg .*?</svg>", markdown, re.DOTALL)))
    seen = page.evaluate(MEASURE)
    page.close()
    return seen


@pytest.mark.parametrize(("seed", "sizes"), list(enumerate(SIZES)), ids=lambda value: str(value))
def test_no_label_touches_a_label_a_line_or_another_node(seed: int, sizes: tuple[int, ...], browser) -> None:
    (seen,) = measured(browser, write(worked(network(sizes, seed)), ["markdown"]).texts["markdown"])
    assert len(seen["labels"]) >= sum(sizes)
    assert list(touching(seen)) == []


WAYS = [(2, 1, 1), (3, 2, 1), (2, 2, 2), (5, 4, 3), (2, 2, 2, 2), (5, 8, 4)]


@pytest.mark.parametrize("sizes", WAYS, ids=str)
def test_nothing_touches_where_gradients_and_ways_are_drawn(sizes: tuple[int, ...], browser) -> None:
    found = worked("detail: full\n" + network(sizes, 2, "update: all"))
    drawn = measured(browser, write(found, ["markdown"]).texts["markdown"])
    parameters = [name for name in values(found.solution) if name.startswith("dE/d")]
    paths = write(found, ["markdown"]).texts["markdown"].count(" does not appear in ")  # each with its way drawn
    assert paths in (0, len(parameters))
    assert len(drawn) == paths + 2
    for seen in drawn:
        assert list(touching(seen)) == []


LAYERS = """title: Layers
network:
  inputs: [1, 4, 5]
  layers:
    - {activation: sigmoid, weights: [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], biases: [0.5, 0.5]}
    - {activation: softmax, weights: [[0.7, 0.9], [0.8, 0.1]], biases: [0.5, 0.5]}
  targets: [0, 1]
  loss: cross_entropy
  learning_rate: 0.1
find: {update: all}
"""
TRAINING = """title: Training
given: {w_1: 0.5, w_2: 0.3, b: 0.1, eta: 0.1}
samples: [{x_1: 1, x_2: 3, y: 1}, {x_1: 2, x_2: 4, y: 0}]
network: {activation: sigmoid, loss: half_squared_error, units: {y: w_1*x_1 + w_2*x_2 + b}}
train: {epochs: 2, mode: MODE}
find: {update: all}
"""
RUNS = [LAYERS, TRAINING.replace("MODE", "batch"), TRAINING.replace("MODE", "online")]


@pytest.mark.parametrize("spec", RUNS, ids=["layers", "batch", "online"])
def test_layers_and_runs_are_drawn_with_their_own_names(spec: str, browser) -> None:
    found = worked(spec)
    texts = write(found, ["markdown", "latex"]).texts
    for seen in measured(browser, texts["markdown"]):
        assert list(touching(seen)) == []
    math, graph = printer(found.document, found.solution), found.solution.full.graph
    names = frozenset(math.name(name) for name in graph.names())
    assert list(labels(texts["markdown"], "markdown", names)) == list(labels(texts["latex"], "latex", names))
    shown = values(found.solution)
    for figure in figures(found.document):
        for label in figure.drawing.labels:
            if label.content.relation:
                assert text(label.content.right) == shown[label.content.left.name.text]["shown"]


def test_nothing_touches_in_graphs(browser) -> None:
    for spec in [LOGISTIC, *(spec for spec in specs(40, seed=2) if "define:" in spec)]:
        for seen in measured(browser, write(worked(spec), ["markdown"]).texts["markdown"]):
            assert list(touching(seen)) == []


@pytest.mark.parametrize("id", [path.stem for path in PROBLEMS])
def test_nothing_touches_in_the_drawings_of_the_course(id: str, browser) -> None:
    for seen in measured(browser, write(solved(id), ["markdown"]).texts["markdown"]):
        assert list(touching(seen)) == []


@pytest.mark.parametrize("font", ["DejaVu Serif", "DejaVu Sans"])
def test_no_label_is_cut_in_a_font_that_keeps_its_own_width(font: str, browser) -> None:
    ids = [path.stem for path in PROBLEMS if solved(path.stem).solution.derived is None] + ["hinge", "softmax-weights"]
    for id in ids:
        page = write(solved(id), ["markdown"]).texts["markdown"]
        page = re.sub('font-family="[^"]*"', f"font-family=\"'{font}'\"", page).replace("font-size-adjust", "x")
        for seen in measured(browser, page):
            assert [what for what in touching(seen) if "end of the sheet" in what] == [], (id, font)


LOSS_WORDS = [
    ("-(y*ln(p) + (1 - y)*ln(1 - p))", "binary cross-entropy"),
    ("-y*ln(p) - (1 - y)*ln(1 - p)", "binary cross-entropy"),
    ("1/2*(p - y)^2", "half the squared error"),
    ("(y - p)^2/2", "half the squared error"),
    ("(p - y)^2", "squared error"),
    ("abs(p - y)", "absolute error"),
    ("max(0, 1 - y*p)", "hinge loss"),
    ("-y*ln(p)", "cross-entropy"),
    ("3*(p - y)^2", ""),
    ("-(p + y)", ""),
    ("(p - y)^4", ""),
    ("p*y", ""),
    ("p^2 + y^2", "sum"),
    ("tanh(p - y)", "tanh"),
]


@pytest.mark.parametrize(("formula", "word"), LOSS_WORDS)
def test_a_loss_is_called_by_its_name_or_by_nothing_that_is_none(formula: str, word: str) -> None:
    spec = f"title: T\ngiven: {{w: 0.5, x: 1.3, y: 0.5}}\ndefine:\n  p: tanh(w*x)\n  L: {formula}\nfind: {{gradient: {{of: L, by: [w]}}}}\n"
    labels = figures(worked(spec).document)[0].drawing.labels
    (place,) = {label.x for label in labels if label.content.left == Symbol(Name("L"))}
    assert [label.content.words for label in labels if label.x == place and label.content.words] == [word] * bool(word)


def test_the_terms_of_a_loss_are_called_by_their_names() -> None:
    drawing = figures(solved("rnn-three-steps").document)[0].drawing
    said = [label.content.words for label in drawing.labels if label.content.style == "word"]
    assert said.count("half the squared error") == 3
    assert said.count("product") == 3  # the outputs, w_y h


def test_the_measurement_notices_what_touches() -> None:
    seen = {
        "labels": [["a", 0, 0, 10, 10], ["b", 5, 5, 15, 15]],
        "shapes": [[12, 0, 30, 30]],
        "lines": [[[1, 1], [50, 1]]],
        "sheet": [0, 0, 14, 40],
    }
    assert list(touching(seen)) == ["a and b", "a and a line", "b and a node", "b and the end of the sheet"]


@pytest.mark.parametrize("sizes", [(5, 8, 8, 4), (2, 2, 2)], ids=str)
def test_latex_draws_it_within_the_line(sizes: tuple[int, ...], tmp_path) -> None:
    log = compile_latex(write(worked(network(sizes, 1)), ["latex"]).texts["latex"], tmp_path)
    assert "Overfull" not in log, re.findall("Overfull.*", log)


def test_the_definitions_of_a_graph_stand_in_their_order() -> None:
    drawing = figures(solved("softmax-shifted").document)[0].drawing
    height = {text(label.content.left): label.y for label in drawing.labels if label.content.style == "name"}
    assert height["p_1"] < height["p_2"] < height["p_3"]


def test_a_wide_graph_stands_closer_and_a_small_one_does_not() -> None:
    def width(steps: int) -> int:
        lines = "\n".join(f"  h_{k}: tanh(w*h_{k - 1} + v*x_{k})" for k in range(1, steps + 1))
        given = ", ".join(f"x_{k}: {k}" for k in range(1, steps + 1))
        spec = f"title: T\ngiven: {{w: 0.5, v: 0.1, h_0: 0, {given}}}\ndefine:\n{lines}\n"
        return figures(work_text(spec).document)[0].drawing.width

    assert width(6) - width(5) > 100
    assert width(8) - width(7) < 50


def test_a_problem_may_be_left_without_a_drawing() -> None:
    assert figures(worked("figure: none\n" + network((2, 1, 1), 1)).document) == []


@pytest.mark.parametrize("id", [path.stem for path in PROBLEMS if solved(path.stem).solution.derived is None])
def test_the_drawing_of_a_problem_sheet_shows_what_is_given_alone(id: str) -> None:
    own = solved(id)
    drawn = [block for block in own.document.blocks if isinstance(block, Section) and block.key == "drawing"]
    sheet = problem_sheet(own.document, own.solution)
    (place,) = (n for n, block in enumerate(sheet.blocks) if isinstance(block, Section) and block.key == "asked")
    if not drawn:
        assert figures(sheet) == []
        return
    assert sheet.blocks[place - 1].key == "drawing"
    (figure,) = figures(sheet)
    givens = own.solution.full.graph.givens
    for label in figure.drawing.labels:
        assert label.content.relation is None or label.content.left.name in givens, label
    for part in figure.alternative:
        assert not isinstance(part, Math) or part.relation is None or part.left.name in givens, part


RUN = """title: Training
given: {w: 0.5, b: 0.1, eta: 0.5}
samples: [{x_1: 1, y: 1}, {x_1: 2, y: 0}]
network:
  activation: sigmoid
  loss: half_squared_error
  units: {y: w*x_1 + b}
train: {epochs: EPOCHS, mode: MODE}
find: {update: all}
"""


@pytest.mark.parametrize(
    ("mode", "epochs", "said"),
    [
        ("batch", "2", "sample 1 in update 1"),
        ("batch", "1", "sample 1"),
        ("online", "2", "sample 1 in update 1"),
    ],
)
def test_the_drawing_of_a_run_says_which_pass_it_shows(mode: str, epochs: str, said: str) -> None:
    found = worked(RUN.replace("EPOCHS", epochs).replace("MODE", mode))
    page = write(found, ["markdown"]).texts["markdown"]
    assert f"## The network, {said}\n" in page
    assert f" The values are those of {said}." in page.split("aria-label=")[1].split('"')[1]


def test_the_drawing_of_one_update_needs_no_such_words() -> None:
    (section,) = (b for b in solved("network-2-1-1").document.blocks if isinstance(b, Section) and b.key == "drawing")
    assert section.title == (Text("The network"),)


@pytest.mark.parametrize("mode", ["batch", "online"])
def test_no_label_of_a_run_has_marks_of_an_update_or_a_sample_in_its_names(mode: str) -> None:
    found = worked(RUN.replace("EPOCHS", "2").replace("MODE", mode))
    said = re.findall('aria-label="([^"]*)"', write(found, ["markdown"]).texts["markdown"])
    assert len(said) > 2
    assert "Error E ≈ 0.0628, with target y = 1. The values are those of sample 1 in update 1." in said[0]
    assert not [label for label in said if re.search(r"\w(?:@|\[)\d", label)]


def test_the_label_of_a_loss_that_reads_no_target_names_none() -> None:
    spec = "title: T\nnetwork:\n  inputs: [1]\n  layers: [{activation: linear, weights: [[0.2], [0.4]]}]\n  targets: [0, 1]\n  loss: multiclass_hinge\nfind: {value: [E]}\n"
    (said,) = re.findall('aria-label="([^"]*)"', write(worked(spec), ["markdown"]).texts["markdown"])
    assert said.endswith(" Error E = 0.8.")


LINE = """title: Line
given: {w: 0, b: 0, eta: 0.01}
samples: [{x: 10, y: 20}, {x: 20, y: 18}]
define: {p: w*x + b, L: (p - y)^2}
train: {epochs: EPOCHS, mode: batch}
find: {update: {of: [w, b], minimise: L, rate: eta}}
"""


@pytest.mark.parametrize("spec", [LINE, RUN.replace("MODE", "batch")], ids=["graph", "network"])
@pytest.mark.parametrize("epochs", ["1", "2"])
def test_the_gradients_of_a_batch_are_those_of_the_loss_that_the_sentence_names(spec: str, epochs: str) -> None:
    found = worked(spec.replace("EPOCHS", epochs))
    (turn,) = (b for b in found.document.blocks if isinstance(b, Section) and b.key in ("turn 1",))
    (section,) = (b for b in turn.blocks if isinstance(b, Section) and b.key == "gradients")
    said, figure = section.blocks
    (loss,) = (part.left for part in said.parts if isinstance(part, Math))
    assert isinstance(loss, Symbol)
    assert loss.name.sample == 0
    assert "those of sample 1 are drawn" in plain(said.parts)
    drawn = [label.content for label in figure.drawing.labels]
    derived = [content.left.name for content in drawn if content.relation]
    assert derived
    assert all(name.of == loss.name for name in derived)
    assert loss in [content.left for content in drawn if not content.relation]
