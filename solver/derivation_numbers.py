"""The numerical check of a derivative: beside a difference quotient at three points, one in each piece at least."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import arb, ctx, fmpq

from solver.derivation_facts import given_numbers
from solver.derivations.derived import Derived, Working
from solver.derivations.pieces import Interval, place_in
from solver.derivations.proof import value_at
from solver.derivations.roots import approximate
from solver.diagnostics import Fault, ProblemError
from solver.document import Block, EquationLine, Equations, Inline, Math, Paragraph, Section, Table, Text, sentence
from solver.expression import (
    Call,
    Expression,
    Number,
    Power,
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
from solver.measure import PAGE, width
from solver.names import Name, Prime, QuantityName, Second, Total
from solver.parse import parse_number
from solver.problem import Derivation, FunctionDefinition, names_of
from solver.rounding import Enclosure, decimal, show_places

STEPS = ("h", "k", "epsilon", "s")
QUOTIENTS = ("D", "Q", "Delta", "R")
"""Letters for the step and for difference quotients: the first that the problem does not use."""
SIZE = parse_number("0.001")
PLACES = 5
NEAR = fmpq(1, 1_000)
"""The quotient with a step of 0.001 is nearer to the derivative than this part of it (and of 1), or a line is false."""
STANDARD = ("-1", "0.5", "2", "0.25", "3", "1.5", "-0.5", "4")
COUNT, COLUMNS, DIGITS = 3, 9, 4
LONGEST = PAGE - 8
"""Digits of a difference quotient that a page has room for; a derivative with a longer one is not checked by it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A derivative, and the difference quotient that comes close to it; `name` is what the quotient is called."""

    working: Working
    quotient: Expression
    name: Name | None = None


def checks(derivation: Derivation, derived: Derived, words: Mapping[str, str]) -> Iterator[Block]:
    """A table for each function, its second derivatives too; nothing where a name stays a symbol without an example."""
    free = [
        name for function in derivation.functions for name in symbols(function.formula)
        if name not in function.variables and name not in derivation.example
    ]  # fmt: skip
    if free:
        return
    tables: list[Block] = []
    for function in derivation.functions:
        checked = _checked(function, derivation, derived)
        second = [isinstance(one.working.name, Second) for one in checked]
        for wanted in dict.fromkeys(second):  # the second derivatives in a table of their own
            own = [one for one, is_second in zip(checked, second, strict=True) if is_second is wanted]
            names = list(dict.fromkeys(one.name for one in own))
            room = max((COLUMNS - len(function.variables)) // 2, 1)
            for start in range(0, len(names), room):  # a page has no room for more beside each other
                beside = [one for one in own if one.name in names[start : start + room]]
                tables.extend(_table(function, beside, derivation, derived))
    if tables:
        about: tuple[Inline, ...] = sentence(words["check words"], step=Math(Symbol(step_of(derivation)), "=", SIZE))
        variables = {variable for function in derivation.functions for variable in function.variables}
        if numbers := given_numbers(derivation, without=variables):
            about = (*sentence(words["check with"], numbers=numbers), *about)
        yield Section(1, (Text(words["check"]),), (Paragraph(about), *tables), "check")


def step_of(derivation: Derivation) -> Name:
    """The step of the difference quotients."""
    return Name(_unused(STEPS, derivation))


def quotient_names(derivation: Derivation, derived: Derived) -> tuple[Name, ...]:
    """The names that difference quotients go by on the page."""
    found = (_checked(function, derivation, derived) for function in derivation.functions)
    return tuple(dict.fromkeys(one.name for checked in found for one in checked if one.name is not None))


def _unused(letters: Sequence[str], derivation: Derivation) -> str:
    used = {name.base for name in names_of(derivation) if isinstance(name, Name)}
    return next(letter for letter in letters if letter not in used)


def _checked(function: FunctionDefinition, derivation: Derivation, derived: Derived) -> list[Checked]:
    """Each derivative of a function; of one variable the quotient needs no name."""
    step, letter = step_of(derivation), _unused(QUOTIENTS, derivation)
    first = str(derivation.functions.index(function) + 1) if len(derivation.functions) > 1 else ""
    found = []
    for working in derived.workings:
        name = working.name
        if not isinstance(name, Prime | Total | Second) or name.of != function.name:
            continue
        moved = (name.by, name.then) if isinstance(name, Second) else (name.by,)
        index = first + "".join(sorted(str(derivation.by.index(by) + 1) for by in moved))
        quotient = _second_quotient(function, *moved, step) if len(moved) > 1 else _quotient(function, name.by, step)
        if width(quotient) <= LONGEST:
            found.append(Checked(working, quotient, Name(letter, (index,)) if derivation.shape else None))
    return found


def _table(
    function: FunctionDefinition, checked: Sequence[Checked], derivation: Derivation, derived: Derived
) -> Iterator[Block]:
    example: dict[QuantityName, fmpq] = {
        name: number.value for name, number in derivation.example.items() if name not in function.variables
    }
    values = [
        (derived.meaning.spelled_out(one.working.result), derived.meaning.spelled_out(one.quotient)) for one in checked
    ]
    columns = _columns(checked)
    rows: list[tuple[fmpq, tuple[tuple[Inline, ...], ...]]] = []
    breaks, covered = derived.breaks(derivation.example), set[int]()
    for point in (*_points(function, derivation), *_in_pieces(derivation, derived)):
        known: dict[QuantityName, fmpq] = {**example, step_of(derivation): SIZE.value}
        known |= {variable: number.value for variable, number in point.items()}
        if not all(value_at(node, known).is_finite() for pair in values for node in pair):
            continue
        if any(abs(known[derivation.by[0]] - at) <= SIZE.value for at in breaks):
            continue
        piece = sum(known[derivation.by[0]] > at for at in breaks)
        if len(rows) >= COUNT and (derivation.checked or piece in covered):
            continue
        covered.add(piece)
        for one, (result, quotient) in zip(checked, values, strict=True):
            _refuse_apart(result, quotient, known, one.working, derivation)
        nodes = (derived.meaning.spelled_out(whole) for _, whole in columns)
        shown = [show_places(_value(node, known), PLACES, "half_up") for node in nodes]
        rows.append((known[derivation.by[0]], tuple((Math(node),) for node in (*point.values(), *shown))))
        if len(rows) >= COUNT and not breaks:
            break
    if breaks or not derivation.checked:  # from the left to the right, as the pieces are
        rows.sort(key=lambda row: row[0])
    if not rows:
        return
    named = {one.name: EquationLine(Symbol(one.name), one.quotient) for one in checked if one.name is not None}
    if named:
        yield Equations(tuple(named.values()))
    header = [*(Symbol(variable) for variable in function.variables), *(head for head, _ in columns)]
    yield Table(tuple((Math(node),) for node in header), tuple(row for _, row in rows))


def _columns(checked: Sequence[Checked]) -> list[tuple[Expression, Expression]]:
    """The heads of a table and what stands below them; derivatives with one quotient stand before it."""
    found: list[tuple[Expression, Expression]] = []
    for one in sorted(checked, key=lambda one: (len(one.name.index[0]), one.name.index) if one.name else (0, ())):
        head = one.quotient if one.name is None else Symbol(one.name)
        if found and found[-1][0] == head:
            found.pop()
        found.extend([(one.working.left, one.working.result), (head, one.quotient)])
    return found


def _points(function: FunctionDefinition, derivation: Derivation) -> Iterator[dict[Name, Number]]:
    """The author's points, or standard ones; further variables take other values of the row."""
    chosen: Sequence[Number] = derivation.checked or tuple(parse_number(text) for text in STANDARD)
    for place in range(len(chosen)):
        yield {variable: chosen[(place + at) % len(chosen)] for at, variable in enumerate(function.variables)}


