"""A derivation -> its lines: by rule, tidied, the author's own, the form asked for; each proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from solver.derivations.derived import Derived, Kink, Working, proven
from solver.derivations.fraction import TooLarge
from solver.derivations.kinks import kinks_of
from solver.derivations.lines import TIDYING, opened_by, opening_rule, ruled
from solver.derivations.meaning import Meaning
from solver.derivations.simplify import collect
from solver.derivations.step import Step
from solver.derivations.terms import Found, Target, in_terms, replaced
from solver.derivations.written import in_form
from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import ONE, Derivative, Expression, Power, Quotient, Sum, Symbol, symbols, walk
from solver.mathtext import text
from solver.names import Name, Prime, QuantityName, Second, Total
from solver.problem import Derivation, FunctionDefinition


def derive_functions(derivation: Derivation) -> Derived:
    """The derivatives that are asked of the functions, each a chain of proven lines.

    Raises ProblemError where a line of the author's is false, a rule does not fit, or a form is not found.
    """
    meaning = meaning_of(derivation)
    workings: list[Working] = []
    faults: list[Fault] = []
    for function in derivation.functions:
        for by in derivation.by:
            working, found = proven(_working(function, by, derivation), meaning)
            if not found:  # an ending is looked for where the lines before it are true
                ending = tuple(_ending(working.result, by, derivation, meaning))
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
    kinks: tuple[Kink, ...] = ()
    if len(workings) == 1:
        kinks = kinks_of(derivation.functions[0], derivation.by[0], derivation.detail, derivation.origin)
    results = tuple((working.name, working.result) for working in workings if working.name is not None)
    return Derived(meaning, tuple(workings), kinks=kinks, results=results)


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
    forms = (function.formula, *derivation.rewrite)
    rewrites, opened = _opened(derivation, forms, by)
    steps = [] if partial else [Step("differentiate", None, Derivative(function.call, by, partial))]
    steps.append(Step("by definition", None, Derivative(function.formula, by, partial)))
    for place, form in enumerate(rewrites):
        rule = "rewritten" if isinstance(form, Power) else "rewritten otherwise"
        origin: Path = ("derive", "rewrite", place) if place < len(derivation.rewrite) else ("derive", "rule")
        steps.append(Step(rule, None, Derivative(form, by, partial), origin=origin))
    if opened != (rewrites[-1] if rewrites else function.formula) and derivation.rewrite and not derivation.rule:
        steps.append(Step("by definition", None, Derivative(opened, by, partial)))
    steps.extend(ruled(Derivative(opened, by, partial), derivation.detail, function.origin or derivation.origin))
    own = derivation.steps[0].to if derivation.steps else None
    for place, line in enumerate(steps):
        if line.rule in TIDYING and line.after == own:
            del steps[place:]  # the author has words of their own for this line, and goes on from it
            break
    for step in derivation.steps:
        steps.append(Step("author", None, step.to, because=step.because, origin=step.origin))
    return Working(Symbol(name), tuple(steps), name)


def _second(function: FunctionDefinition, first: Working, by: Name, derivation: Derivation) -> Working:
    """A second derivative: the first one, differentiated again."""
    assert isinstance(first.name, Total)
    name = Second(function.name, first.name.by, by)
    opening = Step("again", None, Derivative(Symbol(first.name), by))
    inserted = Step("first derivative", None, Derivative(first.result, by))
    steps = [opening, inserted, *ruled(Derivative(first.result, by), derivation.detail, derivation.origin)]
    steps.extend(_formed(steps[-1].after, derivation))
    return Working(Symbol(name), tuple(steps), name)


def _opened(
    derivation: Derivation, forms: tuple[Expression, ...], by: Name
) -> tuple[tuple[Expression, ...], Expression]:
    """The forms to show, and the one that the rule opens; the last one where the author names no rule."""
    if not derivation.rule:
        return forms[1:], forms[-1]
    rules = [opening_rule(form, by) for form in forms]
    wanted = {derivation.rule, *(["power"] if derivation.rule == "chain" else [])}
    for form, rule in zip(forms, rules, strict=True):
        if rule in wanted:
            return forms[1:], form
    for form in forms:
        other = opened_by(form, derivation.rule)
        if other is not None:
            return (*forms[1:], other), other
    message = f"the {derivation.rule} rule does not open this derivative; it opens with the {rules[0]} rule"
    hint = f"leave rule: out, or rewrite: the function so that the {derivation.rule} rule comes first"
    raise ProblemError([Fault("S203", message, ("derive", "rule"), hint)])


def _ending(last: Expression, by: Name, derivation: Derivation, meaning: Meaning) -> Iterator[Step]:
    """The result in terms of what the author asks for, and in its final form."""
    for step in _in_terms(last, by, derivation, meaning):
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
    own = derivation.functions[0].call
    forms = [Target(own, form) for form in derivation.rewrite if own in [target.shown for target in targets]]
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
