"""A derivation -> its lines: by rule, tidied, the author's own, the form asked for; each proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from solver.derivations.derived import Derived, Working, fault_of, proven
from solver.derivations.fraction import TooLarge
from solver.derivations.kinks import kinks_of, pieces_of
from solver.derivations.lines import TIDYING, opened_by, opening_rule, ruled
from solver.derivations.meaning import Meaning
from solver.derivations.proof import compare
from solver.derivations.simplify import collect
from solver.derivations.step import Step
from solver.derivations.terms import Found, Target, in_terms, replaced
from solver.derivations.vectorlines import gradient_in_vectors
from solver.derivations.written import in_form
from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import ONE, Derivative, Expression, Power, Quotient, Sum, Symbol, Term, symbols, walk
from solver.mathtext import text
from solver.measure import PAGE, width
from solver.names import Name, Prime, QuantityName, Second, Total
from solver.problem import AuthorStep, Derivation, FunctionDefinition

LONG = PAGE - 4
"""Digits of a formula that one line has room for behind ∂/∂x."""


def derive_functions(derivation: Derivation) -> Derived:
    """The derivatives that are asked of the functions, each a chain of proven lines.

    Raises ProblemError where a line of the author's is false, a rule does not fit, or a form is not found.
    """
    meaning = meaning_of(derivation)
    workings: list[Working] = []
    faults: list[Fault] = []
    _refuse_useless_rule(derivation)
    for function in derivation.functions:
        others = list(_other_functions(function, derivation, meaning))
        if others:
            faults.extend(others)
            continue
        for by in derivation.by:
            working, found = proven(_working(function, by, derivation), meaning)
            if not found:  # an ending is looked for where the lines before it are true
                ending = tuple(_ending(working.steps[-1], by, derivation, meaning))
                working, found = proven(replace(working, steps=(*working.steps, *ending)), meaning)
            workings.append(working)
            faults.extend(found)
    meaning = replace(meaning, values={**meaning.values, **_values(workings)})
    if derivation.shape == "hessian":
        for first in tuple(workings):
            for by in derivation.by:
                working, found = proven(_second(derivation.functions[0], first, by, derivation), meaning)
                workings.append(working)
                faults.extend(found)
    if faults:
        raise ProblemError(faults)
    results = tuple((working.name, working.result) for working in workings if working.name is not None)
    derived = Derived(meaning, tuple(workings), results=results)
    if len(workings) > 1:
        return gradient_in_vectors(derivation, derived)
    function, by = derivation.functions[0], derivation.by[0]
    pieces = pieces_of(function, by, derivation.detail, derivation.origin)
    return replace(derived, pieces=pieces, kinks=tuple(kinks_of(function, by, pieces)))


def meaning_of(derivation: Derivation) -> Meaning:
    """The functions with their formulas, and the short names that results are written with."""
    functions = {f.name.text: (f.variables, f.formula) for f in derivation.functions}
    values: dict[QuantityName, Expression] = {
        term.shown.name: term.formula for term in derivation.terms if isinstance(term.shown, Symbol)
    }
    return Meaning(functions, values)


def _values(workings: list[Working]) -> dict[QuantityName, Expression]:
    return {working.name: working.steps[0].after for working in workings if working.name is not None}


def name_of(function: FunctionDefinition, by: Name, derivation: Derivation) -> QuantityName:
    """f'(x) of a function of one variable, else the partial derivative."""
    if len(function.variables) == 1 and len(derivation.functions) == 1 and not derivation.shape:
        return Prime(function.name, by)
    return Total(function.name, by)


