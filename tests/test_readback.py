"""The promise, tested from outside: every printed line of random problems, re-read from the written LaTeX."""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache

import pytest
from conftest import solved, work_text
from flint import fmpq
from random_specs import specs

from solver.mathtex import MathTex
from solver.names import Prime, Total
from solver.pipeline import Worked, Written, read_back, write
from solver.readback import numbers
from solver.readback.claims import false_lines
from solver.readback.convention import Convention
from solver.readback.page import Line, Row, mathematics
from solver.readback.tex import evaluate, read_formula

COUNT = 500


@cache
def pages() -> list[tuple[Worked, Written]]:
    """The random problems, worked and written as LaTeX."""
    worked = [work_text(spec) for spec in specs(COUNT)]
    return [(one, write(one, ["latex"])) for one in worked]


def test_500_random_problems_are_worked_and_every_written_line_holds() -> None:
    refused = [
        diagnostic.message for worked, written in pages() for diagnostic in (*worked.diagnostics, *written.diagnostics)
    ]
    assert refused == []
    lines = sum(len(list(mathematics(written.texts["latex"], "latex"))) for _, written in pages())
    assert lines > 10_000


def test_the_random_problems_are_as_varied_as_they_claim() -> None:
    text = "\n".join(specs(COUNT))
    for word in (
        "sigmoid",
        "tanh",
        "relu",
        "carry: full",
        "carry: rounded",
        "half_up",
        "half_even",
        *(f"digits: {n}" for n in range(1, 7)),
    ):
        assert text.count(word) > 40, word
    for name in ("x_4:", "h_3:", "o_3:", "define:"):
        assert text.count(name) > 40, name
    assert len(re.findall(r": -?[12][0-9]\.[0-9]{2}\b", text)) > 200


@pytest.mark.parametrize("id", ["sigmoid", "network-2-1-1", "network-3-2-1", "network-3-2-1-stated"])
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_the_problems_of_the_course_hold_as_written(id: str, form: str) -> None:
    worked = solved(id)
    text = write(worked, [form]).texts[form]
    assert read_back(text, form, worked.solution, MathTex()) == ()


STATED = "title: T\ngiven: {x: 0.8, w: 0.7, y: 0, y_in: 0.6}\nnetwork: {activation: sigmoid, loss: half_squared_error, units: {y: w*x}}\nfind: {value: [E]}\n"


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (r"&= w x \\", r"&\approx w x \\", "the same number"),
        (r"&= w x \\", r"&= w + x \\", "member 1 gives 1.50000000000, not 0.600000000000"),
        (r"\approx 0.6 && \text{stated", r"= 0.6 && \text{stated", "= stands before member 2"),
        (r"\approx 0.6 && \text{stated", r"\approx 0.60 && \text{stated", "member 1 gives 0.560000000000"),
        (r"\approx 0.6 && \text{stated", r"\approx 0.56 && \text{stated", "the value that is stated"),
        ("$w = 0.7$", "$w = 0.4$", "member 1 gives 0.320000000000, not 0.600000000000"),
    ],
)  # fmt: skip
def test_a_false_line_of_a_stated_value_is_noticed(right: str, wrong: str, fault: str) -> None:
    worked = work_text(STATED)
    text = write(worked, ["markdown"]).texts["markdown"]
    assert text.count(right) == 1
    assert any(fault in said for said in read_back(text.replace(right, wrong), "markdown", worked.solution, MathTex()))


MATHEMATICS = re.compile(r"\\begin\{(align\*|alignat\*)\}.*?\\end\{\1\}|\\\[.*?\\\]|(?<!\\)\$[^$]+\$", re.DOTALL)
NUMBER = re.compile(r"(?<![0-9.{_a-z])[0-9]+(?:\.[0-9]+)?(?![0-9.])")


def corrupt(text: str, kind: str, dice: random.Random) -> str:
    """The page with one digit, sign or operand of its mathematics changed."""
    spans = [match.span() for match in MATHEMATICS.finditer(text)]
    while True:
        start, end = dice.choice(spans)
        inside = text[start:end]
        inside = re.sub(r"\\tag\{[0-9]+\}|\{2\}", lambda match: "\0" * len(match[0]), inside)
        if kind == "digit":
            found = list(re.finditer(r"[0-9]", inside))
        elif kind == "sign":
            found = list(re.finditer(r"(?<=[0-9a-z}) ])[+-](?= )|(?<=[ (&$])-(?=[0-9\\a-z])", inside))
        else:
            found = list(NUMBER.finditer(inside))
        if not found:
            continue
        match = dice.choice(found)
        others = {"digit": "0123456789", "sign": "+-"}.get(kind) or [number[0] for number in NUMBER.finditer(text)]
        new = dice.choice([other for other in others if other != match[0]])
        if kind == "operand" and float(new) == float(match[0]):
            continue
        return text[: start + match.start()] + new + text[start + match.end() :]


