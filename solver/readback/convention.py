"""How a page is to be read, and a line of it once it is read."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from solver.readback.page import Line
from solver.readback.taken import Function
from solver.readback.tex import Tree


@dataclass(frozen=True, slots=True)
class Convention:
    """How a page is to be read: the digits it shows, how ties go, whether rounded values are carried.

    A page of derivations is read once for each of the `points`, which give a value to every name that has none;
    `functions` are those that the page is about. `givens` are the numbers of the problem as its author wrote them,
    `handed_on` holds the values that come from updates which the page
    leaves out, each as a decimal with its radius, `matrices` the vectors and matrices by their names, each with the
    names of its entries.
    """

    digits: int
    mode: str
    carried: bool
    points: tuple[tuple[tuple[str, fmpq], ...], ...] = ()
    functions: tuple[Function, ...] = ()
    givens: tuple[tuple[str, str], ...] = ()
    handed_on: tuple[tuple[str, str], ...] = ()
    matrices: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A line with its members read; None for a member that has no value.

    `whole` is a left side that is no single quantity: a side of an equation, a derivative to be taken. Of a line of
    matrices it is what the line says of one `entry`.
    """

    line: Line
    left: str
    members: tuple[Tree | None, ...]
    whole: Tree | None = None
    entry: bool = False
