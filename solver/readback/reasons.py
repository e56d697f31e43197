"""The reason beside a member -> what is false in it: since h_in = 0.4 > 0, so the derivative of ReLU(h_in) is 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flint import arb, fmpq

from solver.readback import numbers
from solver.readback.numbers import Number, Terms, Unreadable
from solver.readback.slopes import slope, slopes_of
from solver.readback.structure import signed_literal
from solver.readback.tex import Literal, Node, Tree, evaluate, read_formula

COMPARED = re.compile(r"\s(=|<|>|\\approx)\s")
UNNAMED = "act"
"""A unit's activation where no line names it, because its value is stated; of it the comparison alone is checked."""
BY_CASES = ("relu", "leakyrelu", "elu", "abs", "step", "sign", "max", "min", UNNAMED)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of the page: its names, their values, how ties are rounded."""

    names: frozenset[str]
    value_of: Callable[[str], Terms]
    mode: str

    def number(self, tree: Tree) -> Number:
        return numbers.number(evaluate(tree, self.value_of))

    def faults(self, formulas: tuple[str, ...], worked: Tree) -> Iterator[str]:
        """What is false in a reason for what follows from a formula; one without comparisons claims nothing here."""
        compared: list[Tree] = []
        for formula in formulas:
            first, *others = COMPARED.split(formula)
            if others:
                members = [read_formula(text, self.names) for text in (first, *others[1::2])]
                yield from self.comparison(members, others[::2])
                calls = list(_calls(worked))
                ordered = any(relation in "<>" for relation in others[::2])
                if (calls or ordered) and not any(self.belongs(call, members, others[::2]) for call in calls):
                    yield "the reason compares what no case depends on"
                compared.extend(tree for tree in members if signed_literal(tree) is None)
            elif compared:
                yield from self.taken(read_formula(first, self.names), worked, compared)

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

    def taken(self, tree: Tree, worked: Tree, compared: list[Tree]) -> Iterator[str]:
        """The derivative that is taken at a kink is the one that is taught for the function compared."""
        value = self.number(tree)
        for call in _calls(worked):
            if call.parts[0] in compared and call.operation != UNNAMED:
                taught = slopes_of(call.operation, [self.number(part) for part in call.parts])[0]
                if numbers.differ(taught, value):
                    yield f"another derivative is taken at the kink of {call.operation}"

    def derivative(self, worked: Tree, by: str, member: Tree) -> Iterator[str]:
        """The derivative that is printed is the one that a reader finds."""
        try:
            found, said = slope(worked, by, self.value_of), self.number(member)
        except Unreadable:  # an unknown elsewhere in the formula
            return
        if numbers.differ(found, said):
            yield f"the derivative is {numbers.ball(found).str(12, radius=False)}"


def _ordered(before: Number, after: Number, relation: str) -> bool:
    return bool(before < after if relation == "<" else before > after)


def _calls(tree: Tree) -> Iterator[Node]:
    """The functions worked by cases in a formula."""
    if isinstance(tree, Node):
        if tree.operation in BY_CASES:
            yield tree
        for part in tree.parts:
            yield from _calls(part)
