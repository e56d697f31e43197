"""Derivations: every result against sympy, random expressions, false lines, and what is said of a line not proven."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from conftest import PROBLEMS, solved, unwrapped, work_text
from flint import ctx, fmpq
from hypothesis import HealthCheck, given, settings
from strategies import expressions

from solver.data import as_json
from solver.derivations.derived import Piece, Working, proven
from solver.derivations.equations import rearrange
from solver.derivations.find import derive_functions
from solver.derivations.meaning import Meaning
from solver.derivations.mend import changes
from solver.derivations.proof import POINTS as MANY
from solver.derivations.proof import are_one, compare, value_at
from solver.derivations.roots import approximate
from solver.derivations.rules import taken_whole
from solver.derivations.step import Step
from solver.derivations.vectorform import vector_form
from solver.derivations.written import in_form
from solver.diagnostics import ProblemError
from solver.document import Section
from solver.expression import (
    Call,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    rebuild,
    symbols,
    walk,
)
from solver.mathtext import text
from solver.names import Name, Prime, Second, Total, parse_name
from solver.parse import parse_equation, parse_expression
from solver.pipeline import Worked, printer, read_back, write
from solver.problem import AuthorStep, Derivation, FunctionDefinition, Rearrangement, Substitution

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


def written_lines(problem: Derivation, lines: list[str]) -> str:
    """The author's lines as YAML, each with the derivative that it belongs to."""
    shown = []
    for step, line in zip(problem.steps, lines, strict=True):
        of = f"of: {step.of.text}, " if step.of else ""
        by = f"by: [{', '.join(name.text for name in step.by)}], " if step.by else ""
        shown.append(f'    - {{{of}{by}to: "{line}"}}\n')
    return "".join(shown)


def false_lines(count: int, specs: list[Path], seed: int) -> list[tuple[Path, int, list[str]]]:
    """Derivations of the chapter with one line of the author's changed: a sign, a factor, an exponent, a term."""
    dice, found = random.Random(seed), []
    while len(found) < count:
        path = dice.choice(specs)
        derived, problem = solved(path.stem).solution.derived, solved(path.stem).solution.problem.derivation
        place = dice.randrange(len(problem.steps))
        own = next(s for w in derived.workings for s in w.steps if s.origin == problem.steps[place].origin)
        names = [name for name in symbols(own.after) if isinstance(name, Name)]
        _, changed = dice.choice(list(changes(own.after, names)))
        if compare(own.before, changed, derived.meaning).holds:
            continue  # some changes change nothing: - 0, or a factor 1 left out
        lines = [text(step.to) for step in problem.steps]
        lines[place] = text(changed)
        found.append((path, place, lines))
    return found


def refused_at_their_line(found: list[tuple[Path, int, list[str]]]) -> int:
    """How many of the false lines are mended; each is refused alone, at its place, with a point where it is false."""
    mended = 0
    for path, place, lines in found:
        spec = path.read_text(encoding="utf-8")
        start = spec.index("  steps:\n")
        end = start + len(re.match(r"  steps:\n(?:    .*\n)*", spec[start:])[0])
        head = spec[:start] + "  steps:\n"
        own = written_lines(solved(path.stem).solution.problem.derivation, lines)
        worked = work_text(head + own + spec[end:])
        (diagnostic,) = worked.diagnostics
        assert diagnostic.place.line == head.count("\n") + 1 + place
        if diagnostic.code == "S504":  # a logarithm of what is negative everywhere: no value to compare
            assert not any(value_at(parse_expression(lines[place]), {Name("x"): x}).is_finite() for x in MANY)
            continue
        assert diagnostic.code == "S502", (path.stem, place, lines)
        assert re.search(r"the two are -?[0-9.e-]+ and ", diagnostic.message) or "at " in diagnostic.message
        mended += diagnostic.hint.startswith("with ")
    return mended


WITH_LINES = [
    p for p in PROBLEMS
    if isinstance(problem := solved(p.stem).solution.problem.derivation, Derivation) and problem.steps
]  # fmt: skip
PARTIAL = [p for p in WITH_LINES if len(solved(p.stem).solution.problem.derivation.by) > 1]


def test_200_random_false_lines_are_all_refused_at_their_line() -> None:
    assert refused_at_their_line(false_lines(200, WITH_LINES, 11)) > 150


