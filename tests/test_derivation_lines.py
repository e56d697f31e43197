"""The lines an author writes in a derivation: false ones are refused at their place, unproven ones marked."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PROBLEMS, solved, unwrapped, work_text, works
from random_derivations import X, Y, derivation, of_two, random_of_two

from solver.data import as_json
from solver.derivations.find import derive_functions
from solver.derivations.meaning import Meaning
from solver.derivations.mend import changes
from solver.derivations.proof import POINTS as MANY
from solver.derivations.proof import compare, value_at
from solver.diagnostics import ProblemError
from solver.expression import Derivative, symbols
from solver.mathtext import text
from solver.names import Name
from solver.parse import parse_expression
from solver.pipeline import write
from solver.problem import AuthorStep, Derivation


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


def test_json_says_of_every_line_how_it_is_known_to_hold() -> None:
    worked = solved("sigmoid")
    data = json.loads(as_json(worked.document, worked.solution))
    (chain,) = (block["blocks"][0] for block in data["document"] if block.get("key") == "derivation")
    assert [link.get("proof") for link in chain["links"]] == [None] + ["algebra"] * 9


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


def test_an_authors_first_line_takes_the_place_of_the_tidying_that_leads_to_it() -> None:
    spec = "title: T\nderive: {function: 'f(x) = x/(1 + x^2)', by: x, steps: [{to: '%s', because: mine}]}\n"
    steps = work_text(spec % "(1 + x^2 - 2*x^2)/(1 + x^2)^2").solution.derived.workings[0].steps
    assert [step.rule for step in steps[-2:]] == ["tidy", "author"]


def test_a_rewritten_form_of_the_function_is_replaced_as_it_stands() -> None:
    written = write(solved("sigmoid-by-exponentials"), ["markdown"])
    assert r"\text{since }\frac{e^{x}}{1 + e^{x}}\text{ is }f(x)" in written.texts["markdown"]


def test_an_authors_last_line_keeps_its_form() -> None:
    third = solved("cross-entropy").solution.derived.workings[2]
    assert text(third.result) == "p_3 - (1 - y_1 - y_2)"
