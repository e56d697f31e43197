"""A formula and others to put into it -> the line that each makes of it, tidied, the author's lines, the final form."""

from __future__ import annotations

from solver.derivations.derived import Derived, Working, proven
from solver.derivations.fraction import TooLarge
from solver.derivations.meaning import Meaning
from solver.derivations.simplify import collect
from solver.derivations.step import Step
from solver.derivations.written import in_form
from solver.diagnostics import Fault, ProblemError
from solver.expression import Symbol, substitute
from solver.problem import Substitution


def insert(asked: Substitution) -> Derived:
    """The lines from the formula to what it becomes. Raises ProblemError where a line of the author's is false."""
    meaning = Meaning(values=dict(asked.inserted))
    steps = [Step("formula", None, asked.formula)]
    for place, (name, formula) in enumerate(asked.inserted):
        put = substitute(steps[-1].after, {name: formula})
        if put == steps[-1].after:
            message = f"{name.text} does not stand in what it is put into"
            raise ProblemError([Fault("S306", message, ("derive", "substitute", place), "leave it out")])
        steps.append(Step("put in", None, put, function=name.text, origin=("derive", "substitute", place)))
    tidied = collect(steps[-1].after)
    if tidied != steps[-1].after:
        steps.append(Step("tidy", None, tidied))
    steps.extend(Step("author", None, step.to, because=step.because, origin=step.origin) for step in asked.steps)
    if asked.form:
        try:
            formed = in_form(steps[-1].after, asked.form)
        except TooLarge as reason:
            raise ProblemError([Fault("S505", f"this form is too large: {reason}", ("derive", "final_form"))]) from None
        if formed != steps[-1].after:
            steps.append(Step(asked.form, None, formed, origin=("derive", "final_form")))
    working, faults = proven(Working(Symbol(asked.name), tuple(steps), asked.name), meaning)
    if faults:
        raise ProblemError(faults)
    return Derived(meaning, (working,), results=((asked.name, working.result),))
