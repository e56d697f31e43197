"""A false line -> the one change with which it holds: a sign, a factor, an exponent, an operation, a term."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flint import ctx, fmpq

from solver.derivations.meaning import Meaning
from solver.derivations.proof import POINTS, compare, value_at
from solver.expression import (
    ONE,
    Call,
    Expression,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    symbols,
)
from solver.mathtext import text
from solver.names import Name, QuantityName
from solver.series import BITS
from solver.tidy import written

MAX_TRIED = 3_000
OTHER_FUNCTIONS = {"sin": "cos", "cos": "sin", "exp": "ln", "ln": "exp", "tanh": "sigmoid", "sigmoid": "tanh"}


@dataclass(frozen=True, slots=True)
class Mend:
    """What to put in place of what, and the whole line then."""

    change: str
    line: Expression

    @property
    def sentence(self) -> str:
        return f"with {self.change} the line holds: {text(self.line)}"


def mended(before: Expression, false: Expression, meaning: Meaning) -> Mend | None:
    """The first single change that makes a line equal to the one before it; tried at two points, then proven."""
    target = meaning.concrete(meaning.spelled_out(before))
    spelled = meaning.concrete(meaning.spelled_out(false))
    names = [n for n in dict.fromkeys((*symbols(target), *symbols(spelled))) if isinstance(n, Name)]
    with ctx.workprec(BITS):
        points: list[dict[QuantityName, fmpq]] = []
        for place in range(len(POINTS)):
            known: dict[QuantityName, fmpq] = {n: POINTS[(place + 3 * at) % len(POINTS)] for at, n in enumerate(names)}
            if value_at(target, known).is_finite():
                points.append(known)
        wanted = [value_at(target, known) for known in points[:2]]
        for count, (change, line) in enumerate(changes(false, names)):
            if count > MAX_TRIED:
                return None
            concrete = meaning.concrete(meaning.spelled_out(line))
            if not all(value_at(concrete, known).overlaps(value) for known, value in zip(points, wanted, strict=False)):
                continue
            if points and compare(before, line, meaning).holds:
                return Mend(change, line)
    return None


def changes(node: Expression, names: list[Name]) -> Iterator[tuple[str, Expression]]:
    """Every line that differs in one place, with the words for that change; the likeliest slips first."""
    yield from _anywhere(node, names, _own_changes)
    yield from _anywhere(node, names, _unlikely_changes)


Changed = Iterator[tuple[str, Expression]]


def _anywhere(node: Expression, names: list[Name], own: Callable[[Expression, list[Name]], Changed]) -> Changed:
    yield from own(node, names)
    match node:
        case Negate(operand):
            yield from ((words, Negate(inner)) for words, inner in _anywhere(operand, names, own))
        case Sum(terms):
            for place, term in enumerate(terms):
                for words, inner in _anywhere(term.value, names, own):
                    yield words, Sum((*terms[:place], Term(term.sign, inner), *terms[place + 1 :]))
        case Product(factors):
            for place, factor in enumerate(factors):
                for words, inner in _anywhere(factor, names, own):
                    yield words, Product((*factors[:place], inner, *factors[place + 1 :]))
        case Quotient(left, right) | Power(left, right):
            build = Quotient if isinstance(node, Quotient) else Power
            yield from ((words, build(inner, right)) for words, inner in _anywhere(left, names, own))
            yield from ((words, build(left, inner)) for words, inner in _anywhere(right, names, own))
        case Call(function, arguments, label):
            for place, argument in enumerate(arguments):
                for words, inner in _anywhere(argument, names, own):
                    yield words, Call(function, (*arguments[:place], inner, *arguments[place + 1 :]), label)
        case _:
            return


def _own_changes(node: Expression, names: list[Name]) -> Iterator[tuple[str, Expression]]:
    match node:
        case Sum(terms):
            for place, term in enumerate(terms):
                mark, other = ("+", "-") if term.sign > 0 else ("-", "+")
                flipped = Sum((*terms[:place], Term(-term.sign, term.value), *terms[place + 1 :]))
                yield f"'{other}' in place of '{mark}' before {text(term.value)}", flipped
            for place, term in enumerate(terms):
                rest = (*terms[:place], *terms[place + 1 :])
                left = Sum(rest) if len(rest) > 1 or rest[0].sign < 0 else rest[0].value
                yield f"{text(term.value)} left out", left
            if len(terms) == 2 and terms[0].sign > 0:
                mark = "+" if terms[1].sign > 0 else "-"
                yield f"a product in place of '{mark}'", Product((terms[0].value, terms[1].value))
                yield f"a quotient in place of '{mark}'", Quotient(terms[0].value, terms[1].value)
        case Product(factors):
            yield from _of_product(factors)
        case Quotient(top, bottom):
            yield from _of_quotient(top, bottom)
        case Power(base, exponent):
            yield f"{text(base)} without the exponent {text(exponent)}", base
            exponents: list[Expression] = [*map(integer, (2, 3, 4)), Negate(exponent), *map(Symbol, names)]
            for tried in exponents:
                if tried != exponent and not isinstance(exponent, Number):
                    yield f"the exponent {text(tried)} in place of {text(exponent)}", Power(base, tried)
        case Number():
            yield from _of_number(node)
        case Negate(operand):
            yield f"{text(operand)} in place of {text(node)}", operand
        case Call(function, arguments) if function in OTHER_FUNCTIONS:
            other = OTHER_FUNCTIONS[function]
            yield f"{other} in place of {function}", Call(other, arguments)
        case Symbol(name):
            for candidate in names:
                if candidate != name:
                    yield f"{candidate.text} in place of {text(node)}", Symbol(candidate)
        case _:
            pass


def _unlikely_changes(node: Expression, names: list[Name]) -> Changed:
    """A minus in front of anything, a square, a factor 2, 1 - p for p: tried after the rest."""
    if not isinstance(node, Number | Negate):
        shown = f"({text(node)})" if isinstance(node, Sum) else text(node)
        yield f"-{shown} in place of {text(node)}", Negate(node)
    if isinstance(node, Symbol | Call):
        yield f"{text(node)} squared", Power(node, integer(2))
        yield f"1 - {text(node)} in place of {text(node)}", Sum((Term(1, ONE), Term(-1, node)))
        yield f"a factor 2 before {text(node)}", Product((integer(2), node))


def _of_product(factors: tuple[Expression, ...]) -> Iterator[tuple[str, Expression]]:
    for place in range(1, len(factors)):
        left, right = _product(factors[:place]), _product(factors[place:])
        yield "'-' in place of the product", Sum((Term(1, left), Term(-1, right)))
        yield "'+' in place of the product", Sum((Term(1, left), Term(1, right)))
        yield "a quotient in place of the product", Quotient(left, right)
    for place, factor in enumerate(factors):
        yield f"the factor {text(factor)} left out", _product((*factors[:place], *factors[place + 1 :]))
    yield "a factor 2 more", Product((integer(2), *factors))


def _of_quotient(top: Expression, bottom: Expression) -> Iterator[tuple[str, Expression]]:
    if isinstance(top, Product):  # a/b*c/d is read from the left: ((a/b)*c)/d
        for place in range(1, len(top.factors)):
            left, right = _product(top.factors[:place]), _product(top.factors[place:])
            yield "'-' in place of the product", Sum((Term(1, left), Term(-1, Quotient(right, bottom))))
            yield "'+' in place of the product", Sum((Term(1, left), Term(1, Quotient(right, bottom))))
    yield "a product in place of the quotient", Product((top, bottom))
    yield "numerator and denominator exchanged", Quotient(bottom, top)
    yield f"the denominator {text(bottom)} squared", Quotient(top, Power(bottom, integer(2)))
    yield f"the denominator {text(bottom)} left out", top


def _of_number(node: Number) -> Iterator[tuple[str, Expression]]:
    value = node.value
    others = (value + 1, value - 1, value * 2, value / 2, -value, value + 2, value - 2, fmpq(0), fmpq(1), value * value)
    found = dict.fromkeys(str(other) for other in others)
    for shown in found:
        other = fmpq(*map(int, shown.split("/")))
        if other != value:
            yield f"{other} in place of {node.text}", written(other)


def _product(factors: tuple[Expression, ...]) -> Expression:
    return Product(factors) if len(factors) > 1 else factors[0]