def test_60_random_false_lines_of_partial_derivatives_are_all_refused_at_their_line() -> None:
    assert PARTIAL
    assert refused_at_their_line(false_lines(60, PARTIAL, 12)) > 40


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
    page = unwrapped(write(worked, ["markdown"]).texts["markdown"])
    assert "(checked at 24 points, not proven)" in page
    assert '"proof": "checked at 24 points"' in as_json(worked.document, worked.solution)


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
        ("ln(x/(1 - x))", "-ln(1/x - 1)", True), ("ln(x/(1 - x))", "ln(1/x - 1)", False),
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


# Numbers.

JACOBIAN = "title: T\nderive: {function: ['f(x, y) = x^2*y', 'g(x, y) = sin(x)*h'], by: [x, y], example: {h: 2}}\n"


def test_every_function_of_a_jacobian_and_every_second_derivative_is_checked_with_numbers() -> None:
    pages = [
        write(works(spec), ["markdown"]).texts["markdown"] for spec in (JACOBIAN, SEVERAL.replace("  steps:\n", ""))
    ]
    heads = [[line for line in page.splitlines() if line.startswith(r"| $x$ | $y$ |")] for page in pages]
    assert [head.count(r"\partial") for head in heads[0]] == [4, 4]
    assert [head.count(r"\partial") for head in heads[1]] == [4, 4 + 2 + 2 + 2]
    assert r"\frac{g(x + k, y) - g(x - k, y)}{2 k}" in pages[0]  # h is a name of the problem
    assert r"\frac{f(x + h, y) - 2\,f(x, y) + f(x - h, y)}{h^{2}}" in pages[1]


def test_a_digit_or_a_quotient_that_is_changed_is_noticed_by_the_reader() -> None:
    worked = works(JACOBIAN)
    page = write(worked, ["markdown"]).texts["markdown"]
    math = printer(worked.document, worked.solution)
    assert read_back(page, "markdown", worked.solution, math) == ()
    (digits,) = re.findall(r"\$-1\$ \| \$0.5\$ \| \$(1\.0806\d)\$", page)
    for before, after in ((digits, "1.08070"), (r"f(x + k, y)", r"f(x + k, x)"), (r"D_{21} &", r"D_{22} &")):
        assert page.count(before) >= 1
        assert read_back(page.replace(before, after, 1), "markdown", worked.solution, math)


# Random expressions of several variables.

Y = Name("y")


def random_of_two(dice: random.Random, depth: int) -> Expression:
    """A random expression in which a part of the x are a y."""

    def turned(node: Expression) -> Expression:
        if node == Symbol(X):
            return Symbol(dice.choice((X, Y)))
        return rebuild(node, turned)

    while True:
        node = turned(random_expression(dice, depth))
        if {X, Y} <= {*symbols(node)}:
            return node


def of_two(*formulas: Expression, **options) -> Derivation:
    names = [Name("f"), Name("g")]
    functions = tuple(FunctionDefinition(n, (X, Y), formula) for n, formula in zip(names, formulas, strict=False))
    return Derivation(functions, (X, Y), **options)


def test_100_random_jacobians_and_60_random_hessians_are_sympys() -> None:
    """Every entry against sympy's, and no line that is neither proven nor marked."""
    dice, by_points, lines = random.Random(8), 0, 0
    asked = [of_two(random_of_two(dice, 2), random_of_two(dice, 2), shape="jacobian") for _ in range(100)]
    asked += [of_two(random_of_two(dice, 2), shape="hessian") for _ in range(60)]
    for one in asked:
        formulas = {function.name: function.formula for function in one.functions}
        derived = derive_functions(one)
        assert len(derived.workings) == (4 if one.shape == "jacobian" else 6)
        for working in derived.workings:
            name = working.name
            by = (name.by, name.then) if isinstance(name, Second) else (name.by,)
            assert all(step.proof is not None for step in working.steps[1:])
            lines += len(working.steps) - 1
            by_points += sum(not step.proof.is_proof for step in working.steps[1:])
            assert agrees_with_sympy(derived.meaning.spelled_out(working.result), formulas[name.of], by), text(
                working.result
            )
    assert lines > 1_500
    assert by_points < lines / 20


