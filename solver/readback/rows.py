"""The rows of a page's tables: new values, what rounding changed, numbers under formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solver.readback import numbers
from solver.readback.known import Known
from solver.readback.numbers import Unreadable, digits_of
from solver.readback.page import Row
from solver.readback.structure import are_different, names_in, printed_places, signed_literal, wrongly_rounded
from solver.readback.tex import Named, Node, Tree, evaluate, is_numeric, read_formula


@dataclass(slots=True)
class Rows:
    """Checks one row after the other; a row of formulas is the header of those below it."""

    page: Known
    header: tuple[Tree, ...] = ()

    def check(self, row: Row) -> Iterator[str]:
        """A row of new values, or a row of what rounding changed."""
        try:
            trees = [read_formula(cell, self.page.names) for cell in row.cells]
        except Unreadable as reason:
            yield str(reason)
            return
        if self.page.convention.points:
            if is_numeric(trees[0]):
                yield from self.at_point(trees)
            else:
                self.header = tuple(trees)
            return
        if not isinstance(trees[0], Named) or len(trees) != 4:
            yield "a row of this table cannot be read"
            return
        name = trees[0].name
        if self.page.convention.carried and name in self.page.results and name not in self.page.given:
            yield from self.drift(name, trees)
            return
        gradient, new = self.updated(name)
        for quantity, tree in zip((name, gradient, new), trees[1:], strict=True):
            digits = printed_places(tree, self.page.convention.digits)
            value = evaluate(tree, self.page.value)
            if not quantity:
                yield "no update of this parameter stands on the page"
            elif quantity in self.page.given:
                if self.page.given[quantity] != value:
                    yield "a cell is not the given value"
            elif digits.keys() == value.keys():
                yield from wrongly_rounded(self.page.value(quantity), value, digits, self.page.convention.mode)
            elif are_different(self.page.value(quantity), value):  # with a quantity in it that has no number
                yield "a cell is not the value it stands for"

    def at_point(self, trees: list[Tree]) -> Iterator[str]:
        """A row of numbers under formulas: names at its start take their numbers, the others must give theirs."""
        if len(trees) != len(self.header):
            yield "a row of this table has no header"
            return
        given = {**self.page.given, **self.page.examples}
        checked = 0
        for head, tree in zip(self.header, trees, strict=True):
            value = numbers.number(evaluate(tree, self.page.value))
            if isinstance(head, Named) and head.name in self.page.given and not checked:
                given[head.name] = numbers.plain(value)
                continue
            checked += 1
            there = Known(self.page.names, self.page.convention, given, self.page.formulas)
            found = numbers.number(evaluate(there.resolved(head), there.value))
            shown = signed_literal(tree)
            if shown is None or not numbers.rounds_to(found, shown.value, shown.last_place, self.page.convention.mode):
                yield f"the formula gives {digits_of(found)}, not {digits_of(value)}"

    def drift(self, name: str, trees: list[Tree]) -> Iterator[str]:
        full, carried, difference = (numbers.number(evaluate(tree, self.page.value)) for tree in trees[1:])
        if carried != self.page.results[name].value or carried - full != difference:
            yield "the difference is not that of the two numbers beside it"

    def updated(self, parameter: str) -> tuple[str, str]:
        """The gradient and the new value of a parameter: the one that is it minus a step made from its gradient."""
        for name, tree in self.page.formulas.items():
            match tree:
                case Node("+", (Named(old), Node("-", (step,)))) if old == parameter:
                    if gradient := self.gradient_in(step, parameter):
                        return gradient, name
        return "", ""

    def gradient_in(self, step: Tree, parameter: str) -> str:
        """The derivative by a parameter that a step reads, itself or through the moments that are made from it."""
        seen, waiting = set[str](), sorted(names_in(step))
        while waiting:
            for name in waiting:
                if name.endswith((f"{{\\partial {parameter}}}", f"{{d{parameter}}}")):
                    return name
            seen.update(waiting)
            found = {
                inner for name in waiting if name in self.page.formulas for inner in names_in(self.page.formulas[name])
            }
            waiting = sorted(found - seen)
        return ""
