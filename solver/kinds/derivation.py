"""Kind `derive`: derivatives by rule and by the author's own lines, equations solved, formulas put in, chain rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from solver.diagnostics import Fault, Path, ProblemError
from solver.expression import Call, Expression, Symbol, symbols
from solver.functions import FUNCTIONS
from solver.graph import Graph
from solver.kinds.derivation_checks import definition_faults, derivative_faults, rewritings
from solver.kinds.formulas import function_faults
from solver.names import Name
from solver.problem import (
    AnyDerivation,
    Asked,
    AskedVector,
    AuthorStep,
    ChainRule,
    Derivation,
    FunctionDefinition,
    Head,
    Named,
    PlotRange,
    Problem,
    Rearrangement,
    Rows,
    Substitution,
)
from solver.spec import (
    AbbreviationText,
    EquationText,
    FormulaText,
    FunctionText,
    NameText,
    NumberText,
    Section,
    Spec,
    listed,
)

Rule = Literal["constant factor", "sum", "product", "quotient", "power", "chain", "exponential"]
Form = Literal["factor", "expand", "single fraction"]


RowsText = Annotated[list[Annotated[list[NameText], BeforeValidator(listed)]], Field(min_length=1)]
"""A vector's names, or those of a matrix, row by row."""


class StepSection(Section):
    """A line of the derivation in the author's form, and why it follows."""

    to: FormulaText
    because: str = ""


class OwnLineSection(StepSection):
    """A line of one of several derivatives: `by` names its variable (both of a second one), `of` its function."""

    of: NameText | None = None
    by: Annotated[list[NameText], BeforeValidator(listed)] = []


class PlotSection(Section):
    """Where a function and its derivative are drawn."""

    start: Annotated[NumberText, Field(alias="from")]
    stop: Annotated[NumberText, Field(alias="to")]


class FunctionsSection(Section):
    """Functions, their variables, and how the author wants the derivation to go."""

    function: Annotated[list[FunctionText], BeforeValidator(listed)]
    by: Annotated[list[NameText], BeforeValidator(listed)]
    find: Literal["derivative", "gradient", "jacobian", "hessian"] | None = None
    rewrite: Annotated[list[AbbreviationText], BeforeValidator(listed)] = []
    rule: Rule | None = None
    steps: list[OwnLineSection] = []
    in_terms_of: Annotated[list[AbbreviationText], BeforeValidator(listed)] = []
    final_form: Form | None = None
    detail: Literal["rules", "substeps"] = "rules"
    vectors: dict[NameText, RowsText] = {}
    plot: PlotSection | None = None
    check_at: list[NumberText] = []
    example: dict[NameText, NumberText] = {}
    not_negative: Annotated[list[NameText], BeforeValidator(listed)] = []


class EquationSection(Section):
    """An equation, the name it is solved for, and other forms of the solution."""

    equation: EquationText
    solve_for: NameText
    steps: list[StepSection] = []


class SubstitutionSection(Section):
    """A formula, and the formulas that are put into it one after the other."""

    formula: AbbreviationText
    substitute: Annotated[list[AbbreviationText], BeforeValidator(listed), Field(min_length=1)]
    steps: list[StepSection] = []
    final_form: Form | None = None


class AskedSection(Section):
    """A derivative along the definitions; `call` is the name it goes by afterwards."""

    of: NameText
    by: NameText
    call: NameText | None = None


class ChainSection(Section):
    """Definitions, functions that stay general, and the derivatives asked for, in order."""

    definitions: Annotated[dict[NameText, FormulaText], Field(min_length=1)]
    functions: Annotated[list[NameText], BeforeValidator(listed)] = []
    derivatives: Annotated[list[AskedSection], Field(min_length=1)]
    vectors: dict[NameText, RowsText] = {}


def _section(value: Any) -> str:
    """Which derivation a mapping asks for, by the key that only it has."""
    keys = value if isinstance(value, dict) else {}
    if "equation" in keys or "solve_for" in keys:
        return "EquationSection"
    if "formula" in keys or "substitute" in keys:
        return "SubstitutionSection"
    if "definitions" in keys or "derivatives" in keys:
        return "ChainSection"
    return "FunctionsSection"


class DerivationSpec(Spec):
    """A problem in which something is derived."""

    derive: Annotated[
        Annotated[FunctionsSection, Tag("FunctionsSection")]
        | Annotated[EquationSection, Tag("EquationSection")]
        | Annotated[SubstitutionSection, Tag("SubstitutionSection")]
        | Annotated[ChainSection, Tag("ChainSection")],
        Discriminator(_section),
    ]


def expand(spec: DerivationSpec, head: Head) -> Problem:
    """The derivation with every formula checked. Raises ProblemError with every fault of the spec."""
    section = spec.derive
    faults: list[Fault] = []
    found: AnyDerivation
    match section:
        case FunctionsSection():
            found = _functions(section, faults)
        case EquationSection():
            found = _equation(section, faults)
        case SubstitutionSection():
            found = _substitution(section, faults)
        case _:
            found = _chain(section, faults)
    if faults:
        raise ProblemError(faults)
    return Problem(head, Graph({}), derivation=found)


