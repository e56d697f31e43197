"""The pages of derivations: their steps, reasons and plots."""

from __future__ import annotations

import re

import pytest
from conftest import page_of, solved, work_text, works
from flint import fmpq
from random_derivations import X, derivation

from solver.derivations.find import derive_functions
from solver.derivations.proof import value_at
from solver.derivations.step import Step
from solver.document import Section
from solver.expression import Derivative, walk
from solver.mathtext import text
from solver.parse import parse_expression
from solver.pipeline import printer

NOTE = (
    r"\frac{\partial}{\partial x} [f(x)]",
    r"\frac{\partial}{\partial x} \left[\frac{1}{1+e^{-x}} \right]",
    r"\frac{\partial}{\partial x} \left[(1+e^{-x})^{-1} \right]",
    r"\frac{(1+e^{-x}) \cdot 0 - 1 \cdot (-e^{-x})}{(1+e^{-x})^2}",
    r"\frac{e^{-x}}{(1+e^{-x})^2}",
    r"\frac{1 - 1 + e^{-x}}{(1+e^{-x})^2}",
    r"\frac{1 + e^{-x}}{(1+e^{-x})^2} - \frac{1}{(1+e^{-x})^2}",
    r"\frac{1}{(1+e^{-x})} - \frac{1}{(1+e^{-x})^2}",
    r"\frac{1}{(1+e^{-x})} \left(1 - \frac{1}{1+e^{-x}} \right)",
    r"f(x) * (1 - f(x))",
)
"""The handwritten note on the sigmoid's derivative; in its seventh line a product stood for the difference, and its first two lines the other way round."""


def test_the_sigmoid_page_is_line_for_line_the_note() -> None:
    def bare(tex: str) -> str:
        for old, new in ((r"\partial", "d"), (r"\left", ""), (r"\right", ""), ("*", ""), (r"\,", ""), ("^{2}", "^2")):
            tex = tex.replace(old, new)
        return re.sub(r"[\s()\[\]]", "", tex)

    worked = solved("sigmoid")
    math = printer(worked.document, worked.solution)
    (working,) = worked.solution.derived.workings
    assert [bare(math.tex(step.after)) for step in working.steps] == [bare(line) for line in NOTE]


def test_steps_are_records_with_the_steps_inside_them() -> None:
    derived = derive_functions(derivation(parse_expression("1/(1 + exp(-x))"), detail="substeps"))
    quotient = next(step for step in derived.workings[0].steps if step.rule == "quotient")
    assert [(step.rule, text(step.after)) for step in quotient.substeps] == [("constant", "0"), ("sum", "-exp(-x)")]
    chain = quotient.substeps[1].substeps[1]
    assert (chain.rule, chain.function, text(chain.after)) == ("chain", "exp", "-exp(-x)")
    assert all(isinstance(step, Step) for step in chain.substeps)


def test_a_plot_is_the_same_each_time_and_lies_on_the_curve() -> None:
    from solver.curves import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Curve, plot

    curve = Curve(parse_expression("sigmoid(x)"), parse_expression("x"))
    first, again = (plot([curve], X, fmpq(-4), fmpq(4), {}) for _ in range(2))
    assert first == again
    (stroke,) = (stroke for stroke in first.strokes if stroke.style == "curve")
    ((*points,),) = stroke.lines
    assert len(points) < 120
    for x, y in points:
        at = fmpq(round(x * 10), 10) - LEFT
        value = value_at(curve.formula, {X: fmpq(-4) + 8 * at / (WIDTH - LEFT - RIGHT)})
        high = 1.06 * float(value_at(curve.formula, {X: fmpq(4)}).mid())
        assert y == pytest.approx(TOP + (high - float(value.mid())) / high * (HEIGHT - TOP - BOTTOM), abs=1.0)


def test_what_is_tidied_has_a_line_for_each_kind_of_tidying() -> None:
    lines = work_text("title: T\nderive: {function: 'f(x) = x/(1 + x^2)', by: x}\n").solution.derived.workings[0].steps
    shown = [(step.rule, text(step.after)) for step in lines[3:]]
    assert shown == [("tidy", "(1 + x^2 - x*2*x)/(1 + x^2)^2"), ("like factors", "(1 + x^2 - 2*x^2)/(1 + x^2)^2"),
                     ("like terms", "(1 - x^2)/(1 + x^2)^2")]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("function: f(x) = x^2 - 1 - x", "sum rule, power rule"),
        ("function: f(x) = exp(x)/(1 + exp(x))", "quotient rule, derivative of exp"),
        ("function: f(x) = 1/(1 + x)", "quotient rule"),
        ("{function: f(x) = 1/(1 + x), rule: power}", "power rule and chain rule"),
        ("{function: f(x) = (1 + x)^(-1), rewrite: 1/(1 + x), rule: power}", "power rule and chain rule applied to (1 + x)^(-1)"),
    ],
)  # fmt: skip
def test_a_line_names_every_rule_that_it_uses(given: str, reason: str) -> None:
    worked = works("title: T\nderive: {" + given.strip("{}") + ", by: x}\n")
    (chain,) = (block.blocks[0] for block in worked.document.blocks if getattr(block, "key", "") == "derivation")
    assert reason in [
        "".join(getattr(part, "text", "") or text(part.left) for part in link.reason) for link in chain.links
    ]


def test_a_first_line_that_is_split_says_that_it_is_and_the_terms_are_taken_by_their_own_rules() -> None:
    steps = solved("softmax-weights").solution.derived.workings[0].steps
    assert [(step.rule, step.along) for step in steps[:2]] == [
        ("definition and sum", ()), ("constant factor", (("constant", ""),))]  # fmt: skip
    assert r"\text{definition of }L\text{, sum rule}" in page_of("logistic-regression-batch")
    page = page_of("softmax-weights")  # the constant comes first in one of them and last in the other
    assert page.count("## The derivative") == 1


@pytest.mark.parametrize("id", ["quotient", "product", "squared-error", "logarithm"])
def test_every_derivative_inside_a_line_is_found_below_it(id: str) -> None:
    sections = {block.key: block.blocks for block in solved(id).document.blocks if isinstance(block, Section)}
    lines, below = sections["derivation"], sections["substeps"]
    opened = [link.member for link in lines[0].links[2:]]  # the first two say what is differentiated
    taken = {part for member in opened for part in walk(member) if isinstance(part, Derivative)}
    assert taken
    assert taken <= {chain.left for chain in below}
