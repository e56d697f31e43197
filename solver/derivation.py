"""A derivation -> its lines: by rule, tidied, then the author's own, each with the reason it follows."""

from __future__ import annotations

from dataclasses import dataclass

from solver.calculus import by_rule, opening_rule
from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import ONE, Call, Derivative, Expression, Power, Symbol, rebuild, symbols
from solver.names import Name
from solver.problem import Derivation
from solver.tidy import tidy


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a derivation: what stands there, the rule that led to it, and the author's own words, if any."""

    rule: str
    after: Expression
    because: str = ""
    origin: Path = ()


def steps(derivation: Derivation) -> tuple[Step, ...]:
    """The members of f'(x) = ..., from d/dx of the function to the last form asked for.

    Raises ProblemError where the rule the author opens with does not fit, or the derivative cannot be brought into
    terms of the function.
    """
    variable = derivation.variable
    own = Call(derivation.function.text, (Symbol(variable),))
    forms = (derivation.formula, *derivation.rewrite)
    opened = _opened(derivation, forms)
    found = [
        Step("differentiate", Derivative(own, variable, partial=False)),
        Step("by definition", Derivative(derivation.formula, variable, partial=False)),
    ]
    for place, form in enumerate(derivation.rewrite):
        rule = "rewritten" if isinstance(form, Power) else "rewritten otherwise"
        origin = ("derive", "rewrite", place)
        found.append(Step(rule, Derivative(form, variable, partial=False), origin=origin))
    ruled = by_rule(opened, variable)
    found.append(Step(_reason(opened, variable), ruled, origin=derivation.origin))
    if tidy(ruled) != ruled:
        found.append(Step("tidy", tidy(ruled), origin=derivation.origin))
    found.extend(Step("author", step.to, step.because, step.origin) for step in derivation.steps)
    if derivation.in_terms_of_function:
        ended = _replace(found[-1].after, derivation.formula, own)
        if variable in symbols(_replace(ended, own, ONE)):
            raise ProblemError([
                Fault("S207", "this derivative is not brought into terms of the function by solver alone yet",
                      ("derive", "in_terms_of"), "add steps: that lead there")
            ])  # fmt: skip
        if ended != found[-1].after:
            found.append(Step("in terms of", ended, origin=("derive", "in_terms_of")))
    return tuple(found)


def _reason(opened: Expression, variable: Name) -> str:
    """The opening rule; without the chain rule where the inner function is the variable itself."""
    rule = opening_rule(opened, variable)
    match opened:
        case Power(base=Symbol()) | Call(arguments=(Symbol(),)) if rule in ("power", "chain"):
            return f"{rule} alone"
        case _:
            return rule


def _opened(derivation: Derivation, forms: tuple[Expression, ...]) -> Expression:
    if not derivation.rule:
        return forms[0]
    rules: list[str] = [opening_rule(form, derivation.variable) for form in forms]
    if derivation.rule not in rules:
        message = f"the {derivation.rule} rule does not open this derivative; it opens with the {rules[0]} rule"
        hint = f"leave rule: out, or rewrite: the function so that the {derivation.rule} rule comes first"
        raise ProblemError([Fault("S203", message, ("derive", "rule"), hint)])
    return forms[rules.index(derivation.rule)]


def _replace(node: Expression, old: Expression, new: Expression) -> Expression:
    return new if node == old else rebuild(node, lambda part: _replace(part, old, new))
