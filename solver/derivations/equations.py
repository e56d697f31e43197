"""An equation -> the same, solved for one of its names: the same done on both sides, line by line.

Where the name stands once it is freed from outside to inside; where it stands several times the equation is linear in
it, and its terms are collected and factored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from solver.derivations.derived import Derived, EquationStep, fault_of
from solver.derivations.fraction import (
    CONTEXT,
    Fraction,
    TooLarge,
    inverse,
    lowest,
    negative,
    plus,
    polynomial_form,
    times,
)
from solver.derivations.meaning import Meaning
from solver.derivations.normal import Space
from solver.derivations.proof import compare
from solver.derivations.simplify import collect
from solver.derivations.step import Step
from solver.derivations.written import write
from solver.diagnostics import Fault, ProblemError
from solver.expression import (
    Call,
    Expression,
    Negate,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    substitute,
    symbols,
    walk,
)
from solver.functions import FUNCTIONS
from solver.names import Name
from solver.problem import Rearrangement
from solver.tidy import rational, tidy, written

MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class _Equation:
    left: Expression
    right: Expression


def rearrange(asked: Rearrangement) -> Derived:
    """The equations from the author's to `unknown = ...`, each with what was done on both sides.

    The author's lines follow, each another form of the solution. Raises ProblemError where the equation is not one that
    is solved step by step, or where one of those is another number.
    """
    steps = [EquationStep("equation", asked.left, asked.right)]
    while steps[-1].left != Symbol(asked.unknown) or asked.unknown in symbols(steps[-1].right):
        found = list(_next(_Equation(steps[-1].left, steps[-1].right), asked.unknown)) if len(steps) < MAX_LINES else []
        if not found:
            message = f"this equation is not solved for {asked.unknown.text} step by step"
            hint = f"{asked.unknown.text} must stand in it once, or linearly"
            raise ProblemError([Fault("S505", message, ("derive", "solve_for"), hint)])
        steps.extend(found)
    result = collect(steps[-1].right)
    if result != steps[-1].right:
        steps.append(EquationStep("tidy", steps[-1].left, result))
    meaning, written = Meaning(), Step("tidy", None, result)
    for line in asked.steps:
        own = Step("author", None, line.to, because=line.because, origin=line.origin)
        verdict = compare(written.after, own.after, meaning)
        if not verdict.holds:
            raise ProblemError([fault_of(written.after, own, verdict, meaning)])
        written = own
        steps.append(EquationStep("author", Symbol(asked.unknown), line.to, because=line.because))
    proven = [_proven(step, asked.unknown, result) for step in steps]
    faults = [
        Fault("S501", f"a line that solver derived does not follow: line {place + 1}", asked.origin)
        for place, step in enumerate(proven) if step.proof is None
    ]  # fmt: skip
    if faults:
        raise ProblemError(faults)
    return Derived(Meaning(), equations=tuple(proven), results=((asked.unknown, written.after),))


def _proven(step: EquationStep, unknown: Name, result: Expression) -> EquationStep:
    """Each line holds with the solution put in: a second route, which shares nothing with the steps."""
    left, right = (substitute(side, {unknown: result}) for side in (step.left, step.right))
    return replace(step, proof=compare(left, right, Meaning()).proof)


def _next(now: _Equation, unknown: Name) -> Iterator[EquationStep]:
    on_left, on_right = (_count(side, unknown) for side in (now.left, now.right))
    if not on_left and on_right:
        yield EquationStep("swap", now.right, now.left)
    elif on_left == 1 and not on_right:
        yield from _freed(now, unknown)
    elif on_left + on_right > 1:
        yield from _linear(now, unknown)


def _count(node: Expression, unknown: Name) -> int:
    return sum(part == Symbol(unknown) for part in walk(node))


def _freed(now: _Equation, unknown: Name) -> Iterator[EquationStep]:
    """The outermost operation around the unknown undone on both sides."""
    left, right = now.left, now.right
    match left:
        case Sum(terms):
            inside = next(term for term in terms if _count(term.value, unknown))
            others = [term for term in terms if term is not inside]
            for sign, rule in ((1, "subtract"), (-1, "add")):
                moved = [term for term in others if term.sign == sign]
                if moved:
                    operand = _sum([Term(1, term.value) for term in moved])
                    moved_terms = [Term(-sign, term.value) for term in moved]
                    right = tidy(_sum([Term(1, right), *moved_terms]))
                    others = [term for term in others if term.sign != sign]
                    yield EquationStep(rule, _sum([t for t in terms if t is inside or t in others]), right, operand)
        case Negate(operand):
            yield EquationStep("negate", operand, tidy(Negate(right)))
        case Product(factors):
            inside_factor = next(factor for factor in factors if _count(factor, unknown))
            operand = _product([factor for factor in factors if factor is not inside_factor])
            yield _divided(inside_factor, tidy(Quotient(right, operand)), operand)
        case Quotient(top, bottom) if _count(top, unknown):
            factors = (*right.factors, bottom) if isinstance(right, Product) else (right, bottom)
            yield EquationStep("multiply", top, tidy(Product(factors)), bottom)
        case Quotient(top, bottom):
            if rational(right) == 0:
                return
            yield EquationStep("multiply", top, Product((right, bottom)), bottom)
            yield _divided(tidy(Quotient(top, right)), bottom, right)
        case Power(base, exponent):
            yield EquationStep("root of both", base, _root(right, exponent), exponent)
        case Call("exp", (argument,)):
            yield EquationStep("logarithm", argument, Call("ln", (right,)))
        case Call("ln", (argument,)):
            yield EquationStep("exponential of both", argument, Call("exp", (right,)))
        case Call("sqrt", (argument,)):
            yield EquationStep("square", argument, Power(right, integer(2)))
        case Call(function) if function in FUNCTIONS and (spelled := FUNCTIONS[function].spelled(left)) is not None:
            if _count(spelled, unknown) == 1:
                yield EquationStep("function spelled out", spelled, right)
        case _:
            return


def _divided(left: Expression, right: Expression, operand: Expression) -> EquationStep:
    """Both sides divided by an operand, of which it is said that it must not be zero where that is not seen."""
    return EquationStep("divide" if rational(operand) is None else "divide by number", left, right, operand)


def _root(value: Expression, exponent: Expression) -> Expression:
    number = rational(exponent)
    return (
        Call("sqrt", (value,))
        if number == 2
        else Power(value, tidy(Quotient(integer(1), exponent)) if number is None else written(1 / number))
    )


def _linear(now: _Equation, unknown: Name) -> Iterator[EquationStep]:
    """a*x + b = c*x + d -> a*x - c*x = d - b -> (a - c)*x = d - b -> x = (d - b)/(a - c)"""
    space = Space()
    try:
        left, right = space.convert(now.left, now.right)
    except TooLarge:
        return
    own = space.symbol(unknown)
    place = space.places[unknown]
    bottoms = times(polynomial_form(left.bottom), polynomial_form(right.bottom))
    if bottoms.top.degrees()[place]:
        common = lowest(times(bottoms, inverse(polynomial_form(left.bottom.gcd(right.bottom)))))
        sides = [write(times(side, common), "expand", space) for side in (left, right)]
        yield EquationStep("multiply", sides[0], sides[1], write(common, "factor", space))
        return
    difference = lowest(plus(left, negative(right)))
    if difference.top.degrees()[place] != 1 or any(
        atom.argument is not None and space.reads(atom.argument, unknown) for atom in space.atoms
    ):
        return
    expanded = [write(side, "expand", space) for side in (left, right)]
    if expanded != [now.left, now.right] and _count(expanded[0], unknown) + _count(expanded[1], unknown) > 1:
        one_side = now.left == expanded[0] or now.right == expanded[1]
        yield EquationStep("expand" if one_side else "expand both", expanded[0], expanded[1])
    with_unknown: list[Fraction] = []
    without: list[Fraction] = []
    for sign, side in ((1, left), (-1, right)):
        for powers, coefficient in side.top.to_dict().items():
            term = lowest(
                times(polynomial_form(CONTEXT.from_dict({powers: coefficient})), inverse(polynomial_form(side.bottom)))
            )
            term = term if sign > 0 else negative(term)
            (with_unknown if powers[place] else without).append(term)
    collected = tidy(_sum([Term(1, write(term, "expand", space)) for term in with_unknown]))
    rest = tidy(_sum([Term(1, write(negative(term), "expand", space)) for term in without]))
    yield EquationStep("collect unknown", collected, rest)
    total = lowest(polynomial_form(CONTEXT.constant(0)))
    for term in with_unknown:
        total = plus(total, times(term, inverse(own)))
    factor = write(lowest(total), "single fraction", space)
    front = factor.factors if isinstance(factor, Product) else (factor,)
    if rational(factor) != 1:
        if isinstance(factor, Sum):
            yield EquationStep("factor unknown", Product((*front, Symbol(unknown))), rest)
        yield _divided(Symbol(unknown), tidy(Quotient(rest, factor)), factor)
    elif len(with_unknown) > 1:
        yield EquationStep("tidy", Symbol(unknown), rest)


def _sum(terms: list[Term]) -> Expression:
    if not terms:
        return integer(0)
    flat: list[Term] = []
    for term in terms:
        inner = term.value.terms if isinstance(term.value, Sum) else (Term(1, term.value),)
        flat.extend(Term(term.sign * part.sign, part.value) for part in inner)
    if len(flat) == 1:
        return flat[0].value if flat[0].sign > 0 else Negate(flat[0].value)
    return Sum(tuple(flat))


def _product(factors: list[Expression]) -> Expression:
    return Product(tuple(factors)) if len(factors) > 1 else factors[0]
