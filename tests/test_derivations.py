"""Derivations: every result against sympy, random expressions, false lines, and what is said of a line not proven."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from functools import cache

import pytest
from conftest import PROBLEMS, solved, work_text
from flint import fmpq
from hypothesis import HealthCheck, given, settings
from strategies import expressions

from solver.data import as_json
from solver.derivations.derived import Working, proven
from solver.derivations.equations import rearrange
from solver.derivations.find import derive_functions
from solver.derivations.meaning import Meaning
from solver.derivations.mend import changes
from solver.derivations.proof import are_one, compare
from solver.derivations.rules import taken_whole
from solver.derivations.step import Step
from solver.derivations.written import in_form
from solver.expression import Call, Derivative, Expression, Negate, Power, Product, Quotient, Sum, Symbol, Term, symbols
from solver.mathtext import text
from solver.names import Name, Prime, Second, Total
from solver.parse import parse_equation, parse_expression
from solver.pipeline import Worked, write
from solver.problem import Derivation, FunctionDefinition, Rearrangement, Substitution

X = Name("x")
DERIVED = [path.stem for path in PROBLEMS if solved(path.stem).solution.derived is not None]
POINTS = ("0.37", "1.29", "2.41", "-0.83", "0.051")


def agrees_with_sympy(ours: Expression, formula: Expression, by: tuple[Name, ...]) -> bool:
    """Whether an expression equals sympy's derivative: by simplification, else to 30 digits at five points."""
    import sympy

    from solver.symbolic import to_sympy

    expected = to_sympy(formula)
    for name in by:
        expected = sympy.diff(expected, sympy.Symbol(name.text, real=True))
    difference = to_sympy(ours) - expected.doit()
    if difference == 0:
        return True
    free = sorted(difference.free_symbols, key=str)
    compared = 0
    for place in range(len(POINTS)):
        values = {s: sympy.Rational(POINTS[(place + 2 * at) % len(POINTS)]) for at, s in enumerate(free)}
        value = sympy.N(difference.subs(values), 40)
        if value.is_real:
            assert abs(value) < sympy.Float("1e-28"), (text(ours), values, value)
            compared += 1
    return compared > 1


@pytest.mark.parametrize("id", DERIVED)
def test_the_result_of_each_derivation_is_sympys(id: str) -> None:
    solution = solved(id).solution
    derivation, derived = solution.problem.derivation, solution.derived
    if not isinstance(derivation, Derivation):
        pytest.skip("no derivative of a function: tested below")
    formulas = {function.name: function.formula for function in derivation.functions}
    for working in derived.workings:
        by = (working.name.by, working.name.then) if isinstance(working.name, Second) else (working.name.by,)
        assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formulas[working.name.of], by)


@pytest.mark.parametrize("id", DERIVED)
def test_every_line_of_the_chapter_is_proven(id: str) -> None:
    """Proven, not only checked at points: the author's own lines among them."""
    derived = solved(id).solution.derived
    for working in derived.all_workings:
        assert all(step.proof is not None and step.proof.is_proof for step in working.steps[1:]), id
    assert all(step.proof is not None and step.proof.is_proof for step in derived.equations)


@pytest.mark.parametrize("id", DERIVED)
@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_each_page_is_read_back_without_a_false_line(id: str, form: str) -> None:
    assert write(solved(id), [form]).diagnostics == ()


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
    if len(solved(id).solution.problem.derivation.by) == 1:
        assert "Domain: " in page
        assert "ifferentiable at" in page


# Random expressions from the table.


@cache
def functions_of_x() -> tuple[str, ...]:
    from solver.functions import FUNCTIONS

    kinked = {name for name, row in FUNCTIONS.items() if row.cases or row.chosen}
    return tuple(n for n, row in FUNCTIONS.items() if row.least == 1 and not row.domain and n not in kinked)


