"""The reason beside a member -> what is false in it: since h_in = 0.4 > 0, so the derivative of ReLU(h_in) is 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from flint import arb, fmpq

from solver.readback import numbers
from solver.readback.numbers import Number, Terms, Unreadable
from solver.readback.slopes import slope, slopes_of
from solver.readback.structure import are_different, names_in, signed_literal
from solver.readback.taken import slope as slope_of
from solver.readback.tex import Literal, Named, Node, Tree, evaluate, read_formula

COMPARED = re.compile(r"\s(=|<|>|\\approx)\s")
DERIVATIVES = (r"\frac{\partial ", r"\frac{d")
UNNAMED = "act"
"""A unit's activation where no line names it, because its value is stated; of it the comparison alone is checked."""
BY_CASES = ("relu", "leakyrelu", "elu", "abs", "step", "sign", "max", "min", UNNAMED)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of the page: its names, their values, how ties are rounded."""

    names: frozenset[str]
    value_of: Callable[[str], Terms]
    mode: str
    formulas: Mapping[str, Tree] = field(default_factory=dict)
    general: bool = False
    """Whether the page is a derivation, true for all numbers, whose reasons name what stands for what."""

    def number(self, tree: Tree) -> Number:
        return numbers.number(evaluate(tree, self.value_of))

    def faults(self, formulas: tuple[str, ...], worked: Tree, left: str = "") -> Iterator[str]:
        """What is false in a reason for what follows from a formula, on a line of `left`.

        A comparison, a local derivative or an identity is what it says; two names say that the first alone depends on
        the second.
        """
        compared: list[Tree] = []
        if not self.general and len(formulas) == 2 and self.names.issuperset(formulas):
            yield from self.alone(*formulas, worked, left)
            return
        for formula in formulas:
            first, *others = COMPARED.split(formula)
            if others and first.startswith(DERIVATIVES):
                yield from self.local(first, others, worked, left)
            elif len(others) == 2 and {first, others[1]} <= self.names and not list(_calls(worked)):
                yield from self.identity(first, others[1], worked, left)
            elif others:
                members = [read_formula(text, self.names) for text in (first, *others[1::2])]
                yield from self.comparison(members, others[::2])
                calls = list(_calls(worked))
                ordered = any(relation in "<>" for relation in others[::2])
                if (calls or ordered) and not any(self.belongs(call, members, others[::2]) for call in calls):
                    yield "the reason compares what no case depends on"
                compared.extend(tree for tree in members if signed_literal(tree) is None)
            elif compared:
                yield from self.taken(read_formula(first, self.names), worked, compared, left)

    def alone(self, part: str, by: str, worked: Tree, left: str) -> Iterator[str]:
        """E_1 alone depends on y_1, of all that the quantity differentiated on the left is made of."""
        wholes = [name for name in self.formulas if left.startswith(above(name))]
        follows = isinstance(worked, Named) and worked.name.startswith(above(part)) and worked.name.endswith(below(by))
        if not left.endswith(below(by)) or not wholes or not follows:
            yield "the reason is about another derivative"
        for whole in wholes:
            found = [name for name in names_in(self.formulas[whole]) if self.depends(name, by)]
            if found != [part]:
                yield f"{part} is not the only one that contains {by}"

    def depends(self, name: str, by: str) -> bool:
        """Whether a quantity is another, or is made from it."""
        made, waiting = set[str](), [name]
        while waiting:
            one = waiting.pop()
            if one not in made:
                made.add(one)
                waiting.extend(names_in(self.formulas[one]) if one in self.formulas else ())
        return by in made

    def local(self, first: str, others: list[str], worked: Tree, left: str) -> Iterator[str]:
        """A local derivative is that of the formula on the page, and the line has it as a factor."""
        made = [
            (name, by)
            for name in self.formulas
            if first.startswith(above(name))
            for by in names_in(self.formulas[name])
            if first.endswith(below(by))
        ]
        if len(made) != 1 or others[0] != "=" or len(others) != 2 or not left.endswith(below(made[0][1])):
            yield "the reason is no local derivative of this line"
            return
        ((name, by),) = made
        formula = self.formulas[name]
        said = evaluate(read_formula(others[1], self.names), lambda read: self.own(read, name))
        if are_different(evaluate(slope_of(formula, by), self.value_of), said):
            yield "the local derivative in the reason is another"
        terms = worked.parts if isinstance(worked, Node) and worked.operation == "+" else (worked,)
        for term in terms:
            nearer = [read for read in names_in(term) if read.startswith(DERIVATIVES) and read.endswith(below(name))]
            if nearer and not are_different(
                evaluate(term, self.value_of), numbers.product(self.value_of(nearer[0]), said)
            ):
                return
        yield "the line does not have the local derivative of its reason as a factor"

    def own(self, name: str, of: str) -> Terms:
        """A value, that of the quantity differentiated by its formula: rounded it is not what is differentiated."""
        return evaluate(self.formulas[name], self.value_of) if name == of else self.value_of(name)

    def identity(self, name: str, other: str, worked: Tree, left: str) -> Iterator[str]:
        """A linear unit hands on its net input, by which the line differentiates."""
        if self.formulas.get(name) not in (Node("linear", (Named(other),)), Named(other)):
            yield f"{name} is not {other} by its formula"
        nearer = isinstance(worked, Named) and worked.name.endswith(below(name))
        if not left.endswith(below(other)) or not (nearer or worked == self.formulas.get(name)):
            yield "the reason is about another derivative"

    def belongs(self, call: Node, members: list[Tree], relations: list[str]) -> bool:
        """Whether a comparison is between two arguments of a call, or between its argument and zero."""
        operands = call.parts if call.operation in ("max", "min") else (call.parts[0], Literal(fmpq(0), 0))
        after = next((place for place, relation in enumerate(relations, start=1) if relation in "<>"), 1)
        sides = members[:after], members[after:]
        if any(tree not in operands for tree in members if signed_literal(tree) is None):
            return False
        return all(any(self.is_among(tree, operands) for tree in side) for side in sides)

    def is_among(self, tree: Tree, operands: tuple[Tree, ...]) -> bool:
        shown = signed_literal(tree)
        literals = (signed_literal(operand) for operand in operands)
        return tree in operands if shown is None else any(one and one.value == shown.value for one in literals)

    def comparison(self, members: list[Tree], relations: list[str]) -> Iterator[str]:
        """Each relation between neighbours, and the order of the two ends by their values in full."""
        values = [self.number(member) for member in members]
        for place, relation in enumerate(relations):
            before, after = values[place : place + 2]
            if relation in "<>":
                if not _ordered(before, after, relation):
                    yield f"{relation} in the reason is false"
                continue
            apart = numbers.differ(before, after)
            if apart is not None and apart == (relation == "="):
                yield f"{relation} in the reason is false"
            for printed, value in ((members[place + 1], before), (members[place], after)):
                shown = signed_literal(printed)
                if shown and not numbers.rounds_to(value, shown.value, shown.last_place, self.mode):
                    yield f"the reason says {arb(shown.value).str(12, radius=False)} for another number"
        order = [relation for relation in relations if relation in "<>"]
        if order and not _ordered(values[0], values[-1], order[0]):
            yield "the two ends of the reason are not in its order"

    def taken(self, tree: Tree, worked: Tree, compared: list[Tree], left: str) -> Iterator[str]:
        """What is taken is what is taught for the function compared: its derivative at a kink, its value at a jump."""
        value = self.number(tree)
        of_slope = self.general or left.startswith(DERIVATIVES)
        for call in _calls(worked):
            if call.parts[0] in compared and call.operation != UNNAMED:
                arguments = [self.number(part) for part in call.parts]
                taught = (
                    slopes_of(call.operation, arguments)[0] if of_slope else numbers.call(call.operation, arguments)
                )
                if numbers.differ(taught, value):
                    what = "derivative is taken at the kink" if of_slope else "value is taken at the jump"
                    yield f"another {what} of {call.operation}"

    def derivative(self, worked: Tree, by: str, member: Tree) -> Iterator[str]:
        """The derivative that is printed is the one that a reader finds."""
        try:
            found, said = slope(worked, by, self.value_of), self.number(member)
        except Unreadable:  # an unknown elsewhere in the formula
            return
        if numbers.differ(found, said):
            yield f"the derivative is {numbers.ball(found).str(12, radius=False)}"


def said_beside(reasons: tuple[tuple[int, tuple[str, ...]], ...]) -> Iterator[tuple[str, ...]]:
    """The formulas beside each member, those of a reason that goes on in further rows together."""
    for place in dict.fromkeys(place for place, _ in reasons):
        yield tuple(formula for other, formulas in reasons if other == place for formula in formulas)


def above(name: str) -> tuple[str, str]:
    """How the derivatives of a quantity begin."""
    return rf"\frac{{\partial {name}}}", rf"\frac{{d{name}}}"


def below(name: str) -> tuple[str, str]:
    """How the derivatives by a quantity end."""
    return rf"{{\partial {name}}}", rf"{{d{name}}}"


def _ordered(before: Number, after: Number, relation: str) -> bool:
    return bool(before < after if relation == "<" else before > after)


def _calls(tree: Tree) -> Iterator[Node]:
    """The functions worked by cases in a formula."""
    if isinstance(tree, Node):
        if tree.operation in BY_CASES:
            yield tree
        for part in tree.parts:
            yield from _calls(part)
