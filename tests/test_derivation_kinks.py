"""Domains, kinks and functions by cases: what is said of them, and that it is so."""

from __future__ import annotations

import random
import re

import pytest
from conftest import page_of, solved, work_text, works
from flint import ctx, fmpq
from random_derivations import X, derivation

from solver.derivations.derived import Piece
from solver.derivations.find import derive_functions
from solver.derivations.proof import are_one, value_at
from solver.derivations.roots import approximate
from solver.expression import Expression, symbols
from solver.mathtext import text
from solver.parse import parse_expression
from solver.pipeline import write

CHAPTER = {
    "sigmoid", "sigmoid-by-powers", "sigmoid-by-exponentials", "tanh", "tanh-by-sigmoid", "relu", "leaky-relu",
    "softplus", "swish", "gelu", "softmax", "log-softmax", "binary-cross-entropy", "cross-entropy", "squared-error",
    "gaussian", "logistic-regression", "reciprocal", "power", "exponential", "logarithm", "product", "quotient",
}  # fmt: skip


@pytest.mark.parametrize("id", sorted(CHAPTER))
def test_each_page_of_the_chapter_has_a_plot_a_domain_and_three_points(id: str) -> None:
    page = write(solved(id), ["markdown"]).texts["markdown"]
    assert 'class="solver-curve"' in page
    assert 'class="solver-second-curve"' in page
    assert len(re.findall(r"^\| \$-?[0-9.]+\$ \|", page, re.MULTILINE)) >= 3
    assert "Domain: " in page
    assert "ifferentiable at" in page


@pytest.mark.parametrize(
    ("formula", "said"),
    [("ln(x)", "Domain: $x > 0$"), ("1/x", r"Domain: $x \ne 0$"), ("sqrt(1 - x)", r"Domain: $x \le 1$"),
     ("1/(1 + exp(-x))", "Domain: all real numbers"), ("abs(2*x - 1)", r"Not differentiable at $x = \frac{1}{2}$"),
     ("relu(x)", "the slope is $0$ on the left and $1$ on the right"), ("step(x)", "where its value jumps"),
     ("elu(x)", "Differentiable at $x = 0$ too"), ("max(0, 1 - x)", "Not differentiable at $x = 1$")],
)  # fmt: skip
def test_the_domain_and_the_kinks_are_said(formula: str, said: str) -> None:
    worked = work_text(f"title: T\nderive: {{function: 'f(x) = {formula}', by: x, plot: {{from: -2, to: 2}}}}\n")
    written = write(worked, ["markdown", "latex"])
    assert written.diagnostics == ()
    assert said in written.texts["markdown"]


@pytest.mark.parametrize(
    ("formula", "points", "formulas"),
    [
        ("abs(x - 1) + abs(x + 2)", ["-2", "1"], ["-1 - 2*x", "3", "2*x + 1"]),
        ("max(-1, min(1, x))", ["-1", "1"], ["-1", "x", "1"]),
        ("max(x, 0, 2*x - 1)", ["0", "1"], ["0", "x", "2*x - 1"]),
        ("x*abs(x)", ["0"], ["-x^2", "x^2"]),
        ("abs(x^2 - 1)", ["-1", "1"], ["x^2 - 1", "1 - x^2", "x^2 - 1"]),
        ("abs(x^2 - x - 1)", ["1/2 - sqrt(5)/2", "1/2 + sqrt(5)/2"], ["x^2 - x - 1", "1 + x - x^2", "x^2 - x - 1"]),
        ("abs(x^2 + 1)", [], ["x^2 + 1"]),
        ("relu(x) - relu(-x)", [], ["x"]),
        ("relu(1 - relu(x))", ["0", "1"], ["1", "1 - x", "0"]),
        ("ln(x) + abs(x - 1)", ["0", "1"], ["ln(x) + 1 - x", "ln(x) + x - 1"]),
        ("abs(x - a) + abs(x - a - 1)", ["a", "a + 1"], ["2*a - 2*x + 1", "1", "2*x - 2*a - 1"]),
        ("abs(exp(x)*(x - 2))", ["2"], ["-exp(x)*(x - 2)", "exp(x)*(x - 2)"]),
    ],
)  # fmt: skip
def test_a_function_with_kinks_is_cut_into_ordered_intervals(
    formula: str, points: list[str], formulas: list[str]
) -> None:
    derived = derive_functions(derivation(parse_expression(formula)))
    cuts = [piece.low for piece in derived.pieces if piece.low is not None]
    for found, expected in ((cuts, points), ([piece.formula for piece in derived.pieces], formulas)):
        assert len(found) == len(expected)
        assert all(are_one(node, parse_expression(wanted)) for node, wanted in zip(found, expected, strict=True))
    worked = work_text(
        f"title: T\nderive: {{function: 'f(x) = {formula}', by: x{', example: {a: 1}' if 'a*' in formula or '- a' in formula else ''}}}\n"
    )
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