def test_120_random_false_lines_of_partial_derivatives_are_refused_where_they_stand() -> None:
    """A true line for each derivative, one of them then changed: a sign, a factor, an exponent, a term."""
    dice, refused = random.Random(9), 0
    while refused < 120:
        formula = random_of_two(dice, 2)
        derived = derive_functions(of_two(formula, shape="gradient"))
        true = [AuthorStep(w.result, "", ("line", w.name.by.text), by=(w.name.by,)) for w in derived.workings]
        place = dice.randrange(2)
        found = list(changes(true[place].to, [X, Y]))
        if not found:
            continue
        false = replace(true[place], to=dice.choice(found)[1])
        verdict = compare(true[place].to, false.to, Meaning())
        if verdict.outcome != "different":
            continue
        own = [false if at == place else step for at, step in enumerate(true)]
        with pytest.raises(ProblemError) as raised:
            derive_functions(of_two(formula, shape="gradient", steps=tuple(own)))
        assert [(fault.code, fault.path) for fault in raised.value.faults] == [("S502", false.origin)], text(formula)
        derive_functions(of_two(formula, shape="gradient", steps=tuple(true)))
        refused += 1


# Lines of the author's in derivatives of several variables.

SEVERAL = """title: T
derive:
  function: f(x, y) = x^2*y + y^3
  by: [x, y]
  find: hessian
  steps:
"""


def test_lines_of_the_authors_stand_in_the_derivative_they_name() -> None:
    lines = "    - {by: x, to: y*x*2}\n    - {by: y, to: x*x + 3*y^2}\n    - {by: [x, y], to: x + x}\n"
    worked = works(SEVERAL + lines)
    ends = {
        w.name.text: text(w.steps[-1].after) for w in worked.solution.derived.workings if w.steps[-1].rule == "author"
    }
    assert ends == {"df/dx": "y*x*2", "df/dy": "x*x + 3*y^2", "d2f/dxdy": "x + x"}
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


@pytest.mark.parametrize(
    "line", ["{by: x, to: y*x*3}", "{by: y, to: x*x + 3*y}", "{by: [x, y], to: x}", "{by: [y, y], to: 6}"]
)
def test_a_false_line_of_one_of_several_derivatives_is_refused(line: str) -> None:
    worked = work_text(SEVERAL + "    - {by: x, to: 2*x*y}\n    - " + line + "\n")
    assert [(d.code, d.place.line) for d in worked.diagnostics] == [("S502", 8)]


def test_another_form_must_be_the_function_itself_and_not_only_have_its_derivative() -> None:
    worked = work_text("title: T\nderive: {function: f(x) = x^2, by: x, rewrite: x*x + 1}\n")
    assert [(d.code, d.hint) for d in worked.diagnostics] == [("S502", "with 1 left out the line holds: x*x")]


def test_a_rule_opens_the_derivatives_that_it_can_open() -> None:
    worked = works(
        "title: T\nderive: {function: 'f(x, y) = x/(1 + x)*y', by: [x, y], rewrite: 'x*y/(1 + x)', rule: quotient}\n"
    )
    rules = [[step.rule for step in w.steps] for w in worked.solution.derived.workings]
    assert "quotient" in rules[0]
    assert "quotient" not in rules[1]


# Several variables, equations, formulas put in, the chain rule.


def test_gradient_jacobian_and_hessian_are_stacked() -> None:
    worked = work_text("title: T\nderive: {function: 'f(x, y) = x^2*y + y^3', by: [x, y], find: hessian}\n")
    results = {name.text: text(node) for name, node in worked.solution.derived.results}
    assert results == {
        "df/dx": "2*x*y", "df/dy": "x^2 + 3*y^2", "d2f/dxdx": "2*y", "d2f/dxdy": "2*x", "d2f/dydx": "2*x",
        "d2f/dydy": "6*y",
    }  # fmt: skip
    assert write(worked, ["markdown", "latex", "json"]).diagnostics == ()


def test_first_derivatives_stand_above_the_second_ones_that_begin_with_them() -> None:
    page = write(solved("linear-regression"), ["markdown"]).texts["markdown"]
    assert page.index("## In the same way") < page.index("## The second derivative")