def _working(function: FunctionDefinition, by: Name, derivation: Derivation) -> Working:
    name = name_of(function, by, derivation)
    partial = isinstance(name, Total)
    own = [rewriting for rewriting in derivation.rewrite if rewriting.of == function.name]
    forms = (function.formula, *(rewriting.form for rewriting in own))
    rewrites, opened = _opened(derivation.rule, forms, by) or (forms[1:], forms[-1])
    steps = [] if partial else [Step("differentiate", None, Derivative(function.call, by, partial))]
    whole = Derivative(function.formula, by, partial)
    opening = _opening(whole)
    steps.append(Step("by definition" if opening == whole else "definition and sum", None, opening))
    for place, form in enumerate(rewrites):
        rule = "rewritten" if isinstance(form, Power) else "rewritten otherwise"
        origin: Path = own[place].origin if place < len(own) else ("derive", "rule")
        steps.append(Step(rule, None, Derivative(form, by, partial), origin=origin))
    begun = opening if not rewrites and opened == function.formula else Derivative(opened, by, partial)
    first, *rest = ruled(begun, derivation.detail, function.origin or derivation.origin)
    if opened != (rewrites[-1] if rewrites else function.formula):
        first = replace(first, on=opened)
    steps.extend([first, *rest])
    _add_own(steps, derivation.own_steps(function.name, (by,)))
    return Working(Symbol(name), tuple(steps), name)


def _opening(taken: Derivative) -> Expression:
    """The derivative of the formula; of a sum too long for one line that of each term, which can be broken."""
    match taken.operand:
        case Sum(terms) if width(taken.operand) > LONG:
            return Sum(tuple(Term(term.sign, replace(taken, operand=term.value)) for term in terms))
        case _:
            return taken


def _add_own(steps: list[Step], own: Sequence[AuthorStep]) -> None:
    """The author's lines after those by rule."""
    for place, line in enumerate(steps if own else ()):
        if line.rule in TIDYING and line.after == own[0].to:
            del steps[place:]  # the author has words of their own for this line, and goes on from it
            break
    for step in own:
        steps.append(Step("author", None, step.to, because=step.because, origin=step.origin))


def _other_functions(function: FunctionDefinition, derivation: Derivation, meaning: Meaning) -> Iterator[Fault]:
    """Forms that the author says are the function's own, but are another function, if with the same derivative."""
    for rewriting in derivation.rewrite:
        if rewriting.of == function.name:
            verdict = compare(function.formula, rewriting.form, meaning)
            if not verdict.holds:
                step = Step("rewritten", None, rewriting.form, origin=rewriting.origin)
                yield fault_of(function.formula, step, verdict, meaning)


def _second(function: FunctionDefinition, first: Working, by: Name, derivation: Derivation) -> Working:
    """A second derivative: the first one, differentiated again."""
    assert isinstance(first.name, Total)
    name = Second(function.name, first.name.by, by)
    opening = Step("again", None, Derivative(Symbol(first.name), by))
    inserted = Step("first derivative", None, Derivative(first.result, by))
    steps = [opening, inserted, *ruled(Derivative(first.result, by), derivation.detail, derivation.origin)]
    _add_own(steps, derivation.own_steps(function.name, (first.name.by, by)))
    steps.extend(_formed(steps[-1].after, derivation))
    return Working(Symbol(name), tuple(steps), name)


def _opened(rule: str, forms: tuple[Expression, ...], by: Name) -> tuple[tuple[Expression, ...], Expression] | None:
    """The forms to show, and the one that the rule opens; None where it opens none of them, or no rule is asked for."""
    if not rule:
        return None
    rules = [opening_rule(form, by) for form in forms]
    wanted = {rule, *(["power"] if rule == "chain" else [])}
    for form, opening in zip(forms, rules, strict=True):
        if opening in wanted:
            return forms[1:], form
    for form in forms:
        other = opened_by(form, rule)
        if other is not None:
            return (*forms[1:], other), other
    return None


def _refuse_useless_rule(derivation: Derivation) -> None:
    """Of several derivatives some may open otherwise; a rule that opens none is an error. Raises ProblemError."""
    asked = [(function, by) for function in derivation.functions for by in derivation.by]
    forms = [
        (function.formula, *(r.form for r in derivation.rewrite if r.of == function.name)) for function, _ in asked
    ]
    rule = derivation.rule
    if not rule or any(_opened(rule, own, by) for own, (_, by) in zip(forms, asked, strict=True)):
        return
    rules = list(dict.fromkeys(opening_rule(own[0], by) for own, (_, by) in zip(forms, asked, strict=True)))
    first = "this derivative; it opens" if len(asked) == 1 else f"any of the {len(asked)} derivatives; they open"
    message = f"the {rule} rule does not open {first} with the {' or '.join(rules)} rule"
    hint = f"leave rule: out, or rewrite: the function so that the {rule} rule comes first"
    raise ProblemError([Fault("S203", message, ("derive", "rule"), hint)])