def random_expression(dice: random.Random, depth: int) -> Expression:
    """Sums, products, quotients, powers and functions of the table, of a name x and a parameter a."""
    if depth == 0:
        return dice.choice([Symbol(X), Symbol(X), Symbol(Name("a")), parse_expression(str(dice.randint(1, 9)))])
    kind = dice.randrange(7)
    inner = [random_expression(dice, depth - 1) for _ in range(2)]
    if kind == 0:
        return Sum((Term(1, inner[0]), Term(dice.choice((1, -1)), inner[1])))
    if kind == 1:
        return Product(tuple(inner))
    if kind == 2:
        return Quotient(
            inner[0], Sum((Term(1, parse_expression("2")), Term(1, Power(inner[1], parse_expression("2")))))
        )
    if kind == 3:
        return Power(inner[0], parse_expression(str(dice.randint(2, 4))))
    if kind == 4:
        return Negate(inner[0])
    return Call(dice.choice(functions_of_x()), (inner[0],))


def random_functions(count: int) -> list[Expression]:
    dice, found = random.Random(5), []
    while len(found) < count:
        node = random_expression(dice, dice.randint(1, 3))
        if X in symbols(node):
            found.append(node)
    return found


def derivation(formula: Expression, **options) -> Derivation:
    return Derivation((FunctionDefinition(Name("f"), (X,), formula),), (X,), **options)


RANDOM = random_functions(320)


def test_320_random_derivatives_are_sympys_and_no_line_is_left_unproven_and_unmarked() -> None:
    """Line by line as the page shows them; a line that is only checked says so in its proof."""
    by_points, lines = 0, 0
    for formula in RANDOM:
        derived = derive_functions(derivation(formula))
        (working,) = derived.workings
        for step in working.steps[1:]:
            assert step.proof is not None, text(formula)
            lines += 1
            by_points += not step.proof.is_proof
        assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formula, (X,)), text(formula)
    assert lines > 1_000
    assert by_points < lines / 50


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(expressions)
def test_the_two_routes_to_a_derivative_agree(node: Expression) -> None:
    """Rules on the tree against normal forms, which share no rule with them."""
    taken = Derivative(node, X, partial=False)
    assert compare(taken, taken_whole(taken), Meaning()).holds


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(expressions)
def test_a_final_form_changes_nothing(node: Expression) -> None:
    from solver.derivations.fraction import TooLarge

    for form in ("factor", "expand", "single fraction"):
        with suppress(TooLarge):
            assert compare(node, in_form(node, form), Meaning()).holds


# False lines.


def false_lines(count: int) -> list[tuple[str, int, list[str]]]:
    """Derivations of the chapter with one line of the author's changed: a sign, a factor, an exponent, a term."""
    dice, found = random.Random(11), []
    specs = [p for p in PROBLEMS if p.stem in DERIVED and "  steps:" in p.read_text()]
    while len(found) < count:
        path = dice.choice(specs)
        derived = solved(path.stem).solution.derived
        (working,) = derived.workings
        own = [step for step in working.steps if step.rule == "author"]
        place = dice.randrange(len(own))
        names = [name for name in symbols(own[place].after) if isinstance(name, Name)]
        _, changed = dice.choice(list(changes(own[place].after, names)))
        if compare(own[place].before, changed, derived.meaning).holds:
            continue  # some changes change nothing: - 0, or a factor 1 left out
        lines = [text(step.after) for step in own]
        lines[place] = text(changed)
        found.append((path.stem, place, lines))
    return found