@pytest.mark.parametrize(
    ("id", "closing"),
    [
        ("logistic-regression", r"= (p - y)\boldsymbol{x}"),
        ("logistic-regression-batch", r"= \boldsymbol{X}^{\top} (\boldsymbol{p} - \boldsymbol{y})"),
        ("softmax-weights", r"= (\boldsymbol{p} - \boldsymbol{y}) \boldsymbol{x}^{\top}"),
    ],
)
def test_a_gradient_is_written_in_vector_form_and_its_closing_line_read_back(id: str, closing: str) -> None:
    worked = solved(id)
    page = write(worked, ["markdown"]).texts["markdown"]
    math = printer(worked.document, worked.solution)
    assert page.count(closing.replace("= ", "&= ")) == 1
    assert read_back(page, "markdown", worked.solution, math) == ()
    for before, after in ((" - ", " + "), ("{x}", "{w}"), ("{X}", "{p}"), (r"^{\top}", "")):
        false = closing.replace(before, after)
        if false != closing:
            assert read_back(page.replace(closing[2:], false[2:]), "markdown", worked.solution, math), false


def test_the_four_equations_are_stated_and_proven_in_matrix_form() -> None:
    worked = solved("four-equations-in-matrices")
    derived = worked.solution.derived
    math = printer(worked.document, worked.solution)
    said = [(math.tex(line.left), math.tex(line.stages[-1][1]), math.tex(line.stages[0][1])) for line in derived.lines]
    delta, delta_o = r"\boldsymbol{\delta}", r"\boldsymbol{\delta}_o"
    by = r"\frac{\partial E}{\partial \boldsymbol{%s}}"
    assert {(left, last) for left, last, _ in said} == {
        (r"\boldsymbol{z}", r"\boldsymbol{W} \boldsymbol{x} + \boldsymbol{b}"), (r"\boldsymbol{a}", r"g(\boldsymbol{z})"),
        (r"\boldsymbol{u}", r"\boldsymbol{V} \boldsymbol{a} + \boldsymbol{c}"), (r"\boldsymbol{o}", r"g(\boldsymbol{u})"),
        (delta_o, r"(\boldsymbol{o} - \boldsymbol{y}) \circ g'(\boldsymbol{u})"),
        (delta, rf"(\boldsymbol{{V}}^{{\top}} {delta_o}) \circ g'(\boldsymbol{{z}})"),
        (by % "c", delta_o), (by % "b", delta),
        (by % "V", rf"{delta_o} \boldsymbol{{a}}^{{\top}}"), (by % "W", rf"{delta} \boldsymbol{{x}}^{{\top}}"),
    }  # fmt: skip
    assert (delta_o, rf"{by % 'o'} \circ g'(\boldsymbol{{u}})") in {(left, first) for left, _, first in said}
    page = write(worked, ["markdown"]).texts["markdown"]
    for line in (r"(\boldsymbol{V}^{\top} \boldsymbol{\delta}_o) \circ", r"\boldsymbol{\delta} \boldsymbol{x}^{\top}"):
        assert page.count(line) == 2  # where it is derived, and in the result
        false = page.replace(
            line, line.replace(r"^{\top}", "").replace("{x}", "{x}^{\\top}").replace("delta}", "delta}_o", 1)
        )
        assert read_back(false, "markdown", worked.solution, math)


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        ([["2*x_1*p"], ["2*x_2*p"]], "2*p*x"), ([["a_1*x_1"], ["a_2*x_2"]], None), ([["x_1 + a_1"], ["x_2 + a_2"]], "x + a"),
        ([["M_11*x_1 + M_12*x_2"], ["M_21*x_1 + M_22*x_2"]], "M*x"), ([["M_11*x_1 + M_12*x_2"], ["M_21*x_1 - M_22*x_2"]], None),
        ([["M_11*a_1 + M_21*a_2 - x_1"], ["M_12*a_1 + M_22*a_2 - x_2"]], ""), ([["x_1^2"], ["x_2*x_1"]], None),
        ([["x_1"], ["x_2 + 1"]], None), ([["x_1*a_1", "x_1*a_2"], ["x_2*a_1", "x_2*a_2"]], ""), ([["M_11", "M_12"], ["M_21", "M_22"]], "M"),
    ],
)  # fmt: skip
def test_a_form_of_matrices_is_found_where_there_is_one_and_none_where_there_is_none(
    wanted: list[list[str]], form: str | None
) -> None:
    grids = {parse_name(n): tuple(tuple(map(parse_name, row.split())) for row in rows) for n, rows in GRIDS.items()}
    matrix = Matrix(tuple(tuple(map(parse_expression, row)) for row in wanted))
    found = vector_form(matrix, grids, Meaning())
    if form is None:
        assert found is None or says_entrywise(found)
    else:
        assert found is not None
        assert not form or text(found) == form


GRIDS = {"x": ["x_1", "x_2"], "a": ["a_1", "a_2"], "M": ["M_11 M_12", "M_21 M_22"]}


