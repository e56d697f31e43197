"""Functions worked by cases: the page says which case applies and what is taken at a kink, and the reader checks it."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest
from conftest import unwrapped, work_text
from flint import fmpq
from random_specs import ALL_ACTIVATIONS, case_specs
from test_readback import corrupt, difference, names_of

from solver.calculus import derivative
from solver.evaluate import evaluate
from solver.expression import Call, Symbol
from solver.functions import FUNCTIONS, A, U, formula_of
from solver.pipeline import Worked, read_back, write

COUNT = 200
CASED = [row for row in FUNCTIONS.values() if row.cases]


def page(definitions: str, by: str, **given: str) -> str:
    """The LaTeX of a graph whose last definition is L, with its gradient; both formats are read back."""
    listed = ", ".join(f"{name}: {number}" for name, number in given.items())
    spec = f"title: T\ngiven: {{{listed}}}\ndefine: {{{definitions}}}\nfind: {{gradient: {{of: L, by: [{by}]}}}}\n"
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    return unwrapped(written.texts["latex"])


def neuron(activation: str, x: str) -> str:
    spec = f"title: T\ngiven: {{x: {x}, w: 1, y: 1, eta: 0.1}}\nnetwork: {{activation: {activation}, loss: squared_error, units: {{y: w*x}}}}\nfind: {{update: [w]}}\n"
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    return unwrapped(written.texts["latex"])


@pytest.mark.parametrize("row", CASED, ids=lambda row: row.name)
@pytest.mark.parametrize("point", [fmpq(-3), fmpq(0), fmpq(1, 2)])
def test_each_case_has_the_value_and_the_slope_of_its_function(row, point: fmpq) -> None:
    """A case is the function there, and its derivative is the one that the function's row takes."""
    known = {U: point, A: fmpq(3, 2)}
    call = Call(row.name, (Symbol(U), Symbol(A))[: row.most])
    assert row.cases is not None
    branch = row.cases.of(int(point > 0) - int(point < 0))
    for ours, theirs in ((branch, call), (derivative(branch, U), derivative(call, U))):
        first, second = evaluate(ours, known), evaluate(theirs, known)
        assert first == second or first.overlaps(second)
    if point == 0:
        assert evaluate(derivative(branch, U), known) == evaluate(formula_of(row.cases.slope), known)


@pytest.mark.parametrize(
    ("activation", "x", "line"),
    [
        ("relu", "0.4", r"&= 1 &&\quad \text{since }y_{\text{in}} = 0.4 > 0"),
        ("relu", "-0.4", r"&= 0 &&\quad \text{since }y_{\text{in}} = -0.4 < 0"),
        ("leaky_relu", "-2", r"&= 0.01 &&\quad \text{since }y_{\text{in}} = -2 < 0"),
        ("leaky_relu", "-2", r"&= 0.01 \cdot (-2) &&\quad \text{since }y_{\text{in}} = -2 < 0"),
        ("elu", "-1", r"&= y_{\text{out}} + 1 &&\quad \text{since }y_{\text{in}} = -1 < 0"),
        ("elu", "-1", r"&= e^{-1} - 1 &&\quad \text{since }y_{\text{in}} = -1 < 0"),
        ("elu", "3", r"&= 1 &&\quad \text{since }y_{\text{in}} = 3 > 0"),
        ("step", "3", r"&= 0 &&\quad \text{since }y_{\text{in}} = 3 > 0"),
        ("relu", "0", r"&= 0 &&\quad y_{\text{in}} = 0\text{: ReLU has no derivative there; }0\text{ is taken}"),
        ("leaky_relu", "0", r"y_{\text{in}} = 0\text{: LeakyReLU has no derivative there; }0.01\text{ is taken}"),
        ("step", "0", r"y_{\text{in}} = 0\text{: Step has no derivative there; }0\text{ is taken}"),
        ("elu", "0", r"&= y_{\text{out}} + 1 &&\quad \text{since }y_{\text{in}} = 0"),
    ],
)  # fmt: skip
def test_a_unit_says_which_case_applies(activation: str, x: str, line: str) -> None:
    text = neuron(activation, x)
    assert line in text
    assert "Step(y" not in text.replace(r"\operatorname{Step}(y", "" if activation == "step" else "Step(y")


