"""The values of a graph as forms in powers of e and other atoms: exactly which number, where no ball can say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from flint import arb, fmpq

from solver import forms
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
    symbols,
)
from solver.forms import Form, TooLong
from solver.functions import FUNCTIONS, Function, Undecided, formula_of, sign_of
from solver.graph import Graph
from solver.names import Name, QuantityName

SPELLED: Mapping[str, str] = {
    "log2": "ln(u)/ln(2)", "log10": "ln(u)/ln(10)", "erfc": "1 - erf(u)", "tan": "sin(u)/cos(u)", "linear": "u",
}  # fmt: skip
ODD, EVEN = ("erf", "sin"), ("cos",)


@dataclass(slots=True)
class ClosedForms:
    """The forms of a graph's values, each worked once. `fixed` values stand in place of what the formulas give;
    `ball` tells where a value lies, so that a function worked by cases is known to be in one of them. `claims` are the
    pairs of values that were found to be one, or two: each is proven once more before anything is written."""

    graph: Graph
    fixed: Mapping[QuantityName, object] | None
    ball: Callable[[Expression], fmpq | arb]
    known: dict[QuantityName, Form | None] = field(default_factory=dict)
    claims: list[tuple[Expression, Expression, bool]] = field(default_factory=list)

    def rational(self, node: Expression) -> fmpq | None:
        """The fraction that a value is, proven; None where no proof is found."""
        form = self.form(node)
        try:
            found = forms.rational(form) if form is not None else None
        except TooLong:
            return None
        if found is not None:
            self.claims.append((node, Number("", found), True))
        return found

    def same(self, left: Expression, right: Expression) -> bool | None:
        """Whether two values are proven to be one number, or two; None where it stays open."""
        ours, other = self.form(left), self.form(right)
        try:
            found = forms.is_zero(forms.add(ours, forms.negate(other))) if ours and other else None
        except TooLong:
            return None
        if found is not None:
            self.claims.append((left, right, found))
        return found

    def form(self, node: Expression) -> Form | None:
        """The form of an expression; None where it is not followed."""
        self.work_out(node)
        try:
            return self.of(node)
        except (TooLong, Undecided, RecursionError):
            return None

    def work_out(self, node: Expression) -> None:
        """The forms of all that an expression is made from, in the order of the graph."""
        waiting, needed = [*symbols(node)], set[QuantityName]()
        while waiting:
            name = waiting.pop()
            if name not in needed and name not in self.known and name in self.graph.by_name and self.fixed is None:
                needed.add(name)
                waiting.extend(self.graph.by_name[name].reads)
        for name in self.graph.by_name if needed else ():
            if name in needed:
                definition = self.graph.by_name[name]
                stated = definition.stated
                try:
                    self.known[name] = self.of(stated if stated is not None else definition.expression)
                except (TooLong, Undecided, RecursionError):
                    self.known[name] = None

    def named(self, name: QuantityName) -> Form:
        if self.fixed is not None and name in self.fixed:
            value = self.fixed[name]
            if isinstance(value, fmpq):
                return forms.number(value)
        elif isinstance(name, Name) and name in self.graph.givens:
            return forms.number(self.graph.givens[name].value)
        elif name in self.known:
            found = self.known[name]
            if found is None:
                raise TooLong("a value that is not followed")
            return found
        return forms.atom(("name", name))

    def of(self, node: Expression) -> Form:
        match node:
            case Number():
                return forms.number(node.value)
            case Constant():
                return forms.atom(("pi",))
            case Symbol(name):
                return self.named(name)
            case Negate(operand):
                return forms.negate(self.of(operand))
            case Sum(terms):
                total = forms.number(fmpq(0))
                for term in terms:
                    value = self.of(term.value)
                    total = forms.add(total, value if term.sign > 0 else forms.negate(value))
                return total
            case Product(factors):
                product = forms.number(fmpq(1))
                for factor in factors:
                    product = forms.multiply(product, self.of(factor))
                return product
            case Quotient(numerator, denominator):
                return forms.multiply(self.of(numerator), forms.invert(self.of(denominator)))
            case Power(base, exponent):
                return self.power(self.of(base), self.of(exponent))
            case Call(function):
                return self.call(FUNCTIONS[function], node)
            case Derivative() | Matrix() | Transpose() | Entrywise():
                raise InternalError(f"{type(node).__name__} has no value")
            case _:
                assert_never(node)

    def power(self, base: Form, exponent: Form) -> Form:
        whole = forms.rational(exponent)
        if whole is not None and whole.q == 1:
            return forms.raise_to(base, int(whole.p))
        return forms.root(base) if whole == fmpq(1, 2) else forms.atom(("^", base.key(), exponent.key()))

    def call(self, row: Function, node: Call) -> Form:
        """A function by its formula, by the case that applies, or as an atom of its argument."""
        if row.chosen:
            return self.of(node.arguments[row.chosen([self.ball(argument) for argument in node.arguments])])
        if row.cases:
            case = row.cases.of(sign_of(self.ball(row.arguments(node)[0])))
            return self.of(row.filled(case, node))
        if row.name in SPELLED:
            return self.of(row.filled(formula_of(SPELLED[row.name]), node))
        spelled = row.spelled(node)
        if spelled is not None:
            return self.of(spelled)
        argument = self.of(node.arguments[0])
        value = forms.rational(argument)
        exact = row.exact(value) if value is not None else None
        if exact is not None:
            return forms.number(exact)
        match row.name:
            case "exp":
                return forms.exponential(argument)
            case "ln":
                return forms.logarithm(argument)
            case "sqrt":
                return forms.root(argument)
            case name:
                turned = name in (*ODD, *EVEN) and forms.leads_negative(argument)
                own = forms.atom((name, (forms.negate(argument) if turned else argument).key()))
                return forms.negate(own) if turned and name in ODD else own
