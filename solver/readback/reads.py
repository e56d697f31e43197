"""A line of a page -> its formulas as trees; a line of matrices says what it says of each entry."""

from __future__ import annotations

from collections.abc import Iterator

from solver.readback import numbers
from solver.readback.convention import Read
from solver.readback.matrices import Names, entrywise
from solver.readback.numbers import Unreadable
from solver.readback.page import Line
from solver.readback.tex import Grid, Named, Node, Tree, read_formula


def read_line(line: Line, names: frozenset[str], matrices: Names, whole: bool = False) -> list[Read]:
    """What a line says; with `whole` its left side may be more than a quantity.

    Raises Unreadable with what stands in the way.
    """
    members: list[Tree] = []
    activation = ""
    trees = [read_formula(member, names) for _, member in line.members]
    for tree in trees:  # Act is the function that the next member names
        if isinstance(tree, Node) and tree.operation in numbers.FUNCTIONS:
            activation = activation or tree.operation
    for tree in trees:
        named = isinstance(tree, Node) and tree.operation == "act"
        members.append(Node(activation, tree.parts) if named and isinstance(tree, Node) and activation else tree)
    left = read_formula(line.left, names)
    if not isinstance(left, Named) and whole:
        return [Read(line, line.left, tuple(members), left)]
    if not isinstance(left, Named):
        raise Unreadable("the left side is no quantity of this page")
    found = [entrywise(member, matrices) for member in members]
    if left.name in matrices:
        return list(_entries(line, matrices[left.name], found))
    if any(isinstance(member, Grid) for member in found):
        raise Unreadable("a matrix in a line of numbers")
    return [Read(line, left.name, tuple(members))]


def _entries(line: Line, names: tuple[tuple[str, ...], ...], members: list[Tree]) -> Iterator[Read]:
    """A line for each entry of a matrix; an entry that stands for itself says nothing."""
    shape = [len(row) for row in names]
    for member in members:
        if not isinstance(member, Grid) or [len(row) for row in member.rows] != shape:
            raise Unreadable("the two sides have different shapes")
    for i, row in enumerate(names):
        for j, name in enumerate(row):
            own = tuple(member.rows[i][j] for member in members if isinstance(member, Grid))
            if own != (Named(name),):
                yield Read(line, name, own, entry=len(names) * len(row) > 1)