@pytest.mark.parametrize(
    ("definitions", "by", "given", "line"),
    [
        ("L: 'max(0, 1 - y*o)'", "o", {"y": "1", "o": "0.4"}, r"&= -y &&\quad \text{since }1 - y o = 0.6 > 0"),
        ("L: 'max(0, 1 - y*o)'", "o", {"y": "1", "o": "2"}, r"&= 0 &&\quad \text{since }1 - y o = -1 < 0"),
        ("L: 'max(0, 1 - y*o)'", "o", {"y": "1", "o": "1"},
         r"&= 0 &&\quad 1 - y o = 0\text{: max has no derivative there; that of the first is taken}"),
        ("L: 'max(0, 1 - y*o)'", "o", {"y": "10", "o": "0.1"}, r"1 - y o = 0\text{: max"),
        ("L: 'min(a, b)'", "a", {"a": "2", "b": "3"}, r"&= 1 &&\quad \text{since }a = 2 < 3 = b"),
        ("L: 'max(a, b)'", "a", {"a": "2", "b": "2"}, r"&= 1 &&\quad a = 2 = b\text{: max"),
        ("L: 'max(a, b, 1)'", "a", {"a": "2", "b": "3"}, r"&= 0 &&\quad \text{since }b = 3 > 2 = a"),
        ("L: 'abs(y - o)'", "o", {"y": "1", "o": "0.4"}, r"&= -1 &&\quad \text{since }y - o = 0.6 > 0"),
        ("L: 'abs(y - o)'", "o", {"y": "1", "o": "1"}, r"y - o = 0\text{: abs has no derivative there; }0\text{ is taken}"),
        ("L: 'elu(z, 1.5)'", "z", {"z": "0"}, r"&= L + 1.5 &&\quad z = 0\text{: ELU has no derivative there; }1.5\text{ is taken}"),
        ("L: '0.5*abs(w) + w^2'", "w", {"w": "-0.3"}, r"&= 0.5 \cdot (-1) + 2 w &&\quad \text{since }w = -0.3 < 0"),
        ("L: 'max(exp(a), exp(b))'", "a", {"a": "0.30001", "b": "0.3"}, r"e^{a} \approx 1.34987 > 1.34986 \approx e^{b}"),
        ("L: 'max(0, relu(z) - 1)'", "z", {"z": "3"}, r"\text{since }\operatorname{ReLU}(z) - 1 = 2 > 0\text{, }z = 3 > 0"),
        ("L: 'relu(-w)'", "w", {"w": "0.4"}, r"\text{since }{-w = -0.4 < 0}"),
        ("L: 'abs(w)'", "w", {"w": "0.4"}, r"0.4 &&\quad \text{since }w = 0.4 > 0"),
    ],
)  # fmt: skip
def test_a_graph_says_which_case_applies(definitions: str, by: str, given: dict[str, str], line: str) -> None:
    assert line in page(definitions, by, **given)


def test_an_unknown_argument_leaves_the_derivative_symbolic() -> None:
    text = page("z: w*x, L: relu(z)", "w", x="2")
    assert r"\operatorname{Step}(z)" in text
    assert r"\text{since" not in text


def test_a_case_far_out_is_decided_with_more_bits() -> None:
    text = page("a: sigmoid(s), z: 1 - a, L: relu(z)", "s", s="300")
    assert r"\text{since }z \approx 5.15 \times 10^{-131} > 0" in text


@pytest.mark.parametrize("activation", [name for name in ALL_ACTIVATIONS if name != "gelu"])
@pytest.mark.parametrize("x", ["1000", "-1000", "0"])
def test_every_activation_is_worked_far_out_and_at_zero(activation: str, x: str) -> None:
    assert neuron(activation, x)


@pytest.mark.parametrize("x", ["30", "-30", "100", "-100"])
def test_gelu_is_worked_as_far_out_as_its_digits_reach(x: str) -> None:
    assert neuron("gelu", x)


