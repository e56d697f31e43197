"""An expression -> its normal form: a quotient of two polynomials over the fractions in atoms.

Atoms are names, exponentials, logarithms and the other functions. Laws of exponents and of logarithms are built into
how an exponential or a logarithm becomes atoms, so two forms of one function have one normal form, and FLINT decides
whether their difference is zero. Derivatives are taken here atom by atom: a second route beside the rules of
differentiation, which shares none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import assert_never

from flint import fmpq, fmpq_mpoly, fmpz

from solver.derivations.fraction import (
    CONTEXT,
    GENERATORS,
    MAX_ATOMS,
    Fraction,
    TooLarge,
    constant,
    constant_of,
    inverse,
    is_constant,
    leading,
    lowered,
    lowest,
    negative,
    plus,
    polynomial_form,
    times,
    to_power,
)
from solver.diagnostics import InternalError
from solver.expression import (
    Call,
    Constant,
    Derivative,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from solver.functions import FUNCTIONS
from solver.names import Name, QuantityName

MAX_POWER = 40
"""Of a whole exponent."""


class _Finer(Exception):
    """An exponential is needed at a smaller fraction of its exponent than its atom has; the work starts again."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What a generator stands for: a name, a constant, a function of `argument`, or exp(`argument`).

    An exponential with `root` r > 1 is the r-th root of `argument`'s own value: its r-th power is `radicand`.
    """

    kind: str
    name: QuantityName | None = None
    argument: Fraction | None = None
    radicand: Fraction | None = None
    root: int = 1


@dataclass(slots=True)
class Space:
    """The atoms met so far. What is converted in one space can be compared, added and differentiated there."""

    functions: Mapping[str, Callable[[Call], Expression | None]] = field(default_factory=dict)
    atoms: list[Atom] = field(default_factory=list)
    places: dict[object, int] = field(default_factory=dict)
    fineness: dict[str, int] = field(default_factory=dict)
    direction: dict[str, int] = field(default_factory=dict)

    def convert(self, *nodes: Expression) -> tuple[Fraction, ...]:
        """The normal forms. Raises TooLarge."""
        while True:
            self.atoms.clear()
            self.places.clear()
            try:
                return tuple(self.reduced(self._of(node)) for node in nodes)
            except _Finer:
                continue
            except (ZeroDivisionError, OverflowError) as reason:
                raise TooLarge(str(reason)) from None

    def generator(self, key: object, atom: Atom) -> Fraction:
        if key not in self.places:
            if len(self.atoms) >= MAX_ATOMS:
                raise TooLarge("too many different functions and names")
            self.places[key] = len(self.atoms)
            self.atoms.append(atom)
        return Fraction(GENERATORS[self.places[key]], CONTEXT.constant(1))

    def symbol(self, name: QuantityName) -> Fraction:
        return self.generator(name, Atom("symbol", name))

    def _of(self, node: Expression) -> Fraction:
        match node:
            case Number():
                return constant(node.value)
            case Constant(name):
                return self.generator(name, Atom(name))
            case Symbol(name):
                return self.symbol(name)
            case Negate(operand):
                return times(constant(fmpq(-1)), self._of(operand))
            case Sum(terms):
                total = constant(fmpq(0))
                for term in terms:
                    total = plus(total, times(constant(fmpq(term.sign)), self._of(term.value)))
                return total
            case Product(factors):
                product = constant(fmpq(1))
                for factor in factors:
                    product = times(product, self._of(factor))
                return product
            case Quotient(numerator, denominator):
                return times(self._of(numerator), inverse(self._of(denominator)))
            case Power(base, exponent):
                return self._power(self._of(base), self._of(exponent))
            case Derivative(operand, by, _):
                return self.slope(self.reduced(self._of(operand)), by)
            case Call():
                return self._call(node)
            case Matrix() | Transpose() | Entrywise():
                raise InternalError(f"{type(node).__name__} is compared entry by entry")
            case _:
                assert_never(node)

    def _call(self, node: Call) -> Fraction:
        spelled = self.functions[node.function](node) if node.function in self.functions else None
        row = FUNCTIONS.get(node.function)
        spelled = spelled or (row.spelled(node) if row else None)
        if spelled is not None:
            return self._of(spelled)
        arguments = [self.reduced(self._of(a)) for a in (row.arguments(node) if row else node.arguments)]
        first = arguments[0]
        match node.function:
            case "exp":
                return self.exponential(first)
            case "ln":
                return self.logarithm(first)
            case "log2" | "log10":
                base = self.logarithm(constant(fmpq(2 if node.function == "log2" else 10)))
                return times(self.logarithm(first), inverse(base))
            case "sqrt":
                return self._power(first, constant(fmpq(1, 2)))
            case "linear":
                return first
            case "abs":
                return times(first, self._odd("sign", first))
            case "relu":
                return times(first, self._function("step", first))
            case "leaky_relu" | "elu":
                step = self._function("step", first)
                below = first if node.function == "leaky_relu" else plus(self.exponential(first), constant(fmpq(-1)))
                off = plus(constant(fmpq(1)), negative(step))
                return plus(times(first, step), times(times(arguments[1], below), off))
            case "max" | "min":
                return self._chosen(arguments, 1 if node.function == "max" else -1)
            case "tan":
                return times(self._odd("sin", first), inverse(self._even("cos", first)))
            case "sin" | "erf" | "sign" as word:
                return self._odd(word, first)
            case "erfc":
                return plus(constant(fmpq(1)), negative(self._odd("erf", first)))
            case "cos":
                return self._even("cos", first)
            case word if len(arguments) == 1:
                return self._function(word, first)
            case _:
                raise TooLarge(f"{node.function} has no normal form")

    def _chosen(self, arguments: list[Fraction], sign: int) -> Fraction:
        """max(a, b) = a + (b - a)*step(b - a), one argument after the other; min with the signs turned."""
        best = arguments[0]
        for other in arguments[1:]:
            ahead = plus(other, negative(best))
            turned = ahead if sign > 0 else negative(ahead)
            best = plus(best, times(ahead, self._function("step", self.reduced(turned))))
        return best

    def _function(self, word: str, argument: Fraction) -> Fraction:
        if word == "step" and is_constant(argument):
            return constant(fmpq(int(constant_of(argument) > 0)))
        return self.generator((word, argument.key), Atom(word, argument=argument))

    def _odd(self, word: str, argument: Fraction) -> Fraction:
        if argument.top.is_zero():
            return constant(fmpq(0))
        if leading(argument) < 0:
            return negative(self._function(word, negative(argument)))
        return self._function(word, argument)

    def _even(self, word: str, argument: Fraction) -> Fraction:
        if argument.top.is_zero():
            return constant(fmpq(1))
        return self._function(word, negative(argument) if leading(argument) < 0 else argument)

    def _power(self, base: Fraction, exponent: Fraction) -> Fraction:
        whole = constant_of(exponent) if is_constant(exponent) else None
        if whole is not None and whole.q == 1:
            if abs(whole) > MAX_POWER:
                raise TooLarge("a power that is too high")
            return to_power(base, int(whole.p))
        return self.exponential(self.reduced(times(exponent, self.logarithm(self.reduced(base)))))

    def exponential(self, exponent: Fraction) -> Fraction:
        """e^(a + b) = e^a * e^b, e^(n*a) = (e^a)^n, e^(ln v) = v, term by term of the exponent."""
        found = constant(fmpq(1))
        for monomial, coefficient in exponent.top.to_dict().items():
            term = Fraction(CONTEXT.from_dict({monomial: fmpq(1)}), exponent.bottom)
            content = fmpq(1)
            if is_constant(Fraction(exponent.bottom, CONTEXT.constant(1))):
                content = constant_of(Fraction(exponent.bottom, CONTEXT.constant(1)))
                term = Fraction(term.top, CONTEXT.constant(1))
            found = times(found, self._exponential_of(lowest(term), coefficient / content))
        return found

    def _exponential_of(self, term: Fraction, coefficient: fmpq) -> Fraction:
        key = term.key
        radicand = self._radicand(term)
        needed = int(coefficient.q)
        fineness = self.fineness.get(key, 1)
        if fineness % needed:
            self.fineness[key] = lcm(fineness, needed)
            raise _Finer
        steps = coefficient * fineness
        if radicand is not None and fineness == 1:
            return self._power(radicand, constant(coefficient))
        direction = self.direction.setdefault(key, 1 if steps > 0 or radicand is not None else -1)
        atom = Atom(
            "exp", argument=times(term, constant(fmpq(direction, fineness))), radicand=radicand, root=fineness
        )  # fmt: skip
        base = self.generator(("exp", key), atom)
        return self._power(base, constant(steps * direction))

    def _radicand(self, term: Fraction) -> Fraction | None:
        """v, where the term is ln(v)."""
        monomials = term.top.to_dict()
        ((exponents, _),) = monomials.items()
        if sum(exponents) != 1 or not is_constant(Fraction(term.bottom, CONTEXT.constant(1))):
            return None
        atom = self.atoms[exponents.index(1)]
        return atom.argument if atom.kind == "ln" else None

    def logarithm(self, value: Fraction) -> Fraction:
        """ln of what is positive by its form is taken apart: ln(a*e^b/c) = ln a + b - ln c; else it is an atom.

        Beside ln(u), ln(1/u) is -ln(u): the two have a value at the same points.
        """
        if self.is_positive(value.top) and self.is_positive(value.bottom):
            return plus(self._logarithm_of(value.top), negative(self._logarithm_of(value.bottom)))
        if not value.top.is_zero() and ("ln", (turned := lowest(inverse(value))).key) in self.places:
            return negative(self.generator(("ln", turned.key), Atom("ln", argument=turned)))
        return self.generator(("ln", value.key), Atom("ln", argument=value))

    def _logarithm_of(self, polynomial: fmpq_mpoly) -> Fraction:
        """ln of a positive polynomial: its number by primes, its common powers, and what is left as one atom."""
        terms = polynomial.to_dict()
        common = tuple(min(powers) for powers in zip(*terms, strict=True))
        number = polynomial.leading_coefficient()
        rest = {
            tuple(power - least for power, least in zip(powers, common, strict=True)): coefficient / number
            for powers, coefficient in terms.items()
        }
        found = constant(fmpq(0))
        for place, power in enumerate(common):
            if power:
                atom = self.atoms[place]
                alone = Fraction(GENERATORS[place], CONTEXT.constant(1))
                own = (
                    atom.argument if atom.kind == "exp" and atom.argument is not None
                    else self.generator(("ln", alone.key), Atom("ln", argument=alone))
                )  # fmt: skip
                found = plus(found, times(constant(fmpq(power)), own))
        for sign, size in ((1, number.p), (-1, number.q)):
            for prime, count in fmpz(size).factor():
                alone = constant(fmpq(prime))
                own = self.generator(("ln", alone.key), Atom("ln", argument=alone))
                found = plus(found, times(constant(fmpq(sign * int(count))), own))
        if len(rest) > 1:
            alone = Fraction(CONTEXT.from_dict(rest), CONTEXT.constant(1))
            found = plus(found, self.generator(("ln", alone.key), Atom("ln", argument=alone)))
        return found

    def is_positive(self, polynomial: fmpq_mpoly) -> bool:
        """Whether every term is positive by its form: a positive number times exponentials and even powers."""
        terms = polynomial.to_dict()
        positive = [atom.kind in ("exp", "pi") for atom in self.atoms]
        strict = any(
            all(power == 0 or positive[place] for place, power in enumerate(powers) if power) for powers in terms
        )
        return strict and all(
            coefficient > 0 and all(positive[place] or power % 2 == 0 for place, power in enumerate(powers) if power)
            for powers, coefficient in terms.items()
        )

    def reduced(self, value: Fraction) -> Fraction:
        """In lowest terms, with r^q = v for roots, sin^2 = 1 - cos^2, step^2 = step put to use."""
        for place, atom in enumerate(self.atoms):
            found = self._relation(place, atom)
            if found is not None:
                limit, replacement = found
                value = times(
                    lowered(value.top, place, limit, replacement),
                    inverse(lowered(value.bottom, place, limit, replacement)),
                )
        return lowest(value)

    def _relation(self, place: int, atom: Atom) -> tuple[int, Fraction] | None:
        """The power of an atom from which it is something else, and what that is."""
        if atom.radicand is not None:
            return atom.root, atom.radicand
        if atom.kind == "sin" and atom.argument is not None and ("cos", atom.argument.key) in self.places:
            cosine = GENERATORS[self.places["cos", atom.argument.key]]
            return 2, Fraction(CONTEXT.constant(1) - cosine**2, CONTEXT.constant(1))
        if atom.kind == "step":
            return 2, Fraction(GENERATORS[place], CONTEXT.constant(1))
        return None

    def slope(self, value: Fraction, by: QuantityName) -> Fraction:
        """d(p/q) = (q*dp - p*dq)/q^2 with dp the sum over the atoms of dp/da * da."""
        top, bottom = constant(fmpq(0)), constant(fmpq(0))
        for place in range(len(self.atoms)):
            if value.top.degrees()[place] > 0 or value.bottom.degrees()[place] > 0:  # of zero they are -1
                moved = self._slope_of_atom(place, by)
                top = plus(top, times(polynomial_form(value.top.derivative(place)), moved))
                bottom = plus(bottom, times(polynomial_form(value.bottom.derivative(place)), moved))
        p, q = polynomial_form(value.top), polynomial_form(value.bottom)
        difference = plus(times(q, top), negative(times(p, bottom)))
        return self.reduced(times(difference, inverse(times(q, q))))

    def _slope_of_atom(self, place: int, by: QuantityName) -> Fraction:
        atom = self.atoms[place]
        if atom.kind == "symbol":
            return constant(fmpq(int(atom.name == by)))
        if atom.argument is None:
            return constant(fmpq(0))
        own, u = polynomial_form(GENERATORS[place]), atom.argument
        moved = self.slope(u, by)
        if moved.top.is_zero():
            return moved
        match atom.kind:
            case "exp":
                outer = own
            case "ln":
                outer = inverse(u)
            case "sin":
                outer = self._even("cos", u)
            case "cos":
                outer = negative(self._odd("sin", u))
            case "erf":
                root = self._power(self.generator("pi", Atom("pi")), constant(fmpq(-1, 2)))
                outer = times(times(constant(fmpq(2)), root), self.exponential(self.reduced(negative(times(u, u)))))
            case "step" | "sign":
                outer = constant(fmpq(0))
            case word if word in self.functions or word not in FUNCTIONS:
                outer = self._function(f"{word}'", u)
            case word:
                raise TooLarge(f"{word} has no slope here")
        return times(outer, moved)

    def names(self, value: Fraction) -> Iterator[int]:
        """The places of the atoms that a normal form holds."""
        for place, (above, below) in enumerate(zip(value.top.degrees(), value.bottom.degrees(), strict=True)):
            if above > 0 or below > 0:
                yield place

    def reads(self, value: Fraction, name: Name) -> bool:
        """Whether a normal form depends on a name, in the arguments of its atoms too."""
        for place in self.names(value):
            atom = self.atoms[place]
            if atom.name == name or (atom.argument is not None and self.reads(atom.argument, name)):
                return True
        return False
