"""The given numbers of a page: long rows of them, and whether they are those of the author."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from solver.readback import numbers
from solver.readback.matrices import Names
from solver.readback.numbers import Terms
from solver.readback.page import Line
from solver.readback.tex import TRANSPOSED

COMMA, DECIMAL = r",\allowbreak ", r"-?[0-9]+(?:\.[0-9]+)?"
NUMBERS = re.compile(rf"\(({DECIMAL}(?:{re.escape(COMMA)}{DECIMAL})+)\)")


def given_row(line: Line, matrices: Names) -> dict[str, str]:
    """The entries of a long row or column of numbers, each as it is printed; nothing for other lines."""
    names = matrices.get(line.left)
    if names is None or len(line.members) != 1 or line.members[0][0] != "=":
        return {}
    row = line.members[0][1]
    if row.endswith(TRANSPOSED):
        row, names = row.removesuffix(TRANSPOSED), tuple(zip(*names, strict=True))
    found = NUMBERS.fullmatch(row)
    texts = found[1].split(COMMA) if found else []
    return dict(zip(names[0], texts, strict=True)) if len(names) == 1 and len(names[0]) == len(texts) else {}


def other_givens(
    given: Mapping[str, Terms], told: Mapping[str, str], givens: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    """What the page gives as another number than the author of the problem; `told` holds what it prints."""
    for name, text in givens:
        if told.get(name) != text and name in given and given[name] != numbers.plain(numbers.written(text)):
            yield f"{name}: the problem gives it as {text}"
