"""A written page -> the lines of it that are false, each with what a reader finds instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from flint import ctx

from solver.readback import numbers
from solver.readback.convention import Convention, Read
from solver.readback.givens import other_givens
from solver.readback.known import Known
from solver.readback.mentions import mention_faults
from solver.readback.numbers import Terms, Unreadable, digits_of
from solver.readback.page import Claim, Compared, Mention, Row, Syntax, mathematics
from solver.readback.points import Point, differ, points
from solver.readback.reads import read_line
from solver.readback.reasons import COMPARED, DERIVATIVES, Reader, above, below, said_beside
from solver.readback.rows import Rows
from solver.readback.structure import (
    are_same,
    has_value,
    is_rounded,
    names_in,
    printed_places,
    related,
    signed_literal,
    stands_for,
    wrongly_rounded,
)
from solver.readback.tex import Named, Node, Operator, Tree, evaluate, is_numeric, read_formula

PRECISIONS = (192, 10_000)


def false_lines(text: str, syntax: Syntax, names: frozenset[str], convention: Convention) -> tuple[str, ...]:
    """Every false claim on a page, as a sentence; nothing where all of it holds.

    `names` holds each quantity as it is printed, derivatives included. The values come from the page itself: from its
    givens and its formulas.
    """
    return _false_claims(tuple(mathematics(text, syntax, names)), names, convention)


@lru_cache(maxsize=4)  # the formats of one problem claim the same
def _false_claims(claims: tuple[Claim, ...], names: frozenset[str], convention: Convention) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for bits in PRECISIONS:  # a ball too wide to tell is no fault of the page
        with ctx.workprec(bits):
            found = {}
            for point in convention.points or ((),):
                given = {name: numbers.plain(value) for name, value in point}
                found |= dict.fromkeys(_Page(names, convention, given, claims=claims).faults())
        if not found:
            break
    return tuple(found)


@dataclass(slots=True)
class _Page(Known):
    claims: tuple[Claim, ...] = ()
    places: tuple[Point, ...] = ()

    def faults(self) -> Iterator[str]:
        general = bool(self.convention.points)
        lines: list[list[Read]] = []
        rows: list[Row] = []
        mentions: list[Mention] = []
        compared: list[Compared] = []
        for item in self.claims:
            if isinstance(item, Row):
                rows.append(item)
                continue
            if isinstance(item, Mention):
                mentions.append(item)
                continue
            if isinstance(item, Compared):
                compared.append(item)
                continue
            if not item.cited and self.take_over(item):
                continue
            try:
                entries = read_line(item, self.names, self.matrices, whole=item.running or general)
            except Unreadable as reason:
                yield f"{item}: {reason}"
                continue
            lines.append(entries)
            for read in entries if not item.cited else ():
                self.learn(read)
        yield from other_givens(self.given, self.printed, self.convention.givens)
        for entries in lines:
            for read in entries:
                yield from self.told(read.line, self.check(read))
            if len(entries) > 1:
                yield from self.told(entries[0].line, self.together(entries))
        for mention in mentions:
            yield from self.told(mention, mention_faults(mention, self.names, self.reads, general))
        for item in compared:
            yield from self.told(item, self.comparison(item.formula, general))
        table = Rows(self)
        for row in rows:
            yield from self.told(row, table.check(row))

    def comparison(self, formula: str, general: bool) -> Iterator[str]:
        """A comparison in running text holds; on a page true for all numbers it says where something is so."""
        if general:
            yield from mention_faults(Mention((formula,)), self.names, self.reads, general)
        else:
            first, *others = COMPARED.split(formula)
            members = [read_formula(text, self.names) for text in (first, *others[1::2])]
            yield from self.reader().comparison(members, others[::2])

    def told(self, what: Claim, faults: Iterator[str]) -> Iterator[str]:
        """What is found wrong, with the line it is found in; a line that has no value is wrong as well."""
        try:
            yield from (f"{what}: {fault}" for fault in faults)
        except Unreadable as reason:
            yield f"{what}: {reason}"

    def together(self, entries: list[Read]) -> Iterator[str]:
        """≈ stands before a matrix only where at least one entry is another number."""
        if all(relation == "=" for relation, _ in entries[0].line.members):
            return
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
        if self.is_stated(read):  # the formula says what the quantity is; beside it stands what is taken for it
            return [members[0], *members]
        known = cited and read.left not in self.below
        return [self.value(read.left) if known else self.by_formula(read.left), *members]

    def is_stated(self, read: Read) -> bool:
        """Whether a line gives the formula of a quantity whose value is given as well."""
        return read.left in self.given and len(read.members) > 1

    def check(self, read: Read) -> Iterator[str]:
        if self.is_example(read):
            return
        said = signed_literal(read.members[0]) if len(read.members) == 1 and read.left in self.given else None
        if said is not None:  # most lines of a large network: a value that is given
            relation = read.line.members[0][0]
            if relation != "=" or self.given[read.left] != {(): said.value}:
                yield from related(self.given[read.left], numbers.plain(said.value), relation, 0)
            yield from self.slope_alone(read)
            return
        values = self.claimed(read)
        yield from self.shape(read)
        yield from self.repeated(read, values)
        yield from self.reasons(read)
        relations = [relation for relation, _ in read.line.members]
        for place, relation in enumerate(relations):
            before, after = values[place], values[place + 1]
            if relation == "=" and not self.is_stated(read) and self.is_left_open(before, after):
                yield from self.at_points(read, place)
                continue
            by_statement = self.is_stated(read) and before is not None and after is not None and {*before} != {*after}
            if before is not None and after is not None and not by_statement:
                alike = read.entry and relation != "=" and are_same(before, after)
                yield from () if alike else related(before, after, relation, place)
        shown, result = read.members[-1], values[-1]
        if self.is_stated(read):
            yield from self.statement(read, values)
            return
        if shown is None or result is None or not self.is_result(shown):
            return
        digits = printed_places(shown, self.convention.digits)
        for place, value in enumerate(values[:-1]):
            numeric = place == 0 or ((member := read.members[place - 1]) is not None and is_numeric(member))
            if value is not None and numeric:
                yield from wrongly_rounded(value, result, digits, self.convention.mode, place)

    def is_left_open(self, before: Terms | None, after: Terms | None) -> bool:
        """Whether the unknowns of two members do not tell if they are one: quotients and functions of them."""
        if before is None or after is None:
            return True
        return before.keys() != after.keys() and (self.is_open(before) or self.is_open(after))

    def at_points(self, read: Read, place: int) -> Iterator[str]:
        """Two members whose unknowns take numbers; a member that only says what is to be done has no value."""
        before, after = (read.members[place - 1] if place else read.whole or Named(read.left)), read.members[place]
        if before is None or after is None or isinstance(before, Operator) or isinstance(after, Operator):
            return
        self.places = self.places or points(self.given, self.formulas)
        if differ(self.places, before, after):
            yield f"= stands before member {place + 1}, but the two sides differ"

    def statement(self, read: Read, values: list[Terms | None]) -> Iterator[str]:
        """The line of a stated value ends with it; what its formula gives is within half a unit of its last digit."""
        given, literal = self.given[read.left], signed_literal(read.members[-1])
        if values[-1] != given:
            yield "the line does not end with the value that is stated"
        for place, value in enumerate(values[1:-1], start=1):
            if literal is not None and value is not None and {*value} == {*given}:
                number = numbers.number(value)
                if not numbers.within_half_a_unit(number, literal.value, literal.last_place):
                    yield f"member {place} gives {digits_of(number)}, not {digits_of(literal.value)}"

    def shape(self, read: Read) -> Iterator[str]:
        """Derivatives of what they say, numbers where the formula has names, parts worked out from their own parts."""
        formula = self.formulas.get(read.left) if len(read.members) > 1 else None
        for place, member in enumerate(read.members, start=1):
            if isinstance(member, Operator) and not self.convention.points:
                yield from self.operator(read, member)
            elif member is not None and not is_numeric(member) and self.reads_known(member):
                formula = member if has_value(member) else formula
            elif member is not None and formula is not None:
                put_in = place < len(read.members) or isinstance(formula, Named)
                if put_in and not stands_for(formula, member, self.may_stand_for):
                    yield f"member {place} is not the formula with the printed values put in"
                formula = None
        for first, second in pairwise(read.members):
            if first is not None and second is not None and is_numeric(first) and is_numeric(second):
                yield from self.parts(first, second)

    def repeated(self, read: Read, values: list[Terms | None]) -> Iterator[str]:
        """A formula that an unknown leaves without a value is the one that its quantity has elsewhere on the page."""
        formula = self.formulas.get(read.left)
        member = read.members[0] if len(read.members) == 1 and not self.convention.points else None
        if member is not None and has_value(member) and formula not in (None, member) and None in values:
            yield "the quantity has another formula on this page"

    def may_stand_for(self, name: str, put: Tree) -> bool:
        """A given stands as it is given; anything else as its value, correctly rounded."""
        value = self.value(name)
        if evaluate(put, self.value) == value:
            return True
        return name not in self.given and is_rounded(value, put, self.convention.mode, self.convention.digits)

    def reasons(self, read: Read) -> Iterator[str]:
        """Why a case applies; and whether what follows a derivative to be taken is the one that a reader finds."""
        reader = self.reader()
        first = read.members[0]
        name, worked, by = read.left, first, ""
        if isinstance(first, Operator):  # of a quantity of the page; a derivation is proven elsewhere
            name, worked, by = (self.differentiated(read) or [""])[0], None, first.by
        worked = self.formulas.get(name, worked)
        if worked is None:
            return
        for formulas in said_beside(read.line.reasons):
            yield from reader.faults(formulas, worked, read.left)
        taken = read.members[1] if by and len(read.members) > 1 else None
        if taken is None or isinstance(taken, Operator):
            return
        beside = names_in(taken) - names_in(worked)  # y_out(1 - y_out): rounded or stated, it is not what y_in gives
        if not beside or not (self.convention.carried or beside & self.given.keys()):
            yield from reader.derivative(worked, by, taken)

    def slope_alone(self, read: Read) -> Iterator[str]:
        """A local derivative that a line gives as a number is the one that a reader finds."""
        member = read.members[0]
        for name in self.differentiated(read) if read.left.startswith(DERIVATIVES) else ():
            for by in names_in(self.formulas[name]):
                if member is not None and read.left == above(name)[0] + below(by)[0]:
                    yield from self.reader().derivative(self.formulas[name], by, member)

    def reader(self) -> Reader:
        return Reader(self.names, self.value, self.convention.mode, self.formulas, bool(self.convention.points))

    def differentiated(self, read: Read) -> list[str]:
        """The quantity whose derivative stands on the left of a line."""
        return [name for name in self.formulas if read.left.startswith(above(name))]

    def operator(self, read: Read, member: Operator) -> Iterator[str]:
        """A derivative to be taken is that of the quantity on the left, by the name on the left."""
        whole = self.differentiated(read)
        if not read.left.endswith(below(member.by)) and "'" not in read.left:
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
        return bool(printed_places(tree, self.convention.digits)) and not self.reads_known(tree)

    def reads_known(self, tree: Tree) -> bool:
        """Whether a name stands in a member that has a value on this page: then it is a formula, no numbers put in."""
        return any(name in self.formulas or name in self.given for name in names_in(tree))

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
                yield f"a part gives {digits_of(value)}, not {digits_of(shown.value)}"