@pytest.mark.parametrize(
    ("z_1", "z_2"), [("1000", "-1000"), ("-1000", "1000"), ("0", "0"), ("0.1", "0.1"), ("1000", "1000")]
)
def test_softmax_is_worked_far_out(z_1: str, z_2: str) -> None:
    text = page(
        "p_1: 'softmax(z_1, z_1, z_2)', p_2: 'softmax(z_2, z_1, z_2)', L: -ln(p_1) + p_2", "z_1", z_1=z_1, z_2=z_2
    )
    assert (r"&= 0.5" in text) == (z_1 == z_2)


HINGE = page("L: 'max(0, 1 - y*o)'", "o", y="1", o="0.4")
MARGIN = page("L: 'max(0, 1 - y*o)'", "o", y="1", o="1")
UNIT = neuron("leaky_relu", "-2")
KINK = neuron("relu", "0")


@pytest.mark.parametrize(
    ("text", "before", "after", "finding"),
    [
        (HINGE, "= 0.6 > 0", "= 0.6 < 0", "< in the reason is false"),
        (HINGE, "= 0.6 > 0", "= 0.7 > 0", "= in the reason is false"),
        (HINGE, "= 0.6 > 0", r"\approx 0.6 > 0", r"\approx in the reason is false"),
        (HINGE, "= 0.6 > 0", "= 0.6 > 1", "> in the reason is false"),
        (HINGE, "since }1 - y o = 0.6", "since }o = 0.4", "compares what no case depends on"),
        (HINGE, "&= -y &&", "&= y &&", "the derivative is -1"),
        (HINGE, "&= -y &&", "&= 0 &&", "the derivative is -1"),
        (MARGIN, "&= 0 &&\\quad 1 - y o = 0", "&= -y &&\\quad 1 - y o = 0", "the derivative is 0"),
        (UNIT, "&= 0.01 &&", "&= 1 &&", "the derivative is 0.01"),
        (UNIT, "y_{\\text{in}} = -2 < 0", "y_{\\text{in}} = -2 > 0", "> in the reason is false"),
        (KINK, "}0\\text{ is taken}", "}1\\text{ is taken}", "another derivative is taken"),
    ],
)  # fmt: skip
def test_a_false_reason_is_named(text: str, before: str, after: str, finding: str) -> None:
    assert before in text
    worked = work_text(SPECS[text])
    faults = read_back(text.replace(before, after), "latex", worked.solution, names_of(worked))
    assert any(finding in fault for fault in faults), faults


SPECS = {
    HINGE: "title: T\ngiven: {y: 1, o: 0.4}\ndefine: {L: 'max(0, 1 - y*o)'}\nfind: {gradient: {of: L, by: [o]}}\n",
    MARGIN: "title: T\ngiven: {y: 1, o: 1}\ndefine: {L: 'max(0, 1 - y*o)'}\nfind: {gradient: {of: L, by: [o]}}\n",
    UNIT: "title: T\ngiven: {x: -2, w: 1, y: 1, eta: 0.1}\nnetwork: {activation: leaky_relu, loss: squared_error, units: {y: w*x}}\nfind: {update: [w]}\n",
    KINK: "title: T\ngiven: {x: 0, w: 1, y: 1, eta: 0.1}\nnetwork: {activation: relu, loss: squared_error, units: {y: w*x}}\nfind: {update: [w]}\n",
}


@cache
def pages() -> list[tuple[Worked, str]]:
    worked = [work_text(spec) for spec in case_specs(COUNT)]
    return [(one, write(one, ["latex"]).texts["latex"]) for one in worked]


def test_random_problems_with_cases_are_worked_and_every_line_holds() -> None:
    for one in (work_text(spec) for spec in case_specs(COUNT)):
        assert not one.diagnostics, one.diagnostics
        assert not write(one, ["latex", "markdown"]).diagnostics
    text = "\n".join(text for _, text in pages())
    for word in (
        "since",
        "has no derivative there",
        "Swish",
        "GELU",
        "ELU",
        "LeakyReLU",
        "Softmax",
        r"\max",
        r"\min",
        "Step",
    ):
        assert text.count(word) > 10, word