def _in_pieces(derivation: Derivation, derived: Derived) -> Iterator[dict[Name, Number]]:
    """A point with few digits inside each piece of a function of one variable."""
    example: dict[QuantityName, Expression] = dict(derivation.example.items())
    for piece in derived.pieces:
        middle = approximate(substitute(place_in(Interval(piece.low, piece.high)), example))
        ends = [approximate(substitute(end, example)) for end in (piece.low, piece.high) if end is not None]
        if middle is None:
            continue
        for places in range(DIGITS):
            point = fmpq(int((middle * 10**places).floor()), 10**places)
            if all(end is not None and (point - end) * (middle - end) > 0 for end in ends):
                yield {derivation.by[0]: decimal(point)}
                break


def _quotient(function: FunctionDefinition, by: Name, step: Name) -> Expression:
    """(f(x + h) - f(x - h))/(2*h)"""
    ends = [(sign, _moved(function, {by: sign}, step)) for sign in (1, -1)]
    return Quotient(Sum(tuple(Term(sign, end) for sign, end in ends)), Product((integer(2), Symbol(step))))


def _second_quotient(function: FunctionDefinition, first: Name, then: Name, step: Name) -> Expression:
    """(f(x + h) - 2*f(x) + f(x - h))/h^2; with two variables the corners of a square, over 4*h^2."""
    square = Power(Symbol(step), integer(2))
    if first == then:
        ends = [_moved(function, {first: sign}, step) for sign in (1, -1)]
        middle = Term(-1, Product((integer(2), function.call)))
        return Quotient(Sum((Term(1, ends[0]), middle, Term(1, ends[1]))), square)
    both = sorted((first, then), key=function.variables.index)
    corners = [
        Term(sign * other, _moved(function, {both[0]: sign, both[1]: other}, step))
        for sign in (1, -1)
        for other in (1, -1)
    ]
    return Quotient(Sum(tuple(corners)), Product((integer(4), square)))


def _moved(function: FunctionDefinition, signs: Mapping[Name, int], step: Name) -> Call:
    """f(x + h, y - h)"""
    ends: dict[QuantityName, Expression] = {
        name: Sum((Term(1, Symbol(name)), Term(sign, Symbol(step)))) for name, sign in signs.items()
    }
    return Call(function.name.text, tuple(ends.get(v, Symbol(v)) for v in function.variables))


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
