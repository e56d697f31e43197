"""What a page tells of its quantities, and their values: from the givens and the formulas on the page itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from flint import fmpq

from solver.readback import numbers
from solver.readback.convention import Convention, Read
from solver.readback.givens import given_row
from solver.readback.lookup import Names
from solver.readback.numbers import Terms, Unreadable
from solver.readback.page import Line
from solver.readback.structure import has_value, names_in, signed_literal
from solver.readback.taken import resolved
from solver.readback.tex import Literal, Node, Operator, Tree, evaluate, is_numeric


class Circular(Unreadable):
    """A page works a quantity out from itself."""


def _is_equal(member: tuple[str, str]) -> bool:
    return member[0] == "="


@dataclass(slots=True)
class Known:
    """What the page tells, and the values that it gives."""

    names: frozenset[str]
    convention: Convention
    given: dict[str, Terms] = field(default_factory=dict)
    formulas: dict[str, Tree] = field(default_factory=dict)
    simpler: dict[str, tuple[Tree, ...]] = field(default_factory=dict)
    """The forms that a formula is brought into on its line."""
    reads: dict[str, set[str]] = field(default_factory=dict)
    results: dict[str, Literal] = field(default_factory=dict)
    below: set[str] = field(default_factory=set)
    """The quantities whose result stands on a line of its own, below that of the formula."""
    known: dict[str, Terms] = field(default_factory=dict)
    matrices: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    examples: dict[str, Terms] = field(default_factory=dict)
    working: set[str] = field(default_factory=set)
    """The quantities whose formulas are being worked."""

    def __post_init__(self) -> None:
        self.matrices |= dict(self.convention.matrices)
        names = self.names.union(self.matrices) if self.matrices else self.names
        self.names = Names.of(names).names  # one object for equal sets, so that they need not be compared again
        self.known |= {name: numbers.read(value) for name, value in self.convention.handed_on}

    def take_over(self, line: Line) -> bool:
        """Takes a long row of givens as they are told; not where something was told of one: then each is checked."""
        found = given_row(line, self.matrices)
        if any(name in self.given or name in self.formulas for name in found):
            return False
        self.given |= {name: numbers.plain(numbers.decimal(text)) for name, text in found.items()}
        self.printed |= found
        return bool(found)

    def learn(self, read: Read) -> None:
        """What a line says of its left side: a given, a formula, a printed result."""
        last = read.members[-1]
        if read.whole is not None:
            return
        if self.is_example(read):
            self.examples |= {read.left: evaluate(last, self.value)} if last is not None and is_numeric(last) else {}
            return
        if len(read.members) == 1 and last is not None and is_numeric(last) and read.line.members[0][0] == "=":
            if read.left not in self.formulas and read.left not in self.given:
                self.given[read.left] = evaluate(last, self.value)
            elif read.left in self.formulas and read.left not in self.results and (shown := signed_literal(last)):
                self.results[read.left] = shown
                self.below.add(read.left)
            return
        for member in read.members:
            if member is not None and not isinstance(member, Operator):
                self.reads.setdefault(read.left, set()).update(names_in(member))
        forms = [member for member in read.members if member is not None and has_value(member)]
        forms.sort(key=is_numeric)  # a formula with names in it, where there is one
        stated = any(isinstance(member, Node) and not has_value(member) for member in read.members)
        tells = forms and (not is_numeric(forms[0]) or (len(read.members) > 1 and not stated))
        if tells and read.left not in self.formulas:
            self.formulas[read.left] = forms[0]
            exact = [member for member, _ in zip(read.members, takewhile(_is_equal, read.line.members), strict=False)]
            self.simpler[read.left] = tuple(form for form in forms[1:] if form in exact and not is_numeric(form))
        shown = signed_literal(last)
        if shown is not None:
            self.results.setdefault(read.left, shown)

    def value(self, name: str) -> Terms:
        """The value that is carried on: a given, the rounded result, or what the formula gives."""
        if name not in self.known:
            if name in self.given:
                self.known[name] = self.given[name]
            elif self.convention.carried and name in self.results:
                self.known[name] = numbers.plain(self.results[name].value)
            else:
                self.known[name] = numbers.carried_on(self.by_formula(name))
        return self.known[name]

    def by_formula(self, name: str) -> Terms:
        """What the formula of a quantity gives; itself, where it has none or stays unknown as a whole.

        Raises Circular where the formulas of a page lead back to the quantity.
        """
        if name in self.given or name not in self.formulas:
            handed_on = any(name == other for other, _ in self.convention.handed_on)
            return self.known[name] if handed_on else self.given.get(name, {(name,): fmpq(1)})
        if name in self.working:
            raise Circular(f"{name} is worked out from itself")
        self.working.add(name)
        try:
            found = self.evaluated(name, self.formulas[name])
            for form in self.simpler[name] if self.is_open(found) else ():
                value = self.evaluated(name, form)
                found = found if (name,) in value else value
            return found
        finally:
            self.working.discard(name)

    def evaluated(self, name: str, formula: Tree) -> Terms:
        try:
            return evaluate(self.resolved(formula), self.value)
        except Circular:
            raise
        except Unreadable:
            return {(name,): fmpq(1)}

    def is_open(self, terms: Terms) -> bool:
        """Whether what stands in terms as an unknown has a formula: an unknown is in a divisor or a function of it."""
        return any(unknown in self.formulas for unknowns in terms for unknown in unknowns)

    def is_example(self, read: Read) -> bool:
        """Whether a line says where something is so, checked or drawn, on a page that holds for all numbers."""
        free = dict(self.convention.points[0] if self.convention.points else ()).keys()
        member = read.members[0] if len(read.members) == 1 else None
        return read.left in free and read.whole is None and member is not None and names_in(member) <= free

    def resolved(self, tree: Tree) -> Tree:
        """A tree with the page's functions and the derivatives to be taken replaced by what they are."""
        if not self.convention.points:
            return tree
        return resolved(tree, {function.head: function for function in self.convention.functions}, self.formulas)

    def member_value(self, member: Tree | None) -> Terms | None:
        try:
            return evaluate(self.resolved(member), self.value) if member is not None else None
        except Unreadable:
            return None
