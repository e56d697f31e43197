"""The numerical check of a derivative: at three points its value beside a difference quotient, each digit decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flint import arb, ctx, fmpq

from solver.derivation_facts import given_numbers
from solver.derivations.derived import Derived, Working
from solver.derivations.proof import value_at
from solver.diagnostics import Fault, ProblemError
from solver.document import Block, Inline, Math, Paragraph, Section, Table, Text, sentence
from solver.expression import (
    Call,
    Expression,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    substitute,
    symbols,
)
from solver.mathtext import text
from solver.names import Name, QuantityName
from solver.parse import parse_number
from solver.problem import Derivation, FunctionDefinition
from solver.rounding import Enclosure, show_places

STEP = Name("h")
SIZE = parse_number("0.001")
PLACES = 5
NEAR = fmpq(1, 1_000)
"""The quotient with a step of 0.001 is nearer to the derivative than this part of it (and of 1), or a line is false."""
STANDARD = ("-1", "0.5", "2", "0.25", "3", "1.5", "-0.5", "4")
COUNT = 3


def checks(derivation: Derivation, derived: Derived, words: Mapping[str, str]) -> Iterator[Block]:
    """A table for each derivative that is checked; nothing where names stay symbols that no example is given for."""
    free = [
        name for function in derivation.functions for name in symbols(function.formula)
        if name not in function.variables and name not in derivation.example
    ]  # fmt: skip
    if free or STEP in {v for function in derivation.functions for v in function.variables}:
        return
    tables: list[Block] = []
    for function in derivation.functions if len(derivation.functions) == 1 else derivation.functions[:1]:
        for by in derivation.by:
            working = next(w for w in derived.workings if w.name is not None and _is_of(w, function, by))
            tables.extend(_table(function, by, working, derivation, derived))
    if tables:
        about: tuple[Inline, ...] = sentence(words["check words"], step=Math(Symbol(STEP), "=", SIZE))
        if derivation.example:
            about = (*sentence(words["check with"], numbers=given_numbers(derivation)), *about)
        yield Section(1, (Text(words["check"]),), (Paragraph(about), *tables), "check")


def _is_of(working: Working, function: FunctionDefinition, by: Name) -> bool:
    name = working.name
    return getattr(name, "of", None) == function.name and getattr(name, "by", None) == by and not hasattr(name, "then")


def _table(
    function: FunctionDefinition, by: Name, working: Working, derivation: Derivation, derived: Derived
) -> Iterator[Block]:
    quotient = _quotient(function, by)
    example = {name: number.value for name, number in derivation.example.items() if name not in function.variables}
    result = derived.meaning.spelled_out(working.result)
    whole = derived.meaning.spelled_out(quotient)
    header = [*(Symbol(variable) for variable in function.variables), working.left, quotient]
    rows = []
    for point in _points(function, derivation):
        known: dict[QuantityName, fmpq] = dict(example.items())
        known[STEP] = SIZE.value
        known |= {variable: number.value for variable, number in point.items()}
        if not all(value_at(node, known).is_finite() for node in (result, whole)):
            continue
        if any(abs(known[by] - place) <= SIZE.value for place in derived.breaks(derivation.example)):
            continue
        _refuse_apart(result, whole, known, working, derivation)
        shown = [show_places(_value(node, known), PLACES, "half_up") for node in (result, whole)]
        rows.append(tuple((Math(node),) for node in (*point.values(), *shown)))
        if len(rows) == COUNT:
            break
    if rows:
        yield Table(tuple((Math(node),) for node in header), tuple(rows))


def _points(function: FunctionDefinition, derivation: Derivation) -> Iterator[dict[Name, Number]]:
    """The author's points, or standard ones; further variables take other values of the row."""
    chosen: Sequence[Number] = derivation.checked or tuple(parse_number(text) for text in STANDARD)
    for place in range(len(chosen)):
        yield {variable: chosen[(place + at) % len(chosen)] for at, variable in enumerate(function.variables)}


def _quotient(function: FunctionDefinition, by: Name) -> Expression:
    """(f(x + h) - f(x - h))/(2*h)"""
    ends = []
    for sign in (1, -1):
        moved = Sum((Term(1, Symbol(by)), Term(sign, Symbol(STEP))))
        ends.append(Call(function.name.text, tuple(substitute(Symbol(v), {by: moved}) for v in function.variables)))
    return Quotient(Sum((Term(1, ends[0]), Term(-1, ends[1]))), Product((integer(2), Symbol(STEP))))


def _value(node: Expression, known: dict[QuantityName, fmpq]) -> Enclosure:
    def at(bits: int) -> arb:
        with ctx.workprec(bits + 64):
            return value_at(node, known)

    return at


def _refuse_apart(
    result: Expression, whole: Expression, known: dict[QuantityName, fmpq], working: Working, derivation: Derivation
) -> None:
    """A derivative far from the difference quotient would be a false one. Raises ProblemError."""
    with ctx.workprec(128):
        first, second = value_at(result, known), value_at(whole, known)
        if abs(first - second) > NEAR * (1 + abs(first)):
            message = f"{text(working.left)} is {first.str(8)} but the difference quotient is {second.str(8)}"
            raise ProblemError([Fault("S501", message, derivation.origin)])
