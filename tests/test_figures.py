"""Drawings: what they connect, and that they say what the page says."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest
from conftest import PROBLEMS, solved, work_text, works
from random_drawings import LOGISTIC, SIZES, figures, network
from random_specs import specs
from test_render import compile_latex

from solver.connections import network_of
from solver.data import plain, values
from solver.derivation_reading import reading_of
from solver.document import Figure, Math, Section, Text
from solver.drawing import Drawing
from solver.expression import Symbol
from solver.mathtext import text
from solver.names import Name
from solver.pipeline import printer, read_back, write
from solver.readback.drawings import labels
from solver.sheet import problem_sheet

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
    inputs = ", ".join(dict.fromkeys(edge.split()[0] for edge in edges))
    spec = f"title: T\ngiven: {{x: 1, x_2: 2}}\nnetwork: {{activation: linear, inputs: [{inputs}], units: {{h: {formula}, y: v*h}}}}\n"
    found = network_of(works(spec).solution.problem)
    minus = {True: "minus ", False: ""}
    into = [c for c in found.connections if c.target.text == "h"]
    assert [f"{c.source.text} {minus[c.subtracted]}{text(c.weight) if c.weight else None}" for c in into] == edges
    assert [minus[b.subtracted] + text(b.value) for b in found.biases] == biases
    assert [(c.source.text, c.target.text) for c in found.connections][-1] == ("h", "y")
    assert {name.text: layer for name, layer in found.layer.items()} == {"h": 1, "y": 2}


def test_outputs_stand_in_the_last_layer_and_targets_with_their_outputs() -> None:
    spec = network((2, 2, 2), 1).replace("network: {", "network: {target: {o_1: t},").replace("o_1: ", "t: ", 1)
    found = network_of(works(spec).solution.problem)
    assert {unit.text: target.text for unit, target in found.targets.items()} == {"o_1": "t", "o_2": "o_2"}
    assert {found.layer[name] for name in found.outputs} == {2}


def test_the_labels_are_what_the_page_prints_for_the_values() -> None:
    checked = 0
    for spec in [*specs(40, seed=5), *(network(sizes, seed) for seed, sizes in enumerate(SIZES[:6]))]:
        found = works(spec)
        shown = values(found.solution)
        for figure in figures(found.document):
            for label in figure.drawing.labels:
                if label.content.relation:
                    assert isinstance(label.content.left, Symbol)
                    assert text(label.content.right) == shown[label.content.left.name.text]["shown"]
                    checked += 1
    assert checked > 1000


def test_every_weight_bias_input_and_value_of_a_network_has_a_label() -> None:
    found = works(network((5, 8, 8, 4), 3))
    (figure,) = figures(found.document)
    said = {label.content.left.name.text for label in figure.drawing.labels if label.content.relation}
    assert said == {name for name in values(found.solution) if name != "eta" and not re.fullmatch("E_.", name)}


@pytest.mark.parametrize("spec", [path.stem for path in PROBLEMS] + [network((2, 3, 2), 9), *specs(12, seed=8)])
def test_page_and_paper_draw_the_same_labels_at_the_same_places(spec: str) -> None:
    found = solved(spec) if "\n" not in spec else works(spec)
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
        found = works(spec)
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
        found = works(network(sizes, seed))
        written, math = write(found, [form]).texts[form], printer(found.document, found.solution)
        for match in dice.sample(list(re.finditer(label[form], written)), 3):
            number = match[2]
            at = match.start(2) + dice.choice([place for place, digit in enumerate(number) if digit.isdigit()])
            changed = written[:at] + str((int(written[at]) + 1) % 10) + written[at + 1 :]
            assert read_back(changed, form, found.solution, math), match[0]
            noticed += 1
    assert noticed == 48


def test_the_gradients_stand_on_the_edges_of_their_weights() -> None:
    found = works(network((3, 2, 2), 4, "update: all"))
    drawn = figures(found.document)[-1].drawing
    said = {label.content.left.name.text for label in drawn.labels if label.content.relation}
    assert said == {name for name in values(found.solution) if name.startswith("dE/d")}
    only = works(network((3, 2, 2), 4, "gradient: {of: E, by: [w_121]}"))
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
    found = works(network((2, 2, 2), 7, f"update: [{parameter}]"))
    drawn = figures(found.document)[1].drawing
    shapes = {(shape.x, shape.y) for shape in drawn.shapes if shape.style == "highlight"}
    names = {label.content.left.name.text for label in drawn.labels if (label.x, label.y) in shapes}
    names |= {label.content.left.name.text for label in drawn.labels if label.content.style == "highlight"}
    assert names == marked
    outputs = len(marked & {"o_1", "o_2"})
    hidden = 1 if "h1_1" in marked else 0
    assert len([stroke for stroke in drawn.strokes if stroke.style == "highlight"]) == outputs * (1 + hidden) + 1


def test_a_way_through_what_is_left_out_is_not_drawn() -> None:
    found = works(network((2, 12, 1), 7, "update: [w_111, w_181]"))
    drawn = {block.key: figures_of(block) for block in found.document.blocks if isinstance(block, Section)}
    assert (len(drawn["update w_111"]), len(drawn["update w_181"])) == (1, 0)


def figures_of(section: Section) -> list[Figure]:
    return [block for block in section.blocks if isinstance(block, Figure)]


def test_a_large_network_is_abridged_and_says_so() -> None:
    found = works(network((12, 40, 3), 1))
    (figure,) = figures(found.document)
    said = [label.content.words for label in figure.drawing.labels if label.content.style == "faint"]
    assert said == ["… 5 more inputs", "… 33 more units"]
    written = write(found, ["markdown"]).texts["markdown"]
    assert "… 5 more inputs. … 33 more units." in written
    deep = works(network((2, *(2,) * 8, 1), 1))
    assert "… 4 more layers." in write(deep, ["markdown"]).texts["markdown"]


def test_a_long_value_leaves_the_name_alone() -> None:
    found = solved("network-3-2-1-stated")
    assert all(isinstance(figure.drawing, Drawing) for figure in figures(found.document))


def test_a_computation_is_drawn_as_its_graph() -> None:
    forward, way, _, gradients = figures(works(LOGISTIC).document)
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
    assert figures(works(f"title: T\ngiven: {{x: 2, a_0: 1}}\ndefine:\n{lines}").document) == []


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
    ("p^2 + y^2", ""),
    ("p + y", "sum"),
    ("tanh(p - y)", "tanh"),
]


@pytest.mark.parametrize(("formula", "word"), LOSS_WORDS)
def test_a_loss_is_called_by_its_name_or_by_nothing_that_is_none(formula: str, word: str) -> None:
    spec = f"title: T\ngiven: {{w: 0.5, x: 1.3, y: 0.5}}\ndefine:\n  p: tanh(w*x)\n  L: {formula}\nfind: {{gradient: {{of: L, by: [w]}}}}\n"
    labels = figures(works(spec).document)[0].drawing.labels
    (place,) = {label.x for label in labels if label.content.left == Symbol(Name("L"))}
    assert [label.content.words for label in labels if label.x == place and label.content.words] == [word] * bool(word)


def test_the_terms_of_a_loss_are_called_by_their_names() -> None:
    drawing = figures(solved("rnn-three-steps").document)[0].drawing
    said = [label.content.words for label in drawing.labels if label.content.style == "word"]
    assert said.count("half the squared error") == 3
    assert said.count("product") == 3  # the outputs, w_y h


@pytest.mark.parametrize("sizes", [(5, 8, 8, 4), (2, 2, 2)], ids=str)
def test_latex_draws_it_within_the_line(sizes: tuple[int, ...], tmp_path) -> None:
    log = compile_latex(write(works(network(sizes, 1)), ["latex"]).texts["latex"], tmp_path)
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
    assert figures(works("figure: none\n" + network((2, 1, 1), 1)).document) == []


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
    found = works(RUN.replace("EPOCHS", epochs).replace("MODE", mode))
    page = write(found, ["markdown"]).texts["markdown"]
    assert f"## The network, {said}\n" in page
    assert f" The values are those of {said}." in page.split("aria-label=")[1].split('"')[1]


def test_the_drawing_of_one_update_needs_no_such_words() -> None:
    (section,) = (b for b in solved("network-2-1-1").document.blocks if isinstance(b, Section) and b.key == "drawing")
    assert section.title == (Text("The network"),)


@pytest.mark.parametrize("mode", ["batch", "online"])
def test_no_label_of_a_run_has_marks_of_an_update_or_a_sample_in_its_names(mode: str) -> None:
    found = works(RUN.replace("EPOCHS", "2").replace("MODE", mode))
    said = re.findall('aria-label="([^"]*)"', write(found, ["markdown"]).texts["markdown"])
    assert len(said) > 2
    assert "Loss E ≈ 0.0628, with target y = 1. The values are those of sample 1 in update 1." in said[0]
    assert not [label for label in said if re.search(r"\w(?:@|\[)\d", label)]


def test_the_label_of_a_loss_that_reads_no_target_names_none() -> None:
    spec = "title: T\nnetwork:\n  inputs: [1]\n  layers: [{activation: linear, weights: [[0.2], [0.4]]}]\n  targets: [0, 1]\n  loss: multiclass_hinge\nfind: {value: [E]}\n"
    (said,) = re.findall('aria-label="([^"]*)"', write(works(spec), ["markdown"]).texts["markdown"])
    assert said.endswith(" Loss E = 0.8.")


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
    found = works(spec.replace("EPOCHS", epochs))
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
