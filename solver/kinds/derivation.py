"""Kind `derive`: the derivative of a function, by rule and by the author's own lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator

from solver.diagnostics import Fault, ProblemError
from solver.expression import Call, Expression, Symbol, symbols
from solver.functions import FUNCTIONS
from solver.graph import Graph
from solver.kinds.formulas import function_faults
from solver.names import Name
from solver.problem import AuthorStep, Derivation, Head, Problem
from solver.spec import FormulaText, FunctionText, NameText, Section, Spec, listed


class StepSection(Section):
    """A line of the derivation in the author's form, and why it follows."""

    to: FormulaText
    because: str = ""


class DerivationSection(Section):
    """The function, its variable, and how the author wants the derivation to go."""

    function: FunctionText
    by: NameText
    rewrite: Annotated[list[FormulaText], BeforeValidator(listed)] = []
    rule: Literal["constant factor", "sum", "product", "quotient", "power", "chain", "exponential"] | None = None
    steps: list[StepSection] = []
    in_terms_of: FormulaText | None = None


class DerivationSpec(Spec):
    """A problem given by a function whose derivative is asked."""

    derive: DerivationSection


def expand(spec: DerivationSpec, head: Head) -> Problem:
    """The derivation with every formula checked. Raises ProblemError with every fault of the spec."""
    faults = list(_faults(spec.derive))
    if faults:
        raise ProblemError(faults)
    section = spec.derive
    derivation = Derivation(
        function=section.function.function,
        variable=section.function.variable,
        formula=section.function.expression,
        rewrite=tuple(formula.expression for formula in section.rewrite),
        rule=section.rule or "",
        steps=tuple(
            AuthorStep(step.to.expression, step.because, ("derive", "steps", place, "to"))
            for place, step in enumerate(section.steps)
        ),
        in_terms_of_function=section.in_terms_of is not None,
        origin=("derive", "function"),
    )
    return Problem(head, Graph({}), derivation=derivation)


def _faults(section: DerivationSection) -> Iterator[Fault]:
    function, variable = section.function.function, section.function.variable
    path = ("derive", "function")
    if function.text in FUNCTIONS:
        yield Fault("S305", f"{function.text} is a function of the table already", path, "call yours f")
    yield from function_faults(section.function.text, section.function.expression, path)
    yield from _name_faults(section.function.expression, variable, path)
    if section.by != variable:
        yield Fault(
            "S306",
            f"{function.text} is a function of {variable.text}",
            ("derive", "by"),
            f"write {variable.text}",
        )
    for place, formula in enumerate(section.rewrite):
        yield from function_faults(formula.text, formula.expression, ("derive", "rewrite", place))
        yield from _name_faults(formula.expression, variable, ("derive", "rewrite", place))
    own = Call(function.text, (Symbol(variable),))
    for place, step in enumerate(section.steps):
        step_path = ("derive", "steps", place, "to")
        yield from function_faults(step.to.text, step.to.expression, step_path, own=(function.text,))
        yield from _name_faults(step.to.expression, variable, step_path)
    if section.in_terms_of and section.in_terms_of.expression != own:
        yield Fault("S203", f"{section.in_terms_of.text} is not the function", ("derive", "in_terms_of"),
                    f"write {function.text}({variable.text})")  # fmt: skip


def _name_faults(node: Expression, variable: Name, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if variable not in symbols(node) and any(isinstance(name, Name) for name in symbols(node)):
        yield Fault("S306", f"the formula does not depend on {variable.text}", path, "check the variable's name")