def test_500_random_corruptions_are_noticed() -> None:
    """At least 98 %. What cannot be noticed changes nothing that a reader can check: see the decisions page."""
    dice = random.Random(2)
    missed: Counter[str] = Counter()
    seen = []
    for place in range(500):
        worked, written = dice.choice(pages())
        kind = ("digit", "sign", "operand")[place % 3]
        text = corrupt(written.texts["latex"], kind, dice)
        assert text != written.texts["latex"]
        solution = worked.solution
        if not read_back(text, "latex", solution, names_of(worked)):
            missed[kind] += 1
            seen.append(difference(written.texts["latex"], text))
    assert sum(missed.values()) <= 10, (missed, seen)


def names_of(worked: Worked) -> MathTex:
    from solver.pipeline import printer

    return printer(worked.document, worked.solution)


def difference(before: str, after: str) -> tuple[str, str]:
    return next((a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b)


PAGE = r"""
\item{} Inputs: $x = 0.5$, $w = 0.25$
\begin{align*}
z &= w x + b \\
   &= 0.25 \cdot 0.5 + 0.1 \\
   &= 0.125 + 0.1 \\
   &= 0.225
\end{align*}
\begin{align*}
a &= \operatorname{Act}(z) \\
   &= \operatorname{Sigmoid}(0.225) \\
   &\approx 0.556
\end{align*}
$b = 0.1$
"""


def check(page: str) -> tuple[str, ...]:
    return false_lines(page, "latex", frozenset({"x", "w", "b", "z", "a"}), Convention(3, "half_up", carried=False))


def test_a_true_page_holds() -> None:
    assert check(PAGE) == ()


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        ("0.556", "0.557", "gives 0.55601"),
        (r"\approx 0.556", "= 0.556", "= stands before member 3"),
        ("&= 0.225", r"&\approx 0.225", "≈ stands before member 4"),
        ("0.25 \\cdot 0.5 + 0.1", "0.25 \\cdot 0.5 - 0.1", "= stands before member 2"),
        ("0.125 + 0.1", "0.124 + 0.1", "a part gives 0.125"),
        ("w x + b", "w x - b", "= stands before member 2"),
        ("{Sigmoid}(0.225)", "{Sigmoid}(0.252)", "= stands before member 2"),
        ("$w = 0.25$", "$w = 0.26$", "= stands before member 2"),
        ("0.25 \\cdot 0.5", "0.25 \\cdot q", "cannot be read"),
        ("0.5 + 0.1", "0.5 + -0.1", "two signs in a row"),
        ("w x + b", "w x + a", "z is worked out from itself"),
    ],
)
def test_a_false_line_is_named_with_what_it_gives(before: str, after: str, finding: str) -> None:
    assert before in PAGE
    assert any(finding in fault for fault in check(PAGE.replace(before, after))), check(PAGE.replace(before, after))


DERIVATIVE = r"""
$x = 0.5$
\begin{align*}
a &= \operatorname{Act}(x) \\
   &= \operatorname{Sigmoid}(0.5) \\
   &\approx 0.622
\end{align*}
\begin{align*}
\frac{\partial a}{\partial x} &= \frac{\partial \operatorname{Act}(x)}{\partial x} \\
   &= a(1 - a) \\
   &\approx 0.622 \cdot (1 - 0.622) \\
   &= 0.622 \cdot 0.378 \\
   &\approx 0.235
\end{align*}
"""


def test_a_wrong_rule_that_is_worked_on_consistently_is_noticed() -> None:
    names = frozenset({"x", "a", r"\frac{\partial a}{\partial x}"})
    wrong = DERIVATIVE.replace("a(1 - a)", "a(1 + a)").replace("(1 - 0.622)", "(1 + 0.622)")
    wrong = wrong.replace("0.378", "1.622").replace("0.235", "1.010").replace("0.622 \\cdot", "0.6225 \\cdot")
    wrong = wrong.replace("+ 0.622", "+ 0.6225").replace("1.622", "1.6225")
    found = {
        page: false_lines(page, "latex", names, Convention(3, "half_up", carried=False)) for page in (DERIVATIVE, wrong)
    }
    assert found[DERIVATIVE] == ()
    assert [fault.split(": ")[-1] for fault in found[wrong]] == ["the derivative is 0.235003712202"]


