"""What the names and functions of a derivation stand for: a line is proven with all of them written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from solver.expression import (
    Call,
    Derivative,
    Expression,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    integer,
    rebuild,
    substitute,
)
from solver.names import Name, QuantityName


@dataclass(frozen=True, slots=True)
class Meaning:
    """`functions` are the author's, with their variables and formulas; `values` what a name is short for.

    `general` are functions of which nothing is said but that they can be differentiated.
    """

    functions: Mapping[str, tuple[tuple[Name, ...], Expression]] = field(default_factory=dict)
    values: Mapping[QuantityName, Expression] = field(default_factory=dict)
    general: frozenset[str] = frozenset()

    def spelled_out(self, node: Expression) -> Expression:
        """The author's functions and short names replaced by what they stand for."""
        match node:
            case Call(function, arguments) if function in self.functions:
                variables, formula = self.functions[function]
                inner = [self.spelled_out(argument) for argument in arguments]
                return substitute(self.spelled_out(formula), dict(zip(variables, inner, strict=True)))
            case Symbol(name) if name in self.values:
                return self.spelled_out(self.values[name])
            case _:
                return rebuild(node, self.spelled_out)

    def spellings(self) -> Mapping[str, Callable[[Call], Expression | None]]:
        """The author's functions for a space of normal forms."""
        return dict.fromkeys(self.functions, self.spelled_out)

    def concrete(self, node: Expression) -> Expression:
        """An example in place of each general function, for values at points: g(u) = u^2/3 + sin(u)."""
        match node:
            case Call(function, (argument,)) if function.rstrip("'") in self.general:
                u = self.concrete(argument)
                name = Name("u")
                faster = Product((Symbol(name), integer(1 + len(function.rstrip("'")))))
                square = Quotient(Power(Symbol(name), integer(2)), integer(3))
                value: Expression = Sum((Term(1, square), Term(1, Call("sin", (faster,)))))
                for _ in range(function.count("'")):
                    value = Derivative(value, name)
                return _at(value, name, u)
            case _:
                return rebuild(node, self.concrete)


def _at(node: Expression, name: Name, value: Expression) -> Expression:
    from solver.derivations.rules import taken_whole

    return substitute(taken_whole(node), {name: value})