def test_200_random_false_lines_are_all_refused_at_their_line() -> None:
    mended = 0
    for id, place, lines in false_lines(200):
        (path,) = (path for path in PROBLEMS if path.stem == id)
        spec = path.read_text(encoding="utf-8")
        start = spec.index("  steps:\n")
        end = start + len(re.match(r"  steps:\n(?:    .*\n)*", spec[start:])[0])
        head = spec[:start] + "  steps:\n"
        worked = work_text(head + "".join(f'    - {{to: "{line}"}}\n' for line in lines) + spec[end:])
        assert [d.code for d in worked.diagnostics] == ["S502"], (id, place, lines)
        (diagnostic,) = worked.diagnostics
        assert diagnostic.place.line == head.count("\n") + 1 + place
        assert re.search(r"the two are -?[0-9.e-]+ and ", diagnostic.message) or "at " in diagnostic.message
        mended += diagnostic.hint.startswith("with ")
    assert mended > 150


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("(1 + exp(-x))/(1 + exp(-x))^2 - 1/(1 + exp(-x))^2",
         "(1 + exp(-x))/(1 + exp(-x))^2*1/(1 + exp(-x))^2", "'-' in place of the product"),
        ("x^2 - 1", "x^2 + 1", "'-' in place of '+' before 1"),
        ("3*x^2", "3*x^3", "2 in place of 3"),
        ("2*x", "x", "a factor 2 before x"),
        ("cos(x)", "sin(x)", "cos in place of sin"),
        ("a*x", "a*a", "x in place of a"),
        ("x + x^2", "x + x^2 + 1", "1 left out"),
    ],
)  # fmt: skip
def test_the_one_change_that_mends_a_line_is_named(before: str, after: str, change: str) -> None:
    from solver.derivations.mend import mended

    found = mended(parse_expression(before), parse_expression(after), Meaning())
    assert found is not None
    assert found.change == change
    assert compare(parse_expression(before), found.line, Meaning()).holds


def test_the_lines_after_a_false_one_are_compared_with_the_last_true_one() -> None:
    spec = "title: T\nderive:\n  function: f(x) = x^2\n  by: x\n  steps:\n    - {to: 3*x}\n    - {to: x + x}\n"
    worked = work_text(spec)
    assert [(d.code, d.place.line) for d in worked.diagnostics] == [("S502", 6)]


# Lines that are only checked.

CHECKED = """title: T
derive:
  function: f(x) = sin(2*x)^27/54
  by: x
  steps:
    - {to: (2*sin(x)*cos(x))^26*cos(2*x), because: the double angle}
"""


def test_a_line_that_is_only_checked_is_marked_on_the_page_and_in_json() -> None:
    worked = work_text(CHECKED)
    assert worked.diagnostics == ()
    (working,) = worked.solution.derived.workings
    last = working.steps[-1].proof
    assert (last.how, last.points) == ("points", 24)
    page = re.sub(r"\} \\\\\n   & && \\text\{", " ", write(worked, ["markdown"]).texts["markdown"])  # rows of a reason
    assert "(checked at 24 points, not proven)" in page
    assert '"proof": "checked at 24 points"' in as_json(worked.document, worked.solution)


def test_json_says_of_every_line_how_it_is_known_to_hold() -> None:
    worked = solved("sigmoid")
    data = json.loads(as_json(worked.document, worked.solution))
    (chain,) = (block["blocks"][0] for block in data["document"] if block.get("key") == "derivation")
    assert [link.get("proof") for link in chain["links"]] == [None] + ["algebra"] * 9


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [
        ("exp(x)*exp(y)", "exp(x + y)", True), ("4^x", "2^(2*x)", True), ("ln(sigmoid(x))", "-ln(1 + exp(-x))", True),
        ("tanh(x)", "2*sigmoid(2*x) - 1", True), ("sqrt(x)*sqrt(x)", "x", True), ("sin(x)^2 + cos(x)^2", "1", True),
        ("relu(x)", "x*step(x)", True), ("max(x, y)", "x + relu(y - x)", True), ("x^(n - 1)*x", "x^n", True),
        ("exp(x)", "exp(-x)", False), ("ln(x^2)", "2*ln(x) + 1", False), ("sqrt(x^2)", "x", False), ("x/0", "x/0 + 1", False),
        ("(x - x)/(x - x)", "1", False),
    ],
)  # fmt: skip
def test_normal_forms_know_the_laws_of_exponents_and_logarithms(left: str, right: str, one: bool) -> None:
    assert are_one(parse_expression(left), parse_expression(right)) is one


# What is found without steps.