def test_random_corruptions_of_reasons_are_noticed() -> None:
    """A digit or a sign changed inside a reason; the rest of a page is corrupted in test_readback.py."""
    dice, missed, tried = random.Random(4), [], 0
    reasons = re.compile(r"&&\\quad (?P<reason>.*)")
    while tried < 150:
        worked, text = dice.choice(pages())
        found = list(reasons.finditer(text))
        if not found:
            continue
        match = dice.choice(found)
        places = [place for place in range(*match.span("reason")) if text[place].isdigit() or text[place] in "<>"]
        places = [place for place in places if text[place - 1] not in "_{" and text[place + 1] not in "}"]
        if not places:
            continue
        place, tried = dice.choice(places), tried + 1
        new = {"<": ">", ">": "<"}.get(text[place]) or dice.choice(
            [digit for digit in "0123456789" if digit != text[place]]
        )
        changed = text[:place] + new + text[place + 1 :]
        if not read_back(changed, "latex", worked.solution, names_of(worked)):
            missed.append(difference(text, changed))
    assert len(missed) <= 3, missed


def test_random_corruptions_of_pages_with_cases_are_noticed() -> None:
    dice, missed = random.Random(5), []
    for place in range(150):
        worked, text = dice.choice(pages())
        changed = corrupt(text, ("digit", "sign", "operand")[place % 3], dice)
        if not read_back(changed, "latex", worked.solution, names_of(worked)):
            missed.append(difference(text, changed))
    assert len(missed) <= 4, missed


@pytest.mark.parametrize(
    ("activation", "x", "stated", "line"),
    [
        ("relu", "0.4", "0.4", r"&= 1 &&\quad \text{since }y_{\text{in}} = 0.4 > 0"),
        ("relu", "0", "0", r"y_{\text{in}} = 0\text{: ReLU has no derivative there"),
        ("elu", "-0.5", "-0.39", r"&= y_{\text{out}} + 1 &&\quad \text{since }y_{\text{in}} = -0.5 < 0"),
    ],
)
def test_a_stated_output_keeps_its_case(activation: str, x: str, stated: str, line: str) -> None:
    spec = f"title: T\ngiven: {{x: {x}, w: 1, y: 1, y_out: {stated}, eta: 0.1}}\nnetwork: {{activation: {activation}, loss: squared_error, units: {{y: w*x}}}}\nfind: {{update: [w]}}\n"
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    assert line in written.texts["latex"]


def test_a_brief_page_says_which_case_a_derivative_is_of() -> None:
    text = work_text(
        "title: T\ndetail: short\ngiven: {x: 2, w: 0.5, t: 3}\ndefine: {z: w*x, a: relu(z), L: abs(a - t)}\n"
        "find: {gradient: {of: L, by: [w]}}\n"
    )
    written = write(text, ["markdown"]).texts["markdown"]
    assert r"\frac{\partial \operatorname{ReLU}(z)}{\partial z} = 1 && \text{since }z = 1 > 0" in written
    assert r"\frac{\partial \left|a - t\right|}{\partial a} = -1 && \text{since }a - t = -2 < 0" in written
    assert "operatorname{sign}" not in written
    assert "operatorname{Step}" not in written


HUBER = "title: T\ngiven: {p: P, t: 1, eta: 0.1}\ndefine:\n  d: abs(p - t)\n  L: min(d, 1)*(d - min(d, 1)/2)\nfind: {gradient: {of: L, by: [p]}}\n"


@pytest.mark.parametrize(
    ("p", "value", "slope"),
    [
        ("3", r"&= 1 \cdot 1.5 && \text{since }d = 2 > 1 \\", r"&= 0\left(d - \frac{\min(d, 1)}{2}\right) + \min(d, 1)\,\left(1 - \frac{0}{2}\right) && \text{since }d = 2 > 1 \\"),
        ("1.5", r"&= 0.5 \cdot 0.25 && \text{since }d = 0.5 < 1 \\", r"&= 1\left(d - \frac{\min(d, 1)}{2}\right) + \min(d, 1)\,\left(1 - \frac{1}{2}\right) && \text{since }d = 0.5 < 1 \\"),
    ],
)  # fmt: skip
def test_a_case_inside_a_formula_is_told_and_its_derivative_is_one_or_nothing(p: str, value: str, slope: str) -> None:
    worked = work_text(HUBER.replace("P", p))
    written = write(worked, ["markdown"])
    assert not written.diagnostics, written.diagnostics
    page = unwrapped(written.texts["markdown"])
    assert value in page
    assert slope in page


