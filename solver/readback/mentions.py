"""What a line of text mentions: names without a claim, and ways from one quantity to another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from solver.readback.numbers import Unreadable
from solver.readback.page import COMPARISON, Mention
from solver.readback.tex import Named, read_formula


def mention_faults(
    mention: Mention, names: frozenset[str], reads: Mapping[str, Collection[str]], general: bool
) -> Iterator[str]:
    """Names that are named exist; a way goes from each quantity to one that its formula reads, as `reads` tells.

    On a page that is `general`, true for all numbers, a relation says where something holds, and is no way.
    """
    named: set[str] = set()
    ways: list[list[str]] = []
    for formula in mention.formulas:
        try:
            steps = [read_formula(step, names) for step in re.split(r"\\to |" + COMPARISON.pattern, formula)]
        except Unreadable as reason:
            yield str(reason)
            continue
        found = [step.name for step in steps if isinstance(step, Named)]
        if len(steps) > 1 and (not general or r"\to " in formula):
            ways.append(found)
        elif len(steps) == 1:
            named.update(found)
    for way in ways:
        for name, read in pairwise(way):
            if read not in reads.get(name, ()):
                yield f"{name} does not depend on {read} directly"
        if named and not {way[0], way[-1]} <= named:
            yield "the way does not lead between the quantities it is said to"