@pytest.mark.parametrize(
    ("formula", "terms", "expected"),
    [
        ("1/(1 + exp(-x))", ["f(x)"], "f(x)*(1 - f(x))"),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", ["f(x)"], "1 - f(x)^2"),
        ("exp(-x^2/2)/sqrt(2*pi)", ["f(x)"], "-x*f(x)"),
        ("ln(1 + exp(x))", ["sigmoid(x)"], "sigmoid(x)"),
        ("2*sigmoid(2*x) - 1", ["f(x)"], "1 - f(x)^2"),
        ("-(y*ln(sigmoid(x)) + (1 - y)*ln(1 - sigmoid(x)))", ["p = sigmoid(x)"], "p - y"),
        ("1/(1 + exp(-3*x))", ["f(x)"], "3*f(x)*(1 - f(x))"),
        ("a^x", ["f(x)"], "f(x)*ln(a)"),
    ],
)  # fmt: skip
def test_a_derivative_is_brought_into_terms_of_the_function(formula: str, terms: list[str], expected: str) -> None:
    asked = ", ".join(f'"{term}"' for term in terms)
    spec = f"title: T\nderive:\n  function: f(x) = {formula}\n  by: x\n  in_terms_of: [{asked}]\n"
    worked = work_text(spec)
    assert worked.diagnostics == ()
    ((name, result),) = worked.solution.derived.results
    assert name == Prime(Name("f"), X)
    assert text(result) == expected
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


def test_the_partial_fractions_of_the_note_are_found_without_steps() -> None:
    worked = work_text("title: T\nderive: {function: f(x) = 1/(1 + exp(-x)), by: x, in_terms_of: f(x)}\n")
    (working,) = worked.solution.derived.workings
    assert [(step.rule, text(step.after)) for step in working.steps[-3:]] == [
        ("partial fractions", "1/(1 + exp(-x)) - 1/(1 + exp(-x))^2"),
        ("in terms of", "f(x) - f(x)^2"),
        ("factor out", "f(x)*(1 - f(x))"),
    ]


@pytest.mark.parametrize(
    ("rule", "formula", "line"),
    [("power", "1/(1 + x)", "-(1 + x)^(-2)*1"), ("product", "x/(1 + x)", "1*(1 + x)^(-1) + x*(-(1 + x)^(-2))"),
     ("quotient", "(1 + x)^(-2)", "((1 + x)^2*0 - 1*2*(1 + x))/((1 + x)^2)^2")],
)  # fmt: skip
def test_the_author_names_the_rule_that_opens(rule: str, formula: str, line: str) -> None:
    derived = derive_functions(derivation(parse_expression(formula), rule=rule))
    opened = next(step for step in derived.workings[0].steps if step.rule.startswith(rule))
    assert compare(opened.after, parse_expression(line), Meaning()).holds
    assert isinstance(opened.before, Derivative)


def test_steps_are_records_with_the_steps_inside_them() -> None:
    derived = derive_functions(derivation(parse_expression("1/(1 + exp(-x))"), detail="substeps"))
    quotient = next(step for step in derived.workings[0].steps if step.rule == "quotient")
    assert [(step.rule, text(step.after)) for step in quotient.substeps] == [("constant", "0"), ("sum", "-exp(-x)")]
    chain = quotient.substeps[1].substeps[1]
    assert (chain.rule, chain.function, text(chain.after)) == ("chain", "exp", "-exp(-x)")
    assert all(isinstance(step, Step) for step in chain.substeps)


# Several variables, equations, formulas put in, the chain rule.


def test_gradient_jacobian_and_hessian_are_stacked() -> None:
    worked = work_text("title: T\nderive: {function: 'f(x, y) = x^2*y + y^3', by: [x, y], find: hessian}\n")
    results = {name.text: text(node) for name, node in worked.solution.derived.results}
    assert results == {
        "df/dx": "2*x*y", "df/dy": "x^2 + 3*y^2", "d2f/dxdx": "2*y", "d2f/dxdy": "2*x", "d2f/dydx": "2*x",
        "d2f/dydy": "6*y",
    }  # fmt: skip
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


def test_a_gradient_is_written_in_vector_form() -> None:
    page = write(solved("logistic-regression"), ["markdown"]).texts["markdown"]
    assert r"= (p - y) \begin{pmatrix} x_1 \\[4pt] x_2 \end{pmatrix}" in page
    assert r"= (p - y)\, \mathbf{x}" in page


