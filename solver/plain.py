"""Document -> Markdown with no HTML in it, in lines that fit where they go: slides and fragments are written in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from solver.document import Chain, Code, Inline, Text
from solver.escape import escape_markdown
from solver.mathtex import MathTex
from solver.render import BREAK, RELATIONS, Style, Writer
from solver.room import Room, beside, length, limit
from solver.rows import spread

GOES_ON = " \\\\\n   & && "
"""A further row of a display, with nothing in it but more of the reason."""
LETTERS = 1.1
"""Letters on the room of a digit."""


def wrapped(parts: Sequence[Inline], limit: int) -> Iterator[tuple[Inline, ...]]:
    """Running text in lines of so many characters, broken between words."""
    line: list[Inline] = []
    for word in _words(parts):
        if line and length((*line, word)) > limit:
            yield tuple(line)
            line = []
            word = Text(word.text.lstrip()) if isinstance(word, Text) else word
        if line and isinstance(word, Text) and isinstance(line[-1], Text):
            line[-1] = Text(line[-1].text + word.text)
        else:
            line.append(word)
    if line:
        yield tuple(line)


def _words(parts: Iterable[Inline]) -> Iterator[Inline]:
    for part in parts:
        if isinstance(part, Text):
            yield from (Text(word) for word in re.findall(r"\s*\S+|\s+$", part.text))
        else:
            yield part


def code_span(text: str) -> str:
    """Code in backticks; what a reader of formulas would take for one, or what ends the code, stays plain text."""
    return f"`{text}`" if text.strip() and not set(text) & set("`$|\\") else escape_markdown(text)


class PlainWriter(Writer):
    """Writes Markdown with no HTML in it, lines as wide as `room` says."""

    def __init__(self, style: Style, math: MathTex, room: Room) -> None:
        super().__init__(style, math)
        self.room = room

    def chain(self, chain: Chain) -> tuple[str, list[tuple[str, str, str]], int | None]:
        """The chain with its members broken to the room that its left side leaves."""
        letters = int(beside(chain, self.room) * LETTERS)
        links = []
        for link in chain.links:
            reason = GOES_ON.join(self.reason(line) for line in wrapped(link.reason, letters))
            rows = self.math.rows(link.member, limit(chain, self.room), spread)
            links.append((RELATIONS[link.relation], BREAK.join(rows), reason))
        return self.math.tex(chain.left), links, chain.number

    def part(self, part: Inline) -> str:
        if isinstance(part, Code) and self.style.ending == "md":
            return code_span(part.text)
        return super().part(part)
