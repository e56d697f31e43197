"""The names of a page, found at a place of a formula, and the formulas that were read with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.readback.tex import Tree

ENDS_IN_COMMAND = re.compile(r"\\[a-zA-Z]+$")


@dataclass(frozen=True, slots=True)
class Names:
    """Finds a name at a place of a text: the longest there is; one that ends in a command ends where the command does.

    Thousands of names are looked up by their lengths, which are few.
    """

    names: frozenset[str]
    lengths: Mapping[str, tuple[int, ...]]
    """By the first character of a name."""
    trees: dict[str, Tree] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(names: frozenset[str]) -> Names:
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[:1], set()).add(len(name))
        return Names(names, {first: tuple(sorted(own, reverse=True)) for first, own in lengths.items()})

    def at(self, text: str, place: int) -> str:
        """The name that begins there, or nothing."""
        for length in self.lengths.get(text[place : place + 1], ()):
            found = text[place : place + length]
            if len(found) == length and found in self.names:
                goes_on = text[place + length : place + length + 1].isalpha() and ENDS_IN_COMMAND.search(found)
                if not goes_on:
                    return found
        return ""