def _functions(section: FunctionsSection, faults: list[Fault]) -> Derivation:
    functions = tuple(
        FunctionDefinition(f.function, f.variables, f.expression, ("derive", "function")) for f in section.function
    )
    faults.extend(derivative_faults(section, functions))
    terms = tuple(
        _named(term.left, term.right, functions, place, faults) for place, term in enumerate(section.in_terms_of)
    )
    several = len(functions) > 1 or len(section.by) > 1
    shape = section.find or (("jacobian" if len(functions) > 1 else "gradient") if several else "derivative")
    return Derivation(
        functions=functions,
        by=tuple(section.by),
        shape="" if shape == "derivative" else shape,
        rewrite=tuple(rewritings(section, functions, faults)),
        rule=section.rule or "",
        steps=_author_steps(section.steps),
        terms=tuple(term for term in terms if term is not None),
        form=section.final_form or "",
        detail=section.detail,
        vectors=_rows(section.vectors),
        plot=PlotRange(section.plot.start.value, section.plot.stop.value) if section.plot else None,
        checked=tuple(section.check_at),
        example=section.example,
        not_negative=tuple(section.not_negative),
        origin=("derive", "function"),
    )


def _rows(vectors: dict[Name, list[list[Name]]]) -> dict[Name, Rows]:
    return {name: tuple(map(tuple, rows)) for name, rows in vectors.items()}


def _author_steps(steps: Sequence[StepSection]) -> tuple[AuthorStep, ...]:
    found = []
    for place, step in enumerate(steps):
        of, by = (step.of, tuple(step.by)) if isinstance(step, OwnLineSection) else (None, ())
        found.append(AuthorStep(step.to.expression, step.because, ("derive", "steps", place, "to"), of, by))
    return tuple(found)


def _named(
    left: Expression,
    right: Expression | None,
    functions: tuple[FunctionDefinition, ...],
    place: int,
    faults: list[Fault],
) -> Named | None:
    """`f(x)`, `sigmoid(x)`, or `p = sigmoid(z)`."""
    path: Path = ("derive", "in_terms_of") if place == 0 else ("derive", "in_terms_of", place)
    if right is not None and isinstance(left, Symbol):
        return Named(left, right, path)
    for function in functions:
        if left == function.call:
            return Named(left, function.formula, path)
    if isinstance(left, Call) and left.function in FUNCTIONS:
        spelled = FUNCTIONS[left.function].spelled(left)
        return Named(left, spelled if spelled is not None else left, path)
    if right is None and isinstance(left, Symbol):
        faults.append(
            Fault("S203", f"{left.name.text} is not said to be anything", path, f"write {left.name.text} = formula")
        )
        return None
    hint = f"write {functions[0].name.text}({', '.join(v.text for v in functions[0].variables)}), or p = formula"
    faults.append(Fault("S203", "this is not the function", path, hint))
    return None


def _equation(section: EquationSection, faults: list[Fault]) -> Rearrangement:
    left, right = section.equation.left, section.equation.right
    path = ("derive", "equation")
    for side in (left, right):
        faults.extend(function_faults(section.equation.text, side, path))
    if section.solve_for not in (*symbols(left), *symbols(right)):
        message = f"{section.solve_for.text} does not stand in the equation"
        faults.append(Fault("S306", message, ("derive", "solve_for"), "check the name"))
    faults.extend(_step_faults(section.steps))
    return Rearrangement(left, right, section.solve_for, path, _author_steps(section.steps))


def _substitution(section: SubstitutionSection, faults: list[Fault]) -> Substitution:
    inserted = []
    for place, pair in enumerate((section.formula, *section.substitute)):
        path: Path = ("derive", "formula") if place == 0 else ("derive", "substitute", place - 1)
        if pair.right is None or not isinstance(pair.left, Symbol) or not isinstance(pair.left.name, Name):
            faults.append(Fault("S203", "a name, = and a formula are expected here", path, "for example: z = w*x + b"))
            continue
        faults.extend(function_faults(pair.text, pair.right, path))
        if pair.left.name in symbols(pair.right):
            faults.append(Fault("S304", f"{pair.left.name.text} is defined by itself", path, "use another name"))
        inserted.append((pair.left.name, pair.right))
    faults.extend(_step_faults(section.steps))
    if faults:
        return Substitution(Name("x"), Symbol(Name("x")), ())
    (name, formula), *rest = inserted
    return Substitution(
        name, formula, tuple(rest), _author_steps(section.steps), section.final_form or "", ("derive", "formula")
    )


def _step_faults(steps: Sequence[StepSection]) -> Iterator[Fault]:
    for place, step in enumerate(steps):
        yield from function_faults(step.to.text, step.to.expression, ("derive", "steps", place, "to"))


def _chain(section: ChainSection, faults: list[Fault]) -> ChainRule:
    general = tuple(name.text for name in section.functions)
    definitions = tuple((name, formula.expression) for name, formula in section.definitions.items())
    faults.extend(definition_faults(section, general))
    if faults:
        return ChainRule(definitions, general, ())
    asked: list[Asked] = []
    groups: list[AskedVector] = []
    for place, one in enumerate(section.derivatives):
        origin: Path = ("derive", "derivatives", place)
        if one.by in section.vectors:
            entries = [name for row in section.vectors[one.by] for name in row]
            named = [name for row in section.vectors[one.call] for name in row] if one.call else [None] * len(entries)
            asked.extend(Asked(one.of, by, short, origin) for by, short in zip(entries, named, strict=True))
            groups.append(AskedVector(one.of, one.by, one.call, origin))
        else:
            asked.append(Asked(one.of, one.by, one.call, origin))
    return ChainRule(
        definitions, general, tuple(asked), ("derive", "definitions"), _rows(section.vectors), tuple(groups)
    )