def test_what_is_taken_for_a_step_at_zero_is_told_and_checked() -> None:
    """Many courses take 1 there."""
    spec = "title: T\ngiven: {x: 0, w: 2}\ndefine: {y_in: w*x, y: 'F(y_in) + 1', L: 3*y}\n"
    for function, word in (("step", "Step"), ("sign", "sign")):
        worked = work_text(spec.replace("F", function))
        written = write(worked, ["latex", "markdown"])
        assert not written.diagnostics, written.diagnostics
        told = rf"y_{{\text{{in}}}} = 0\text{{: {word} is taken as }}0\text{{ there}}"
        assert told in written.texts["markdown"]
        text = unwrapped(written.texts["latex"])
        assert told in text
        for before, after in (
            ("}0\\text{ there}", "}1\\text{ there}"),
            (r"\quad y_{\text{in}} = 0", r"\quad y_{\text{in}} = 1"),
        ):
            changed = text.replace(before, after)
            assert changed != text
            assert read_back(changed, "latex", worked.solution, names_of(worked))


def test_what_is_continuous_at_a_kink_has_its_value_without_a_word() -> None:
    assert "is taken" not in page("z: relu(x), L: abs(z) + v", "v", x="0", v="1")


@pytest.mark.parametrize(
    ("formula", "by", "given", "told", "untold"),
    [
        ("max(x, 2, u)", "u", {"x": "2", "u": "-3"}, r"\text{since }x = 2 > -3 = u", "derivative there"),
        ("max(x, 2, u)", "x", {"x": "2", "u": "-3"}, r"x = 2\text{: max has no derivative there", "since"),
        ("max(relu(a), relu(b))", "b", {"a": "-1", "b": "-2"}, r"\text{since }b = -2 < 0", "derivative there"),
        ("max(relu(a), relu(b))", "b", {"a": "-1", "b": "0"}, "max has no derivative there", "since"),
        ("max(a, 2*a - 1)", "a", {"a": "1"}, "max has no derivative there", "since"),
        ("max(a, b, 1, c)", "b", {"a": "2", "b": "1", "c": "0"}, r"\text{since }a = 2 > 1 = b", "derivative there"),
    ],
)
def test_a_tie_is_told_only_where_the_derivative_depends_on_it(
    formula: str, by: str, given: dict[str, str], told: str, untold: str
) -> None:
    text = page(f"L: '{formula}'", by, **given)
    slope = text[text.index("Gradient") :]
    assert told in slope
    assert untold not in slope


POOL = "define: {p: 'max(relu(a), relu(b), relu(c), relu(d))', L: p^2}\nfind: {gradient: {of: L, by: [c]}}\n"


def test_many_comparisons_are_a_paragraph_below_their_line() -> None:
    worked = work_text("title: T\ngiven: {a: 0.5, b: -1, c: 1.5, d: 0.125}\n" + POOL)
    written = write(worked, ["latex", "markdown"])
    assert not written.diagnostics, written.diagnostics
    for text in written.texts.values():
        assert not re.search(r"& && *\\text\{,", text)
        assert "Here $\\operatorname{ReLU}(c) > \\operatorname{ReLU}(a)$, " in text
        assert "$b = -1 < 0$" in text
    text = written.texts["latex"]
    for before, after in (
        ("$b = -1 < 0$", "$b = -1 > 0$"),
        ("$b = -1 < 0$", "$b = 1 < 0$"),
        ("$b = -1 < 0$", "$b = -2 < 0$"),
        ("ReLU}(c) > ", "ReLU}(c) < "),
    ):
        changed = text.replace(before, after)
        assert changed != text
        assert read_back(changed, "latex", worked.solution, names_of(worked)), after


def test_two_cases_of_one_formula_are_told_side_by_side() -> None:
    spec = "title: T\ngiven: {a: 2, b: -3}\ndefine: {L: 'abs(a) + relu(b) + max(a, b)'}\n"
    written = write(work_text(spec), ["markdown"])
    assert not written.diagnostics, written.diagnostics
    page = written.texts["markdown"]
    assert r"&= 2 + 2 && \text{since }a = 2 > 0\text{, }b = -3 < 0\text{,}" in page
    assert "&& a = 2 > -3 = b" in page