def _ending(reached: Step, by: Name, derivation: Derivation, meaning: Meaning) -> Iterator[Step]:
    """The result in terms of what the author asks for, and in its final form.

    A line of the author's in which the terms stand already is not written in another way.
    """
    last = reached.after
    for step in _in_terms(last, by, derivation, meaning):
        if reached.rule == "author" and step.rule == "cancel":
            break
        yield step
        last = step.after
    yield from _formed(last, derivation)


def _formed(last: Expression, derivation: Derivation) -> Iterator[Step]:
    if not derivation.form:
        return
    try:
        formed = collect(in_form(last, derivation.form))
    except TooLarge as reason:
        message = f"the {derivation.form} form of this derivative is too large to be found: {reason}"
        raise ProblemError([Fault("S505", message, ("derive", "final_form"), "end with steps: of your own")]) from None
    if formed != last:
        yield Step(derivation.form, last, formed, origin=("derive", "final_form"))


def _in_terms(last: Expression, by: Name, derivation: Derivation, meaning: Meaning) -> Iterator[Step]:
    if not derivation.terms:
        return
    origin = ("derive", "in_terms_of")
    targets = [Target(term.shown, term.formula) for term in derivation.terms]
    function = derivation.functions[0]
    own = function.call
    rewritten = [rewriting.form for rewriting in derivation.rewrite if rewriting.of == function.name]
    forms = [Target(own, form) for form in rewritten if own in [target.shown for target in targets]]
    named = replaced(last, [*targets, *forms])
    found = _shortest(last, targets, meaning, by)
    if named != last and _is_done(named, targets, by):
        yield Step("in terms of", last, named, origin=origin)
        if found and len(text(found.factored)) < len(text(named)):
            yield Step("cancel", named, found.factored, origin=origin)
        return
    if found is None or all(target.shown not in tuple(walk(found.named)) for target in targets):
        shown = " and ".join(text(target.shown) for target in targets)
        message = f"no way was found to write this derivative in terms of {shown}"
        raise ProblemError([Fault("S505", message, origin, "add steps: that lead there")])
    used = [target for target in targets if target.shown in tuple(walk(found.named))]
    if found.is_polynomial and len(used) == 1 and isinstance(used[0].formula, Quotient) and found.spelled != last:
        fractions = by not in symbols(used[0].formula.numerator)
        if found.spelled != used[0].formula:
            yield Step(_splitting(last, found.spelled, fractions), last, found.spelled, origin=origin)
    yield Step("in terms of", last, found.named, origin=origin)
    if found.factored != found.named:
        yield Step("factor out", found.named, found.factored, origin=origin)


def _splitting(last: Expression, spelled: Expression, fractions: bool) -> str:
    """What is done with a fraction so that the formula of the target stands in it."""
    before, after = (len(node.terms) if isinstance(node, Sum) else 1 for node in (last, spelled))
    if after <= before:
        return "other fraction" if fractions else "factor of fraction"
    return "partial fractions" if fractions else "spelled in"


def _shortest(last: Expression, targets: list[Target], meaning: Meaning, by: Name) -> Found | None:
    """The shortest form that any choice of the targets gives; one free of the variable before all others."""
    choices = [choice for size in range(1, len(targets) + 1) for choice in combinations(targets, size)]
    found = [form for choice in choices if (form := in_terms(last, choice, meaning, by)) is not None]
    return min(found, key=lambda form: (not _is_done(form.named, targets, by), len(text(form.factored))), default=None)


def _is_done(node: Expression, targets: list[Target], by: Name) -> bool:
    """Whether nothing but the targets depends on the variable."""
    shown: list[Target] = [Target(ONE, target.shown) for target in targets]
    return by not in symbols(replaced(node, shown))
