"""What touches what in a drawing: measured in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import PROBLEMS, solved, works
from random_drawings import LOGISTIC, SIZES, figures, network
from random_specs import specs

from solver.data import values
from solver.mathtext import text
from solver.pipeline import printer, write
from solver.readback.drawings import labels

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
    (seen,) = measured(browser, write(works(network(sizes, seed)), ["markdown"]).texts["markdown"])
    assert len(seen["labels"]) >= sum(sizes)
    assert list(touching(seen)) == []


WAYS = [(2, 1, 1), (3, 2, 1), (2, 2, 2), (5, 4, 3), (2, 2, 2, 2), (5, 8, 4)]


@pytest.mark.parametrize("sizes", WAYS, ids=str)
def test_nothing_touches_where_gradients_and_ways_are_drawn(sizes: tuple[int, ...], browser) -> None:
    found = works("detail: full\n" + network(sizes, 2, "update: all"))
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
    found = works(spec)
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
        for seen in measured(browser, write(works(spec), ["markdown"]).texts["markdown"]):
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


def test_the_measurement_notices_what_touches() -> None:
    seen = {
        "labels": [["a", 0, 0, 10, 10], ["b", 5, 5, 15, 15]],
        "shapes": [[12, 0, 30, 30]],
        "lines": [[[1, 1], [50, 1]]],
        "sheet": [0, 0, 14, 40],
    }
    assert list(touching(seen)) == ["a and b", "a and a line", "b and a node", "b and the end of the sheet"]