def says_entrywise(node: Expression) -> bool:
    return isinstance(node, Entrywise)


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
        ("abs(x - y)", r"- Not differentiable where $x - y$ is zero: $\frac{\partial f}{\partial x}$ is $-1$ below and $1$ above zero"),
        ("y*abs(x)", r"$\frac{\partial f}{\partial x}$ is $-y$ below and $y$ above zero, and there is no derivative unless the two are equal"),
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


def works(spec: str) -> Worked:
    worked = work_text(spec)
    assert worked.diagnostics == ()
    return worked


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


def test_an_authors_first_line_takes_the_place_of_the_tidying_that_leads_to_it() -> None:
    spec = "title: T\nderive: {function: 'f(x) = x/(1 + x^2)', by: x, steps: [{to: '%s', because: mine}]}\n"
    steps = work_text(spec % "(1 + x^2 - 2*x^2)/(1 + x^2)^2").solution.derived.workings[0].steps
    assert [step.rule for step in steps[-2:]] == ["tidy", "author"]


def test_a_rewritten_form_of_the_function_is_replaced_as_it_stands() -> None:
    written = write(solved("sigmoid-by-exponentials"), ["markdown"])
    assert r"\text{since }\frac{e^{x}}{1 + e^{x}}\text{ is }f(x)" in written.texts["markdown"]


def test_the_first_derivatives_stand_before_the_second_ones_made_from_them() -> None:
    page = write(solved("linear-regression"), ["markdown"]).texts["markdown"]
    assert page.index("In the same way") < page.index("The second derivative")
    assert "For $x_1 = 1$, $x_2 = 2$, $y = 1$." in page  # w_2 has a column of its own


def test_the_chain_rule_ends_with_all_that_was_asked() -> None:
    page = write(solved("delta-rule"), ["markdown"]).texts["markdown"]
    assert r"\delta x_2" in page.split("## Result")[1]
    assert r"\text{only }w_1 x_1\text{ depends on }w_1" in page


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
    assert r"\frac{\partial L}{\partial w_2}$ is $0$ below and $-y x_2$ above zero" in gradient
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


def test_an_authors_last_line_keeps_its_form() -> None:
    third = solved("cross-entropy").solution.derived.workings[2]
    assert text(third.result) == "p_3 - (1 - y_1 - y_2)"


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


def test_a_hessian_has_its_gradient_before_it_and_says_that_mixed_derivatives_are_equal() -> None:
    page = page_of("linear-regression")
    assert page.index("In the same way") < page.index(r"\nabla E") < page.index("## The second derivative")
    assert page.count("are equal: the order in which") == 1


def test_other_forms_of_a_solution_are_proven() -> None:
    derived = solved("logit").solution.derived
    assert [(step.rule, step.proof.how) for step in derived.equations[-2:]] == [("author", "algebra")] * 2
    assert text(dict(derived.results)[Name("z")]) == "ln(p/(1 - p))"
    wrong = "title: T\nderive: {equation: p = 1/(1 + exp(-z)), solve_for: z, steps: [{to: ln((1 - p)/p)}]}\n"
    assert [fault.code for fault in work_text(wrong).diagnostics] == ["S502"]


def test_a_sum_of_several_ways_says_which_they_are() -> None:
    page = page_of("four-equations")
    said = "$z_1$ reaches $E$ in more than one way, through $a_1$ and $u_1$, through $a_1$ and $u_2$: the chain rule adds a term for each."
    assert page.count(said) == page.count("in more than one way") == 1
    assert page.index("derivative $\\frac{\\partial E}{\\partial z_1}$") < page.index(said)


def test_vectors_of_definitions_are_said_before_they_head_a_section_and_their_results_end_the_page() -> None:
    page = page_of("four-equations-in-matrices")
    definitions, result = page.split("## The derivative")[0], page.split("## Result")[1]
    for said in (
        r"\boldsymbol{u} &=",
        "$g$ of a vector is taken entry by entry.",
        r"$\frac{\partial E}{\partial \boldsymbol{W}}$ are derivatives with respect to a",
    ):
        assert said in definitions
    assert result.count("$$") == 12
    assert page.index(r"\frac{\partial E}{\partial \boldsymbol{o}} &= \begin") < page.index(
        "first factor of the chain rule as a vector"
    )


def page_of(id: str) -> str:
    return write(solved(id), ["markdown"]).texts["markdown"]
