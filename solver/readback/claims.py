"""A written page -> the lines of it that are false, each with what a reader finds instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from flint import ctx, fmpq

from solver.readback import numbers
from solver.readback.convention import Convention, Read
from solver.readback.mentions import mention_faults
from solver.readback.numbers import Terms, Unreadable
from solver.readback.page import Line, Mention, Row, Syntax, mathematics
from solver.readback.reads import read_line
from solver.readback.reasons import Reader
from solver.readback.structure import (
    are_same,
    has_value,
    is_rounded,
    names_in,
    printed_places,
    related,
    signed_literal,
    stands_for,
)
from solver.readback.taken import resolved
from solver.readback.tex import Literal, Named, Node, Operator, Tree, evaluate, is_numeric, read_formula

PRECISIONS = (192, 10_000)


def false_lines(text: str, syntax: Syntax, names: frozenset[str], convention: Convention) -> tuple[str, ...]:
    """Every false claim on a page, as a sentence; nothing where all of it holds.

    `names` holds each quantity as it is printed, derivatives included. The values come from the page itself: from its
    givens and its formulas.
    """
    return _false_claims(tuple(mathematics(text, syntax, names)), names, convention)


@lru_cache(maxsize=4)  # the formats of one problem claim the same
def _false_claims(
    claims: tuple[Line | Row | Mention, ...], names: frozenset[str], convention: Convention
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for bits in PRECISIONS:  # a ball too wide to tell is no fault of the page
        with ctx.workprec(bits):
            found = {}
            for point in convention.points or ((),):
                given = {name: numbers.plain(value) for name, value in point}
                found |= dict.fromkeys(_Page(claims, names, convention, given).faults())
        if not found:
            break
    return tuple(found)


@dataclass(slots=True)
class _Page:
    claims: tuple[Line | Row | Mention, ...]
    names: frozenset[str]
    convention: Convention
    given: dict[str, Terms] = field(default_factory=dict)
    formulas: dict[str, Tree] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    results: dict[str, Literal] = field(default_factory=dict)
    known: dict[str, Terms] = field(default_factory=dict)
    matrices: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    examples: dict[str, Terms] = field(default_factory=dict)
    header: tuple[Tree, ...] = ()

    def __post_init__(self) -> None:
        self.matrices |= dict(self.convention.matrices)
        self.names = self.names.union(self.matrices) if self.matrices else self.names
        self.known |= {name: numbers.read(value) for name, value in self.convention.handed_on}

    def faults(self) -> Iterator[str]:
        lines: list[list[Read]] = []
        rows: list[Row] = []
        mentions: list[Mention] = []
        for item in self.claims:
            if isinstance(item, Row):
                rows.append(item)
                continue
            if isinstance(item, Mention):
                mentions.append(item)
                continue
            try:
                lines.append(read_line(item, self.names, self.matrices, whole=bool(self.convention.points)))
            except Unreadable as reason:
                yield f"{_shown(item)}: {reason}"
        for read in (read for entries in lines for read in entries if not read.line.cited):
            self.learn(read)
        for entries in lines:
            for read in entries:
                yield from self.told(_shown(read.line), self.check(read))
            if len(entries) > 1:
                yield from self.told(_shown(entries[0].line), self.together(entries))
        for mention in mentions:
            yield from self.told(
                ", ".join(mention.formulas),
                mention_faults(mention, self.names, self.reads, bool(self.convention.points)),
            )
        for row in rows:
            yield from self.told(" | ".join(row.cells), self.check_row(row))

    def told(self, what: str, faults: Iterator[str]) -> Iterator[str]:
        """What is found wrong, with the line it is found in; a line that has no value is wrong as well."""
        try:
            yield from (f"{what}: {fault}" for fault in faults)
        except Unreadable as reason:
            yield f"{what}: {reason}"

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
            return
        for member in read.members:
            if member is not None and not isinstance(member, Operator):
                self.reads.setdefault(read.left, set()).update(names_in(member))
        forms = [member for member in read.members if member is not None and has_value(member)]
        forms.sort(key=is_numeric)  # a formula with names in it, where there is one
        stated = any(isinstance(member, Node) and not has_value(member) for member in read.members)
        if forms and (not is_numeric(forms[0]) or (len(read.members) > 1 and not stated)):
            self.formulas.setdefault(read.left, forms[0])
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
                self.known[name] = self.by_formula(name)
        return self.known[name]

    def by_formula(self, name: str) -> Terms:
        """What the formula of a quantity gives; itself, where it has none or stays unknown as a whole."""
        if name in self.given or name not in self.formulas:
            handed_on = any(name == other for other, _ in self.convention.handed_on)
            return self.known[name] if handed_on else self.given.get(name, {(name,): fmpq(1)})
        try:
            return evaluate(self.resolved(self.formulas[name]), self.value)
        except Unreadable:
            return {(name,): fmpq(1)}

    def together(self, entries: list[Read]) -> Iterator[str]:
        """≈ stands before a matrix only where at least one entry is another number."""
        values = [self.claimed(read) for read in entries]
        for place, (relation, _) in enumerate(entries[0].line.members):
            pairs = [(own[place], own[place + 1]) for own in values]
            if relation != "=" and all(a is not None and b is not None and are_same(a, b) for a, b in pairs):
                yield f"≈ stands before member {place + 1}, but all entries are the same numbers"

    def claimed(self, read: Read) -> list[Terms | None]:
        """The value of the left side, then those of the members."""
        members = [self.member_value(member) for member in read.members]
        if read.whole is not None:
            return [self.member_value(read.whole), *members]
        cited = len(read.members) == 1 and (member := read.members[0]) is not None and self.is_result(member)
        return [self.value(read.left) if cited else self.by_formula(read.left), *members]

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

    def check(self, read: Read) -> Iterator[str]:
        if self.is_example(read):
            return
        said = signed_literal(read.members[0]) if len(read.members) == 1 and read.left in self.given else None
        if said is not None:  # most lines of a large network: a value that is given
            yield from related(self.given[read.left], numbers.plain(said.value), read.line.members[0][0], 0)
            return
        stated = read.left in self.given and len(read.members) > 1
        values = self.claimed(read)
        yield from self.shape(read)
        yield from self.reasons(read)
        relations = [relation for relation, _ in read.line.members]
        for place, relation in enumerate(relations):
            before, after = values[place], values[place + 1]
            by_statement = stated and before is not None and after is not None and {*before} != {*after}
            if before is not None and after is not None and not by_statement:
                alike = read.entry and relation != "=" and are_same(before, after)
                yield from () if alike else related(before, after, relation, place)
        shown, result = read.members[-1], values[-1]
        if shown is None or result is None or not self.is_result(shown):
            return
        digits = printed_places(shown, self.convention.digits)
        for place, value in enumerate(values[:-1]):
            numeric = place == 0 or ((member := read.members[place - 1]) is not None and is_numeric(member))
            if value is not None and numeric:
                yield from self.rounded(value, result, digits, place)

    def shape(self, read: Read) -> Iterator[str]:
        """Derivatives of what they say, numbers where the formula has names, parts worked out from their own parts."""
        formula = self.formulas.get(read.left) if len(read.members) > 1 else None
        for place, member in enumerate(read.members, start=1):
            if isinstance(member, Operator) and not self.convention.points:
                yield from self.operator(read, member)
            elif member is not None and not is_numeric(member) and not self.is_result(member):
                formula = member if has_value(member) else formula
            elif member is not None and formula is not None:
                put_in = place < len(read.members) or isinstance(formula, Named)
                if put_in and not stands_for(formula, member, self.may_stand_for):
                    yield f"member {place} is not the formula with the printed values put in"
                formula = None
        for first, second in pairwise(read.members):
            if first is not None and second is not None and is_numeric(first) and is_numeric(second):
                yield from self.parts(first, second)

    def may_stand_for(self, name: str, put: Tree) -> bool:
        """A given stands as it is given; anything else as its value, correctly rounded."""
        value = self.value(name)
        if evaluate(put, self.value) == value:
            return True
        return name not in self.given and is_rounded(value, put, self.convention.mode, self.convention.digits)

    def reasons(self, read: Read) -> Iterator[str]:
        """Why a case applies; and whether what follows a derivative to be taken is the one that a reader finds."""
        reader = Reader(self.names, self.value, self.convention.mode)
        first = read.members[0]
        name, worked, by = read.left, first, ""
        if isinstance(first, Operator):  # of a quantity of the page; a derivation is proven elsewhere
            name, worked, by = (self.differentiated(read) or [""])[0], None, first.by
        worked = self.formulas.get(name, worked)
        if worked is None:
            return
        for _, formulas in read.line.reasons:
            yield from reader.faults(formulas, worked)
        taken = read.members[1] if by and len(read.members) > 1 else None
        if taken is None or isinstance(taken, Operator):
            return
        beside = names_in(taken) - names_in(worked)  # y_out(1 - y_out): rounded or stated, it is not what y_in gives
        if not beside or not (self.convention.carried or beside & self.given.keys()):
            yield from reader.derivative(worked, by, taken)

    def differentiated(self, read: Read) -> list[str]:
        """The quantity whose derivative stands on the left of a line."""
        starts = ((name, (rf"\frac{{\partial {name}}}", rf"\frac{{d{name}}}")) for name in self.formulas)
        return [name for name, start in starts if read.left.startswith(start)]

    def operator(self, read: Read, member: Operator) -> Iterator[str]:
        """A derivative to be taken is that of the quantity on the left, by the name on the left."""
        whole = self.differentiated(read)
        if not read.left.endswith((f"{{\\partial {member.by}}}", f"{{d{member.by}}}")) and "'" not in read.left:
            yield "the derivative is taken by another name than the left side says"
        if not whole:
            return
        formula = self.formulas[whole[0]]
        if isinstance(member.operand, Node) and member.operand.operation == "act" and isinstance(formula, Node):
            formula = Node("act", formula.parts)
        if member.operand != formula:
            yield "the derivative is taken of another formula than that of the quantity"

    def is_result(self, tree: Tree) -> bool:
        """Whether a member is what comes out: a number, or numbers times what stays unknown."""
        names = names_in(tree)
        known = any(name in self.formulas or name in self.given for name in names)
        return bool(printed_places(tree, self.convention.digits)) and not known

    def member_value(self, member: Tree | None) -> Terms | None:
        try:
            return evaluate(self.resolved(member), self.value) if member is not None else None
        except Unreadable:
            return None

    def rounded(self, value: Terms, result: Terms, digits: dict[tuple[str, ...], int], place: int) -> Iterator[str]:
        """A value, rounded as the result is, must give the result."""
        if {*value} != {*result}:
            yield f"member {place} has other unknowns than the result"
            return
        for unknowns, shown in result.items():
            assert isinstance(shown, fmpq)
            if not numbers.rounds_to(value[unknowns], shown, digits[unknowns], self.convention.mode):
                yield f"member {place} gives {_digits(value[unknowns])}, not {_digits(shown)}"

    def parts(self, first: Tree, second: Tree) -> Iterator[str]:
        """Each part that was worked out against the part it was worked out from."""
        if not (isinstance(first, Node) and isinstance(second, Node) and first.operation == second.operation):
            return
        if len(first.parts) != len(second.parts):
            return
        for before, after in zip(first.parts, second.parts, strict=True):
            shown = signed_literal(after)
            if shown is None or shown == signed_literal(before):
                continue
            value = numbers.number(evaluate(before, self.value))
            if not numbers.rounds_to(value, shown.value, shown.last_place, self.convention.mode):
                yield f"a part gives {_digits(value)}, not {_digits(shown.value)}"

    def check_row(self, row: Row) -> Iterator[str]:
        """A row of new values, or a row of what rounding changed."""
        try:
            trees = [read_formula(cell, self.names) for cell in row.cells]
        except Unreadable as reason:
            yield str(reason)
            return
        if self.convention.points:
            if is_numeric(trees[0]):
                yield from self.at_point(trees)
            else:
                self.header = tuple(trees)
            return
        if not isinstance(trees[0], Named) or len(trees) != 4:
            yield "a row of this table cannot be read"
            return
        name = trees[0].name
        if self.convention.carried and name in self.results and name not in self.given:
            yield from self.drift(name, trees)
            return
        gradient, new = self.updated(name)
        for quantity, tree in zip((name, gradient, new), trees[1:], strict=True):
            digits = printed_places(tree, self.convention.digits)
            value = evaluate(tree, self.value)
            if not quantity:
                yield "no update of this parameter stands on the page"
            elif quantity in self.given:
                if self.given[quantity] != value:
                    yield "a cell is not the given value"
            elif digits:
                yield from self.rounded(self.value(quantity), value, digits, 0)
            elif self.value(quantity) != value:
                yield "a cell is not the value it stands for"

    def at_point(self, trees: list[Tree]) -> Iterator[str]:
        """A row of numbers under formulas: names at its start take their numbers, the others must give theirs."""
        if len(trees) != len(self.header):
            yield "a row of this table has no header"
            return
        given = {**self.given, **self.examples}
        checked = 0
        for head, tree in zip(self.header, trees, strict=True):
            value = numbers.number(evaluate(tree, self.value))
            if isinstance(head, Named) and head.name in self.given and not checked:
                given[head.name] = numbers.plain(value)
                continue
            checked += 1
            there = _Page((), self.names, self.convention, given, self.formulas)
            found = numbers.number(evaluate(there.resolved(head), there.value))
            shown = signed_literal(tree)
            if shown is None or not numbers.rounds_to(found, shown.value, shown.last_place, self.convention.mode):
                yield f"the formula gives {_digits(found)}, not {_digits(value)}"

    def drift(self, name: str, trees: list[Tree]) -> Iterator[str]:
        full, carried, difference = (numbers.number(evaluate(tree, self.value)) for tree in trees[1:])
        if carried != self.results[name].value or carried - full != difference:
            yield "the difference is not that of the two numbers beside it"

    def updated(self, parameter: str) -> tuple[str, str]:
        """The gradient and the new value of a parameter, which its update parameter - rate * gradient names."""
        for name, tree in self.formulas.items():
            match tree:
                case Node("+", (Named(old), Node("-", (Node("*", (_, Named(gradient))),)))) if old == parameter:
                    return gradient, name
        return "", ""


def _digits(value: numbers.Number) -> str:
    return numbers.ball(value).str(12, radius=False)


def _shown(line: Line) -> str:
    return line.left + "".join(f" {relation} {member}" for relation, member in line.members)