@pytest.mark.parametrize(
    ("equation", "unknown", "solution"),
    [
        ("z = w*x + b", "x", "(z - b)/w"), ("z = w*x + b", "b", "z - w*x"), ("E = 1/2*(y - o)^2", "y", "sqrt(E/(1/2)) + o"),
        ("p = 1/(1 + exp(-z))", "z", "-ln(1/p - 1)"), ("p = sigmoid(z)", "z", "-ln(1/p - 1)"), ("a*x + b = c*x + d", "x", "(d - b)/(a - c)"),
        ("y = (a + x)/(b - x)", "x", "(b*y - a)/(1 + y)"), ("y = a/x", "x", "a/y"), ("3*x - 4 = 2*(x + 1)", "x", "6"),
        ("ln(x)/2 = k", "x", "exp(k*2)"),
    ],
)  # fmt: skip
def test_equations_are_solved_step_by_step(equation: str, unknown: str, solution: str) -> None:
    left, right = parse_equation(equation)
    derived = rearrange(Rearrangement(left, right, Name(unknown)))
    ((name, result),) = derived.results
    assert name == Name(unknown)
    assert compare(result, parse_expression(solution), Meaning()).holds, text(result)
    assert all(step.proof is not None for step in derived.equations)
    worked = work_text(f"title: T\nderive: {{equation: '{equation}', solve_for: {unknown}}}\n")
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


@pytest.mark.parametrize(("equation", "unknown"), [("x + exp(x) = 1", "x"), ("x^2 + x = 1", "x"), ("x = x", "x")])
def test_an_equation_that_is_not_solved_step_by_step_is_said(equation: str, unknown: str) -> None:
    worked = work_text(f"title: T\nderive: {{equation: '{equation}', solve_for: {unknown}}}\n")
    assert [d.code for d in worked.diagnostics] == ["S505"]


def test_formulas_are_put_into_another() -> None:
    worked = work_text(
        "title: T\nderive: {formula: 'E = (y - p)^2', substitute: ['p = w*x + b', 'b = 0'], final_form: expand}\n"
    )
    assert isinstance(worked.solution.problem.derivation, Substitution)
    ((_, result),) = worked.solution.derived.results
    assert compare(result, parse_expression("y^2 - 2*w*x*y + w^2*x^2"), Meaning()).holds
    assert write(worked, ["markdown", "latex"]).diagnostics == ()


def test_the_delta_rule_and_the_four_equations() -> None:
    results = dict(solved("delta-rule").solution.derived.results)
    e = Name("E")
    assert text(results[Total(e, Name("h"))]) == "(o - y)*g'(h)"
    assert text(results[Total(e, Name("w", ("1",)))]) == "delta*x_1"
    four = {name.text: text(node) for name, node in solved("four-equations").solution.derived.results}
    assert four == {
        "dE/du_1": "(o_1 - y_1)*g'(u_1)", "dE/du_2": "(o_2 - y_2)*g'(u_2)",
        "dE/dz_1": "delta_o1*v_11*g'(z_1) + delta_o2*v_21*g'(z_1)", "dE/dc_1": "delta_o1", "dE/db_1": "delta_1",
        "dE/dv_11": "delta_o1*a_1", "dE/dw_11": "delta_1*x_1",
    }  # fmt: skip


def test_a_wrong_derivative_along_definitions_is_not_proven() -> None:
    """The check of the delta rule can fail: with another sign the line is refused."""
    solution = solved("delta-rule").solution
    working = next(w for w in solution.derived.workings if w.name == Total(Name("E"), Name("h")))
    steps = (*working.steps[:-1], Step("author", None, Negate(working.result)))
    _, faults = proven(Working(working.left, steps, working.name), solution.derived.meaning)
    assert [fault.code for fault in faults] == ["S502"]


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


def works(spec: str) -> Worked:
    worked = work_text(spec)
    assert worked.diagnostics == ()
    return worked


def test_a_plot_is_the_same_each_time_and_lies_on_the_curve() -> None:
    from solver.curves import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Curve, plot
    from solver.derivations.proof import value_at

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