def test_lines_and_rows_are_found_in_both_formats() -> None:
    latex = "$a = 1$ and\n\\begin{align*}\nz &= 1 \\tag{1} \\\\\n   &\\approx 2 &&\\quad \\text{why}\n\\end{align*}\n$w$ & $0.3$ \\\\"
    markdown = "$a = 1$ and\n\n$$\n\\begin{aligned}\nz &= 1 \\\\\n   &\\approx 2 && \\text{why}\n\\end{aligned} \\tag{1}\n$$\n\n| $w$ | $0.3$ |\n"
    expected = [Line("a", (("=", "1"),), running=True), Line("z", (("=", "1"), (r"\approx", "2"))), Row(("w", "0.3"))]
    assert list(mathematics(latex, "latex")) == list(mathematics(markdown, "markdown")) == expected


@pytest.mark.parametrize(
    ("tex", "value"),
    [(r"2 \cdot (1 - 0.25)", "3/2"), (r"\frac{1}{2}(3 - 1)^{2}", "2"), (r"-0.5 \cdot (-2)", "1"), (r"2.5 \times 10^{-2}", "1/40"),
     (r"10^{-3}", "1/1000"), (r"\operatorname{ReLU}(-2)", "0"), (r"\left|1 - 3\right|", "2"), (r"\left(\frac{1}{2}\right)^{2}", "1/4")],
)  # fmt: skip
def test_the_value_of_a_formula(tex: str, value: str) -> None:
    top, _, bottom = value.partition("/")
    assert numbers.number(evaluate(read_formula(tex, frozenset()), lambda name: {})) == fmpq(int(top), int(bottom or 1))


def test_a_total_derivative_beside_a_direct_one_is_printed_with_d() -> None:
    spec = "title: T\ngiven: {x: 2, w: 0.5, y: 1, eta: 0.1}\ndefine:\n  a: w*x\n  L: (a - y)^2 + 0.1*w^2\nfind: {update: {of: [w], minimise: L, rate: eta}}\n"
    worked = work_text(spec)
    text = write(worked, ["latex"]).texts["latex"]
    assert (
        r"\frac{dL}{dw} &= \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial w} + \frac{\partial L}{\partial w}"
        in text
    )
    assert any(isinstance(name, Total) for name in worked.solution.full.graph.by_name)
    assert Prime


@pytest.mark.parametrize(
    "spec",
    [
        # a stated net input whose formula has unknowns
        "given: {x: 1, h_in: -0.35, y: 1, eta: 0.1}\nnetwork: {activation: sigmoid, loss: squared_error, units: {h: w*x + b, y: h*v}}\nfind: {update: [v]}",
        # a net input that is stated as its formula gives it, rounded as its author likes
        "given: {x: 0.8, w: 0.7, y: 0, y_in: 0.6, eta: 0.1}\nnetwork: {activation: sigmoid, loss: half_squared_error, units: {y: w*x}}\nfind: {update: all}",
        "given: {x: 0.5, w: 1.3, y: 0, y_in: 0.6, eta: 0.1}\nnetwork: {activation: sigmoid, loss: half_squared_error, units: {y: w*x}}\nfind: {update: all}",
        "given: {x: 0.8, w: 0.7, y_out: 0.56, y: 0, eta: 0.1}\nnetwork: {activation: linear, loss: half_squared_error, units: {y: w*x}}\nfind: {update: all}",
        # fractions among the givens come back as derivatives
        "given: {x_1: 1/3, x_2: -2/3, w_1: 0.5, w_2: 0.25, y: 1, eta: 0.1}\nnetwork: {activation: sigmoid, loss: half_squared_error, units: {y: w_1*x_1 + w_2*x_2}}\nfind: {update: all}",
        # a derivation with other symbols than its variable
        "derive: {function: 'f(x) = a*x^3 - b*x + c/x - 4*sqrt(x)', by: x}",
        "derive: {function: 'L(a) = -(y*ln(a) + (1 - y)*ln(1 - a))', by: a, steps: [{to: (a - y)/(a*(1 - a)), because: one fraction}]}",
        # what a web address may hold
        "source: 'http://example.org/z_(a)?b=1&c=$2 and $3'\ngiven: {x: 1}\ndefine: {a: 2*x}",
        # ten to a power is no power of ten written for short
        "given: {x: 10, y: 3}\ndefine: {L: x^2/2 + 0.5*y^2}\nfind: {gradient: {of: L, by: [x, y]}}",
        # a statement of a run names quantities without the marks of an update
        "statement: 'Minimise {L}.'\ngiven: {x: 1, eta: 0.4}\ndefine: {L: x^2}\nfind: {update: {of: [x], minimise: L, rate: eta}}\ntrain: {epochs: 2}",
        # the summary of a run tells of a last update that is not worked on the page
        "given: {x: 1, eta: 0.3}\ndefine: {L: x^2}\nfind: {update: {of: [x], minimise: L, rate: eta}}\ntrain: {epochs: 3, show: [1]}",
        # an unknown beside a negative number put in
        "given: {x: 2, w_1: -0.5, w_2: 2, y: 1, eta: 0.1}\nnetwork: {activation: {a: tanh, y: linear}, loss: half_squared_error, units: {a: w_1*x, y: w_2*a + w_s*x}}\nfind: {update: [w_2]}",
        # a net input that subtracts looks like an update
        "given: {x: 2, w: 0.5, b: 1, y: 1, eta: 0.1}\nnetwork: {activation: linear, loss: half_squared_error, units: {y: b - w*x}}\nfind: {update: [b, w]}",
        # a quantity d above a line is no derivative
        "given: {x: 3, d: 2}\ndefine: {r: d/2 + d/(d*x) + (d + 1)/d, L: r*d/2}\nfind: {gradient: {of: L, by: [x, d]}}",
        # the value of an activation in its own derivative, inside and outside of a sum
        "given: {x: 1, w: 0.8, u: -0.5}\ndefine: {h_1: tanh(u*x), h_2: 'elu(w*h_1 + u*x, 1.5)', L: h_2^2}\nfind: {gradient: {of: L, by: [w, u]}}",
        # the drawing of a run has names with the mark of a sample
        "given: {w: 1, eta: 0.4}\nsamples: [{x: 1}, {x: 2}]\ndefine: {L: (w*x)^2}\nfind: {update: {of: [w], minimise: L, rate: eta}}\ntrain: {mode: batch}",
    ],
)
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_pages_that_are_true_are_not_refused(spec: str, form: str) -> None:
    worked = work_text(f"title: T\n{spec}\n")
    assert not worked.diagnostics, worked.diagnostics
    assert not write(worked, [form]).diagnostics