@pytest.mark.parametrize("formula", ["abs(sin(x))", "abs(x^3 - 2)", "abs(x - exp(x))", "abs(a*x - 1)"])
def test_where_the_cuts_are_not_found_the_page_says_what_it_does_not_know(formula: str) -> None:
    worked = work_text(
        f"title: T\nderive: {{function: 'f(x) = {formula}', by: x{', example: {a: 1}' if 'a*' in formula or '- a' in formula else ''}}}\n"
    )
    page = write(worked, ["markdown", "latex"])
    assert page.diagnostics == ()
    assert worked.solution.derived.pieces == ()
    assert "is zero the formula changes" in page.texts["markdown"]
    assert "Differentiable at every point" not in page.texts["markdown"]


def random_kinked(dice: random.Random, depth: int) -> str:
    """Sums, products and nestings of functions with kinks, of polynomials with whole numbers."""
    if depth == 0:
        return dice.choice(
            ["x", "x", f"x - {dice.randint(1, 3)}", f"{dice.randint(2, 3)}*x + 1", "x^2 - 1", "x^2 + x - 3"]
        )
    inner = [random_kinked(dice, depth - 1) for _ in range(2)]
    return dice.choice([
        f"abs({inner[0]})", f"relu({inner[0]})", f"max({inner[0]}, {inner[1]})", f"min({inner[0]}, {inner[1]})",
        f"({inner[0]}) + ({inner[1]})", f"({inner[0]})*({inner[1]})", f"leaky_relu({inner[0]})",
    ])  # fmt: skip


def test_200_random_functions_with_kinks_have_the_slopes_of_their_intervals() -> None:
    """An oracle of its own: difference quotients from either side of each kink, and inside each interval."""
    dice, kinks, split = random.Random(7), 0, 0
    for _ in range(200):
        formula = parse_expression(random_kinked(dice, dice.randint(1, 2)))
        if X not in symbols(formula):
            continue
        derived = derive_functions(derivation(formula))
        split += len(derived.pieces) > 1
        ends = derived.breaks({})
        places = [at + side * fmpq(1, 10**9) for at in ends for side in (-1, 1)]
        for place in (*places, fmpq(-51, 7), fmpq(52, 7)):
            piece = next((p for p in derived.pieces if inside(place, p)), None)
            if piece is not None:
                slope = float(value_at(piece.working.result, {X: place}).mid())
                assert slope == pytest.approx(quotient(formula, place, fmpq(1, 10**14)), rel=1e-4, abs=1e-4), text(
                    formula
                )
        for kink in derived.kinks:
            kinks += 1
            (at,) = (end for end in ends if abs(end - value_near(kink.point)) < fmpq(1, 10**9))
            left, right = (quotient(formula, at + side * fmpq(1, 10**9), fmpq(1, 10**14)) for side in (-1, 1))
            assert kink.is_smooth is (abs(left - right) < 1e-4), text(formula)
    assert split > 60
    assert kinks > 120


def inside(place: fmpq, piece: Piece) -> bool:
    low, high = (None if end is None else value_near(end) for end in (piece.low, piece.high))
    return (low is None or low < place) and (high is None or place < high)


def value_near(node: Expression) -> fmpq:
    found = approximate(node)
    assert found is not None
    return found


def quotient(formula: Expression, place: fmpq, step: fmpq) -> float:
    with ctx.workprec(192):
        ends = [value_at(formula, {X: place + side * step}) for side in (1, -1)]
        return float(((ends[0] - ends[1]) / (2 * step)).mid())


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x^2*y", r"- Domain: all real $x$, $y$"),
        ("ln(x + y)/x", r"- Domain: $x \ne 0$, $x > -y$"),
        ("tan(x)*y", r"- Domain: $\cos(x) \ne 0$"),
        ("sqrt(x^2 + y^2)", r"- Where $x^{2} + y^{2}$ is zero there may be no derivative"),
        ("abs(x - y)", r"- Not differentiable where $x - y$ is zero: where it is negative, $\frac{\partial f}{\partial x}$ is $-1$, $\frac{\partial f}{\partial y}$ is $1$; where it is positive, $\frac{\partial f}{\partial x}$ is $1$, $\frac{\partial f}{\partial y}$ is $-1$"),
        ("y*abs(x)", r"where it is negative, $\frac{\partial f}{\partial x}$ is $-y$; where it is positive, $\frac{\partial f}{\partial x}$ is $y$. Where it is zero there is no derivative, unless the two are equal"),
        ("relu(x + y)^2", "- Differentiable at every point of its domain"),
        ("abs(x) + abs(y)", "- Where $y$ is zero the formula changes, and there may be no derivative"),
        ("abs(x^2 + y^2 + 1)", "- Differentiable at every point of its domain"),
    ],
)  # fmt: skip
def test_the_domain_and_the_kinks_of_several_variables_are_said(formula: str, said: str) -> None:
    worked = work_text(f"title: T\nderive: {{function: 'f(x, y) = {formula}', by: [x, y]}}\n")
    written = write(worked, ["markdown", "latex"])
    assert written.diagnostics == ()
    assert said in written.texts["markdown"]


