"""Lines of vectors and matrices -> the blocks of a derivation's page: what each stacks, then each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from solver.derivations.derived import Derived
from solver.document import Block, Chain, Link, Paragraph, SideBySide, Text
from solver.entries import written_out
from solver.expression import Symbol, symbols
from solver.names import Name

ROW = 4
"""Vectors and matrices of which a line has room for so many."""


def vector_blocks(derived: Derived, words: Mapping[str, str]) -> Iterator[Block]:
    """The names of the vectors and matrices that are used, each with its entries, and what is written with them."""
    used = {
        name for line in derived.lines for node in (line.left, *(n for _, n in line.stages)) for name in symbols(node)
    }
    stacked = {name.by if not isinstance(name, Name) else name for name in used}
    named = [(name, grid) for name, grid in derived.grids.items() if isinstance(name, Name) and name in stacked]
    if named:
        yield Paragraph((Text(words["vectors"]),))
        stacked_chains = [Chain(Symbol(name), (Link("=", written_out(grid), "rule"),)) for name, grid in named]
        for start in range(0, len(stacked_chains), ROW):
            yield SideBySide(tuple(stacked_chains[start : start + ROW]))
    for line in derived.lines:
        links = (Link("=", node, "rule", (Text(words[rule]),), proof="algebra") for rule, node in line.stages)
        yield Chain(line.left, tuple(links))
