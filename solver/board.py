"""The values of a solution as they are printed, and what may stand next to what: reproducing, `=` or `≈`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import arb

from solver.diagnostics import Fault, Path, ProblemError
from solver.evaluate import Impossible
from solver.expression import Call, Derivative, Expression, Symbol, substitute, symbols, walk
from solver.graph import Definition
from solver.identity import are_identical
from solver.names import Local, Name, QuantityName, Total
from solver.polynomial import Monomial, NotPolynomial, Polynomial, Value
from solver.printed import Printed, is_update, print_definition, print_number, print_value
from solver.rounding import Enclosure, RangeError, Relation, Rounding, UndecidedError, relation
from solver.solution import Solution
from solver.values import Values

MAX_DEPTH = 12
"""Definitions inside definitions that are spelled out where two numbers cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is asked of the values while a solution is laid out; printed numbers are worked out once."""

    values: Values
    rounding: Rounding
    carried: Mapping[QuantityName, Printed] = field(default_factory=dict)
    printed: dict[tuple[QuantityName, int], Printed] = field(default_factory=dict, compare=False, repr=False)
    seen: dict[int, tuple[Expression, Mapping[Monomial, Enclosure]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @staticmethod
    def of(solution: Solution) -> Board:
        """The board of a solution, with the values that it carries on."""
        rounding = solution.problem.head.rounding
        if solution.carried is None:
            return Board(solution.full, rounding)
        return Board(solution.carried.values, rounding, solution.carried.printed)

    def shown(self, name: QuantityName, extra: int = 0) -> Printed:
        """A quantity as printed: givens as their author wrote them, other values with `extra` guard digits."""
        if name in self.carried:
            return self.carried[name]
        key = (name, extra)
        if key not in self.printed:
            try:
                self.printed[key] = self._shown(name, extra)
            except (UndecidedError, RangeError) as reason:
                definition = self.values.graph.by_name.get(name)
                raise ProblemError([_unprintable(name, definition.origin if definition else (), reason)]) from None
        return self.printed[key]

    def _shown(self, name: QuantityName, extra: int) -> Printed:
        graph = self.values.graph
        definition = graph.by_name.get(name)
        number = graph.givens.get(name) if isinstance(name, Name) else None
        number = definition.stated if definition else number
        if number is not None:
            return print_number(number, self.rounding)
        rounding, value = self.rounding.of(name), Symbol(name)
        if definition is None:
            return print_value(self.coefficients(value), rounding, extra)
        return print_definition(definition, self.coefficients, self.shown, value, rounding, extra)

    def is_update(self, definition: Definition) -> bool:
        """Whether a definition is the new value of a parameter and a number."""
        return is_update(definition, self.coefficients(Symbol(definition.name)))

    def is_opaque(self, name: QuantityName) -> bool:
        """Whether a value stays unknown as a whole, because an unknown stands inside a function or divisor."""
        value = self.values.of(Symbol(name))
        return isinstance(value, Polynomial) and ((name, 1),) in value.terms

    def value(self, node: Expression) -> Value | None:
        """What a member is, evaluated as printed; None for a derivative to be taken or an unknown in a function."""
        if any(isinstance(part, Derivative) for part in walk(node)):
            return None
        try:
            return self.values.of(node)
        except NotPolynomial:
            return None

    def coefficients(self, node: Expression) -> Mapping[Monomial, Enclosure]:
        """Each monomial of a value with an enclosure of its coefficient; a number has the one monomial ().

        The members of a line are asked for several times: what was found is kept, by the identity of the node.
        """
        known = self.seen.get(id(node))
        if known is None:
            known = self.seen[id(node)] = (node, self.values.coefficients(node))
        return known[1]

    def number(self, node: Expression) -> Enclosure:
        """The enclosure of an expression without unknowns."""
        return self.coefficients(node)[()]

    def put_in(self, node: Expression, extra: int = 0) -> Expression:
        """The numbers put in for the names; what is unknown stays."""
        return substitute(node, {name: self.shown(name, extra).expression for name in symbols(node)})

    def reproduces(self, member: Expression, result: Printed) -> bool:
        """Whether a member, evaluated as it is printed and rounded, gives the printed result."""
        try:
            return result.is_rounded_from(self.coefficients(member))
        except (NotPolynomial, Impossible):  # an unknown in a function; a rounded number outside a domain
            return False

    def relation(self, left: Expression, right: Expression) -> Relation:
        """`=` exactly where two members are, as printed, the same number or the same expression in the unknowns."""
        try:
            first, second = self.coefficients(left), self.coefficients(right)
        except NotPolynomial:
            return "=" if self.is_exact(left) else "≈"
        if {*first} != {*second}:
            return "≈"
        try:
            return "=" if all(relation(first[m], second[m]) == "=" for m in first) else "≈"
        except UndecidedError:
            same = self.values.same(left, right)
            if same is not None:
                return "=" if same else "≈"
            if _are_the_same(*(self.spelled_out(side) for side in (left, right))):
                return "="
            from solver.symbolic import are_equal

            if are_equal(left, right):
                return "="
            raise

    def spelled_out(self, node: Expression, depth: int = 0) -> Expression:
        """An expression in numbers and functions of numbers, as far as a few definitions reach.

        A sum of rounded values may be an exact number in disguise: so written, the two can be proven equal.
        """
        graph = self.values.graph
        put: dict[QuantityName, Expression] = {}
        for name in symbols(node):
            definition = graph.by_name.get(name)
            if isinstance(name, Name) and name in graph.givens:
                put[name] = graph.givens[name]
            elif definition is not None and definition.stated is None and depth < MAX_DEPTH:
                put[name] = self.spelled_out(definition.expression, depth + 1)
        return substitute(node, put) if put else node

    def is_exact(self, node: Expression, extra: int = 0) -> bool:
        """Whether the printed values of all quantities in a node are their values."""
        return all(self._is_exact(name, extra) for name in symbols(node))

    def _is_exact(self, name: QuantityName, extra: int) -> bool:
        value = self.values.of(Symbol(name))
        return not isinstance(value, arb) and self.shown(name, extra).value == value


def _unprintable(name: QuantityName, origin: Path, reason: UndecidedError | RangeError) -> Fault:
    """A quantity of which no digits can be printed, and in which update of a run."""
    if isinstance(reason, UndecidedError):
        return Fault("S402", f"{name.text}: {reason}", origin, "give that quantity other digits, or another given")
    own = name.of if isinstance(name, Total | Local) else name
    when = f" in update {own.step}" if isinstance(own, Name) and own.step else ""
    hint = "take a smaller learning rate, or fewer updates" if when else "change the givens or the formula"
    return Fault("S401", f"{name.stem} is too large or too small to be printed{when}", origin, hint)


def _are_the_same(left: Expression, right: Expression) -> bool:
    """Whether two expressions are proven equal, or are one function at arguments that are."""
    match left, right:
        case Call(first, arguments), Call(second, others) if first == second and len(arguments) == len(others):
            return all(_are_the_same(one, other) for one, other in zip(arguments, others, strict=True))
        case _:
            return are_identical(left, right)