SYMBOLIC = {
    "one weight of a softmax": "layers: [{activation: tanh, weights: [[p, 0.1], [0.3, 0.4]], biases: [0.1, 0.2]}, "
    "{activation: softmax, weights: [[0.5, 0.1], [-0.4, 0.4], [0.3, 0.2]]}], targets: [1, 0, 0], loss: cross_entropy",
    "an output weight of a softmax": "layers: [{activation: tanh, weights: [[0.7, 0.1], [0.3, 0.4]]}, "
    "{activation: softmax, weights: [[q, 0.1], [-0.4, 0.4], [0.3, 0.2]]}], targets: [1, 0, 0], loss: cross_entropy",
    "a column of a softmax": "layers: [{activation: softmax, weights: [[p, 0.1], [q, 0.4]]}], targets: [1, 0], loss: cross_entropy",
}


@pytest.mark.parametrize("top", ["method: backprop", "notation: matrix"])
@pytest.mark.parametrize("network", SYMBOLIC.values(), ids=list(SYMBOLIC))
def test_output_minus_target_of_unknown_weights_is_read(network: str, top: str) -> None:
    worked = work_text(
        f"title: T\n{top}\ngiven: {{eta: 0.1}}\nnetwork: {{inputs: [1, 2], {network}}}\nfind: {{update: all}}\n"
    )
    assert worked.diagnostics == ()
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


def test_a_false_form_with_an_unknown_in_a_divisor_is_noticed() -> None:
    worked = work_text(
        "title: T\nmethod: backprop\ngiven: {x: 1, y: 1, eta: 0.1}\n"
        "network: {activation: sigmoid, loss: binary_cross_entropy, units: {y: w*x + b}}\nfind: {update: all}\n"
    )
    page = write(worked, ["markdown"]).texts["markdown"]
    math = worked.math
    assert read_back(page, "markdown", worked.solution, math) == ()
    for true, false in (
        (r"= (1 - y)y_{\text{out}} - y(1 - y_{\text{out}})", r"= (1 - y)y_{\text{out}} + y(1 - y_{\text{out}})"),
        (r"&= \frac{1 - 1}{1 - y_{\text{out}}} - \frac{1}{y_{\text{out}}}", r"&= \frac{1 - 1}{1 - y_{\text{out}}} + \frac{1}{y_{\text{out}}}"),
        (r"&= y_{\text{out}} - y \\", r"&= y - y_{\text{out}} \\"),
        (r"&= y_{\text{out}}(1 - y_{\text{out}})", r"&= y_{\text{out}}(1 + y_{\text{out}})"),
    ):  # fmt: skip
        assert page.count(true) == 1, true
        assert read_back(page.replace(true, false), "markdown", worked.solution, math), false
