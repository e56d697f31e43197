"""A network with wide layers -> which of their units are worked on the page; of the others it gives the values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from solver.document import Block, Inline, Math, Paragraph, Table, Text, sentence
from solver.graph import Graph
from solver.names import Local, Name, QuantityName, Total
from solver.phrases import counted
from solver.problem import Problem
from solver.training import Run

WIDE, FEW, WORKED = 12, 4, 1
"""Units of a layer up to which each is worked, and of a wider one how many are, unless the author asks for all.

Beside a wide layer another has all its units worked only where they are few.
"""
IN_A_ROW = 4
"""Values of the others that a row of their table holds."""


def left_out(problem: Problem) -> frozenset[Name]:
    """The units of wide layers that the page does not work, by their names."""
    if problem.head.detail == "full" or problem.head.matrix:
        return frozenset()
    units = [group.unit for group in problem.groups if group.unit]
    sizes = Counter(unit.layer for unit in units)
    del sizes[0]
    if max(sizes.values(), default=0) <= WIDE:
        return frozenset()
    seen: Counter[int] = Counter()
    found = []
    for unit in units:
        seen[unit.layer] += 1
        if sizes[unit.layer] > FEW and seen[unit.layer] > WORKED:
            found.append(unit.name)
    return frozenset(found)


def worked_alike(values: Sequence[Math], words: Mapping[str, str]) -> Iterator[Block]:
    """The values of a layer's units that the page does not work, in a table with a few of them in a row."""
    yield Paragraph(sentence(words["worked alike"], count=counted(len(values), words)))
    rows: list[tuple[tuple[Inline, ...], ...]] = []
    for start in range(0, len(values), IN_A_ROW):
        row = values[start : start + IN_A_ROW]
        first, last = (counted(WORKED + start + place, words) for place in (1, len(row)))
        label = sentence(words["first to last"], first=first, last=last) if len(row) > 1 else (Text(first),)
        rows.append((label, *((value,) for value in row), *((),) * (IN_A_ROW - len(row))))
    yield Table(((Text(words["units"]),), *((Text(words["one value of"]),),) * IN_A_ROW), tuple(rows))


def values_taken_over(problem: Problem, run: Run, graph: Graph) -> Iterator[QuantityName]:
    """What the page gives of those units, in every pass that it shows, without working it."""
    names = left_out(problem)
    if not names:
        return
    units = [group.unit for group in problem.groups if group.unit and group.unit.name in names]
    own = {name for unit in units for name in (unit.net_input, unit.output)}
    turns = [turn for turn in run.turns if turn.number in run.shown]
    scopes = [one.scope for turn in (*turns, *([run.again] if run.again else [])) for one in turn.passes]
    marked = {scope.name(name) for scope in scopes for name in own}
    for name in graph.by_name:
        match name:
            case Name() if name in marked:
                yield name
            case Total(_, by) | Local(_, by) if by in marked:
                yield name
            case _:
                pass
