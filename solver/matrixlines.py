"""A line of matrices -> its members: formula, numbers put in, what is worked out, result.

It claims a line for each entry. Each of them reproduces as a line of numbers does, with the same guard digits for the
whole line, and `=` stands where it may stand in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.board import Board
from solver.diagnostics import Fault, InternalError, ProblemError
from solver.document import Chain, Link, Text
from solver.entries import Grid, each, entries, transposed, written_out
from solver.expression import (
    Expression,
    Matrix,
    Number,
    Symbol,
    Transpose,
    children,
    rebuild,
    substitute,
    symbols,
)
from solver.identity import says
from solver.lines import Member, PartShown, part_shown, reproducing
from solver.mathtext import text
from solver.matrices import Matrices
from solver.measure import PAGE, width
from solver.names import Local, QuantityName
from solver.polynomial import Value
from solver.rounding import RangeError, Relation, UndecidedError
from solver.rows import broken

GAP = 3
"""Digits that a relation takes with the space around it."""


@dataclass(frozen=True, slots=True)
class MatrixLines:
    """Lays out lines of matrices on a board; `too_small` are the words for a result that no guard digits reach."""

    board: Board
    matrices: Matrices
    too_small: str

    def can_stand(self, left: Symbol, formula: Expression, form: int | None = None) -> bool:
        """Whether a formula says of each entry what its definition says, and no entry's value is stated instead.

        With `form`, it is compared with a form that the definition had before.
        """
        names = [name for row in self.grid(left) for name in row]
        found = [self.board.values.graph.by_name.get(name) for name in names]
        definitions = [definition for definition in found if definition and definition.stated is None]
        try:
            parts = self.entries(formula)
        except InternalError:  # another shape
            return False
        if not len(definitions) == len(names) == len(parts):
            return False
        said = [definition.expression if form is None else definition.forms[form] for definition in definitions]
        graph = self.board.values.graph
        return all(says(entry, expression, graph) for expression, entry in zip(said, parts, strict=True))

    def chain(self, left: Symbol, opening: Sequence[Member], brief: bool = False) -> Chain:
        """The line of a matrix; `opening` is its formula with the forms that follow from it.

        Raises ProblemError where a digit or a relation cannot be decided.
        """
        try:
            numeric = list(self.numeric(left, opening[-1].expression))
            if brief:
                opening, numeric = opening[-1:], [member for member in numeric if member.role != "worked"]
            return Chain(left, self.linked([*opening, *numeric]), brief=brief)
        except (UndecidedError, RangeError) as reason:
            raise ProblemError([Fault("S402", f"{left.name.text}: {reason}")]) from None

    def given(self, left: Symbol) -> tuple[Relation, Matrix]:
        """A matrix with its values, and how they stand to it."""
        result = self.result(left)
        return self.relation(left, result), result

    def numeric(self, left: Symbol, formula: Expression) -> Iterator[Member]:
        """The members with numbers in them."""
        board, result, names = self.board, self.result(left), [name for row in self.grid(left) for name in row]
        opaque = [board.is_opaque(name) for name in names]
        printed = [board.shown(name) for name in names]
        if any(isinstance(name, Local) for name in symbols(result)):
            return  # what stays unknown as a whole is the formula itself

        def reproduces(member: Expression) -> bool:
            found = zip(self.entries(member), printed, opaque, strict=True)
            return all(unknown or board.reproduces(entry, shown) for entry, shown, unknown in found)

        found = reproducing(
            formula, lambda extra: self.put_in(formula, extra), reproduces, lambda more: self.parts(names, more)
        )
        if found is None:
            yield Member("result", result, too_small=True)
            return
        put, extra, worked = found
        if put != result and not self.is_too_wide(left, put):
            yield Member("numbers", put, same=self.is_the_same(formula, put, extra))
            if worked is not None and text(worked) != text(result):
                yield Member("worked", worked)
        if not all(opaque) and text(formula) != text(result):
            yield Member("result", result)

    def parts(self, names: Sequence[QuantityName], extra: int) -> PartShown:
        """A part of a line worked out entry by entry, each as a part of that entry's own line."""
        own = [part_shown(self.board, self.board.values.graph.by_name[name], extra) for name in names]

        def shown(formula_part: Expression, put_part: Expression) -> Number | Matrix | None:
            put, formula = entries(put_part, self.matrices.grids), self.entries(formula_part)
            if not isinstance(put, Matrix):
                return own[0](formula_part, put_part)
            worked = [show(f, p) for show, f, p in zip(own, formula, self.entries(put), strict=True)]
            numbers = iter([number for number in worked if number is not None])
            return None if None in worked else each(put, lambda _: next(numbers))

        return shown

    def put_in(self, node: Expression, extra: int = 0) -> Expression:
        """The numbers put in for the names, matrices written out; what is unknown stays."""
        whole = {name: written_out(self.matrices.grids[name]) for name in symbols(node) if name in self.matrices.grids}
        return _transposed(self.board.put_in(substitute(node, whole), extra))

    def result(self, left: Symbol) -> Matrix:
        return each(written_out(self.grid(left)), self.board.put_in)

    def linked(self, members: Sequence[Member]) -> tuple[Link, ...]:
        """The members with their relations, each with the values of its entries."""
        relations: list[Relation] = ["="]
        for before, member in pairwise(members):
            if member.role == "numbers":
                relations.append("=" if member.same else "≈")
            else:
                relations.append("=" if member.same else self.relation(before.expression, member.expression))
        links = []
        for relation, member in zip(relations, members, strict=True):
            reason = (Text(self.too_small),) if member.too_small else member.reason
            values = self.values(member.expression)
            links.append(Link(relation, member.expression, member.role, reason, entries=values))
        return tuple(links)

    def is_the_same(self, formula: Expression, put: Expression, extra: int) -> bool:
        """Whether every entry with its numbers put in is still the entry of the formula."""
        pairs = zip(self.entries(formula), self.entries(put), strict=True)
        return all(self.board.is_exact(a, extra) or self.board.relation(a, b) == "=" for a, b in pairs)

    def is_too_wide(self, left: Symbol, put: Expression) -> bool:
        """Whether numbers put in have no room on a page, broken where they can be and their matrices printed small."""
        room = PAGE - width(left) - GAP
        return any(sum(width(piece.node) + GAP for piece in row) - GAP > room for row in broken(put, room))

    def relation(self, left: Expression, right: Expression) -> Relation:
        """`=` where it stands for every entry."""
        pairs = zip(self.entries(left), self.entries(right), strict=True)
        return "=" if all(self.board.relation(a, b) == "=" for a, b in pairs) else "≈"

    def values(self, node: Expression) -> tuple[Value | None, ...]:
        return tuple(self.board.value(entry) for entry in self.entries(node))

    def entries(self, node: Expression) -> tuple[Expression, ...]:
        """The entries of a matrix, row by row."""
        matrix = entries(node, self.matrices.grids)
        return children(matrix) if isinstance(matrix, Matrix) else ()

    def grid(self, matrix: Symbol) -> Grid:
        return self.matrices.grids[matrix.name]


def _transposed(node: Expression) -> Expression:
    """A matrix with numbers in it is written as its transpose, not marked as one."""
    inner = rebuild(node, _transposed)
    return transposed(inner.operand) if isinstance(inner, Transpose) and isinstance(inner.operand, Matrix) else inner