@pytest.mark.parametrize(
    ("formula", "said"),
    [("x*sqrt(x)", "Differentiable at every point"), ("sqrt(x) + x", "Not differentiable where $x$ is zero"),
     ("sqrt(x^2 - 2*x + 1)", "there may be no derivative"), ("sqrt(abs(x))", "Not known to be differentiable at $x = 0$"),
     ("ln(abs(x))", "Differentiable at every point"), ("abs(1/x)", "Differentiable at every point"),
     ("sign(x)^2", "Not differentiable at $x = 0$, where its value jumps")],
)  # fmt: skip
def test_nothing_is_said_of_a_derivative_that_is_not_known(formula: str, said: str) -> None:
    worked = work_text(f"title: T\nderive: {{function: 'f(x) = {formula}', by: x}}\n")
    written = write(worked, ["markdown"])
    assert written.diagnostics == ()
    assert said in written.texts["markdown"]


def test_a_gradient_with_a_switch_says_where_it_holds_and_what_its_steps_are() -> None:
    page = page_of("hinge")
    where = r"For $1 - y(w_1 x_1 + w_2 x_2) \ne 0$:"
    assert page.count(where) == 3
    for heading in ("## The derivative", "## In the same way", "## Gradient"):
        assert where in page[page.index(heading) :].split("$$")[0]
    assert page.index("Step is $1$ where its argument is positive and $0$ where it is negative.") < page.index(
        r"{Step}"
    )
    given, gradient = page.split("## The derivative")[0], page.split("## Gradient")[1]
    assert r"\frac{\partial L}{\partial w_2}$ is $0$; where it is positive," in gradient
    assert r"\frac{\partial L}{\partial w_2}$ is $-y x_2$. Where it is zero there is no gradient, unless" in gradient
    assert "is zero the formula changes" not in given


def test_where_there_is_no_derivative_is_said_with_the_result() -> None:
    for id, condition in (("root", "For $x > 0$:"), ("leaky-relu", ""), ("elu", "")):
        before, result = page_of(id).split("## Result")
        assert "ifferentiable" not in before
        assert "ifferentiable" in result
        assert condition in result
    assert (
        "the slope is $0.1$ on the left and $1$ on the right; where a number is needed, this course takes $0.1$ there"
        in page_of("leaky-relu")
    )
    assert (
        r"\begin{cases} x & x \ge 0 \\[4pt] e^{x} - 1 & x < 0 \end{cases}" in page_of("elu").split("## Derivation")[0]
    )
    steered = works("title: T\nderive: {function: f(x) = abs(x) + 1, by: x, rule: sum}\n")
    assert write(steered, ["markdown"]).texts["markdown"].count(r"For $x \ne 0$:") == 2


def test_what_is_not_negative_is_said_and_used_in_the_domain() -> None:
    spec = "title: T\nderive: {function: 'f(x) = 1/(exp(x) + R)', by: x%s}\n"
    assert r"- Domain: $e^{x} + R \ne 0$" in write(works(spec % ""), ["markdown"]).texts["markdown"]
    page = write(works(spec % ", not_negative: R"), ["markdown"]).texts["markdown"]
    assert "- Given that $R \\ge 0$\n- Domain: all real numbers\n" in page
    zero = (spec % ", not_negative: R").replace("exp(x) + R", "R*exp(x)")  # R may be zero
    assert r"- Domain: $R\,e^{x} \ne 0$" in write(works(zero), ["markdown"]).texts["markdown"]
    for wrong in (", not_negative: x", ", not_negative: S", ", not_negative: R, example: {R: -1}"):
        assert work_text(spec % wrong).diagnostics


@pytest.mark.parametrize(
    "formula", ["abs(x^2 - 1) + abs(x)", "max(-1, min(1, x))", "abs(x - 10) + abs(x - 10.001)", "abs(x^2 - 2)"]
)
def test_a_function_by_cases_is_checked_in_each_of_its_pieces(formula: str) -> None:
    worked = works(f"title: T\nderive: {{function: 'f(x) = {formula}', by: x}}\n")
    rows = re.findall(r"^\| \$(-?[0-9.]+)\$ \|", write(worked, ["markdown"]).texts["markdown"], re.MULTILINE)
    points = [fmpq(round(float(row) * 10**4), 10**4) for row in rows]
    assert points == sorted(points)
    derived = worked.solution.derived
    wide = [
        piece
        for piece in derived.pieces
        if piece.low is None or piece.high is None or value_near(piece.high) - value_near(piece.low) > fmpq(1, 100)
    ]
    assert len(wide) >= 2
    assert all(any(inside(point, piece) for point in points) for piece in wide)
